"""Reporter, organ and grid are told what happened; the number is in the message and nowhere else."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.domains.grid.test_incident import actor, reported
from yimen.domains.grid.api import INCIDENT, act
from yimen.domains.grid.letters import HEARD
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter
from yimen.kernel.notices import worker
from yimen.kernel.notices.models import OutboxMessage
from yimen.kernel.org.models import Organ

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def outgoing(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder messages go to, with the real hearers connected."""
    settings.DATA = tmp_path
    monkeypatch.setattr(worker, "_handlers", dict(HEARD))
    return tmp_path / "outgoing" / "yunxi" / "sms"


def sent(folder: Path) -> list[dict[str, str]]:
    """The messages that went out."""
    worker.deliver()
    return [json.loads(p.read_text()) for p in sorted(folder.glob("*.json"))] if folder.exists() else []


def test_every_event_of_the_procedure_has_its_hearer() -> None:
    assert {s.event for s in INCIDENT.steps if s.event} == set(HEARD)


def test_a_reporter_who_left_a_number_is_told_the_code_once(outgoing: Path) -> None:
    moved = reported(phone="13900002222", reporter="林先生")
    first = sent(outgoing)
    assert [m["to"] for m in first] == ["13900002222"]
    assert moved.tracking_code in first[0]["text"]
    OutboxMessage.objects.update(state="waiting")
    assert len(sent(outgoing)) == 1
    entry = Entry.objects.filter(act="send_message").first()
    assert entry is not None
    assert "13900002222" not in entry.payload
    assert (next(outgoing.glob("*.json")).stat().st_mode & 0o077) == 0


def test_a_reporter_without_a_number_is_left_alone(outgoing: Path) -> None:
    reported()
    assert sent(outgoing) == []
    assert OutboxMessage.objects.get().state == "sent"


def test_the_organ_and_then_the_grid_are_told(outgoing: Path) -> None:
    Organ.objects.filter(code="urban").update(duty_phone="057088888888")
    matter = reported().matter_id
    act(actor("clerk"), matter, "register")
    act(actor("dispatcher"), matter, "dispatch", {"organ": "urban"})
    assert [m["to"] for m in sent(outgoing)] == ["057088888888"]
    act(actor("handler"), matter, "begin")
    act(actor("handler"), matter, "finish", {"result": "已清理"})
    numbers = {m["to"] for m in sent(outgoing)}
    assert len(numbers) > 1
    assert Matter.objects.get(id=matter).number in json.dumps(sent(outgoing), ensure_ascii=False)
