"""A ledger in a real county, and the owner's hand that tampers with it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from yimen.kernel.counties.tenancy import in_county
from yimen.site import postgres

Tamper = Callable[[str], None]


@pytest.fixture
def seals_folder(settings: Any, tmp_path: Path) -> Path:
    """Where this test's seals are published."""
    settings.YIMEN_SEALS = tmp_path
    return tmp_path


@pytest.fixture
def tamper(fresh_database: str) -> Iterator[Tamper]:
    """Run a statement as the tables' owner, whom no privilege stops."""
    server = postgres.start(Path(os.environ["YIMEN_TEST_DATA"]))
    with psycopg.connect(server.url(postgres.OWNER, fresh_database), autocommit=True) as owner:
        owner.execute("SET search_path TO kongbai, public")

        def run(statement: str) -> None:
            assert owner.execute(sql.SQL(statement)).rowcount > 0

        yield run


@pytest.fixture(autouse=True)
def _in_blank_county(request: pytest.FixtureRequest, _in_first_county: None) -> Iterator[None]:
    """The ledger's tests stand in a county whose ledger is empty."""
    if not {"db", "fresh_database"} & set(request.fixturenames):
        yield
        return
    with in_county("kongbai"):
        yield
