"""What stands around every page of the console."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yimen.design.shapes import Chrome, NavGroup, NavItem, PostChoice, Said
from yimen.domains.catalogue.api import CataloguePermission
from yimen.domains.command.api import CommandPermission
from yimen.domains.duties.api import DutyPermission
from yimen.domains.grid.api import GridPermission
from yimen.domains.hall.api import HallPermission
from yimen.domains.residents.api import ResidentPermission
from yimen.domains.services.api import ServicePermission
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import decide, holds
from yimen.kernel.access.middleware import standing_of
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.counties.tenancy import current_county

_PAGES_OF_ONE = frozenset({"matter", "act", "matter_ledger"})
"""A matter's own page is at one address for all procedures: it says itself what it is."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A page of the navigation, shown to who holds one of `permissions` somewhere (none: to everybody).

    A page about the whole county (`of_county`) is shown only to who holds it for the whole county.
    """

    words: Said
    address: str
    icon: str
    permissions: tuple[str, ...] = ()
    of_county: bool = False
    argument: str = ""

    def is_for(self, actor: Actor) -> bool:
        if self.of_county:
            county = current_county().code
            return any(decide(actor, each, area=county) is None for each in self.permissions)
        return not self.permissions or any(holds(actor, each) is None for each in self.permissions)

    def shown(self, here: str | None) -> NavItem:
        is_current = None
        if self.address == "console:my_work":  # every address of the console begins with its own
            is_current = here == "my_work"
        elif self.address == "console:matters" and here in _PAGES_OF_ONE:
            is_current = False
        where = reverse(self.address, args=[self.argument] if self.argument else [])
        return NavItem(self.words, where, self.icon, is_current=is_current)


_GROUPS: tuple[tuple[Said, tuple[_Place, ...]], ...] = (
    (
        _("我的工作"),
        (
            _Place(_("待办"), "console:my_work", "inbox"),
            _Place(_("事件"), "console:matters", "list-task"),
            _Place(_("办件"), "console:applications", "folder2-open", (ServicePermission.READ,)),
            _Place(_("窗口收件"), "console:choose_item", "clipboard-plus", (ServicePermission.INTAKE,)),
            _Place(
                _("核验居民身份"), "console:confirm_resident", "person-check", (ResidentPermission.CONFIRM,)
            ),
            _Place(
                _("监管对象"), "console:supervised_objects", "binoculars", (ServicePermission.SUPERVISED,)
            ),
            _Place(_("上报"), "console:report", "plus-circle", (GridPermission.REPORT,)),
            _Place(
                _("成批导入"),
                "console:imports",
                "box-arrow-in-down",
                (GridPermission.IMPORT,),
                of_county=True,
                argument="incidents",
            ),
            _Place(_("指挥大屏"), "wall:home", "display", (GridPermission.WALL,)),
            _Place(_("大厅屏幕"), "wall:hall_screens", "megaphone", (HallPermission.SCREEN,)),
        ),
    ),
    (
        _("大厅和站点"),
        (
            _Place(_("服务大厅"), "console:halls", "shop-window", (HallPermission.READ,)),
            _Place(_("出件"), "console:collect", "box-seam", (ServicePermission.READ,)),
            _Place(_("材料交接"), "console:files", "arrow-left-right", (ServicePermission.READ,)),
            _Place(_("到场次数"), "console:visits", "person-walking", (ServicePermission.READ,)),
            _Place(_("服务统计"), "console:statistics", "bar-chart", (ServicePermission.READ,)),
            _Place(_("网上三率"), "console:rates", "percent", (HallPermission.READ,)),
            _Place(_("村级服务站点"), "console:sites", "geo-alt", (HallPermission.READ,)),
            _Place(
                _("村级代办"),
                "console:agent_tasks",
                "person-check",
                (HallPermission.AGENT, HallPermission.BALANCE),
            ),
            _Place(
                _("购买服务"),
                "console:providers",
                "bag-check",
                (HallPermission.PROVIDERS, HallPermission.CHECK, HallPermission.PAY),
            ),
        ),
    ),
    (
        _("网格"),
        (
            _Place(_("网格划分"), "console:grids", "grid-3x3", (KernelPermission.PEOPLE_READ,)),
            _Place(_("网格岗位"), "console:grid_posts", "person-badge", (KernelPermission.PEOPLE_READ,)),
            _Place(_("缺口报告"), "console:gaps", "exclamation-diamond", (KernelPermission.PEOPLE_READ,)),
            _Place(_("力量配置"), "console:loads", "bar-chart", (KernelPermission.PEOPLE_READ,)),
            _Place(_("网格事项清单"), "console:grid_tasks", "card-checklist", (DutyPermission.READ,)),
            _Place(_("准入申请"), "console:admissions", "box-arrow-in-right", (DutyPermission.READ,)),
            _Place(_("专项任务"), "console:rounds", "send", (DutyPermission.READ,)),
        ),
    ),
    (
        _("政务服务"),
        (_Place(_("事项清单"), "console:items", "card-list", (CataloguePermission.READ,)),),
    ),
    (
        _("统计考核"),
        (
            _Place(_("统计指标"), "console:indicators", "bar-chart", (CommandPermission.INDICATORS,)),
            _Place(_("月度考核"), "console:assessments", "award", (CommandPermission.INDICATORS,)),
        ),
    ),
    (
        _("机构和人员"),
        (
            _Place(_("人员"), "console:people", "people", (KernelPermission.PEOPLE_READ,)),
            _Place(_("岗位和网格"), "console:posts", "diagram-2", (KernelPermission.PEOPLE_READ,)),
            _Place(_("机构"), "console:organs", "building", (KernelPermission.PEOPLE_READ,)),
            _Place(_("印章管理"), "console:seals", "patch-check", (KernelPermission.SEALS_READ,)),
            _Place(_("事件分类"), "console:classes", "tags"),
            _Place(_("县定时限"), "console:limits", "hourglass-split"),
            _Place(_("节假日安排"), "console:calendar", "calendar3"),
        ),
    ),
    (
        _("保障"),
        (
            _Place(
                _("账号"),
                "console:accounts",
                "person-lock",
                (KernelPermission.ACCESS_READ,),
                of_county=True,
            ),
            _Place(_("台账"), "console:ledger", "journal-check", (KernelPermission.AUDIT_READ,)),
            _Place(_("运行状况"), "console:health", "heart-pulse", (KernelPermission.SYSTEM_MANAGE,)),
        ),
    ),
)


def _navigation(actor: Actor, here: str | None) -> tuple[NavGroup, ...]:
    groups = (
        NavGroup(words, tuple(place.shown(here) for place in places if place.is_for(actor)))
        for words, places in _GROUPS
    )
    return tuple(group for group in groups if group.items)


def console(request: HttpRequest) -> dict[str, Chrome]:
    """The console's navigation: what this person does, on the console's own pages only."""
    match = request.resolver_match
    if match is None or match.app_name != "console":
        return {}
    standing = standing_of(request)
    if standing is None:
        return {"chrome": Chrome(home_url=reverse("portal:home"))}
    actor = standing.actor
    acting = next((p for p in standing.posts if p.code == actor.post), None)
    return {
        "chrome": Chrome(
            home_url=reverse("console:my_work"),
            navigation=_navigation(actor, match.url_name),
            person=actor.name,
            post=acting.called if acting else "",
            posts=tuple(PostChoice(p.code, p.called, p.code == actor.post) for p in standing.posts),
            switch_post_url=reverse("console:switch_post"),
            account_url=reverse("console:my_account"),
            sign_out_url=reverse("console:sign_out"),
            search_url=reverse("console:matters"),
            search_hint=_("编号、标题、地点"),
        )
    }
