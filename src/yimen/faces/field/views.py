"""A grid worker's phone: what waits in my grid, one tap to report."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yimen.domains.grid.api import GridPermission, visible_incidents
from yimen.kernel.access.decide import holds
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.calendar.today import now
from yimen.kernel.matters.queries import due_first, procedure_of

_LOOK_AT = ("handled", "verifying")
"""The states in which somebody of the grid is to go and look."""


@require_safe
@needs(GridPermission.READ)
def home(request: HttpRequest) -> HttpResponse:
    """The open incidents of my area, those to check first."""
    actor = actor_of(request)
    matters = due_first(visible_incidents(actor), 30)
    matters.sort(key=lambda m: m.state not in _LOOK_AT)
    at = now()
    cards = [(m, procedure_of(m).state(m.state).name, m.light(at)) for m in matters]
    context = {
        "cards": cards,
        "person": actor.name,
        "may_report": holds(actor, GridPermission.REPORT) is None,
    }
    return render(request, "field/home.html", context)
