"""What is kept of counting, and of a month's assessment.

Facts, sums and marks follow from the ledger and can be thrown away and made again; an assessment stands as published.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _


class Fact(models.Model):
    """One thing one matter adds to one measure: what a number is made of, and what it opens to."""

    pk = models.CompositePrimaryKey("matter_id", "ordinal")
    matter_id = models.UUIDField()
    ordinal = models.IntegerField(help_text="0, 1, 2, … within the matter")
    measure = models.TextField()
    day = models.DateField(help_text="day in Asia/Shanghai")
    area = models.TextField(help_text="15-digit code of the grid, or 12-digit code of the village")
    organ = models.TextField()
    post = models.TextField()
    person = models.TextField(help_text="id of the reporter; empty for the public")
    class_code = models.TextField()
    number = models.IntegerField(help_text="1, or minutes")

    class Meta:
        db_table = "rollup_fact"
        indexes = (models.Index(fields=["measure", "day"], name="rollup_fact_by_day"),)

    def __str__(self) -> str:
        return f"{self.measure} {self.day:%Y-%m-%d} {self.matter_id}"


class Tally(models.Model):
    """The facts of one day under one heading, added up. Class "" is all classes together."""

    pk = models.CompositePrimaryKey("scope", "code", "class_code", "day", "measure")
    scope = models.TextField(help_text="county, township, village, grid, organ, post or person")
    code = models.TextField()
    class_code = models.TextField()
    day = models.DateField()
    measure = models.TextField()
    number = models.BigIntegerField()

    class Meta:
        db_table = "rollup_tally"
        indexes = (models.Index(fields=["scope", "class_code", "day"], name="rollup_tally_by_scope"),)

    def __str__(self) -> str:
        return f"{self.scope} {self.code} {self.day:%Y-%m-%d} {self.measure}: {self.number}"


class Counted(models.Model):
    """How far a matter's chain has been counted."""

    matter_id = models.UUIDField(primary_key=True)
    seq = models.IntegerField(help_text="sequence of the last entry that is in the counts")

    class Meta:
        db_table = "rollup_counted"

    def __str__(self) -> str:
        return f"{self.matter_id} up to {self.seq}"


class Scheme(models.Model):
    """How the county assesses in a period: points for each rate, and the days for an appeal. The county's own rules."""

    id = models.UUIDField(primary_key=True)
    points = models.JSONField(help_text="rate's code → points; they add up to 100")
    appeal_days = models.IntegerField(help_text="calendar days after publication in which one may appeal")
    decide_days = models.IntegerField(help_text="working days in which an appeal is decided")
    source = models.TextField(help_text="the document that set them")
    valid = DateRangeField()

    class Meta:
        db_table = "command_scheme"
        constraints = (
            ExclusionConstraint(
                name="scheme_once_at_a_time",
                expressions=[("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("这段时间已经有一个考核方案。"),
            ),
        )

    def __str__(self) -> str:
        return self.source


class Assessment(models.Model):
    """One edition of a month's assessment as it was published; never altered, only followed by a corrected one."""

    id = models.UUIDField(primary_key=True)
    month = models.DateField(help_text="the month's first day")
    scope = models.TextField(help_text="township or organ")
    edition = models.IntegerField(help_text="1, and one more for each correction")
    formula_version = models.IntegerField()
    points = models.JSONField()
    source = models.TextField()
    appeal_until = models.DateTimeField()
    decide_days = models.IntegerField()
    rows = models.JSONField(help_text="[{code, counts, score, rank}, …] by rank")
    reason = models.TextField(default="", help_text="what a corrected edition corrects")
    published_at = models.DateTimeField()
    published_by = models.UUIDField(help_text="the person")

    class Meta:
        db_table = "command_assessment"
        constraints = (
            models.UniqueConstraint(
                fields=["month", "scope", "edition"],
                name="assessment_edition_once",
                violation_error_message=_("这个月的考核已经发布过。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.scope} {self.edition}"


class LeftOut(models.Model):
    """An incident that an upheld appeal takes out of a month's assessment, with what it had added."""

    id = models.UUIDField(primary_key=True)
    month = models.DateField()
    scope = models.TextField()
    code = models.TextField()
    incident = models.UUIDField()
    appeal = models.UUIDField(unique=True)
    counts = models.JSONField(help_text="measure → what the incident had added")

    class Meta:
        db_table = "command_left_out"
        constraints = (
            models.UniqueConstraint(
                fields=["month", "scope", "code", "incident"],
                name="left_out_once",
                violation_error_message=_("这件事件已经从这个月的考核中剔除。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.code} {self.incident}"
