"""A day is sealed once, in its turn, after it is over, and in public."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import orjson
import pytest

from tests.kernel.ledger.chains import WHO
from yimen.kernel.calendar.today import frozen
from yimen.kernel.ledger.append import record
from yimen.kernel.ledger.entries import GENESIS
from yimen.kernel.ledger.seal import due_day, published, seal_day, seal_missing_days, seals
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")

# 23:59 and 00:01 in Shanghai: two instants of one day in UTC, of two days in the ledger.
EVENING = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)
NIGHT = datetime(2026, 11, 20, 16, 1, tzinfo=UTC)
DAY = date(2026, 11, 20)


@pytest.fixture
def folder(seals_folder: Path) -> Path:
    for stream, at in ((1, EVENING), (1, NIGHT), (2, EVENING), (1, NIGHT + timedelta(days=2))):
        record(stream=UUID(int=stream), act="step", who=WHO, payload={}, at=at)
    return seals_folder


def test_days_are_sealed_in_a_row_and_empty_ones_too(folder: Path) -> None:
    with frozen(NIGHT + timedelta(days=3)):
        made = seal_missing_days(date(2026, 12, 31))
    assert [(s.day, s.entries, s.heads) for s in made] == [
        (DAY, 2, 2),
        (date(2026, 11, 21), 1, 1),
        (date(2026, 11, 22), 0, 0),
    ]
    assert made[2].root == GENESIS
    assert [s.previous_seal for s in made] == [GENESIS, made[0].hash, made[1].hash]
    assert [s.hash for s in seals(since=date(2026, 11, 21))] == [s.hash for s in made[1:]]
    found = verify_county()
    assert (found.ok, found.seals, found.entries) == (True, 3, 4)


def test_a_day_is_not_sealed_before_it_is_well_over(folder: Path) -> None:
    for at in (EVENING, NIGHT):
        with frozen(at):
            assert seal_missing_days(DAY) == []
            with pytest.raises(Refusal) as refused:
                seal_day(DAY)
            assert refused.value.code == "ledger.day_not_over"


def test_no_day_is_sealed_before_the_one_before_it(folder: Path) -> None:
    with frozen(NIGHT + timedelta(days=9)):
        with pytest.raises(Refusal) as refused:
            seal_day(DAY + timedelta(days=1))
        assert refused.value.code == "ledger.day_out_of_order"
        assert "2026-11-20" in refused.value.sentence.zh
        seal_day(DAY)
    assert due_day() == DAY + timedelta(days=1)


def test_sealing_again_changes_nothing_and_puts_a_lost_file_back(folder: Path) -> None:
    with frozen(NIGHT + timedelta(days=1)):
        first = seal_day(DAY)
        (file,) = folder.rglob("*.json")
        kept = file.read_bytes()
        file.unlink()
        assert seal_day(DAY) == first
    assert file.read_bytes() == kept
    assert orjson.loads(kept)["root"] == first.root.hex()
    assert published() == {DAY: first.hash}


def test_a_published_file_is_never_written_over_and_speaks_against_the_ledger(folder: Path) -> None:
    with frozen(NIGHT + timedelta(days=1)):
        seal_day(DAY)
        (file,) = folder.rglob("*.json")
        file.write_bytes(file.read_bytes().replace(b'"entries":2', b'"entries":3'))
        with pytest.raises(Refusal) as refused:
            seal_day(DAY)
    assert refused.value.code == "ledger.published_seal_differs"
    file.write_bytes(b"rubbish")
    found = verify_county()
    assert (found.ok, found.broken_day, found.first_broken and found.first_broken.reason) == (
        False,
        DAY,
        "published_seal_differs",
    )


def test_an_empty_ledger_has_nothing_to_seal(seals_folder: Path) -> None:
    assert due_day() is None
    assert seal_missing_days(DAY) == []
