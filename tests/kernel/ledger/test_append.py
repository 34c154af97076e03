"""Entries join their stream one after another, whoever writes at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction

from tests.kernel.ledger.chains import WHO
from yimen.kernel.calendar.today import frozen, now
from yimen.kernel.counties.tenancy import in_county
from yimen.kernel.ledger import append
from yimen.kernel.ledger.append import record
from yimen.kernel.ledger.entries import GENESIS
from yimen.kernel.ledger.models import Entry
from yimen.kernel.ledger.seal import seal_day
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.words import Refusal

STREAM = UUID(int=5)


@pytest.mark.usefixtures("db")
def test_the_first_entry_follows_nothing_and_the_second_follows_the_first() -> None:
    first = record(stream=STREAM, act="open", who=WHO, payload={"a": 1}, at=now())
    second = record(
        stream=STREAM,
        act="close",
        who=WHO,
        law="法 第一条",
        payload={},
        at=now(),
        from_state="a",
        to_state="b",
    )
    assert (first.seq, first.prev, second.seq, second.prev) == (1, GENESIS, 2, first.hash)
    kept = Entry.objects.get(pk=(STREAM, 2))
    assert (bytes(kept.hash), kept.law, kept.from_state, kept.to_state) == (
        second.hash,
        "法 第一条",
        "a",
        "b",
    )
    assert kept.at == second.at
    assert verify_county(heads=[(STREAM, 2, second.hash)], public={}).ok


@pytest.mark.usefixtures("db")
def test_an_entry_goes_with_its_transaction() -> None:
    with transaction.atomic():
        record(stream=STREAM, act="open", who=WHO, payload={}, at=now())
        transaction.set_rollback(True)
    assert not Entry.objects.filter(stream=STREAM).exists()


@pytest.mark.usefixtures("db")
def test_a_writer_who_loses_twice_is_refused_and_may_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    record(stream=STREAM, act="open", who=WHO, payload={}, at=now())
    monkeypatch.setattr(append, "_last", lambda row: (0, GENESIS, None))
    with transaction.atomic():
        with pytest.raises(Refusal) as refused:
            record(stream=STREAM, act="late", who=WHO, payload={}, at=now())
        assert Entry.objects.filter(stream=STREAM).count() == 1
    assert refused.value.code == "ledger.busy"


@pytest.mark.usefixtures("db")
def test_a_sealed_day_takes_no_more_entries(seals_folder: object) -> None:
    at = datetime(2026, 11, 20, 2, tzinfo=UTC)
    record(stream=STREAM, act="open", who=WHO, payload={}, at=at)
    with frozen(at + timedelta(days=1)):
        seal_day(at.date())
    with pytest.raises(Refusal) as refused:
        record(stream=STREAM, act="late", who=WHO, payload={}, at=at)
    assert refused.value.code == "ledger.day_sealed"
    assert record(stream=STREAM, act="on time", who=WHO, payload={}, at=at + timedelta(days=1)).seq == 2


def test_eight_writers_of_one_stream_make_one_chain_without_fork_or_gap(fresh_database: str) -> None:
    def write(number: int) -> set[str]:
        refusals = set()
        with in_county("kongbai"):
            turn = 0
            while turn < 10:
                try:
                    with transaction.atomic():
                        record(stream=STREAM, act="step", who=WHO, payload={"w": number, "t": turn}, at=now())
                    turn += 1
                except Refusal as refusal:
                    refusals.add(refusal.code)
        connection.close()
        return refusals

    with ThreadPoolExecutor(8) as pool:
        refusals = set().union(*pool.map(write, range(8)))
    assert refusals <= {"ledger.busy"}
    assert list(Entry.objects.filter(stream=STREAM).order_by("seq").values_list("seq", flat=True)) == list(
        range(1, 81)
    )
    assert Entry.objects.filter(stream=STREAM).values("payload").distinct().count() == 80
    assert verify_county(public={}).ok
