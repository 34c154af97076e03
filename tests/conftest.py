"""The ground tests stand on: a real PostgreSQL, two counties, the app's own role, and no network.

The database is made once a run as a template (owner's migrations, then grants) and each test process works
on a clone of it through the app's role, so privileges in tests are those of production.
"""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, connections
from django.utils import translation
from hypothesis import HealthCheck, settings
from psycopg import sql

from yimen.site import postgres

_DATA = Path(os.environ["YIMEN_DATA"])
TEMPLATE = "yimen_template"

# Nothing here asserts speed: a busy machine is no broken promise.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def _is_first_process() -> bool:
    return "PYTEST_XDIST_WORKER" not in os.environ


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the first process only; workers find it running."""
    config.addinivalue_line("markers", "browser: drives a real browser")
    if _is_first_process():
        postgres.remove(_DATA)
    server = postgres.start(_DATA)
    os.environ["YIMEN_TEST_SERVER"] = server.socket
    (_DATA / "static").mkdir(exist_ok=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server when the first process ends."""
    if _is_first_process():
        postgres.remove(_DATA)


def _admin(database: str = "postgres") -> "psycopg.Connection[Any]":
    return psycopg.connect(postgres.start(_DATA).url("postgres", database), autocommit=True)


def _point_django_at(database: str, role: str) -> None:
    from yimen.site import settings

    address = settings.database(postgres.start(_DATA).url(role, database))
    for alias in connections:
        connections[alias].close()
    connections.databases["default"].update(address)
    connections["default"].settings_dict.update(address)


@pytest.fixture(scope="session")
def _template(django_db_blocker: Any) -> None:
    """The migrated database that every test's database is cloned from."""
    from tests.counties import make_test_counties
    from yimen.site.database import migrate

    with _admin() as admin:
        lock = admin.execute("SELECT pg_advisory_lock(814)")
        lock.fetchone()
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
            return
        building = f"{TEMPLATE}_building"
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(building)))
        server = postgres.start(_DATA)
        postgres.prepare_database(server, building)
        _point_django_at(building, postgres.APP)
        with django_db_blocker.unblock():
            migrate(server.url(postgres.OWNER, building))
            make_test_counties(server.url(postgres.OWNER, building))
            connection.close()
        admin.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(building), sql.Identifier(TEMPLATE)
            )
        )


def _clone(name: str) -> None:
    with _admin() as admin:
        admin.execute("SELECT pg_advisory_lock(815)")
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(TEMPLATE), sql.Identifier(postgres.OWNER)
            )
        )


@pytest.fixture(scope="session")
def django_db_setup(_template: None, django_db_blocker: Any) -> Iterator[None]:
    """This process's own clone, reached through the app's role."""
    name = f"yimen_{uuid4().hex[:12]}"
    _clone(name)
    _point_django_at(name, postgres.APP)
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture
def fresh_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A clone of its own for a test that commits (browser, concurrency, crash); gives its name."""
    kept = dict(connections["default"].settings_dict)
    name = f"yimen_{uuid4().hex[:12]}"
    _clone(name)
    _point_django_at(name, postgres.APP)
    with django_db_blocker.unblock():
        yield name
        connection.close()
    connections.databases["default"].update(kept)
    connections["default"].settings_dict.update(kept)
    with _admin() as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(autouse=True)
def _in_first_county(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test with a database stands in 云溪县 unless it goes elsewhere."""
    if not {"db", "transactional_db", "fresh_database"} & set(request.fixturenames):
        yield
        return
    for name in ("fresh_database", "db"):
        if name in request.fixturenames:
            request.getfixturevalue(name)
    from yimen.kernel.calendar import notices
    from yimen.kernel.counties import memory
    from yimen.kernel.counties.tenancy import in_county

    notices.forget()
    memory.forget_all()
    with in_county("yunxi"):
        yield


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    """A test starts in Chinese, whatever language the requests of the one before it asked for."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine may be spoken to."""
    real: Callable[..., Any] = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "::1",
            "localhost",
        ):
            raise AssertionError(f"a test tried to reach {address}")
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


assert sys.version_info >= (3, 11)
