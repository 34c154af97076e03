"""What `yimen doctor` examines: one function a concern, each yielding checks with what to do about them."""

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

from yimen.kernel.calendar.notices import missing_year
from yimen.kernel.calendar.today import LOCAL_ZONE, now, today
from yimen.kernel.counties.models import County
from yimen.kernel.counties.tenancy import in_county, stand_in_public
from yimen.kernel.ledger.models import Seal
from yimen.kernel.notices.models import OutboxMessage
from yimen.kernel.notices.queries import routine_runs
from yimen.kernel.org.queries import grids_without_a_person
from yimen.site import database

_OLDEST_SERVER = 150000
_LEAST_FREE_GB = 5
_LATE = timedelta(minutes=10)


class Check(NamedTuple):
    """One thing looked at: `state` is ok, warning or wrong; `do` says what to do, empty when it is ok."""

    state: str
    what: str
    do: str = ""


def examine() -> list[Check]:
    """Everything, the ground first. Later checks are left out when the ground is missing."""
    checks = [*_machine(), *_folders(), *_gateways(), *_keys(), *_server()]
    stand_in_public()
    if not _has_tables():
        return [*checks, Check("wrong", "the database is empty", "run: yimen migrate")]
    checks += [*_roles(), *_migrations(), *_calendar()]
    counties = list(County.objects.order_by("schema_name").values_list("schema_name", flat=True))
    if not counties:
        checks.append(
            Check(
                "warning", "there is no county yet", "run: yimen county add (or yimen demo for a look around)"
            )
        )
    for schema in counties:
        with in_county(schema):
            checks += _county(schema)
    return checks


def _machine() -> Iterator[Check]:
    yield Check("ok", f"Python {sys.version.split()[0]}")
    free = shutil.disk_usage(settings.DATA).free / 1024**3
    words = f"{free:,.0f} GB free for {settings.DATA}"
    yield (
        Check("ok", words)
        if free > _LEAST_FREE_GB
        else Check("warning", words, "make room before it is full")
    )


def _folders() -> Iterator[Check]:
    """Whether what the settings name can be written to; type for papers need only be there."""
    for name in ("YIMEN_FILES", "YIMEN_KEYS", "YIMEN_SEALS"):
        folder = str(getattr(settings, name))
        nearest = next((p for p in (Path(folder), *Path(folder).parents) if p.exists()), Path("/"))
        if folder and not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK) and _has_room(nearest)):
            yield Check("wrong", f"nothing can be written to {folder}", f"name another folder with {name}")
    if settings.YIMEN_FONTS and not Path(settings.YIMEN_FONTS).is_dir():
        yield Check("wrong", f"{settings.YIMEN_FONTS} is no folder of type", "correct YIMEN_FONTS")


def _has_room(folder: Path) -> bool:
    """Whether anything may be kept there at all: not so in folders that the system makes up, such as /proc."""
    return shutil.disk_usage(folder).total > 0


def _gateways() -> Iterator[Check]:
    for name in ("YIMEN_SMS_GATEWAY", "YIMEN_EMAIL_GATEWAY"):
        try:
            import_string(getattr(settings, name))
        except ImportError as error:
            yield Check("wrong", f"messages cannot leave: {error}", f"correct {name}")


def _keys() -> Iterator[Check]:
    kept = settings.DATA / "secrets.json"
    if not kept.exists():
        yield Check("ok", "keys come from the environment")
    elif kept.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Check("wrong", f"{kept} can be read by other users", f"run: chmod 600 '{kept}'")
    else:
        yield Check("ok", "keys are readable by their owner alone; keep a copy apart from the backups")
    if settings.YIMEN_DEMO:
        yield Check("warning", "demo mode shows second-factor codes", "unset YIMEN_DEMO for real use")
    if not settings.SESSION_COOKIE_SECURE:
        yield Check("warning", "cookies travel without HTTPS", "behind a TLS proxy set YIMEN_HTTPS=1")


