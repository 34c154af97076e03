"""Reading a table row by row from CSV (UTF-8 or GB18030) or XLSX. What cannot be a table is refused with its place."""

import codecs
import csv
import io
import subprocess
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from yimen.kernel.imports import workbook
from yimen.kernel.words import Refusal

MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_CHARACTERS = 10_000
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_LOOK = 64 * 1024
_DELIMITERS = ",\t;"
_FORMULA_SIGNS = tuple("=+-@＝＋－＠\t\r\n")


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number in the file (the headings are row 1) and its cells under their headings."""

    number: int
    cells: dict[str, str]
    overflow: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The headings, and the rows below them, which can be read once."""

    headings: list[str]
    lines: Iterator[Line]


def _refused(code: str, zh: str, en: str) -> Refusal:
    return Refusal.of(code, zh, en, field="file")


@contextmanager
def opened(path: Path) -> Iterator[Table]:
    """The table in a file; the file's kind is read from its content. Raises `Refusal`, while rows are read too."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == _OLD_EXCEL:
        raise _refused(
            "table.old_excel",
            "这是旧版 Excel 文件（.xls），请另存为 .xlsx 或 CSV。",
            "This is an old Excel file (.xls); please save it as .xlsx or CSV.",
        )
    if start == _ZIP:
        with closing(_sheet(path)) as rows:
            yield _table(rows)
        return
    with path.open(encoding=_encoding(path), newline="") as text:
        yield _table(_csv_rows(text))


def _encoding(path: Path) -> str:
    """UTF-8 where the whole file is, else GB18030 where it is that; refuses the rest."""
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while chunk := file.read(1 << 20):
                    if b"\0" in chunk:
                        raise _refused("table.binary", "这不是文本表格。", "This is not a table in text.")
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise _refused(
        "table.encoding",
        "认不出文字编码，请存为 UTF-8 或 GB18030。",
        "The encoding is not known; please save it as UTF-8 or GB18030.",
    )


def _csv_rows(text: IO[str]) -> Iterator[list[str]]:
    first = text.read(_LOOK)
    text.seek(0)
    heading = first.split("\n", 1)[0]
    return _rows(text, max(_DELIMITERS, key=heading.count))


def _rows(text: IO[str], delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(MOST_CHARACTERS * 4)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise _refused(
            "table.csv",
            f"第 {reader.line_num} 行附近不是正确的 CSV（引号没有成对，或一格太长）。",
            f"Near line {reader.line_num} this is no proper CSV (an unpaired quote, or a cell too long).",
        ) from error


def _sheet(path: Path) -> Generator[list[str]]:
    """The first sheet's rows as text, read by a process of its own, which a hostile workbook may end."""
    order = [sys.executable, "-I", "-m", workbook.__name__, str(path)]
    with subprocess.Popen(order, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as reading:
        try:
            text = io.TextIOWrapper(cast(IO[bytes], reading.stdout), "utf-8", newline="")
            for row in _rows(text, ","):
                if any("\0" in cell for cell in row):
                    raise _refused("table.binary", "这不是文本表格。", "This is not a table in text.")
                yield row
            ended = reading.wait()
        finally:
            reading.kill()
    if ended == workbook.TOO_LARGE or ended < 0:
        raise _refused(
            "table.too_large",
            "表格展开后太大，请分成几个文件；远处有单独的格子的，请先清除。",
            "The workbook is too large when unpacked; please split it, and clear single cells far away from the rest.",
        )
    if ended:
        raise _refused(
            "table.damaged",
            "表格文件打不开，可能已损坏。",
            "The workbook cannot be opened; it may be damaged.",
        )


def _table(rows: Iterator[list[str]]) -> Table:
    headings = [h.strip() for h in next(rows, [])]
    while headings and not headings[-1]:
        headings.pop()
    if not headings:
        raise _refused("table.empty", "文件里没有表头。", "The file has no headings.")
    if len(headings) > MOST_COLUMNS:
        raise _refused("table.columns", f"最多 {MOST_COLUMNS} 列。", f"At most {MOST_COLUMNS} columns.")
    if unnamed := [i + 1 for i, h in enumerate(headings) if not h]:
        raise _refused(
            "table.heading", f"第 {unnamed[0]} 列没有表头。", f"Column {unnamed[0]} has no heading."
        )
    if twice := [h for h, n in Counter(headings).items() if n > 1]:
        raise _refused(
            "table.heading_twice",
            f"表头“{twice[0][:40]}”出现了两次。",
            f"The heading “{twice[0][:40]}” occurs twice.",
        )
    return Table(headings, _lines(headings, rows))


def _lines(headings: list[str], rows: Iterable[list[str]]) -> Iterator[Line]:
    """The rows that have anything in them."""
    taken = 0
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        taken += 1
        if taken > MOST_ROWS:
            raise _refused(
                "table.rows",
                f"一次最多 {MOST_ROWS:,} 行，请分成几个文件。",
                f"At most {MOST_ROWS:,} rows at a time; please split the file.",
            )
        overflow = any(cell.strip() for cell in row[len(headings) :])
        row += [""] * (len(headings) - len(row))
        yield Line(number, dict(zip(headings, map(str.strip, row), strict=False)), overflow)


def harmless(text: str) -> str:
    """A cell for a table that is given out: what a spreadsheet would run as a formula is marked as text.

    Chinese editions take the wide signs for the narrow ones.
    """
    return f"'{text}" if text.lstrip(" \u3000")[:1] in _FORMULA_SIGNS else text
