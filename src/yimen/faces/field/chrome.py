"""What stands around a page on a grid worker's phone."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yimen.design.shapes import Chrome, NavItem
from yimen.domains.duties.api import DutyPermission
from yimen.domains.grid.api import GridPermission
from yimen.kernel.access.decide import holds
from yimen.kernel.access.middleware import standing_of


def field(request: HttpRequest) -> dict[str, Chrome]:
    """The tabs at the foot, on the field's own pages only."""
    match = request.resolver_match
    if match is None or match.app_name != "field":
        return {}
    standing = standing_of(request)
    tabs = [
        NavItem(words, reverse(name), icon)
        for words, name, icon, permission in (
            (_("我的网格"), "field:home", "geo-alt", GridPermission.READ),
            (_("上报"), "field:report", "camera", GridPermission.REPORT),
            (_("网格事项"), "field:tasks", "card-checklist", DutyPermission.ANSWER),
        )
        if standing and holds(standing.actor, permission) is None
    ]
    return {
        "chrome": Chrome(
            home_url=reverse("field:home"),
            navigation=(*tabs, NavItem(_("待办"), reverse("console:my_work"), "inbox")),
            person=standing.actor.name if standing else "",
            account_url=reverse("console:my_account"),
            sign_out_url=reverse("console:sign_out"),
        )
    }
