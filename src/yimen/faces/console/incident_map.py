"""The list of incidents as a map: what the filter shows, gathered into marks so that its cost has a bound.

The newest two thousand are looked at, laid into a raster over the box they fill, and each cell becomes one mark: a
single incident leads to its page, several to the same map narrowed to their cell.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yimen.design.shapes import Light, MapPoint, MapShape, MapSheet, Tab, Tone
from yimen.domains.grid.api import INCIDENT, grouped, in_force
from yimen.faces.console.forms import FilterForm
from yimen.faces.console.presenting import matter_address
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import Placed, placed
from yimen.kernel.org.models import Grid
from yimen.kernel.org.queries import grid_names, names_of

MOST = 2000
CELLS = 24
"""The raster has so many cells a side: at most 576 marks, whatever lies under them."""
_LEAST = 0.0005
"""Degrees: the smallest box (some 50 m), below which incidents at one spot are not taken apart any further."""
TOWNSHIP_CODE = re.compile(r"\d{9}")
_WORST: Sequence[Light] = ("red", "amber", "green", "grey")
_TONES: Mapping[Light, Tone] = {"red": "red", "amber": "amber", "green": "green", "grey": "neutral"}


@dataclass(frozen=True, slots=True)
class IncidentMap:
    """The map, how many incidents are on it, and whether there are more."""

    sheet: MapSheet
    shown: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class _Box:
    west: float
    south: float
    east: float
    north: float

    def cell(self, lng: float, lat: float) -> tuple[int, int]:
        """Column and row of a point of the box."""
        return (
            min(int((lng - self.west) / (self.east - self.west) * CELLS), CELLS - 1),
            min(int((lat - self.south) / (self.north - self.south) * CELLS), CELLS - 1),
        )


def filter_form(given: Mapping[str, Any], organs: Mapping[str, str]) -> FilterForm:
    """The filter with the county's own choices; grids can be chosen within a township. `organs`: their names of today."""
    county = current_county().code
    townships = Division.objects.filter(level="township", parent_code=county + "000000").order_by("code")
    township = str(given.get("township", ""))
    grids = Grid.objects.filter(
        valid__contains=today(), place_code__startswith=township if TOWNSHIP_CODE.fullmatch(township) else "-"
    )
    return FilterForm(
        given,
        states=INCIDENT.states,
        choices={
            "township": [(code[:9], name) for code, name in names_of(townships).items()],
            "kind": grouped(list(in_force().classes.values())),
            "organ": [(c, n) for c, n in organs.items() if len(c) != 12],
            "grid": list(grid_names(grids.order_by("code")).items()),
        },
    )


def view_tabs(kept: Mapping[str, str]) -> list[Tab]:
    """The same filter as a list and as a map."""
    rest = {k: v for k, v in kept.items() if k not in ("view", "within")}
    is_map = kept.get("view") == "map"
    return [
        Tab(_("列表"), f"?{urlencode(rest)}", is_current=not is_map),
        Tab(_("地图"), f"?{urlencode({**rest, 'view': 'map'})}", is_current=is_map),
    ]


def incident_map(matters: QuerySet[Matter], kept: Mapping[str, str], at: datetime) -> IncidentMap:
    """The newest incidents of the filter on a map."""
    rows = placed(matters.order_by("-id"), at, MOST + 1)
    county = current_county()
    outline = (MapShape(county.boundary, str(county.called), "outline"),) if county.boundary else ()
    shown = rows[:MOST]
    marks = tuple(_marks(shown, kept)) if shown else ()
    return IncidentMap(
        MapSheet(county.lng, county.lat, 10, outline, marks), len(shown), has_more=len(rows) > MOST
    )


def _marks(matters: Sequence[Placed], kept: Mapping[str, str]) -> list[MapPoint]:
    """One mark a cell that holds anything; only those that stand for one incident are asked for their words."""
    lngs, lats = [m.lng for m in matters], [m.lat for m in matters]
    box = _Box(min(lngs), min(lats), max(max(lngs), min(lngs) + _LEAST), max(max(lats), min(lats) + _LEAST))
    cells: dict[tuple[int, int], list[Placed]] = defaultdict(list)
    for matter in matters:
        cells[box.cell(matter.lng, matter.lat)].append(matter)
    alone = [found[0].id for found in cells.values() if len(found) == 1]
    words = {
        key: f"{number} {title}"
        for key, number, title in Matter.objects.filter(id__in=alone).values_list("id", "number", "title")
    }
    one, several = matter_address(), f"?{urlencode({k: v for k, v in kept.items() if k != 'within'})}&within="
    said = {n: ngettext("%(n)d 件事件", "%(n)d 件事件", n) % {"n": n} for n in {*map(len, cells.values())}}
    marks = []
    for found in cells.values():
        if len(found) > 1:
            marks.append(_heap(found, said[len(found)], several))
        else:
            (m,) = found
            marks.append(MapPoint(m.lng, m.lat, words[m.id], one.format(id=m.id), _TONES[m.light]))
    return marks


def _heap(matters: Sequence[Placed], words: str, address: str) -> MapPoint:
    """The mark of a cell with several, in the middle of what it holds, in the colour of the worst of it; `address`
    begins that of the map narrowed to a cell.
    """
    lights = {m.light for m in matters}
    tone = _TONES[next(light for light in _WORST if light in lights)]
    lngs, lats = [m.lng for m in matters], [m.lat for m in matters]
    edge = _LEAST / 20
    within = "%2C".join(
        f"{side:.6f}" for side in (min(lngs) - edge, min(lats) - edge, max(lngs) + edge, max(lats) + edge)
    )
    n = len(matters)
    return MapPoint(sum(lngs) / n, sum(lats) / n, words, address + within, tone, n)
