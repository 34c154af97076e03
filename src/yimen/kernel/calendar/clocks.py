"""When a period ends: hours, working hours, working days, calendar days and months. Pure arithmetic.

The day on which a period begins does not count (民事诉讼法 第八十五条); a period of days ends with the last
moment of its last day. Whether an end on a rest day moves to the next working day is a property of the limit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from yimen.kernel.calendar.official import WorkingCalendar
from yimen.kernel.calendar.today import LOCAL_ZONE

_DAY_END = time(23, 59, 59, 999999)
_HOUR = timedelta(hours=1)
_ONE_DAY = timedelta(days=1)

Pause = tuple[datetime, datetime | None]


class Unit(StrEnum):
    """The units in which statutes count."""

    HOURS = "hours"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Period:
    """A length in a unit; `rolls` moves an end on a rest day to the next working day."""

    number: int
    unit: Unit
    rolls: bool = False


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When an organ works on a working day, local time."""

    spans: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(14), time(17, 30)))

    @classmethod
    def read(cls, plain: Iterable[Iterable[str]]) -> "OfficeHours":
        """From ISO times, such as `[["09:00", "12:00"]]`; the usual ones when there are none."""
        spans = tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in plain)
        return cls(spans) if spans else cls()

    def plain(self) -> list[list[str]]:
        """As ISO times."""
        return [[a.isoformat("minutes"), b.isoformat("minutes")] for a, b in self.spans]


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a period; `safe_at` is the earliest it could turn out to be while a year is unpublished."""

    at: datetime
    safe_at: datetime
    is_provisional: bool
    edition: str


def due(
    start: datetime,
    period: Period,
    calendar: WorkingCalendar,
    hours: OfficeHours | None = None,
    pauses: Iterable[Pause] = (),
) -> Due:
    """When a period that starts at the instant `start` (aware) ends, pauses left out.

    `hours`: the office hours of whoever keeps the period, the usual ones when not given. A pause that has not ended yet moves nothing:
    the clock stands still, and its end is reckoned when it goes on. Raises ValueError for a negative length, OverflowError beyond the calendar.
    """
    if period.number < 0:
        raise ValueError("a period has no negative length")
    stops = [(a, b) for a, b in pauses if b is not None and b > a]
    at = _end(start, period, calendar, hours or OfficeHours(), stops, safe=False)
    touches = at.astimezone(LOCAL_ZONE).date() >= calendar.provisional_from
    uncertain = touches and (period.unit in (Unit.WORKING_DAYS, Unit.WORKING_HOURS) or period.rolls)
    safe_at = _end(start, period, calendar, hours or OfficeHours(), stops, safe=True) if uncertain else at
    return Due(at, min(at, safe_at), uncertain, calendar.edition)


def _end(
    start: datetime,
    period: Period,
    calendar: WorkingCalendar,
    hours: OfficeHours,
    stops: list[tuple[datetime, datetime]],
    *,
    safe: bool,
) -> datetime:
    local = start.astimezone(LOCAL_ZONE)
    match period.unit:
        case Unit.HOURS:
            return (
                local + timedelta(hours=period.number) + sum((b - a for a, b in stops), timedelta())
            ).astimezone(UTC)
        case Unit.WORKING_HOURS:
            worked = timedelta(hours=period.number)
            for a, b in stops:
                worked += working_time(max(a, start), b, calendar, hours, safe=safe)
            return _after_working_time(local, worked, calendar, hours, safe=safe)
        case Unit.WORKING_DAYS:
            # Only days wholly inside a pause are lost to the clock: an evening's pause gains nothing.
            lost = sum(max(0, calendar.between(_day(a), _day(b) - _ONE_DAY)) for a, b in stops)
            last = calendar.add(local.date(), period.number + lost, safe=safe)
        case Unit.CALENDAR_DAYS:
            lost = sum(max(0, (_day(b) - _day(a)).days - 1) for a, b in stops)
            last = local.date() + timedelta(days=period.number + lost)
        case Unit.MONTHS:
            lost = sum(max(0, (_day(b) - _day(a)).days - 1) for a, b in stops)
            last = add_months(local.date(), period.number) + timedelta(days=lost)
    if period.rolls and not safe:
        last = calendar.next_working(last)
    return datetime.combine(last, _DAY_END, LOCAL_ZONE).astimezone(UTC)


def add_months(day: date, number: int) -> date:
    """The same day of the month `number` months on, or that month's last day (民法典 第二百零二条)."""
    month = day.month - 1 + number
    year, month = day.year + month // 12, month % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def _day(instant: datetime) -> date:
    return instant.astimezone(LOCAL_ZONE).date()


def _spans(day: date, hours: OfficeHours) -> Iterable[tuple[datetime, datetime]]:
    return (
        (datetime.combine(day, a, LOCAL_ZONE), datetime.combine(day, b, LOCAL_ZONE)) for a, b in hours.spans
    )


def _working_days_from(day: date, calendar: WorkingCalendar, *, safe: bool) -> Iterable[date]:
    current = day - timedelta(days=1)
    while True:
        current = calendar.add(current, 1, safe=safe)
        yield current


def _after_working_time(
    start: datetime, worked: timedelta, calendar: WorkingCalendar, hours: OfficeHours, *, safe: bool
) -> datetime:
    """The instant at which `worked` office time has passed since `start`."""
    for day in _working_days_from(start.date(), calendar, safe=safe):
        for opens, closes in _spans(day, hours):
            begins = max(opens, start)
            if begins >= closes:
                continue
            if worked <= closes - begins:
                return (begins + worked).astimezone(UTC)
            worked -= closes - begins
    raise AssertionError("the calendar ends with an OverflowError first")


def working_time(
    start: datetime, end: datetime, calendar: WorkingCalendar, hours: OfficeHours, *, safe: bool = False
) -> timedelta:
    """Office time between two instants."""
    total = timedelta()
    last = _day(end)
    for day in _working_days_from(_day(start), calendar, safe=safe):
        if day > last:
            return total
        for opens, closes in _spans(day, hours):
            total += max(timedelta(), min(closes, end) - max(opens, start))
    return total


def remaining(
    due_at: datetime, at: datetime, unit: str, calendar: WorkingCalendar, hours: OfficeHours | None = None
) -> int:
    """What is left until `due_at`, as the reader counts: working days, days, working hours or hours, each begun.

    Negative when overdue: -1 from the first moment after the end on.
    """
    if unit == Unit.WORKING_DAYS:
        left = calendar.between(_day(at), _day(due_at))
        return min(left, -1) if at > due_at else left
    if unit in (Unit.CALENDAR_DAYS, Unit.MONTHS):
        left = (_day(due_at) - _day(at)).days
        return min(left, -1) if at > due_at else left
    if unit == Unit.WORKING_HOURS:
        office = hours or OfficeHours()
        if at > due_at:
            return -1 - working_time(due_at, at, calendar, office) // _HOUR
        return working_time(at, due_at, calendar, office) // _HOUR
    return (due_at - at) // _HOUR
