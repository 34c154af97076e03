"""When a year's official calendar is imported: running clocks are reckoned again, each with a ledger entry."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.official import WorkingCalendar
from yimen.kernel.calendar.today import now
from yimen.kernel.counties.calendars import county_calendar
from yimen.kernel.ledger.entries import make_entry
from yimen.kernel.matters import running, statement
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.moving import columns
from yimen.kernel.procedure import registry

CALENDAR_LAW = "全国年节及纪念日放假办法 第七条"
_GIVEN = ("started_at", "number", "unit", "rolls", "pauses", "hours")
_RECKONED = ("due_at", "safe_at", "is_provisional")


def recalculate(batch: int = 2000) -> int:
    """Reckon the current county's running clocks under the calendar now in force.

    Returns the number of matters whose dates moved or became certain. Others get no entry.
    """
    calendar = county_calendar()
    older = Clock.objects.filter(stopped_at__isnull=True).exclude(edition=calendar.edition)
    rows = older.values("id", "matter_id", *_GIVEN, *_RECKONED)
    moved: set[UUID] = set()
    same: list[UUID] = []
    for row in rows.iterator(chunk_size=batch):
        if _differs(row, running.reckoned(row, calendar)):
            moved.add(row["matter_id"])
        else:
            same.append(row["id"])
    # Reckoned under the new calendar to the same end: noted on the clock, so that it is not reckoned again.
    for at in range(0, len(same), batch):
        Clock.objects.filter(id__in=same[at : at + batch], stopped_at__isnull=True).update(
            edition=calendar.edition
        )
    for matter_id in sorted(moved):
        with transaction.atomic():
            _recalculate_one(Matter.objects.select_for_update().get(id=matter_id), calendar)
    return len(moved)


def _differs(row: Mapping[str, object], new: Mapping[str, object]) -> bool:
    return any(row[name] != new[name] for name in _RECKONED)


def _recalculate_one(matter: Matter, calendar: WorkingCalendar) -> None:
    at = now()
    procedure = registry.get(matter.procedure, matter.version)
    changed: list[dict[str, object]] = []
    notes: list[dict[str, object]] = []
    ends: list[tuple[datetime, datetime]] = []
    for clock in Clock.objects.filter(matter=matter, stopped_at__isnull=True).order_by("started_at"):
        new = running.reckoned({name: getattr(clock, name) for name in _GIVEN}, calendar)
        changed.append({"id": clock.id, **new})
        if _differs({name: getattr(clock, name) for name in _RECKONED}, new):
            notes.append(
                {
                    "clock": clock.limit_code,
                    "did": "recalculated",
                    "was": clock.due_at,
                    "due_at": new["due_at"],
                }
            )
        is_paused = clock.pauses and clock.pauses[-1][1] is None
        if not is_paused and not procedure.limit(clock.limit_code).is_wait:
            end: datetime = new["due_at"]  # type: ignore[assignment]
            ends.append((end, running.amber(clock.started_at, end, running.stood_still(clock.pauses))))
    if not notes:
        return
    if ends:
        matter.due_at, matter.amber_at = min(ends)
    read_at = matter.revision
    entry = make_entry(
        stream=matter.id, seq=read_at + 1, prev=bytes(matter.head), at=at, who=Actor.system("calendar").who(),
        act="calendar_recalculated", law=CALENDAR_LAW, from_state=matter.state, to_state=matter.state,
        payload={"edition": calendar.edition, "clocks": notes},
    )  # fmt: skip
    matter.revision, matter.head = entry.seq, entry.hash
    statement.write(
        matter=columns(matter), entries=[entry], clocks_started=[], clocks_changed=changed, messages=[],
        moving=(matter.id, read_at),
    )  # fmt: skip
