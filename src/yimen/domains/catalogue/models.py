"""The catalogue's dated registers: an item's document in the period in which it holds, and who decides it instead where."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from yimen.kernel.words import Called


class ServiceItem(Called, models.Model):
    """One version of an item. `document` is the whole item; the columns beside it are for lists."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField(help_text="the 12-digit basic code")
    version = models.IntegerField()
    name = models.TextField()
    name_en = models.TextField()
    organ_code = models.TextField()
    document = models.TextField(help_text="JSON, in the order it was written in")
    source = models.TextField(help_text="the document by which it was published")
    valid = DateRangeField()

    class Meta:
        db_table = "catalogue_item"
        constraints = (
            ExclusionConstraint(
                name="service_item_once_at_a_time",
                expressions=[("code", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("这个事项在这段时间已经有一个版本。"),
            ),
            models.UniqueConstraint(
                fields=["code", "version"],
                name="service_item_version_once",
                violation_error_message=_("这个事项已经有这个版本号。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ItemTransfer(models.Model):
    """An item that a township's dedicated approval organ decides in its own name, in a period."""

    id = models.UUIDField(primary_key=True)
    item_code = models.TextField()
    township_code = models.TextField(help_text="the first 9 digits of the township's code")
    from_organ = models.TextField(help_text="who decided before")
    to_organ = models.TextField(help_text="the dedicated approval organ")
    source = models.TextField(help_text="the document that approved it")
    valid = DateRangeField()

    class Meta:
        db_table = "catalogue_transfer"
        constraints = (
            ExclusionConstraint(
                name="item_transferred_once_at_a_time",
                expressions=[
                    ("item_code", RangeOperators.EQUAL),
                    ("township_code", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("这个事项在这段时间已经划转给这个乡镇的审批机构。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.item_code} {self.from_organ} → {self.to_organ}"
