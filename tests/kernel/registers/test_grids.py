"""Redrawing: a village is tiled before and after, what was stays readable, and every point has one grid on every day."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import orjson
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.range import DateRange
from shapely.geometry import box

from tests.kernel.registers.test_people import COUNTY, keeper
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.memory import forget_all
from yimen.kernel.ledger.models import Entry
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters.queries import heads
from yimen.kernel.org import drafts
from yimen.kernel.org.drafts import Proposal, as_geojson, cut, joined, read
from yimen.kernel.org.grids import index, locate
from yimen.kernel.org.models import Grid, LegacyGrid
from yimen.kernel.registers import grids
from yimen.kernel.registers.acts import stream_of
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")

TOMORROW = today() + timedelta(days=1)


@pytest.fixture(autouse=True)
def _read_afresh() -> Any:
    forget_all()
    yield
    forget_all()


def a_village(least: int = 2) -> str:
    """A village with at least so many grids."""
    codes = list(Grid.objects.order_by("code").values_list("place_code", flat=True))
    return next(c for c in codes if codes.count(c) >= least)


def as_it_is(village: str) -> list[Proposal]:
    return grids.proposals_of(village, today())


def halves(proposal: Proposal) -> tuple[tuple[float, float], tuple[float, float]]:
    """A line from north to south through the middle of a grid."""
    _, south, _, north = proposal.shape.bounds
    middle = proposal.shape.representative_point().x
    return (middle, south - 0.01), (middle, north + 0.01)


def in_force() -> list[dict[str, Any]]:
    """Every version that was, is or will be in force."""
    rows = Grid.objects.filter(valid__isempty=False).order_by("code", "valid")
    return list(rows.values("code", "boundary", "valid"))


def split_first(village: str) -> list[Proposal]:
    now = as_it_is(village)
    return cut(now, 0, halves(now[0]))


def redraw(
    proposals: Sequence[Proposal], since: date = TOMORROW, source: str = "云政办〔2026〕9号"
) -> grids.Redrawn:
    return grids.redraw(keeper(), proposals=proposals, source=source, since=since)


def test_a_grid_cut_in_two_keeps_its_code_for_the_larger_piece() -> None:
    village = a_village()
    before = as_it_is(village)
    outcome = redraw(split_first(village))
    after = grids.proposals_of(village, TOMORROW)
    assert len(after) == len(before) + 1
    assert {p.code for p in before} < {p.code for p in after}
    assert len(outcome.began) == 2
    assert before[0].code in outcome.began
    assert set(outcome.stayed) == {p.code for p in before[1:]}
    assert as_it_is(village) == before
    new = (set(outcome.began) - {before[0].code}).pop()
    assert new.startswith(village)
    assert len(new) == 15
    entry = Entry.objects.get(stream=stream_of("grids", village))
    assert entry.act == "redraw_grids"
    assert "云政办〔2026〕9号" in entry.payload
    assert verify_county(heads=heads()).ok


def test_grids_joined_into_one_are_one_from_the_day_on_and_the_other_code_is_never_used_again() -> None:
    village = a_village()
    before = as_it_is(village)
    touching = next(n for n in range(1, len(before)) if before[0].shape.touches(before[n].shape))
    outcome = redraw(joined(before, [0, touching]))
    assert len(outcome.ended) == 1
    gone = Grid.objects.get(code=outcome.ended[0])
    assert gone.valid.upper == TOMORROW
    point = gone.lng, gone.lat
    assert locate(*point, today()).code == gone.code
    assert locate(*point, TOMORROW).code in outcome.began
    (entry,) = Entry.objects.filter(stream=stream_of("grids", village))
    assert gone.code in entry.payload
    later = TOMORROW + timedelta(days=1)
    now = grids.proposals_of(village, TOMORROW)
    merged_at = next(n for n, p in enumerate(now) if p.code in outcome.began)
    again = cut(now, merged_at, halves(now[merged_at]))
    with pytest.raises(Refusal) as refused:
        redraw(
            [
                *(p for p in again if p.code),
                *(Proposal(gone.code, p.name, p.shape, village) for p in again if not p.code),
            ],
            later,
        )
    assert refused.value.code == "grids.code"
    made = redraw(again, later)
    assert gone.code not in made.began


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_point_has_one_grid_on_every_day_across_a_change(data: st.DataObject) -> None:
    before, after = index(today()), grids_after_a_change()
    west, south, east, north = shapely.total_bounds(before.tree.geometries)
    point = data.draw(
        st.one_of(
            st.tuples(st.floats(west, east), st.floats(south, north)),
            st.sampled_from([c for g in after.tree.geometries for c in g.exterior.coords]),
            st.sampled_from([c for g in before.tree.geometries for c in g.exterior.coords]),
        )
    )
    inside_before, inside_after = before.locate(*point), after.locate(*point)
    assert (inside_before is None) == (inside_after is None)
    for found, tree in ((inside_before, before), (inside_after, after)):
        if found is not None:
            touching = [
                r.code
                for r, g in zip(tree.refs, tree.tree.geometries, strict=True)
                if g.intersects(shapely.Point(point))
            ]
            assert not touching or found.code == min(touching)


_changed: list[Any] = []


def grids_after_a_change() -> Any:
    """The index of the day after a village was cut and joined; worked out once."""
    if not _changed:
        redraw(split_first(a_village()))
        _changed.append(index(TOMORROW))
    return _changed[0]


def test_what_leaves_a_gap_overlaps_or_reaches_outside_is_refused_and_nothing_changes() -> None:
    village = a_village()
    now = as_it_is(village)
    rows = list(Grid.objects.order_by("id").values())
    larger = Proposal(now[0].code, now[0].name, now[0].shape.buffer(0.001, join_style="mitre"), village)
    smaller = Proposal(now[0].code, now[0].name, now[0].shape.buffer(-0.0005, join_style="mitre"), village)
    for wrong, code in (
        (now[1:], "grids.gap"),
        ([smaller, *now[1:]], "grids.gap"),
        ([larger, *now[1:]], "grids.overlap"),
        ([*now, Proposal("", "远处", box(10, 10, 10.1, 10.1), village)], "grids.outside"),
        ([*now, Proposal("", "又一个", now[0].shape, village)], "grids.duplicate"),
    ):
        with pytest.raises(Refusal) as refused:
            redraw(wrong)
        assert code in {f.code for f in refused.value.findings}
        assert all("第六条" in f.law for f in refused.value.findings)
    assert list(Grid.objects.order_by("id").values()) == rows
    assert not Entry.objects.filter(act="redraw_grids").exists()


def test_two_villages_may_be_redrawn_together_and_land_goes_from_one_to_the_other() -> None:
    rows = list(Grid.objects.order_by("code"))
    one, other = next(
        (a, b)
        for a in rows for b in rows
        if a.place_code < b.place_code and shapely.geometry.shape(a.boundary).intersection(shapely.geometry.shape(b.boundary)).length > 0.001
    )  # fmt: skip
    both = [*as_it_is(one.place_code), *as_it_is(other.place_code)]
    at = next(n for n, p in enumerate(both) if p.code == one.code)
    pieces = cut(both, at, halves(both[at]))
    touching = max(
        (p for p in pieces if not p.code or p.code == one.code),
        key=lambda p: p.shape.intersection(shapely.geometry.shape(other.boundary)).length,
    )
    taken = next(p for p in pieces if p.code == other.code)
    whole = shapely.union(touching.shape, taken.shape)
    rest = [p for p in pieces if p not in (touching, taken)]
    given = [*rest, Proposal(other.code, other.name, whole, other.place_code)]
    given = [Proposal(one.code, p.name, p.shape, one.place_code) if not p.code else p for p in given]
    point = touching.shape.representative_point()
    redraw(given)
    assert locate(point.x, point.y, today()).place_code == one.place_code
    assert locate(point.x, point.y, TOMORROW).place_code == other.place_code


def test_grids_change_from_today_on_and_after_what_is_already_set() -> None:
    village = a_village()
    with pytest.raises(Refusal) as refused:
        redraw(split_first(village), today() - timedelta(days=1))
    assert refused.value.code == "grids.past"
    redraw(split_first(village), TOMORROW + timedelta(days=5))
    with pytest.raises(Refusal) as refused:
        redraw(split_first(village), TOMORROW)
    assert refused.value.code == "register.version"


def test_a_redrawing_that_has_not_begun_can_be_called_off() -> None:
    village = a_village()
    before = in_force()
    redraw(split_first(village))
    assert grids.call_off(keeper(), since=TOMORROW, reason="村民代表会议要求重议") == [village]
    assert in_force() == before
    assert [e.act for e in Entry.objects.filter(stream=stream_of("grids", village)).order_by("seq")] == [
        "redraw_grids", "call_off_grids",
    ]  # fmt: skip
    for day in (TOMORROW, today(), date(2020, 1, 1)):
        with pytest.raises(Refusal):
            grids.call_off(keeper(), since=day, reason="再来一次")
    assert redraw(split_first(village)).began


def test_what_does_not_change_stays_as_it_is() -> None:
    village = a_village()
    before = list(Grid.objects.filter(place_code=village).values())
    outcome = redraw(as_it_is(village))
    assert not outcome.began
    assert not outcome.ended
    assert list(Grid.objects.filter(place_code=village).values()) == before


def test_a_renaming_is_a_version_of_its_own() -> None:
    village = a_village()
    now = as_it_is(village)
    redraw([Proposal(now[0].code, "桥头网格", now[0].shape, village, 88), *now[1:]])
    versions = Grid.objects.filter(code=now[0].code).order_by("valid")
    assert [(g.name, g.households) for g in versions] == [(now[0].name, now[0].households), ("桥头网格", 88)]


def test_a_village_without_grids_may_get_its_first_ones_for_an_earlier_day() -> None:
    village = a_village()
    used = Grid.objects.filter(place_code=village).count()
    Grid.objects.filter(place_code=village).update(valid=DateRange(empty=True))
    west, south, east, north = 121.0, 29.0, 121.01, 29.01
    first = [
        Proposal("", "", box(west, south, 121.005, north), village),
        Proposal("", "", box(121.005, south, east, north), village),
    ]
    outcome = redraw(first, date(2021, 1, 1))
    assert outcome.began == (f"{village}{used + 1:03d}", f"{village}{used + 2:03d}")
    assert locate(121.001, 29.001, date(2021, 1, 1)).code == outcome.began[0]
    with pytest.raises(Refusal):
        locate(121.001, 29.001, date(2020, 12, 31))


def test_codes_are_the_villages_own_and_come_once() -> None:
    village = a_village()
    now = as_it_is(village)
    for code in ("33990110020000", "339901999999001", "abc", now[1].code):
        with pytest.raises(Refusal) as refused:
            redraw([Proposal(code, "", now[0].shape, village), *now[1:]])
        assert refused.value.code == "grids.code"
    with pytest.raises(Refusal) as refused:
        redraw([Proposal("", "", now[0].shape, "110101001001")])
    assert refused.value.code == "access.elsewhere"


def test_who_may_not_draw_grids_draws_none() -> None:
    village = a_village()
    other = next(c for c in Grid.objects.values_list("place_code", flat=True) if c[:9] != village[:9])
    for actor in (keeper(COUNTY, KernelPermission.PEOPLE_READ), keeper(other, KernelPermission.GRIDS_MANAGE)):
        with pytest.raises(Refusal):
            grids.redraw(actor, proposals=split_first(village), source="文", since=TOMORROW)
    neighbours = [*split_first(village), *grids.proposals_of(other, today())]
    with pytest.raises(Refusal):
        grids.redraw(
            keeper(village[:9], KernelPermission.GRIDS_MANAGE),
            proposals=neighbours,
            source="文",
            since=TOMORROW,
        )
    redraw(split_first(village))
    with pytest.raises(Refusal):
        grids.call_off(keeper(other, KernelPermission.GRIDS_MANAGE), since=TOMORROW, reason="理由")


def test_what_is_written_as_geojson_is_read_back_the_same() -> None:
    village = a_village()
    now = split_first(village)
    back, wrong = read(as_geojson(now))
    assert not wrong
    assert [(p.code, p.name, p.village_code, p.households) for p in back] == [
        (p.code, p.name, p.village_code, p.households) for p in now
    ]
    assert all(a.shape.symmetric_difference(b.shape).area < 1e-8 for a, b in zip(now, back, strict=True))
    assert not grids.check(back, today())


def test_a_corner_on_a_neighbours_edge_becomes_a_corner_of_both() -> None:
    one = Proposal("", "一", box(0, 0, 1, 2), "v")
    two, three = Proposal("", "二", box(1, 0, 2, 1), "v"), Proposal("", "三", box(1, 1, 2, 2), "v")
    back, _ = read(as_geojson([one, two, three]))
    assert (1.0, 1.0) in list(back[0].shape.exterior.coords)
    assert (1.0, 1.0) not in list(one.shape.exterior.coords)


@pytest.mark.parametrize(
    ("system", "metres"), [("wgs84", 0.02), ("cgcs2000", 0.02), ("gcj02", 2.0), ("bd09", 2.0)]
)
def test_the_system_of_the_coordinates_is_said_and_heeded(system: str, metres: float) -> None:
    from fast_geocn.coord import wgs84_to_bd09, wgs84_to_gcj02

    there = {"gcj02": wgs84_to_gcj02, "bd09": wgs84_to_bd09}.get(system, lambda x, y: (x, y))
    shape = box(119.1, 28.1, 119.11, 28.11)
    sent = shapely.geometry.mapping(shapely.Polygon([there(x, y) for x, y in shape.exterior.coords]))
    (found,), _ = read(file_of({"geometry": sent}), system)
    apart = [
        shapely.Point(a).distance(shapely.Point(b)) * 111_320
        for a, b in zip(found.shape.exterior.coords, shape.exterior.coords, strict=True)
    ]
    assert max(apart) < metres


def file_of(*features: object) -> bytes:
    return orjson.dumps({"type": "FeatureCollection", "features": list(features)})


NESTED = b"[" * 100_000
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "grids.json"),
        (b"\xff\xfe\x00", "grids.json"),
        (b"{", "grids.json"),
        (NESTED, "grids.json"),
        (b'{"type": "FeatureCollection", "features": [NaN]}', "grids.json"),
        (b"[]", "grids.geojson"),
        (b'{"type": "Polygon"}', "grids.geojson"),
        (b'{"type": "FeatureCollection", "features": {}}', "grids.geojson"),
        (b'{"type": "FeatureCollection", "features": []}', "grids.nothing"),
        (file_of(1), "grids.feature"),
        (file_of({"properties": [], "geometry": SQUARE}), None),
        (file_of({"properties": "x", "geometry": SQUARE}), "grids.feature"),
        (file_of({"properties": {"name": "网" * 61}, "geometry": SQUARE}), "grids.words"),
        (file_of({"properties": {"name": "a\u0000b"}, "geometry": SQUARE}), "grids.words"),
        (file_of({"properties": {"households": -1}, "geometry": SQUARE}), "grids.households"),
        (file_of({"properties": {"households": "many"}, "geometry": SQUARE}), "grids.households"),
        (file_of(*[{"geometry": None}] * (drafts.MOST_GRIDS + 1)), "grids.too_many"),
        (b" " * (drafts.MOST_BYTES + 1), "grids.too_large"),
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_in_words(content: bytes, code: str | None) -> None:
    if code is None:
        assert read(content)[0]
        return
    with pytest.raises(Refusal) as refused:
        read(content)
    assert refused.value.code == code
    assert refused.value.findings[0].field == "geojson"


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "not_a_polygon"),
        ({"type": "Point", "coordinates": [1, 2]}, "not_a_polygon"),
        ({"type": "MultiPolygon", "coordinates": []}, "multipolygon"),
        ({"type": "Polygon", "coordinates": [[[1e308, 0], [1, 0], [1, 1], [1e308, 0]]]}, "absurd"),
        ({"type": "Polygon", "coordinates": [[["x", 0], [1, 0], [1, 1], ["x", 0]]]}, "not_a_number"),
    ],
)  # fmt: skip
def test_a_feature_that_is_no_grid_is_named_and_the_others_are_read(geometry: object, code: str) -> None:
    found, wrong = read(file_of({"geometry": SQUARE}, {"properties": {"name": "怪"}, "geometry": geometry}))
    assert len(found) == 1
    assert [f.code for f in wrong] == [code]
    assert "怪" in wrong[0].sentence.zh


def test_files_in_gb18030_are_read() -> None:
    text = '{"type":"FeatureCollection","features":[{"properties":{"name":"桥头网格"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}'
    assert read(text.encode("gb18030"))[0][0].name == "桥头网格"


def test_joining_and_cutting_refuse_what_cannot_be() -> None:
    apart = [Proposal("", "一", box(0, 0, 1, 1), "v"), Proposal("", "二", box(5, 5, 6, 6), "v")]
    for chosen, code in (([0], "grids.join"), ([0, 0], "grids.join"), ([0, 1], "grids.apart")):
        with pytest.raises(Refusal) as refused:
            joined(apart, chosen)
        assert refused.value.code == code
    for line in ([], [(0.5, 0.5)], [(0.2, 0.2), (0.8, 0.8)], [(9, 9), (10, 10)]):
        with pytest.raises(Refusal) as refused:
            cut(apart, 0, line)
        assert refused.value.code == "grids.cut"


def test_old_grids_are_entered_once_and_mapped_many_to_one() -> None:
    village = a_village()
    one, other = as_it_is(village)[:2]
    old = [
        grids.OldGrid("综治", "ZZ-1", "综治一格", one.code), grids.OldGrid("城管", "CG-1", "城管一格", one.code),
        grids.OldGrid("城管", "ZZ-1", "", ""),
    ]  # fmt: skip
    assert grids.add_legacy_grids(keeper(), old, "云综治〔2026〕3号") == 3
    with pytest.raises(Refusal) as refused:
        grids.add_legacy_grids(keeper(), [grids.OldGrid("环保", "HB-1", "", ""), old[0]], "再来")
    assert refused.value.code == "legacy_grid_once"
    assert LegacyGrid.objects.count() == 3
    unmapped = LegacyGrid.objects.get(grid_code="")
    with pytest.raises(Refusal):
        grids.map_legacy_grid(keeper(), legacy_id=unmapped.id, grid_code="339901999999999", reason="核对")
    grids.map_legacy_grid(keeper(), legacy_id=unmapped.id, grid_code=other.code, reason="现场核对")
    assert not LegacyGrid.objects.filter(grid_code="").exists()
    assert "现场核对" in Entry.objects.get(act="map_legacy_grid").payload
    with pytest.raises(Refusal):
        grids.map_legacy_grid(
            keeper(village[:9], KernelPermission.GRIDS_MANAGE),
            legacy_id=unmapped.id,
            grid_code=one.code,
            reason="越权",
        )
