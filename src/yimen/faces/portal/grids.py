"""The public notice board: which grid is mine, who answers for it, at which number, and for what.

Published as 滨州市网格化服务管理条例 第六条 asks of residents' gathering places: name, range, worker, telephone and
supervision telephone. Only posts' own numbers are shown, never a person's.
"""

from collections.abc import Sequence
from html import escape
from math import cos, radians
from typing import Any
from urllib.parse import quote

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yimen.design.shapes import MapShape, MapSheet
from yimen.design.wording import listed
from yimen.domains.duties.api import (
    ACTIONS,
    DOMAINS,
    FREQUENCIES,
    NOT_ASKED,
    Board,
    Seat,
    board_of,
    edition_on,
    tasks_on,
)
from yimen.faces.portal.forms import PlaceSearchForm
from yimen.faces.portal.presenting import county_sheet
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.org.grids import locate
from yimen.kernel.org.models import Grid
from yimen.kernel.org.post_kinds import post_kind_name
from yimen.kernel.org.queries import grid_name, grid_names
from yimen.kernel.words import Finding, Refusal, Text

_MOST = 60


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Find a grid by the name of its village, or by a place on the map."""
    form = PlaceSearchForm(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    findings: tuple[Finding, ...] = ()
    if given.get("lng") is not None and given.get("lat") is not None and not given.get("q"):
        try:
            return redirect("portal:grid_board", grid_code=locate(given["lng"], given["lat"]).code)
        except Refusal as refusal:
            findings = refusal.findings
    asked = given.get("q", "").strip()
    page = {
        "form": form,
        "asked": asked,
        "found": _named(asked) if asked else (),
        "findings": findings,
        "map": county_sheet(),
    }
    return render(request, "portal/grids.html", page)


def _named(asked: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Villages that the words name (or whose township they name), each with its grids; at most 60 grids."""
    county = current_county().code
    rows = Division.objects.filter(level__in=("township", "village"), code__startswith=county).order_by(
        "code"
    )
    places = {d.code: d.called for d in rows}
    towns = {code[:9] for code, name in places.items() if code.endswith("000") and _fits(name, asked)}
    villages = {
        code: name
        for code, name in places.items()
        if not code.endswith("000") and (_fits(name, asked) or code[:9] in towns)
    }
    groups: dict[str, list[tuple[str, str]]] = {}
    chosen = Grid.objects.filter(place_code__in=list(villages), valid__contains=today()).order_by("code")
    grids = list(chosen[:_MOST])
    names = grid_names(grids)
    for grid in grids:
        town = places.get(f"{grid.place_code[:9]}000", "")
        groups.setdefault(f"{town} {villages[grid.place_code]}", []).append((grid.code, names[grid.code]))
    return list(groups.items())


def _fits(called: Text, asked: str) -> bool:
    """Whether the words are part of the name in either language, or an address begins with or contains it."""
    name = called.zh
    return (
        asked in name
        or name in asked
        or (len(name) > 2 and name[:-1] in asked)
        or asked.casefold() in called.en.casefold()
        or called.en.casefold() in asked.casefold()
    )


def _board(grid_code: str) -> Board:
    found = board_of(grid_code, today())
    if found is None:
        raise Http404
    return found


def _people(seats: Sequence[Seat]) -> list[dict[str, Any]]:
    """Who answers, as the board names them; for whom somebody stands in, but never why."""
    return [
        {
            "kind": post_kind_name(s.post.kind),
            "name": s.present.name if s.present else _("暂时离岗"),
            "for": s.appointment.person.name if s.substitution and s.appointment else "",
            "is_away": s.present is None,
            "phone": s.post.duty_phone,
        }
        for s in seats
    ]


def _tasks() -> list[dict[str, Any]]:
    """The published list by field, in the reader's words."""
    tasks = list(tasks_on(today()))
    return [
        {
            "domain": words,
            "tasks": [
                {
                    "name": t.called,
                    "what": Text(t.what, t.what_en),
                    "actions": listed(ACTIONS[a] for a in t.actions),
                    "frequency": FREQUENCIES.get(t.frequency, t.frequency),
                    "basis": t.basis,
                }
                for t in tasks
                if t.code.startswith(code)
            ],
        }
        for code, words in DOMAINS.items()
    ]


