"""Grid posts, gaps, loads, the duty list, admissions and rounds as the people who use them meet them."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import hired, signed_in
from yimen.domains.duties.models import (
    DutySetting,
    GridTask,
    Opinion,
    PartyUnit,
    RoundAnswer,
    TaskListEdition,
)
from yimen.kernel.calendar.today import now, today
from yimen.kernel.ids import uuid7
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.models import Absence, Appointment, Grid, Post

pytestmark = pytest.mark.usefixtures("db")
PROPOSAL = {
    "name": "上报助餐需求", "name_en": "Report need for meals", "domain": "05", "action": "report", "what": "问一问",
    "what_en": "Ask", "frequency": "monthly", "basis": "老年人权益保障法 第三十七条", "minutes": "40", "funds": "民政局预算",
    "is_pushable": "on",
}  # fmt: skip


@pytest.fixture
def keeper(_in_first_county: None, db: None) -> Client:
    """The system administrator, who keeps the registers."""
    return signed_in(hired("keeper", role="system_admin"))


@pytest.fixture
def department(_in_first_county: None, db: None) -> Client:
    """The head of the civil affairs bureau."""
    return signed_in(hired("head", role="department_head", organ="civil", only_for_organ=True))


def send(browser: Client, page: str, args: list[object] | None = None, /, **given: object) -> int:
    """Send a page's form; a refusal stays on the page with 422."""
    return browser.post(reverse(f"console:{page}", args=args or []), given).status_code


def text(browser: Client, page: str, args: list[object] | None = None, /, **query: object) -> str:
    """A page that is there."""
    answer = browser.get(reverse(f"console:{page}", args=args or []), query)
    assert answer.status_code == 200, (page, answer.status_code)
    return answer.content.decode()


def a_grid() -> Grid:
    """A grid that the cast does not serve."""
    return Grid.objects.exclude(code__startswith="339901100").order_by("code")[4]


def in_days(days: int) -> str:
    """A day as a form sends it."""
    return str(today() + timedelta(days=days))


def test_a_post_is_set_up_filled_handed_over_and_given_a_phone(keeper: Client) -> None:
    grid = a_grid()
    held = Appointment.objects.get(post__code=f"grid-{grid.code}")
    successor = Appointment.objects.filter(post__organ_id=grid.place_code[:9]).first()
    assert successor is not None
    over = {"person_id": str(successor.person_id), "on": in_days(3), "reason": "调岗"}
    assert send(keeper, "hand_over", [held.id], **over) == 302
    assert send(keeper, "hand_over", [held.id], **{**over, "person_id": str(held.person_id)}) == 422
    new = {"kind": "grid_guide", "name": "网格指导员", "code": f"guide-{grid.code}", "since": in_days(0)}
    assert send(keeper, "new_grid_post", [grid.code], **new) == 302
    assert "空缺" in text(keeper, "grid_post", [grid.code])
    whom = {"person_id": str(successor.person_id), "since": in_days(0), "until": in_days(20)}
    assert send(keeper, "appoint_to", [new["code"]], **whom) == 302
    assert send(keeper, "set_post_phone", [new["code"]], duty_phone="0570-7654321") == 302
    assert send(keeper, "set_post_phone", [new["code"]], duty_phone="call me") == 422
    assert Post.objects.get(code=new["code"]).duty_phone == "05707654321"
    away = {"since": in_days(0), "until": in_days(5), "reason": "培训"}
    assert send(keeper, "note_absence", [successor.person_id], **away) == 302
    assert Absence.objects.count() == 1
    page = text(keeper, "grid_post", [grid.code])
    assert "离岗无人顶岗" in page
    assert "30 天内到期" in page
    unit = {"kind": "branch", "name": "第一网格党支部", "source": "镇党委〔2026〕1号", "since": in_days(1)}
    assert send(keeper, "party_unit", [grid.code], **unit) == 302
    assert PartyUnit.objects.filter(grid_code=grid.code).count() == 2
    assert "0570" in text(keeper, "grid_posts", village=grid.place_code)


