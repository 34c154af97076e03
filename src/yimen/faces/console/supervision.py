"""What is under supervision: objects that granted permits made, and what is found at them."""

from uuid import UUID

import orjson
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from yimen.design.shapes import Cell, Column, Happening
from yimen.domains.services.api import (
    ServicePermission,
    SupervisedObject,
    findings_of,
    last_found,
    report_finding,
    supervised,
)
from yimen.faces.console.presenting import performer
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.models import Division
from yimen.kernel.org.queries import names_of, organ_names
from yimen.kernel.words import Refusal

_PAGE = 25
_ACTS = {
    "begin_supervision": gettext_lazy("纳入监管"),
    "carry_on_supervision": gettext_lazy("延续、变更后继续监管"),
    "end_supervision": gettext_lazy("不再监管"),
    "finding": gettext_lazy("检查发现"),
}
_MARKS = {
    "begin_supervision": "eye",
    "carry_on_supervision": "arrow-repeat",
    "end_supervision": "slash-circle",
    "finding": "search",
}


class FindingForm(forms.Form):
    """What was found."""

    words = forms.CharField(
        label=gettext_lazy("检查发现"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


def _said(payload: dict[str, str]) -> str:
    """What was found, or the certificate that took another's place."""
    return f"{payload['before']} → {payload['number']}" if "before" in payload else payload.get("words", "")


def _name(found: SupervisedObject) -> str:
    return str(found.called)


@require_safe
@needs(ServicePermission.SUPERVISED)
def objects(request: HttpRequest) -> HttpResponse:
    """The objects in my area, the newest first, by key."""
    rows = supervised(actor_of(request)).filter(valid__contains=today())
    before = request.GET.get("before", "")
    try:
        rows = rows.filter(id__lt=UUID(before)) if before else rows
    except ValueError:
        raise Http404 from None
    found = list(rows[: _PAGE + 1])
    places = names_of(Division.objects.filter(code__in={r.place_code for r in found}))
    last = last_found(found)
    context = {
        "columns": (Column(_("监管对象"), "title"), Column(_("证照编号")), Column(_("持有人")), Column(_("地点")), Column(_("起始日期"), "date"), Column(_("最近检查发现"), "date")),
        "rows": [
            (Cell(_name(r), href=reverse("console:supervised", args=[r.id])), r.number, r.holder, places.get(r.place_code, ""), r.valid.lower, last.get(r.id))
            for r in found[:_PAGE]
        ],
        "next_url": f"?{urlencode({'before': str(found[_PAGE - 1].id)})}" if len(found) > _PAGE else "",
    }  # fmt: skip
    return render(request, "console/supervised_objects.html", context)


@require_http_methods(["GET", "POST"])
@needs(ServicePermission.SUPERVISED)
def one_object(request: HttpRequest, object_id: UUID) -> HttpResponse:
    """One object with what was found at it; a finding goes back to the office that granted."""
    actor = actor_of(request)
    found = supervised(actor).filter(id=object_id).first()
    if found is None:
        raise Http404
    form = FindingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            report_finding(actor, found, form.cleaned_data["words"])
        except Refusal as refused:
            form.add_error("words", str(refused.findings[0].sentence))
        else:
            messages.success(request, _("已记录，审批单位可以看到。"))
            return redirect("console:supervised", object_id=found.id)
    context = {
        "object": found,
        "name": _name(found),
        "organ": organ_names(today()).get(found.organ_code, found.organ_code),
        "form": form,
        "happenings": [
            Happening(at=e.at, what=_ACTS[e.act], icon=_MARKS[e.act], who=performer(e.who_name), note=_said(orjson.loads(e.payload)), law=e.law, hash=bytes(e.hash).hex())
            for e in findings_of(found)
        ],
    }  # fmt: skip
    return render(request, "console/supervised_object.html", context, status=422 if form.errors else 200)
