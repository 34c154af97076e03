"""Numbers of matters: in order, never twice, and for many matters taken by one question."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yimen.kernel.calendar.today import now
from yimen.kernel.matters import numbers

pytestmark = pytest.mark.usefixtures("db")


def test_numbers_of_many_matters_are_taken_by_one_question_and_never_twice() -> None:
    many = 2000
    with CaptureQueriesContext(connection) as asked:
        numbers.have_ready(many)
        numbers.have_ready(many)
        found = [numbers.next_number("SJ", now()) for _ in range(many)]
    assert sum("nextval" in query["sql"] for query in asked) == 1
    more = [numbers.next_number("SJ", now()) for _ in range(numbers.BLOCK + 1)]
    assert len({*found, *more}) == len(found) + len(more)
    assert found == sorted(found)
