"""Registering organs and the hours in which they work."""

import re
from datetime import date, time

from yimen.kernel.access.actors import Actor
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.today import now
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.ids import uuid7
from yimen.kernel.org import hours
from yimen.kernel.org.models import Organ, WorkingHours
from yimen.kernel.registers.acts import name_in_english, named, note, period, permit, phone_number, stream_of
from yimen.kernel.words import Refusal

_SPAN = re.compile(r"(\d{1,2}:\d{2})\s*[-~—至]\s*(\d{1,2}:\d{2})")


def open_organ(
    actor: Actor,
    *,
    code: str,
    name: str,
    kind: str,
    place_code: str,
    since: date,
    name_en: str = "",
    parent_code: str = "",
    duty_phone: str = "",
) -> Organ:
    """Register an organ that serves a place."""
    permit(actor, KernelPermission.ORGANS_MANAGE, place_code)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,39}", code):
        raise Refusal.of(
            "organ.code",
            "编码用 2 至 40 个小写字母、数字和连字符。",
            "2 to 40 small letters, digits and hyphens.",
            field="code",
        )
    if Organ.objects.filter(code=code).exists():
        raise Refusal.of("organ.known", "这个编码已经用过。", "That code is in use.", field="code")
    if not Division.objects.filter(code=place_code, code__startswith=current_county().code).exists():
        raise Refusal.of(
            "organ.place", "本县没有这个区划代码。", "The county has no such division.", field="place"
        )
    organ = Organ(
        code=code, name=named(name, "name"), name_en=name_in_english(name_en), kind=kind, place_code=place_code,
        parent_code=parent_code, duty_phone=phone_number(duty_phone, "duty_phone"), valid=period(since, None),
    )  # fmt: skip
    with one_act():
        organ.save(force_insert=True)
        note(
            actor,
            stream_of("organ", code),
            "open_organ",
            now(),
            name=organ.name,
            name_en=organ.name_en or None,
            kind=kind,
            place=place_code,
            since=str(since),
        )
    return organ


def set_duty_phone(actor: Actor, *, code: str, duty_phone: str) -> None:
    """Set the number at which an organ is told what was sent to it."""
    organ = Organ.objects.filter(code=code).first()
    if organ is None:
        raise Refusal.of("organ.unknown", "没有这个单位。", "There is no such organ.", field="organ")
    permit(actor, KernelPermission.ORGANS_MANAGE, organ.place_code)
    number = phone_number(duty_phone, "duty_phone")
    with one_act():
        Organ.objects.filter(code=code).update(duty_phone=number)
        note(
            actor, stream_of("organ", code), "set_duty_phone", now(), was=organ.duty_phone, duty_phone=number
        )


def call_organ(actor: Actor, *, code: str, name_en: str) -> None:
    """Set an organ's English name; an empty one leaves the Chinese name on English screens."""
    organ = Organ.objects.filter(code=code).first()
    if organ is None:
        raise Refusal.of("organ.unknown", "没有这个单位。", "There is no such organ.", field="organ")
    permit(actor, KernelPermission.ORGANS_MANAGE, organ.place_code)
    said = name_in_english(name_en)
    with one_act():
        Organ.objects.filter(code=code).update(name_en=said)
        note(actor, stream_of("organ", code), "call_organ", now(), was=organ.name_en, name_en=said)


def read_hours(typed: str) -> list[list[str]]:
    """Spans such as “9:00-12:00 14:00-17:30” as ISO times in order; refuses overlaps and nonsense."""
    found = _SPAN.findall(typed)
    try:
        spans = [[_time(a), _time(b)] for a, b in found]
    except ValueError:
        spans = []
    flat = [t for span in spans for t in span]
    left_over = _SPAN.sub("", typed).strip(" ，,、;；")
    if not spans or left_over or flat != sorted(set(flat)):
        raise Refusal.of(
            "hours.unreadable", "写成 9:00-12:00 14:00-17:30，前后不重叠。",
            "Write 9:00-12:00 14:00-17:30, in order and without overlap.", field="spans",
        )  # fmt: skip
    return spans


def _time(typed: str) -> str:
    hour, minute = typed.split(":")
    return time(int(hour), int(minute)).isoformat("minutes")


def set_hours(
    actor: Actor, *, organ_code: str, spans: str, source: str, since: date, until: date | None = None
) -> WorkingHours:
    """Set the office hours of an organ (of the whole county when `organ_code` is empty) for a period.

    A summer or winter timetable is a row with an end; the clocks of matters opened in it count by it.
    """
    place = current_county().code
    if organ_code:
        organ = Organ.objects.filter(code=organ_code, valid__contains=since).first()
        if organ is None:
            raise Refusal.of(
                "hours.organ", "那天没有这个单位。", "That organ does not exist on that day.", field="organ"
            )
        place = organ.place_code
    permit(actor, KernelPermission.ORGANS_MANAGE, place)
    at = now()
    row = WorkingHours(
        id=uuid7(at), organ_code=organ_code, spans=read_hours(spans), source=named(source, "source", 120),
        valid=period(since, until),
    )  # fmt: skip
    with one_act():
        row.save(force_insert=True)
        note(
            actor, stream_of("hours", organ_code or "county"), "set_hours", at,
            organ=organ_code, spans=row.spans, source=row.source, since=str(since), until=str(until) if until else None,
        )  # fmt: skip
    hours.hours_today.forget()
    return row
