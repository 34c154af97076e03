"""The walk itself: entries in (stream, seq) order against their hashes, days against their seals. Pure.

`verify.py` feeds it from the database; anything else that can read the rows may do so too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from yimen.kernel.ledger.entries import ALGORITHMS, GENESIS, body_text, digest, entry_hash
from yimen.kernel.ledger.proofs import SealRow, Tree, leaf, seal_hash
from yimen.kernel.words import Text


class Reason(StrEnum):
    """What is wrong with the first broken entry, or with the seals."""

    MISSING = "missing"
    BODY_CHANGED = "body_changed"
    CHAIN_BROKEN = "chain_broken"
    HASH_CHANGED = "hash_changed"
    ALGORITHM_UNKNOWN = "algorithm_unknown"
    TAIL_MISSING = "tail_missing"
    HEAD_DIFFERS = "head_differs"
    BEYOND_HEAD = "beyond_head"
    SEAL_MISSING = "seal_missing"
    SEAL_CHANGED = "seal_changed"
    SEAL_CHAIN_BROKEN = "seal_chain_broken"
    SEALED_DAY_DIFFERS = "sealed_day_differs"
    PUBLISHED_SEAL_DIFFERS = "published_seal_differs"


REASONS: Mapping[Reason, Text] = {
    Reason.MISSING: Text("这里缺一条记录", "an entry is missing here"),
    Reason.BODY_CHANGED: Text("内容被改动", "its content was changed"),
    Reason.CHAIN_BROKEN: Text("与上一条记录接不上", "it does not follow from the entry before"),
    Reason.HASH_CHANGED: Text("校验值被改动", "its hash was changed"),
    Reason.ALGORITHM_UNKNOWN: Text("标注的算法不明", "it names an unknown algorithm"),
    Reason.TAIL_MISSING: Text("末尾的记录被删去", "the last entries were removed"),
    Reason.HEAD_DIFFERS: Text("与事项登记的最后一条不符", "it differs from the last entry its matter knows"),
    Reason.BEYOND_HEAD: Text("事项并不知道这条记录", "its matter does not know this entry"),
    Reason.SEAL_MISSING: Text("这一天的封存缺失", "the day's seal is missing"),
    Reason.SEAL_CHANGED: Text("封存值被改动", "the day's seal was changed"),
    Reason.SEAL_CHAIN_BROKEN: Text("封存与前一天接不上", "the seal does not follow from the day before"),
    Reason.SEALED_DAY_DIFFERS: Text(
        "封存之后当天的记录有变", "the day's entries changed after it was sealed"
    ),
    Reason.PUBLISHED_SEAL_DIFFERS: Text("与已公布的封存值不符", "the seal differs from the published one"),
}


class Broken(NamedTuple):
    """Where the ledger first breaks. `stream` is None (and `seq` 0) when a seal is what broke."""

    stream: UUID | None
    seq: int
    reason: Reason


@dataclass(slots=True)
class Walk:
    """One pass over the entries in (stream, seq) order; keeps the trees of the sealed days as it goes."""

    trees: dict[date, Tree]
    since: date | None
    entries: int = 0
    streams: int = 0
    broken: Broken | None = None
    counts: dict[date, int] = field(default_factory=dict)
    _stream: str = ""
    _seq: int = 0
    _head: bytes = GENESIS
    _day_heads: dict[date, tuple[int, bytes]] = field(default_factory=dict)
    _days: dict[str, date] = field(default_factory=dict)

    def see(self, row: tuple[Any, ...]) -> None:
        """Rehash one entry, compare it with the one before, and remember it as its day's head.

        `row` holds the arguments of `body_text` in their order, then prev, body and hash.
        """
        stream, seq, at, algo = row[0], row[1], row[2], row[13]
        prev, body, hashed = bytes(row[14]), bytes(row[15]), bytes(row[16])
        # The day changes on the hour, so the hour's text decides it.
        day = self._days.get(at[:13])
        if day is None:
            day = self._days[at[:13]] = _day_of_hour(at[:13])
        if stream != self._stream:
            self.end_stream()
            self.streams += 1
            self._stream, self._seq, self._head = stream, 0, GENESIS
            if self.since is not None and day < self.since:
                # The entry before the first one asked for: what precedes it is taken on trust.
                self._seq, self._head = seq - 1, prev
        self.entries += 1
        if self.broken is None:
            if seq != self._seq + 1:
                self.broken = Broken(UUID(stream), self._seq + 1, Reason.MISSING)
            elif algo not in ALGORITHMS:
                self.broken = Broken(UUID(stream), seq, Reason.ALGORITHM_UNKNOWN)
            elif digest(algo, body_text(*row[:14])) != body:
                self.broken = Broken(UUID(stream), seq, Reason.BODY_CHANGED)
            elif prev != self._head:
                self.broken = Broken(UUID(stream), seq, Reason.CHAIN_BROKEN)
            elif entry_hash(prev, body, algo) != hashed:
                self.broken = Broken(UUID(stream), seq, Reason.HASH_CHANGED)
        self._seq, self._head = seq, hashed
        self.counts[day] = self.counts.get(day, 0) + 1
        self._day_heads[day] = (seq, hashed)

    def end_stream(self) -> None:
        """Hang the stream's last hash of each sealed day into that day's tree."""
        for day, (seq, head) in self._day_heads.items():
            tree = self.trees.get(day)
            if tree is not None:
                tree.add(leaf(UUID(self._stream), seq, head, tree.algo))
        self._day_heads.clear()


def _day_of_hour(hour: str) -> date:
    """The day in Asia/Shanghai (UTC+8) of an hour in UTC such as `2026-11-23T16`."""
    return date.fromisoformat(hour[:10]) + timedelta(days=int(hour[11:]) >= 16)


def first_wrong_seal(
    known: Sequence[SealRow], walk: Walk, public: Mapping[date, bytes]
) -> tuple[date, Reason] | None:
    """The first day whose seal is missing, altered, or says something else than the entries or the public file."""
    previous: SealRow | None = None
    for seal in known:
        if previous is None:
            earlier = [d for d in (*walk.counts, *public) if d < seal.day and _in_walk(d, walk)]
            if earlier:
                return min(earlier), Reason.SEAL_MISSING
        elif seal.day != previous.day + timedelta(days=1):
            return previous.day + timedelta(days=1), Reason.SEAL_MISSING
        wrong = _wrong(seal, previous, walk, public)
        if wrong is not None:
            return seal.day, wrong
        previous = seal
    lost = [d for d in public if previous is None or d > previous.day]
    return (min(lost), Reason.SEAL_MISSING) if lost else None


def _in_walk(day: date, walk: Walk) -> bool:
    return walk.since is None or day >= walk.since


def _wrong(
    seal: SealRow, previous: SealRow | None, walk: Walk, public: Mapping[date, bytes]
) -> Reason | None:
    if seal.algo not in ALGORITHMS:
        return Reason.ALGORITHM_UNKNOWN
    said = seal_hash(seal.day, seal.root, seal.entries, seal.heads, seal.previous_seal, seal.algo)
    if said != seal.hash:
        return Reason.SEAL_CHANGED
    if seal.previous_seal != (previous.hash if previous else GENESIS):
        return Reason.SEAL_CHAIN_BROKEN
    if public.get(seal.day, seal.hash) != seal.hash:
        return Reason.PUBLISHED_SEAL_DIFFERS
    tree = walk.trees.get(seal.day)
    if tree is not None:
        entries = walk.counts.get(seal.day, 0)
        if (tree.root(), tree.size, entries) != (seal.root, seal.heads, seal.entries):
            return Reason.SEALED_DAY_DIFFERS
    return None
