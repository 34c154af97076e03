"""Grids on screen: found by any code, drawn with a preview, kept only when sound; old systems' grids led to new ones."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.cast import COUNTY, hired, signed_in
from tests.faces.console.test_import_screens import page
from tests.kernel.registers.test_grids import a_village, as_it_is, halves, in_force
from yimen.kernel.calendar.today import now, today
from yimen.kernel.counties.memory import forget_all
from yimen.kernel.ids import uuid7
from yimen.kernel.imports import runs
from yimen.kernel.imports.models import ImportRun
from yimen.kernel.org.drafts import Proposal, as_geojson
from yimen.kernel.org.models import Grid, LegacyGrid
from yimen.kernel.registers.grids import mark_of, proposals_of

pytestmark = pytest.mark.usefixtures("db")
REDRAW = reverse("console:redraw")
TOMORROW = today() + timedelta(days=1)


@pytest.fixture(autouse=True)
def _read_afresh() -> Iterator[None]:
    forget_all()
    yield
    forget_all()


@pytest.fixture
def keeper(tmp_path: Path, settings: LazySettings) -> Client:
    """The system administrator's browser."""
    settings.YIMEN_FILES = tmp_path
    return signed_in(hired("xitong", role="system_admin", area=COUNTY, organ="command"))


@pytest.fixture
def clerk() -> Client:
    """Somebody who may look at people but not draw."""
    return signed_in(hired("paiqian", role="command_dispatcher", area=COUNTY, organ="command"))


def posted(keeper: Client, village: str, act: str, proposals: list[Proposal], **extra: object) -> str:
    given = {
        "act": act, "geojson": as_geojson(proposals), "since": str(TOMORROW), "over": mark_of([village]), **extra
    }  # fmt: skip
    answer = keeper.post(f"{REDRAW}?village={village}", given, follow=True)
    assert answer.status_code in (200, 422)
    return str(answer.content.decode())


def test_a_village_is_looked_at_and_drawn_by_who_may(keeper: Client, clerk: Client) -> None:
    village = a_village()
    for name in ("village_grids", "village_geojson"):
        assert keeper.get(reverse(f"console:{name}", args=[village])).status_code == 200
    assert "调整划分" in keeper.get(reverse("console:village_grids", args=[village])).content.decode()
    drawing = keeper.get(f"{REDRAW}?village={village}").content.decode()
    assert "data-draw-canvas" in drawing
    assert clerk.get(REDRAW).status_code in (403, 404)
    for wrong in ("339999999999", "110101001001", "x"):
        assert keeper.get(reverse("console:village_grids", args=[wrong])).status_code == 404
        assert keeper.get(f"{REDRAW}?village={wrong}").status_code == 404


def test_a_township_draws_its_own_villages_only() -> None:
    leader = signed_in(hired("zhenzhang", role="township_leader", area="339901100", organ="command"))
    own = Grid.objects.filter(code__startswith="339901100").values_list("place_code", flat=True)[0]
    other = Grid.objects.exclude(code__startswith="339901100").values_list("place_code", flat=True)[0]
    assert leader.get(f"{REDRAW}?village={own}").status_code == 200
    assert leader.get(f"{REDRAW}?village={other}").status_code == 404
    before = in_force()
    assert "不包括这个地方" in posted(leader, own, "keep", as_it_is(other), source="文")
    assert in_force() == before


def test_cutting_and_joining_change_the_drawing_and_keep_nothing(keeper: Client) -> None:
    village, before = a_village(), in_force()
    now = as_it_is(village)
    (x, south), (_, north) = halves(now[0])
    line = f"{x:.6f},{south:.6f} {x:.6f},{north:.6f}"
    said = posted(keeper, village, "cut", now, chosen=["0"], line=line)
    assert "没有缝隙" in said
    assert said.count('name="chosen"') == len(now) + 1
    for chosen, wanted in ((["0"], "两个以上"), (["0", "1"], "没有缝隙")):
        assert wanted in posted(keeper, village, "join", now, chosen=chosen) or "不相连" in posted(
            keeper, village, "join", now, chosen=chosen
        )
    refused = posted(keeper, village, "cut", now, chosen=["0", "1"], line=line)
    assert "只勾选" in refused
    assert refused.count('name="chosen"') == len(now)
    assert refused.count(" checked aria-label") == 2
    assert line in refused
    assert "这样" in posted(keeper, village, "cut", now, chosen=["0"], line="<script>")
    assert in_force() == before


