"""A form that nobody admitted does not reach the grids: told in the browser from the department to the notice board."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories.test_incident_story import DESK, PHONE, clean, perform, sign_in
from yimen.domains.duties.api import give_opinion, townships
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.roles import permissions_of
from yimen.kernel.calendar.today import today
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import heads
from yimen.kernel.org.models import Grid

pytestmark = pytest.mark.browser
TASK = "上报助餐需求"


def push(page: Page, site: str, task: str = "", other: str = "") -> None:
    """Fill in and send the form that pushes work to the grids of 青石镇."""
    page.goto(f"{site}/console/rounds/push/")
    if task:
        page.select_option("[name=task]", task)
    page.fill("[name=other]", other)
    page.select_option("[name=area]", "339901100")
    page.fill("[name=due_on]", str(today() + timedelta(days=7)))
    page.get_by_role("button", name="派到网格").click()


def speak_for_the_other_townships(admission: Matter) -> None:
    """What the leaders of the townships without an account in the demo say."""
    for township in townships():
        code = township.code[:9]
        if code != "339901100":
            leader = Actor(
                "staff", name=f"{township.name}负责人", organ=code, second_factor=True,
                grants=(Grant(permissions_of("township_leader"), code),),
            )  # fmt: skip
            give_opinion(
                leader, admission_id=admission.id, township_code=code, stance="agree", reason="可以承担"
            )


@pytest.mark.timeout(240)
def test_an_unlisted_form_is_refused_admitted_pushed_answered_and_published(
    site: str, browser: Browser
) -> None:
    department = sign_in(browser, site, "hemin")
    push(department, site, other=TASK)
    expect(department.locator("main")).to_contain_text("不在现行网格事项清单里")
    clean(department)
    department.get_by_role("link", name="去申请准入").click()
    assert department.input_value("[name=name]") == TASK
    for name, words in (
        ("name_en", "Report need for meals"), ("what", "走访时问一问"), ("what_en", "Ask on visits"),
        ("basis", "老年人权益保障法 第三十七条"), ("minutes", "40"), ("funds", "民政局预算"),
    ):  # fmt: skip
        department.fill(f"[name={name}]", words)
    department.select_option("[name=domain]", "05")
    department.locator("[name=action][value=report]").check()
    department.select_option("[name=frequency]", "monthly")
    department.locator("[name=is_pushable]").check()
    clean(department)
    department.locator("main form button[type=submit]").last.click()
    admission = Matter.objects.get(procedure="grid_task_admission")
    page = f"{site}/console/admissions/{admission.id}/"

    office = sign_in(browser, site, "shenbian")
    office.goto(page)
    perform(office, "征求乡镇（街道）意见", {"note": "依据清楚"})

    county = sign_in(browser, site, "linxian")
    county.goto(page)
    decision = {"since": str(today()), "document": "云委办发〔2026〕9号"}
    box = county.locator(".act").first
    box.locator("summary").click()
    for name, value in decision.items():
        box.locator(f"[name$='-{name}']").fill(value)
    box.locator("button[type=submit]").click()
    expect(county.locator("main")).to_contain_text("还没有一个乡镇（街道）提出意见")

    township = sign_in(browser, site, "zhaozhen")
    township.goto(page)
    township.locator("[name=stance][value=conditional]").check()
    township.fill("[name=reason]", "不要求另填表就同意。")
    clean(township)
    township.get_by_role("button", name="提交意见").click()
    expect(township.locator("main")).to_contain_text("意见已提交")
    speak_for_the_other_townships(admission)

    county.goto(page)
    perform(county, "准入", {**decision, "answer": "不另填表，只报姓名和住址。"})
    clean(county)

    listed = re.search(r"(05\d\d) " + TASK, _options(department, site))
    assert listed
    push(department, site, task=listed.group(1))
    expect(department.locator("main")).to_contain_text("已派到网格")
    clean(department)

    worker = sign_in(browser, site, "wangge", PHONE)
    worker.goto(f"{site}/field/tasks/")
    clean(worker)
    worker.get_by_role("link", name=re.compile(TASK)).first.click()
    worker.get_by_label("发现问题，已上报").check()
    worker.fill("[name=note_text]", "东头两位老人需要送餐")
    clean(worker)
    worker.get_by_role("button", name="答复", exact=True).click()
    expect(worker.locator("main")).to_contain_text("已答复")
    assert Matter.objects.filter(procedure="incident", facts__text__icontains="两位老人需要送餐").count() == 1

    resident = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()  # type: ignore[arg-type]
    home = Grid.objects.filter(code__startswith="339901100").order_by("code").first()
    assert home is not None
    resident.goto(f"{site}/grids/")
    clean(resident)
    resident.fill("[name=q]", "青石镇")
    resident.get_by_role("button", name="查找").click()
    clean(resident)
    resident.get_by_role("link", name=home.name, exact=True).click()
    expect(resident.locator("main")).to_contain_text("王小格")
    expect(resident.locator("main")).to_contain_text("12345")
    assert TASK in resident.content()
    clean(resident)
    resident.get_by_role("link", name="打印公示牌").click()
    clean(resident)
    assert verify_county(heads=heads()).ok


def _options(page: Page, site: str) -> str:
    """The tasks that may be pushed, as the form offers them."""
    page.goto(f"{site}/console/rounds/push/")
    return page.locator("[name=task]").inner_text()


def test_the_keepers_pages_have_no_accessibility_fault(site: str, browser: Browser) -> None:
    keeper = sign_in(browser, site, "qianxitong", DESK)
    for path in (
        "grid-posts/",
        "gaps/",
        "loads/",
        "grid-tasks/",
        "grid-tasks/0505/",
        "grid-tasks/0505/change/",
        "rounds/",
    ):
        keeper.goto(f"{site}/console/{path}")
        clean(keeper)
    keeper.goto(f"{site}/console/grid-posts/")
    keeper.locator("main table a").first.click()
    clean(keeper)
