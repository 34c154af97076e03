"""A small ledger in memory, in the shape the walk reads it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from yimen.kernel.ledger.entries import GENESIS, EntryRow, Who, instant, make_entry
from yimen.kernel.ledger.proofs import SealRow, Tree, day_of, leaf, seal_hash
from yimen.kernel.ledger.walk import Walk

START = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
WHO = Who(UUID(int=7), UUID(int=8), "王小明", "grid-worker-1", "yunxi-chengguan")


def chain(stream: UUID, length: int, step: timedelta = timedelta(hours=9), algo: str = "") -> list[EntryRow]:
    """A stream's entries, one every `step`."""
    made: list[EntryRow] = []
    for number in range(length):
        prev = made[-1].hash if made else GENESIS
        payload = {"n": number, "words": f"第 {number} 步", "lng": 120.5, "nothing": None}
        made.append(
            make_entry(
                stream,
                number + 1,
                prev,
                START + number * step,
                WHO,
                "step",
                "法 第三条",
                "a",
                "b",
                payload,
                algo,
            )
        )
    return made


def walk_row(entry: EntryRow) -> list[Any]:
    """An entry as the walk's query gives it."""
    values = list(entry)
    *columns, prev, body, hashed, algo = values
    columns[0], columns[2] = str(entry.stream), instant(entry.at)
    columns[3:5] = [None if v is None else str(v) for v in columns[3:5]]
    return [*columns, algo, prev, body, hashed]


def walked(rows: list[list[Any]], known: list[SealRow] | None = None, since: date | None = None) -> Walk:
    """The walk over rows in (stream, seq) order."""
    walk = Walk(
        {seal.day: Tree(seal.algo) for seal in known or [] if since is None or seal.day >= since}, since
    )
    for row in sorted(rows, key=lambda r: (r[0], r[1])):
        walk.see(tuple(row))
    walk.end_stream()
    return walk


def day_heads(entries: list[EntryRow], day: date) -> list[tuple[UUID, int, bytes]]:
    """Each stream's last entry of a day, by stream."""
    last = {e.stream: e for e in sorted(entries, key=lambda e: e.seq) if day_of(e.at) == day}
    return [(s, last[s].seq, last[s].hash) for s in sorted(last)]


def sealed(entries: list[EntryRow], algo: str = "sha256") -> list[SealRow]:
    """Seals for every day from the first entry's to the last entry's."""
    days = [day_of(e.at) for e in entries]
    made: list[SealRow] = []
    day = min(days)
    while day <= max(days):
        heads = day_heads(entries, day)
        tree = Tree(algo)
        for head in heads:
            tree.add(leaf(*head, algo))
        previous = made[-1].hash if made else GENESIS
        count = days.count(day)
        hashed = seal_hash(day, tree.root(), count, len(heads), previous, algo)
        made.append(SealRow(day, tree.root(), count, len(heads), previous, hashed, algo, START))
        day += timedelta(days=1)
    return made
