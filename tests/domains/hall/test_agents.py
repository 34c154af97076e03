"""Nothing is submitted without a mandate; cash is given back or paid, and a day closes only when it reconciles."""

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from tests.domains.hall.people import ITEM, VILLAGE, someone
from yimen.domains.catalogue.api import Channel
from yimen.domains.hall import agents
from yimen.domains.hall.api import (
    Mandate,
    act_on_task,
    agents_with_cash,
    cash_book,
    close_day,
    fen_of,
    in_capitals,
    open_days,
    record_mandate,
    settle_difference,
    submit_for,
    visible_tasks,
    yuan,
)
from yimen.domains.services.api import Applicant, Application, submit
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import frozen, now, today
from yimen.kernel.ids import uuid7
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import Moved
from yimen.kernel.papers.models import Paper
from yimen.kernel.words import Refusal

APPLICATION = Application(
    ITEM, VILLAGE, Channel.AGENT, Applicant("王小明", "citizen", "11010519491231002X", "13800000001"),
    {"reason": "emergency", "place": "杭州市", "from_on": "2026-11-24"},
)  # fmt: skip


def an_agent() -> Actor:
    return someone("village_agent", VILLAGE)


def a_photo(by: Actor) -> Any:
    at = now()
    paper = Paper(
        id=uuid7(at), sha256="0" * 64, media_type="image/jpeg", size=1, kept_at=at, kept_by=by.account_id
    )
    paper.save(force_insert=True)
    return paper.id


def mandated(agent: Actor, **changes: Any) -> Moved:
    given = Mandate(
        "王小明", "13800000001", "11010519491231002X", ITEM, VILLAGE, "代办异地就医备案", (a_photo(agent),)
    )
    return record_mandate(agent, replace(given, **changes))


@pytest.mark.usefixtures("db")
def test_a_mandate_bears_a_number_under_which_it_can_be_handed_in() -> None:
    agent = an_agent()
    with pytest.raises(Refusal) as refused:
        mandated(agent, id_number="110105194912310021")
    assert refused.value.code == "mandate.id"
    mandated(agent, id_number="E12345678")


def cash(agent: Actor, task: Moved, step: str, amount: str) -> Moved:
    return act_on_task(agent, task.matter_id, step, {"amount": amount, "what": "医保费"})


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("120", 12000),
        ("120.5", 12050),
        ("0.05", 5),
        ("0", None),
        ("1.234", None),
        ("-1", None),
        ("一百", None),
    ],
)
def test_an_amount_is_read_to_the_fen_or_not_at_all(typed: str, fen: int | None) -> None:
    assert fen_of(typed) == fen


def test_fen_are_written_as_yuan() -> None:
    assert [yuan(n) for n in (0, 5, 12050, -123456700)] == ["0.00", "0.05", "120.50", "-1,234,567.00"]


