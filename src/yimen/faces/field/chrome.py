"""What stands around a page on a grid worker's phone."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yimen.design.shapes import Chrome, NavItem
from yimen.kernel.access.middleware import standing_of


def field(request: HttpRequest) -> dict[str, Chrome]:
    """The tabs at the foot, on the field's own pages only."""
    match = request.resolver_match
    if match is None or match.app_name != "field":
        return {}
    standing = standing_of(request)
    return {
        "chrome": Chrome(
            home_url=reverse("field:home"),
            navigation=(
                NavItem(_("我的网格"), reverse("field:home"), "geo-alt"),
                NavItem(_("上报"), reverse("field:report"), "camera"),
                NavItem(_("事项"), reverse("field:tasks"), "card-checklist"),
                NavItem(_("待办"), reverse("console:my_work"), "inbox"),
            ),
            person=standing.actor.name if standing else "",
            account_url=reverse("console:my_account"),
            sign_out_url=reverse("console:sign_out"),
        )
    }