def test_what_is_sound_is_kept_from_its_day_and_can_be_taken_back(keeper: Client) -> None:
    village = a_village()
    now = as_it_is(village)
    assert "依据的文件" in posted(keeper, village, "keep", now)
    for name in ("桥\0头", "网" * 61):
        assert "不能保存的字符" in posted(keeper, village, "keep", now, source="文", **{"name-0": name})
    said = posted(keeper, village, "keep", now, source="云政办〔2026〕9号", **{"name-0": "新桥网格"})
    assert "已确定" in said
    assert proposals_of(village, TOMORROW)[0].name == "新桥网格"
    assert proposals_of(village, today()) == now
    assert str(TOMORROW) in keeper.get(reverse("console:grids")).content.decode()
    taken = keeper.post(reverse("console:call_off", args=[str(TOMORROW)]), {"reason": "名称再议"})
    assert taken.status_code == 302
    assert proposals_of(village, TOMORROW) == now
    assert keeper.get(reverse("console:call_off", args=[str(TOMORROW)])).status_code == 404


def test_a_drawing_from_an_old_page_undoes_nothing(keeper: Client) -> None:
    village = a_village()
    page = keeper.get(f"{REDRAW}?village={village}").content.decode()
    mark = mark_of([village])
    assert f'name="over" value="{mark}"' in page
    now = as_it_is(village)
    assert "已确定" in posted(keeper, village, "keep", now, source="甲", **{"name-0": "甲改的名"})
    later = {"source": "乙", "since": str(TOMORROW + timedelta(days=9)), "over": mark}
    assert "已由他人调整" in posted(keeper, village, "keep", now, **later)
    assert proposals_of(village, TOMORROW + timedelta(days=9))[0].name == "甲改的名"
    assert "已由他人调整" in posted(keeper, village, "keep", now, **{**later, "over": ""})
    said = posted(
        keeper, village, "check", now, file=SimpleUploadedFile("网格.json", as_geojson(now).encode())
    )
    assert f'value="{mark_of([village])}"' in said


def test_a_flaw_is_named_with_its_article_and_nothing_is_kept(keeper: Client) -> None:
    village, before = a_village(), in_force()
    now = as_it_is(village)
    said = posted(keeper, village, "keep", now[1:], source="文")
    assert "有没划到的地方" in said
    assert "draw-wrong" in said
    assert in_force() == before


def test_a_file_of_several_villages_is_read_and_each_grid_finds_its_village(keeper: Client) -> None:
    one = a_village()
    other = next(c for c in Grid.objects.values_list("place_code", flat=True) if c != one)
    nameless = [Proposal("", "", p.shape, "") for p in [*as_it_is(one), *as_it_is(other)]]
    upload = SimpleUploadedFile("网格.geojson", as_geojson(nameless).encode())
    answer = keeper.post(REDRAW, {"act": "check", "file": upload, "since": str(TOMORROW), "crs": "wgs84"})
    assert answer.status_code == 200
    said = answer.content.decode()
    assert "没有缝隙" in said
    assert one in said
    assert other in said


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[" * 50_000, b'{"type":"FeatureCollection","features":[7]}']
)
def test_a_hostile_file_gets_words(keeper: Client, content: bytes) -> None:
    upload = SimpleUploadedFile("x.geojson", content)
    answer = keeper.post(REDRAW, {"act": "check", "file": upload, "since": str(TOMORROW), "crs": "wgs84"})
    assert answer.status_code == 422
    assert "refusal" in answer.content.decode() or "error-summary" in answer.content.decode()


