"""Bring every county's schema up to date (as the owning role), then grant the app's role what it needs.

With an outside PostgreSQL set DATABASE_URL (the app's role) and DATABASE_OWNER_URL (the owning role).
"""

import argparse

from yimen.site import database
from yimen.site.cli import ready


def describe(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(options: argparse.Namespace) -> int:
    """Migrate."""
    with ready.database():
        database.migrate(database.owner_url(), lambda schema: ready.say.print(f"  {schema}"))
    return 0
