"""Numbers of matters: in order, never twice, and for many matters taken by one question."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yimen.kernel.matters import numbers

pytestmark = pytest.mark.usefixtures("db")


def test_numbers_of_many_matters_are_taken_by_one_question_and_never_twice() -> None:
    many = 2000
    with CaptureQueriesContext(connection) as asked:
        found = numbers.next_numbers(many)
    assert sum("nextval" in query["sql"] for query in asked) == 1
    more = [numbers.next_numbers(1)[0] for _ in range(numbers.BLOCK + 1)]
    assert len({*found, *more}) == len(found) + len(more)
    assert found == sorted(found)


def test_a_number_names_the_year_in_which_the_matter_began_where_the_county_is() -> None:
    assert numbers.written("SJ", datetime(2025, 12, 31, 17, 0, tzinfo=UTC), 123) == "SJ-2026-000123"
