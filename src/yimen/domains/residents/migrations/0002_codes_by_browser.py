"""A code is kept for the browser that asked for it; those under way are asked for again."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _forget(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("residents", "OneTimeCode").objects.all().delete()


class Migration(migrations.Migration):
    """Rename what a code is found by."""

    dependencies = (("residents", "0001_residents"),)

    operations = (
        migrations.RunPython(_forget, migrations.RunPython.noop),
        migrations.RenameField("onetimecode", "contact_digest", "asked_digest"),
        migrations.AlterField(
            "onetimecode",
            "asked_digest",
            models.TextField(
                primary_key=True,
                serialize=False,
                help_text="of the contact and the word only the browser knows",
            ),
        ),
    )
