"""The traffic light is one rule, told in Python for a matter at hand and in SQL for thousands: both say the same."""

from datetime import datetime, timedelta
from itertools import product

import pytest

from tests.domains.grid.test_incident import reported
from yimen.kernel.calendar.today import now
from yimen.kernel.matters.models import Matter, light_in_sql

pytestmark = pytest.mark.usefixtures("db")


def test_the_light_in_sql_is_the_light_in_python() -> None:
    matters = Matter.objects.filter(id=reported().matter_id)
    at = now()
    instants: list[datetime | None] = [None, at - timedelta(hours=1), at, at + timedelta(hours=1)]
    lights = set()
    for due_at, amber_at, closed_at in product(instants, instants, (None, at)):
        matters.update(due_at=due_at, amber_at=amber_at, closed_at=closed_at)
        in_python = matters.get().light(at)
        assert matters.values_list(light_in_sql(at), flat=True).get() == in_python
        lights.add(in_python)
    assert lights == {"red", "amber", "green", "grey"}
