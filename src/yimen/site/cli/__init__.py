"""The command line `yimen`. One module a command; each has `describe(parser)` and `run(options) -> int`.

Exit codes: 0 done, 1 found something wrong (a broken ledger, a failed check), 2 cannot run (says why).
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

import django

from yimen import __version__
from yimen.kernel.words import Refusal
from yimen.site.postgres import NO_DATABASE

COMMANDS = {
    "demo": "the demo county in your browser",
    "serve": "serve HTTP",
    "worker": "deliver messages and do the day's routine work",
    "migrate": "bring the database's shape up to date",
    "calendar": "reckon a date in the official working calendar",
    "import": "bring published data into the database",
    "backup": "everything in one file",
    "restore": "bring a backup back",
    "doctor": "say what is wrong with this installation, and what to do",
    "bench": "measure, as ratios against the bare limit",
    "verify": "walk the ledger and prove it whole",
    "indicators": "compare the indicators with a recount of the ledger, or make them again",
    "sheets": "write the procedures' sheets",
    "makemigrations": "for developers: write or check migrations",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimen.site.settings")
    os.environ.setdefault("XDG_RUNTIME_DIR", "/tmp")  # noqa: S108 - quiets a library that wants one
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="yimen",
        description="Yimen 一门: one door for a township's services, enforcement and grids.",
        epilog="yimen COMMAND --help tells more. Exit codes: 0 done, 1 something is wrong, 2 cannot run.",
    )
    parser.add_argument("--version", action="version", version=f"yimen {__version__}")
    choices = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, words in COMMANDS.items():
        choices.add_parser(name, help=words, add_help=False)
    chosen, _ = parser.parse_known_args(given[:1])
    # Settings want an address even when no database is touched; `ready.database()` gives the real one.
    os.environ.setdefault("DATABASE_URL", NO_DATABASE)
    django.setup()
    command = importlib.import_module(f"yimen.site.cli.{chosen.command}_")
    own = argparse.ArgumentParser(
        prog=f"yimen {chosen.command}",
        description=command.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.describe(own)
    try:
        return int(command.run(own.parse_args(given[1:])))
    except Refusal as refusal:
        print(f"yimen: {refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
