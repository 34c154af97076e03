"""The page of an agent's task and of an order: where it stands, what can be done now, what happened."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yimen.design.shapes import Tone
from yimen.faces.console import acting
from yimen.faces.console.acting import Failed
from yimen.faces.console.presenting import clock_rows, timeline_of
from yimen.kernel.access.middleware import actor_of
from yimen.kernel.calendar.clocks import remaining
from yimen.kernel.calendar.today import now, today
from yimen.kernel.counties.calendars import county_calendar
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import Moved
from yimen.kernel.matters.queries import allowed_steps, clocks_of, history, procedure_of
from yimen.kernel.org.queries import organ_names, post_names

TONES: Mapping[str, Tone] = {
    "handed_back": "green", "revoked": "neutral", "result_in": "amber", "paid": "green", "called_off": "neutral", "done": "amber",
}  # fmt: skip
Details = Callable[[Matter], dict[str, Any]]


def matter_shown(
    request: HttpRequest, matter: Matter, act_url: str, details: Details, failed: Failed | None = None
) -> HttpResponse:
    """The whole page; `details` gives its facts, way back and table, and what is `usual` in its forms."""
    procedure, clocks, entries = procedure_of(matter), clocks_of(matter.id), history(matter.id)
    at, calendar = now(), county_calendar()
    posts = post_names(e.post for e in entries)
    running = clock_rows(procedure, clocks)
    for each in running:
        each["left"] = remaining(each["due_at"], at, each["unit"], calendar, each["hours"])
    shown = details(matter)
    context = {
        **shown,
        "matter": matter,
        "state": procedure.state(matter.state),
        "tone": TONES.get(matter.state, "blue"),
        "light": matter.light(at),
        "clocks": running,
        "acts": acting.acts(
            matter,
            allowed_steps(actor_of(request), matter, clocks),
            act_url,
            failed,
            usual=lambda _: shown.get("usual", {}),
        ),
        "happenings": timeline_of(procedure, entries, organ_names(today()), posts, matter.channel),
    }
    return render(request, "console/hall_matter.html", context, status=422 if failed else 200)


def act_on(
    request: HttpRequest,
    matter: Matter,
    step_code: str,
    act: Callable[..., Moved],
    names: tuple[str, str],
    details: Details,
) -> HttpResponse:
    """Perform one step; `names` are the page's and the act's URLs."""
    page, act_url = names
    return acting.perform(
        request, matter, step_code, act, page,
        lambda failed: matter_shown(request, matter, act_url, details, failed),
    )  # fmt: skip
