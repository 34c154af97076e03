"""Each course is made again, and with it the public's view of the permits granted before there was one."""

from typing import Any

from django.db import migrations


def _again(apps: Any, schema_editor: Any) -> None:
    apps.get_model("services", "Course").objects.update(seq=0)


class Migration(migrations.Migration):
    dependencies = [("services", "0006_publicpermit")]

    operations = [migrations.RunPython(_again, migrations.RunPython.noop)]
