"""The outbox is delivered at least once: what fails is tried again, then visible; what is killed loses nothing."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.urls import reverse

from tests.cast import hired, signed_in
from yimen.kernel.calendar.today import frozen, now
from yimen.kernel.counties.tenancy import in_county
from yimen.kernel.ledger.entries import Who
from yimen.kernel.ledger.models import Entry
from yimen.kernel.notices import worker
from yimen.kernel.notices.models import OutboxMessage
from yimen.kernel.notices.queries import failed_messages, retry, routine_runs, waiting
from yimen.kernel.words import Text
from yimen.site import health

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
    worker.routinely(Text("计数", "count"), timedelta(hours=1), lambda: done.append(1))
    at = now()
    for minutes, times in ((0, 1), (30, 1), (61, 2), (119, 2), (122, 3)):
        with frozen(at + timedelta(minutes=minutes)):
            worker._do_routines("yunxi")
        assert len(done) == times, minutes


@pytest.mark.usefixtures("db")
def test_a_routine_done_by_another_worker_is_not_due_again(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    at = now()
    for minutes, times in ((0, 1), (30, 1), (61, 2)):
        monkeypatch.setattr(worker, "_routines", [])  # a worker started anew remembers nothing
        worker.routinely(Text("计数", "count"), timedelta(hours=1), lambda: done.append(1))
        with frozen(at + timedelta(minutes=minutes)):
            worker._do_routines("yunxi")
        assert len(done) == times, minutes


@pytest.mark.usefixtures("db")
def test_how_a_routine_went_is_kept_in_the_county_and_a_failing_one_comes_first() -> None:
    trouble = ["the bridge is out"]

    def work() -> None:
        if trouble:
            raise ConnectionError(trouble[0])

    worker.routinely(Text("好的", "a good one"), timedelta(seconds=2), lambda: None)
    worker.routinely(Text("过桥", "cross the bridge"), timedelta(minutes=5), work)
    at = now()
    for minutes in (0, 6):
        with frozen(at + timedelta(minutes=minutes)):
            worker._do_routines("yunxi")
    failing, good = routine_runs()
    assert (failing.name, failing.failures, failing.ran_at) == (
        "cross the bridge",
        2,
        at + timedelta(minutes=6),
    )
    assert failing.last_error == "ConnectionError: the bridge is out"
    assert failing.succeeded_at is None
    assert (good.failures, good.succeeded_at) == (0, at + timedelta(minutes=6))
    trouble.clear()
    with frozen(at + timedelta(minutes=12)):
        worker._do_routines("yunxi")
    mended = next(run for run in routine_runs() if run.name == "cross the bridge")
    assert (mended.failures, mended.succeeded_at) == (0, at + timedelta(minutes=12))
    assert mended.failed_at == at + timedelta(minutes=6)


@pytest.mark.usefixtures("db")
def test_a_routine_that_runs_every_two_seconds_is_noted_once_a_minute() -> None:
    worker.routinely(Text("常", "often"), timedelta(seconds=2), lambda: None)
    at = now()
    for seconds in (0, 2, 4, 61):
        with frozen(at + timedelta(seconds=seconds)):
            worker._do_routines("yunxi")
        expected = at + timedelta(seconds=61 if seconds == 61 else 0)
        assert routine_runs()[0].ran_at == expected


@pytest.mark.usefixtures("db")
def test_a_failing_routine_and_an_absent_worker_are_seen_by_doctor_and_on_the_health_page() -> None:
    checks = [c for c in health._county("yunxi") if "routine" in c.what]
    assert [(c.state, "no worker has done its routines yet" in c.what) for c in checks] == [("wrong", True)]

    def work() -> None:
        raise ConnectionError("the bridge is out")

    worker.routinely(Text("过桥", "cross the bridge"), timedelta(minutes=5), work)
    worker._do_routines("yunxi")
    (check,) = [c for c in health._county("yunxi") if "routine" in c.what]
    assert check.state == "wrong"
    assert "cross the bridge" in check.what
    assert "the bridge is out" in check.what
    browser = signed_in(hired("xitong", role="system_admin"))
    page = browser.get(reverse("console:health")).content.decode()
    assert "过桥" in page
    assert "连续失败 1 次" in page
    assert "the bridge is out" in page
    with frozen(now() + timedelta(hours=3)):
        assert any("no worker has done its routines since" in c.what for c in health._county("yunxi"))


@pytest.mark.parametrize("attempt", range(1, 20))
def test_pauses_double_from_seconds_to_an_hour(attempt: int) -> None:
    pause = worker.pause_before(attempt).total_seconds()
    assert 0.8 * min(5 * 2 ** (attempt - 1), 3600) <= pause <= 1.2 * 3600