def test_gaps_are_counted_drilled_into_and_downloaded_as_plain_text(keeper: Client) -> None:
    assert "没有缺口" in text(keeper, "gaps")
    grid = a_grid()
    held = Appointment.objects.select_related("person").get(post__code=f"grid-{grid.code}")
    held.person.name = "=HYPERLINK(1)"
    held.person.save()
    end = {"on": in_days(10), "reason": "辞职"}
    assert send(keeper, "end_appointment", [held.id], **end) == 302
    assert grid.name in text(keeper, "gaps", kind="ending", township=grid.code[:9])
    assert grid.name not in text(keeper, "gaps", kind="vacant")
    assert grid.name in text(keeper, "gaps", kind="no_worker", on=in_days(11))
    table = keeper.get(reverse("console:gaps_csv"))
    assert "'=HYPERLINK(1)" in table.content.decode("utf-8-sig")
    assert ",=HYPERLINK" not in table.content.decode("utf-8-sig")
    assert keeper.get(reverse("console:gaps"), {"on": "yesterday"}).status_code == 400


def test_a_township_leader_sees_the_own_township_only() -> None:
    leader = signed_in(hired("leader", role="township_leader", area="339901100", organ="339901100"))
    own = Grid.objects.filter(code__startswith="339901100").order_by("code").first()
    assert own is not None
    text(leader, "grid_post", [own.code])
    assert leader.get(reverse("console:grid_post", args=[a_grid().code])).status_code == 404
    assert a_grid().name not in text(leader, "loads")
    assert own.name in text(leader, "loads")
    assert send(leader, "new_grid_post", [own.code]) == 403


def test_a_load_explains_itself_and_its_standards_have_sources(keeper: Client) -> None:
    page = text(keeper, "loads")
    assert "÷ 400 × 0.6" in page
    assert "300 至 500 户只是常见的地方做法" in page
    given = {"name": "households", "value": "350", "source": "县委编委会纪要〔2026〕5号", "since": in_days(1)}
    assert send(keeper, "standard", **given) == 302
    assert send(keeper, "standard", **{**given, "value": "0", "since": in_days(2)}) == 422
    DutySetting.objects.filter(name="area_km2").update(name="former")
    assert "还缺这些标准" in text(keeper, "loads")


def test_the_list_is_changed_published_and_read_as_of_a_day(keeper: Client) -> None:
    form = keeper.get(reverse("console:change_grid_task", args=["0505"])).context["form"]
    given = {**form.initial, "what": "每周见两面", "source": "云委办发〔2026〕9号", "since": in_days(1)}
    assert send(keeper, "change_grid_task", ["0505"], **given) == 302
    assert GridTask.objects.filter(code="0505").count() == 2
    edition = {"number": "云委办发〔2026〕9号", "title": "网格事项清单（修订）", "since": in_days(1)}
    assert send(keeper, "publish_tasks", **edition) == 302
    assert send(keeper, "publish_tasks", **{**edition, "since": in_days(2)}) == 422
    assert TaskListEdition.objects.count() == 2
    assert send(keeper, "stop_grid_task", ["0802"], on=in_days(1), source="同上") == 302
    assert "介绍 12345" in text(keeper, "grid_tasks")
    assert "介绍 12345" not in text(keeper, "grid_tasks", on=in_days(1))
    assert "每周见两面" in text(keeper, "grid_task", ["0505"])
    assert keeper.get(reverse("console:grid_task", args=["9999"])).status_code == 404


