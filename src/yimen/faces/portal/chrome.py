"""What stands around every page of the portal."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yimen.design.shapes import Chrome, NavItem
from yimen.faces.portal.residents import resident_of


def portal(request: HttpRequest) -> dict[str, Chrome]:
    """The portal's navigation, on its own pages only."""
    match = request.resolver_match
    if match is None or match.app_name not in ("portal", "design"):
        return {}
    resident = resident_of(request)
    return {
        "chrome": Chrome(
            navigation=(
                NavItem(_("首页"), reverse("portal:home"), "house"),
                NavItem(_("办事大厅"), reverse("portal:services"), "building-check"),
                NavItem(_("我要反映"), reverse("portal:report"), "megaphone"),
                NavItem(_("查进度"), reverse("portal:track"), "search"),
                NavItem(_("大厅和站点"), reverse("portal:places"), "geo-alt"),
                NavItem(_("我的网格员"), reverse("portal:grids"), "person-badge"),
                NavItem(_("我的一门"), reverse("portal:mine"), "person-circle"),
            ),
            footer=(
                NavItem(_("许可公开"), reverse("portal:permits")),
                NavItem(_("正在公示"), reverse("portal:notices")),
                NavItem(_("文书验真"), reverse("portal:check")),
                NavItem(_("办理流程"), reverse("portal:procedure_sheet", args=["incident"])),
                NavItem(_("台账封存"), reverse("portal:seals")),
                NavItem(_("工作人员登录"), reverse("console:sign_in")),
            ),
            person=_("我的一门") if resident else "",
            account_url=reverse("portal:mine") if resident else "",
            sign_out_url=reverse("portal:my_sign_out") if resident else "",
            sign_in_url=reverse("portal:my_sign_in"),
            telephone="12345",
        )
    }
