"""What stands around every page of the console."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yimen.design.shapes import Chrome, NavGroup, NavItem, PostChoice
from yimen.domains.catalogue.api import CataloguePermission
from yimen.domains.command.api import CommandPermission
from yimen.domains.duties.api import DutyPermission
from yimen.domains.grid.api import GridPermission
from yimen.domains.hall.api import HallPermission
from yimen.domains.residents.api import ResidentPermission
from yimen.domains.services.api import ServicePermission
from yimen.kernel.access.decide import decide, holds
from yimen.kernel.access.middleware import standing_of
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.counties.tenancy import current_county

_PAGES_OF_ONE = frozenset({"matter", "act", "matter_ledger"})


def console(request: HttpRequest) -> dict[str, Chrome]:
    """The console's navigation: what this person does, on the console's own pages only."""
    match = request.resolver_match
    if match is None or match.app_name != "console":
        return {}
    standing = standing_of(request)
    if standing is None:
        return {"chrome": Chrome(home_url=reverse("portal:home"))}
    actor = standing.actor
    sees_accounts = decide(actor, KernelPermission.ACCESS_READ, area=current_county().code) is None
    accounts = [NavItem(_("账号"), reverse("console:accounts"), "person-lock")] if sees_accounts else []
    looking_after = accounts + [
        NavItem(words, reverse(f"console:{name}"), icon)
        for words, name, icon, permission in (
            (_("台账"), "ledger", "journal-check", KernelPermission.AUDIT_READ),
            (_("运行状况"), "health", "heart-pulse", KernelPermission.SYSTEM_MANAGE),
        )
        if holds(actor, permission) is None
    ]
    may_import = decide(actor, GridPermission.IMPORT, area=current_county().code) is None
    may_report = holds(actor, GridPermission.REPORT) is None
    reporting = (NavItem(_("上报"), reverse("console:report"), "plus-circle"),) if may_report else ()
    importing = (
        (NavItem(_("成批导入"), reverse("console:imports", args=["incidents"]), "box-arrow-in-down"),)
        if may_import
        else ()
    )
    serving = [
        NavItem(words, reverse(f"console:{name}"), icon)
        for words, name, icon, permissions in (
            (
                _("办件"),
                "applications",
                "folder2-open",
                (ServicePermission.READ,),
            ),
            (_("窗口收件"), "choose_item", "clipboard-plus", (ServicePermission.INTAKE,)),
            (_("核验居民身份"), "confirm_resident", "person-check", (ResidentPermission.CONFIRM,)),
            (_("监管对象"), "supervised_objects", "binoculars", (ServicePermission.SUPERVISED,)),
        )
        if any(holds(actor, p) is None for p in permissions)
    ]
    may_watch = holds(actor, GridPermission.WALL) is None
    may_show = holds(actor, HallPermission.SCREEN) is None
    walls = (
        *([NavItem(_("指挥大屏"), reverse("wall:home"), "display")] if may_watch else ()),
        *([NavItem(_("大厅屏幕"), reverse("wall:hall_screens"), "megaphone")] if may_show else ()),
    )
    grid_work = [
        NavItem(words, reverse(f"console:{name}"), icon)
        for words, name, icon, permission in (
            (_("网格划分"), "grids", "grid-3x3", KernelPermission.PEOPLE_READ),
            (_("网格岗位"), "grid_posts", "person-badge", KernelPermission.PEOPLE_READ),
            (_("缺口报告"), "gaps", "exclamation-diamond", KernelPermission.PEOPLE_READ),
            (_("力量配置"), "loads", "bar-chart", KernelPermission.PEOPLE_READ),
            (_("网格事项清单"), "grid_tasks", "card-checklist", DutyPermission.READ),
            (_("准入申请"), "admissions", "box-arrow-in-right", DutyPermission.READ),
            (_("专项任务"), "rounds", "send", DutyPermission.READ),
        )
        if holds(actor, permission) is None
    ]
    registers = [
        NavItem(words, reverse(f"console:{name}"), icon)
        for words, name, icon, permission in (
            (_("人员"), "people", "people", KernelPermission.PEOPLE_READ),
            (_("岗位和网格"), "posts", "diagram-2", KernelPermission.PEOPLE_READ),
            (_("机构"), "organs", "building", KernelPermission.PEOPLE_READ),
            (_("印章管理"), "seals", "patch-check", KernelPermission.SEALS_READ),
        )
        if holds(actor, permission) is None
    ]
    services = (NavItem(_("事项清单"), reverse("console:items"), "card-list"),)
    hall_work = [
        NavItem(words, reverse(f"console:{name}"), icon)
        for words, name, icon, *permissions in (
            (_("服务大厅"), "halls", "shop-window", HallPermission.READ),
            (_("出件"), "collect", "box-seam", ServicePermission.READ),
            (_("材料交接"), "files", "arrow-left-right", ServicePermission.READ),
            (_("到场次数"), "visits", "person-walking", ServicePermission.READ),
            (_("服务统计"), "statistics", "bar-chart", ServicePermission.READ),
            (_("网上三率"), "rates", "percent", HallPermission.READ),
            (_("村级服务站点"), "sites", "geo-alt", HallPermission.READ),
            (_("村级代办"), "agent_tasks", "person-check", HallPermission.AGENT, HallPermission.BALANCE),
            (
                _("购买服务"),
                "providers",
                "bag-check",
                HallPermission.PROVIDERS,
                HallPermission.CHECK,
                HallPermission.PAY,
            ),
        )
        if any(holds(actor, permission) is None for permission in permissions)
    ]
    figures = (
        NavItem(_("统计指标"), reverse("console:indicators"), "bar-chart"),
        NavItem(_("月度考核"), reverse("console:assessments"), "award"),
    )
    groups = (
        NavGroup(
            _("我的工作"),
            (
                NavItem(
                    _("待办"),
                    reverse("console:my_work"),
                    "inbox",
                    is_current=match.url_name == "my_work",
                ),
                NavItem(
                    _("事件"),
                    reverse("console:matters"),
                    "list-task",
                    # A matter's own page is at one address for all procedures: it says itself what it is.
                    is_current=False if match.url_name in _PAGES_OF_ONE else None,
                ),
                *serving,
                *reporting,
                *importing,
                *walls,
            ),
        ),
        *((NavGroup(_("大厅和站点"), tuple(hall_work)),) if hall_work else ()),
        *((NavGroup(_("网格"), tuple(grid_work)),) if grid_work else ()),
        *((NavGroup(_("政务服务"), services),) if holds(actor, CataloguePermission.READ) is None else ()),
        *((NavGroup(_("统计考核"), figures),) if holds(actor, CommandPermission.INDICATORS) is None else ()),
        NavGroup(
            _("机构和人员"),
            (
                *registers,
                NavItem(_("事件分类"), reverse("console:classes"), "tags"),
                NavItem(_("县定时限"), reverse("console:limits"), "hourglass-split"),
                NavItem(_("节假日安排"), reverse("console:calendar"), "calendar3"),
            ),
        ),
        *((NavGroup(_("保障"), tuple(looking_after)),) if looking_after else ()),
    )
    acting = next((p for p in standing.posts if p.code == actor.post), None)
    return {
        "chrome": Chrome(
            home_url=reverse("console:my_work"),
            navigation=groups,
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
