"""A workbook's first sheet as CSV on standard output: a program of its own, run as `python -m` by `tables`.

A workbook comes from anybody, and the library that reads it lays a sheet out as a full rectangle: two cells at its far
corners ask for more memory than any machine has, and the library ends the whole process. So that process is this one,
with bounds on its memory and time, and never one that serves people.
"""

import csv
import resource
import sys
import zipfile
from datetime import date, datetime, time

from python_calamine import CalamineError, CalamineWorkbook

DAMAGED, TOO_LARGE = 3, 4
"""How the program ends when it cannot read the file."""
_MOST_UNPACKED = 512 * 1024 * 1024
_MOST_MEMORY = 2 * 1024 * 1024 * 1024
_MOST_SECONDS = 120


def _text(cell: object) -> str:
    match cell:
        case bool():
            return "1" if cell else "0"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.isoformat(" ", "seconds")
        case date() | time():
            return cell.isoformat()
    return str(cell)


def _unpacked(path: str) -> int:
    """How many bytes the parts say they have."""
    with zipfile.ZipFile(path) as parts:
        return sum(part.file_size for part in parts.infolist())


def main(path: str) -> int:
    """Write the rows; formulas give the values they were saved with."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    try:
        if _unpacked(path) > _MOST_UNPACKED:
            return TOO_LARGE
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        out = csv.writer(sys.stdout)
        for row in sheet.iter_rows():
            out.writerow([_text(cell) for cell in row])
        sys.stdout.flush()
    except MemoryError:
        return TOO_LARGE
    except (CalamineError, zipfile.BadZipFile, IndexError, OSError, ValueError, NotImplementedError):
        return DAMAGED
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1]))
