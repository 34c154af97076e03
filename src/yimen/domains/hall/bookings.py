"""Appointments: half hours of a hall's working days, each with so many places."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Count, QuerySet

from yimen.domains.hall.halls import LAW, standing_hall
from yimen.domains.hall.models import Appointment, Hall, SlotRule
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import LOCAL_ZONE, midnight, now, today
from yimen.kernel.constraints import one_act, one_at_a_time
from yimen.kernel.counties.calendars import county_calendar
from yimen.kernel.ids import public_code, read_public_code, uuid7
from yimen.kernel.registers.acts import named, note, phone_number
from yimen.kernel.sealing import masked, seal
from yimen.kernel.words import Refusal

HALF_HOUR = timedelta(minutes=30)
_MISSED_AFTER = timedelta(minutes=15)
_HOUSE = Actor.system("预约过时")
_MOST_OPEN = 3
"""So many appointments one telephone number may have at a time."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A half hour that begins at an instant, and how many places of it are left."""

    starts_at: datetime
    left: int


def slots(hall: Hall, on: date) -> list[Slot]:
    """The half hours of a day that can still be booked; none on a rest day or beyond what the hall allows."""
    rule = SlotRule.objects.filter(hall=hall, valid__contains=on).first()
    if rule is None or not rule.capacity or not today() <= on <= today() + timedelta(days=rule.days_ahead):
        return []
    if not county_calendar().is_working_day(on):
        return []
    taken = dict(
        _standing(hall)
        .filter(starts_at__gte=midnight(on), starts_at__lt=midnight(on + timedelta(days=1)))
        .values_list("starts_at")
        .annotate(n=Count("id"))
    )
    return [Slot(at, rule.capacity - taken.get(at, 0)) for at in _half_hours(hall, on) if at > now()]


def bookable_days(hall: Hall) -> list[date]:
    """The working days for which the hall takes appointments."""
    rule = SlotRule.objects.filter(hall=hall, valid__contains=today()).first()
    if rule is None or not rule.capacity:
        return []
    calendar = county_calendar()
    ahead = (today() + timedelta(days=n) for n in range(rule.days_ahead + 1))
    return [on for on in ahead if calendar.is_working_day(on)]


def _standing(hall: Hall) -> QuerySet[Appointment]:
    return Appointment.objects.filter(hall=hall, state__in=("booked", "arrived")).order_by()


def _half_hours(hall: Hall, on: date) -> Iterator[datetime]:
    """The half hours that lie wholly inside the hall's hours."""
    for opens, closes in hall.hours:
        at = datetime.combine(on, time.fromisoformat(opens), LOCAL_ZONE)
        end = datetime.combine(on, time.fromisoformat(closes), LOCAL_ZONE)
        while at + HALF_HOUR <= end:
            yield at
            at += HALF_HOUR


def book(
    actor: Actor, *, hall_code: str, starts_at: datetime, name: str, phone: str, item_code: str = "", is_own_phone: bool = False,
) -> Appointment:  # fmt: skip
    """Book a half hour. Refuses a full one, one that is not offered, and a fourth of one telephone number.

    `is_own_phone`: the actor's account was opened by this number. What others booked with it is then not counted.
    """
    hall = standing_hall(hall_code)
    person, number, at = named(name, "name"), phone_number(phone), now()
    if not number:
        raise Refusal.of("appointment.phone", "请填写电话，大厅有变动时通知您。", "Give a telephone number.", field="phone")  # fmt: skip
    digest = hmac.new(settings.SECRET_KEY.encode(), f"hall/{number}".encode(), hashlib.sha256).hexdigest()
    owner = actor.account_id if is_own_phone else None
    row = Appointment(
        id=uuid7(at), hall=hall, code=public_code(10), starts_at=starts_at, item_code=item_code, holder=masked(person),
        person=digest, private=seal(json.dumps({"name": person, "phone": number}).encode()), made_at=at,
        owner_id=owner,
    )  # fmt: skip
    with one_act():
        one_at_a_time(f"booking/{digest}")
        one_at_a_time(f"slot/{hall.code}/{starts_at.isoformat()}")
        _refuse_full(hall, starts_at)
        coming = Appointment.objects.filter(person=digest, owner_id=owner, state="booked", starts_at__gt=at)
        if coming.count() >= _MOST_OPEN:
            raise Refusal.of(
                "appointment.too_many",
                f"一个电话号码最多同时有 {_MOST_OPEN} 个预约，请先取消不用的。不是您约的，请用这个号码进入“我的一门”再约。",
                f"One number may hold {_MOST_OPEN} appointments: cancel what is not needed first. If they are not yours, "
                "sign in with this number and book again.", field="phone",
            )  # fmt: skip
        row.save(force_insert=True)
        note(actor, row.id, "book", at, LAW, hall=hall.code, starts_at=starts_at.isoformat())
    return row


def _refuse_full(hall: Hall, starts_at: datetime) -> None:
    offered = {s.starts_at: s.left for s in slots(hall, starts_at.astimezone(LOCAL_ZONE).date())}
    if starts_at not in offered:
        raise Refusal.of(
            "appointment.not_offered",
            "这个时间不能预约，请另选。",
            "That time is not offered.",
            field="starts_at",
        )
    if offered[starts_at] <= 0:
        raise Refusal.of(
            "appointment.full",
            "这个时间已经约满，请另选。",
            "That time is full: choose another.",
            field="starts_at",
        )


def cancel(actor: Actor, *, code: str) -> Appointment:
    """Give a booking up before its time; whoever holds its code may."""
    with one_act():
        row = Appointment.objects.select_for_update().filter(code=read_public_code(code)).first()
        if row is None:
            raise Refusal.of(
                "appointment.unknown", "没有这个预约码。", "There is no such appointment.", field="code"
            )
        if row.state != "booked" or row.starts_at <= now():
            raise Refusal.of(
                "appointment.past", "这个预约已经用过、取消或过时。", "It was used, cancelled, or its time is over.", field="code"
            )  # fmt: skip
        row.state = "cancelled"
        row.save(update_fields=["state"])
        note(actor, row.id, "cancel_booking", now(), LAW)
    return row


def mark_missed() -> int:
    """Mark the bookings whose holders did not come within a quarter of an hour; returns how many. The worker's."""
    at = now()
    with one_act():
        missed = list(
            Appointment.objects.select_for_update(skip_locked=True).filter(
                state="booked", starts_at__lt=at - _MISSED_AFTER
            )
        )
        Appointment.objects.filter(id__in=[a.id for a in missed]).update(state="missed")
        for each in missed:
            note(_HOUSE, each.id, "miss_booking", at, LAW)
    return len(missed)


def bookings_on(hall: Hall, on: date) -> list[Appointment]:
    """The hall's appointments of a day, in their order."""
    return list(
        Appointment.objects.filter(
            hall=hall, starts_at__gte=midnight(on), starts_at__lt=midnight(on + timedelta(days=1))
        ).order_by("starts_at", "id")
    )


def booking(code: str) -> Appointment | None:
    """The appointment of a code as somebody typed it."""
    return Appointment.objects.select_related("hall").filter(code=read_public_code(code)).first()
