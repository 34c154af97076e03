"""The wall: the page, its board and its trend as parts fetched again when something happens, and the stream."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yimen.domains.grid.api import GridPermission, board, trend
from yimen.faces.wall.presenting import (
    Links,
    counters,
    figures,
    ground,
    lines,
    points,
    township_lines,
)
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas, decide, holds
from yimen.kernel.access.middleware import actor_of, asked_by_itself, needs, session_ends_at, staff_door
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.notices import stream
from yimen.kernel.org.queries import names_of

Part = Callable[[HttpRequest, str], HttpResponse]


def _own_area(actor: Actor) -> str:
    """The widest area whose wall the actor may watch."""
    return min((area for area, organ in areas(actor, GridPermission.WALL) if not organ), key=len)


def _watched(actor: Actor, area: str) -> str:
    """The area, if the actor may watch it and it is in this county; otherwise it does not exist."""
    known = area == current_county().code or Division.objects.filter(code=area.ljust(12, "0")).exists()
    if not known or decide(actor, GridPermission.WALL, area=area):
        raise Http404
    return area


def _places(area: str) -> dict[str, str]:
    """The names of the county, its townships and villages, by their 12 digits."""
    return names_of(Division.objects.filter(code__startswith=area[:6]))


@require_GET
@needs(GridPermission.WALL)
def wall(request: HttpRequest, area: str = "") -> HttpResponse:
    """The whole wall of an area."""
    actor = actor_of(request)
    own = _own_area(actor)
    area = _watched(actor, area or own)
    places = _places(area)
    context = {
        **_board_context(actor, area, places),
        "name": places.get(area.ljust(12, "0"), "") if len(area) > 6 else "",
        "is_part": area != own,
        "ground": ground(area, places),
        "figures": figures(trend(area)),
        "ends_at": session_ends_at(request),
    }
    return render(request, "wall/wall.html", context)


def _board_context(actor: Actor, area: str, places: dict[str, str]) -> dict[str, Any]:
    links = Links(area, may_read=holds(actor, GridPermission.READ) is None)
    found = board(area)
    return {
        "area": area,
        "board": found,
        **counters(found, links),
        "lines": lines(found, places, links),
        "townships": township_lines(found, area, places),
        "points": points(found, links),
        "shown": len(found.points),
    }


def _part(view: Part) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """A part that the page asks for by itself.

    A lost session is answered by a reload, which leads to the sign-in page. Asking keeps a session in use only for an
    account that may do nothing but show the wall: a screen on a wall stays up for a working day, a person's session
    goes idle as anywhere else.
    """

    @require_GET
    @wraps(view)
    def answered(request: HttpRequest, area: str) -> HttpResponseBase:
        if staff_door(request):
            return HttpResponse(status=200, headers={"HX-Refresh": "true"})
        actor = actor_of(request)
        if not _only_watches(actor):
            asked_by_itself(request)
        return view(request, _watched(actor, area))

    return answered


def _only_watches(actor: Actor) -> bool:
    return all(grant.permissions == {GridPermission.WALL} for grant in actor.grants)


@_part
def board_now(request: HttpRequest, area: str) -> HttpResponse:
    """The board, counted now."""
    return render(request, "wall/board.html", _board_context(actor_of(request), area, _places(area)))


@_part
def trend_now(request: HttpRequest, area: str) -> HttpResponse:
    """The trend as it was within the last minute."""
    return render(request, "wall/trend.html", {"figures": figures(trend(area)), "area": area})


@require_GET
@needs(GridPermission.WALL)
def live(request: HttpRequest) -> HttpResponseBase:
    """What happens in the area I may watch, as it happens."""
    return stream.live(request, (GridPermission.WALL,))
