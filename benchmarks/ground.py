"""The ground of a run: a database of its own on the embedded server, with one county of full size."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from uuid import UUID

import psycopg
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from psycopg import sql

from yimen.kernel.access import commands, second_factor
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.middleware import SEEN_KEY
from yimen.kernel.access.models import Account
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.today import now
from yimen.kernel.counties.tenancy import in_county
from yimen.kernel.org.models import Grid
from yimen.site import database, postgres, settings
from yimen.site.demo import build, geography
from yimen.site.demo.people import COUNTY, TOWNSHIPS, village_names

SCHEMA = "yunxi"
NAME = "yimen_bench"


@dataclass(frozen=True, slots=True)
class Ground:
    """Where to measure: addresses of the app's role and the owner's, a machine key, and points with classes."""

    url: str
    owner_url: str
    admin_url: str
    key: str
    key_account: UUID
    points: list[tuple[float, float]]
    version: str


@contextmanager
def ground(data: Path) -> Iterator[Ground]:
    """Make the database, stand in its county, and drop it afterwards."""
    server = postgres.start(data)
    _drop(server)
    postgres.prepare_database(server, NAME)
    url, owner_url = server.url(postgres.APP, NAME), server.url(postgres.OWNER, NAME)
    os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"] = url, owner_url
    address = settings.database(url)
    connections.close_all()
    connections.databases["default"].update(address)
    connections["default"].settings_dict.update(address)
    try:
        call_command("collectstatic", verbosity=0, interactive=False)
        database.migrate(owner_url)
        drawn = geography.plan(
            COUNTY,
            geography.outline_of("331124"),
            TOWNSHIPS,
            village_names(168),
            villages=168,
            grids=600,
            seed=1,
        )
        build.build_county(
            SCHEMA,
            COUNTY,
            "云溪县",
            "Yunxi County",
            ["127.0.0.1", "localhost", "testserver"],
            drawn,
            lambda _: None,
        )
        with in_county(SCHEMA):
            house = Actor.system("bench", Grant(frozenset({KernelPermission.ACCESS_MANAGE}), COUNTY))
            account = commands.create_account(house, login="bench-client", kind="machine")
            commands.grant_role(house, account_id=account.id, role="machine_client", area=COUNTY)
            key = commands.issue_machine_key(house, account_id=account.id, label="bench").key
            points = [(g.lng, g.lat) for g in Grid.objects.order_by("code")]
            with connection.cursor() as cursor:
                cursor.execute("SHOW server_version")
                version = cursor.fetchone()[0]
            random.Random(1).shuffle(points)
            yield Ground(url, owner_url, server.url("postgres", NAME), key, account.id, points, version)
    finally:
        connections.close_all()
        _drop(server)


def _drop(server: postgres.Server) -> None:
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME)))


def backends() -> list[int]:
    """The process ids of this database's server processes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", [NAME]
        )
        return [pid for (pid,) in cursor.fetchall()]


def signed_in(login: str) -> Client:
    """A browser in which one of the demo's cast has signed in with both factors."""
    account = Account.objects.get(login=login)
    session = import_module(django_settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = "yimen.kernel.access.backend.LoginBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session[SEEN_KEY] = int(now().timestamp())
    session[DEVICE_ID_SESSION_KEY] = second_factor.device_of(account.pk).persistent_id
    session.save()
    browser = Client(headers={"host": "localhost"})
    browser.cookies["sessionid"] = str(session.session_key)
    return browser
