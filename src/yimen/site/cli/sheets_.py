"""Write each procedure's sheet (diagram, steps and limits with their articles) under docs/procedures.

With --check nothing is written; exit 1 names the sheets that are stale.
"""

import argparse
from pathlib import Path

from yimen.kernel.procedure import sheets


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--folder", type=Path, default=Path("docs/procedures"))


def run(options: argparse.Namespace) -> int:
    """Write or check."""
    if options.check:
        stale = sheets.stale(options.folder)
        for name in stale:
            print(f"stale: {name} (run: make sheets)")
        return 1 if stale else 0
    sheets.write_all(options.folder)
    return 0