def test_any_code_leads_to_the_grid(keeper: Client) -> None:
    grid = Grid.objects.order_by("code").first()
    assert grid is not None
    LegacyGrid.objects.create(
        id="0192f000-0000-7000-8000-000000000001", system="综治", code="ZZ-9", grid_code=grid.code, source="x"
    )
    LegacyGrid.objects.create(
        id="0192f000-0000-7000-8000-000000000002", system="城管", code="CG-9", source="x"
    )
    where = reverse("console:grid", args=[grid.code])
    for typed in (grid.code, "ZZ-9"):
        assert keeper.get(reverse("console:grids"), {"q": typed})["Location"] == where
    assert "q=CG-9" in keeper.get(reverse("console:grids"), {"q": "CG-9"})["Location"]
    assert "ZZ-9" in keeper.get(where).content.decode()
    assert "没有找到" in keeper.get(reverse("console:grids"), {"q": "没有的村"}).content.decode()
    assert keeper.get(reverse("console:grid", args=["339901999999999"])).status_code == 404


def test_old_grids_come_in_by_a_table_and_the_undecided_are_decided(keeper: Client) -> None:
    one, other = as_it_is(a_village())[:2]
    inside = one.shape.representative_point()
    lines = [
        "网格编号,网格名称,新编码,经度,纬度",
        f"CG-1,桥头,{one.code},,", f"CG-2,桥尾,,{inside.x},{inside.y}", "CG-3,不明,,,", "CG-3,又来,,,",
        "CG-4,错,123456789012345,,", "CG-5,远,,10.0,10.0",
    ]  # fmt: skip
    start = reverse("console:imports", args=["legacy_grids"])

    def sent(rows: list[str]) -> ImportRun:
        content = "\n".join(rows).encode("gb18030")
        assert keeper.post(start, {"file": SimpleUploadedFile("城管网格.csv", content)}).status_code == 302
        run = ImportRun.objects.latest("created_at")
        given = {
            **run.plan["columns"],
            "set-system": "城管",
            "set-source": "云城管〔2026〕1号",
            "set-crs": "wgs84",
        }
        assert keeper.post(reverse("console:import_run", args=[run.id]), given).status_code == 302
        runs.work()
        run.refresh_from_db()
        return run

    bad = sent(lines)
    assert bad.faults == 3
    assert "一行也没有写入" in page(keeper, bad)
    good = sent(lines[:4])
    assert good.faults == 0
    keeper.post(reverse("console:import_confirm", args=[good.id]))
    runs.work()
    assert dict(LegacyGrid.objects.values_list("code", "grid_code")) == {
        "CG-1": one.code,
        "CG-2": one.code,
        "CG-3": "",
    }
    left = keeper.get(reverse("console:legacy_grids"), {"undecided": "on"}).content.decode()
    assert "CG-3" in left
    assert "CG-1" not in left
    old = LegacyGrid.objects.get(code="CG-3")
    there = reverse("console:map_legacy_grid", args=[old.id])
    assert keeper.post(there, {"grid_code": "339901999999999", "reason": "核对"}).status_code == 422
    assert keeper.post(there, {"grid_code": other.code, "reason": "核对"}).status_code == 302
    assert "都已有去处" in keeper.get(reverse("console:grids")).content.decode()


def test_the_list_of_old_grids_pages_by_key(keeper: Client) -> None:
    LegacyGrid.objects.bulk_create(
        LegacyGrid(id=uuid7(now()), system="综治", code=f"Z{n:03d}", source="x") for n in range(150)
    )
    address = reverse("console:legacy_grids")
    first = keeper.get(address, {"system": "综治"}).content.decode()
    assert "Z099" in first
    assert "Z100" not in first
    second = keeper.get(address, {"system": "综治", "after": "综治|Z099"}).content.decode()
    assert "Z100" in second
    assert "Z149" in second
    assert keeper.get(address, {"system": "没有"}).status_code == 400
