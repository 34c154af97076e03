"""The outbox is delivered at least once: what fails is tried again, then visible; what is killed loses nothing."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from yimen.kernel.calendar.today import frozen, now
from yimen.kernel.counties.tenancy import in_county
from yimen.kernel.ledger.entries import Who
from yimen.kernel.ledger.models import Entry
from yimen.kernel.notices import worker
from yimen.kernel.notices.models import OutboxMessage
from yimen.kernel.notices.queries import failed_messages, retry, waiting

WHO = Who(None, None, "维护员", "", "")


@pytest.fixture(autouse=True)
def _own_hearers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hearers and routines of the test alone."""
    monkeypatch.setattr(worker, "_handlers", {})
    monkeypatch.setattr(worker, "_routines", [])


def message(topic: str = "test", **payload: object) -> OutboxMessage:
    """A message that is due."""
    at = now()
    return OutboxMessage.objects.create(id=uuid4(), topic=topic, payload=payload, created_at=at, due_at=at)


class Hearer:
    """Remembers what it heard; fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.heard: list[UUID] = []

    def __call__(self, key: UUID, payload: Mapping[str, Any]) -> None:
        self.heard.append(key)
        if len(self.heard) <= self.failures:
            raise ConnectionError("the gateway is away")


@pytest.mark.usefixtures("db")
def test_a_message_is_delivered_once_and_marked_sent() -> None:
    hearer, sent = Hearer(), message()
    worker.hear("test", hearer)
    assert worker.deliver() == 1
    assert worker.deliver() == 0
    assert hearer.heard == [sent.id]
    assert OutboxMessage.objects.get().state == "sent"


@pytest.mark.usefixtures("db")
def test_a_failing_message_is_tried_again_with_growing_pauses_and_then_given_up_visibly() -> None:
    hearer = Hearer(failures=99)
    worker.hear("test", hearer)
    sent = message()
    pauses = []
    at = now()
    for attempt in range(worker.MOST_TRIES):
        with frozen(at):
            assert worker.deliver() == 1, attempt
            sent.refresh_from_db()
            pauses.append(sent.due_at - at)
            assert worker.deliver() == 0
        at = sent.due_at
    assert pauses[:-1] == sorted(pauses[:-1])
    assert sent.state == "failed"
    assert "the gateway is away" in sent.last_error
    assert [m.id for m in failed_messages()] == [sent.id]
    assert waiting() == 0


@pytest.mark.usefixtures("db")
def test_a_failed_message_is_put_back_by_a_person_with_an_entry() -> None:
    sent = message()
    OutboxMessage.objects.update(state="failed", tries=8)
    assert retry(sent.id, WHO)
    assert not retry(sent.id, WHO)
    assert Entry.objects.get(stream=sent.id).act == "retry_message"
    hearer = Hearer()
    worker.hear("test", hearer)
    assert worker.deliver() == 1
    assert hearer.heard == [sent.id]


@pytest.mark.usefixtures("db")
def test_a_topic_that_nobody_hears_is_visible_work() -> None:
    message("nobody")
    worker.deliver()
    kept = OutboxMessage.objects.get()
    assert kept.state == "waiting"
    assert "nobody" in kept.last_error


@pytest.mark.usefixtures("db")
def test_one_failing_handler_stops_no_other_and_leaves_none_of_its_writes() -> None:
    def writes_and_fails(key: UUID, payload: Mapping[str, Any]) -> None:
        OutboxMessage.objects.create(id=uuid4(), topic="stray", payload={}, created_at=now(), due_at=now())
        raise ValueError("after writing")

    hearer = Hearer()
    worker.hear("bad", writes_and_fails)
    worker.hear("test", hearer)
    message("bad")
    good = message()
    assert worker.deliver() == 2
    assert hearer.heard == [good.id]
    assert not OutboxMessage.objects.filter(topic="stray").exists()


@pytest.mark.usefixtures("db")
def test_what_a_killed_worker_held_is_delivered_when_its_lease_runs_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hearer, sent = Hearer(), message()
    worker.hear("test", hearer)
    with monkeypatch.context() as killed:
        killed.setattr(worker, "_deliver_one", lambda _: None)
        assert worker.deliver() == 1
    assert worker.deliver() == 0
    with frozen(now() + timedelta(minutes=3)):
        assert worker.deliver() == 1
    assert hearer.heard == [sent.id]


def test_many_workers_at_once_deliver_each_message_once(fresh_database: str) -> None:
    heard: list[UUID] = []
    worker.hear("test", lambda key, _: heard.append(key))
    for _ in range(120):
        message()

    def work() -> None:
        try:
            with in_county("yunxi"):
                while worker.deliver(7):
                    pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert len(heard) == len(set(heard)) == 120
    assert waiting() == 0


@pytest.mark.usefixtures("db")
def test_routine_work_is_done_once_in_its_interval() -> None:
    done: list[int] = []
    worker.routinely("count", timedelta(hours=1), lambda: done.append(1))
    at = now()
    for minutes, times in ((0, 1), (30, 1), (61, 2), (119, 2), (122, 3)):
        with frozen(at + timedelta(minutes=minutes)):
            worker._do_routines("yunxi")
        assert len(done) == times, minutes


@pytest.mark.parametrize("attempt", range(1, 20))
def test_pauses_double_from_seconds_to_an_hour(attempt: int) -> None:
    pause = worker.pause_before(attempt).total_seconds()
    assert 0.8 * min(5 * 2 ** (attempt - 1), 3600) <= pause <= 1.2 * 3600
