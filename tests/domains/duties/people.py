"""Those who act in the tests of the duty list."""

from uuid import uuid4

from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.roles import permissions_of

COUNTY = "339901"
VILLAGE = "339901100201"
ROLES: dict[str, tuple[str, str, str, str] | None] = {
    "resident": None,
    "department": ("department_head", "civil", COUNTY, "civil"),
    "other_department": ("department_head", "water", COUNTY, "water"),
    "handler": ("department_handler", "civil", COUNTY, "civil"),
    "establishment": ("establishment_officer", "establishment", COUNTY, ""),
    "county": ("county_leader", "command", COUNTY, ""),
    "township": ("township_leader", "339901100", "339901100", ""),
    "worker": ("grid_worker", VILLAGE, VILLAGE, ""),
    "keeper": ("system_admin", "command", COUNTY, ""),
}
"""Name → role, organ, area of the grant, organ of the grant."""


def actor(name: str) -> Actor:
    """Somebody of the cast, with fresh ids and the second factor passed."""
    declared = ROLES[name]
    if declared is None:
        return Actor.resident()
    role, organ, area, held = declared
    grants = (Grant(permissions_of(role), area, held, role),)
    return Actor("staff", uuid4(), uuid4(), name, name, organ, grants, second_factor=True)


def proposal(**changes: object) -> dict[str, object]:
    """What a department asks of the grids."""
    return {
        "name": "上报助餐需求", "name_en": "Report need for meals", "domain": "05", "action": "report",
        "what": "走访时问一问是否需要助餐。", "what_en": "Ask whether meals are needed.", "frequency": "monthly",
        "basis": "老年人权益保障法 第三十七条", "minutes": 40, "funds": "民政局预算", "is_pushable": True, **changes,
    }  # fmt: skip
