"""Reporting from a grid worker's phone: a photo, a few words, one tap. Place and class are found meanwhile."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from yimen.design.shapes import MapPoint, MapShape, MapSheet
from yimen.design.step_forms import FilesField, MultipleFiles
from yimen.domains.grid.api import (
    LONGEST_TEXT,
    ClassRef,
    GridPermission,
    Report,
    Similar,
    grouped,
    in_force,
    report_incident,
    similar_incidents,
    suggested_duty,
    visible_incidents,
)
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas, holds
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.matters.queries import procedure_of
from yimen.kernel.org.models import Grid
from yimen.kernel.org.queries import grid_names, organ_names
from yimen.kernel.papers.store import keep_upload
from yimen.kernel.words import Refusal

SUGGESTIONS = 3
_MOST_GRIDS = 60


class FieldReportForm(forms.Form):
    """What a grid worker reports. `key` is made with the page, so that sending twice reports once."""

    photos = FilesField(
        label=_("拍照"),
        required=False,
        widget=MultipleFiles(attrs={"accept": "image/*", "capture": "environment"}),
    )
    text = forms.CharField(
        label=_("什么问题？"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2})
    )
    likely = forms.CharField(required=False, max_length=20)
    offered = forms.CharField(required=False, max_length=20)
    kind = forms.ChoiceField(label=_("从全部分类里选"), required=False)
    result = forms.CharField(
        label=_("怎么解决的"), max_length=LONGEST_TEXT, required=False,
        help_text=_("没有解决就不填，交指挥中心派遣。"), widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    address = forms.CharField(label=_("地点说明"), max_length=200, required=False)
    grid = forms.ChoiceField(label=_("网格"), required=False, help_text=_("找不到位置时，用网格的中心点。"))
    lng = forms.FloatField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, classes: list[ClassRef], grids: list[Grid], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grids = {g.code: g for g in grids}
        self.fields["kind"].choices = [("", _("由系统推荐")), *grouped(classes)]  # type: ignore[attr-defined]
        choices = list(grid_names(grids).items())
        self.fields["grid"].choices = [("", "—"), *choices] if len(choices) > 1 else choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A place is known: the device's, a point on the map, or else the grid's own."""
        given = super().clean() or {}
        if given.get("lng") is None or given.get("lat") is None:
            home = self.grids.get(given.get("grid", ""))
            if home is None:
                self.add_error("grid", _("请在地图上点一下位置，或选择网格。"))
            else:
                given |= {"lng": home.lng, "lat": home.lat}
        return given


def _own_grids(actor: Actor) -> list[Grid]:
    """The grids of the narrowest area in which the actor reports; none where they are too many to choose from."""
    area = max((area for area, _organ in areas(actor, GridPermission.REPORT)), key=len, default="")
    found = Grid.objects.filter(valid__contains=today(), code__startswith=area or "-").order_by("code")
    grids = list(found[: _MOST_GRIDS + 1])
    return grids if len(grids) <= _MOST_GRIDS else []


@require_http_methods(["GET", "POST"])
@needs(GridPermission.REPORT)
def report(request: HttpRequest) -> HttpResponse:
    """One page, one tap to send; with what was done, it is reported as settled on the spot."""
    actor = actor_of(request)
    grids = _own_grids(actor)
    form = FieldReportForm(
        request.POST or None,
        request.FILES or None,
        classes=list(in_force().classes.values()),
        grids=grids,
        initial={"key": uuid4()},
    )
    findings: Any = ()
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("field:sent", matter_id=_filed(actor, form.cleaned_data))
        except Refusal as refusal:
            findings = refusal.findings
    context = {
        "form": form,
        "findings": findings,
        "map": _sheet(grids),
        "may_handle": holds(actor, GridPermission.HANDLE) is None,
        **_suggestion(str(form["text"].value() or ""), _by_hand(form.data)),
    }
    return render(request, "field/report.html", context, status=200 if request.method == "GET" else 422)


