"""What the tests of access share."""

import pytest

from tests.cast import Cast, the_cast


@pytest.fixture
def cast() -> Cast:
    """The pure cast around a department's handler."""
    return the_cast()
