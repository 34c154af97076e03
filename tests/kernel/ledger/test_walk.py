"""Whatever is done to the rows, the walk finds it and names the first broken entry."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tests.kernel.ledger.chains import START, WHO, chain, sealed, walk_row, walked
from yimen.kernel.ledger.entries import EntryRow, make_entry
from yimen.kernel.ledger.proofs import day_of
from yimen.kernel.ledger.walk import Broken, Reason, first_wrong_seal

STREAMS = [UUID(int=n << 70) for n in (1, 2, 3)]
ENTRIES: list[EntryRow] = [
    *chain(STREAMS[0], 5),
    *chain(STREAMS[1], 6, algo="sm3"),
    *chain(STREAMS[2], 4, timedelta(minutes=1)),
]
SEALS = sealed(ENTRIES)
WHO_ELSE = replace(WHO, name="李四")
TEXTS, IDS, BYTES = (5, 6, 7, 8, 9, 10, 11, 12), (3, 4), (14, 15, 16)


def rows() -> list[list[Any]]:
    return [walk_row(e) for e in ENTRIES]


def flipped(data: st.DataObject, value: bytes) -> bytes:
    bit = data.draw(st.integers(0, len(value) * 8 - 1))
    return bytes(b ^ (1 << bit % 8) if i == bit // 8 else b for i, b in enumerate(value))


def changed(data: st.DataObject, row: list[Any]) -> None:
    """Change one column of a row by the smallest amount."""
    column = data.draw(st.sampled_from([2, 13, *TEXTS, *IDS, *BYTES]))
    value = row[column]
    if column in BYTES:
        row[column] = flipped(data, value)
    elif column in IDS:
        row[column] = data.draw(st.sampled_from([None, str(UUID(bytes=flipped(data, UUID(value).bytes)))]))
    elif column == 2:
        row[column] = value[:25] + chr((ord(value[25]) - 47) % 10 + 48) + "Z"
    elif column == 13:
        row[column] = data.draw(st.sampled_from(["sha256", "sm3", "md5", ""]).filter(lambda v: v != value))
    else:
        place = data.draw(st.integers(0, len(value)))
        row[column] = data.draw(
            st.sampled_from([value[:place] + "。" + value[place:], value[:place] + value[place + 1 :] + " "])
        )


def test_an_untouched_ledger_is_whole() -> None:
    walk = walked(rows(), SEALS)
    assert walk.broken is None
    assert (walk.entries, walk.streams) == (15, 3)
    assert first_wrong_seal(SEALS, walk, {s.day: s.hash for s in SEALS}) is None


@given(st.data())
def test_a_change_of_any_column_names_that_entry(data: st.DataObject) -> None:
    touched = rows()
    row = data.draw(st.sampled_from(touched))
    before = list(row)
    changed(data, row)
    broken = walked(touched, SEALS).broken
    assert row != before
    assert broken is not None
    assert (str(broken.stream), broken.seq) == (row[0], row[1])


@given(st.sampled_from([(s, n) for s in range(3) for n in (1, 2, 3)]))
def test_a_missing_entry_is_named(place: tuple[int, int]) -> None:
    stream, seq = str(STREAMS[place[0]]), place[1]
    left = [r for r in rows() if (r[0], r[1]) != (stream, seq)]
    assert walked(left).broken == Broken(UUID(stream), seq, Reason.MISSING)


@given(st.permutations(range(15)).map(lambda order: order[:2]))
def test_two_entries_that_changed_places_are_found_at_the_first(pair: list[int]) -> None:
    touched = rows()
    one, other = sorted(pair)
    places = touched[one][:2], touched[other][:2]
    touched[one][:2], touched[other][:2] = places[1], places[0]
    broken = walked(touched).broken
    assert broken is not None
    assert (str(broken.stream), broken.seq) == min(map(tuple, places))


def test_a_chain_rewritten_with_fresh_hashes_breaks_where_it_meets_the_old_one() -> None:
    touched = rows()
    old = ENTRIES[1]
    forged = make_entry(
        old.stream, 2, old.prev, old.at, WHO_ELSE, old.act, old.law, "a", "b", {"n": "forged"}, old.algo
    )
    touched[1] = walk_row(forged)
    assert walked(touched).broken == Broken(old.stream, 3, Reason.CHAIN_BROKEN)


def test_a_chain_rewritten_to_its_end_differs_from_the_seal() -> None:
    forged = chain(STREAMS[2], 3, timedelta(minutes=1))
    forged.append(replace_payload(forged[-1], {"n": "forged"}))
    touched = [r for r in rows() if r[0] != str(STREAMS[2])] + [walk_row(e) for e in forged]
    walk = walked(touched, SEALS)
    assert walk.broken is None
    assert first_wrong_seal(SEALS, walk, {}) == (day_of(START), Reason.SEALED_DAY_DIFFERS)


@given(st.integers(0, 2), st.integers(1, 6))
def test_entries_cut_from_a_sealed_days_tail_are_found_by_the_seal(stream: int, left: int) -> None:
    kept = [r for r in rows() if r[0] != str(STREAMS[stream]) or r[1] <= left]
    walk = walked(kept, SEALS)
    assert walk.broken is None
    wrong = first_wrong_seal(SEALS, walk, {})
    assert (wrong is None) == (len(kept) == len(ENTRIES))


@given(st.data())
def test_a_change_of_any_column_of_a_seal_is_found(data: st.DataObject) -> None:
    known = list(SEALS)
    place = data.draw(st.integers(0, len(known) - 1))
    seal = known[place]
    change: dict[str, Any] = data.draw(
        st.sampled_from(
            [
                {"root": flipped(data, seal.root)},
                {"hash": flipped(data, seal.hash)},
                {"previous_seal": flipped(data, seal.previous_seal)},
                {"entries": seal.entries + 1},
                {"heads": seal.heads + 1},
                {"algo": "sm3"},
            ]
        )
    )
    known[place] = replace(seal, **change)
    assert first_wrong_seal(known, walked(rows(), SEALS), {}) == (seal.day, Reason.SEAL_CHANGED)


def test_a_missing_seal_is_found_wherever_it_stood() -> None:
    public = {s.day: s.hash for s in SEALS}
    for place, seal in enumerate(SEALS):
        left = SEALS[:place] + SEALS[place + 1 :]
        assert first_wrong_seal(left, walked(rows(), left), public) == (seal.day, Reason.SEAL_MISSING)


def test_a_ledger_rewritten_with_all_its_seals_differs_from_the_published_ones() -> None:
    forged = chain(STREAMS[0], 4)
    seals = sealed(forged)
    walk = walked([walk_row(e) for e in forged], seals)
    assert first_wrong_seal(seals, walk, {}) is None
    public = {s.day: s.hash for s in SEALS[: len(seals)]}
    assert first_wrong_seal(seals, walk, public) == (SEALS[0].day, Reason.PUBLISHED_SEAL_DIFFERS)


def test_a_walk_from_some_day_on_finds_a_gap_at_its_very_start() -> None:
    since = day_of(ENTRIES[3].at)
    first = next(e.seq for e in ENTRIES if e.stream == STREAMS[0] and day_of(e.at) >= since)
    asked = [r for r in rows() if r[0] == str(STREAMS[0]) and r[1] >= first - 1]
    assert walked(asked, SEALS, since).broken is None
    gap = [r for r in asked if r[1] != first]
    assert walked(gap, SEALS, since).broken == Broken(STREAMS[0], first, Reason.MISSING)


def replace_payload(last: EntryRow, payload: dict[str, object]) -> EntryRow:
    return make_entry(
        last.stream, last.seq + 1, last.hash, last.at, WHO_ELSE, "step", "", "a", "b", payload, last.algo
    )
