"""Incident classes and the duty table on screen."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yimen.design.shapes import Cell, Column
from yimen.design.wording import length_of
from yimen.domains.grid.api import (
    TOWNSHIP,
    GridPermission,
    classes_on,
    duties_on,
    end_class,
    set_class,
    set_duty,
    versions_of,
)
from yimen.faces.console.register_forms import ClassForm, DutyForm, EndClassForm
from yimen.faces.console.registers import ask
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import holds
from yimen.kernel.access.middleware import actor_of, needs, staff_only
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.org.queries import organ_names, organs
from yimen.kernel.words import Text


@require_safe
@staff_only
def class_list(request: HttpRequest) -> HttpResponse:
    """The classes in force, with their limits and the organ that the duty table names."""
    on, may_change = today(), holds(actor_of(request), GridPermission.CLASSES_MANAGE) is None
    names = {**organ_names(on), TOWNSHIP: _("所在乡镇（街道）")}
    duties = duties_on(on)
    county = current_county().code
    by_class = {d.class_prefix: d for d in duties if d.area_prefix == county}

    def duty(code: str) -> str:
        found = by_class.get(code) or by_class.get(code[:2]) or by_class.get("")
        return names.get(found.organ_code, found.organ_code) if found else "—"

    context = {
        "may_change": may_change,
        "columns": (
            Column(_("分类编码")), Column(_("名称"), "title"), Column(_("大类")), Column(_("处置时限")), Column(_("处置单位")), Column(_("自"), "date"),
        ),
        "rows": [
            (
                Cell(c.code, href=reverse("console:class", args=[c.code])), str(c.called), str(Text(c.group, c.group_en)),
                length_of(c.limit_number, c.limit_unit), duty(c.code), c.valid.lower,
            )
            for c in classes_on(on)
        ],
        "duty_columns": (
            Column(_("分类编码"), "title"), Column(_("区域代码")), Column(_("处置单位")), Column(_("自动派遣")), Column(_("依据的文件"), "prose"), Column(_("自"), "date"),
        ),
        "duties": [
            (
                d.class_prefix or _("全部"), d.area_prefix, names.get(d.organ_code, d.organ_code),
                _("是") if d.is_automatic else _("否"), d.source, d.valid.lower,
            )
            for d in duties
        ],
    }  # fmt: skip
    return render(request, "console/classes.html", context)


@require_safe
@staff_only
def class_page(request: HttpRequest, code: str) -> HttpResponse:
    """One class in all its versions."""
    versions = versions_of(code)
    if not versions:
        raise Http404
    context = {
        "newest": versions[0],
        "name": versions[0].called,
        "may_change": holds(actor_of(request), GridPermission.CLASSES_MANAGE) is None,
        "columns": (
            Column(_("名称"), "title"), Column(_("处置时限")), Column(_("立案条件"), "prose"), Column(_("结案条件"), "prose"), Column(_("依据的文件"), "prose"),
            Column(_("自"), "date"), Column(_("至（不含当日）"), "date"),
        ),
        "rows": [
            (
                str(v.called), length_of(v.limit_number, v.limit_unit), v.filing_condition, v.closing_condition, v.source,
                v.valid.lower, v.valid.upper or "—",
            )
            for v in versions
        ],
    }  # fmt: skip
    return render(request, "console/class.html", context)


@require_http_methods(["GET", "POST"])
@needs(GridPermission.CLASSES_MANAGE)
def change_class(request: HttpRequest, code: str = "") -> HttpResponse:
    """Enter a class, or a new version of one."""
    initial: dict[str, Any] = {"since": today()}
    if code:
        versions = versions_of(code)
        if not versions:
            raise Http404
        newest = versions[0]
        kept = (
            "code",
            "name",
            "name_en",
            "group",
            "group_en",
            "kind",
            "filing_condition",
            "closing_condition",
            "limit_number",
            "limit_unit",
        )
        initial |= {name: getattr(newest, name) for name in kept} | {"keywords": "、".join(newest.keywords)}

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        return reverse("console:class", args=[set_class(actor, **given).code])

    back = reverse("console:class", args=[code]) if code else reverse("console:classes")
    return ask(
        request, _("修改分类") if code else _("新增分类"), ClassForm(request.POST or None, initial=initial), act, _("已保存。"),
        back=back, note=_("从“自”那一天起生效；之前上报的事件仍按原来的时限。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(GridPermission.CLASSES_MANAGE)
def stop_class(request: HttpRequest, code: str) -> HttpResponse:
    """A class is no longer used."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        end_class(actor, code=code, **given)
        return reverse("console:classes")

    form = EndClassForm(request.POST or None, initial={"on": today()})
    return ask(
        request,
        _("停用分类 %(code)s") % {"code": code},
        form,
        act,
        _("已停用。"),
        back=reverse("console:classes"),
    )


@require_http_methods(["GET", "POST"])
@needs(GridPermission.CLASSES_MANAGE)
def change_duty(request: HttpRequest) -> HttpResponse:
    """Say which organ answers for what where."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        set_duty(actor, **given)
        return reverse("console:classes")

    choices = [
        (TOWNSHIP, _("所在乡镇（街道）")),
        *((o.code, str(o.called)) for o in organs(today()) if o.kind != "village_committee"),
    ]
    form = DutyForm(
        request.POST or None, initial={"since": today(), "area_prefix": current_county().code}, organs=choices
    )
    return ask(request, _("设定派遣规则"), form, act, _("已保存。"), back=reverse("console:classes"))
