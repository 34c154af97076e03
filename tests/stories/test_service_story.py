"""An application from the guide to the certificate and the rating, told in the browser with all its people."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.domains.services.applying import (
    ALLOWANCE,
    HOUSE_PERMIT,
    TIMBER,
    applied,
    clerk,
    delivered,
    filled,
    reviewer,
)
from tests.faces.portal.test_apply import typed_in
from tests.kernel.documents.sealing_office import keys_in
from tests.stories.test_incident_story import DESK, PHONE, clean, perform, sign_in
from yimen.domains.services.api import act, courses
from yimen.domains.services.letters import HEARD
from yimen.domains.services.models import Rating
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county, in_county
from yimen.kernel.documents.sealing import seal_waiting
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import heads
from yimen.kernel.notices.models import OutboxMessage
from yimen.site.demo.people import COUNTY
from yimen.site.demo.seals import make_seals

pytestmark = pytest.mark.browser
_TOWN = COUNTY + "100"
_ID = "11010519491231002X"


@pytest.fixture
def town(site: str, tmp_path: Path, settings: LazySettings) -> str:
    """A served county whose township has its seal."""
    keys_in(tmp_path, settings)
    settings.YIMEN_ADDRESS = site
    settings.DATA = tmp_path
    make_seals(_TOWN)
    return site


def work() -> None:
    """What the worker does in the next seconds: who is concerned hears, and documents are sealed."""
    for message in OutboxMessage.objects.filter(state="waiting", topic__in=HEARD).order_by("id"):
        HEARD[message.topic](message.id, message.payload)
        OutboxMessage.objects.filter(id=message.id).update(state="sent")
    # In a thread of its own, as the worker is: the browser's loop runs in this one.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(_seal_in, current_county().schema_name).result()


def _seal_in(county: str) -> None:
    try:
        with in_county(county):
            seal_waiting()
    finally:
        connection.close()


def answer(page: Page, answers: dict[str, Any]) -> None:
    """Fill in the questions that a page shows."""
    for name, value in answers.items():
        boxes = page.locator(f"main [name='{name}']")
        if not boxes.count() or not boxes.first.is_visible():
            continue
        if boxes.first.get_attribute("type") == "radio":
            page.locator(f"main [name='{name}'][value='{value}']").check()
        elif boxes.first.evaluate("e => e.tagName") == "SELECT":
            boxes.first.select_option(str(value))
        elif boxes.first.get_attribute("type") != "checkbox":
            boxes.first.fill(str(value))


def onward(page: Page) -> None:
    page.get_by_role("button", name="下一步").click()


def a_photo() -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (600, 800), "#68a").save(out, "JPEG")
    return {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.mark.timeout(240)
def test_an_application_from_the_guide_to_the_rating(town: str, browser: Browser) -> None:
    village = Division.objects.filter(level="village", code__startswith=_TOWN).values_list("code", flat=True)[
        0
    ]
    answers = typed_in(filled(ALLOWANCE))
    phone = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()  # type: ignore[arg-type]

    phone.goto(f"{town}/?q=高龄")
    phone.locator(".answer-list").get_by_role("link", name="高龄津贴").first.click()
    clean(phone)
    phone.get_by_role("button", name=re.compile("申请")).first.click()
    clean(phone)
    answer(
        phone,
        {"name": "王大爷", "id_kind": "citizen", "id_number": "1", "phone": "13800001111", "place": village},
    )
    onward(phone)
    expect(phone.locator("main")).to_contain_text("证件号码不对")
    answer(phone, {"id_number": _ID})
    onward(phone)
    draft = phone.locator("p.hint strong").last.inner_text()
    phone.context.clear_cookies()

    # Another day, another browser: the draft is there.
    phone.goto(f"{town}/apply/")
    answer(phone, {"code": draft, "phone": "13800001111"})
    phone.locator("main button[type=submit]").last.click()
    expect(phone.locator("main")).to_contain_text("王大爷")
    clean(phone)
    for number in range(1, 9):
        answered = phone.goto(f"{town}/apply/{draft}/{number}/")
        if answered is None or answered.status == 404:
            break
        answer(phone, answers)
        onward(phone)
    phone.goto(f"{town}/apply/{draft}/check/")
    phone.get_by_role("button", name="提交申请").click()
    expect(phone.locator("main")).to_contain_text("已收到")
    clean(phone)
    matter = Matter.objects.get(procedure="service")
    tracked, console = f"{town}/track/{matter.tracking_code}/", f"{town}/console/matters/{matter.id}/"
    work()

    clerk = sign_in(browser, town, "qiuchuang")
    clerk.goto(f"{town}/console/applications/")
    clerk.get_by_role("link", name=matter.number).first.click()
    clean(clerk)
    perform(clerk, "一次告知补正", {"defects": "请补交近期免冠照片一张"})
    work()

    phone.context.add_cookies([{"name": "elder", "value": "30", "url": town}])
    phone.goto(tracked)
    expect(phone.locator("main")).to_contain_text("补正材料告知书")
    beyond = (
        "[...document.querySelectorAll('main *')].some(e => e.getBoundingClientRect().right > innerWidth + 2)"
    )
    assert not phone.evaluate(beyond), "the largest letters fit the page"
    phone.context.clear_cookies(name="elder")
    phone.goto(tracked)
    clean(phone)
    phone.locator("details.act:has-text('补正材料') summary").first.click()
    phone.locator("details.act[open] input[type=file]").first.set_input_files(a_photo())
    phone.locator("details.act[open] button[type=submit]").first.click()
    expect(phone.locator("main")).to_contain_text("已办理")

    clerk.goto(console)
    perform(clerk, "受理")
    reviewer = sign_in(browser, town, "shenyi")
    reviewer.goto(console)
    perform(reviewer, "审查", {"opinion": "年满八十周岁，材料齐全"})
    head = sign_in(browser, town, "zhaozhen")
    head.goto(console)
    clean(head)
    perform(head, "准予", {"reason": "自本月起按月发放"})
    clerk.goto(console)
    perform(clerk, "制发结果", {"number": "高龄〔2026〕1号"})
    work()  # what is delivered bears its seal
    clerk.goto(console)
    perform(clerk, "送达", {"way": "counter", "receipt": "本人"})
    work()
    stranger = sign_in(browser, town, "zhengfa")
    assert stranger.goto(console).status == 404  # type: ignore[union-attr]

    phone.goto(tracked)
    for title in ("申请材料收件凭证", "受理通知书", "准予决定书", "办理结果通知书"):
        expect(phone.locator("ul.documents")).to_contain_text(title)
    href = phone.locator("ul.documents li:has-text('准予决定书') a").first.get_attribute("href")
    paper = phone.request.get(town + str(href)).body()
    assert paper.startswith(b"%PDF")
    check = browser.new_context(viewport=DESK, locale="zh-CN").new_page()  # type: ignore[arg-type]
    check.goto(f"{town}/check/")
    clean(check)
    check.set_input_files("[name=file]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": paper})
    check.locator("main button[type=submit]").last.click()
    expect(check.locator("main")).to_contain_text("这份文件是真的")
    clean(check)

    phone.goto(tracked)
    phone.locator("[name=level][value='1']").check()
    phone.fill("[name=words]", "跑了三趟")
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.locator("main")).to_contain_text("谢谢您的评价")
    assert Rating.objects.get(matter_id=matter.id).rectification_id
    assert verify_county(heads=heads()).ok


@pytest.mark.timeout(120)
def test_a_resident_has_everything_on_one_page(town: str, browser: Browser) -> None:
    phone = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()  # type: ignore[arg-type]
    phone.goto(f"{town}/my/")
    clean(phone)
    phone.get_by_role("link", name="用验证码进入").click()
    phone.fill("[name=contact]", "13800001111")
    clean(phone)
    phone.locator("main button[type=submit]").last.click()
    code = re.search(r"\b(\d{6})\b", phone.inner_text("main"))
    assert code
    phone.fill("[name=code]", code[1])
    clean(phone)
    phone.locator("main button[type=submit]").last.click()
    expect(phone.locator("main")).to_contain_text("我的办件")
    clean(phone)
    phone.goto(f"{town}/my/data/")
    phone.fill("[name=name]", "王大爷")
    phone.fill("[name=id_number]", _ID)
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator("main")).to_contain_text("已更正")
    clean(phone)

    clerk = sign_in(browser, town, "qiuchuang")
    clerk.get_by_role("link", name="核验居民身份").click()
    clean(clerk)
    for name, value in (("contact", "13800001111"), ("name", "王大爷"), ("id_number", _ID)):
        clerk.fill(f"[name=p-{name}]", value)
    clerk.get_by_role("button", name="证件一致，核验").click()
    expect(clerk.locator("main")).to_contain_text("已核验")
    phone.goto(f"{town}/my/")
    expect(phone.locator("main")).to_contain_text("已在窗口核验")
    phone.goto(f"{town}/my/represent/")
    clean(phone)


@pytest.mark.timeout(120)
def test_the_window_takes_an_application_in_without_a_mouse(town: str, browser: Browser) -> None:
    village = Division.objects.filter(level="village", code__startswith=_TOWN).values_list("code", flat=True)[
        0
    ]
    clerk = sign_in(browser, town, "qiuchuang")
    clerk.goto(f"{town}/console/applications/new/")
    clean(clerk)
    clerk.locator("main input[name=q]").focus()
    clerk.keyboard.type("高龄津贴")
    clerk.keyboard.press("Enter")
    clerk.get_by_role("link", name="高龄津贴").first.focus()
    clerk.keyboard.press("Enter")
    expect(clerk.locator("h1")).to_contain_text("高龄津贴")
    clean(clerk)
    expect(clerk.locator("main [name=name]")).to_be_focused()
    # What hangs on an answer shows itself with it, and goes with it.
    elder = clerk.locator("main [name=elder_name]")
    expect(elder).to_be_hidden()
    clerk.locator("main [name=applicant_is][value=family]").check()
    expect(elder).to_be_visible()
    clerk.locator("main [name=applicant_is][value=self]").check()
    expect(elder).to_be_hidden()
    # A scanner types the number and presses Enter: the form is not sent half filled.
    clerk.locator("[name=id_number]").focus()
    clerk.keyboard.type(_ID)
    clerk.keyboard.press("Enter")
    expect(clerk.locator("[name=phone]")).to_be_focused()
    assert not Matter.objects.filter(procedure="service").exists()
    answer(clerk, {"name": "王大爷", "village": village, **typed_in(filled(ALLOWANCE))})
    for box in clerk.locator("main input[name=shown]").all():
        box.focus()
        clerk.keyboard.press("Space")
    clerk.get_by_role("button", name="收件").focus()
    clerk.keyboard.press("Enter")
    expect(clerk.locator("main")).to_contain_text("已收件")
    assert Matter.objects.get(procedure="service").facts["missing"] == []


@pytest.mark.timeout(120)
def test_a_notice_of_defects_takes_two_clicks(town: str, browser: Browser) -> None:
    matter_id = applied(HOUSE_PERMIT, missing=2).matter_id
    clerk = sign_in(browser, town, "qiuchuang")
    clerk.goto(f"{town}/console/matters/{matter_id}/")
    perform(clerk, "一次告知补正")
    assert Matter.objects.get(id=matter_id).state == "deficient"


@pytest.mark.timeout(120)
def test_anybody_reads_of_permits_and_of_what_is_announced(town: str, browser: Browser) -> None:
    delivered(TIMBER)
    house = applied(HOUSE_PERMIT).matter_id
    act(clerk(), house, "accept")
    act(reviewer(), house, "look_into", {"inquiry": "public_notice"})
    courses.follow()
    phone = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()  # type: ignore[arg-type]
    phone.goto(town)
    phone.get_by_role("link", name="许可公开").first.click()
    clean(phone)
    phone.get_by_role("link", name=re.compile("林木采伐")).click()
    expect(phone.locator("main")).to_contain_text("张*爷")
    expect(phone.locator("main")).to_contain_text("有效")
    clean(phone)
    phone.get_by_role("link", name="正在公示").first.click()
    expect(phone.locator("main")).to_contain_text("农村宅基地")
    clean(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")


@pytest.mark.timeout(120)
def test_seals_are_kept_on_screen(town: str, browser: Browser) -> None:
    manager = sign_in(browser, town, "zhangyin")
    manager.get_by_role("link", name="印章管理", exact=True).click()
    clean(manager)
    manager.get_by_role("link", name=re.compile("审批服务专用章")).first.click()
    expect(manager.locator("main")).to_contain_text("用印记录")
    clean(manager)
    manager.goto(f"{town}/console/official-seals/new/?organ=civil")
    clean(manager)
