"""Re-walking the ledger: is every entry as it was written, is none missing, do the seals hold?

For the county's auditor and for outsiders: `verify_county` names the first broken entry; `prove` hands out a
proof of one entry that `check_proof` (or anybody's own program, see `docs/ledger.md`) checks without a database.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from yimen.kernel.ledger.entries import body_text, instant
from yimen.kernel.ledger.models import Entry
from yimen.kernel.ledger.proofs import (
    Proof,
    Tree,
    bounds,
    check_proof,
    day_of,
    make_proof,
)
from yimen.kernel.ledger.seal import heads_of, published, seals
from yimen.kernel.ledger.walk import REASONS, Broken, Reason, Walk, first_wrong_seal
from yimen.kernel.words import Finding, Refusal, Text

__all__ = ["REASONS", "Broken", "Proof", "Reason", "Verification", "check_proof", "prove", "verify_county"]

BATCH = 5000

NO_ENTRY = Finding("ledger.no_entry", Text("没有这条台账记录。", "There is no such ledger entry."))
NOT_YET_SEALED = Finding(
    "ledger.not_yet_sealed",
    Text(
        "这一天的台账还没有封存，封存后才能出具证明。",
        "That day is not sealed yet; a proof can be given once it is.",
    ),
)


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of a walk. `broken_day` is the day of a broken seal."""

    entries: int
    streams: int
    ok: bool
    first_broken: Broken | None
    seconds: float
    seals: int = 0
    broken_day: date | None = None


def verify_county(
    progress: Callable[[int], None] | None = None,
    since: date | None = None,
    heads: Iterable[tuple[UUID, int, bytes]] | None = None,
    public: Mapping[date, bytes] | None = None,
) -> Verification:
    """Walk the current county's ledger and compare everything with everything.

    `progress` is told the number of entries walked so far. `since` limits the walk to streams' entries from the
    first one of that day (Asia/Shanghai) on. `heads` gives (stream, seq, hash) of each stream as its owner
    remembers it, so that a cut tail is found; read lazily, inside the walk's snapshot. `public` is day → seal
    hash as published (the county's public files, without it).
    """
    began = perf_counter()
    with _snapshot():
        known = seals()
        walk = Walk(
            {seal.day: Tree(seal.algo) for seal in known if since is None or seal.day >= since}, since
        )
        for row in _rows(since, progress, walk):
            walk.see(row)
        walk.end_stream()
        broken = walk.broken
        if heads is not None:
            broken = min(filter(None, (broken, _first_wrong_head(heads))), default=None, key=_place)
    day: date | None = None
    if broken is None:
        wrong = first_wrong_seal(known, walk, published() if public is None else public)
        if wrong is not None:
            day, reason = wrong
            broken = Broken(None, 0, reason)
    return Verification(
        walk.entries, walk.streams, broken is None, broken, perf_counter() - began, len(known), day
    )  # fmt: skip


def prove(stream: UUID, seq: int) -> Proof:
    """The proof that an entry stands under its day's published root, up to the latest seal.

    It shows that one entry in full, and of all others hashes only. Refusals: `ledger.no_entry`,
    `ledger.not_yet_sealed`.
    """
    with _snapshot():
        entry = Entry.objects.filter(stream=stream, seq=seq).first()
        if entry is None:
            raise Refusal(NO_ENTRY)
        day = day_of(entry.at)
        chain = seals(since=day)
        if not chain or chain[0].day != day:
            raise Refusal(NOT_YET_SEALED)
        day_heads = list(heads_of(day))
        head_seq = next(head[1] for head in day_heads if head[0] == stream)
        later = Entry.objects.filter(stream=stream, seq__gt=seq, seq__lte=head_seq).order_by("seq")
        bodies = [(algo, bytes(body)) for algo, body in later.values_list("algo", "body")]
    return make_proof((stream, seq, _text_of(entry), bytes(entry.prev)), bodies, day_heads, chain)


def _text_of(entry: Entry) -> bytes:
    return body_text(
        entry.stream, entry.seq, instant(entry.at), entry.account_id, entry.person_id, entry.who_name, entry.post,
        entry.organ, entry.act, entry.law, entry.from_state, entry.to_state, entry.payload, entry.algo,
    )  # fmt: skip


def _place(broken: Broken) -> tuple[bytes, int]:
    return (broken.stream.bytes if broken.stream else b"", broken.seq)


@contextmanager
def _snapshot() -> Iterator[None]:
    """One transaction that sees one state of the ledger, however long the walk; inside a caller's, the caller's."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


# The server writes instants and identifiers as the text that was hashed; nothing is parsed on the way.
_SELECT = (
    "SELECT e.stream::text, e.seq, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), "
    "e.account_id::text, e.person_id::text, e.who_name, e.post, e.organ, e.act, e.law, e.from_state, e.to_state, "
    "e.payload, e.algo, e.prev, e.body, e.hash FROM ledger_entry e "
)
_ORDER = "ORDER BY e.stream, e.seq"
# From each stream's first entry of the day on, by sequence: clocks of two machines may differ by a little.
_SINCE = (
    "JOIN (SELECT stream, min(seq) AS seq FROM ledger_entry WHERE at >= %s GROUP BY stream) first "
    "ON first.stream = e.stream AND e.seq >= first.seq - 1 "
)


def _rows(
    since: date | None, progress: Callable[[int], None] | None, walk: Walk
) -> Iterator[tuple[Any, ...]]:
    sql, values = (
        (_SELECT + _ORDER, None) if since is None else (_SELECT + _SINCE + _ORDER, [bounds(since)[0]])
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(BATCH):
            yield from rows
            if progress is not None:
                progress(walk.entries)


# One look into the primary key for each head, whatever the planner thinks of the table's size.
_WRONG_HEADS = (
    "SELECT h.stream, h.seq, last.seq FROM unnest(%s::uuid[], %s::int[], %s::bytea[]) AS h(stream, seq, hash) "
    "LEFT JOIN LATERAL (SELECT e.seq, e.hash FROM ledger_entry e WHERE e.stream = h.stream "
    "ORDER BY e.seq DESC LIMIT 1) last ON true "
    "WHERE (last.seq, last.hash) IS DISTINCT FROM (h.seq, h.hash)"
)


def _first_wrong_head(heads: Iterable[tuple[UUID, int, bytes]]) -> Broken | None:
    """The first stream whose last entry is not the one its owner remembers."""
    waiting = iter(heads)
    found: list[Broken] = []
    while batch := list(islice(waiting, BATCH)):
        streams, seqs, hashes = zip(*batch, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_WRONG_HEADS, [list(streams), list(seqs), [bytes(h) for h in hashes]])
            for stream, seq, last in cursor.fetchall():
                if last is None or last < seq:
                    found.append(Broken(stream, (last or 0) + 1, Reason.TAIL_MISSING))
                elif last == seq:
                    found.append(Broken(stream, seq, Reason.HEAD_DIFFERS))
                else:
                    found.append(Broken(stream, seq + 1, Reason.BEYOND_HEAD))
    return min(found, key=_place, default=None)
