"""The owner of the tables can change them; `verify_county` says where."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from tests.kernel.ledger.chains import START, WHO
from yimen.kernel.calendar.today import frozen
from yimen.kernel.ledger.append import record
from yimen.kernel.ledger.entries import EntryRow
from yimen.kernel.ledger.models import Entry, Seal
from yimen.kernel.ledger.proofs import day_of
from yimen.kernel.ledger.seal import seal_missing_days
from yimen.kernel.ledger.verify import REASONS, Reason, check_proof, prove, verify_county
from yimen.kernel.words import Refusal

A, B = UUID(int=1), UUID(int=2)
DAY = day_of(START)
LAST = {A: 4, B: 3}


def write() -> list[EntryRow]:
    """Two streams over three days; the first two days get sealed."""
    made = [
        record(stream=s, act="step", who=WHO, payload={"n": n}, at=START + n * timedelta(hours=16))
        for s, count in LAST.items()
        for n in range(count)
    ]
    with frozen(START + timedelta(days=2)):
        seal_missing_days(DAY + timedelta(days=1))
    return made


def heads(made: list[EntryRow]) -> list[tuple[UUID, int, bytes]]:
    return [(e.stream, e.seq, e.hash) for e in made if e.seq == LAST[e.stream]]


@pytest.mark.usefixtures("db")
def test_a_whole_ledger_is_whole_and_progress_is_told(seals_folder: object) -> None:
    made, told = write(), list[int]()
    found = verify_county(progress=told.append, heads=heads(made))
    assert (found.ok, found.first_broken, found.entries, found.streams, found.seals) == (True, None, 7, 2, 2)
    assert told[-1] == 7
    assert verify_county(since=DAY + timedelta(days=1), heads=heads(made)).ok


@pytest.mark.parametrize(
    ("statement", "stream", "seq", "reason"),
    [
        ("UPDATE ledger_entry SET payload = '{\"n\":9}' WHERE seq = 2", A, 2, Reason.BODY_CHANGED),
        (
            "UPDATE ledger_entry SET at = at + interval '1 microsecond' WHERE seq = 3",
            A,
            3,
            Reason.BODY_CHANGED,
        ),
        ("UPDATE ledger_entry SET prev = set_byte(prev, 31, 1) WHERE seq = 1", A, 1, Reason.CHAIN_BROKEN),
        (
            "UPDATE ledger_entry SET hash = set_byte(hash, 0, 255 - get_byte(hash, 0)) WHERE seq = 4",
            A,
            4,
            Reason.HASH_CHANGED,
        ),
        ("DELETE FROM ledger_entry WHERE seq = 2", A, 2, Reason.MISSING),
        (f"DELETE FROM ledger_entry WHERE seq = 1 AND stream = '{B}'", B, 1, Reason.MISSING),
        ("DELETE FROM ledger_entry WHERE seq = 4", A, 4, Reason.TAIL_MISSING),
        (f"DELETE FROM ledger_entry WHERE stream = '{B}'", B, 1, Reason.TAIL_MISSING),
        (
            "UPDATE ledger_entry e SET (at, payload, prev, body, hash) = (o.at, o.payload, o.prev, o.body, o.hash) "
            f"FROM ledger_entry o WHERE e.stream = '{A}' AND o.stream = e.stream AND (e.seq, o.seq) IN ((1, 4), (4, 1))",
            A,
            1,
            Reason.BODY_CHANGED,
        ),
        ("UPDATE ledger_seal SET entries = entries + 1", None, 0, Reason.SEAL_CHANGED),
        ("DELETE FROM ledger_seal", None, 0, Reason.SEAL_MISSING),
    ],
)
def test_tampering_by_the_owner_is_found_and_named(
    fresh_database: str,
    seals_folder: object,
    tamper: Callable[[str], None],
    statement: str,
    stream: UUID | None,
    seq: int,
    reason: Reason,
) -> None:
    made = write()
    tamper(statement)
    found = verify_county(heads=heads(made))
    assert not found.ok
    assert found.first_broken == (stream, seq, reason)
    assert str(REASONS[reason])


@pytest.mark.usefixtures("db")
def test_an_entry_slipped_in_behind_a_matters_back_is_found(seals_folder: object) -> None:
    made = write()
    record(stream=A, act="forged", who=WHO, payload={}, at=START + timedelta(days=9))
    assert verify_county(heads=heads(made)).first_broken == (A, 5, Reason.BEYOND_HEAD)


@pytest.mark.usefixtures("db")
def test_a_head_that_remembers_another_hash_is_found(seals_folder: object) -> None:
    write()
    assert verify_county(heads=[(B, 3, bytes(32))]).first_broken == (B, 3, Reason.HEAD_DIFFERS)


@pytest.mark.usefixtures("db")
def test_an_entry_of_a_sealed_day_is_proved_and_an_unsealed_one_refused(seals_folder: object) -> None:
    made = write()
    seals = list(Seal.objects.order_by("day"))
    for entry in made:
        if day_of(entry.at) > seals[-1].day:
            with pytest.raises(Refusal) as refused:
                prove(entry.stream, entry.seq)
            assert refused.value.code == "ledger.not_yet_sealed"
            continue
        proof = prove(entry.stream, entry.seq)
        assert check_proof(
            proof.text, bytes(Seal.objects.get(day=day_of(entry.at)).root), bytes(seals[-1].hash)
        )
    with pytest.raises(Refusal) as refused:
        prove(A, 99)
    assert refused.value.code == "ledger.no_entry"


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("model", [Entry, Seal])
@pytest.mark.parametrize("statement", ["UPDATE {} SET algo = 'sm3'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_may_not_change_or_remove_what_is_written(
    model: type[Entry] | type[Seal], statement: str
) -> None:
    with pytest.raises(ProgrammingError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(model._meta.db_table))
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
