"""Office hours move the end of what is counted in working hours."""

from datetime import UTC, date, datetime

import pytest

from tests.kernel.registers.test_people import keeper
from yimen.kernel.matters.models import Clock
from yimen.kernel.org.hours import office_hours
from yimen.kernel.registers import organs
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("9:00-12:00 14:00-17:30", [["09:00", "12:00"], ["14:00", "17:30"]]),
        ("8:30至11:30，14:30~18:00", [["08:30", "11:30"], ["14:30", "18:00"]]),
        ("0:00-23:59", [["00:00", "23:59"]]),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, spans: list[list[str]]) -> None:
    assert organs.read_hours(typed) == spans


@pytest.mark.parametrize(
    "typed",
    ["", "9-12", "12:00-9:00", "9:00-13:00 12:00-17:00", "25:00-26:00", "9:00-12:00 或者", "9:00-9:00"],
)
def test_nonsense_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        organs.read_hours(typed)
    assert refused.value.findings[0].field == "spans"


def test_a_county_that_works_longer_days_has_shorter_limits() -> None:
    morning = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # Tuesday 9:00; four working hours for intake
    usual = Clock.objects.get(matter_id=reported_at(morning)).due_at
    organs.set_hours(
        keeper(), organ_code="", spans="8:00-20:00", source="县政府办通知", since=date(2026, 1, 1)
    )
    longer = Clock.objects.get(matter_id=reported_at(morning)).due_at
    assert usual == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert longer == datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def reported_at(at: datetime) -> object:
    """An incident reported at an instant."""
    from yimen.domains.grid.api import Report, report_incident
    from yimen.kernel.access.actors import Actor
    from yimen.kernel.org.models import Grid

    home = Grid.objects.order_by("code").first()
    assert home is not None
    return report_incident(
        Actor.resident(), Report("垃圾", home.lng, home.lat, "portal", "0101"), at=at
    ).matter_id


def test_an_organs_own_hours_come_before_the_countys() -> None:
    organs.set_hours(keeper(), organ_code="", spans="8:00-12:00", source="文", since=date(2026, 1, 1))
    organs.set_hours(keeper(), organ_code="urban", spans="7:00-11:00", source="文", since=date(2026, 1, 1))
    assert office_hours("urban").spans[0][0].hour == 7
    assert office_hours("water").spans[0][0].hour == 8
    with pytest.raises(Refusal) as refused:
        organs.set_hours(keeper(), organ_code="urban", spans="6:00-7:00", source="文", since=date(2026, 6, 1))
    assert refused.value.code == "working_hours_once_at_a_time"