def _filed(actor: Actor, given: dict[str, Any]) -> UUID:
    """Report it and say which matter it became; the one of before when the same page is sent again."""
    filed = Report(
        text=given["text"], lng=given["lng"], lat=given["lat"], channel="grid_worker",
        class_code=given["kind"] or _likely(given), address=given["address"], result=given["result"],
        request_key=str(given["key"]) if given["key"] else None,
    )  # fmt: skip
    keep = partial(_kept, actor, given["photos"])
    return report_incident(actor, filed, keep=keep).matter_id


def _likely(given: dict[str, Any]) -> str:
    """The class picked by hand; else the likeliest for the whole text, since what was offered may be for half of it."""
    picked = _by_hand(given)
    if picked in in_force().classes:
        return picked
    return next((c.code for c in in_force().suggest(given["text"])), "")


def _by_hand(given: Mapping[str, Any]) -> str:
    """The class that was picked by hand: another than the one the page chose by itself."""
    likely = str(given.get("likely", ""))
    return likely if likely != given.get("offered", "") else ""


def _kept(actor: Actor, photos: list[Any]) -> list[UUID]:
    return [keep_upload(each, by=actor.account_id).id for each in photos]


def _suggestion(text: str, picked: str = "") -> dict[str, Any]:
    """The likeliest classes with the first chosen, or with the one that was picked by hand, whatever is typed after."""
    known = in_force()
    found = known.suggest(text)[:SUGGESTIONS]
    chosen = known.classes.get(picked)
    if chosen and chosen not in found:
        found = [chosen, *found[: SUGGESTIONS - 1]]
    likely = chosen.code if chosen else found[0].code if found else ""
    return {"classes": found, "likely": likely, "picked": chosen.code if chosen else ""}


@require_safe
@needs(GridPermission.REPORT)
def suggested(request: HttpRequest) -> HttpResponse:
    """The likeliest classes for what is being typed, and what was reported nearby already."""
    text, picked = request.GET.get("text", "")[:LONGEST_TEXT], request.GET.get("picked", "")
    found = _suggestion(text, request.GET.get("likely", picked))
    return render(
        request, "field/suggested.html", {**found, "similar": _similar(request, text, found["likely"])}
    )


def _similar(request: HttpRequest, text: str, class_code: str) -> list[Similar]:
    """What the worker may see nearby that may be the same; asked before it is sent, it holds nobody up."""
    try:
        lng, lat = float(request.GET.get("lng", "")), float(request.GET.get("lat", ""))
    except ValueError:
        return []
    if not (-180 <= lng <= 180 and -90 <= lat <= 90):
        return []
    return similar_incidents(text, lng, lat, class_code, among=visible_incidents(actor_of(request)))


@require_safe
@needs(GridPermission.REPORT)
def sent(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """What became of the report: its number, and who has it now."""
    matter = visible_incidents(actor_of(request)).filter(id=matter_id).first()
    if matter is None:
        raise Http404
    duty = suggested_duty(matter)
    organ = matter.organ_code or (duty.organ_code if duty else "")
    context = {
        "matter": matter,
        "state": procedure_of(matter).state(matter.state).name,
        "organ": organ_names(today()).get(organ, ""),
        "is_settled": matter.closed_at is not None,
    }
    return render(request, "field/sent.html", context)


def _sheet(grids: list[Grid]) -> MapSheet:
    """My grids to find oneself by, or the county's outline."""
    county = current_county()
    if not grids:
        outline = (MapShape(county.boundary, str(county.called), "outline"),) if county.boundary else ()
        return MapSheet(county.lng, county.lat, 10, outline)
    names = grid_names(grids)
    shapes = tuple(MapShape(g.boundary, names[g.code]) for g in grids)
    points = tuple(MapPoint(g.lng, g.lat, names[g.code]) for g in grids)
    return MapSheet(grids[0].lng, grids[0].lat, 14, shapes, points)
