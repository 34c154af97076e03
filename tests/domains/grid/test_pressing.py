"""Pressing for progress has three grades (催办, 督办, 挂牌督办); duplicates are merged also after an automatic dispatch."""

import pytest

from tests.domains.grid.test_incident import actor, reported
from yimen.domains.grid.api import act
from yimen.domains.grid.reference import in_force
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.notices.models import OutboxMessage
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")


def dispatched(**changes: object) -> Matter:
    """An incident in the hands of the organ that the duty table names."""
    moved = reported(**changes)
    matter = Matter.objects.get(id=moved.matter_id)
    if matter.state == "reported":
        act(actor("clerk"), matter.id, "register")
        duty = in_force().duty(matter.kind, matter.place_code)
        assert duty is not None
        act(actor("dispatcher"), matter.id, "dispatch", {"organ": duty.organ_code, "note": "照表"})
    return Matter.objects.get(id=moved.matter_id)


def test_an_organ_is_reminded_then_pressed_then_listed_until_it_finishes() -> None:
    matter = dispatched()
    act(actor("dispatcher"), matter.id, "urge", {"note": "已过一半时限"})
    with pytest.raises(Refusal) as early:
        act(actor("chief"), matter.id, "list", {"reason": "没有动静"})
    assert early.value.code == "incident.not_pressed_for"
    act(actor("chief"), matter.id, "supervise", {"reason": "没有动静"})
    act(actor("chief"), matter.id, "list", {"reason": "仍没有动静"})
    told = set(OutboxMessage.objects.filter(topic__startswith="incident.").values_list("topic", flat=True))
    assert {"incident.urged", "incident.supervised", "incident.listed"} <= told
    assert Clock.objects.get(matter=matter, limit_code="listed").stopped_at is None
    handler = actor("handler")
    if matter.organ_code != "urban":
        pytest.fail(f"the cast's handler is of another organ than {matter.organ_code}")
    act(handler, matter.id, "begin")
    act(handler, matter.id, "finish", {"result": "已清运"})
    assert Clock.objects.get(matter=matter, limit_code="listed").stopped_at is not None


@pytest.mark.parametrize("step", ["urge", "supervise", "list"])
def test_who_handles_it_does_not_press_itself(step: str) -> None:
    with pytest.raises(Refusal) as refused:
        act(actor("handler"), dispatched().id, step, {"reason": "催自己"} if step != "urge" else {})
    assert refused.value.code == "step.not_yours"


def test_a_duplicate_that_was_dispatched_is_merged_until_handling_begins() -> None:
    first, second, third = dispatched(), dispatched(), dispatched()
    act(actor("clerk"), second.id, "merge", {"target": first.number})
    assert Matter.objects.get(id=second.id).state == "merged_duplicate"
    assert not Clock.objects.filter(matter=second, stopped_at=None).exists()
    act(actor("handler"), third.id, "begin")
    with pytest.raises(Refusal):
        act(actor("clerk"), third.id, "merge", {"target": first.number})
