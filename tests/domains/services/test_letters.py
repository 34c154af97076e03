"""Every event of an application is told to somebody, and the applicant hears what is due when."""

import json
from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.domains.services.applying import ALLOWANCE, applied, clerk
from yimen.domains.services.api import JOINT_OPINION, RECTIFICATION, SERVICE, act
from yimen.domains.services.letters import HEARD
from yimen.kernel.ledger.models import Entry
from yimen.kernel.notices.models import OutboxMessage


def test_every_event_has_its_hearer() -> None:
    events = {s.event for p in (SERVICE, JOINT_OPINION, RECTIFICATION) for s in p.steps if s.event}
    assert events == set(HEARD)


@pytest.mark.usefixtures("db")
def test_the_applicant_is_told_with_the_day_it_is_due(tmp_path: Path, settings: LazySettings) -> None:
    settings.DATA = tmp_path
    moved = applied(ALLOWANCE)
    act(clerk(), moved.matter_id, "accept")
    for message in OutboxMessage.objects.filter(stream=moved.matter_id):
        HEARD[message.topic](message.id, message.payload)
    told = Entry.objects.filter(act="send_message").order_by("at")
    texts = [json.loads(e.payload)["text"] for e in told]
    assert len(texts) == 2
    assert moved.tracking_code in texts[0]
    assert "时限" not in texts[1]
    assert all(
        "张" not in t and json.loads(e.payload)["to"] != "13800000000"
        for t, e in zip(texts, told, strict=True)
    )
