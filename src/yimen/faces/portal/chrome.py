"""What stands around every page of the portal."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yimen.design.shapes import Chrome, NavItem


def portal(request: HttpRequest) -> dict[str, Chrome]:
    """The portal's navigation, on its own pages only."""
    match = request.resolver_match
    if match is None or match.app_name not in ("portal", "design"):
        return {}
    return {
        "chrome": Chrome(
            navigation=(
                NavItem(_("首页"), reverse("portal:home"), "house"),
                NavItem(_("办事大厅"), reverse("portal:services"), "building-check"),
                NavItem(_("大厅和站点"), reverse("portal:places"), "geo-alt"),
                NavItem(_("我要反映"), reverse("portal:report"), "megaphone"),
                NavItem(_("查进度"), reverse("portal:track"), "search"),
                NavItem(_("我的一门"), reverse("portal:mine"), "person-circle"),
                NavItem(_("我的网格员"), reverse("portal:grids"), "person-badge"),
                NavItem(_("办理流程"), reverse("portal:procedure_sheet", args=["incident"]), "diagram-3"),
                NavItem(_("文书验真"), reverse("portal:check"), "patch-check"),
                NavItem(_("台账封存"), reverse("portal:seals"), "shield-check"),
            ),
            sign_in_url=reverse("console:sign_in"),
            telephone="12345",
        )
    }
