"""The one statement that writes an act: matter, ledger entry, clocks and outgoing messages together.

All rows of an act travel as one JSON document and are laid into their tables by a single SQL command with
constant text, so the database plans it once and the act costs one round trip. In the same statement the act tells
live screens of itself, heard when it is committed. Nothing else writes these columns. The caller holds the transaction.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from operator import attrgetter
from typing import Any, cast
from uuid import UUID

import orjson
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from psycopg import sql

from yimen.kernel.ledger.entries import EntryRow
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.notices.live import words_of
from yimen.kernel.notices.models import OutboxMessage

TELLS = "SELECT pg_notify('live_' || current_schema, %s) FROM done"
"""The end of the statement: the act tells the county's screens of itself, once, if it was done."""
_FIXED = frozenset({"id", "number", "tracking_code", "procedure", "version", "opened_at", "opened_by"})
_FIXED_OF_CLOCK = frozenset({"id", "matter_id", "limit_code", "started_at"})


def _columns(model: type[models.Model], without: frozenset[str] = frozenset()) -> list[str]:
    return [f.column for f in model._meta.concrete_fields if f.column and f.column not in without]


def _insert(model: type[models.Model], key: str, after: str = "") -> str:
    """Lay the document's list `key` into the model's table, only if `after` wrote its row."""
    table, columns = model._meta.db_table, _columns(model)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join('r.' + c for c in columns)} "
        f"FROM doc{after and ', ' + after}, jsonb_populate_recordset(NULL::{table}, doc.rows->'{key}') r"
    )


def _update(model: type[models.Model], alias: str, fixed: frozenset[str], change: str) -> str:
    """Set every changeable column from the JSON object `change`; what it does not name keeps its value."""
    columns = _columns(model, fixed)
    return (
        f"UPDATE {model._meta.db_table} {alias} SET ({', '.join(columns)}) = "
        f"(SELECT {', '.join('r.' + c for c in columns)} FROM jsonb_populate_record({alias}, {change}) r)"
    )


@cache
def _sql(opening: bool) -> str:
    """The statement for opening a matter, or for moving one (conditional on its revision)."""
    if opening:
        first = f"{_insert(Matter, 'matter')} RETURNING 1"
    else:
        first = (
            f"{_update(Matter, 'm', _FIXED, '(SELECT rows FROM doc)->$$matter$$->0')} "
            "WHERE m.id = %s AND m.revision = %s RETURNING 1"
        )
    clocks = _update(Clock, "c", _FIXED_OF_CLOCK, "change")
    return (
        "WITH doc(rows) AS MATERIALIZED (SELECT %s::jsonb), "
        f"done(one) AS ({first}), "
        f"entry AS ({_insert(Entry, 'entries', 'done')}), "
        f"clocks_changed AS ({clocks} FROM doc, done, jsonb_array_elements(doc.rows->'clocks_changed') change "
        "WHERE c.id = (change->>'id')::uuid RETURNING 1), "
        # Counted first, so that an act may stop a running clock and start it anew: it runs once (`clock_runs_once`).
        f"clocks_started AS ({_insert(Clock, 'clocks_started', 'done, (SELECT count(*) FROM clocks_changed) first')}), "
        f"messages AS ({_insert(OutboxMessage, 'messages', 'done')}) "
        f"{TELLS}"
    )


def _plain(value: Any) -> Any:
    """Bytes as PostgreSQL's hexadecimal bytea; the rest orjson knows."""
    if isinstance(value, bytes | bytearray | memoryview):
        return "\\x" + bytes(value).hex()
    raise TypeError(f"{type(value).__name__} has no place in an act's document")


def write(
    *,
    matter: Mapping[str, object],
    entries: Sequence[EntryRow],
    clocks_started: list[dict[str, object]],
    clocks_changed: list[dict[str, object]],
    messages: list[dict[str, object]],
    moving: tuple[UUID, int] | None,
) -> bool:
    """Write one act. `moving` is (matter id, the revision it was read at), or None when it opens.

    Returns False, and has written nothing, when the matter has moved on in between.
    """
    document = orjson.dumps(
        {
            "matter": [matter],
            "entries": [e._asdict() for e in entries],
            "clocks_started": clocks_started,
            "clocks_changed": clocks_changed,
            "messages": messages,
        },
        default=_plain,
        option=orjson.OPT_PASSTHROUGH_SUBCLASS,
    ).decode()
    told = words_of(
        str(matter["id"]),
        str(matter["state"]),
        str(matter["grid_code"] or matter["place_code"]),
        cast("list[str]", matter["organs"]),
    )
    with connection.cursor() as cursor:
        cursor.execute(_sql(moving is None), [document, *(moving or ()), told])
        return cursor.fetchone() is not None


@contextmanager
def laying(model: type[models.Model]) -> Iterator[Callable[[object], None]]:
    """Gives what lays rows down by COPY, one after another, each with the model's columns as attributes.

    The caller holds the transaction. Meanwhile the line is taken: whoever asks the database for anything is told so.
    """
    fields = model._meta.concrete_fields
    values_of = attrgetter(*(f.attname for f in fields))
    plain = [(n, said) for n, f in enumerate(fields) if (said := _plainly(f))]
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, _columns(model)))
    )
    with connection.cursor() as cursor, cursor.copy(command) as out, connection.execute_wrapper(_taken):

        def lay(row: object) -> None:
            values = list(values_of(row))
            for n, said in plain:
                values[n] = said(values[n])
            out.write_row(values)

        yield lay


def _taken(*_: object) -> None:
    """A question while rows are laid down would wait for itself for ever."""
    raise RuntimeError("the line is taken by a COPY; ask before it begins")


def _plainly(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    """How a column's values are given to COPY: what is quicker said as text here than by the driver; None for as they are."""
    if isinstance(field, models.JSONField):
        return lambda value: orjson.dumps(value).decode()
    if isinstance(field, ArrayField) and isinstance(field.base_field, models.IntegerField):
        return lambda numbers: "{" + orjson.dumps(numbers)[1:-1].decode() + "}"
    if isinstance(field, models.DateTimeField):
        return lambda at: at and at.isoformat()
    if isinstance(field, models.UUIDField):
        return lambda key: key and key.hex
    return None
