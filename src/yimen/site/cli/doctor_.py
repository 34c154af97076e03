"""Look this installation over: what is right, what to watch, what is wrong and what to do about it.

Exit 0 when nothing is wrong (warnings are allowed), 1 otherwise.
"""

import argparse
import json

from yimen.site import health
from yimen.site.cli import ready

_MARKS = {"ok": "[green]✓[/green]", "warning": "[yellow]![/yellow]", "wrong": "[red]✗[/red]"}


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--json", action="store_true", help="for machines")


def run(options: argparse.Namespace) -> int:
    """Examine and say."""
    with ready.database():
        checks = health.examine()
    if options.json:
        print(json.dumps([c._asdict() for c in checks], ensure_ascii=False))
    else:
        for check in checks:
            ready.say.print(
                f"{_MARKS[check.state]} {check.what}" + (f"\n    → {check.do}" if check.do else "")
            )
    return 1 if any(c.state == "wrong" for c in checks) else 0
