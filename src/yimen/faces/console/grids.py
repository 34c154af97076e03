"""Grids on screen: the villages and their grids, one grid with its past, redrawing with a preview, and old systems' codes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import shapely
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yimen.design.shapes import Cell, Column, Fact, MapShape, MapSheet
from yimen.faces.console.grid_forms import CallOffForm, DrawForm, LegacyFilterForm, MapLegacyForm
from yimen.faces.console.registers import ask
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import decide, holds
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.access.permissions import KernelPermission as P
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.org import drafts
from yimen.kernel.org.drafts import Proposal
from yimen.kernel.org.models import Grid, LegacyGrid
from yimen.kernel.org.queries import grid_name, grid_names, names_of
from yimen.kernel.org.tilings import Flaw, square_metres
from yimen.kernel.registers import grids as register
from yimen.kernel.words import Finding, Refusal

_PAGE = 100
_HECTARE = 10_000


def _names(level: str) -> dict[str, str]:
    rows = Division.objects.filter(level=level, code__startswith=current_county().code).order_by("code")
    return names_of(rows)


def _village(code: str) -> Division:
    found = Division.objects.filter(
        code=code, code__startswith=current_county().code, level="village"
    ).first()
    if found is None:
        raise Http404
    return found


def _grid_url(code: str) -> str:
    return reverse("console:grid", args=[code])


@require_safe
@needs(P.PEOPLE_READ)
def grid_list(request: HttpRequest) -> HttpResponse:
    """The villages with the number of their grids; any code of a grid, old or new, leads to its page."""
    typed = request.GET.get("q", "").strip()[:60]
    if typed and (found := _found(typed)) is not None:
        return redirect(found)
    actor, townships = actor_of(request), _names("township")
    counts = Counter(Grid.objects.filter(valid__contains=today()).values_list("place_code", flat=True))
    rows = [
        (
            Cell(name, href=reverse("console:village_grids", args=[code])),
            townships.get(f"{code[:9]}000", ""),
            code,
            Cell(counts[code], tone="" if counts[code] else "red"),
        )
        for code, name in _names("village").items()
        if not typed
        or typed in name
        or typed in townships.get(f"{code[:9]}000", "")
        or code.startswith(typed)
    ]
    coming = Counter(Grid.objects.filter(valid__startswith__gt=today()).values_list("valid", flat=True))
    unmapped = LegacyGrid.objects.filter(grid_code="").count()
    context = {
        "q": typed,
        "columns": (Column(_("村（社区）"), "title"), Column(_("乡镇（街道）")), Column(_("区划代码")), Column(_("网格数"), "number")),
        "rows": rows,
        "coming": sorted((valid.lower, n) for valid, n in coming.items()),
        "old": LegacyGrid.objects.count(),
        "unmapped": unmapped,
        "may_draw": holds(actor, P.GRIDS_MANAGE) is None,
    }  # fmt: skip
    return render(request, "console/grids.html", context)


def _found(typed: str) -> str | None:
    """Where a code of a grid leads: to its page, or to the old codes when several systems have it."""
    if Grid.objects.filter(code=typed).exists():
        return _grid_url(typed)
    old = list(LegacyGrid.objects.filter(code=typed)[:2])
    if len(old) == 1 and old[0].grid_code:
        return _grid_url(old[0].grid_code)
    return f"{reverse('console:legacy_grids')}?{urlencode({'q': typed})}" if old else None


@require_safe
@needs(P.PEOPLE_READ)
def village_grids(request: HttpRequest, village_code: str) -> HttpResponse:
    """The grids of a village on a day: map, table, and the days on which they were drawn anew."""
    village, on = _village(village_code), _day(request)
    rows = list(Grid.objects.filter(place_code=village_code, valid__contains=on).order_by("code"))
    names = grid_names(rows)
    old = Counter(
        LegacyGrid.objects.filter(grid_code__in=[g.code for g in rows]).values_list("grid_code", flat=True)
    )
    days = sorted(
        {
            valid.lower
            for valid in Grid.objects.filter(place_code=village_code, valid__isempty=False).values_list("valid", flat=True)
        }
    )  # fmt: skip
    context = {
        "village": village,
        "on": on,
        "days": days,
        "sheet": _sheet([(g.boundary, names[g.code], _grid_url(g.code)) for g in rows]),
        "columns": (
            Column(_("网格"), "title"), Column(_("网格编码")), Column(_("面积（公顷）"), "number"),
            Column(_("户数"), "number"), Column(_("旧编码"), "number"), Column(_("自"), "date"), Column(_("至（不含当日）"), "date"),
        ),
        "rows": [
            (
                Cell(names[g.code], href=_grid_url(g.code)), g.code, _hectares(g), g.households, old[g.code] or "—",
                g.valid.lower, g.valid.upper or "—",
            )
            for g in rows
        ],
        "may_draw": decide(actor_of(request), P.GRIDS_MANAGE, area=village_code) is None,
    }  # fmt: skip
    return render(request, "console/village_grids.html", context)


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET["on"]) if request.GET.get("on") else today()
    except ValueError:
        raise BadRequest from None


def _hectares(grid: Grid) -> str:
    return f"{square_metres(shapely.geometry.shape(grid.boundary)) / _HECTARE:.1f}"


def _sheet(
    shapes: Sequence[tuple[Mapping[str, Any], str, str]], outlines: Sequence[Mapping[str, Any]] = ()
) -> MapSheet | None:
    """A map of grids (boundary, label, address), with outlines drawn over it."""
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds([shapely.geometry.shape(dict(b)) for b, _, _ in shapes])
    areas = [MapShape(boundary, label, href=href) for boundary, label, href in shapes]
    return MapSheet(
        (west + east) / 2, (south + north) / 2, 14, [*areas, *(MapShape(o, kind="outline") for o in outlines)]
    )


@require_safe
@needs(P.PEOPLE_READ)
def village_geojson(request: HttpRequest, village_code: str) -> HttpResponse:
    """The grids of a village on a day as GeoJSON, which the drawing page takes back."""
    _village(village_code)
    content = drafts.as_geojson(register.proposals_of(village_code, _day(request)))
    answer = HttpResponse(content, content_type="application/geo+json")
    answer["Content-Disposition"] = f'attachment; filename="{village_code}.geojson"'
    return answer


@require_safe
@needs(P.PEOPLE_READ)
def grid(request: HttpRequest, grid_code: str) -> HttpResponse:
    """One grid: where it is, since when, what it was before, and which old grids went into it."""
    versions = list(Grid.objects.filter(code=grid_code, valid__isempty=False).order_by("-valid"))
    if not versions:
        raise Http404
    now = next((g for g in versions if today() in g.valid), versions[0])
    beside = list(
        Grid.objects.filter(place_code=now.place_code, valid__contains=today()).exclude(code=grid_code)
    )
    names = grid_names(beside)
    village = _village(now.place_code)
    old = LegacyGrid.objects.filter(grid_code=grid_code).order_by("system", "code")
    context = {
        "grid": now,
        "village": village,
        "is_over": now.valid.upper is not None and now.valid.upper <= today(),
        "has_posts": today() in now.valid and decide(actor_of(request), P.PEOPLE_READ, area=grid_code) is None,
        "sheet": _sheet([(now.boundary, grid_name(now), ""), *((g.boundary, names[g.code], _grid_url(g.code)) for g in beside)], [now.boundary]),
        "facts": [
            Fact(_("网格编码"), now.code), Fact(_("村（社区）"), village.called), Fact(_("面积（公顷）"), _hectares(now)),
            Fact(_("户数"), now.households),
        ],
        "version_columns": (
            Column(_("自"), "date"), Column(_("至（不含当日）"), "date"), Column(_("名称"), "title"), Column(_("面积（公顷）"), "number"),
        ),
        "versions": [(g.valid.lower, g.valid.upper or "—", g.name, _hectares(g)) for g in versions],
        "old_columns": (Column(_("旧系统")), Column(_("旧编码"), "title"), Column(_("名称")), Column(_("依据的文件"), "prose")),
        "old": [(g.system, g.code, g.name or "—", g.source) for g in old],
    }  # fmt: skip
    return render(request, "console/grid.html", context)


@require_http_methods(["GET", "POST"])
@needs(P.GRIDS_MANAGE)
def redraw(request: HttpRequest) -> HttpResponse:
    """Draw the grids of a village (or of those a file names) anew: join, cut, drag, upload; look; then keep."""
    actor = actor_of(request)
    village = request.GET.get("village", "")
    if village and decide(actor, P.GRIDS_MANAGE, area=_village(village).code):
        raise Http404
    if request.method == "GET":
        begun = register.proposals_of(village, today() + timedelta(days=1)) if village else []
        return _drawing(request, DrawForm(begun, village=village), begun, [], ())
    form = DrawForm([], request.POST, request.FILES, village=village)
    proposals: list[Proposal] = []
    flaws: list[Flaw] = []
    findings: tuple[Finding, ...] = ()
    if form.is_valid():
        since = form.cleaned_data["since"]
        try:
            proposals, flaws = form.drawn(register.village_at(since))
            proposals = form.changed(proposals)
            form = form.carrying(proposals)
            flaws += register.check(proposals, since)
            if form.cleaned_data["act"] == "keep" and not flaws:
                outcome = register.redraw(
                    actor, proposals=proposals, source=form.cleaned_data["source"], since=since,
                    over=form.cleaned_data["over"],
                )  # fmt: skip
                messages.success(
                    request,
                    _("已确定：%(began)s 个网格有变化，%(ended)s 个撤销，%(stayed)s 个不变。") % {
                        "began": len(outcome.began), "ended": len(outcome.ended), "stayed": len(outcome.stayed),
                    },
                )  # fmt: skip
                return redirect("console:village_grids", village_code=proposals[0].village_code)
        except Refusal as refusal:
            findings = refusal.findings
    elif not form.files and {"geojson", "crs"} <= form.cleaned_data.keys():
        with suppress(Refusal):  # what lacks a document or a day is still drawn as it was
            proposals, _wrong = form.drawn(register.village_at(today()))
    return _drawing(request, form, proposals, flaws, findings)


def _drawing(
    request: HttpRequest,
    form: DrawForm,
    proposals: Sequence[Proposal],
    flaws: Sequence[Flaw],
    findings: Sequence[Finding],
) -> HttpResponse:
    """The page with what is drawn so far and everything that is wrong with it."""
    faulty = {n for flaw in flaws for n in flaw.of}
    chosen = request.POST.getlist("chosen")
    names = _names("village")
    is_fresh = request.method != "POST"
    has_checked = not is_fresh and form.is_valid() and not findings
    context = {
        "form": form,
        "village": form.village,
        "village_name": names.get(form.village, ""),
        "findings": findings,
        "has_checked": has_checked,
        "flaws": flaws,
        "wrong": [shapely.geometry.mapping(f.where) for f in flaws if f.where is not None],
        "proposals": [
            {
                "n": n, "code": p.code, "name": p.name, "village": names.get(p.village_code, p.village_code or "—"),
                "hectares": f"{square_metres(p.shape) / _HECTARE:.1f}", "is_faulty": n in faulty, "is_chosen": not has_checked and str(n) in chosen,
            }
            for n, p in enumerate(proposals)
        ],
    }  # fmt: skip
    return render(request, "console/redraw.html", context, status=200 if has_checked or is_fresh else 422)


@require_http_methods(["GET", "POST"])
@needs(P.GRIDS_MANAGE)
def call_off(request: HttpRequest, since: str) -> HttpResponse:
    """Take back a redrawing that has not begun."""
    try:
        day = date.fromisoformat(since)
    except ValueError:
        raise Http404 from None
    if not Grid.objects.filter(valid__startswith=day).exists():
        raise Http404

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        register.call_off(actor, since=day, reason=given["reason"])
        return reverse("console:grids")

    return ask(
        request, _("撤回 %(day)s 的调整") % {"day": since}, CallOffForm(request.POST or None), act, _("已撤回，网格不变。"),
        back=reverse("console:grids"), note=_("那天起的全部调整一起撤回；账本里都留有记录。"),
    )  # fmt: skip


@require_safe
@needs(P.PEOPLE_READ)
def legacy_grids(request: HttpRequest) -> HttpResponse:
    """The grids of old systems and the grid each went into; those still to be decided can be listed alone."""
    systems = sorted(LegacyGrid.objects.values_list("system", flat=True).distinct())
    form = LegacyFilterForm(request.GET, systems=systems)
    if not form.is_valid():
        raise BadRequest
    given = form.cleaned_data
    rows = LegacyGrid.objects.order_by("system", "code")
    if given["q"]:
        rows = rows.filter(Q(code=given["q"]) | Q(grid_code=given["q"]))
    if given["system"]:
        rows = rows.filter(system=given["system"])
    if given["undecided"]:
        rows = rows.filter(grid_code="")
    if "|" in given["after"]:
        system, code = given["after"].split("|", 1)
        rows = rows.filter(Q(system__gt=system) | Q(system=system, code__gt=code))
    page = list(rows[: _PAGE + 1])
    names = dict(
        Grid.objects.filter(code__in={g.grid_code for g in page}, valid__contains=today()).values_list(
            "code", "name"
        )
    )
    may_map = holds(actor_of(request), P.GRIDS_MANAGE) is None
    narrowed = {k: request.GET[k] for k in ("q", "system", "undecided") if request.GET.get(k)}
    last = page[_PAGE - 1] if len(page) > _PAGE else None
    context = {
        "form": form,
        "may_import": decide(actor_of(request), P.GRIDS_MANAGE, area=current_county().code) is None,
        "columns": (
            Column(_("旧系统")), Column(_("旧编码"), "title"), Column(_("旧名称")), Column(_("并入的网格")), Column(_("依据的文件"), "prose"),
        ),
        "rows": [(g.system, _decided(g, may_map), g.name or "—", _went_into(g, names), g.source) for g in page[:_PAGE]],
        "unmapped": LegacyGrid.objects.filter(grid_code="").count(),
        "next_url": "?" + urlencode({**narrowed, "after": f"{last.system}|{last.code}"}) if last else "",
    }  # fmt: skip
    return render(request, "console/legacy_grids.html", context)


def _decided(old: LegacyGrid, may_map: bool) -> Cell:
    return Cell(old.code, href=reverse("console:map_legacy_grid", args=[old.id]) if may_map else "")


def _went_into(old: LegacyGrid, names: Mapping[str, str]) -> Cell:
    if not old.grid_code:
        return Cell(_("待定"), tone="amber")
    if old.grid_code not in names:
        return Cell(
            _("%(code)s（已撤销）") % {"code": old.grid_code}, href=_grid_url(old.grid_code), tone="red"
        )
    return Cell(names[old.grid_code], href=_grid_url(old.grid_code), hint=old.grid_code)


@require_http_methods(["GET", "POST"])
@needs(P.GRIDS_MANAGE)
def map_legacy_grid(request: HttpRequest, legacy_id: UUID) -> HttpResponse:
    """Say into which grid an old one goes."""
    old = LegacyGrid.objects.filter(id=legacy_id).first()
    if old is None:
        raise Http404

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        register.map_legacy_grid(actor, legacy_id=legacy_id, **given)
        return reverse("console:legacy_grids")

    return ask(
        request, f"{old.system} {old.code} {old.name}", MapLegacyForm(request.POST or None, initial={"grid_code": old.grid_code}),
        act, _("已记录。"), back=reverse("console:legacy_grids"),
    )  # fmt: skip
