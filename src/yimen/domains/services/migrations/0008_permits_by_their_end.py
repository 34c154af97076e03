"""The permits that still count are found by their last day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0007_courses_again")]

    operations = [
        migrations.AddIndex(
            model_name="publicpermit",
            index=models.Index(
                condition=models.Q(("ended", "")), fields=["valid_until"], name="public_permit_by_end"
            ),
        )
    ]
