"""Dated registers of the field: incident classes, and the duty table that says which organ handles what where."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from yimen.kernel.words import Called


class IncidentClass(Called, models.Model):
    """A class of incidents with its conditions and its time limit, in the period in which they hold."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField()
    name = models.TextField()
    name_en = models.TextField()
    group = models.TextField()
    group_en = models.TextField()
    kind = models.TextField(help_text="event or component")
    filing_condition = models.TextField()
    closing_condition = models.TextField()
    limit_number = models.IntegerField()
    limit_unit = models.TextField()
    keywords = ArrayField(models.TextField(), default=list)
    source = models.TextField()
    valid = DateRangeField()

    class Meta:
        db_table = "grid_incident_class"
        constraints = (
            ExclusionConstraint(
                name="incident_class_once_at_a_time",
                expressions=[("code", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("这个分类在这段时间已经有一个版本。"),
            ),
            models.CheckConstraint(condition=models.Q(limit_number__gt=0), name="incident_class_has_a_limit"),
        )

    def __str__(self) -> str:
        return self.name


class DutyRule(models.Model):
    """Which organ answers for a class (or all classes whose code begins so) in an area. `{township}` in
    `organ_code` stands for the township's own government.
    """

    id = models.UUIDField(primary_key=True)
    class_prefix = models.TextField()
    area_prefix = models.TextField()
    organ_code = models.TextField()
    is_automatic = models.BooleanField(default=False, help_text="dispatched at once, without a dispatcher")
    source = models.TextField()
    valid = DateRangeField()

    class Meta:
        db_table = "grid_duty_rule"
        constraints = (
            ExclusionConstraint(
                name="duty_rule_once_at_a_time",
                expressions=[
                    ("class_prefix", RangeOperators.EQUAL),
                    ("area_prefix", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("同一分类和区域在这段时间已经有一条派遣规则。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.class_prefix}@{self.area_prefix} → {self.organ_code}"
