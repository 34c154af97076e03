"""Planted flaws are found and named; a true tiling has none, and each of its points lies in exactly one shape."""

import random

import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from yimen.kernel.org.tilings import (
    MOST_OVERLAPS,
    Flaw,
    divided,
    flaws,
    in_order,
    merged,
    polygon,
    square_metres,
    width,
)

_METRE = 1 / 111_320.0


def tiling(seed: int, columns: int, rows: int) -> list[Polygon]:
    """A place cut into cells with crooked shared corners."""
    rng = random.Random(seed)
    side = 300 * _METRE
    corner = {
        (x, y): (
            119.0 + side * (x + (rng.uniform(-0.3, 0.3) if 0 < x < columns else 0)),
            28.0 + side * (y + (rng.uniform(-0.3, 0.3) if 0 < y < rows else 0)),
        )
        for x in range(columns + 1)
        for y in range(rows + 1)
    }
    return [
        Polygon([corner[x, y], corner[x + 1, y], corner[x + 1, y + 1], corner[x, y + 1]])
        for x in range(columns)
        for y in range(rows)
    ]


TILINGS = st.builds(tiling, st.integers(0, 10_000), st.integers(2, 5), st.integers(2, 5))


def codes(shapes: list[Polygon], outline: Polygon) -> set[str]:
    return {f.code for f in flaws(shapes, outline)}


@given(TILINGS)
@settings(deadline=None)
def test_a_true_tiling_has_no_flaw(shapes: list[Polygon]) -> None:
    assert flaws(shapes, shapely.union_all(shapes)) == []


@given(TILINGS, st.data())
@settings(deadline=None)
def test_planted_flaws_are_found_and_named(shapes: list[Polygon], data: st.DataObject) -> None:
    outline = shapely.union_all(shapes)
    at = data.draw(st.integers(0, len(shapes) - 1))
    fewer = [s for n, s in enumerate(shapes) if n != at]
    gap = next(f for f in flaws(fewer, outline) if f.code == "gap")
    assert gap.square_metres == pytest.approx(square_metres(shapes[at]), rel=0.01)
    wider = [s.buffer(20 * _METRE, join_style="mitre") if n == at else s for n, s in enumerate(shapes)]
    assert "overlap" in codes(wider, outline)
    slightly = [s.buffer(0.3 * _METRE, join_style="mitre") if n == at else s for n, s in enumerate(shapes)]
    assert codes(slightly, outline) == {"sliver"}
    assert "duplicate" in codes([*shapes, shapes[at]], outline)
    swapped = [shapely.transform(s, lambda xy: xy[:, ::-1]) if n == at else s for n, s in enumerate(shapes)]
    assert codes(swapped, outline) == {"axis_order"}
    beyond = [*shapes, box(119.5, 28.5, 119.51, 28.51)]
    assert "outside" in codes(beyond, outline)


@given(TILINGS, st.floats(0, 1), st.floats(0, 1))
@settings(deadline=None)
def test_every_point_of_a_tiling_lies_in_at_least_one_shape_and_inside_at_most_one(
    shapes: list[Polygon], x: float, y: float
) -> None:
    left, bottom, right, top = shapely.union_all(shapes).bounds
    point = Point(left + x * (right - left), bottom + y * (top - bottom))
    assert sum(s.contains(point) for s in shapes) <= 1
    assert any(s.distance(point) < 1e-12 for s in shapes)


GOOD = [[119.0, 28.0], [119.01, 28.0], [119.01, 28.01], [119.0, 28.01], [119.0, 28.0]]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ({"type": "MultiPolygon", "coordinates": [[GOOD], [GOOD]]}, "multipolygon"),
        ({"type": "MultiPolygon", "coordinates": []}, "multipolygon"),
        ({"type": "MultiPolygon", "coordinates": [1]}, "empty"),
        ({"type": "Polygon", "coordinates": [GOOD, GOOD]}, "duplicate_ring"),
        ({"type": "Polygon", "coordinates": [GOOD, [*GOOD[2:], *GOOD[1:3]]]}, "duplicate_ring"),
        ({"type": "Polygon", "coordinates": [[*GOOD, *GOOD[1:]]]}, "duplicate_ring"),
        ({"type": "Polygon", "coordinates": [GOOD, [None, "x", [[1]]]]}, "hole"),
        ({"type": "Point", "coordinates": [119, 28]}, "not_a_polygon"),
        ("POLYGON", "not_a_polygon"),
        (None, "not_a_polygon"),
        ({"type": "Polygon", "coordinates": []}, "empty"),
        ({"type": "Polygon", "coordinates": [1, 2]}, "empty"),
        ({"type": "Polygon"}, "empty"),
        ({"type": "Polygon", "coordinates": [GOOD[:2]]}, "too_few_points"),
        ({"type": "Polygon", "coordinates": [GOOD[:-1]]}, "not_closed"),
        ({"type": "Polygon", "coordinates": [[[y, x] for x, y in GOOD]]}, "axis_order"),
        ({"type": "Polygon", "coordinates": [[[1e308, 1e308], *GOOD]]}, "absurd"),
        ({"type": "Polygon", "coordinates": [[[float("nan"), 28.0], *GOOD]]}, "not_a_number"),
        ({"type": "Polygon", "coordinates": [[["119", 28.0], *GOOD]]}, "not_a_number"),
        ({"type": "Polygon", "coordinates": [[[True, 28.0], *GOOD]]}, "not_a_number"),
        ({"type": "Polygon", "coordinates": [[[[119.0]], *GOOD]]}, "not_a_number"),
        ({"type": "Polygon", "coordinates": [GOOD, [[119.002, 28.002], [119.004, 28.002], [119.004, 28.004], [119.002, 28.002]]]}, "hole"),
        ({"type": "Polygon", "coordinates": [[GOOD[0], GOOD[2], GOOD[1], GOOD[3], GOOD[0]]]}, "crosses_itself"),
        ({"type": "Polygon", "coordinates": [[[119.0, 28.0]] * 20_001]}, "too_many_points"),
    ],
)  # fmt: skip
def test_what_is_no_polygon_says_why(raw: object, code: str) -> None:
    found = polygon(raw, "甲")
    assert isinstance(found, Flaw)
    assert found.code == code
    assert found.sentence.zh
    assert found.sentence.en


