"""The page of an agent's task and of an order: where it stands, what can be done now, what happened."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.design.shapes import Tone
from yimen.design.step_forms import step_form
from yimen.faces.console.presenting import clock_rows, timeline_of
from yimen.kernel.access.middleware import actor_of
from yimen.kernel.calendar.clocks import remaining
from yimen.kernel.calendar.today import now, today
from yimen.kernel.counties.calendars import county_calendar
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import Moved
from yimen.kernel.matters.queries import allowed_steps, clocks_of, history, procedure_of
from yimen.kernel.org.queries import organ_names, post_names
from yimen.kernel.papers.store import keep_upload
from yimen.kernel.words import Finding, Refusal

TONES: Mapping[str, Tone] = {
    "handed_back": "green", "revoked": "neutral", "result_in": "amber", "paid": "green", "called_off": "neutral", "done": "amber",
}  # fmt: skip
Failed = tuple[str, Any, Sequence[Finding]]
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
        "acts": _acts(request, matter, clocks, act_url, failed, shown.get("usual", {})),
        "happenings": timeline_of(procedure, entries, organ_names(today()), posts, matter.channel),
    }
    return render(request, "console/hall_matter.html", context, status=422 if failed else 200)


def _acts(
    request: HttpRequest,
    matter: Matter,
    clocks: Any,
    act_url: str,
    failed: Failed | None,
    usual: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """Each step on offer with its form, or with what blocks it."""
    acts = []
    for offer in allowed_steps(actor_of(request), matter, clocks):
        code = offer.step.code
        form = step_form(offer.step)(initial={"revision": matter.revision, **usual}, prefix=code)
        is_open = failed is not None and failed[0] == code
        acts.append(
            {
                "label": offer.step.label, "text": offer.step.description or "", "law": offer.step.law,
                "url": reverse(act_url, args=[matter.id, code]),
                "form": failed[1] if failed and is_open else None if offer.blocked else form,
                "blocked": failed[2] if failed and is_open else offer.blocked, "is_open": is_open,
            }
        )  # fmt: skip
    return acts


def act_on(
    request: HttpRequest, matter: Matter, step_code: str, act: Callable[..., Moved], names: tuple[str, str], details: Details
) -> HttpResponse:  # fmt: skip
    """Perform one step; a refusal comes back beside what was typed. `names` are the page's and the act's URLs."""
    actor = actor_of(request)
    offer = next((o for o in allowed_steps(actor, matter) if o.step.code == step_code), None)
    if offer is None:
        raise PermissionDenied
    form = step_form(offer.step)(request.POST, request.FILES, prefix=step_code)
    findings: Sequence[Finding] = ()
    if form.is_valid():
        given = {k: v for k, v in form.cleaned_data.items() if k != "revision" and v not in (None, "", [])}
        try:
            if uploads := given.pop("files", None):
                given["files"] = [str(keep_upload(u, by=actor.account_id).id) for u in uploads]
            act(actor, matter.id, step_code, given, expected_revision=form.cleaned_data.get("revision"))
        except Refusal as refusal:
            findings = refusal.findings
        else:
            messages.success(request, _("已办理：%(step)s") % {"step": offer.step.label})
            return redirect(names[0], matter.id)
    return matter_shown(request, matter, names[1], details, (step_code, form, findings))
