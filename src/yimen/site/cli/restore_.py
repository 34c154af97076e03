"""Bring a backup back into a new data folder, then prove the ledger whole.

YIMEN_DATA=/srv/yimen-new yimen restore yimen-20261123-010000.tar   (with that installation's secrets.json in it)
"""

import argparse
import json
from pathlib import Path

from yimen.kernel.counties.tenancy import in_county
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters.queries import heads
from yimen.kernel.papers.store import altered
from yimen.site import backup, database
from yimen.site.cli import ready


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="for machines")


def run(options: argparse.Namespace) -> int:
    """Restore, bring the shape up to date, compare with the manifest, walk the ledger, check the files."""
    try:
        backup.read_manifest(options.file)
        with ready.database(), ready.bar("restore", backup.STEPS) as progress:
            manifest = backup.bring_back(options.file, database.owner_url(), progress)
            progress(90, "migrations and privileges")
            database.migrate(database.owner_url())
            progress(92, "proof")
            found = backup.counted()
            wrong = [
                s for s, expected in manifest["counties"].items() if not _at_least(found.get(s), expected)
            ]
            for schema in found:
                with in_county(schema):
                    if not verify_county(heads=heads()).ok:
                        wrong.append(f"{schema}: ledger")
                    wrong += [f"{schema}: file {sha256}" for sha256 in altered()]
    except backup.BackupTrouble as trouble:
        ready.say.print(f"[red]yimen:[/red] {trouble}")
        return 2
    if options.json:
        print(json.dumps({"ok": not wrong, "wrong": wrong, "counties": found}, ensure_ascii=False))
    for schema, holds in found.items():
        ready.say.print(
            f"{schema}: {holds['matters']:,} matters, {holds['entries']:,} entries, {holds['papers']:,} papers"
        )
    ready.say.print(
        f"[red]not as it was:[/red] {', '.join(wrong)}" if wrong else "whole: as it was when backed up"
    )
    return 1 if wrong else 0


def _at_least(found: dict[str, object] | None, expected: dict[str, object]) -> bool:
    """The counts were taken just before the snapshot, so acts in between may have added to them."""
    return found is not None and all(
        int(str(found[k])) >= int(str(expected[k])) for k in ("matters", "entries", "papers")
    )