@given(TILINGS, st.data())
@settings(deadline=None)
def test_holes_and_rings_drawn_twice_are_named_in_any_tiling(
    shapes: list[Polygon], data: st.DataObject
) -> None:
    shape = shapes[data.draw(st.integers(0, len(shapes) - 1))]
    ring = [list(p) for p in shape.exterior.coords]
    inside = [list(p) for p in shapely.affinity.scale(shape, 0.3, 0.3).exterior.coords]
    turned = data.draw(st.sampled_from([ring, ring[::-1]]))
    for rings, code in (
        ([ring, inside], "hole"),
        ([ring, turned], "duplicate_ring"),
        ([[*ring, *ring[1:]]], "duplicate_ring"),
    ):
        found = polygon({"type": "Polygon", "coordinates": rings})
        assert isinstance(found, Flaw)
        assert found.code == code
    pierced = [s.difference(Polygon(inside)) if s is shape else s for s in shapes]
    assert "gap" in codes(pierced, shapely.union_all(shapes))


def test_a_polygon_wrapped_as_a_multipolygon_of_one_part_is_read() -> None:
    found = polygon({"type": "MultiPolygon", "coordinates": [[GOOD]]})
    assert isinstance(found, Polygon)


def test_of_a_file_in_which_everything_lies_on_everything_the_first_overlaps_are_named() -> None:
    heap = [shapely.box(118 + n * 1e-6, 29, 118.01 + n * 1e-6, 29.01) for n in range(2000)]
    found = flaws(heap)
    assert len(found) == MOST_OVERLAPS + 1
    assert "还有更多" in found[-1].sentence.zh


def test_two_combs_through_each_other_are_named_by_their_largest_overlaps() -> None:
    def comb(teeth: int, *, lies: bool) -> Polygon:
        edge = [(n * 1e-5, 0.01 if n % 2 else 0.001) for n in range(teeth)]
        points = [(0.0, 0.0), *edge, (teeth * 1e-5, 0.0)]
        return Polygon([(118 + (y if lies else x), 29 + (x if lies else y)) for x, y in points])

    found = flaws([comb(120, lies=False), comb(120, lies=True)])
    assert "tangled" not in {flaw.code for flaw in found}
    assert 0 < len(found) <= MOST_OVERLAPS
    combs = [comb(900, lies=False), comb(900, lies=True)]
    assert [flaw.code for flaw in flaws(combs, box(117, 28, 119, 30))] == ["tangled"]


def test_a_polygon_is_read() -> None:
    found = polygon({"type": "Polygon", "coordinates": [GOOD]})
    assert isinstance(found, Polygon)
    assert square_metres(found) == pytest.approx(1113.2**2 * 0.8829, rel=0.01)


def test_merging_and_dividing_keep_the_area() -> None:
    west, east = box(119.0, 28.0, 119.01, 28.01), box(119.01, 28.0, 119.02, 28.01)
    both = merged([west, east])
    assert both is not None
    pieces = divided(both, [(119.01, 27.9), (119.01, 28.1)])
    assert [round(square_metres(p)) for p in pieces] == [round(square_metres(p)) for p in (west, east)]
    assert pieces[0].equals(west)
    assert merged([west, box(119.5, 28.0, 119.51, 28.01)]) is None
    assert len(divided(west, [(118.0, 27.0), (118.1, 27.0)])) == 1


def test_grids_are_ordered_from_west_to_east_and_from_north_to_south() -> None:
    north, south = box(119.0, 28.01, 119.01, 28.02), box(119.0, 28.0, 119.01, 28.01)
    east = box(119.01, 28.0, 119.02, 28.02)
    assert sorted([east, south, north], key=in_order) == [north, south, east]


def test_a_strip_is_narrow_and_a_square_is_not() -> None:
    assert width(box(119.0, 28.0, 119.0 + 0.5 * _METRE, 28.01)) < 1
    assert width(box(119.0, 28.0, 119.01, 28.01)) > 100
