"""Every point of the county lies in exactly one grid, edges and corners included; what is outside is refused."""

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from yimen.kernel.org.grids import GridIndex, GridRef, locate
from yimen.kernel.org.models import Grid
from yimen.kernel.words import Refusal
from yimen.site.demo import geography
from yimen.site.demo.people import village_names

OUTLINE = box(119.0, 28.0, 119.3, 28.3)
PLAN = geography.plan(
    "339901",
    OUTLINE,
    [("001", "城关街道"), ("100", "青石镇"), ("200", "竹坪乡")],
    village_names(9),
    villages=9,
    grids=27,
    seed=1,
)
INDEX = GridIndex([(GridRef(g.code, g.name, g.village_code), g.shape) for g in PLAN.grids])


def test_the_drawing_has_neither_gap_nor_overlap() -> None:
    shapes = [g.shape for g in PLAN.grids]
    assert all(s.is_valid and not s.is_empty for s in shapes)
    together = shapely.union_all(shapes)
    assert together.symmetric_difference(OUTLINE).area < 1e-12
    assert math.isclose(sum(s.area for s in shapes), OUTLINE.area, rel_tol=1e-9)
    assert len({g.code for g in PLAN.grids}) == len(shapes)


@settings(max_examples=400, deadline=None)
@given(st.floats(119.0, 119.3), st.floats(28.0, 28.3))
def test_a_point_of_the_county_lies_in_one_grid_and_always_the_same(lng: float, lat: float) -> None:
    found = INDEX.locate(lng, lat)
    assert found is not None
    again = GridIndex([(GridRef(g.code, g.name, g.village_code), g.shape) for g in reversed(PLAN.grids)])
    assert again.locate(lng, lat) == found
    covering = [g.code for g in PLAN.grids if g.shape.intersects(shapely.Point(lng, lat))]
    assert found.code == min(covering)


def test_corners_and_edges_belong_to_the_grid_with_the_lowest_code() -> None:
    for grid in PLAN.grids:
        for lng, lat in grid.shape.exterior.coords:
            sharing = [g.code for g in PLAN.grids if g.shape.intersects(shapely.Point(lng, lat))]
            found = INDEX.locate(lng, lat)
            assert found is not None
            assert found.code == min(sharing)


def test_many_points_are_told_as_one_by_one() -> None:
    corners = [point for grid in PLAN.grids for point in grid.shape.exterior.coords]
    points = [*corners, (119.1234, 28.2345), (116.4, 39.9), (119.0 - 5e-7, 28.1), (118.9999, 28.1)]
    assert INDEX.locate_many(points) == [INDEX.locate(*point) for point in points]
    assert INDEX.locate_many([]) == []
    assert GridIndex([]).locate_many(points) == [None] * len(points)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("lng", "lat", "code"),
    [
        (116.4, 39.9, "place.outside"),
        (118.9999, 28.1, "place.outside"),
        (28.1, 119.1, "place.absurd"),
        (181.0, 0.0, "place.absurd"),
        (119.1, -91.0, "place.absurd"),
        (math.nan, 28.1, "place.absurd"),
        (119.1, math.inf, "place.absurd"),
    ],
)
def test_a_point_elsewhere_is_refused_with_the_reason(lng: float, lat: float, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        locate(lng, lat)
    assert refused.value.code == code
    is_swapped = (lng, lat) == (28.1, 119.1)
    assert ("写反" in refused.value.findings[0].sentence.zh) == is_swapped


@pytest.mark.usefixtures("db")
def test_a_grid_is_found_at_its_own_point() -> None:
    for grid in Grid.objects.all():
        assert locate(grid.lng, grid.lat).code == grid.code
