"""A grid worker's tasks on the phone: every field of work on one screen, what was pushed, and how to answer it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yimen.design.shapes import MapShape, MapSheet
from yimen.domains.duties.api import (
    ACTIONS,
    DOMAINS,
    FREQUENCIES,
    OUTCOMES,
    DutyPermission,
    GridRound,
    answer_round,
    edition_on,
    rounds_of,
    tasks_on,
)
from yimen.domains.grid.api import GridPermission, Report, report_incident
from yimen.faces.field.forms import AnswerForm
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas, holds
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.calendar.today import today
from yimen.kernel.constraints import one_act
from yimen.kernel.org.models import Grid, Post
from yimen.kernel.org.queries import grid_name
from yimen.kernel.papers.store import keep_upload
from yimen.kernel.words import Finding, Refusal, Text

_MOST_GRIDS = 30


def my_grids(actor: Actor) -> list[Grid]:
    """The grid of my post, where it has one; otherwise the grids I may answer for, at most 30."""
    inside = Q(pk__in=[])
    for area, organ in areas(actor, DutyPermission.ANSWER):
        if not organ:
            inside |= Q(code__startswith=area)
    mine = Grid.objects.filter(inside, valid__contains=today()).order_by("code")
    own = (
        Post.objects.filter(code=actor.post).exclude(grid_code="").values_list("grid_code", flat=True).first()
    )
    return list(mine.filter(code=own) if own else mine[:_MOST_GRIDS])


@require_safe
@needs(DutyPermission.ANSWER)
def task_list(request: HttpRequest) -> HttpResponse:
    """What was pushed to my grid, then the whole list by field."""
    tasks = list(tasks_on(today()))
    actor = actor_of(request)
    context = {
        "may_report": holds(actor, GridPermission.REPORT) is None,
        "rounds": rounds_of(my_grids(actor)),
        "outcomes": OUTCOMES,
        "edition": edition_on(today()),
        "groups": [
            (
                words,
                [
                    {
                        "name": t.called,
                        "what": Text(t.what, t.what_en),
                        "actions": " · ".join(str(ACTIONS[a]) for a in t.actions),
                        "frequency": FREQUENCIES.get(t.frequency, t.frequency),
                        "evidence": t.evidence,
                        "basis": t.basis,
                    }
                    for t in tasks
                    if t.code.startswith(code)
                ],
            )
            for code, words in DOMAINS.items()
        ],
    }
    return render(request, "field/tasks.html", context)


def _asked(actor: Actor, round_id: UUID, grid_code: str) -> GridRound:
    """A running round of one of my grids; any other does not exist."""
    inside = any(grid_code.startswith(a) for a, organ in areas(actor, DutyPermission.ANSWER) if not organ)
    grids = Grid.objects.filter(code=grid_code, valid__contains=today()) if inside else Grid.objects.none()
    found = next((r for r in rounds_of(grids) if r.matter.id == round_id), None)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@needs(DutyPermission.ANSWER)
def answer(request: HttpRequest, round_id: UUID, grid_code: str) -> HttpResponse:
    """Answer a round for a grid; what was found becomes an incident by the ordinary report."""
    actor = actor_of(request)
    asked = _asked(actor, round_id, grid_code)
    grid = asked.grid
    form = AnswerForm(request.POST or None, request.FILES or None, initial={"lng": grid.lng, "lat": grid.lat})
    findings: Sequence[Finding] = ()
    if request.method == "POST" and form.is_valid():
        try:
            _answer(actor, asked, form.cleaned_data)
        except Refusal as refusal:
            findings = refusal.findings
        else:
            messages.success(request, _("已答复。"))
            return redirect("field:tasks")
    context = {
        "asked": asked,
        "outcome": OUTCOMES[asked.answer.outcome] if asked.answer else "",
        "form": form,
        "findings": findings,
        "map": MapSheet(grid.lng, grid.lat, 14, (MapShape(grid.boundary, grid_name(grid), tone="blue"),)),
    }
    return render(request, "field/answer.html", context, status=200 if request.method == "GET" else 422)


def _answer(actor: Actor, asked: GridRound, given: dict[str, Any]) -> None:
    """Report what was found and answer, both or neither: an answer without its incident would be a claim."""
    with one_act():
        number = _reported(actor, asked, given) if given["outcome"] == "found" else ""
        answer_round(
            actor, round_id=asked.matter.id, grid_code=asked.grid.code, outcome=given["outcome"],
            note_text=given["note_text"], incident_number=number,
        )  # fmt: skip


def _reported(actor: Actor, asked: GridRound, given: dict[str, Any]) -> str:
    report = Report(
        text=f"{asked.matter.title}：{given['note_text'].strip()}",
        lng=asked.grid.lng if given["lng"] is None else given["lng"],
        lat=asked.grid.lat if given["lat"] is None else given["lat"],
        channel="grid_worker",
    )
    return report_incident(
        actor,
        report,
        keep=lambda: [keep_upload(each, by=actor.account_id).id for each in given["photos"]],
    ).number
