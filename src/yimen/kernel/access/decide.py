"""The one judge of who may do what, where. Pure: an actor and a question in, a finding or nothing out."""

from functools import lru_cache

from yimen.kernel.access.actors import Actor
from yimen.kernel.access.permissions import words_of
from yimen.kernel.words import Finding, Text

_TWO_FACTORS = "GB/T 22239-2019 8.1.4.1 d"
_LEAST_PRIVILEGE = "GB/T 22239-2019 8.1.4.2"

SIGN_IN = Finding("access.sign_in", Text("请先登录。", "Please sign in first."))
SECOND_FACTOR = Finding(
    "access.second_factor",
    Text("请先用动态口令完成第二步验证。", "Please verify your second factor first."),
    _TWO_FACTORS,
)
NOT_STAFF = Finding("access.not_staff", Text("这里只供工作人员使用。", "This is for members of staff only."))


@lru_cache(maxsize=256)
def _lacking(permission: str) -> Finding:
    return Finding(
        "access.no_permission",
        Text("您的岗位没有“{what}”的权限。", "Your post does not carry the permission “{what}”.").fill(
            what=words_of(permission)
        ),
        _LEAST_PRIVILEGE,
    )


@lru_cache(maxsize=256)
def _elsewhere(permission: str) -> Finding:
    return Finding(
        "access.elsewhere",
        Text(
            "您“{what}”的权限不包括这个地方或机构。",
            "Your permission “{what}” does not reach this place or organ.",
        ).fill(what=words_of(permission)),
        _LEAST_PRIVILEGE,
    )


def decide(actor: Actor, permission: str, *, area: str, organ: str = "") -> Finding | None:
    """None when the actor may; otherwise the finding that refuses.

    `area` is the code of the place in question (the county's 6 digits when it concerns the whole county) and
    `organ` the organ that holds the thing, if any. A grant covers what lies under its prefix, never above.
    Grants in the actor are those in force when it was loaded; time is not asked again here.
    """
    if actor.kind == "staff" and not actor.second_factor:
        return SECOND_FACTOR
    held = False
    for grant in actor.grants:
        if permission in grant.permissions:
            if grant.covers(area, organ):
                return None
            held = True
    if actor.is_anonymous:
        return SIGN_IN
    return _elsewhere(permission) if held else _lacking(permission)


def holds(actor: Actor, permission: str) -> Finding | None:
    """None when the actor holds the permission anywhere at all; for doors to screens, not to things."""
    if actor.kind == "staff" and not actor.second_factor:
        return SECOND_FACTOR
    if any(permission in grant.permissions for grant in actor.grants):
        return None
    return SIGN_IN if actor.is_anonymous else _lacking(permission)


def areas(actor: Actor, permission: str) -> tuple[tuple[str, str], ...]:
    """The (area prefix, organ or "") pairs where the actor holds the permission; what a list filters by.

    Empty when the actor may see nothing. `decide` allows exactly what one of these pairs covers.
    """
    if actor.kind == "staff" and not actor.second_factor:
        return ()
    return tuple(sorted({(g.area, g.organ) for g in actor.grants if permission in g.permissions}))
