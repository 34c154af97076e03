"""The hall's pages show what the figures say, lead to their rows, and do their acts; strangers find nothing."""

import re
from typing import Any

import orjson
import pytest
from django.test import Client

from tests.cast import HERE, THERE, hired, signed_in
from tests.domains.hall.people import VILLAGE, a_hall, someone
from tests.domains.hall.test_agents import an_agent, cash, mandated
from tests.domains.hall.test_providers import a_contract, ordered
from tests.domains.hall.test_sites import a_site, applied
from yimen.domains.catalogue.api import Channel
from yimen.domains.hall.api import act_on_task, coverage, note_visit, take_ticket
from yimen.domains.hall.models import Ticket, Window
from yimen.kernel.access.standing import load_actor
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter

pytestmark = pytest.mark.usefixtures("db")


def browser(role: str, area: str = HERE) -> Client:
    return signed_in(hired(f"{role}-{area}", role=role, area=area))


def test_a_clerk_calls_recalls_and_finishes_at_the_window() -> None:
    _, (window, *_) = a_hall()
    clerk, place = browser("window_clerk"), f"/console/windows/{window.id}/"
    take_ticket(someone("hall_screen"), hall_code="chengguan")
    assert "坐到这个窗口" in clerk.get(place).text
    assert clerk.post(f"{place}do/call/").status_code == 422
    for act in ("attend", "call", "recall"):
        assert clerk.post(f"{place}do/{act}/").status_code == 302
    assert "A001" in clerk.get(place).text
    clerk.post(f"{place}do/skip/")
    back = clerk.post(f"/console/tickets/{Ticket.objects.get().id}/back/", {"window": str(window.id)})
    assert back.status_code == 302
    for act in ("call", "finish", "leave"):
        assert clerk.post(f"{place}do/{act}/").status_code == 302
    assert (Ticket.objects.get().state, Window.objects.get(id=window.id).attended_by) == ("done", None)
    assert browser("window_clerk", THERE).get(place).status_code == 404


def test_figures_lead_to_their_rows() -> None:
    a_hall()
    take_ticket(someone("hall_screen"), hall_code="chengguan")
    clerk = browser("window_clerk")
    page = clerk.get("/console/halls/chengguan/").text
    assert "state=waiting" in page
    assert "A001" in clerk.get("/console/halls/chengguan/tickets/?state=waiting").text
    assert "A001" not in clerk.get("/console/halls/chengguan/tickets/?state=done").text


def test_visits_files_results_and_rates_have_their_pages() -> None:
    hall, _ = a_hall()
    made = applied(Channel.WINDOW)
    note_visit(someone("window_clerk"), hall_code=hall.code, number=made.number, purpose="apply")
    clerk = browser("window_clerk")
    assert "超过承诺" in clerk.get("/console/halls/visits/").text
    sent = clerk.post(
        "/console/halls/files/send/", {"number": made.number, "papers": "身份证复印件", "direction": "back"}
    )
    assert sent.status_code == 302
    assert "在途" in clerk.get("/console/halls/files/").text
    reviewer = browser("service_reviewer")
    listed = reviewer.get("/console/halls/files/").text
    sign = listed.partition('href="/console/halls/files/')[2].partition('"')[0]
    for link in listed.split('"'):
        if link.endswith("/sign/"):
            sign = link
    assert reviewer.get(sign).status_code == 200
    assert reviewer.post(sign).status_code == 302
    Matter.objects.filter(id=made.matter_id).update(state="issued")
    assert made.number in clerk.get("/console/halls/collect/").text
    rates = clerk.get("/console/halls/rates/").text
    assert "网上受理" in rates
    drilled = clerk.get(f"/console/halls/rates/matters/?group={HERE}&by=township").text
    assert made.number in drilled


def test_a_manager_sets_up_a_hall_windows_slots_and_a_site() -> None:
    manager = browser("hall_manager")
    given: dict[str, Any] = {
        "code": "qingshi", "name": "青石镇便民服务中心", "name_en": "Qingshi service centre", "place_code": f"{HERE}000",
        "address": "青石镇", "hours": "9:00-12:00", "windows": "2", "since": "2026-01-01",
    }  # fmt: skip
    assert manager.post("/console/halls/new/", given).status_code == 302
    assert manager.post("/console/halls/qingshi/windows/new/", {"since": "2026-01-01"}).status_code == 302
    slots = {"capacity": "4", "days_ahead": "7", "source": "测试", "since": "2026-01-01"}
    assert manager.post("/console/halls/qingshi/slots/", slots).status_code == 302
    last = Window.objects.get(number=3)
    ended = manager.post(f"/console/windows/{last.id}/close/", {"on": "2030-01-01", "reason": "撤并"})
    assert ended.status_code == 302
    site = {
        "code": "heping", "kind": "counter", "name": "和平服务点", "name_en": "Heping point", "place_code": VILLAGE,
        "item_codes": ["332000023001"], "hours": "周一至周五", "source": "测试", "since": "2026-01-01",
    }  # fmt: skip
    assert manager.post("/console/sites/new/", site).status_code == 302
    assert "和平服务点" in manager.get("/console/sites/").text
    assert f"1/{coverage(HERE).villages}" in manager.get("/console/sites/").text
    page = manager.get("/console/sites/heping/").text
    assert "异地就医" in page
    assert (
        manager.post("/console/sites/heping/end/", {"on": "2030-01-01", "reason": "撤并"}).status_code == 302
    )


