"""A grid worker's day on a phone: see my work, report in a few taps, settle one on the spot, check another, see the result."""

import io
from dataclasses import dataclass
from time import monotonic

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.domains.grid.test_incident import actor
from tests.stories.test_incident_story import PHONE, clean, perform, sign_in
from yimen.domains.grid.api import Report, act, report_incident
from yimen.kernel.counties.tenancy import in_county
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.grids import locate
from yimen.kernel.org.models import Grid

pytestmark = pytest.mark.browser
FEW_TAPS = 5
SECONDS = 15.0
_SECONDS_A_CHARACTER = 0.25
"""A practised thumb writes four characters a second with a Chinese keyboard."""


@dataclass(slots=True)
class Thumb:
    """Counts what a thumb does."""

    page: Page
    taps: int = 0

    def tap(self, target: str) -> None:
        """One tap."""
        self.taps += 1
        self.page.locator(target).first.tap()

    def write(self, target: str, text: str) -> None:
        """A tap into the box, and typing."""
        self.tap(target)
        self.page.locator(target).press_sequentially(text, delay=_SECONDS_A_CHARACTER * 1000)

    def photograph(self, target: str) -> None:
        """A tap that opens the camera, and the shutter."""
        picture = io.BytesIO()
        Image.new("RGB", (1600, 1200), "#7a5").save(picture, "JPEG")
        self.taps += 2
        self.page.set_input_files(
            target, {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
        )


def on_the_spot(page: Page, grid: Grid) -> Page:
    """The same person in a browser that touches and knows where it is."""
    browser = page.context.browser
    assert browser is not None
    context: BrowserContext = browser.new_context(
        viewport=PHONE, locale="zh-CN", has_touch=True, is_mobile=True, permissions=["geolocation"],  # type: ignore[arg-type]
        geolocation={"longitude": grid.lng, "latitude": grid.lat}, storage_state=page.context.storage_state(),
    )  # fmt: skip
    return context.new_page()


def handled(grid: Grid) -> Matter:
    """An incident of the grid that the bureau says is done."""
    with in_county("yunxi"):
        filed = Report(text="村口垃圾成堆", lng=grid.lng, lat=grid.lat, channel="portal", class_code="0101")
        key = report_incident(actor("resident"), filed).matter_id
        act(actor("clerk"), key, "register")
        act(actor("dispatcher"), key, "dispatch", {"organ": "urban"})
        act(actor("handler"), key, "begin")
        act(actor("handler"), key, "finish", {"result": "垃圾已清运，现场冲洗"})
        return Matter.objects.get(id=key)


@pytest.mark.timeout(240)
def test_a_grid_workers_day(site: str, browser: Browser) -> None:
    home = Grid.objects.filter(code__startswith="339901100").order_by("code").first()
    assert home is not None
    to_check = handled(home)
    phone = on_the_spot(sign_in(browser, site, "wangge", PHONE), home)

    phone.goto(f"{site}/field/")
    expect(phone.locator(".work-card").first).to_contain_text("待核查")
    clean(phone)

    thumb, began_at = Thumb(phone), monotonic()
    thumb.tap("footer a[href='/field/report/']")
    thumb.photograph("[name=photos]")
    thumb.write("[name=text]", "村口垃圾桶撞烂了")
    expect(phone.locator("input[name=likely]:checked")).to_have_value("1001")
    assert phone.locator("[name=lng]").input_value() != ""
    thumb.tap("button[form=report]")
    expect(phone.locator("main")).to_contain_text("已上报")
    took = monotonic() - began_at
    assert thumb.taps <= FEW_TAPS
    assert took < SECONDS
    clean(phone)
    mine = Matter.objects.get(kind="1001")
    assert (mine.grid_code, mine.channel) == (home.code, "grid_worker")

    thumb.tap("footer a[href='/field/report/']")
    expect(phone.locator("#report")).to_be_visible()
    clean(phone)
    thumb.write("[name=text]", "路上井盖翻开")
    expect(phone.locator("input[name=likely]:checked")).to_have_value("0801")
    thumb.tap("summary:has-text('已经当场解决了')")
    thumb.write("[name=result]", "已盖好")
    thumb.tap("button[form=report]")
    expect(phone.locator("main")).to_contain_text("已记为当场解决")
    assert Matter.objects.get(kind="0801").state == "self_handled"

    phone.goto(f"{site}/field/")
    phone.locator(".work-card").filter(has_text="待核查").first.tap()
    expect(phone).to_have_url(f"{site}/console/matters/{to_check.id}/")
    perform(phone, "核查通过", {"note": "现场已干净"})
    expect(phone.locator("main")).to_contain_text("待结案")
    assert Matter.objects.get(id=to_check.id).state == "checked"


@pytest.mark.timeout(120)
def test_what_was_written_without_a_network_is_still_there_afterwards(site: str, browser: Browser) -> None:
    home = Grid.objects.filter(code__startswith="339901100").order_by("code").first()
    assert home is not None
    phone = on_the_spot(sign_in(browser, site, "wangge", PHONE), home)
    phone.goto(f"{site}/field/report/")
    phone.locator("[name=text]").press_sequentially("后山掉石头", delay=30)
    phone.wait_for_timeout(800)
    Thumb(phone).photograph("[name=photos]")
    phone.context.set_offline(True)
    phone.locator("button[form=report]").tap()
    expect(phone.locator("[data-live-status]")).to_contain_text("现在没有网络")
    expect(phone.locator("#report img")).to_have_count(1)
    phone.context.set_offline(False)
    phone.goto(f"{site}/field/report/")
    expect(phone.locator("[name=text]")).to_have_value("后山掉石头")
    expect(phone.locator("input[name=likely]:checked")).to_have_value("0405")
    phone.locator("button[form=report]").tap()
    expect(phone.locator("main")).to_contain_text("已上报")
    assert Matter.objects.count() == 1


@pytest.mark.timeout(60)
def test_what_is_nearby_is_shown_when_the_place_comes_after_the_words(site: str, browser: Browser) -> None:
    phone = sign_in(browser, site, "wangge", PHONE)
    phone.goto(f"{site}/field/report/")
    here = phone.locator("[data-map-canvas]")
    expect(phone.locator(".leaflet-control-zoom-in")).to_be_visible()
    here.press("Enter")
    lng, lat = (float(phone.locator(f"[name={name}]").input_value()) for name in ("lng", "lat"))
    with in_county("yunxi"):
        report_incident(actor("resident"), Report(text="路上井盖翻开", lng=lng, lat=lat, channel="portal"))
        named = locate(lng, lat).name
    phone.reload()
    phone.fill("[name=text]", "井盖翻开了")
    expect(phone.locator("input[name=likely]:checked")).to_have_value("0801")
    expect(phone.locator(".field-similar")).to_have_count(0)
    here.press("Enter")
    expect(phone.locator("[data-map-said]")).to_contain_text(f"{named} (")
    expect(phone.locator(".field-similar")).to_contain_text("路上井盖翻开")
