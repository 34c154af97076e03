"""What is kept of a matter: the matter itself, as it stands now, and its clocks.

What happened is in the ledger; these rows are its present tense. They are written by `statement.py` only.
"""

from datetime import datetime
from typing import Any, Literal

import orjson
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _

from yimen.kernel.matters.titles import titled
from yimen.kernel.sealing import unseal

Light = Literal["red", "amber", "green", "grey"]


def light_at(due_at: datetime | None, amber_at: datetime | None, at: datetime) -> Light:
    """Red when overdue, amber when nearly due, green in time, grey when nothing runs."""
    if due_at is None:
        return "grey"
    if due_at < at:
        return "red"
    return "amber" if amber_at is not None and amber_at <= at else "green"


def light_in_sql(at: datetime) -> Case:
    """The same rule for rows that stay in the database; a closed matter has no light to show."""
    return Case(
        When(Q(closed_at__isnull=False) | Q(due_at__isnull=True), then=Value("grey")),
        When(due_at__lt=at, then=Value("red")),
        When(amber_at__lte=at, then=Value("amber")),
        default=Value("green"),
    )


class Matter(models.Model):
    """A resident's application, a grid worker's report, an officer's case: anything moved by acts."""

    id = models.UUIDField(primary_key=True)
    number = models.TextField()
    tracking_code = models.TextField()
    procedure = models.TextField()
    version = models.IntegerField()
    state = models.TextField()
    title = models.TextField()
    kind = models.TextField(help_text="class or item code inside the procedure")
    channel = models.TextField()
    source = models.TextField(default="", help_text="outside system that sent it")
    external_number = models.TextField(default="", help_text="its number over there")
    request_key = models.TextField(null=True, help_text="the sender's key; a repeat finds the first")
    place_code = models.TextField(help_text="12-digit division code of the village")
    township_code = models.TextField(help_text="its first 9 digits")
    grid_code = models.TextField(default="")
    lng = models.FloatField(null=True, help_text="degrees, WGS84/CGCS2000")
    lat = models.FloatField(null=True)
    facts = models.JSONField(default=dict)
    private = models.BinaryField(null=True, help_text="sealed personal data (JSON)")
    organ_code = models.TextField(default="", help_text="the organ that holds it now")
    post_code = models.TextField(default="", help_text="the post in that organ it was given to, if any")
    person_id = models.UUIDField(null=True, help_text="the person who holds it now, if named")
    organs = ArrayField(
        models.TextField(), default=list, help_text="every organ that has held it or was asked to join in"
    )
    performers = models.JSONField(default=dict, help_text="step → person who last performed it")
    opened_by = models.UUIDField(null=True, help_text="account of the opener; empty for the public")
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="end of the most urgent running clock")
    amber_at = models.DateTimeField(null=True, help_text="80 % of that clock used, or one day left")
    related_id = models.UUIDField(null=True, help_text="the matter it was merged into or belongs under")
    folded = models.TextField(default="", help_text="number, title and text as searches compare them")
    terms = ArrayField(models.IntegerField(), default=list, help_text="two-character search codes")
    revision = models.IntegerField(help_text="sequence of its last ledger entry")
    head = models.BinaryField(help_text="hash of its last ledger entry")

    class Meta:
        db_table = "matters_matter"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=["number"], name="matter_number_once"),
            models.UniqueConstraint(fields=["tracking_code"], name="matter_tracking_code_once"),
            models.UniqueConstraint(
                fields=["opened_by", "request_key"],
                condition=Q(request_key__isnull=False),
                nulls_distinct=False,
                name="matter_request_key_once",
                violation_error_message=_("这份材料已经收到过了。"),
            ),
            models.UniqueConstraint(
                fields=["opened_by", "source", "external_number"],
                condition=Q(closed_at__isnull=True) & ~Q(external_number=""),
                nulls_distinct=False,
                name="matter_one_open_per_external_number",
                violation_error_message=_("这个来源编号已有一件正在办理。"),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="matter_closed_after_opened",
            ),
        )
        indexes = (
            models.Index(fields=["state", "-id"], name="matter_by_state"),
            models.Index(fields=["township_code", "-id"], name="matter_by_township"),
            models.Index(fields=["place_code", "-id"], name="matter_by_place"),
            models.Index(fields=["person_id"], name="matter_by_person", condition=Q(person_id__isnull=False)),
            models.Index(fields=["grid_code", "-id"], name="matter_by_grid"),
            models.Index(fields=["kind", "-id"], name="matter_by_kind"),
            models.Index(fields=["opened_by", "-id"], name="matter_by_opener"),
            models.Index(fields=["organ_code", "-id"], name="matter_by_organ"),
            models.Index(fields=["channel", "-id"], name="matter_by_channel"),
            models.Index(
                fields=["organ_code", "due_at"], name="matter_desk", condition=Q(closed_at__isnull=True)
            ),
            models.Index(
                fields=["due_at", "id"],
                include=["procedure", "township_code", "place_code", "amber_at", "closed_at", "lng", "lat"],
                name="matter_most_urgent",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["lat", "lng"], name="matter_open_place", condition=Q(closed_at__isnull=True)
            ),
            models.Index(
                fields=["source", "external_number"],
                name="matter_from_outside",
                condition=~Q(external_number=""),
            ),
            models.Index(
                fields=["-id"],
                include=["procedure", "township_code", "place_code", "closed_at", "due_at", "amber_at"],
                name="matter_open",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["township_code", "due_at"],
                include=["id", "procedure", "amber_at", "place_code", "lng", "lat"],
                name="matter_open_by_township",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["closed_at"],
                include=["procedure", "township_code", "place_code"],
                name="matter_by_closing",
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(
                KeyTransform("applicant", "facts"),
                name="matter_by_applicant",
                condition=Q(procedure="service"),
            ),
            models.Index(
                fields=["related_id"], name="matter_by_related", condition=Q(related_id__isnull=False)
            ),
            GinIndex(fields=["terms"], name="matter_terms"),
            GinIndex(fields=["organs"], name="matter_organs"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def titled(self) -> str:
        """The title in the reader's language."""
        return titled(self)

    def unsealed(self) -> dict[str, Any]:
        """What is sealed with it, such as the applicant's details; empty where nothing is. Whoever shows it records the look."""
        return dict(orjson.loads(unseal(bytes(self.private)))) if self.private else {}

    def light(self, at: datetime) -> Light:
        """The traffic light at an instant; a closed matter has none to show."""
        return "grey" if self.closed_at is not None else light_at(self.due_at, self.amber_at, at)


class LocalLimit(models.Model):
    """The length of a limit as the county has set it, in the period in which that holds."""

    id = models.UUIDField(primary_key=True)
    procedure = models.TextField()
    limit_code = models.TextField()
    number = models.IntegerField()
    unit = models.TextField()
    source = models.TextField(help_text="the document that set it")
    valid = DateRangeField()

    class Meta:
        db_table = "matters_local_limit"
        constraints = (
            ExclusionConstraint(
                name="local_limit_once_at_a_time",
                expressions=[
                    ("procedure", RangeOperators.EQUAL),
                    ("limit_code", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("这个时限在这段时间已经有一个规定。"),
            ),
            models.CheckConstraint(condition=Q(number__gt=0), name="local_limit_has_a_length"),
        )

    def __str__(self) -> str:
        return f"{self.procedure}.{self.limit_code} {self.number} {self.unit}"


class Clock(models.Model):
    """One limit running on one matter, with the calendar edition that produced its end."""

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="clocks")
    limit_code = models.TextField()
    number = models.IntegerField(help_text="length in `unit`, extensions included")
    unit = models.TextField()
    rolls = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    pauses = models.JSONField(default=list, help_text="[[from, to or null], …], ISO instants")
    due_at = models.DateTimeField()
    safe_at = models.DateTimeField()
    is_provisional = models.BooleanField(default=False)
    edition = models.TextField()
    hours = models.JSONField(default=list, help_text="the office hours it is counted in, [[from, to], …]")
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "matters_clock"
        constraints = (
            models.UniqueConstraint(
                fields=["matter", "limit_code"],
                condition=Q(stopped_at__isnull=True),
                name="clock_runs_once",
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], name="clock_running", condition=Q(stopped_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.limit_code} → {self.due_at:%Y-%m-%d %H:%M}"
