"""No grid without a person: what is missing is found, on any day; and a load explains itself."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.domains.duties.people import COUNTY, VILLAGE
from tests.kernel.registers.test_people import keeper
from yimen.domains.duties import api
from yimen.domains.duties.loads import load_of
from yimen.kernel.calendar.today import today
from yimen.kernel.org.models import Appointment, Grid
from yimen.kernel.registers import people

TOMORROW = timedelta(days=1)
STANDARDS = {
    "households": 400.0, "area_km2": 5.0, "incidents": 60.0, "weight_households": 0.6, "weight_area_km2": 0.15,
    "weight_incidents": 0.25, "part_time_share": 0.5,
}  # fmt: skip


def gaps(on_day: int = 0, area: str = COUNTY) -> dict[str, list[str]]:
    """Kind of gap → the grids in which it was found."""
    on = today() + timedelta(days=on_day)
    found: dict[str, list[str]] = {}
    for gap in api.gaps_in(api.staffing(area, on), on):
        found.setdefault(gap.kind, []).append(gap.grid.code)
    return found


def worker_of(grid: Grid) -> Appointment:
    """The appointment of the grid's own worker."""
    return Appointment.objects.select_related("post").get(post__code=f"grid-{grid.code}")


def some_grid() -> Grid:
    """A grid that the cast's worker does not serve, whose worker serves it alone."""
    served = Appointment.objects.filter(post__code__startswith="grid-")
    for held in (
        served.exclude(post__grid_code__startswith=VILLAGE).select_related("post").order_by("post_id")
    ):
        if served.filter(person_id=held.person_id).count() == 1 and not held.substitutions.exists():
            return Grid.objects.get(code=held.post.grid_code)
    raise LookupError


@pytest.mark.usefixtures("db")
def test_a_full_county_has_no_gap() -> None:
    assert gaps() == {}


@pytest.mark.usefixtures("db")
def test_every_planted_gap_is_found_and_on_its_day_only() -> None:
    grid, on = some_grid(), today()
    held = worker_of(grid)
    people.end_appointment(keeper(), appointment_id=held.id, on=on + 10 * TOMORROW, reason="辞职")
    assert gaps() == {"ending": [grid.code]}
    assert gaps(10) == {"no_worker": [grid.code], "vacant": [grid.code]}
    assert gaps(10, "339901001" if not grid.code.startswith("339901001") else "339901200") == {}


@pytest.mark.usefixtures("db")
def test_an_absence_is_a_gap_until_somebody_stands_in() -> None:
    grid, on = some_grid(), today()
    held = worker_of(grid)
    people.note_absence(keeper(), person_id=held.person_id, since=on, until=on + 5 * TOMORROW, reason="休假")
    away = gaps()["absent"]
    assert away
    assert set(away) == {grid.code}
    substitute = (
        Appointment.objects.filter(post__kind="grid_leader", post__organ_id=grid.place_code).get().person
    )
    for each in Appointment.objects.filter(person_id=held.person_id):
        people.stand_in(
            keeper(), appointment_id=each.id, substitute_id=substitute.id, since=on, until=on + 5 * TOMORROW,
            reason="休假",
        )  # fmt: skip
    assert gaps() == {}
    board = api.board_of(grid.code, on)
    assert board is not None
    (seat,) = (s for s in board.seats if s.post.kind == "grid_worker")
    assert seat.present == substitute
    assert gaps(5) == {}


@pytest.mark.usefixtures("db")
def test_the_report_asks_as_much_of_three_grids_as_of_all() -> None:
    gaps()  # whatever a first question costs in this connection
    counts = []
    for area in (VILLAGE, COUNTY):
        with CaptureQueriesContext(connection) as queries:
            gaps(area=area)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


@pytest.mark.usefixtures("db")
def test_a_handover_leaves_no_day_without_somebody() -> None:
    grid, on = some_grid(), today()
    held = worker_of(grid)
    successor = people.register_person(keeper(), name="卞接手")
    day = on + 3 * TOMORROW
    people.hand_over(keeper(), appointment_id=held.id, person_id=successor.id, on=day, reason="调岗")
    for n in range(6):
        assert "no_worker" not in gaps(n)
    board = api.board_of(grid.code, day)
    assert board is not None
    assert "卞接手" in {s.present.name for s in board.seats if s.present}


@pytest.mark.usefixtures("db")
def test_the_heaviest_grid_comes_first_and_says_why() -> None:
    busy = Grid.objects.order_by("code")[5]
    loads = api.loads_on(COUNTY, today(), STANDARDS, {busy.code: 600})
    assert loads[0].code == busy.code
    assert loads[0].load.is_over
    assert loads[0].load.suggested >= 3
    assert "600 ÷ 60 × 0.25 = 2.50" in loads[0].load.explained.zh
    assert "Incidents in 12 months 600" in loads[0].load.explained.en


@given(
    amounts=st.fixed_dictionaries({k: st.floats(0, 5000) for k in ("households", "area_km2", "incidents")}),
    more=st.floats(0, 1000),
    staff=st.floats(0, 10),
)
def test_a_load_never_falls_when_work_grows_and_the_suggestion_carries_it(
    amounts: dict[str, float], more: float, staff: float
) -> None:
    load = load_of(amounts, staff, STANDARDS)
    heavier = load_of({**amounts, "incidents": amounts["incidents"] + more}, staff, STANDARDS)
    assert heavier.total >= load.total
    assert heavier.suggested >= load.suggested >= 1
    assert load.suggested + 1e-6 >= load.total
    assert not load_of(amounts, load.suggested, STANDARDS).is_over


def test_a_missing_standard_is_named() -> None:
    assert api.missing_standards({k: v for k, v in STANDARDS.items() if k != "area_km2"}) == ["area_km2"]
