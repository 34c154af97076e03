"""The command centre's board: how the incidents of an area stand now and what today brought. Nothing about anybody.

`board()` counts afresh each time, in six queries that read open incidents and today's acts only, so it costs the same
at ten thousand incidents and at a million and cannot drift. `trend()` looks back thirty days and is kept for a minute.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, DateTimeField, F, Q, QuerySet
from django.db.models.functions import Trunc

from yimen.domains.grid.procedures import INCIDENT
from yimen.kernel.calendar.today import LOCAL_ZONE, midnight, now, today
from yimen.kernel.counties.memory import held
from yimen.kernel.ids import first_uuid7
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import COUNTY_DIGITS, Placed, placed

MOST_POINTS = 1000
"""A map shows so many open incidents, the most urgent; the counts are of all."""
LATEST = 6
HOURS, DAYS = 24, 30
_MOST_TRENDS = 4096
_ACTS = {"register": "registered", "dispatch": "dispatched", "finish": "handled"}


@dataclass(frozen=True, slots=True)
class TownshipRow:
    """A township's line: open now (and how many overdue), reported and closed today. `code` has nine digits."""

    code: str
    open: int
    overdue: int
    reported: int
    closed: int


@dataclass(frozen=True, slots=True)
class Latest:
    """One of the newest incidents in words fit for a wall: class, village, state, and when. No one's words."""

    id: UUID
    kind: str
    state: str
    place_code: str
    opened_at: datetime
    due_at: datetime | None
    amber_at: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """The board of an area at an instant. `registered`, `dispatched` and `handled` are incidents with such an act today."""

    at: datetime
    reported: int
    registered: int
    dispatched: int
    handled: int
    closed: int
    open: int
    amber: int
    overdue: int
    townships: tuple[TownshipRow, ...]
    latest: tuple[Latest, ...]
    points: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """Reported and closed, by hour for a day and by day for thirty; every list ends with the current one."""

    hours: tuple[datetime, ...]
    reported_by_hour: tuple[int, ...]
    closed_by_hour: tuple[int, ...]
    days: tuple[date, ...]
    reported_by_day: tuple[int, ...]
    closed_by_day: tuple[int, ...]


def _within(area: str) -> QuerySet[Matter]:
    """The incidents of an area: 6 digits the county, 9 a township, 12 a village."""
    incidents = Matter.objects.filter(procedure=INCIDENT.code)
    match len(area):
        case n if n <= COUNTY_DIGITS:
            return incidents
        case 9:
            return incidents.filter(township_code=area)
    return incidents.filter(place_code__startswith=area[:12])


def board(area: str) -> Board:
    """The board of an area, counted now."""
    at, since = now(), midnight(today())
    incidents = _within(area)
    still_open = incidents.filter(closed_at__isnull=True)
    by_township = still_open.order_by().values("township_code").annotate(
        n=Count("id"), overdue=Count("id", filter=Q(due_at__lt=at)),
        amber=Count("id", filter=Q(due_at__gte=at, amber_at__lt=at)),
    )  # fmt: skip
    standing = {row["township_code"]: row for row in by_township}
    reported = _by_township(incidents.filter(id__gte=first_uuid7(since)))
    closed = _by_township(incidents.filter(closed_at__gte=since))
    acts = _acts_since(since, incidents)
    townships = sorted({*standing, *reported, *closed})
    return Board(
        at=at,
        reported=sum(reported.values()),
        closed=sum(closed.values()),
        open=sum(row["n"] for row in standing.values()),
        amber=sum(row["amber"] for row in standing.values()),
        overdue=sum(row["overdue"] for row in standing.values()),
        townships=tuple(
            TownshipRow(
                code,
                standing[code]["n"] if code in standing else 0,
                standing[code]["overdue"] if code in standing else 0,
                reported.get(code, 0),
                closed.get(code, 0),
            )
            for code in townships
        ),
        latest=tuple(_latest(incidents)),
        points=tuple(_most_urgent(still_open, at)),
        **{name: acts.get(act, 0) for act, name in _ACTS.items()},
    )


def _by_township(matters: QuerySet[Matter]) -> dict[str, int]:
    rows = matters.order_by().values("township_code").annotate(n=Count("id"))
    return {row["township_code"]: row["n"] for row in rows}


def _acts_since(since: datetime, incidents: QuerySet[Matter]) -> dict[str, int]:
    """How many incidents had each act, from the ledger itself."""
    rows = (
        Entry.objects.filter(at__gte=since, act__in=_ACTS, stream__in=incidents.order_by().values("id"))
        .order_by()
        .values("act")
        .annotate(n=Count("stream", distinct=True))
    )
    return {row["act"]: row["n"] for row in rows}


def _latest(incidents: QuerySet[Matter]) -> list[Latest]:
    columns = ("id", "kind", "state", "place_code", "opened_at", "due_at", "amber_at")
    return [Latest(*row) for row in incidents.order_by("-id").values_list(*columns)[:LATEST]]


def _most_urgent(still_open: QuerySet[Matter], at: datetime) -> list[Placed]:
    """The most urgent open incidents that have a place; those without a clock come last."""
    return placed(still_open.order_by(F("due_at").asc(nulls_last=True), "id"), at, MOST_POINTS)


@held(most=_MOST_TRENDS)
def trend(area: str) -> Trend:
    """The trend of an area, counted at most once a minute: one pass over the openings and one over the closings of
    thirty days, by hour; days are their sums.

    Read from the incidents themselves: an incident counts where it was opened and where it is closed, once each.
    Rollups may take its place without any screen noticing.
    """
    this_hour = now().astimezone(LOCAL_ZONE).replace(minute=0, second=0, microsecond=0)
    days = tuple(today() - timedelta(days=n) for n in reversed(range(DAYS)))
    since = midnight(days[0])
    incidents = _within(area)
    reported = _by_hour(incidents.filter(id__gte=first_uuid7(since)), "opened_at")
    closed = _by_hour(incidents.filter(closed_at__gte=since), "closed_at")
    hours = tuple(this_hour - timedelta(hours=n) for n in reversed(range(HOURS)))
    return Trend(
        hours,
        tuple(reported.get(h, 0) for h in hours),
        tuple(closed.get(h, 0) for h in hours),
        days,
        _summed(reported, days),
        _summed(closed, days),
    )


def _by_hour(matters: QuerySet[Matter], column: str) -> dict[datetime, int]:
    hour = Trunc(column, "hour", output_field=DateTimeField(), tzinfo=LOCAL_ZONE)
    rows = matters.order_by().annotate(hour=hour).values("hour").annotate(n=Count("id"))
    return {row["hour"]: row["n"] for row in rows}


def _summed(by_hour: Mapping[datetime, int], days: tuple[date, ...]) -> tuple[int, ...]:
    sums = dict.fromkeys(days, 0)
    for hour, n in by_hour.items():
        on = hour.astimezone(LOCAL_ZONE).date()
        if on in sums:
            sums[on] += n
    return tuple(sums.values())
