"""What an entry is: its canonical text, its hashes and its columns. Pure: no database, no clock, no Django.

An entry's *body* is the canonical JSON of all its columns except the hashes. Its *body hash* is H(body); its
*hash* is H(previous entry's hash ‖ body hash). A proof can therefore give the later entries of a chain as
body hashes alone, and shows an outsider nothing of their content. `docs/ledger.md` describes the format for
readers who write their own checker.
"""

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID

import orjson

GENESIS = bytes(32)
"""The "previous hash" of a stream's first entry, the root of a day without entries, the first "previous seal"."""

HASH_BYTES = 32


def _sm3(data: bytes) -> Any:
    return hashlib.new("sm3", data)


_HASHES: Mapping[str, Callable[[bytes], Any]] = {"sha256": hashlib.sha256, "sm3": _sm3}
ALGORITHMS = frozenset(_HASHES)
_chosen = ["sha256"]


@dataclass(frozen=True, slots=True)
class Who:
    """Who acted, in the words of that day: names are kept, so a later rename changes no entry."""

    account_id: UUID | None
    person_id: UUID | None
    name: str
    post: str
    organ: str


class EntryRow(NamedTuple):
    """One entry, field for field the columns of `ledger_entry`. `payload` is the exact text that was hashed."""

    stream: UUID
    seq: int
    at: datetime
    account_id: UUID | None
    person_id: UUID | None
    who_name: str
    post: str
    organ: str
    act: str
    law: str
    from_state: str
    to_state: str
    payload: str
    prev: bytes
    body: bytes
    hash: bytes
    algo: str


def use_algorithm(algo: str) -> None:
    """Choose the algorithm of new entries and seals (`sha256` or `sm3`); old ones keep the one they name.

    Raises ValueError when the name is not known here or the machine's OpenSSL does not have it.
    """
    digest(algo, b"")
    _chosen[0] = algo


def algorithm() -> str:
    """The algorithm of new entries and seals."""
    return _chosen[0]


def digest(algo: str, data: bytes) -> bytes:
    """The 32-byte hash of `data`. Raises ValueError for an algorithm the ledger does not know."""
    make = _HASHES.get(algo)
    if make is None:
        raise ValueError(f"unknown hash algorithm {algo!r}; the ledger knows {sorted(ALGORITHMS)}")
    hashed: bytes = make(data).digest()
    return hashed


def _plain(value: Any) -> str:
    """What JSON has no word for: instants in UTC, days as days. Anything else has no place in a payload."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a ledger payload")


def _has_no_number(value: Any) -> bool:
    """Whether a float that is no number (NaN, infinity) hides anywhere inside."""
    waiting = [value]
    for thing in waiting:
        kind = type(thing)
        if kind is dict:
            waiting += thing.values()
        elif kind is list or kind is tuple:
            waiting += thing
        elif isinstance(thing, float):
            if not math.isfinite(thing):
                return True
        elif isinstance(thing, dict):
            waiting += thing.values()
        elif isinstance(thing, list):
            waiting += thing
    return False


_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def canonical(payload: Any) -> str:
    """The one text of a payload: JSON in UTF-8, keys sorted, no spaces, instants in UTC, identifiers as text.

    Raises ValueError for NaN, infinities and instants without a zone; TypeError for what JSON cannot say.
    """
    try:
        text = orjson.dumps(payload, default=_plain, option=_CANONICAL)
    except orjson.JSONEncodeError as trouble:
        if isinstance(trouble.__cause__, ValueError):
            raise trouble.__cause__ from None
        raise
    # orjson writes a float that is no number as null; only a text with a null in it needs a closer look.
    if b"null" in text and _has_no_number(payload):
        raise ValueError("a number in the ledger is finite")
    return text.decode()


def instant(at: datetime) -> str:
    """An instant as the ledger writes it: UTC, six decimals, `2026-11-23T03:32:51.123456Z`.

    Raises ValueError for an instant without a zone.
    """
    if at.tzinfo is None:
        raise ValueError("an instant in the ledger names its zone")
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return at.isoformat(timespec="microseconds")[:26] + "Z"


def body_text(
    stream: UUID | str,
    seq: int,
    at: str,
    account_id: UUID | str | None,
    person_id: UUID | str | None,
    who_name: str,
    post: str,
    organ: str,
    act: str,
    law: str,
    from_state: str,
    to_state: str,
    payload: str,
    algo: str,
) -> bytes:
    """The canonical text of an entry, which its body hash covers, in UTF-8.

    `at` is the text of `instant`; `payload` enters as a string (the canonical text itself), so that rehashing
    parses nothing. Arguments stand in the order of the table's columns.
    """
    return orjson.dumps(
        {
            "account_id": account_id,
            "act": act,
            "algo": algo,
            "at": at,
            "from_state": from_state,
            "law": law,
            "organ": organ,
            "payload": payload,
            "person_id": person_id,
            "post": post,
            "seq": seq,
            "stream": stream,
            "to_state": to_state,
            "who_name": who_name,
        }
    )


def entry_hash(prev: bytes, body: bytes, algo: str) -> bytes:
    """H(prev ‖ body hash): what the next entry, and the day's seal, hold fast. Both inputs are 32 bytes."""
    return digest(algo, prev + body)


def make_entry(
    stream: UUID,
    seq: int,
    prev: bytes,
    at: datetime,
    who: Who,
    act: str,
    law: str,
    from_state: str,
    to_state: str,
    payload: Any,
    algo: str = "",
) -> EntryRow:
    """The entry `seq` (counted from 1) of a stream whose last hash is `prev` (`GENESIS` for the first).

    Without `algo`, the algorithm the installation has chosen. Raises ValueError or TypeError as `canonical`
    does, and ValueError for an instant without a zone.
    """
    algo = algo or _chosen[0]
    text = canonical(payload)
    body = digest(
        algo,
        body_text(
            stream, seq, instant(at), who.account_id, who.person_id, who.name, who.post, who.organ,
            act, law, from_state, to_state, text, algo,
        ),
    )  # fmt: skip
    return EntryRow(
        stream, seq, at, who.account_id, who.person_id, who.name, who.post, who.organ,
        act, law, from_state, to_state, text, prev, body, digest(algo, prev + body), algo,
    )  # fmt: skip
