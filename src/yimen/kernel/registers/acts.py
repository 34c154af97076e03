"""What every act on a register shares: who may, in which chain it is recorded, and what a date or name must be."""

import re
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid5

from django.db.models import F, Func, Model, QuerySet, Value
from django.db.models.fields import DateField
from psycopg.types.range import DateRange

from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import decide
from yimen.kernel.ledger.append import record
from yimen.kernel.words import Refusal, unprintable

M = TypeVar("M", bound=Model)

_NAMESPACE = UUID("0b1d7c52-55aa-5f0e-8a51-72656769737a")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}[0-9]")
_EARLIEST = date(1949, 10, 1)


def stream_of(register: str, code: str) -> UUID:
    """The chain of something that a code names, such as a post."""
    return uuid5(_NAMESPACE, f"{register}/{code}")


def permit(actor: Actor, permission: str, area: str) -> None:
    """Refuse unless the actor holds the permission at the place."""
    if finding := decide(actor, permission, area=area):
        raise Refusal(finding)


def note(actor: Actor, stream: UUID, act: str, at: datetime, law: str = "", **payload: Any) -> None:
    """Leave the entry of an act; None values are left out."""
    kept = {k: v for k, v in payload.items() if v is not None}
    record(stream=stream, act=act, who=actor.who(), law=law, payload=kept, at=at)


def named(text: str, field: str, longest: int = 60) -> str:
    """A name or reason as typed, tidied; refuses an empty, overlong or unprintable one."""
    tidy = text.strip()
    if not tidy or len(tidy) > longest:
        raise Refusal.of(
            "register.words",
            f"请填写，最多 {longest} 个字。",
            f"Required, at most {longest} characters.",
            field=field,
        )
    if unprintable(tidy, lines=False):
        raise Refusal.of(
            "register.unprintable",
            "含有不能保存的字符。",
            "It has characters that cannot be kept.",
            field=field,
        )
    return tidy


def name_in_english(typed: str) -> str:
    """An English name, or an empty string where there is none."""
    return named(typed, "name_en", 120) if typed.strip() else ""


def period(since: date, until: date | None) -> DateRange:
    """From `since` up to and including the day before `until`; refuses an empty or absurd one."""
    if not _EARLIEST <= since <= date(_EARLIEST.year + 200, 1, 1):
        raise Refusal.of("register.period", "起始日期不对。", "The first day is out of range.", field="since")
    if until is not None and not since < until:
        raise Refusal.of(
            "register.period",
            "结束日期要晚于起始日期。",
            "The end must come after the beginning.",
            field="until",
        )
    return DateRange(since, until)


def until(on: date | None) -> Func:
    """For an update of `valid`: the period as it began, ending before the day; None opens it again."""
    return Func(Func(F("valid"), function="lower"), Value(on, DateField()), function="daterange")


def begin_version(rows: QuerySet[M], since: date) -> M | None:
    """Make room for a version of `rows` that begins on a day: the open one ends before it, and is returned.

    Refuses `register.version` when the open one begins on that day or later.
    """
    before = rows.select_for_update().filter(valid__endswith=None).first()
    if before is None:
        return None
    if before.valid.lower >= since:  # type: ignore[attr-defined]
        lower = before.valid.lower  # type: ignore[attr-defined]
        raise Refusal.of(
            "register.version", f"{lower} 起已有一个版本，新版本要晚于它。",
            f"A version begins on {lower}; the new one must begin later.", field="since",
        )  # fmt: skip
    rows.filter(pk=before.pk).update(valid=until(since))
    return before


def phone_number(typed: str, field: str = "phone") -> str:
    """A telephone number without blanks and hyphens, or an empty string; refuses what is none."""
    typed = typed.strip()
    if typed and not _PHONE.fullmatch(typed):
        raise Refusal.of(
            "register.phone",
            "电话号码写成 13800000000 或 0570-1234567。",
            "Write the number as 13800000000.",
            field=field,
        )
    return re.sub(r"[ -]", "", typed)