@pytest.mark.usefixtures("db")
class TestMandates:
    """The mandate comes first."""

    def test_one_without_a_signature_or_for_what_no_agent_may_do_is_refused(self) -> None:
        agent = an_agent()
        with pytest.raises(Refusal) as refused:
            mandated(agent, papers=())
        assert refused.value.code == "mandate.no_paper"
        with pytest.raises(Refusal) as refused:
            mandated(agent, item="332000023009")
        assert refused.value.code.startswith("catalogue.")

    def test_nothing_is_submitted_without_it_nor_anything_else(self) -> None:
        agent = an_agent()
        with pytest.raises(Refusal) as refused:
            submit_for(agent, task_id=uuid7(now()), application=APPLICATION)
        assert refused.value.code == "service.mandate"
        task = mandated(agent)
        with pytest.raises(Refusal) as refused:
            submit_for(agent, task_id=task.matter_id, application=replace(APPLICATION, item="332000124001"))
        assert refused.value.code == "service.mandate"
        assert not Matter.objects.filter(procedure="service").exists()

    def test_no_other_way_of_submitting_as_an_agent_is_open(self) -> None:
        with pytest.raises(Refusal) as refused:
            submit(someone("window_clerk"), replace(APPLICATION, mandate=uuid7(now())))
        assert refused.value.code == "service.mandate"

    def test_an_application_under_it_names_it_and_the_task_names_the_application(self) -> None:
        agent = an_agent()
        task = mandated(agent)
        made = submit_for(agent, task_id=task.matter_id, application=APPLICATION)
        application = Matter.objects.get(id=made.matter_id)
        assert (application.channel, application.facts["mandate"]) == ("agent", str(task.matter_id))
        held = Matter.objects.get(id=task.matter_id)
        assert (held.state, held.related_id) == ("submitted", made.matter_id)

    def test_it_lets_nobody_apply_in_another_name(self) -> None:
        agent = an_agent()
        task = mandated(agent)
        other = replace(APPLICATION.applicant, id_number="110105194912310046")
        with pytest.raises(Refusal) as refused:
            submit_for(agent, task_id=task.matter_id, application=replace(APPLICATION, applicant=other))
        assert refused.value.code == "mandate.other"
        assert not Matter.objects.filter(procedure="service").exists()

    def test_one_that_has_run_out_submits_nothing(self) -> None:
        agent = an_agent()
        task = mandated(agent, until=today())
        with frozen(now() + timedelta(days=1)), pytest.raises(Refusal) as refused:
            submit_for(agent, task_id=task.matter_id, application=APPLICATION)
        assert refused.value.code == "mandate.over"
        assert not Matter.objects.filter(procedure="service").exists()

    def test_only_its_agent_acts_on_it_and_only_who_checks_sees_it(self) -> None:
        agent, colleague = an_agent(), an_agent()
        task = mandated(agent)
        with pytest.raises(Refusal):
            cash(colleague, task, "receive_cash", "10")
        seen = [
            visible_tasks(who).filter(id=task.matter_id).exists() for who in (agent, someone("hall_manager"))
        ]
        assert seen == [True, True]
        stranger = replace(someone("window_clerk"), organ="elsewhere")
        assert not visible_tasks(stranger).exists()


