"""The registers of organs, grids, posts and people. Every fact has a period; "as of" is part of every question."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from yimen.kernel.words import Called


class Organ(Called, models.Model):
    """A government, department, village committee or stationed agency."""

    code = models.TextField(primary_key=True)
    name = models.TextField()
    name_en = models.TextField(default="")
    kind = models.TextField()
    place_code = models.TextField(help_text="12-digit code of the division it serves")
    parent_code = models.TextField(default="")
    duty_phone = models.TextField(default="", help_text="the organ's own, not a person's")
    valid = DateRangeField()

    class Meta:
        db_table = "org_organ"
        indexes = (models.Index(fields=["kind", "code"], name="organ_by_kind"),)

    def __str__(self) -> str:
        return self.name


class WorkingHours(models.Model):
    """When an organ works on a working day, in a period; without an organ, the whole county."""

    id = models.UUIDField(primary_key=True)
    organ_code = models.TextField(default="")
    spans = models.JSONField(help_text='[["09:00", "12:00"], …], local time, in order')
    source = models.TextField(help_text="the document that set them")
    valid = DateRangeField()

    class Meta:
        db_table = "org_working_hours"
        constraints = (
            ExclusionConstraint(
                name="working_hours_once_at_a_time",
                expressions=[("organ_code", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("这个单位在这段时间已经定了办公时间。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.organ_code or '*'} {self.spans}"


GRID_DIGITS = 15
"""A grid's code: its village's twelve digits and three of its own."""


class Grid(models.Model):
    """One grid of one village in the period in which its boundary holds; 15-digit code."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField()
    name = models.TextField()
    place_code = models.TextField(help_text="12-digit code of its village")
    boundary = models.JSONField(help_text="GeoJSON Polygon, WGS84/CGCS2000 degrees")
    lng = models.FloatField()
    lat = models.FloatField()
    households = models.IntegerField(default=0)
    is_synthetic = models.BooleanField(default=False)
    valid = DateRangeField()

    class Meta:
        db_table = "org_grid"
        constraints = (
            ExclusionConstraint(
                name="grid_code_once_at_a_time",
                expressions=[("code", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("这个网格编码在这段时间已经有一个网格。"),
            ),
            models.CheckConstraint(condition=models.Q(code__regex=r"^\d{15}$"), name="grid_code_15_digits"),
        )
        indexes = (models.Index(fields=["place_code"], name="grid_by_place"),)

    def __str__(self) -> str:
        return self.name


class LegacyGrid(models.Model):
    """A grid of a system that was given up, and the grid it went into; an empty `grid_code` is still to be decided."""

    id = models.UUIDField(primary_key=True)
    system = models.TextField(help_text="the old system: 综治, 城管, 环保, 应急 …")
    code = models.TextField(help_text="its code there")
    name = models.TextField(default="")
    grid_code = models.TextField(default="")
    source = models.TextField(help_text="the file or document that says so")

    class Meta:
        db_table = "org_legacy_grid"
        constraints = (
            models.UniqueConstraint(
                fields=["system", "code"],
                name="legacy_grid_once",
                violation_error_message=_("这个系统的这个旧编码已经有了。"),
            ),
        )
        indexes = (
            models.Index(fields=["code"], name="legacy_grid_by_code"),
            models.Index(fields=["grid_code"], name="legacy_grid_by_grid"),
        )

    def __str__(self) -> str:
        return f"{self.system} {self.code} → {self.grid_code or '?'}"


class Post(Called, models.Model):
    """A post of an organ; a grid's post names its grid."""

    code = models.TextField(primary_key=True)
    organ = models.ForeignKey(Organ, on_delete=models.PROTECT, related_name="posts")
    name = models.TextField()
    name_en = models.TextField(default="")
    kind = models.TextField()
    grid_code = models.TextField(default="")
    duty_phone = models.TextField(default="", help_text="the post's own, published; not a person's")
    valid = DateRangeField()

    class Meta:
        db_table = "org_post"
        indexes = (models.Index(fields=["grid_code"], name="post_by_grid"),)

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """A person who works here. The telephone number and the identity number are sealed."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    private = models.BinaryField(null=True, help_text="sealed JSON: phone, id_number")
    phone_masked = models.TextField(default="")
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        db_table = "org_person"
        indexes = (models.Index(fields=["name", "id"], name="person_by_name"),)

    def __str__(self) -> str:
        return self.name


class Appointment(models.Model):
    """A person in a post for a period."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="appointments")
    valid = DateRangeField()

    class Meta:
        db_table = "org_appointment"
        constraints = (
            ExclusionConstraint(
                name="appointment_once_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("post", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("这个人在这段时间已经任这个岗位。"),
            ),
        )
        indexes = (GistIndex(fields=["valid"], name="appointment_period"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.post_id}"


class Substitution(models.Model):
    """Who stands in for the holder of an appointment during an absence."""

    id = models.UUIDField(primary_key=True)
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="substitutions")
    substitute = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="substitutions")
    reason = models.TextField()
    valid = DateRangeField()

    class Meta:
        db_table = "org_substitution"
        constraints = (
            ExclusionConstraint(
                name="substitution_once_at_a_time",
                expressions=[("appointment", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("这段时间已经安排了顶岗。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.substitute_id} for {self.appointment_id}"


class Absence(models.Model):
    """A person is away from every post for a period, with or without somebody standing in."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="absences")
    reason = models.TextField()
    valid = DateRangeField()

    class Meta:
        db_table = "org_absence"
        constraints = (
            ExclusionConstraint(
                name="absence_once_at_a_time",
                expressions=[("person", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("这个人在这段时间已经登记了离岗。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.valid}"


class OfficerCertificate(models.Model):
    """An enforcement certificate with its period of validity (行政处罚法 第四十二条)."""

    number = models.TextField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="certificates")
    issuer = models.TextField()
    valid = DateRangeField(help_text="as printed on it")
    withdrawn_on = models.DateField(null=True, help_text="from this day on it is no longer valid")
    withdrawal_reason = models.TextField(default="")

    class Meta:
        db_table = "org_officer_certificate"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(withdrawn_on__isnull=True, withdrawal_reason="")
                | (models.Q(withdrawn_on__isnull=False) & ~models.Q(withdrawal_reason="")),
                name="certificate_withdrawn_for_a_reason",
                violation_error_message=_("请写明收回的理由。"),
            ),
        )
        indexes = (models.Index(fields=["person"], name="certificate_by_person"),)

    def __str__(self) -> str:
        return self.number
