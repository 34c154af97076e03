"""The ledger's tests stand in a county whose ledger is empty."""

from collections.abc import Iterator

import pytest

from yimen.kernel.counties.tenancy import in_county


@pytest.fixture(autouse=True)
def _in_blank_county(request: pytest.FixtureRequest, _in_first_county: None) -> Iterator[None]:
    """空白县, for tests with a database."""
    if not {"db", "fresh_database"} & set(request.fixturenames):
        yield
        return
    with in_county("kongbai"):
        yield