@pytest.mark.usefixtures("db")
class TestCash:
    """What is held for a resident is that resident's."""

    def test_no_more_is_paid_than_is_held_and_nothing_is_left_at_the_end(self) -> None:
        agent = an_agent()
        task = mandated(agent)
        cash(agent, task, "receive_cash", "400")
        with pytest.raises(Refusal) as refused:
            cash(agent, task, "pay_cash", "400.01")
        assert refused.value.code == "cash.not_held"
        cash(agent, task, "pay_cash", "380")
        submit_for(agent, task_id=task.matter_id, application=APPLICATION)
        act_on_task(agent, task.matter_id, "bring_result", {"result": "备案回执"})
        signed = {"items": "备案回执、余款", "files": [str(a_photo(agent))]}
        with pytest.raises(Refusal) as refused:
            act_on_task(agent, task.matter_id, "hand_back", signed)
        assert refused.value.code == "cash.unsettled"
        cash(agent, task, "return_cash", "20")
        with pytest.raises(Refusal) as refused:
            act_on_task(agent, task.matter_id, "hand_back", {"items": "备案回执"})
        assert refused.value.code == "agent.no_signature"
        assert act_on_task(agent, task.matter_id, "hand_back", signed).state == "handed_back"
        book = cash_book(agent.person_id, today())  # type: ignore[arg-type]
        assert (book.came, book.went, book.expected) == (40000, 40000, 0)
        assert [e.receipt[-3:] for e in book.entries] == ["-01", "-02", "-03"]

    def test_a_refused_step_leaves_the_book_as_it_was(self) -> None:
        agent = an_agent()
        task = mandated(agent)
        with pytest.raises(Refusal):
            cash(agent, task, "receive_cash", "abc")
        assert cash_book(agent.person_id, today()).entries == ()  # type: ignore[arg-type]

    def test_a_day_closes_only_when_the_count_is_what_the_book_says(self) -> None:
        agent = an_agent()
        task = mandated(agent)
        cash(agent, task, "receive_cash", "100.50")
        with pytest.raises(Refusal) as refused:
            close_day(agent, on=today(), counted="100")
        assert refused.value.code == "cash.differs"
        assert "差 -0.50 元" in refused.value.sentence.zh
        assert close_day(agent, on=today(), counted="100.50").counted == 10050
        with pytest.raises(Refusal) as refused:
            cash(agent, task, "pay_cash", "1")
        assert refused.value.code == "cash.day_closed"

    def test_a_closed_day_is_not_settled_into(self) -> None:
        agent = an_agent()
        cash(agent, mandated(agent), "receive_cash", "100")
        close_day(agent, on=today(), counted="100")
        mine, checker = agent.person_id, someone("hall_manager")
        assert mine is not None
        with pytest.raises(Refusal) as refused:
            settle_difference(
                checker, agent_id=mine, place=VILLAGE, amount="1", is_short=True, reason="少一元"
            )
        assert refused.value.code == "cash.day_closed"
        with frozen(now() + timedelta(days=1)):
            settle_difference(
                checker, agent_id=mine, place=VILLAGE, amount="1", is_short=True, reason="少一元"
            )
            assert cash_book(mine, today()).expected == 9900

    def test_a_day_left_open_stops_the_next_until_it_is_settled_by_somebody_else(self) -> None:
        agent = an_agent()
        task = mandated(agent)
        cash(agent, task, "receive_cash", "100")
        yesterday = today()
        with frozen(now() + timedelta(days=1)):
            with pytest.raises(Refusal) as refused:
                cash(agent, task, "pay_cash", "1")
            assert refused.value.code == "cash.day_open"
            mine = agent.person_id
            assert mine is not None
            assert open_days(mine) == [yesterday]
            checker = someone("hall_manager")
            assert [(a, fen, days) for a, _, fen, days in agents_with_cash(checker)] == [
                (mine, 10000, [yesterday])
            ]
            with pytest.raises(Refusal):
                settle_difference(
                    agent, agent_id=mine, place=VILLAGE, amount="1", is_short=True, reason="少一元"
                )
            settle_difference(
                checker, agent_id=mine, place=VILLAGE, amount="1", is_short=True, reason="少一元"
            )
            close_day(agent, on=yesterday, counted="99")
            assert open_days(mine) == []
            assert cash_book(mine, today()).opening == 9900


def test_cash_that_comes_while_the_day_is_counted_waits_and_then_finds_it_closed(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = an_agent()
    task = mandated(agent)
    cash(agent, task, "receive_cash", "100")
    county = connection.tenant  # type: ignore[attr-defined]
    late: list[Future[str]] = []

    def another_comes() -> str:
        connection.set_tenant(county)  # type: ignore[attr-defined]
        try:
            cash(agent, task, "receive_cash", "50")
        except Refusal as refused:
            return refused.code
        finally:
            connection.close()
        return "taken"

    def counted(agent_id: UUID, on: date) -> agents.CashBook:
        book = cash_book(agent_id, on)
        late.append(pool.submit(another_comes))
        with suppress(StillWaiting):
            late[0].result(timeout=1)
        return book

    monkeypatch.setattr(agents, "cash_book", counted)
    with ThreadPoolExecutor(1) as pool:
        closed = close_day(agent, on=today(), counted="100")
        assert late[0].result() == "cash.day_closed"
    assert closed.counted == cash_book(closed.agent_id, today()).expected


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (0, "零元整"), (5, "伍分"), (50, "伍角整"), (100, "壹元整"), (105, "壹元零伍分"), (12050, "壹佰贰拾元伍角整"), (100000, "壹仟元整"),
        (100500, "壹仟零伍元整"), (1000000, "壹万元整"), (1000500, "壹万零伍元整"), (1203045600, "壹仟贰佰零叁万零肆佰伍拾陆元整"),
        (-2050, "贰拾元伍角整"),
    ],
)  # fmt: skip
def test_a_sum_is_written_in_capitals(fen: int, said: str) -> None:
    assert in_capitals(fen) == said
