"""The official calendar says what the notices say, and reckons as the statutes do."""

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimen.kernel.calendar.clocks import OfficeHours, Period, Unit, add_months, due, working_time
from yimen.kernel.calendar.describe import calendar_add
from yimen.kernel.calendar.official import OfficialYear, WorkingCalendar, shipped, statutory_days
from yimen.kernel.calendar.today import LOCAL_ZONE
from yimen.kernel.words import Refusal

CALENDAR = shipped()
DAYS = st.dates(date(2020, 1, 2), date(2026, 12, 31))


def test_every_published_day_agrees_with_an_independent_source() -> None:
    day = date(2020, 1, 1)
    while day <= date(2026, 12, 31):
        assert CALENDAR.is_working_day(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        ("2026-02-10", 5, "2026-02-24"),
        ("2026-02-10", 20, "2026-03-16"),
        ("2026-02-10", 30, "2026-03-30"),
        ("2026-04-28", 20, "2026-05-28"),
        ("2026-09-24", 3, "2026-09-30"),
        ("2026-09-28", 10, "2026-10-16"),
        ("2026-02-13", 1, "2026-02-14"),
    ],
)
def test_working_days_are_added_across_holidays_and_shifted_weekends(
    start: str, number: int, end: str
) -> None:
    assert CALENDAR.add(date.fromisoformat(start), number) == date.fromisoformat(end)


def test_2026_has_248_working_days() -> None:
    assert CALENDAR.between(date(2025, 12, 31), date(2026, 12, 31)) == 248


def test_statutory_holidays_are_thirteen_days() -> None:
    assert all(len(statutory_days(year)) in (12, 13) for year in range(2025, 2033))
    assert date(2027, 2, 5) in statutory_days(2027)  # 除夕


@given(DAYS, st.integers(1, 60))
def test_a_due_day_is_worked_and_counting_back_agrees(start: date, number: int) -> None:
    end = CALENDAR.add(start, number)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.between(start, end) == number


@given(st.integers(2025, 2026), st.integers(0, 364), st.sampled_from([5, 20, 45]))
def test_the_safe_date_is_never_later_than_the_day_it_turned_out_to_be(
    year: int, offset: int, number: int
) -> None:
    """Pretend the year was not yet published; the safe date must not promise too much. From 2025 on, since the statute
    that the unpublished years follow is of November 2024 (New Year's Eve was no holiday before).
    """
    before = WorkingCalendar(tuple(y for y in CALENDAR.years if y.year < year) or (_plain(year - 1),))
    start = date(year, 1, 1) + timedelta(days=offset)
    real = CALENDAR.add(start, number)
    if real.year == year:
        assert before.add(start, number, safe=True) <= real


def _plain(year: int) -> OfficialYear:
    return OfficialYear(year, ("none",), frozenset(), frozenset())


def _local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LOCAL_ZONE)  # type: ignore[arg-type,misc]


def test_calendar_days_roll_only_where_the_limit_says_so() -> None:
    start = _local(2026, 9, 12, 10)
    plain = due(start, Period(15, Unit.CALENDAR_DAYS), CALENDAR).at.astimezone(LOCAL_ZONE)
    rolled = due(start, Period(15, Unit.CALENDAR_DAYS, rolls=True), CALENDAR).at.astimezone(LOCAL_ZONE)
    assert (plain.date(), rolled.date()) == (date(2026, 9, 27), date(2026, 9, 28))
    ninety = due(_local(2026, 7, 15), Period(90, Unit.CALENDAR_DAYS), CALENDAR).at.astimezone(LOCAL_ZONE)
    assert ninety.date() == date(2026, 10, 13)


def test_working_hours_stop_at_lunch_at_night_and_over_the_holiday() -> None:
    assert due(_local(2026, 9, 30, 16), Period(4, Unit.WORKING_HOURS), CALENDAR).at == _local(
        2026, 10, 8, 11, 30
    )


def test_months_end_on_the_last_day_when_the_day_is_missing() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)


def test_a_date_in_an_unpublished_year_is_provisional_with_an_earlier_safe_date() -> None:
    found = due(_local(2026, 12, 24, 9), Period(30, Unit.WORKING_DAYS), CALENDAR)
    assert found.is_provisional
    assert found.safe_at < found.at


@given(st.datetimes(datetime(2024, 1, 5), datetime(2026, 6, 1)), st.integers(1, 10), st.integers(1, 20))
def test_a_pause_moves_the_end_by_the_working_days_wholly_inside_it(
    at: datetime, number: int, days: int
) -> None:
    start = at.replace(tzinfo=UTC)
    pause = (start, start + timedelta(days=days))
    plain = due(start, Period(number, Unit.WORKING_DAYS), CALENDAR).at.astimezone(LOCAL_ZONE).date()
    paused = (
        due(start, Period(number, Unit.WORKING_DAYS), CALENDAR, pauses=[pause])
        .at.astimezone(LOCAL_ZONE)
        .date()
    )
    first, last = (p.astimezone(LOCAL_ZONE).date() for p in pause)
    assert CALENDAR.between(plain, paused) == max(0, CALENDAR.between(first, last - timedelta(days=1)))


@given(st.datetimes(datetime(2024, 1, 5), datetime(2026, 6, 1)), st.integers(0, 60))
def test_working_hours_added_are_the_working_time_that_passes(at: datetime, number: int) -> None:
    start = at.replace(tzinfo=UTC)
    end = due(start, Period(number, Unit.WORKING_HOURS), CALENDAR).at
    assert working_time(start, end, CALENDAR, OfficeHours()) == timedelta(hours=number)


@pytest.mark.parametrize(
    ("start", "number", "unit", "code"),
    [
        ("yesterday", 1, "hours", "calendar.start"),
        ("2026-09-28", 1, "moons", "calendar.unit"),
        ("2026-09-28", -1, "hours", "calendar.range"),
        ("2026-09-28", 99999, "working_days", "calendar.range"),
    ],
)
def test_the_command_line_answers_bad_input_with_a_sentence(
    start: str, number: int, unit: str, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        calendar_add(start, number, unit)
    assert refused.value.code == code
