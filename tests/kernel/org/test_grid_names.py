"""A grid's English name is its number and its village; without an English village it keeps its Chinese name."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from yimen.kernel.counties.models import Division
from yimen.kernel.org.models import Grid
from yimen.kernel.org.queries import grid_name, grid_names

pytestmark = pytest.mark.usefixtures("db")


def test_a_grid_is_called_by_its_number_and_village_in_english_and_by_its_name_in_chinese() -> None:
    grid = Grid.objects.earliest("code")
    Division.objects.filter(code=grid.place_code).update(name_en="Qingshan Village")
    with translation.override("en"):
        assert grid_name(grid) == f"Grid {int(grid.code[12:])}, Qingshan Village"
    with translation.override("zh-hans"):
        assert grid_name(grid) == grid.name
    Division.objects.filter(code=grid.place_code).update(name_en="")
    with translation.override("en"):
        assert grid_name(grid) == grid.name


def test_however_many_grids_cost_one_query_more() -> None:
    cost, grids = {}, list(Grid.objects.all())
    for language in ("zh-hans", "en"):
        with translation.override(language), CaptureQueriesContext(connection) as asked:
            assert len(grid_names(grids)) == len(grids) > 1
        cost[language] = len([q for q in asked if "counties_division" in q["sql"]])
    assert cost == {"zh-hans": 0, "en": 1}
