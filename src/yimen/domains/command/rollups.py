"""Keeping the counts current from the ledger, each entry once (ADR 11).

The mark of what is counted stands on each matter (`Counted.seq` beside `Matter.revision`), for each matter has its own
chain without gaps: an act that commits late, or is dated back, can hide behind nothing. A matter that moved on is read
again from its first entry, and the difference to what it counted before is added. Facts, sums and mark change in one
transaction, so a crash leaves either all of a batch or nothing of it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

import orjson
from django.db import connection, transaction

from yimen.domains.command.indicators import ActSeen, Fact, facts_of
from yimen.domains.command.models import Fact as FactRow
from yimen.domains.grid.api import INCIDENT
from yimen.kernel.calendar.today import now
from yimen.kernel.constraints import one_at_a_time
from yimen.kernel.ledger.models import Entry

BATCH = 500
_RECENT = timedelta(hours=2)

_BEHIND = (
    "SELECT m.id FROM matters_matter m LEFT JOIN rollup_counted c ON c.matter_id = m.id "
    "WHERE m.procedure = %s AND c.seq IS DISTINCT FROM m.revision ORDER BY m.id LIMIT %s"
)
_RECENTLY_BEHIND = (
    "SELECT m.id FROM matters_matter m LEFT JOIN rollup_counted c ON c.matter_id = m.id "
    "WHERE m.id IN (SELECT stream FROM ledger_entry WHERE at >= %s) "
    "AND m.procedure = %s AND c.seq IS DISTINCT FROM m.revision ORDER BY m.id LIMIT %s"
)
_ADD = (
    "INSERT INTO rollup_tally (scope, code, class_code, day, measure, number) "
    "SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::date[], %s::text[], %s::bigint[]) "
    "ON CONFLICT (scope, code, class_code, day, measure) DO UPDATE SET number = rollup_tally.number + excluded.number"
)
_KEEP = (
    "INSERT INTO rollup_fact "
    "(matter_id, ordinal, measure, day, area, organ, post, person, class_code, number) SELECT * FROM unnest("
    "%s::uuid[], %s::int[], %s::text[], %s::date[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int[])"
)
_MARK = (
    "INSERT INTO rollup_counted (matter_id, seq) SELECT * FROM unnest(%s::uuid[], %s::int[]) "
    "ON CONFLICT (matter_id) DO UPDATE SET seq = excluded.seq"
)


def catch_up(batch: int = BATCH) -> int:
    """Count every matter that has moved on, dated back or not; returns how many. Looks at every matter's mark."""
    return _count_all(lambda: _ids(_BEHIND, INCIDENT.code, batch))


def follow() -> int:
    """Count the matters with an entry of the last two hours; what is dated further back waits for `catch_up`."""
    since: datetime = now() - _RECENT
    return _count_all(lambda: _ids(_RECENTLY_BEHIND, since, INCIDENT.code, BATCH))


def rebuild(batch: int = BATCH) -> int:
    """Throw all counts away and make them again from the ledger; readers see the old until the new are there."""
    with _alone(), connection.cursor() as cursor:
        for table in ("rollup_fact", "rollup_tally", "rollup_counted"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - names from the line above
        return catch_up(batch)


def _ids(query: str, *given: str | int | datetime) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return [row[0] for row in cursor.fetchall()]


def _count_all(behind: Callable[[], list[UUID]]) -> int:
    done = 0
    while ids := behind():
        with _alone():
            count(ids)
        done += len(ids)
    return done


@contextmanager
def _alone() -> Iterator[None]:
    """A transaction in which nobody else counts this county."""
    with transaction.atomic():
        one_at_a_time("rollups")
        yield


def count(ids: Sequence[UUID]) -> None:
    """Bring the facts, sums and marks of these matters up to their last entry. The caller holds the transaction."""
    before = _facts_kept(ids)
    after: dict[UUID, list[Fact]] = {}
    marks: dict[UUID, int] = {}
    for matter_id, acts, seq in _chains(ids):
        after[matter_id], marks[matter_id] = facts_of(acts), seq
    change: Counter[tuple[object, ...]] = Counter()
    for fact in before:
        change.subtract(dict.fromkeys(headings(fact), fact.number))
    for fact in (f for facts in after.values() for f in facts):
        change.update(dict.fromkeys(headings(fact), fact.number))
    FactRow.objects.filter(matter_id__in=ids).delete()
    kept = [(m, n, *astuple(f)) for m, facts in after.items() for n, f in enumerate(facts)]
    _write(_KEEP, kept)
    _write(_ADD, sorted((*key, number) for key, number in change.items() if number))
    _write(_MARK, list(marks.items()))


def headings(fact: Fact) -> list[tuple[object, ...]]:
    """The sums a fact enters: by area at each level, by organ, post and reporter, each with and without its class."""
    found: dict[str, str] = {"county": fact.area[:6], "township": fact.area[:9], "village": fact.area[:12]}
    found["grid"] = fact.area if len(fact.area) == 15 else ""
    found |= {"organ": fact.organ, "post": fact.post, "person": fact.person}
    classes = {"", fact.class_code}
    return [
        (s, code, c, fact.day, fact.measure) for s, code in found.items() if code for c in sorted(classes)
    ]


def _facts_kept(ids: Sequence[UUID]) -> list[Fact]:
    rows = FactRow.objects.filter(matter_id__in=ids).values_list(
        "measure", "day", "area", "organ", "post", "person", "class_code", "number"
    )
    return [Fact(*row) for row in rows.order_by()]


def _chains(ids: Sequence[UUID]) -> Iterator[tuple[UUID, list[ActSeen], int]]:
    """Each matter's entries, first to last, with the sequence of the last."""
    rows = Entry.objects.filter(stream__in=ids).order_by("stream", "seq").values_list(
        "stream", "seq", "at", "act", "to_state", "organ", "post", "person_id", "payload"
    )  # fmt: skip
    for stream, chain in groupby(rows, key=lambda row: row[0]):
        entries = list(chain)
        acts = [
            ActSeen(at, act, to_state, organ, post, str(person or ""), orjson.loads(payload))
            for _, _, at, act, to_state, organ, post, person, payload in entries
        ]
        yield stream, acts, entries[-1][1]


def _write(query: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Lay rows down by one statement of constant text."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(query, [list(column) for column in zip(*rows, strict=True)])
