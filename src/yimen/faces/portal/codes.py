"""Doors that a code opens: wrong codes are counted by address, and after many nothing is opened there for a while."""

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
            refuse_spent(WRONG_CODES, address_of(request))
        except Refusal as refused:
            page = {"form": TrackForm(), "findings": refused.findings}
            return render(request, "portal/track.html", page, status=429)
        try:
            return view(request, **address)
        except Http404:
            wrong_code(request)
            raise

    return guarded