def test_an_agents_task_and_cash_have_their_pages() -> None:
    agent = an_agent()
    task = mandated(agent)
    cash(agent, task, "receive_cash", "100.50")
    manager = browser("hall_manager")
    assert "100.50" in manager.get("/console/agents/").text
    page = manager.get(f"/console/agents/tasks/{task.matter_id}/").text
    assert "/console/applications/for/" not in page
    assert f"{task.number}-01" in page
    assert "11010519491231002X" not in page
    photo = Entry.objects.get(stream=task.matter_id, act="record_mandate").payload
    paper = f"/console/matters/{task.matter_id}/papers/{orjson.loads(photo)['given']['files'][0]}/"
    assert f'href="{paper}"' in page
    assert browser("window_clerk").get(paper).status_code == 404
    settle = f"/console/agents/{agent.person_id}/settle/"
    assert manager.post(settle, {"amount": "1", "direction": "short", "reason": "少一元"}).status_code == 302
    own = browser("village_agent", VILLAGE)
    assert own.get("/console/agents/mandates/new/").status_code == 200
    assert own.get("/console/agents/cash/").status_code == 200
    assert own.post("/console/agents/cash/close/", {"on": "2026-01-01", "counted": "5"}).status_code == 422
    assert browser("window_clerk", THERE).get("/console/agents/").status_code == 404


def test_an_agent_prints_what_is_given_to_the_resident() -> None:
    agent = hired("daiban", role="village_agent", area=VILLAGE)
    actor, own = load_actor(agent.account_id, second_factor=True), signed_in(agent)
    task = mandated(actor)
    cash(actor, task, "receive_cash", "120.50")
    cash(actor, task, "return_cash", "20")
    act_on_task(actor, task.matter_id, "receive_items", {"items": "户口簿 1 本"})
    page = own.get(f"/console/agents/tasks/{task.matter_id}/").text
    sheets = re.findall(r'href="(/console/agents/tasks/[^"]+/sheets/\d+/)"', page)
    told = [own.get(address).text for address in sheets]
    assert len(told) == 4
    assert "代办委托书" in told[0]
    assert all(part in told[1] for part in (f"{task.number}-01", "120.50", "壹佰贰拾元伍角整"))
    assert all(part in told[2] for part in (f"{task.number}-02", "20.00", "贰拾元整"))
    assert "户口簿 1 本" in told[3]
    assert all("签名" in each and "11010519491231002X" not in each for each in told)
    assert browser("window_clerk").get(sheets[0]).status_code == 404
    assert own.get(f"/console/agents/tasks/{task.matter_id}/sheets/99/").status_code == 404
    assert "委托人姓名" in own.get("/console/agents/mandates/blank/").text
    day = own.get("/console/agents/cash/sheet/").text
    assert all(part in day for part in ("100.50", "壹佰元伍角整", "还没有结账"))


def test_a_task_is_not_moved_past_its_cash_book_by_the_page_of_other_matters() -> None:
    agent = hired("daiban", role="village_agent", area=VILLAGE)
    actor = load_actor(agent.account_id, second_factor=True)
    task = mandated(actor)
    own, clerk = signed_in(agent), browser("window_clerk")
    given = {"receive_cash-amount": "5", "receive_cash-what": "医保费"}
    for someone_else in (own, clerk):
        assert someone_else.get(f"/console/matters/{task.matter_id}/").status_code == 404
        moved = someone_else.post(f"/console/matters/{task.matter_id}/do/receive_cash/", given)
        assert moved.status_code == 404
    assert own.post(f"/console/agents/tasks/{task.matter_id}/do/receive_cash/", given).status_code == 302
    assert Matter.objects.get(id=task.matter_id).facts["held"] == 500


def test_an_order_is_carried_through_its_pages() -> None:
    order = ordered(a_contract())
    buyer, checker, payer = (browser(r) for r in ("purchasing_officer", "service_checker", "paymaster"))
    place = f"/console/providers/orders/{order.matter_id}/"
    done = {"report_done-served_on": "2026-11-23", "report_done-note": "助浴一次"}
    assert buyer.post(f"{place}do/report_done/", done).status_code == 302
    assert checker.post(f"{place}do/accept/", {"accept-rating": "4", "accept-note": "好"}).status_code == 302
    above = payer.post(f"{place}do/pay/", {"pay-amount": "81", "pay-voucher": "1"})
    assert above.status_code == 422
    assert "单价" in above.text
    assert 'value="80.00"' in payer.get(place).text
    assert payer.post(f"{place}do/pay/", {"pay-amount": "80", "pay-voucher": "1"}).status_code == 302
    assert "已付款" in buyer.get("/console/providers/").text
    assert browser("service_checker", THERE).get(place).status_code == 404


def test_a_page_asks_as_much_of_the_database_for_many_sites_as_for_one(
    django_assert_max_num_queries: Any,
) -> None:
    manager = browser("hall_manager")
    a_site()
    manager.get("/console/sites/")
    for n in range(6):
        a_site(f"site-{n}")
    with django_assert_max_num_queries(16):
        assert manager.get("/console/sites/").status_code == 200


def test_a_mandate_waits_in_the_agents_own_work_and_leads_to_its_page() -> None:
    agent = hired("daiban", role="village_agent", area=VILLAGE)
    task = mandated(load_actor(agent.account_id, second_factor=True))
    own = signed_in(agent)
    assert f"/console/agents/tasks/{task.matter_id}/" in own.get("/console/").text
    assert "/console/applications/for/" in own.get(f"/console/agents/tasks/{task.matter_id}/").text


def test_figures_offer_no_door_that_stays_shut() -> None:
    assert "/console/sites/" not in browser("service_reviewer").get("/console/statistics/").text
