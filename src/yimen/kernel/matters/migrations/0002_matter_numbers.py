"""The county's own sequence of matter numbers; each process takes a block of 64."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """Reversible; a sequence lives in the county's schema and is shared with no other."""

    dependencies: ClassVar = [("matters", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL(
            "CREATE SEQUENCE matters_number AS bigint INCREMENT BY 64 MINVALUE 64 START WITH 64",
            "DROP SEQUENCE matters_number",
        )
    ]
