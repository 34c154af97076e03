"""When a year's official calendar is imported: running clocks are reckoned again, each with a ledger entry."""

from django.db import transaction

from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.clocks import OfficeHours
from yimen.kernel.calendar.notices import current_calendar
from yimen.kernel.calendar.today import now
from yimen.kernel.ledger.entries import make_entry
from yimen.kernel.matters import running, statement
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.moving import columns

CALENDAR_LAW = "全国年节及纪念日放假办法 第七条"


def recalculate(batch: int = 500) -> int:
    """Reckon the provisional clocks of the current county under the calendar now in force.

    Returns the number of matters whose dates moved. Matters with unchanged dates get no entry.
    """
    calendar = current_calendar()
    stale = (
        Clock.objects.filter(stopped_at__isnull=True, is_provisional=True)
        .exclude(edition=calendar.edition)
        .order_by("matter_id")
        .values_list("matter_id", flat=True)
        .distinct()
    )
    moved = 0
    for matter_id in stale.iterator(chunk_size=batch):
        with transaction.atomic():
            moved += _recalculate_one(Matter.objects.select_for_update().get(id=matter_id))
    return moved


def _recalculate_one(matter: Matter) -> bool:
    calendar, at = current_calendar(), now()
    changed: list[dict[str, object]] = []
    notes: list[dict[str, object]] = []
    ends = []
    for clock in Clock.objects.filter(matter=matter, stopped_at__isnull=True).order_by("started_at"):
        values = {
            "started_at": clock.started_at, "number": clock.number, "unit": clock.unit,
            "rolls": clock.rolls, "pauses": clock.pauses,
        }  # fmt: skip
        new = running.reckoned(values, calendar, OfficeHours())
        changed.append({"id": clock.id, **new})
        if new["due_at"] != clock.due_at:
            notes.append(
                {
                    "clock": clock.limit_code,
                    "did": "recalculated",
                    "was": clock.due_at,
                    "due_at": new["due_at"],
                }
            )
        if not (clock.pauses and clock.pauses[-1][1] is None):
            ends.append((new["due_at"], clock.started_at))
    if ends:
        due_at, started_at = min(ends)
        matter.due_at, matter.amber_at = due_at, running.amber(started_at, due_at)  # type: ignore[assignment,arg-type]
    read_at = matter.revision
    entry = make_entry(
        stream=matter.id, seq=read_at + 1, prev=bytes(matter.head), at=at, who=Actor.system("calendar").who(),
        act="calendar_recalculated", law=CALENDAR_LAW, from_state=matter.state, to_state=matter.state,
        payload={"edition": calendar.edition, "clocks": notes},
    )  # fmt: skip
    matter.revision, matter.head = entry.seq, entry.hash
    statement.write(
        matter=columns(matter), entry=entry, clocks_started=[], clocks_changed=changed, messages=[],
        moving=(matter.id, read_at),
    )  # fmt: skip
    return bool(notes)
