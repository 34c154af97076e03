"""What an account books for its own telephone stands apart from what somebody typed in."""

from django.db import migrations, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Migration(migrations.Migration):
    """Whose telephone it is; once a time for each."""

    dependencies = (("hall", "0001_initial"),)

    operations = (
        migrations.AddField(
            "appointment",
            "owner_id",
            models.UUIDField(
                null=True,
                help_text="the account whose own telephone this is; none where somebody just typed the number",
            ),
        ),
        migrations.RemoveConstraint("appointment", "one_appointment_a_time"),
        migrations.AddConstraint(
            "appointment",
            models.UniqueConstraint(
                fields=["person", "starts_at", "owner_id"],
                nulls_distinct=False,
                condition=Q(state="booked"),
                name="one_appointment_a_time",
                violation_error_message=_("这个电话号码在这个时间已经有一个预约。"),
            ),
        ),
    )
