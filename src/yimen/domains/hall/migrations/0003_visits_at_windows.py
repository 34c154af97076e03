"""At which window somebody was served: its screen asks them, with a ticket or without."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The window of a visit; none of those noted before."""

    dependencies = (("hall", "0002_bookings_of_owners"),)

    operations = (
        migrations.AddField(
            "visit",
            "window",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="hall.window",
                help_text="where they were served",
            ),
        ),
    )
