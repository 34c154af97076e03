"""What is reported in one browser is on the wall in another before two seconds have gone by."""

from collections.abc import Iterator
from time import monotonic

import pytest
from playwright.sync_api import Browser, expect

from tests.stories.test_incident_story import DESK, HOLDS, PHONE, clean, sign_in
from yimen.kernel.matters.models import Matter
from yimen.kernel.notices import live
from yimen.kernel.org.models import Grid

pytestmark = pytest.mark.browser
WALL = {"width": 1920, "height": 1080}
_CUTS_A_ROW = """box => {
  const body = box.querySelector("tbody");
  for (let n = 0; n < 12; n++) body.append(body.rows[0].cloneNode(true));
  const end = box.getBoundingClientRect().bottom;
  return [...body.rows].some(row => row.getBoundingClientRect().top < end - 1 && row.getBoundingClientRect().bottom > end + 1);
}"""


@pytest.fixture(autouse=True)
def _silent_afterwards(site: str) -> Iterator[None]:
    yield
    live.stop()


@pytest.mark.timeout(180)
def test_a_report_is_on_the_wall_within_two_seconds(site: str, browser: Browser) -> None:
    home = Grid.objects.filter(code__startswith="339901100").order_by("code").first()
    assert home is not None
    wall = sign_in(browser, site, "wuzhi", WALL)
    with wall.expect_response("**/wall/live/") as opened:
        wall.goto(f"{site}/wall/")
    assert opened.value.status == 200
    counter = wall.locator(".wall-today .wall-counter").first.locator("strong")
    expect(counter).to_have_text("0")
    expect(wall.locator("[data-wall-map] canvas")).to_be_visible()
    wall.wait_for_timeout(1500)
    clean(wall)
    assert not wall.locator(".wall-townships .wall-scroll").evaluate(_CUTS_A_ROW)
    for size in (DESK, WALL):
        wall.set_viewport_size(size)  # type: ignore[arg-type]
        assert counter.evaluate(HOLDS, "8888"), size

    phone = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()  # type: ignore[arg-type]
    phone.goto(f"{site}/report/")
    phone.fill("[name=text]", "青石村桥头垃圾堆了三天，赵大妈家门口")
    for name, value in (("lng", home.lng), ("lat", home.lat)):
        phone.locator(f"[name={name}]").evaluate("(input, value) => { input.value = value }", value)
    phone.get_by_role("button", name="提交").click()
    expect(phone.locator("main")).to_contain_text("已收到")
    sent_at = monotonic()
    expect(counter).to_have_text("1", timeout=2000)
    assert monotonic() - sent_at < 2
    expect(wall.locator(".wall-pulse")).to_have_count(1)
    assert "赵大妈" not in wall.content()
    assert Matter.objects.count() == 1


@pytest.mark.timeout(180)
def test_a_wall_whose_account_is_closed_leads_to_the_sign_in_page(site: str, browser: Browser) -> None:
    chief = sign_in(browser, site, "wuzhi", WALL)
    with chief.expect_response("**/wall/live/"):
        chief.goto(f"{site}/wall/")
    # Begun while signed in: a wall that leaves by itself must not leave under our hands.
    chief.evaluate(
        "setInterval(() => document.body.dispatchEvent(new CustomEvent('yimen:matter')), 200) && 0"
    )
    chief.context.clear_cookies(name="sessionid")
    expect(chief).to_have_url(f"{site}/console/sign-in/?next=/wall/", timeout=10000)
