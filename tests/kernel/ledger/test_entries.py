"""The text and the hashes of an entry."""

import hashlib
import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernel.ledger.chains import WHO, chain
from yimen.kernel.ledger import entries
from yimen.kernel.ledger.entries import GENESIS, canonical, digest, entry_hash, make_entry

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
AT = datetime(2026, 11, 23, 3, 32, 51, 123456, tzinfo=UTC)


def test_known_answers_of_both_algorithms() -> None:
    assert (
        digest("sha256", b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
    # GB/T 32905-2016, appendix A.1
    assert digest("sm3", b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_an_unknown_algorithm_is_refused() -> None:
    with pytest.raises(ValueError, match="md5"):
        digest("md5", b"abc")
    with pytest.raises(ValueError, match="md5"):
        entries.use_algorithm("md5")


def test_the_chosen_algorithm_is_that_of_new_entries_and_each_entry_names_its_own() -> None:
    before = entries.algorithm()
    try:
        entries.use_algorithm("sm3")
        made = chain(UUID(int=1), 1)[0]
    finally:
        entries.use_algorithm(before)
    assert made.algo == "sm3"
    assert made.hash == digest("sm3", GENESIS + made.body)
    assert chain(UUID(int=1), 1)[0].algo == before


def test_an_entry_hashes_to_a_known_answer() -> None:
    entry = make_entry(
        UUID(int=1),
        1,
        GENESIS,
        AT,
        WHO,
        "accept",
        "行政许可法 第三十二条",
        "",
        "accepted",
        {"b": 1, "a": "甲"},
        "sha256",
    )
    text = (
        '{"account_id":"00000000-0000-0000-0000-000000000007","act":"accept","algo":"sha256",'
        '"at":"2026-11-23T03:32:51.123456Z","from_state":"","law":"行政许可法 第三十二条","organ":"yunxi-chengguan",'
        '"payload":"{\\"a\\":\\"甲\\",\\"b\\":1}","person_id":"00000000-0000-0000-0000-000000000008",'
        '"post":"grid-worker-1","seq":1,"stream":"00000000-0000-0000-0000-000000000001","to_state":"accepted",'
        '"who_name":"王小明"}'
    )
    assert entry.body == hashlib.sha256(text.encode()).digest()
    assert (
        entry.hash
        == hashlib.sha256(bytes(32) + entry.body).digest()
        == entry_hash(GENESIS, entry.body, "sha256")
    )
    assert entry.payload == '{"a":"甲","b":1}'


@given(st.dictionaries(st.text(max_size=6), JSON, max_size=6), st.randoms())
def test_the_canonical_text_does_not_depend_on_the_order_of_keys(
    payload: dict[str, object], random: object
) -> None:
    names = list(payload)
    random.shuffle(names)  # type: ignore[attr-defined]
    assert canonical({name: payload[name] for name in names}) == canonical(payload)


@given(JSON)
def test_the_canonical_text_says_what_was_given_and_is_its_own_canonical_text(payload: object) -> None:
    text = canonical(payload)
    assert orjson.loads(text) == payload
    assert canonical(orjson.loads(text)) == text


def test_instants_are_written_in_utc_and_identifiers_as_text() -> None:
    shanghai = timezone(timedelta(hours=8))
    at = datetime(2026, 1, 1, tzinfo=shanghai)
    assert canonical({"t": at, "id": UUID(int=1), "d": date(2026, 1, 1)}) == (
        '{"d":"2026-01-01","id":"00000000-0000-0000-0000-000000000001","t":"2025-12-31T16:00:00.000000Z"}'
    )
    one = make_entry(UUID(int=1), 1, GENESIS, at, WHO, "x", "", "", "", {}, "sha256")
    assert (
        one.hash
        == make_entry(UUID(int=1), 1, GENESIS, at.astimezone(UTC), WHO, "x", "", "", "", {}, "sha256").hash
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_float_that_is_no_number_is_refused_however_deep(value: float) -> None:
    for payload in (value, [value], {"a": [None, {"b": (1, value)}]}):
        with pytest.raises(ValueError, match="finite"):
            canonical(payload)


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = AT.replace(tzinfo=None)
    with pytest.raises(ValueError, match="zone"):
        canonical({"at": naive})
    with pytest.raises(ValueError, match="zone"):
        make_entry(UUID(int=1), 1, GENESIS, naive, WHO, "x", "", "", "", {})


@pytest.mark.parametrize("value", [b"bytes", {1: 2}, {1, 2}, object(), WHO])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_every_column_reaches_the_hash() -> None:
    base: dict[str, Any] = {
        "stream": UUID(int=1), "seq": 1, "prev": GENESIS, "at": AT, "who": WHO, "act": "step", "law": "法",
        "from_state": "a", "to_state": "b", "payload": {"n": 1}, "algo": "sha256",
    }  # fmt: skip
    changes: list[dict[str, Any]] = [
        {"stream": UUID(int=2)}, {"seq": 2}, {"prev": b"\x01" * 32}, {"at": AT + timedelta(microseconds=1)},
        {"who": replace(WHO, account_id=None)}, {"who": replace(WHO, person_id=UUID(int=9))},
        {"who": replace(WHO, name="李")}, {"who": replace(WHO, post="x")}, {"who": replace(WHO, organ="x")},
        {"act": "other"}, {"law": "律"}, {"from_state": "c"}, {"to_state": "d"}, {"payload": {"n": 2}}, {"algo": "sm3"},
    ]  # fmt: skip
    hashes = {make_entry(**{**base, **change}).hash for change in [{}, *changes]}
    assert len(hashes) == 1 + len(changes)
