"""What is being imported, and how the columns of a known layout are laid on ours."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ColumnMapping(models.Model):
    """A layout that was mapped once, under a name, so that the next file of its kind needs no work."""

    id = models.UUIDField(primary_key=True)
    what = models.TextField(help_text="code of the importer")
    name = models.TextField()
    plan = models.JSONField(help_text="columns, values and settings, as `columns.Plan.plain()`")
    saved_by = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "imports_mapping"
        constraints = (models.UniqueConstraint(fields=["what", "name"], name="import_mapping_name_once"),)

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """One file on its way in: mapped, checked, confirmed, imported. The file itself is kept until that is over."""

    id = models.UUIDField(primary_key=True)
    what = models.TextField(help_text="code of the importer")
    file_name = models.TextField()
    sha256 = models.TextField()
    headings = models.JSONField()
    sample = models.JSONField(help_text="the first rows, for the one who maps")
    plan = models.JSONField(default=dict)
    state = models.TextField(help_text="mapping, checking, checked, importing, done, failed or given_up")
    rows = models.IntegerField(default=0)
    passed = models.IntegerField(default=0, help_text="rows looked at or written so far")
    faults = models.IntegerField(default=0)
    shown = models.JSONField(default=list, help_text="the first faults: row, column, words")
    unknown = models.JSONField(
        default=dict, help_text="field → value → how often, for values to be translated"
    )
    tries = models.SmallIntegerField(
        default=0, help_text="how often the worker has begun this check or import"
    )
    problem = models.JSONField(null=True, help_text="why it failed, in both languages")
    account_id = models.UUIDField()
    who_name = models.TextField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "imports_run"
        constraints = (
            models.UniqueConstraint(
                fields=["what", "sha256"],
                condition=Q(state="done"),
                name="import_file_once",
                violation_error_message=_("这个文件已经导入过了。"),
            ),
        )
        indexes = (models.Index(fields=["state", "created_at"], name="import_by_state"),)

    def __str__(self) -> str:
        return self.file_name
