"""Village service sites on screen: the register, what each may take, and whether every village is covered."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yimen.design.shapes import Cell, Column, Fact, MapPoint, MapShape, MapSheet, Tone
from yimen.design.wording import listed
from yimen.domains.catalogue.api import Channel, items
from yimen.domains.hall import api as hall
from yimen.domains.hall.api import SITE_KINDS, HallPermission
from yimen.faces.console.hall_forms import DayForm, EndOnForm, SiteForm
from yimen.faces.console.halls import section, villages
from yimen.faces.console.registers import ask
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas, holds
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.tenancy import current_county

_KEPT = ("code", "kind", "name", "name_en", "place_code", "village_codes", "address", "telephone", "staff", "hours", "lng", "lat")  # fmt: skip


def _share(part: int, whole: int, words: str, tone: Tone) -> tuple[str, str, str, Tone]:
    """A share as a figure: the percentage, and what it is a share of."""
    return f"{part / whole:.0%}" if whole else "—", f"{words} {part}/{whole}", "", tone


@require_safe
@needs(HallPermission.READ)
def site_list(request: HttpRequest) -> HttpResponse:
    """The sites of a day in the reader's area, on a map, with the coverage of all villages and the list of the missing."""
    on, actor = DayForm(request.GET).day(), actor_of(request)
    area = min((a for a, organ in areas(actor, HallPermission.READ) if not organ), key=len)
    covered = hall.coverage(area, on)
    found = [s for s in hall.sites(on) if s.place_code.startswith(area)]
    names = dict(villages())
    columns = (
        Column(_("站点"), "title"), Column(_("类别")), Column(_("村（社区）")), Column(_("进驻事项"), "number"), Column(_("服务时间")),
    )  # fmt: skip
    rows = [
        (
            Cell(str(s.called), href=reverse("console:site", args=[s.code])), SITE_KINDS[s.kind],
            names.get(s.place_code, s.place_code), len(s.items), s.hours,
        )
        for s in found
    ]  # fmt: skip
    may_manage = holds(actor, HallPermission.MANAGE) is None
    missing = [(names.get(c, n), c) for c, n in covered.missing]
    context = {
        "title": _("村级服务站点"),
        "actions": [(_("登记站点"), reverse("console:new_site"), "plus-circle")] if may_manage else [],
        "narrowing": DayForm(initial={"on": on}),
        "stats": [
            _share(covered.villages - len(missing), covered.villages, _("已覆盖的村（社区）"), "green"),
            _share(covered.counter, covered.villages, _("有实体服务点"), "blue"),
            _share(covered.online, covered.villages, _("有网上站点"), "blue"),
            (len(missing), _("还没有站点"), "", "red" if missing else ""),
        ],
        "map": _map(found),
        "map_label": _("村级服务站点地图"),
        "sections": [
            section(_("站点"), columns, rows, _("还没有登记站点。")),
            section(_("还没有站点的村（社区）"), _village_columns(), missing, _("每个村（社区）都有站点。")),
            section(_("只缺实体服务点"), _village_columns(), _lacking(covered.no_counter, covered.missing, names), _("没有。")),
            section(_("只缺网上站点"), _village_columns(), _lacking(covered.no_online, covered.missing, names), _("没有。")),
        ],
    }  # fmt: skip
    return render(request, "console/hall_page.html", context)


def _village_columns() -> tuple[Column, Column]:
    return Column(_("村（社区）"), "title"), Column(_("区划代码"))


def _lacking(
    some: Sequence[tuple[str, str]], neither: Sequence[tuple[str, str]], names: Mapping[str, str]
) -> list[tuple[str, str]]:
    without_any = dict(neither)
    return [(names.get(c, n), c) for c, n in some if c not in without_any]


def _map(found: Sequence[Any]) -> MapSheet | None:
    """The sites that have a place, on the county's outline."""
    county = current_county()
    points = [
        MapPoint(s.lng, s.lat, str(s.called), reverse("console:site", args=[s.code]), "green" if s.kind == "counter" else "blue")
        for s in found
        if s.lng is not None and s.lat is not None
    ]  # fmt: skip
    shapes = [MapShape(county.boundary, str(county.called), "outline")] if county.boundary else []
    return MapSheet(county.lng, county.lat, 10, shapes, points) if points else None


@require_safe
@needs(HallPermission.READ)
def site_page(request: HttpRequest, code: str) -> HttpResponse:
    """One site: where, when, by whom, for what; and its versions."""
    versions = hall.site_versions(code)
    if not versions:
        raise Http404
    site, names, places = versions[0], {i.code: i.name for i in items()}, dict(villages())
    may_manage = holds(actor_of(request), HallPermission.MANAGE) is None
    actions = [
        (_("修改"), reverse("console:change_site", args=[code]), "pencil"),
        (_("停用"), reverse("console:end_site", args=[code]), "slash-circle"),
    ]
    version_columns = (Column(_("名称"), "title"), Column(_("进驻事项"), "number"), Column(_("依据的文件"), "prose"), Column(_("自"), "date"), Column(_("至（不含当日）"), "date"))  # fmt: skip
    context = {
        "title": str(site.called),
        "back": (reverse("console:sites"), _("村级服务站点")),
        "actions": actions if may_manage else [],
        "facts": [
            Fact(_("类别"), SITE_KINDS[site.kind]), Fact(_("服务的村（社区）"), listed(places.get(v, v) for v in site.village_codes)),
            Fact(_("地址"), site.address), Fact(_("电话"), site.telephone), Fact(_("公示的工作人员"), site.staff),
            Fact(_("服务时间"), site.hours),
        ],
        "sections": [
            section(_("进驻事项"), (Column(_("事项"), "title"), Column(_("编码"))), [(names.get(c, c), c) for c in site.items], _("还没有进驻事项。")),
            section(
                _("版本"), version_columns, [(v.called, len(v.items), v.source, v.valid.lower, v.valid.upper or "—") for v in versions], ""
            ),
        ],
    }  # fmt: skip
    return render(request, "console/hall_page.html", context)


@require_http_methods(["GET", "POST"])
@needs(HallPermission.MANAGE)
def change_site(request: HttpRequest, code: str = "") -> HttpResponse:
    """Register a site, or a new version of one."""
    initial: dict[str, Any] = {"since": today()}
    if code:
        versions = hall.site_versions(code)
        if not versions:
            raise Http404
        initial |= {k: getattr(versions[0], k) for k in _KEPT} | {"item_codes": versions[0].items}

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        return reverse("console:site", args=[hall.set_site(actor, **given).code])

    takable = [
        (i.code, str(i.name))
        for i in items()
        if Channel.VILLAGE in i.channels or Channel.ONLINE in i.channels
    ]
    places = villages()
    form = SiteForm(
        request.POST or None, initial=initial,
        choices={"place_code": places, "village_codes": places, "item_codes": takable},
    )  # fmt: skip
    back = reverse("console:site", args=[code]) if code else reverse("console:sites")
    title = _("修改站点") if code else _("登记站点")
    return ask(request, title, form, act, _("已保存。"), back=back, note=_("从“自”那一天起生效。"))


@require_http_methods(["GET", "POST"])
@needs(HallPermission.MANAGE)
def end_site(request: HttpRequest, code: str) -> HttpResponse:
    """A site is no more."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        hall.end_site(actor, code=code, **given)
        return reverse("console:sites")

    if not hall.site_versions(code):
        raise Http404
    form = EndOnForm(request.POST or None, initial={"on": today()})
    back = reverse("console:site", args=[code])
    return ask(request, _("停用站点"), form, act, _("已停用。"), back=back)
