"""Walk every county's ledger: each entry's hash, each chain, each matter's head, each day's seal.

Exit 0 when all is whole, 1 naming the first broken entry.
"""

import argparse
import json

from yimen.kernel.counties.models import County
from yimen.kernel.counties.tenancy import in_county
from yimen.kernel.ledger.models import Entry
from yimen.kernel.ledger.verify import Verification, verify_county
from yimen.kernel.ledger.walk import REASONS
from yimen.kernel.matters.queries import heads
from yimen.site.cli import ready


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--county", help="schema name; all when left out")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(options: argparse.Namespace) -> int:
    """Verify and say."""
    results = {}
    with ready.database():
        schemas = [options.county] if options.county else County.objects.values_list("schema_name", flat=True)
        for schema in schemas:
            with in_county(schema), ready.bar(schema, Entry.objects.count()) as progress:
                results[schema] = verify_county(lambda done, on=progress: on(done, ""), heads=heads())  # type: ignore[misc]
    for schema, found in results.items():
        if options.json:
            continue
        rate = found.entries / found.seconds if found.seconds else 0
        broken = "whole" if found.ok else f"BROKEN: {_where(found)}"
        ready.say.print(
            f"{schema}: {found.entries} entries in {found.streams} chains, {broken} ({rate:,.0f}/s)"
        )
    if options.json:
        print(
            json.dumps(
                {
                    s: {
                        "ok": f.ok,
                        "entries": f.entries,
                        "streams": f.streams,
                        "first_broken": f.first_broken,
                        "broken_day": f.broken_day,
                    }
                    for s, f in results.items()
                },
                default=str,
            )
        )
    return 0 if all(f.ok for f in results.values()) else 1


def _where(found: Verification) -> str:
    """The first broken entry or seal, and what is wrong with it."""
    if found.first_broken is not None:
        broken = found.first_broken
        where = (
            f"stream {broken.stream}, entry {broken.seq}"
            if broken.stream
            else f"the seal of {found.broken_day}"
        )
        return f"{where}: {REASONS[broken.reason].en}"
    return "nowhere"
