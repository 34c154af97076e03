"""A month's assessment and an appeal against a figure, told in the browser with its people."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.domains.command.test_rollups import tried
from tests.stories.test_incident_story import DESK, HOLDS, PHONE, clean, perform, sign_in
from yimen.domains.grid.api import Report, report_incident
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now
from yimen.kernel.org.models import Grid
from yimen.site.demo.assessed import assess_last_month

pytestmark = pytest.mark.browser


def a_month_ago() -> None:
    """Two incidents of 青石镇 closed last month, the month published, and an appeal raised."""
    at = (now().replace(day=1) - timedelta(days=12)).replace(hour=2)
    home = Grid.objects.filter(code__startswith="339901100").order_by("code").first()
    assert home is not None
    for _ in range(2):
        found = Report("桥头垃圾堆了三天", home.lng, home.lat, "portal", "0101")
        moved = report_incident(Actor.resident(), found, at=at)
        for hours, step in enumerate(("register", "dispatch", "begin", "finish", "pass", "close"), 1):
            tried(moved, step, at + timedelta(minutes=20 * hours), 0, "")
    assess_last_month()


def test_a_figure_is_opened_appealed_upheld_and_corrected(browser: Browser, site: str) -> None:
    a_month_ago()
    leader = sign_in(browser, site, "zhaozhen", PHONE)
    leader.goto(f"{site}/console/assessments/")
    clean(leader)
    leader.get_by_role("link", name=re.compile("月度考核：乡镇")).first.click()
    expect(leader.locator("main")).to_contain_text("按期结案率")
    clean(leader)

    chief = sign_in(browser, site, "wuzhi")
    chief.goto(f"{site}/console/indicators/?first=2026-01-01&last=2026-12-31")
    expect(chief.locator("main")).to_contain_text("按期结案数÷应结案数")
    clean(chief)
    chief.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for figure in chief.locator(".stat-number").all():
        assert figure.evaluate(HOLDS, "88888")
    chief.set_viewport_size(DESK)  # type: ignore[arg-type]
    chief.locator("main .stats a").first.click()
    expect(chief.locator("main table a").first).to_contain_text("SJ-")
    clean(chief)

    reviewer = sign_in(browser, site, "fukaohe")
    reviewer.goto(f"{site}/console/assessments/")
    reviewer.locator("main a", has_text="SS-").first.click()
    clean(reviewer)
    perform(reviewer, "受理申诉")
    perform(reviewer, "申诉成立", {"reason": "供电所通知属实"})
    expect(reviewer.locator("main")).to_contain_text("供电所通知属实")

    chief.goto(f"{site}/console/assessments/")
    chief.get_by_role("link", name=re.compile("月度考核：乡镇")).first.click()
    chief.get_by_role("button", name="发布更正版").click()
    expect(chief.locator("main")).to_contain_text("第 2 版")
    clean(chief)
    chief.get_by_role("link", name="第 1 版").click()
    expect(chief.locator("main")).to_contain_text("申诉截止")