def _page(request: HttpRequest, grid_code: str) -> dict[str, Any]:
    shown = _board(grid_code)
    address = request.build_absolute_uri(reverse("portal:grid_board", args=[grid_code]))
    divisions = Division.objects.filter(code__in=(shown.grid.place_code, f"{grid_code[:9]}000"))
    places = {d.level: d.called for d in divisions}
    return {
        "grid": shown.grid,
        "village": places.get("village", ""),
        "township": places.get("township", ""),
        "people": _people(shown.seats),
        "party": _people(shown.party),
        "party_unit": shown.party_unit,
        "supervisor": shown.supervisor,
        "edition": edition_on(today()),
        "groups": _tasks(),
        "not_asked": NOT_ASKED,
        "sketch": sketch(shown.grid),
        "qr": segno.make(address, error="m").svg_data_uri(scale=4, border=2, dark="#000", light="#fff"),
        "address": address,
        "on": today(),
    }


@require_safe
def board(request: HttpRequest, grid_code: str) -> HttpResponse:
    """The notice board of one grid."""
    page = _page(request, grid_code)
    grid: Grid = page["grid"]
    page["map"] = MapSheet(grid.lng, grid.lat, 13, (MapShape(grid.boundary, grid_name(grid), tone="blue"),))
    return render(request, "portal/grid_board.html", page)


@require_safe
def sheet(request: HttpRequest, grid_code: str) -> HttpResponse:
    """The same on one A4 page for the village's wall, with a code that leads to the board."""
    return render(request, "portal/grid_sheet.html", _page(request, grid_code))


@require_safe
def task_list(request: HttpRequest) -> HttpResponse:
    """What grid workers do, and what they are not asked to do, as published."""
    page = {"groups": _tasks(), "edition": edition_on(today()), "not_asked": NOT_ASKED}
    return render(request, "portal/grid_tasks.html", page)


_SIDE = 320.0


def sketch(own: Grid) -> str:
    """The grid among those of its village as a picture that needs no script and prints; a data address."""
    around = list(Grid.objects.filter(place_code=own.place_code, valid__contains=today()).order_by("code"))
    rings = [(g, ring) for g in around for ring in _rings(g.boundary)]
    lngs = [x for _g, ring in rings for x, _y in ring]
    lats = [y for _g, ring in rings for _x, y in ring]
    squeeze = cos(radians(own.lat))  # a degree of longitude against one of latitude
    scale = _SIDE / max((max(lngs) - min(lngs)) * squeeze, max(lats) - min(lats), 1e-9)
    width = (max(lngs) - min(lngs)) * squeeze * scale + 8
    height = (max(lats) - min(lats)) * scale + 8

    def path(ring: Sequence[tuple[float, float]]) -> str:
        points = (
            f"{(x - min(lngs)) * squeeze * scale + 4:.1f},{(max(lats) - y) * scale + 4:.1f}" for x, y in ring
        )
        return " ".join(points)

    shapes = "".join(
        f'<polygon points="{path(ring)}" fill="{"#9cc3ee" if g.code == own.code else "#f4f5f7"}" '
        f'stroke="#33475b" stroke-width="{2 if g.code == own.code else 1}"><title>{escape(g.name)}</title></polygon>'
        for g, ring in sorted(rings, key=lambda pair: pair[0].code == own.code)
    )
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}">{shapes}</svg>'
    )
    return f"data:image/svg+xml,{quote(drawn)}"


def _rings(boundary: Any) -> list[list[tuple[float, float]]]:
    """The outer rings of a polygon or of several."""
    polygons = boundary["coordinates"] if boundary["type"] == "MultiPolygon" else [boundary["coordinates"]]
    return [[(float(x), float(y)) for x, y, *_rest in polygon[0]] for polygon in polygons]
