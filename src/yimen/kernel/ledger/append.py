"""Writing an entry, for every kernel part that has no statement of its own (accounts, roles, reading traces).

A matter's acts do not come through here: `kernel.matters` lays the entry of `make_entry` into its own statement.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yimen.kernel.ledger.entries import GENESIS, EntryRow, Who, make_entry
from yimen.kernel.ledger.proofs import day_of
from yimen.kernel.words import Finding, Refusal, Text

BUSY = Finding(
    "ledger.busy",
    Text("这条记录正由别人写入，请再试一次。", "Somebody else is writing this record; please try again."),
)
DAY_SEALED = Finding(
    "ledger.day_sealed",
    Text("这一天的台账已经封存，不能补记。", "That day's ledger is sealed; nothing can be added to it."),
)

_COLUMNS = EntryRow._fields
# A writer of the same (stream, seq) waits for the other's end and then writes nothing: no fork, no broken transaction.
_INSERT = (
    f"INSERT INTO ledger_entry ({', '.join(_COLUMNS)}) "  # noqa: S608 - names from the dataclass
    f"VALUES ({', '.join(['%s'] * len(_COLUMNS))}) ON CONFLICT (stream, seq) DO NOTHING"
)
_LAST = (
    "SELECT last.seq, last.hash, (SELECT max(day) FROM ledger_seal) FROM (SELECT 1) one LEFT JOIN LATERAL "
    "(SELECT seq, hash FROM ledger_entry WHERE stream = %s ORDER BY seq DESC LIMIT 1) last ON true"
)


def record(
    *,
    stream: UUID,
    act: str,
    who: Who,
    law: str = "",
    payload: Any,
    at: datetime,
    from_state: str = "",
    to_state: str = "",
) -> EntryRow:
    """Append one entry to a stream, in the caller's transaction; returns it as written.

    `at` is the caller's `now()`. A lost race is tried once more. Refusals: `ledger.busy` (lost twice),
    `ledger.day_sealed`. Raises ValueError or TypeError for a payload that has no canonical text.
    """
    for _ in range(2):
        entry = _next(stream, act, who, law, payload, at, from_state, to_state)
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, entry)
            if cursor.rowcount:
                return entry
    raise Refusal(BUSY)


def _next(
    stream: UUID, act: str, who: Who, law: str, payload: Any, at: datetime, from_state: str, to_state: str
) -> EntryRow:
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [stream])
        seq, head, sealed_until = _last(cursor.fetchone())
    if sealed_until is not None and day_of(at) <= sealed_until:
        raise Refusal(DAY_SEALED)
    return make_entry(stream, seq + 1, head, at, who, act, law, from_state, to_state, payload)


def _last(row: tuple[int | None, Any, date | None]) -> tuple[int, bytes, date | None]:
    seq, head, sealed_until = row
    return seq or 0, GENESIS if head is None else bytes(head), sealed_until
