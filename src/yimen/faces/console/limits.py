"""The limits that a county sets itself, on screen."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yimen.design.shapes import Cell, Column
from yimen.design.wording import length_of
from yimen.faces.console.register_forms import LimitForm
from yimen.faces.console.registers import ask
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import holds
from yimen.kernel.access.middleware import actor_of, needs, staff_only
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.today import today
from yimen.kernel.matters.limits import set_limit, settable


@require_safe
@staff_only
def limit_list(request: HttpRequest) -> HttpResponse:
    """Each limit that no statute gives: how long it is today, and the document that says so."""
    may_change = holds(actor_of(request), KernelPermission.SYSTEM_MANAGE) is None
    rows = []
    for each in settable(today()):
        number, unit = (
            (each.row.number, each.row.unit) if each.row else (each.limit.number or 0, each.limit.unit)
        )
        address = reverse("console:set_limit", args=[each.procedure.code, each.limit.code])
        rows.append(
            (
                Cell(str(each.limit.name), href=address if may_change else ""),
                each.procedure.name,
                length_of(number, unit),
                each.row.source if each.row else _("尚未另定，按系统建议值"),
                each.row.valid.lower if each.row else "—",
            )
        )
    columns = (
        Column(_("时限"), "title"), Column(_("流程")), Column(_("长度")), Column(_("依据的文件"), "prose"), Column(_("自"), "date"),
    )  # fmt: skip
    return render(request, "console/limits.html", {"columns": columns, "rows": rows})


@require_http_methods(["GET", "POST"])
@needs(KernelPermission.SYSTEM_MANAGE)
def change_limit(request: HttpRequest, procedure: str, limit: str) -> HttpResponse:
    """Set one limit from a day on."""
    found = [s for s in settable(today()) if (s.procedure.code, s.limit.code) == (procedure, limit)]
    if not found:
        raise Http404
    spec, row = found[0].limit, found[0].row
    initial = {
        "number": row.number if row else spec.number,
        "unit": row.unit if row else spec.unit,
        "since": today(),
    }

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        set_limit(actor, procedure=procedure, limit_code=limit, **given)
        return reverse("console:limits")

    return ask(
        request,
        _("设定时限：%(name)s") % {"name": spec.name},
        LimitForm(request.POST or None, initial=initial),
        act,
        _("已保存。"),
        back=reverse("console:limits"),
        note=_("从“自”那一天起开始的才按新时限；正在走的时限不变。"),
    )
