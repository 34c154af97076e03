"""A year may have more than one notice: the table is made anew. No screen could fill the old one before this."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calendar", "0001_initial")]

    operations = [
        migrations.DeleteModel("CalendarNotice"),
        migrations.CreateModel(
            name="CalendarNotice",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("year", models.IntegerField()),
                ("documents", models.JSONField()),
                ("rest_weekdays", models.JSONField()),
                ("working_weekends", models.JSONField()),
                ("proposed_by", models.TextField()),
                ("proposed_at", models.DateTimeField()),
                ("confirmed_by", models.TextField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "calendar_notice",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at__isnull", True)),
                        fields=("year",),
                        name="calendar_notice_one_waiting_per_year",
                        violation_error_message="这一年已经有一份待确认的安排。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="calendar_notice_two_people",
                        violation_error_message="录入和确认须由两个人办理。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="calendar_notice_who_and_when",
                    ),
                ],
            },
        ),
    ]
