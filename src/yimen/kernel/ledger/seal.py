"""Sealing a day: its entries under one Merkle root, the root chained to the day before and made public.

After publication nobody, the database administrator included, can rewrite the day unnoticed. The worker calls
`seal_missing_days` after midnight; `yimen verify` compares the seals with the entries and with the public files.
"""

from collections.abc import Iterator
from dataclasses import astuple, fields
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection, transaction

from yimen.kernel.calendar.today import now
from yimen.kernel.ledger.entries import GENESIS, algorithm
from yimen.kernel.ledger.models import Seal
from yimen.kernel.ledger.proofs import SealRow, Tree, bounds, day_of, leaf, seal_hash, seal_words
from yimen.kernel.words import Finding, Refusal, Text

GRACE = timedelta(minutes=15)
"""How long after midnight a day may be sealed: an act begun before midnight has been committed or lost by then."""

DAY_NOT_OVER = Finding(
    "ledger.day_not_over",
    Text("这一天还没有结束，不能封存。", "The day is not over yet and cannot be sealed."),
)
DAY_OUT_OF_ORDER = Finding(
    "ledger.day_out_of_order",
    Text("请先封存 {day}：封存须逐日进行。", "Seal {day} first: days are sealed one after another."),
)
SEAL_DIFFERS = Finding(
    "ledger.published_seal_differs",
    Text("{day} 已公布的封存值与台账不符。", "The published seal of {day} differs from the ledger's."),
)

_COLUMNS = [f.name for f in fields(SealRow)]
_INSERT = (
    f"INSERT INTO ledger_seal ({', '.join(_COLUMNS)}) "  # noqa: S608 - names from the dataclass
    f"VALUES ({', '.join(['%s'] * len(_COLUMNS))}) ON CONFLICT (day) DO NOTHING"
)
_HEADS = (
    "SELECT DISTINCT ON (stream) stream, seq, hash FROM ledger_entry "
    "WHERE at >= %s AND at < %s ORDER BY stream, seq DESC"
)


def seal_day(day: date) -> SealRow:
    """Seal one day (Asia/Shanghai) and publish the seal; a day already sealed is only published again.

    Refusals: `ledger.day_not_over`, `ledger.day_out_of_order`, `ledger.published_seal_differs`.
    """
    with transaction.atomic():
        seal = _sealed(day) or _make(day)
    publish(seal)
    return seal


def seal_missing_days(until: date) -> list[SealRow]:
    """Seal every day up to and including `until` that is over and has no seal, the oldest first."""
    made: list[SealRow] = []
    last = Seal.objects.order_by("-day").first()
    if last is not None:
        publish(_row(last))  # a run that died between table and file leaves just this one unpublished
    day = due_day()
    while day is not None and day <= until and _is_over(day):
        made.append(seal_day(day))
        day += timedelta(days=1)
    return made


def due_day() -> date | None:
    """The next day to seal: the one after the last seal, or that of the first entry; None for an empty ledger."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT max(day) FROM ledger_seal), (SELECT min(at) FROM ledger_entry)")
        last, first_at = cursor.fetchone()
    if last is not None:
        return date.fromordinal(last.toordinal() + 1)
    return None if first_at is None else day_of(first_at)


def seals(since: date | None = None) -> list[SealRow]:
    """The seals from day `since` on (all, without it), the oldest first."""
    found = Seal.objects.filter(day__gte=since) if since else Seal.objects.all()
    return [_row(seal) for seal in found.order_by("day")]


def publish(seal: SealRow) -> Path:
    """Write the seal as a file of its own for the public; returns where.

    A file once written is never changed: refuses (`ledger.published_seal_differs`) when it says something else.
    """
    words = orjson.dumps(seal_words(seal), option=orjson.OPT_SORT_KEYS) + b"\n"
    path = _folder() / f"{seal.day.isoformat()}.json"
    if path.exists():
        if path.read_bytes() != words:
            raise Refusal(
                Finding(
                    SEAL_DIFFERS.code, SEAL_DIFFERS.sentence.fill(day=seal.day.isoformat()), SEAL_DIFFERS.law
                )
            )
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(words)
    unfinished.replace(path)
    return path


def published() -> dict[date, bytes]:
    """Day → seal hash of the current county's public files; a file that cannot be read counts as 32 zero bytes."""
    found: dict[date, bytes] = {}
    for path in sorted(_folder().glob("????-??-??.json")):
        try:
            found[date.fromisoformat(path.stem)] = bytes.fromhex(orjson.loads(path.read_bytes())["hash"])
        except (ValueError, TypeError, KeyError):
            found[date.fromisoformat(path.stem)] = GENESIS
    return found


def heads_of(day: date) -> Iterator[tuple[UUID, int, bytes]]:
    """(stream, seq, hash) of each stream's last entry of the day, in the order of the streams."""
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, bounds(day))
        for stream, seq, head in cursor:
            yield stream, seq, bytes(head)


def _make(day: date) -> SealRow:
    if not _is_over(day):
        raise Refusal(DAY_NOT_OVER)
    due = due_day()
    if due is not None and due != day:
        sentence = DAY_OUT_OF_ORDER.sentence.fill(day=due.isoformat())
        raise Refusal(Finding(DAY_OUT_OF_ORDER.code, sentence, DAY_OUT_OF_ORDER.law))
    algo = algorithm()
    tree = Tree(algo)
    for stream, seq, head in heads_of(day):
        tree.add(leaf(stream, seq, head, algo))
    root = tree.root()
    last = Seal.objects.order_by("-day").first()
    previous = GENESIS if last is None else bytes(last.hash)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_entry WHERE at >= %s AND at < %s", bounds(day))
        entries = cursor.fetchone()[0]
        hashed = seal_hash(day, root, entries, tree.size, previous, algo)
        seal = SealRow(day, root, entries, tree.size, previous, hashed, algo, now())
        cursor.execute(_INSERT, astuple(seal))
    # Two workers may have sealed at once; what stands in the table is the seal.
    return _sealed(day) or seal


def _sealed(day: date) -> SealRow | None:
    found = Seal.objects.filter(day=day).first()
    return None if found is None else _row(found)


def _row(seal: Seal) -> SealRow:
    return SealRow(
        seal.day, bytes(seal.root), seal.entries, seal.heads, bytes(seal.previous_seal), bytes(seal.hash),
        seal.algo, seal.made_at,
    )  # fmt: skip


def _is_over(day: date) -> bool:
    return now() >= bounds(day)[1] + GRACE


def _folder() -> Path:
    """The current county's public folder: `YIMEN_SEALS`, or `seals` among the installation's files."""
    base = settings.YIMEN_SEALS or Path(settings.YIMEN_FILES) / "seals"
    return Path(base) / getattr(connection, "schema_name", "public")
