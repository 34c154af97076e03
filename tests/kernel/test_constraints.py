"""A broken constraint is refused in its own words; one that has none is a fault to be seen, and no answer to anybody."""

import pytest
from django.db import IntegrityError

from yimen.kernel.calendar.today import now
from yimen.kernel.constraints import one_act
from yimen.kernel.ids import uuid7
from yimen.kernel.papers.models import Paper


@pytest.mark.usefixtures("db")
def test_a_constraint_without_words_of_its_own_is_no_refusal() -> None:
    at = now()
    with pytest.raises(IntegrityError), one_act():
        Paper.objects.create(id=uuid7(at), sha256="短", media_type="image/png", size=1, kept_at=at)
