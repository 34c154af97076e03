"""Doors that a code opens: a right one always does; wrong ones are counted by address, and many are told to slow down (ADR 21)."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from yimen.faces.portal.forms import TrackForm
from yimen.kernel.access.throttle import WRONG_CODES, address_of, refuse_spent, wrong_code
from yimen.kernel.words import Refusal


def by_code(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of what a code opens."""

    @wraps(view)
    def guarded(request: HttpRequest, **address: object) -> HttpResponse:
        try:
            return view(request, **address)
        except Http404:
            if slowed := slowed_down(request):
                return slowed
            raise

    return guarded


def slowed_down(request: HttpRequest) -> HttpResponse | None:
    """Count the wrong code that came with the request; an answer when too many did."""
    try:
        refuse_spent(WRONG_CODES, address_of(request))
    except Refusal as refused:
        page = {"form": TrackForm(), "findings": refused.findings}
        return render(request, "portal/track.html", page, status=429)
    wrong_code(request)
    return None