def _server() -> Iterator[Check]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
        number, version = cursor.fetchone()
        cursor.execute("SELECT current_setting('data_checksums', true)")
        checksums = cursor.fetchone()[0]
    if number >= _OLDEST_SERVER:
        yield Check("ok", f"PostgreSQL {version}")
    else:
        yield Check("wrong", f"PostgreSQL {version} is too old", "use PostgreSQL 15 or newer")
    if checksums != "on":
        yield Check("warning", "the database has no data checksums", "enable them with pg_checksums")


def _has_tables() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.counties_county') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def _roles() -> Iterator[Check]:
    """The app's role owns nothing and cannot rewrite the ledger."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user")
        role, is_super = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM pg_class c WHERE relname LIKE 'ledger%%' AND relkind = 'r' AND ("
            "has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE'))"
        )
        writable = cursor.fetchone()[0]
    if is_super or writable:
        yield Check(
            "wrong", f"the app's role {role} could rewrite the ledger",
            "set DATABASE_URL to a role that owns nothing, DATABASE_OWNER_URL to the owner, then: yimen migrate",
        )  # fmt: skip
    else:
        yield Check("ok", f"the app's role {role} may not rewrite the ledger")


def _migrations() -> Iterator[Check]:
    try:
        with psycopg.connect(database.owner_url()):
            pass
    except psycopg.OperationalError:
        yield Check("wrong", "the owning role cannot connect", "check DATABASE_OWNER_URL")
    if unknown := database.from_a_newer_version():
        yield Check(
            "wrong", f"the database was made by a newer version (migration {unknown})", "use that version of Yimen"
        )  # fmt: skip
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        yield Check("wrong", f"{len(pending)} migrations wait", "run: yimen migrate")
    else:
        yield Check("ok", "the database's shape is up to date")


def _calendar() -> Iterator[Check]:
    year = missing_year()
    if year:
        yield Check(
            "warning", f"the holiday notice for {year} is not entered; dates in it are provisional",
            "enter it under 节假日安排 in the console",
        )  # fmt: skip
    else:
        yield Check("ok", "the official calendar is complete")


def _routines(schema: str) -> Iterator[Check]:
    """Whether a worker has been at work of late, and which of its routines fail."""
    runs = routine_runs()
    newest = max((run.ran_at for run in runs), default=None)
    if newest is None or newest < now() - _LATE:
        since = f"since {newest.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}" if newest else "yet"
        yield Check("wrong", f"{schema}: no worker has done its routines {since}", "start one: yimen worker")
    for run in runs:
        if run.failures:
            well = (
                f"{run.succeeded_at.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}" if run.succeeded_at else "never"
            )
            yield Check(
                "wrong", f"{schema}: the routine “{run.name}” fails ({run.failures} in a row, last went well: {well}): {run.last_error}",
                "mend what it says; the worker tries again by itself",
            )  # fmt: skip
    if runs and not any(run.failures for run in runs):
        yield Check("ok", f"{schema}: {len(runs)} routines went well")


def _county(schema: str) -> Iterator[Check]:
    failed = OutboxMessage.objects.filter(state="failed").count()
    if failed:
        yield Check("warning", f"{schema}: {failed} messages failed", "see 运行状况 in the console")
    late = OutboxMessage.objects.filter(state="waiting", due_at__lt=now() - _LATE).count()
    if late:
        yield Check("wrong", f"{schema}: {late} messages wait for a worker", "start one: yimen worker")
    yield from _routines(schema)
    sealed = Seal.objects.order_by("-day").values_list("day", flat=True).first()
    if sealed is None or sealed < today() - timedelta(days=1):
        yield Check(
            "warning",
            f"{schema}: the ledger is sealed until {sealed or 'never'}",
            "start a worker: yimen worker",
        )
    else:
        yield Check("ok", f"{schema}: the ledger is sealed until {sealed}")
    unmanned = grids_without_a_person(today()).count()
    if unmanned:
        yield Check("warning", f"{schema}: {unmanned} grids have nobody", "see 岗位和网格 in the console")
