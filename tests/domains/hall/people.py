"""Who works in halls, at sites and for residents, in these tests."""

from datetime import date
from uuid import uuid4

from tests.cast import HERE, HERE_VILLAGE, OFFICE, staff
from yimen.domains.hall.api import open_hall
from yimen.domains.hall.models import Hall, Window
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.roles import permissions_of

SINCE = date(2026, 1, 1)
VILLAGE = HERE_VILLAGE
ITEM = "332000023001"
"""异地就医备案: an agent may do it, and a village site may take it."""


def someone(role: str, area: str = HERE, *, name: str = "") -> Actor:
    """A member of staff with a role in an area."""
    return staff(
        name or role,
        Grant(permissions_of(role), area, "", role),
        organ=OFFICE,
        post=f"{OFFICE}-{uuid4().hex[:4]}",
    )


def a_hall(windows: int = 3) -> tuple[Hall, list[Window]]:
    """An open hall of the township with its windows."""
    hall = open_hall(
        someone("hall_manager"), code="chengguan", name="城关镇便民服务中心", name_en="Chengguan service centre",
        place_code=HERE + "000", address="城关镇人民路 1 号", telephone="0570-1234567", hours="9:00-12:00 14:00-17:30",
        windows=windows, since=SINCE,
    )  # fmt: skip
    return hall, list(Window.objects.filter(hall=hall).order_by("number"))
