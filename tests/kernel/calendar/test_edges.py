"""Outside its years the calendar says that it knows nothing, rather than something wrong."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimen.kernel.calendar.clocks import Period, Unit, due
from yimen.kernel.calendar.official import shipped

CALENDAR = shipped()
OUTSIDE = st.dates(date(1990, 1, 1), CALENDAR.first - timedelta(days=1)) | st.dates(
    CALENDAR.last + timedelta(days=1), date(2060, 1, 1)
)


@given(OUTSIDE)
def test_no_working_day_is_named_outside_the_calendar(day: date) -> None:
    with pytest.raises(OverflowError):
        CALENDAR.next_working(day)
    with pytest.raises(OverflowError):
        CALENDAR.add(day, 1)


@pytest.mark.parametrize(
    "period",
    [
        Period(99, Unit.MONTHS, rolls=True),
        Period(9999, Unit.CALENDAR_DAYS, rolls=True),
        Period(9999, Unit.WORKING_DAYS),
        Period(99999, Unit.WORKING_HOURS),
    ],
)
def test_a_period_that_needs_the_calendar_beyond_its_end_overflows(period: Period) -> None:
    with pytest.raises(OverflowError):
        due(datetime(2026, 11, 23, tzinfo=UTC), period, CALENDAR)


@given(st.dates(CALENDAR.first, date(CALENDAR.last.year, 12, 30)))
def test_the_next_working_day_is_worked_and_there_is_none_between(day: date) -> None:
    found = CALENDAR.next_working(day)
    assert CALENDAR.is_working_day(found)
    assert found >= day
    assert not any(CALENDAR.is_working_day(day + timedelta(days=n)) for n in range((found - day).days))
