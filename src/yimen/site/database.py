"""Making the database ready: schemas, migrations, and what each role may do.

Everything that a distributed PostgreSQL (Citus) sees differently is in this file: roles, grants, schemas.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from yimen import __version__
from yimen.kernel.counties.models import County
from yimen.kernel.counties.tenancy import stand_in_public
from yimen.site import postgres, settings

APPEND_ONLY = "ledger"
PASSING = ("django_session", "axes_", "otp_", "access_throttle", "residents_code", "rollup_")


def migrate(owner_url: str, say: Callable[[str], None] = lambda _: None) -> None:
    """Run all migrations as the owning role, then grant the app's role what it needs and no more."""
    with _as_owner(owner_url):
        say("public")
        call_command("migrate_schemas", shared=True, verbosity=0, interactive=False)
        for schema in County.objects.exclude(schema_name="public").values_list("schema_name", flat=True):
            say(schema)
            connection.cursor().execute(
                sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)).as_string()
            )
            _migrate_schema(schema)
        grant(owner_url)


def make_schema(owner_url: str, schema: str) -> None:
    """Give an empty schema a county's tables, and the app's role what it needs there, before there is such a county."""
    with _as_owner(owner_url):
        _migrate_schema(schema)
        grant(owner_url, more=(schema,))


def _migrate_schema(schema: str) -> None:
    call_command("migrate_schemas", schema_name=schema, tenant=True, verbosity=0, interactive=False)
    stand_in_public()


@contextmanager
def _as_owner(owner_url: str) -> Iterator[None]:
    """Inside, Django is the owning role; refuses a database that a newer version has made."""
    app = connections.databases["default"]
    connection.close()
    connections.databases["default"] = connections.settings["default"] = {
        **app,
        **settings.database(owner_url),
    }
    _reconnect()
    try:
        if unknown := from_a_newer_version():
            raise postgres.PostgresTrouble(
                f"this database was made by a newer version of Yimen (it has the migration {unknown}, unknown to "
                f"{__version__}). Use that version, or set YIMEN_DATA to another folder"
            )
        yield
    finally:
        connection.close()
        connections.databases["default"] = connections.settings["default"] = app
        _reconnect()


def from_a_newer_version() -> str:
    """A migration of ours that the database has and this release does not know; an empty string when there is none."""
    loader = MigrationLoader(connection)
    ours = {a.label for a in apps.get_app_configs() if a.name.startswith("yimen.")}
    replaced = {old for migration in loader.disk_migrations.values() for old in migration.replaces}
    unknown = (
        {key for key in loader.applied_migrations if key[0] in ours}
        - loader.disk_migrations.keys()
        - replaced
    )
    return ".".join(min(unknown)) if unknown else ""


def _reconnect() -> None:
    """Make the next query open a connection with the settings now in force."""
    connection.close()
    del connections["default"]


def grant(owner_url: str, role: str = postgres.APP, more: tuple[str, ...] = ()) -> None:
    """The app's role owns nothing. It reads, adds and changes; on the ledger it reads and adds; it deletes only what
    passes anyway: sessions, log-in attempts, used-up codes, counts, and what is added up from the ledger.
    """
    ledger = [m._meta.db_table for m in apps.get_app_config(APPEND_ONLY).get_models()]
    with psycopg.connect(owner_url) as owner:
        schemas = [
            "public",
            *(r[0] for r in owner.execute("SELECT schema_name FROM counties_county").fetchall()),
            *more,
        ]
        to = sql.Identifier(role)
        for name in schemas:
            schema = sql.Identifier(name)
            owner.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, to))
            owner.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}").format(schema, to))
            owner.execute(
                sql.SQL("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {} TO {}").format(schema, to)
            )
            for table in _tables(owner, name, PASSING):
                owner.execute(
                    sql.SQL("GRANT DELETE ON {}.{} TO {}").format(schema, sql.Identifier(table), to)
                )
            owner.execute(sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA {} TO {}").format(schema, to))
            if name == "public":
                continue
            for table in ledger:
                owner.execute(
                    sql.SQL("REVOKE UPDATE ON {}.{} FROM {}").format(schema, sql.Identifier(table), to)
                )


def _tables(owner: "psycopg.Connection[Any]", schema: str, beginning: tuple[str, ...]) -> list[str]:
    """The tables of a schema whose names begin so."""
    rows = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema]).fetchall()
    return [name for (name,) in rows if name.startswith(beginning)]


def owner_url() -> str:
    """The migrating role's address: its own, or the app's where only one is given (`yimen doctor` says so)."""
    return os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
