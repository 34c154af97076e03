"""The lengths that a county sets itself, where no statute gives one: dated, each with the document that set it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from yimen.kernel.access.actors import Actor
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.clocks import OfficeHours
from yimen.kernel.calendar.official import WorkingCalendar
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.calendars import county_calendar
from yimen.kernel.counties.memory import held
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.ids import uuid7
from yimen.kernel.matters.models import LocalLimit
from yimen.kernel.org.hours import hours_today
from yimen.kernel.procedure import registry
from yimen.kernel.procedure.language import UNITS, LimitSpec, Procedure
from yimen.kernel.registers.acts import begin_version, named, note, period, permit, stream_of
from yimen.kernel.words import Refusal

LONGEST = 365

Lengths = Mapping[tuple[str, str], tuple[int, str]]
"""(procedure, limit) → number and unit."""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What clocks are reckoned by as it stands now: read once, it asks nothing further."""

    calendar: WorkingCalendar
    hours: Callable[[str], OfficeHours]
    local: Lengths


def reckoning() -> Reckoning:
    """The county's calendar, the hours of its organs and the lengths it has set, as they hold now."""
    return Reckoning(county_calendar(), hours_today(), local_lengths())


@held()
def local_lengths() -> Lengths:
    """What the county has set for today."""
    rows = LocalLimit.objects.filter(valid__contains=today())
    return {(r.procedure, r.limit_code): (r.number, r.unit) for r in rows}


def length_today(procedure: Procedure, limit: LimitSpec) -> tuple[int, str] | None:
    """A limit's number and unit as they hold today; None for one that each matter brings with it."""
    if limit.is_local and (local := local_lengths().get((procedure.code, limit.code))):
        return local
    return (limit.number, limit.unit) if limit.number is not None else None


def length_on(procedure: Procedure, limit: LimitSpec, on: date) -> tuple[int, str]:
    """The number and unit of a limit with a length of its own as they held on a day."""
    rows = LocalLimit.objects.filter(procedure=procedure.code, limit_code=limit.code, valid__contains=on)
    row = rows.first() if limit.is_local else None
    return (row.number, row.unit) if row else (limit.number or 0, limit.unit)


@dataclass(frozen=True, slots=True)
class SetLimit:
    """A limit that the county may set, and the row that sets it today, if any."""

    procedure: Procedure
    limit: LimitSpec
    row: LocalLimit | None


def settable(on: date) -> list[SetLimit]:
    """Every limit that a county may set, as it stands on a day."""
    rows = {(r.procedure, r.limit_code): r for r in LocalLimit.objects.filter(valid__contains=on)}
    return [
        SetLimit(procedure, limit, rows.get((procedure.code, limit.code)))
        for procedure in registry.newest()
        for limit in procedure.limits
        if limit.is_local
    ]


def set_limit(
    actor: Actor, *, procedure: str, limit_code: str, number: int, unit: str, source: str, since: date
) -> LocalLimit:
    """Set the length of a limit from a day on; clocks that run keep theirs. A statute's own length cannot be set."""
    permit(actor, KernelPermission.SYSTEM_MANAGE, current_county().code)
    found = [s for s in settable(since) if (s.procedure.code, s.limit.code) == (procedure, limit_code)]
    if not found:
        raise Refusal.of(
            "limit.fixed",
            "没有这个时限，或它由法律规定，不能由县里定。",
            "There is no such limit, or the law gives it and a county may not set it.",
            field="limit",
        )
    if unit not in UNITS or not 0 < number <= LONGEST:
        raise Refusal.of(
            "limit.length",
            f"时限是 1 到 {LONGEST}，单位从列表里选。",
            f"The limit is 1 to {LONGEST}; choose the unit from the list.",
            field="number",
        )
    at = now()
    row = LocalLimit(
        id=uuid7(at), procedure=procedure, limit_code=limit_code, number=number, unit=unit,
        source=named(source, "source", 120), valid=period(since, None),
    )  # fmt: skip
    with one_act():
        before = begin_version(LocalLimit.objects.filter(procedure=procedure, limit_code=limit_code), since)
        row.save(force_insert=True)
        note(
            actor, stream_of("limit", f"{procedure}.{limit_code}"), "set_limit", at, length=[number, unit],
            was=[before.number, before.unit] if before else None, source=row.source, since=str(since),
        )  # fmt: skip
    local_lengths.forget()
    return row
