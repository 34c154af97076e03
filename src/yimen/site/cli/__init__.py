"""The command line `yimen`. One module a command; each has `describe(parser)` and `run(options) -> int`.

Exit codes: 0 done, 1 found something wrong (a broken ledger, a failed check), 2 cannot run (says why).
"""

import argparse
import importlib
import os
import pwd
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError

from yimen import __version__
from yimen.kernel.words import Refusal
from yimen.site.cli import telling
from yimen.site.postgres import NO_DATABASE, PostgresTrouble

COMMANDS = {
    "demo": "the demo county in your browser",
    "serve": "serve HTTP",
    "worker": "deliver messages and do the day's routine work",
    "county": "set up a county, or list those there are",
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


MISUSED = frozenset({"county.unknown", "cli.login", "cli.mapping"})
"""Refusals of what was typed: a county, a login, a mapping there is not."""


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
    try:
        with _stopped_as_by_ctrl_c():
            return _run(chosen.command, given[1:])
    except Refusal as refusal:
        telling.refuse(refusal)
        return 2 if refusal.code in MISUSED else 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read along has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (
        ImproperlyConfigured, OperationalError, psycopg.OperationalError, ProgrammingError, psycopg.ProgrammingError,
        PostgresTrouble, OSError,
    ) as error:  # fmt: skip
        if os.environ.get("YIMEN_LOG") == "DEBUG":
            raise
        telling.say.print(f"yimen: {_in_a_sentence(error)}", markup=False)
        return 2


def _run(name: str, given: Sequence[str]) -> int:
    django.setup()
    command = importlib.import_module(f"yimen.site.cli.{name}_")
    own = argparse.ArgumentParser(
        prog=f"yimen {name}",
        description=command.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.describe(own)
    return int(command.run(own.parse_args(given)))


def _in_a_sentence(error: Exception) -> str:
    """What stopped a command, and what to do, for somebody who does not read tracebacks (YIMEN_LOG=DEBUG shows them)."""
    said = str(error).strip()
    if isinstance(error.__cause__, psycopg.errors.UndefinedTable | psycopg.errors.InvalidSchemaName):
        return "the database has not been made ready for this version; run: yimen migrate"
    if isinstance(error, ProgrammingError | psycopg.ProgrammingError):
        refused = error if isinstance(error, psycopg.Error) else error.__cause__
        if (
            isinstance(refused, psycopg.Error) and refused.sqlstate is None
        ):  # not the server's word: the address's own
            return f"the database's address (DATABASE_URL, DATABASE_OWNER_URL) cannot be used: {said}"
        raise error
    if isinstance(error, PermissionError) and error.filename:
        return f"{error.filename} is closed to this user{_owner_of(error.filename)}; run as its owner, or set YIMEN_DATA to a folder of your own"
    if "No space left" in said:
        return f"the disk is full: {said}. Make room and run it again"
    if isinstance(error, OperationalError | psycopg.OperationalError):
        return f"the database does not answer: {said}"
    return said


def _owner_of(path: str) -> str:
    """Whose the nearest existing folder or file is, in brackets; nothing when that cannot be seen."""
    for each in (Path(path), *Path(path).parents):
        try:
            return f" (it belongs to {pwd.getpwuid(each.stat().st_uid).pw_name})"
        except (OSError, KeyError):
            continue
    return ""


@contextmanager
def _stopped_as_by_ctrl_c() -> Iterator[None]:
    """A closed terminal or a polite kill ends a command as Ctrl-C does: what it started is stopped as well."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = {}
    if threading.current_thread() is threading.main_thread():
        wanted = (signal.SIGTERM, signal.SIGHUP)
        before = {each: signal.getsignal(each) for each in wanted if signal.getsignal(each) is signal.SIG_DFL}
    for each in before:
        signal.signal(each, stop)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
