"""Rows laid down by COPY: the line is taken meanwhile, and whoever asks is told so instead of waiting for ever."""

import pytest
from django.db import connection, transaction

from yimen.kernel.matters import statement
from yimen.kernel.matters.models import Clock, Matter

pytestmark = pytest.mark.usefixtures("db")


def test_a_question_while_rows_are_laid_down_is_refused_and_the_line_is_free_afterwards() -> None:
    with (
        pytest.raises(RuntimeError, match="the line is taken"),
        transaction.atomic(),
        statement.laying(Clock),
    ):
        Matter.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