def test_an_unlisted_form_is_refused_applied_for_heard_and_admitted(department: Client) -> None:
    push = {"task": "", "other": "上报助餐需求", "area": "339901", "due_on": in_days(9), "note_text": ""}
    refused = department.post(reverse("console:push"), push)
    assert refused.status_code == 422
    assert "不在现行网格事项清单里" in refused.content.decode()
    assert reverse("console:apply") in refused.content.decode()
    assert send(department, "apply", **{**PROPOSAL, "basis": ""}) == 422
    assert send(department, "apply", **PROPOSAL) == 302
    asked = Matter.objects.get(procedure="grid_task_admission").id
    assert send(department, "act_on_admission", [asked, "consult"], **{"consult-note": "x"}) == 403

    office = signed_in(hired("office", role="establishment_officer", organ="establishment"))
    assert send(office, "act_on_admission", [asked, "consult"], **{"consult-note": "依据清楚"}) == 302
    leaders = {
        code: signed_in(hired(f"leader{code}", role="township_leader", area=code, organ=code))
        for code in ("339901001", "339901100", "339901200")
    }
    for code, browser in leaders.items():
        assert "提出意见" in text(browser, "admission", [asked])
        said = {"township_code": code, "stance": "agree", "reason": "可以承担"}
        assert send(browser, "opinion", [asked], **{**said, "township_code": "339901999"}) == 422
        assert send(browser, "opinion", [asked], **said) == 302
    assert Opinion.objects.count() == 3

    county = signed_in(hired("county", role="county_leader", organ="command"))
    decision = {"admit-since": in_days(0), "admit-document": "云委办发〔2026〕9号"}
    assert send(county, "act_on_admission", [asked, "admit"], **decision) == 302
    listed = GridTask.objects.get(name="上报助餐需求")
    assert send(department, "push", **{**push, "task": listed.code, "other": ""}) == 302
    assert send(department, "push", **{**push, "task": listed.code}) == 422
    other = signed_in(hired("other", role="department_head", organ="water", only_for_organ=True))
    assert other.get(reverse("console:admission", args=[asked])).status_code == 404
    running = Matter.objects.get(procedure="grid_task_round").id
    assert other.get(reverse("console:round", args=[running])).status_code == 404
    assert "0 / 27" in text(department, "round", [running])
    assert send(department, "act_on_round", [running, "finish"], **{"finish-result": "已汇总"}) == 302


def test_rounds_and_admissions_are_listed_with_a_constant_number_of_questions(department: Client) -> None:
    def questions() -> list[int]:
        counts = []
        for page in ("admissions", "rounds"):
            with CaptureQueriesContext(connection) as queries:
                text(department, page)
            counts.append(len(queries))
        return counts

    send(department, "apply", **PROPOSAL)
    push = {"task": "0505", "other": "", "area": "339901100", "due_on": in_days(9), "note_text": ""}
    assert send(department, "push", **push) == 302
    questions()
    before = questions()
    for n in range(4):
        send(department, "apply", **{**PROPOSAL, "name": f"事项{n}"})
        send(department, "push", **{**push, "area": f"33990110020{n}"})
    assert questions() == before


def test_an_old_rounds_answers_are_counted_on_the_page_it_stands_on(department: Client) -> None:
    push = {"task": "0505", "other": "", "area": "339901100", "due_on": in_days(9), "note_text": ""}
    assert send(department, "push", **push) == 302
    old = Matter.objects.get(procedure="grid_task_round")
    RoundAnswer.objects.create(
        id=uuid7(now()), round=old, grid_code="339901100200001", outcome="nothing", answered_by="王小格",
        answered_at=now(),
    )  # fmt: skip
    columns = {f.attname: getattr(old, f.attname) for f in Matter._meta.concrete_fields}
    newer = [
        Matter(
            **columns
            | {"id": uuid7(now()), "number": f"ZX-{n}", "tracking_code": f"T{n}", "request_key": None}
        )
        for n in range(210)
    ]
    Matter.objects.bulk_create(newer)
    listed = text(department, "rounds", before=str(min(m.id for m in newer)))
    assert re.findall(r'cell-number"[^>]*>\s*(?:<[^>]*>\s*)*(\d+)', listed) == ["1"]


def test_what_one_may_not_see_is_not_there(keeper: Client) -> None:
    nobody = UUID(int=0)
    for page, args in (
        ("admission", [nobody]), ("round", [nobody]), ("grid_post", ["000000000000000"]), ("hand_over", [nobody]),
        ("note_absence", [nobody]), ("appoint_to", ["nothing"]),
    ):  # fmt: skip
        assert keeper.get(reverse(f"console:{page}", args=args)).status_code == 404
