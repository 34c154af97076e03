"""Setting halls, their windows and their appointment rules up. Dated; each act leaves its entry."""

import re
from datetime import date
from uuid import UUID

from django.db.models import Max, QuerySet

from yimen.domains.hall.models import Hall, SlotRule, Window
from yimen.domains.hall.permissions import HallPermission
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.ids import uuid7
from yimen.kernel.registers.acts import (
    begin_version,
    named,
    note,
    period,
    permit,
    phone_number,
    stream_of,
    until,
)
from yimen.kernel.registers.organs import read_hours
from yimen.kernel.words import Refusal

LAW = "国务院关于加快推进政务服务标准化规范化便利化的指导意见（国发〔2022〕5号）"
_MOST_IN_A_SLOT = 200
_MOST_DAYS = 30


def open_hall(
    actor: Actor, *, code: str, name: str, name_en: str, place_code: str, address: str, telephone: str, hours: str,
    windows: int, since: date, lng: float | None = None, lat: float | None = None,
) -> Hall:  # fmt: skip
    """Open a hall with so many windows, each of which takes any item; the last hands results over."""
    permit(actor, HallPermission.MANAGE, place_code)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,39}", code):
        raise Refusal.of(
            "hall.code", "编码用 2 至 40 个小写字母、数字和连字符。", "2 to 40 small letters, digits and hyphens.",
            field="code",
        )  # fmt: skip
    if Hall.objects.filter(code=code).exists():
        raise Refusal.of("hall.known", "这个编码已经用过。", "That code is in use.", field="code")
    _refuse_unknown_place(place_code)
    if not 1 <= windows <= 60:
        raise Refusal.of("hall.windows", "窗口数是 1 到 60。", "A hall has 1 to 60 windows.", field="windows")
    at, valid = now(), period(since, None)
    hall = Hall(
        code=code, name=named(name, "name"), name_en=named(name_en, "name_en", 120), place_code=place_code,
        address=named(address, "address", 120), telephone=phone_number(telephone, "telephone"),
        hours=read_hours(hours), lng=lng, lat=lat, valid=valid,
    )  # fmt: skip
    with one_act():
        hall.save(force_insert=True)
        Window.objects.bulk_create(
            Window(id=uuid7(at), hall=hall, number=n, is_exit=n == windows > 1, valid=valid)
            for n in range(1, windows + 1)
        )
        note(
            actor, stream_of("hall", code), "open_hall", at, LAW, name=hall.name, place=place_code, hours=hall.hours,
            windows=windows, since=str(since),
        )  # fmt: skip
    return hall


def _refuse_unknown_place(place_code: str) -> None:
    if not Division.objects.filter(code=place_code, code__startswith=current_county().code).exists():
        raise Refusal.of(
            "hall.place", "本县没有这个区划代码。", "The county has no such division.", field="place_code"
        )


def add_window(actor: Actor, *, hall_code: str, is_exit: bool, since: date) -> Window:
    """One more window, with the next number."""
    hall = standing_hall(hall_code)
    permit(actor, HallPermission.MANAGE, hall.place_code)
    at = now()
    with one_act():
        Hall.objects.select_for_update().get(code=hall.code)
        last = Window.objects.filter(hall=hall).aggregate(n=Max("number"))["n"] or 0
        window = Window(id=uuid7(at), hall=hall, number=last + 1, is_exit=is_exit, valid=period(since, None))
        window.save(force_insert=True)
        note(
            actor, stream_of("hall", hall.code), "add_window", at, LAW, number=window.number, is_exit=is_exit,
            since=str(since),
        )  # fmt: skip
    return window


def close_window(actor: Actor, *, window_id: UUID, on: date, reason: str) -> None:
    """A window is no more from a day on; refused while somebody sits there."""
    why = named(reason, "reason", 120)
    with one_act():
        window = Window.objects.select_for_update().filter(id=window_id, valid__endswith=None).first()
        if window is None:
            raise Refusal.of("window.unknown", "没有这个在用的窗口。", "There is no such window in use.")
        hall = standing_hall(window.hall_id)
        permit(actor, HallPermission.MANAGE, hall.place_code)
        if window.attended_by is not None:
            raise Refusal.of(
                "window.attended", "窗口还有人在办公，请先让他离开窗口。", "Somebody is at the window: let them leave it first."
            )  # fmt: skip
        period(window.valid.lower, on)
        Window.objects.filter(id=window.id).update(valid=until(on))
        note(
            actor, stream_of("hall", hall.code), "close_window", now(), LAW, number=window.number, on=str(on),
            reason=why,
        )  # fmt: skip


def set_slots(
    actor: Actor, *, hall_code: str, capacity: int, days_ahead: int, source: str, since: date
) -> SlotRule:
    """How many may book each half hour from a day on; none ends booking. Bookings made before stay good."""
    hall = standing_hall(hall_code)
    permit(actor, HallPermission.MANAGE, hall.place_code)
    if not (0 <= capacity <= _MOST_IN_A_SLOT and 1 <= days_ahead <= _MOST_DAYS):
        raise Refusal.of(
            "slots.size", f"每半小时 0 到 {_MOST_IN_A_SLOT} 人，提前 1 到 {_MOST_DAYS} 天。",
            f"0 to {_MOST_IN_A_SLOT} each half hour, 1 to {_MOST_DAYS} days ahead.", field="capacity",
        )  # fmt: skip
    at = now()
    row = SlotRule(
        id=uuid7(at), hall=hall, capacity=capacity, days_ahead=days_ahead, source=named(source, "source", 120),
        valid=period(since, None),
    )  # fmt: skip
    with one_act():
        before = begin_version(SlotRule.objects.filter(hall=hall), since)
        row.save(force_insert=True)
        note(
            actor, stream_of("hall", hall.code), "set_slots", at, LAW, capacity=capacity, days_ahead=days_ahead,
            was=before.capacity if before else None, source=row.source, since=str(since),
        )  # fmt: skip
    return row


def person_of(actor: Actor) -> UUID:
    """Who sits at a window, holds cash or signs for a file: a person, never a machine."""
    if actor.person_id is None:
        raise Refusal.of("hall.no_person", "这一步要由具体的人来做。", "This is done by a person.")
    return actor.person_id


def halls() -> QuerySet[Hall]:
    """The halls open today, by code."""
    return Hall.objects.filter(valid__contains=today()).order_by("place_code", "code")


def standing_hall(code: str) -> Hall:
    """A hall that is open today; refuses an unknown one."""
    hall = halls().filter(code=code).first()
    if hall is None:
        raise Refusal.of("hall.unknown", "没有这个办事大厅。", "There is no such hall.", field="hall_code")
    return hall


def windows_of(hall: Hall) -> QuerySet[Window]:
    """The hall's windows today, by number."""
    return Window.objects.filter(hall=hall, valid__contains=today()).order_by("number")
