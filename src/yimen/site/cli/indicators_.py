"""Compare the indicators with a recount of every ledger entry, or make them again.

Exit 0 when every figure agrees, 1 naming the first that does not.
"""

import argparse
import json

from yimen.domains.command.api import catch_up, differences, rebuild
from yimen.kernel.counties.models import County
from yimen.kernel.counties.tenancy import in_county
from yimen.site.cli import ready


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("what", choices=("check", "rebuild"))
    parser.add_argument("--county", help="schema name; all when left out")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(options: argparse.Namespace) -> int:
    """Check or rebuild, and say."""
    wrong, answer = 0, {}
    with ready.database():
        every = County.objects.exclude(schema_name="public").values_list("schema_name", flat=True)
        for schema in [options.county] if options.county else list(every):
            with in_county(schema):
                done = rebuild() if options.what == "rebuild" else catch_up()
                found = differences()
            wrong += len(found)
            answer[schema] = {"counted_anew": done, "differ": len(found)}
            ready.say.print(
                f"{schema}: {done} matters counted anew, {len(found)} figures differ from a recount"
            )
            if found:
                scope, code, class_code, day, measure = found[0].key
                ready.say.print(
                    f"  {measure} of {scope} {code} {class_code} on {day}: "
                    f"{found[0].kept}, a recount gives {found[0].recounted}"
                )
    if options.json:
        print(json.dumps(answer))
    return 1 if wrong else 0
