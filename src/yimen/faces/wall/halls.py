"""A hall's screens: the kiosk that gives numbers, the display that shows who is called where, and the one on each
counter that asks how it went.

All are for an account with the role 大厅屏幕, which opens nothing else; the display follows the calls as they happen.
"""

from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from yimen.domains.hall.api import (
    HallPermission,
    halls,
    place_of,
    queue_of,
    rate_at_window,
    served_at,
    take_ticket,
    ticket_by_code,
    tickets_on,
    waiting,
    windows_of,
)
from yimen.domains.services.api import LEVEL_NAMES
from yimen.kernel.access.decide import decide
from yimen.kernel.access.middleware import actor_of, asked_by_itself, needs, staff_door
from yimen.kernel.ids import read_public_code
from yimen.kernel.notices import stream
from yimen.kernel.words import Finding, Refusal, Text

_NEXT, _CALLED = 12, 6


def _hall(request: HttpRequest, code: str) -> Any:
    """A hall whose screen this account may show; any other does not exist."""
    found = halls().filter(code=code).first()
    if found is None or decide(actor_of(request), HallPermission.SCREEN, area=found.place_code):
        raise Http404
    return found


def _name(hall: Any) -> Text:
    return Text(*hall.called)


def _shown(hall: Any) -> dict[str, Any]:
    called = tickets_on(hall).filter(last_called_at__isnull=False).order_by("-last_called_at")
    at_windows = called.filter(state="called", window__isnull=False)[:_CALLED]
    return {
        "hall": hall,
        "hall_name": _name(hall),
        "called": list(at_windows),
        "next": list(waiting(hall)[:_NEXT]),
        "queue": queue_of(hall),
    }


@require_safe
@needs(HallPermission.SCREEN)
def screens(request: HttpRequest) -> HttpResponse:
    """The halls whose screens this account may show, each with its display and its kiosk."""
    actor = actor_of(request)
    mine = [h for h in halls() if decide(actor, HallPermission.SCREEN, area=h.place_code) is None]
    return render(request, "wall/hall_screens.html", {"halls": [(h, _name(h), windows_of(h)) for h in mine]})


@require_GET
@needs(HallPermission.SCREEN)
def display(request: HttpRequest, code: str) -> HttpResponse:
    """The calling display."""
    return render(request, "wall/hall.html", _shown(_hall(request, code)))


@require_GET
def display_now(request: HttpRequest, code: str) -> HttpResponseBase:
    """What the display shows, read now; an account that only shows screens stays signed in by asking."""
    return _asked_again(request) or render(request, "wall/hall_board.html", _shown(_hall(request, code)))


def _asked_again(request: HttpRequest) -> HttpResponseBase | None:
    """What a screen asks by itself keeps nobody signed in who may do more than show screens; who is signed out starts over."""
    if staff_door(request):
        return HttpResponse(status=200, headers={"HX-Refresh": "true"})
    if not all(grant.permissions == {HallPermission.SCREEN} for grant in actor_of(request).grants):
        asked_by_itself(request)
    return None


@require_GET
@needs(HallPermission.SCREEN)
def live(request: HttpRequest) -> HttpResponseBase:
    """The calls in the reader's halls, as they happen."""
    return stream.live(request, (HallPermission.SCREEN,))


@require_http_methods(["GET", "POST"])
@needs(HallPermission.SCREEN)
def kiosk(request: HttpRequest, code: str) -> HttpResponse:
    """Take a number: one touch, or the code of an appointment."""
    hall = _hall(request, code)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST":
        typed = request.POST.get("appointment", "").strip()
        try:
            ticket = take_ticket(
                actor_of(request),
                hall_code=code,
                kind=request.POST.get("kind", "general"),
                appointment_code=read_public_code(typed) or "-" if typed else "",
            )
        except Refusal as refusal:
            findings = refusal.findings
        else:
            return redirect("wall:kiosk_ticket", code=code, ticket_code=ticket.code)
    page = {"hall": hall, "hall_name": _name(hall), "queue": queue_of(hall), "findings": findings}
    return render(request, "wall/kiosk.html", page, status=422 if findings else 200)


@require_safe
@needs(HallPermission.SCREEN)
def kiosk_ticket(request: HttpRequest, code: str, ticket_code: str) -> HttpResponse:
    """The number that was taken, to print or to follow on a phone; the kiosk goes back by itself."""
    hall, ticket = _hall(request, code), ticket_by_code(ticket_code)
    if ticket is None or ticket.hall_id != hall.code:
        raise Http404
    address = request.build_absolute_uri(reverse("portal:ticket", args=[ticket.code]))
    page = {
        "hall": hall,
        "hall_name": _name(hall),
        "ticket": ticket,
        "place": place_of(ticket),
        "address": address,
        "qr": segno.make(address, error="m").svg_data_uri(scale=5, border=2, dark="#000", light="#fff"),
    }
    return render(request, "wall/kiosk_ticket.html", page)


def _window(request: HttpRequest, code: str, number: int) -> dict[str, Any]:
    """What the screen on a counter shows; `shown` tells one visit, or none, from the next."""
    hall = _hall(request, code)
    if not windows_of(hall).filter(number=number).exists():
        raise Http404
    served = served_at(hall, number)
    return {
        "hall": hall,
        "hall_name": _name(hall),
        "number": number,
        "served": served,
        "levels": LEVEL_NAMES.items(),
        "shown": f"{served.number} {served.visit and served.visit.id} {served.is_rated}" if served else "",
    }


@require_http_methods(["GET", "POST"])
@needs(HallPermission.SCREEN)
def rating(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The screen on a counter: who was just served rates the visit with one touch (现场一次一评)."""
    page = _window(request, code, number)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST":
        given = request.POST
        level = given.get("level", "")
        try:
            rate_at_window(
                page["hall"],
                number,
                visit_id=given.get("visit", ""),
                level=int(level) if level.isdecimal() and len(level) == 1 else 0,
                is_anonymous="is_anonymous" in given,
            )
        except Refusal as refusal:
            findings = refusal.findings
        else:
            return redirect("wall:rating", code=code, number=number)
    return render(
        request, "wall/rating.html", {**page, "findings": findings}, status=422 if findings else 200
    )


@require_GET
def rating_now(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """The screen on a counter again, if it is no longer what is shown."""
    if (again := _asked_again(request)) is not None:
        return again
    page = _window(request, code, number)
    if request.GET.get("shown") == page["shown"]:
        return HttpResponse(status=204)
    return render(request, "wall/rating_board.html", page)
