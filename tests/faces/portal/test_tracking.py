"""Whoever follows a report with its code is told what was answered, also where it goes on in another's."""

import pytest
from django.test import Client

from tests.cast import hired, signed_in
from tests.domains.grid.test_incident import actor, reported
from yimen.domains.grid.api import act
from yimen.domains.grid.letters import HEARD
from yimen.kernel.calendar.today import today
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import Moved
from yimen.kernel.notices import gateways
from yimen.kernel.org.queries import organ_names

pytestmark = pytest.mark.usefixtures("db")


def followed(moved: Moved, language: str = "zh-hans") -> str:
    at = Client(headers={"host": "localhost", "accept-language": language})
    return at.get(f"/track/{moved.tracking_code}/").content.decode()


def settled(moved: Moved) -> None:
    """Everything from the intake desk to the closing."""
    act(actor("clerk"), moved.matter_id, "register")
    if Matter.objects.get(id=moved.matter_id).state == "registered":
        act(actor("dispatcher"), moved.matter_id, "dispatch", {"organ": "urban", "note": "就近"})
    act(actor("handler"), moved.matter_id, "begin")
    act(actor("handler"), moved.matter_id, "finish", {"result": "第一次清运"})
    act(actor("worker"), moved.matter_id, "rework", {"reason": "内部意见：还有垃圾"})
    act(actor("handler"), moved.matter_id, "finish", {"result": "垃圾已全部清运"})
    act(actor("worker"), moved.matter_id, "pass")
    act(actor("clerk"), moved.matter_id, "call_back", {"answer": "satisfied"})
    act(actor("chief"), moved.matter_id, "close")


def waiting(**changes: object) -> Moved:
    """An incident on the intake desk, its class to be settled, so that nothing dispatches it at once."""
    moved = reported(**changes, class_code="")
    act(actor("clerk"), moved.matter_id, "classify", {"class": "0101"})
    return moved


def test_the_reporter_reads_what_was_done_at_last_once_it_is_closed_and_nothing_else_that_was_written() -> (
    None
):
    moved = waiting()
    assert "给您的答复" not in followed(moved)
    settled(moved)
    page = followed(moved)
    assert "给您的答复" in page
    assert "垃圾已全部清运" in page
    assert "第一次清运" not in page
    assert "内部意见" not in page
    act(actor("chief"), moved.matter_id, "reopen", {"reason": "又有垃圾"})
    assert "垃圾已全部清运" not in followed(moved)


def test_who_is_refused_reads_why() -> None:
    moved = waiting()
    act(actor("clerk"), moved.matter_id, "refuse", {"reason": "属于学校事务，请拨打教育部门电话"})
    assert "属于学校事务，请拨打教育部门电话" in followed(moved)


def test_a_merged_report_follows_the_one_it_was_merged_into_and_its_reporter_is_told_of_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second, third = (waiting(phone=f"1390000000{n}") for n in range(3))
    numbers = {m.id: m.number for m in Matter.objects.all()}
    act(actor("clerk"), third.matter_id, "merge", {"target": numbers[second.matter_id]})
    act(actor("clerk"), second.matter_id, "merge", {"target": numbers[first.matter_id]})
    assert "并入的那件" in followed(third)
    assert "已收到" in followed(third)
    assert numbers[first.matter_id] not in followed(third)
    act(actor("clerk"), first.matter_id, "classify", {"class": "0101"})
    settled(first)
    assert "垃圾已全部清运" in followed(third)
    told: list[str] = []

    class Gateway:
        def send(self, *, to: str, text: str, key: str) -> None:
            told.append(to)

    monkeypatch.setattr(gateways, "sms", Gateway)
    HEARD["incident.answered"](first.matter_id, {"matter": str(first.matter_id)})
    assert told == ["13900000000", "13900000001", "13900000002"]


def test_staff_read_from_each_of_two_merged_incidents_which_the_other_is() -> None:
    first, second = waiting(), waiting()
    numbers = {m.id: m.number for m in Matter.objects.all()}
    act(actor("clerk"), second.matter_id, "merge", {"target": numbers[first.matter_id]})
    desk = signed_in(hired("clerk", role="command_clerk", area="339901"))
    for here, there in ((first, second), (second, first)):
        page = desk.get(f"/console/matters/{here.matter_id}/").content.decode()
        assert f'<a href="/console/matters/{there.matter_id}/">{numbers[there.matter_id]}</a>' in page


def test_a_corrected_class_and_the_level_above_are_named_in_the_story() -> None:
    moved = waiting()
    act(actor("clerk"), moved.matter_id, "register")
    if Matter.objects.get(id=moved.matter_id).state == "registered":
        act(actor("dispatcher"), moved.matter_id, "dispatch", {"organ": "urban", "note": "就近"})
    act(actor("chief"), moved.matter_id, "escalate", {"reason": "本级解决不了"})
    chief = signed_in(hired("chief", role="command_chief", area="339901"))
    page = chief.get(f"/console/matters/{moved.matter_id}/").content.decode()
    above = organ_names(today())[Matter.objects.get(id=moved.matter_id).organ_code]
    assert "→ 暴露垃圾" in page
    assert f"→ {above}\n本级解决不了" in page
