"""Write migrations for changed models, or with --check say whether any are missing. Needs no database."""

import argparse

from django.core.management import call_command
from django.core.management.base import CommandError


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 when a migration is missing"
    )
    parser.add_argument("apps", nargs="*")


def run(options: argparse.Namespace) -> int:
    """Write or check."""
    try:
        call_command(
            "makemigrations", *options.apps, check_changes=options.check, dry_run=options.check, verbosity=1
        )
    except SystemExit as stop:
        return int(stop.code or 0)
    except CommandError as error:
        print(error)
        return 2
    return 0
