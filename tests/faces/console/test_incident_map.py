"""The list of incidents narrowed, and the same on a map whose cost has a bound."""

import re
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.test import Client

from tests.cast import COUNTY, HERE_VILLAGE, hired, later, signed_in
from tests.domains.grid.test_incident import actor, reported
from yimen.domains.grid.api import act
from yimen.faces.console import incident_map
from yimen.kernel.calendar.today import frozen, today
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.models import Grid

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def chief() -> Client:
    """The duty chief's browser."""
    return signed_in(hired("chief", role="command_chief", area=COUNTY))


def far() -> Grid:
    """The grid farthest down the register."""
    grid = Grid.objects.order_by("-code").first()
    assert grid is not None
    return grid


def numbers(browser: Client, query: str) -> set[str]:
    """The numbers a list shows."""
    return set(re.findall(r"SJ-[\w-]+(?=</a>)", browser.get(f"/console/matters/?{query}").content.decode()))


def points(browser: Client, query: str = "") -> list[dict[str, Any]]:
    """The marks of the map."""
    page = browser.get(f"/console/matters/?view=map&{query}").content.decode()
    found = re.search(r'<script id="incidents-data" type="application/json">(.*?)</script>', page, re.S)
    assert found
    return list(orjson.loads(found[1])["points"])


def test_each_filter_keeps_what_fits_and_only_that(chief: Client) -> None:
    there = far()
    with frozen(later(days=-10)):
        old = reported(channel="hotline").number
    light = reported(class_code="0802", lng=there.lng, lat=there.lat).number
    held = reported(class_code="0101")
    act(actor("clerk"), held.matter_id, "register")
    act(actor("dispatcher"), held.matter_id, "dispatch", {"organ": "urban"})
    week = (today() - timedelta(days=7)).isoformat()
    assert numbers(chief, "") == {old, light, held.number}
    assert numbers(chief, "kind=0802") == {light}
    assert numbers(chief, "channel=hotline") == {old}
    assert held.number in numbers(chief, "organ=urban")
    assert old not in numbers(chief, "organ=urban")
    assert numbers(chief, f"township={there.code[:9]}&grid={there.code}") == {light}
    assert numbers(chief, f"opened_from={week}") == {light, held.number}
    assert numbers(chief, f"opened_to={week}") == {old}
    assert numbers(chief, "light=open") == {old, light, held.number}


def test_a_single_incident_leads_to_its_page_and_several_to_a_closer_map(chief: Client) -> None:
    there = far()
    lone = reported(lng=there.lng, lat=there.lat)
    together = [reported().number for _ in range(3)]
    marks = {p["count"]: p for p in points(chief)}
    assert set(marks) == {1, 3}
    assert marks[1]["href"] == f"/console/matters/{lone.matter_id}/"
    assert lone.number in marks[1]["label"]
    closer = marks[3]["href"].removeprefix("?")
    assert numbers(chief, closer) == set(together)


def test_a_cell_has_the_colour_of_its_worst(chief: Client) -> None:
    for _ in range(2):
        reported()
    due = Matter.objects.order_by("id").values_list("due_at", flat=True).first()
    with frozen(due + timedelta(minutes=1)):
        (mark,) = incident_map.incident_map(Matter.objects.all(), {}, due + timedelta(minutes=1)).sheet.points
    assert (mark.tone, mark.count) == ("red", 2)


def test_the_map_shows_only_what_the_reader_may_see() -> None:
    there = far()
    mine = reported()
    reported(lng=there.lng, lat=there.lat)
    worker = signed_in(hired("worker", role="grid_worker", area=HERE_VILLAGE))
    place = Matter.objects.get(id=mine.matter_id).place_code
    expected = 1 if place.startswith(HERE_VILLAGE) else 0
    assert sum(p["count"] for p in points(worker)) == expected


def test_beyond_its_bound_the_map_says_that_there_are_more(
    chief: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incident_map, "MOST", 2)
    for _ in range(3):
        reported()
    assert sum(p["count"] for p in points(chief)) == 2
    assert "最新的 2 件" in chief.get("/console/matters/?view=map").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "within=1,2,3", "within=a", "within=999999999999.0,1.0,1.0,1.0", "opened_to=9999-12-31", "opened_from=0001-01-01",
        "township=%00%00%00%00%00%00%00%00%00", "grid=%00", "kind=x", "view=other", "before=1", "opened_from=x",
    ],
)  # fmt: skip
def test_junk_in_the_address_narrows_nothing_and_breaks_nothing(chief: Client, query: str) -> None:
    reported()
    assert chief.get(f"/console/matters/?{query}").status_code == 200
    assert chief.get(f"/console/matters/?view=map&{query}").status_code == 200


def test_list_and_map_do_as_many_queries_however_many_incidents(
    chief: Client, django_assert_max_num_queries: Any
) -> None:
    chief.get("/console/matters/?view=map")
    for _ in range(4):
        reported()
    with django_assert_max_num_queries(12):
        chief.get("/console/matters/?view=map")
