"""Two old grid systems become one: their tables come in, the undecided is decided, two grids are joined on the map."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories.test_incident_story import PHONE, clean, sign_in
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.memory import forget_all
from yimen.kernel.imports import runs
from yimen.kernel.org.models import Grid, LegacyGrid
from yimen.kernel.registers.grids import proposals_of

pytestmark = pytest.mark.browser


def bring_in(page: Page, site: str, table: Path, system: str) -> None:
    """Import one old system's table as its people have it."""
    page.goto(f"{site}/console/grids/old/")
    page.get_by_role("link", name="导入旧网格").click()
    page.set_input_files("[name=file]", str(table))
    page.locator("main form button[type=submit]").first.click()
    page.fill("[name=set-system]", system)
    page.fill("[name=set-source]", "云综治〔2026〕3号")
    page.get_by_role("button", name="检查整个文件").click()
    runs.work()
    page.reload()
    clean(page)
    page.get_by_role("button", name="全部导入").click()
    runs.work()
    page.reload()
    expect(page.locator("main")).to_contain_text("全部导入")


def drag(page: Page, css: str, by: int) -> None:
    """Drag a handle on the map."""
    box = page.locator(css).first.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y + by, steps=6)
    page.mouse.up()


@pytest.mark.timeout(240)
def test_two_old_systems_become_one(site: str, browser: Browser, tmp_path: Path) -> None:
    codes = list(Grid.objects.order_by("code").values_list("place_code", flat=True))
    village = next(c for c in codes if codes.count(c) >= 3)
    before = proposals_of(village, today())
    one = before[0]
    touching = next(n for n in range(1, len(before)) if one.shape.touches(before[n].shape))
    comprehensive, urban = tmp_path / "综治网格.csv", tmp_path / "城管网格.csv"
    comprehensive.write_text(
        f"网格编号,网格名称,新编码\nZZ-01,综治一格,{one.code}\nZZ-02,综治二格,{before[touching].code}\n",
        "gb18030",
    )
    inside = one.shape.representative_point()
    urban.write_text(
        f"编码,名称,经度,纬度\nCG-001,桥头责任区,{inside.x},{inside.y}\nCG-002,桥尾责任区,,\n", "utf-8"
    )

    keeper = sign_in(browser, site, "qianxitong")
    bring_in(keeper, site, comprehensive, "综治")
    bring_in(keeper, site, urban, "城管")
    keeper.goto(f"{site}/console/grids/")
    expect(keeper.locator("main")).to_contain_text("还有 1 个网格没有定并入哪里")
    clean(keeper)
    keeper.get_by_role("link", name="逐个确定").click()
    clean(keeper)
    keeper.get_by_role("link", name="CG-002").click()
    keeper.fill("[name=grid_code]", one.code)
    keeper.fill("[name=reason]", "与社区现场核对")
    keeper.locator("main form button[type=submit]").first.click()
    assert not LegacyGrid.objects.filter(grid_code="").exists()

    keeper.goto(f"{site}/console/grids/villages/{village}/")
    expect(keeper.locator(".map-name", has_text=one.name)).to_be_visible()
    clean(keeper)
    keeper.get_by_role("link", name="调整划分").click()
    expect(keeper.locator(".draw-corner").first).to_be_visible()
    clean(keeper)
    drawn = keeper.locator("[name=geojson]").input_value()
    drag(keeper, ".draw-corner", 12)
    moved = keeper.locator("[name=geojson]").input_value()
    assert moved != drawn
    keeper.get_by_role("button", name="检查").click()
    expect(keeper.locator("main")).to_contain_text("没有缝隙")
    for n in (0, touching):
        keeper.locator(f"[name=chosen][value='{n}']").check()
    keeper.get_by_role("button", name="合并勾选的网格").click()
    expect(keeper.locator("[name=chosen]")).to_have_count(len(before) - 1)
    keeper.fill("[name=source]", "云政办〔2026〕9号")
    keeper.get_by_role("button", name="确定新的划分").click()
    expect(keeper.locator("main")).to_contain_text("1 个撤销")

    tomorrow = today() + timedelta(days=1)
    forget_all()
    after = {p.code for p in proposals_of(village, tomorrow)}
    (gone,) = {p.code for p in before} - after
    keeper.goto(f"{site}/console/grids/?q=CG-001")
    expect(keeper.locator("main")).to_contain_text("并入的旧网格")
    expect(keeper.locator("main")).to_contain_text("桥头责任区")
    clean(keeper)
    keeper.goto(f"{site}/console/grids/{gone}/")
    expect(keeper.locator("main")).to_contain_text("历次边界")
    phone = sign_in(browser, site, "zhaozhen", PHONE)
    phone.goto(f"{site}/console/grids/villages/{village}/?on={tomorrow}")
    clean(phone)
    forget_all()


