"""Organs asked to join in see the matter, as those do that have held it; the column stays as it is."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0013_open_counted_from_its_index")]

    operations = [
        migrations.AlterField(
            model_name="matter",
            name="organs",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(),
                default=list,
                help_text="every organ that has held it or was asked to join in",
                size=None,
            ),
        ),
    ]
