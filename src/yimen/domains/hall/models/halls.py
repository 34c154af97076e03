"""Halls with their windows, the tickets of a day, and appointments."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yimen.kernel.words import Called


class Hall(Called, models.Model):
    """A service hall (便民服务中心) of a township or of the county."""

    code = models.TextField(primary_key=True)
    name = models.TextField()
    name_en = models.TextField()
    place_code = models.TextField(help_text="12-digit code of the division it serves")
    address = models.TextField()
    telephone = models.TextField(default="", blank=True)
    hours = models.JSONField(help_text='[["09:00", "12:00"], …] on working days, local time')
    lng = models.FloatField(null=True, help_text="degrees, WGS84/CGCS2000")
    lat = models.FloatField(null=True)
    valid = DateRangeField()

    class Meta:
        db_table = "hall_hall"

    def __str__(self) -> str:
        return self.name


class Window(models.Model):
    """A window that takes any item (综合窗口), or only hands results over (出件)."""

    id = models.UUIDField(primary_key=True)
    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="windows")
    number = models.SmallIntegerField()
    is_exit = models.BooleanField(default=False, help_text="hands results over, takes nothing in")
    attended_by = models.UUIDField(null=True, help_text="the person who sits there now; nobody when closed")
    attendant = models.TextField(default="", blank=True, help_text="that person's name")
    valid = DateRangeField()

    class Meta:
        db_table = "hall_window"
        constraints = (
            ExclusionConstraint(
                name="window_once_at_a_time",
                expressions=[
                    ("hall", RangeOperators.EQUAL),
                    ("number", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("这个大厅已经有这个号的窗口。"),
            ),
            models.UniqueConstraint(
                fields=["attended_by"],
                name="one_window_a_person",
                violation_error_message=_("您已经在另一个窗口，请先离开那里。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.hall_id} {self.number}"


class SlotRule(models.Model):
    """How many appointments a hall takes in each half hour that it is open, in a period."""

    id = models.UUIDField(primary_key=True)
    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="slot_rules")
    capacity = models.SmallIntegerField()
    days_ahead = models.SmallIntegerField(help_text="so many days ahead one may book")
    source = models.TextField()
    valid = DateRangeField()

    class Meta:
        db_table = "hall_slot_rule"
        constraints = (
            ExclusionConstraint(
                name="slot_rule_once_at_a_time",
                expressions=[("hall", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("这个大厅在这段时间已经有预约规则。"),
            ),
            models.CheckConstraint(condition=Q(capacity__gte=0), name="slot_capacity_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.hall_id} × {self.capacity}"


class Appointment(models.Model):
    """A booked half hour. `state`: booked, arrived, cancelled or missed. Name and telephone are sealed."""

    id = models.UUIDField(primary_key=True)
    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="appointments")
    code = models.TextField(unique=True, help_text="what the resident keeps: ten characters")
    starts_at = models.DateTimeField()
    item_code = models.TextField(default="", blank=True)
    state = models.TextField(default="booked")
    holder = models.TextField(help_text="the name with its middle hidden")
    person = models.TextField(help_text="the telephone as a keyed digest: one booking a half hour")
    private = models.BinaryField(help_text="sealed JSON: name, phone")
    made_at = models.DateTimeField()
    owner_id = models.UUIDField(
        null=True,
        help_text="the account whose own telephone this is; none where somebody just typed the number",
    )

    class Meta:
        db_table = "hall_appointment"
        constraints = (
            models.UniqueConstraint(
                fields=["person", "starts_at", "owner_id"],
                nulls_distinct=False,
                condition=Q(state="booked"),
                name="one_appointment_a_time",
                violation_error_message=_("这个电话号码在这个时间已经有一个预约。"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=("booked", "arrived", "cancelled", "missed")),
                name="appointment_state_known",
            ),
        )
        indexes = (models.Index(fields=["hall", "starts_at"], name="appointment_by_time"),)

    def __str__(self) -> str:
        return f"{self.code} {self.starts_at}"


class Ticket(models.Model):
    """A number in the queue of a day. `state`: waiting, called, done or skipped.

    `rank` orders the queue before the hour of taking: 0 who was called in vain and came back, 1 who needs to be
    served first or has an appointment, 2 everybody else.
    """

    id = models.UUIDField(primary_key=True)
    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="tickets")
    on = models.DateField()
    number = models.TextField(help_text="a letter and three digits, such as A007")
    code = models.TextField(unique=True, help_text="by which its holder follows it")
    kind = models.TextField(help_text="general, first or booked")
    rank = models.SmallIntegerField()
    item_code = models.TextField(default="", blank=True)
    appointment = models.OneToOneField(Appointment, null=True, on_delete=models.PROTECT)
    state = models.TextField(default="waiting")
    window = models.ForeignKey(Window, null=True, on_delete=models.PROTECT, related_name="tickets")
    only_window = models.BooleanField(default=False, help_text="handed over: that window alone calls it")
    taken_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True, help_text="when it was first called")
    last_called_at = models.DateTimeField(null=True)
    calls = models.SmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hall_ticket"
        constraints = (
            models.UniqueConstraint(fields=["hall", "on", "number"], name="ticket_number_once_a_day"),
            models.UniqueConstraint(
                fields=["window"],
                condition=Q(state="called"),
                name="one_ticket_at_a_window",
                violation_error_message=_("这个窗口手上还有一个号，请先办结、转交或过号。"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "called", "done", "skipped")), name="ticket_state_known"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("taken_at")),
                name="ticket_ends_after_it_was_taken",
            ),
        )
        indexes = (
            models.Index(
                fields=["hall", "on", "rank", "taken_at", "number"],
                name="ticket_queue",
                condition=Q(state="waiting"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.on} {self.number}"
