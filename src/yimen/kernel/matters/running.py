"""The clocks of a matter as an act starts, stops, pauses, resumes and extends them.

Builds the rows that `statement.write` lays down; the arithmetic is `kernel.calendar`'s.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from yimen.kernel.calendar.clocks import OfficeHours, Period, Unit, due
from yimen.kernel.calendar.official import WorkingCalendar
from yimen.kernel.matters.models import Clock
from yimen.kernel.procedure.language import LimitSpec, Procedure, Step

_ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class ClockRows:
    """What an act does to clocks, and the most urgent end that remains."""

    started: list[dict[str, object]] = field(default_factory=list)
    changed: list[dict[str, object]] = field(default_factory=list)
    due_at: datetime | None = None
    amber_at: datetime | None = None
    notes: list[dict[str, object]] = field(default_factory=list)


def amber(started_at: datetime, due_at: datetime, stood_still: timedelta = timedelta()) -> datetime:
    """When a clock turns amber: 80 % used, or one day left for clocks longer than two days.

    The time it stood still is not time used.
    """
    began = min(started_at + stood_still, due_at)
    used = began + (due_at - began) * 0.8
    return min(used, due_at - _ONE_DAY) if due_at - began > 2 * _ONE_DAY else used


def stood_still(pauses: Iterable[Iterable[object]]) -> timedelta:
    """How long a clock was paused in all, a pause that still lasts left out."""
    ended = [(a, b) for a, b in map(_instants, pauses) if b is not None]
    return sum((max(b - a, timedelta()) for a, b in ended), timedelta())


def length(
    limit: LimitSpec, facts: Mapping[str, object], local: tuple[int, str] | None = None
) -> tuple[int, str]:
    """The number and unit of a limit: its own, what the county has set (`local`) where the county may, or those the
    matter's facts carry under `number_from`.
    """
    if limit.is_local and local is not None:
        return local
    if limit.number_from:
        given = facts.get(limit.number_from)
        if isinstance(given, list | tuple) and len(given) == 2:
            return int(given[0]), str(given[1])
    if limit.number is None:
        raise ValueError(f"limit {limit.code} has no length: the matter's facts lack {limit.number_from!r}")
    return limit.number, limit.unit


def reckoned(clock: Mapping[str, object], calendar: WorkingCalendar) -> dict[str, object]:
    """The columns that follow from a clock's start, length, pauses and office hours under a calendar."""
    hours = OfficeHours.read(clock["hours"])  # type: ignore[arg-type]
    pauses = [_instants(p) for p in clock["pauses"]]  # type: ignore[attr-defined]
    end = due(
        clock["started_at"],  # type: ignore[arg-type]
        Period(int(clock["number"]), Unit(str(clock["unit"])), bool(clock["rolls"])),  # type: ignore[call-overload]
        calendar,
        hours,
        tuple(pauses),
    )
    return {
        "due_at": end.at,
        "safe_at": end.safe_at,
        "is_provisional": end.is_provisional,
        "edition": end.edition,
    }


def _instants(pause: Iterable[object]) -> tuple[datetime, datetime | None]:
    start, end = pause
    return datetime.fromisoformat(str(start)), datetime.fromisoformat(str(end)) if end else None


def after_step(
    *,
    procedure: Procedure,
    step: Step,
    running: Iterable[Clock],
    facts: Mapping[str, object],
    extension: int | None,
    is_end: bool,
    at: datetime,
    calendar: WorkingCalendar,
    hours: OfficeHours,
    local: Mapping[tuple[str, str], tuple[int, str]],
) -> ClockRows:
    """The clock rows of one act. An end state stops whatever still runs."""
    rows = ClockRows()
    running = list(running)
    since = next((c.started_at for c in running if c.limit_code == step.counts_from), at)
    ends: list[tuple[datetime, datetime]] = []
    for clock in running:
        code = clock.limit_code
        if is_end or code in step.stops or code in step.starts:
            rows.changed.append({"id": clock.id, "stopped_at": at})
            rows.notes.append({"clock": code, "did": "stopped", "due_at": clock.due_at})
            continue
        values: dict[str, object] = {
            "started_at": clock.started_at,
            "number": clock.number,
            "unit": clock.unit,
            "rolls": clock.rolls,
            "pauses": [list(p) for p in clock.pauses],
            "hours": clock.hours,
        }
        pauses: list[list[object]] = values["pauses"]  # type: ignore[assignment]
        paused = bool(pauses) and pauses[-1][1] is None
        did = ""
        if code in step.pauses and not paused:
            pauses.append([at.isoformat(), None])
            did, paused = "paused", True
        elif code in step.resumes and paused:
            pauses[-1][1] = at.isoformat()
            did, paused = "resumed", False
        if code in step.extends and extension:
            values["number"] = clock.number + extension
            did = "extended"
        due_at = clock.due_at
        if did:
            new = reckoned(values, calendar)
            due_at = new["due_at"]  # type: ignore[assignment]
            rows.changed.append({"id": clock.id, "pauses": pauses, "number": values["number"], **new})
            rows.notes.append({"clock": code, "did": did, "due_at": due_at})
        if not paused and not procedure.limit(code).is_wait:
            ends.append((due_at, amber(clock.started_at, due_at, stood_still(pauses))))
    for code in () if is_end else step.starts:
        limit = procedure.limit(code)
        if limit.only_with and not facts.get(limit.only_with):
            continue
        number, unit = length(limit, facts, local.get((procedure.code, code)))
        values = {
            "id": uuid4(),
            "limit_code": code,
            "number": number,
            "unit": unit,
            "rolls": limit.rolls,
            "started_at": since,
            "pauses": [],
            "hours": hours.plain(),
            "stopped_at": None,
        }
        values |= reckoned(values, calendar)
        rows.started.append(values)
        rows.notes.append({"clock": code, "did": "started", "due_at": values["due_at"]})
        if not limit.is_wait:
            end: datetime = values["due_at"]  # type: ignore[assignment]
            ends.append((end, amber(since, end)))
    if ends:
        rows.due_at, rows.amber_at = min(ends)
    return rows
