"""Everything in one file: the database in one snapshot, and the kept papers.

yimen backup --to FOLDER. Keep the file and secrets.json (in the data folder) in two different places: without
the keys nobody can read the personal data in a backup, and neither can you.
"""

import argparse
import json
from pathlib import Path
from time import perf_counter

from yimen.kernel.calendar.today import LOCAL_ZONE, now
from yimen.site import backup, database
from yimen.site.cli import ready


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--to", type=Path, help="folder (default: backups in the data folder)")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(options: argparse.Namespace) -> int:
    """Make the backup and say what is in it."""
    folder = options.to or ready.data_folder() / "backups"
    path = folder / f"yimen-{now().astimezone(LOCAL_ZONE):%Y%m%d-%H%M%S}.tar"
    started = perf_counter()
    with ready.database(), ready.bar("backup", backup.STEPS) as progress:
        try:
            manifest = backup.make(database.owner_url(), path, progress)
        except backup.BackupTrouble as trouble:
            ready.say.print(f"[red]yimen:[/red] {trouble}")
            return 2
    if options.json:
        print(json.dumps({"path": str(path), **manifest}, ensure_ascii=False))
        return 0
    size = path.stat().st_size / 1024**2
    ready.say.print(f"{path}\n{size:,.1f} MB, {manifest['files']:,} files, {perf_counter() - started:.1f} s")
    ready.say.print("Keep secrets.json somewhere else, and safe: without it the personal data stay sealed.")
    return 0
