"""The board's figures as the wall draws them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import shapely
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from yimen.design.shapes import Figure, Light, Said, Series, Tone
from yimen.domains.grid.api import INCIDENT, Board, TownshipRow, Trend, class_name
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.matters.models import light_at
from yimen.kernel.org.grids import index

_ANY = UUID(int=0)
"""Stands in an address for each id, so that the address is worked out once."""


@dataclass(frozen=True, slots=True)
class Counter:
    """One number of the wall; `href` leads to the list that has so many lines, "" where there is none to open."""

    number: int
    label: Said
    tone: Tone = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One of the newest incidents."""

    title: Said
    place: str
    state: Said
    at: datetime
    light: Light
    href: str


@dataclass(frozen=True, slots=True)
class TownshipLine:
    """One township of the table, linked to its own wall."""

    name: str
    href: str
    open: int
    overdue: int
    reported: int
    closed: int


class Links:
    """Where numbers lead: into the console's list for who may read incidents, nowhere for a screen's own account."""

    def __init__(self, area: str, *, may_read: bool) -> None:
        self.may_read = may_read
        self.township = area if len(area) == 9 else ""

    def matters(self, **narrowed: str) -> str:
        """The list narrowed so."""
        if not self.may_read:
            return ""
        given = {"township": self.township, **narrowed}
        return f"{reverse('console:matters')}?{urlencode({k: v for k, v in given.items() if v})}"

    def matter(self, key: object) -> str:
        """One incident's page."""
        return reverse("console:matter", args=[key]) if self.may_read else ""


def counters(board: Board, links: Links) -> dict[str, list[Counter]]:
    """What stands now, and what today brought."""
    today = localtime(board.at).date().isoformat()
    return {
        "standing": [
            Counter(board.open, _("未办结"), "blue", links.matters(light="open")),
            Counter(board.amber, _("快到期"), "amber", links.matters(light="amber")),
            Counter(board.overdue, _("已超期"), "red", links.matters(light="red")),
        ],
        "today": [
            Counter(board.reported, _("新上报"), "blue", links.matters(opened_from=today)),
            Counter(board.registered, _("立案"), href=links.matters(done="register")),
            Counter(board.dispatched, _("派遣"), href=links.matters(done="dispatch")),
            Counter(board.handled, _("处置完成"), href=links.matters(done="finish")),
            Counter(board.closed, _("办结"), "green", links.matters(done="closed")),
        ],
    }


def lines(board: Board, places: Mapping[str, str], links: Links) -> list[Line]:
    """The newest incidents in the words of their class and village: nobody's own words stand on a wall."""
    return [
        Line(
            class_name(each.kind),
            places.get(each.place_code, ""),
            INCIDENT.state(each.state).name,
            each.opened_at,
            "grey" if INCIDENT.state(each.state).is_end else light_at(each.due_at, each.amber_at, board.at),
            links.matter(each.id),
        )
        for each in board.latest
    ]


def township_lines(board: Board, area: str, places: Mapping[str, str]) -> list[TownshipLine]:
    """Each township of the area, the most overdue first, those without incidents last."""
    known = {t.code: t for t in board.townships}
    codes = {*known, *(c for c in index().townships() if c.startswith(area))}
    listed = [known.get(c, TownshipRow(c, 0, 0, 0, 0)) for c in codes]
    rows = sorted(listed, key=lambda t: (-t.overdue, -t.open, t.code))
    return [
        TownshipLine(
            places.get(t.code + "000", t.code),
            reverse("wall:area", args=[t.code]),
            t.open,
            t.overdue,
            t.reported,
            t.closed,
        )
        for t in rows
    ]


def points(board: Board, links: Links) -> dict[str, Any]:
    """The map's points, [id, lng, lat, light] because there are many, and where `{id}` leads ("" for nowhere)."""
    return {
        "href": links.matter(_ANY).replace(str(_ANY), "{id}"),
        "points": [(str(p.id), p.lng, p.lat, p.light) for p in board.points],
    }


def ground(area: str, places: Mapping[str, str]) -> dict[str, Any]:
    """The map under the points: the county's outline, and the townships of the area with their names."""
    county = current_county()
    shown = {c: s for c, s in index().townships().items() if c.startswith(area[:9]) or area.startswith(c)}
    return {
        "outline": county.boundary,
        "townships": [
            {
                "name": places.get(code + "000", ""),
                "href": reverse("wall:area", args=[code]),
                "geometry": orjson.loads(shapely.to_geojson(shape)),
                "at": shapely.get_coordinates(shapely.point_on_surface(shape))[0][::-1].tolist(),
            }
            for code, shape in shown.items()
        ],
    }


def figures(trend: Trend) -> dict[str, Figure]:
    """The trend of the last day by hour and of the last thirty days."""

    def figure(title: str, labels: list[str], reported: tuple[int, ...], closed: tuple[int, ...]) -> Figure:
        return Figure(
            title, "line", labels, (Series(_("新上报"), reported), Series(_("办结"), closed)), _("件")
        )

    return {
        "hours": figure(
            _("最近 24 小时"),
            [localtime(h).strftime("%H:%M") for h in trend.hours],
            trend.reported_by_hour,
            trend.closed_by_hour,
        ),
        "days": figure(
            _("最近 30 天"),
            [f"{d.month}-{d.day}" for d in trend.days],
            trend.reported_by_day,
            trend.closed_by_day,
        ),
    }