@pytest.mark.timeout(120)
def test_a_drawing_that_was_checked_comes_back_where_it_was_looked_at(site: str, browser: Browser) -> None:
    codes = list(Grid.objects.order_by("code").values_list("place_code", flat=True))
    village = next(c for c in codes if codes.count(c) >= 2)
    keeper = sign_in(browser, site, "qianxitong")
    keeper.goto(f"{site}/console/grids/redraw/?village={village}")
    expect(keeper.locator(".draw-corner").first).to_be_visible()
    keeper.get_by_role("button", name="放大").click()
    expect(keeper.locator("[name=view]")).not_to_have_value("")
    looked = keeper.locator("[name=view]").input_value()
    keeper.get_by_role("button", name="放大").click()
    expect(keeper.locator("[name=view]")).not_to_have_value(looked)
    looked = keeper.locator("[name=view]").input_value()
    shown = keeper.locator(".leaflet-control-scale-line").inner_text()
    keeper.get_by_role("button", name="检查").click()
    expect(keeper.locator("main")).to_contain_text("没有缝隙")
    expect(keeper.locator(".leaflet-control-scale-line")).to_have_text(shown)
    assert keeper.locator("[name=view]").input_value().split(",")[2] == looked.split(",")[2]
    keeper.locator("[name=chosen]").first.check()
    keeper.get_by_role("button", name="确定新的划分").click()
    expect(keeper.locator("main")).to_contain_text("确定之前要写明依据的文件")
    expect(keeper.locator(".draw-corner").first).to_be_attached()
    expect(keeper.locator("[name=chosen]").first).to_be_checked()
    expect(keeper.locator(".leaflet-control-scale-line")).to_have_text(shown)


@pytest.mark.timeout(120)
def test_a_line_clicked_on_the_map_cuts_a_grid(site: str, browser: Browser) -> None:
    codes = list(Grid.objects.order_by("code").values_list("place_code", flat=True))
    village = next(c for c in codes if codes.count(c) >= 2)
    count = codes.count(village)
    keeper = sign_in(browser, site, "qianxitong")
    keeper.goto(f"{site}/console/grids/redraw/?village={village}")
    expect(keeper.locator(".draw-corner").first).to_be_visible()
    keeper.locator("[name=chosen]").first.check()
    keeper.get_by_role("button", name="画分割线").click()
    box = keeper.locator("[data-draw-canvas]").bounding_box()
    path = keeper.locator("[data-draw-canvas] path").first.bounding_box()
    assert box
    assert path
    middle = path["x"] + path["width"] / 2
    for y in (max(path["y"] - 8, box["y"] + 2), path["y"] + path["height"] + 8):
        keeper.mouse.click(middle, y)
    keeper.get_by_role("button", name="沿线分开勾选的网格").click()
    expect(keeper.locator("[name=chosen]")).to_have_count(count + 1)
    expect(keeper.locator("main")).to_contain_text("没有缝隙")
