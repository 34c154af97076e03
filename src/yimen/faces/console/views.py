"""The console's pages about matters: my work, the list, one matter, and acting on it."""

from collections.abc import Mapping
from io import BufferedReader
from logging import getLogger
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
from csp.constants import SELF
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yimen.design.files import documents_shown
from yimen.design.shapes import Column, Fact, MapPoint
from yimen.design.step_forms import Choices, step_form
from yimen.domains.command.api import APPEAL
from yimen.domains.duties.api import ADMISSION, ROUND
from yimen.domains.grid.api import (
    INCIDENT,
    GridPermission,
    Report,
    Similar,
    grouped,
    in_force,
    is_grid_worker,
    joined_in,
    joined_to,
    likely_duplicates,
    report_incident,
    similar_incidents,
    suggested_duty,
    visible_incidents,
)
from yimen.domains.grid.api import (
    act as act_on_incident,
)
from yimen.domains.grid.api import (
    my_work as waiting_for_me,
)
from yimen.domains.hall.api import AGENT_TASK, SERVICE_ORDER, visible_orders, visible_tasks
from yimen.domains.services.api import (
    JOINT_OPINION,
    RECTIFICATION,
    SERVICE,
    WRITTEN,
    applications_waiting,
    inquiries_left,
    visible_applications,
)
from yimen.domains.services.api import act as act_on_application
from yimen.faces.console import acting
from yimen.faces.console.acting import Failed
from yimen.faces.console.acts_in_words import act_words
from yimen.faces.console.application_presenting import (
    StillMissing,
    application_facts,
    defects_of,
    material_names,
    materials_of,
    opinions_of,
)
from yimen.faces.console.forms import StaffReportForm
from yimen.faces.console.incident_map import filter_form, incident_map, view_tabs
from yimen.faces.console.presenting import (
    LIST_COLUMNS,
    WORK_COLUMNS,
    clock_rows,
    facts_of,
    grids_sheet,
    list_rows,
    performer,
    state_tone,
    timeline_of,
)
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.middleware import actor_of, needs, staff_only
from yimen.kernel.calendar.clocks import remaining
from yimen.kernel.calendar.today import LOCAL_ZONE, now, today
from yimen.kernel.counties.calendars import county_calendar
from yimen.kernel.counties.models import Division
from yimen.kernel.documents.issuing import documents_of
from yimen.kernel.ledger.verify import prove
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.offers import Offer
from yimen.kernel.matters.queries import (
    allowed_steps,
    begun_by,
    clocks_of,
    history,
    narrowed,
    page,
    procedure_of,
    waiting_for,
)
from yimen.kernel.org.models import Grid
from yimen.kernel.org.queries import grid_names, holders, names_of, organ_names, post_names
from yimen.kernel.papers.looks import looking, looks_at
from yimen.kernel.papers.models import Paper
from yimen.kernel.papers.store import PICTURES, SUFFIXES, keep_upload, path_of
from yimen.kernel.procedure.language import Step
from yimen.kernel.words import Refusal

log = getLogger(__name__)

_ELSEWHERE = frozenset({"reveal", "open_form"})
"""Steps that have a page of their own."""
_WITH_OWN_PAGES = (AGENT_TASK, SERVICE_ORDER, ADMISSION, ROUND, APPEAL)
"""Procedures whose matters have pages of their own; what waits there is work as well."""
_WORK = 50
"""How much of one's work is shown at once, the most urgent first."""


@require_safe
@staff_only
def my_work(request: HttpRequest) -> HttpResponse:
    """What waits for me, the most urgent first."""
    actor = actor_of(request)
    at = now()
    every = [
        *waiting_for_me(actor, _WORK),
        *applications_waiting(actor, _WORK),
        *(m for each in _WITH_OWN_PAGES for m in waiting_for(actor, each, _WORK)),
    ]
    matters = sorted(every, key=lambda m: (m.due_at is None, m.due_at or at, m.id))[:_WORK]
    lights = [m.light(at) for m in matters]
    chosen = request.GET.get("light", "")
    shown = [m for m, light in zip(matters, lights, strict=True) if chosen in ("", light)]
    context = {
        "columns": WORK_COLUMNS,
        "rows": list_rows(shown, organ_names(today()), at),
        "red": lights.count("red"),
        "amber": lights.count("amber"),
        "green": lights.count("green"),
        "chosen": chosen,
    }
    return render(request, "console/my_work.html", context)


@require_safe
@staff_only
def matter_list(request: HttpRequest) -> HttpResponse:
    """All incidents I may see, newest first, narrowed and paged by key."""
    names = organ_names(today())
    form = filter_form(request.GET, names)
    filters = form.narrowing()
    before = form.cleaned_data.get("before")
    at = now()
    matters = narrowed(visible_incidents(actor_of(request)), filters, at)
    found = page(matters, before)
    kept = {k: str(v) for k, v in request.GET.items() if k != "before" and v}
    next_url = f"?{urlencode({**kept, 'before': str(found.next_key)})}" if found.next_key else ""
    context = {
        "form": form,
        "tabs": view_tabs(kept),
        "map": incident_map(matters, kept, at) if kept.get("view") == "map" else None,
        "whole_url": f"?{urlencode({k: v for k, v in kept.items() if k != 'within'})}"
        if filters.within
        else "",
        "columns": LIST_COLUMNS,
        "rows": list_rows(found.matters, names, at),
        "next_url": next_url,
        "first_url": f"?{urlencode(kept)}" if before else "",
    }
    return render(request, "console/matters.html", context)


def _visible(request: HttpRequest, matter_id: UUID) -> Matter:
    """The matter, if the reader may see it; otherwise it does not exist."""
    matter = Matter.objects.filter(id=matter_id).first()
    if matter is None or not _seen(actor_of(request), matter.procedure).filter(id=matter_id).exists():
        raise Http404
    return matter


def _seen(actor: Actor, procedure: str) -> QuerySet[Matter]:
    """The matters of a procedure that the actor may see on this page; other procedures have pages of their own."""
    if procedure == INCIDENT.code:
        return visible_incidents(actor)
    if procedure in (SERVICE.code, JOINT_OPINION.code, RECTIFICATION.code):
        return visible_applications(actor, procedure)
    return Matter.objects.none()


def _options(matter: Matter, offer: Offer) -> dict[str, Choices]:
    kinds = {f.kind for f in offer.step.fields}
    options: dict[str, Any] = {}
    if "organ" in kinds:
        names = organ_names(today())
        handlers = {k: v for k, v in names.items() if len(k) != 12}
        duty = suggested_duty(matter)
        first = (
            [(duty.organ_code, _("%(organ)s（按职责清单推荐）") % {"organ": names[duty.organ_code]})]
            if duty and duty.organ_code in names
            else []
        )
        options["organ"] = first + [
            pair for pair in handlers.items() if not duty or pair[0] != duty.organ_code
        ]
    if "post" in kinds:
        options["post"] = [
            (h.post.code, f"{h.post.called} {h.person.name}")
            for h in holders(today(), organ_id=matter.organ_code)
        ]
    if "class" in kinds:
        options["class"] = grouped(list(in_force().classes.values()))
    return options


def _form_class(matter: Matter, offer: Offer) -> type[forms.Form]:
    """The step's form; materials are ticked by name where the step takes their codes."""
    form_class = step_form(offer.step, _options(matter, offer))
    if "missing" in form_class.base_fields and matter.procedure == SERVICE.code:
        form_class.base_fields["missing"] = StillMissing(matter)
    if offer.step.code in ("begin_inquiry", "look_into"):
        left = inquiries_left(matter.facts, is_counted=offer.step.code == "look_into")
        field: Any = form_class.base_fields["inquiry"]
        field.choices = [(code, words) for code, words in field.choices if code in left]
    return form_class


def _acts(matter: Matter, offers: list[Offer], failed: Failed | None = None) -> list[dict[str, Any]]:
    """Each step on offer, with what is known beforehand, until when others then have, and the paper it would make."""
    duty = suggested_duty(matter) if any(o.step.code == "dispatch" for o in offers) else None

    def usual(offer: Offer) -> dict[str, Any]:
        if offer.step.code == "dispatch" and duty:
            return {"organ": duty.organ_code}
        return {"defects": defects_of(matter)} if offer.step.code == "name_defects" else {}

    shown = acting.acts(
        matter, offers, "console:act", failed, form_of=lambda offer: _form_class(matter, offer), usual=usual
    )
    for each, offer in zip(shown, offers, strict=True):
        code = offer.step.code
        if code == "dispatch" and duty:
            each["text"] = _("按派遣规则推荐：%(rule)s。改派别处要写明理由。") % {"rule": duty.rule}
        each["text"] += _last_days(matter, offer.step)
        if matter.procedure == SERVICE.code and code in WRITTEN:
            each["preview"] = reverse("console:preview_document", args=[matter.id, code])
    return shown


def _last_days(matter: Matter, step: Step) -> str:
    """Until when somebody else then has, where the house acts if they do not: to be said before the act, not only in its paper."""
    said = [
        _("%(limit)s最迟到 %(day)s，逾期：%(breach)s")
        % {"limit": limit.name, "day": f"{end.astimezone(LOCAL_ZONE):%Y-%m-%d}", "breach": limit.on_breach}
        for limit, end in begun_by(matter, step, now())
        if limit.then
    ]
    return "".join(said)


def _matter_context(request: HttpRequest, matter: Matter, failed: Failed | None = None) -> dict[str, Any]:
    procedure = procedure_of(matter)
    clocks = clocks_of(matter.id)
    entries = history(matter.id)
    organs = organ_names(today())
    posts = post_names(e.post for e in entries)
    places = names_of(Division.objects.filter(code=matter.place_code))
    places |= grid_names(Grid.objects.filter(code=matter.grid_code, valid__contains=today()))
    at, calendar = now(), county_calendar()
    running = clock_rows(procedure, clocks)
    for row in running:
        row["left"] = remaining(row["due_at"], at, row["unit"], calendar, row["hours"])
    offers = [o for o in allowed_steps(actor_of(request), matter, clocks) if o.step.code not in _ELSEWHERE]
    point = MapPoint(matter.lng or 0, matter.lat or 0, matter.number)
    return {
        "matter": matter,
        "taken": request.GET.get("taken", "")[:200],
        "state": procedure.state(matter.state),
        "tone": state_tone(matter.state),
        "light": matter.light(at),
        "facts": _facts(actor_of(request), matter, organs, places),
        "materials": materials_of(matter),
        "opinions": opinions_of(actor_of(request), matter, organs),
        "documents": documents_shown(
            documents_of(matter.id), lambda d: reverse("console:document", args=[matter.id, d.id])
        ),
        "is_application": matter.procedure == SERVICE.code,
        "is_incident": matter.procedure == INCIDENT.code,
        "clocks": running,
        "acts": _acts(matter, offers, failed),
        "happenings": timeline_of(procedure, entries, organs, posts, matter.channel, material_names(matter)),
        "can_reveal": matter.private is not None and matter.procedure == INCIDENT.code,
        "similar": _similar(actor_of(request), matter) if matter.procedure == INCIDENT.code else (),
        "map": grids_sheet(matter.place_code, point, matter.grid_code),
    }


def _facts(actor: Actor, matter: Matter, organs: Mapping[str, str], places: Mapping[str, str]) -> list[Fact]:
    if matter.procedure == INCIDENT.code:
        return [*facts_of(matter, organs, places), *_merged(actor, matter)]
    return application_facts(matter, organs, places)


def _merged(actor: Actor, matter: Matter) -> list[Fact]:
    """Into which incident it was merged, and which were merged into it; a link where the reader may see the other."""
    into = joined_to(matter)
    others = joined_in(matter)[:_WORK]
    ids = [m.id for m in (into, *others) if m]
    seen = set(visible_incidents(actor).filter(id__in=ids).values_list("id", flat=True)) if ids else set()
    return [
        Fact(label, m.number, reverse("console:matter", args=[m.id]) if m.id in seen else "")
        for label, m in ((_("并入"), into), *((_("并入本件的"), m) for m in others))
        if m
    ]


def _similar(actor: Actor, matter: Matter) -> list[dict[str, Any]]:
    """What may be the same, for who decides about merging."""
    return [_similar_row(s) for s in likely_duplicates(actor, matter)]


def _similar_row(found: Similar) -> dict[str, Any]:
    return {
        "number": found.matter.number,
        "title": found.matter.titled,
        "metres": found.metres,
        "url": reverse("console:matter", args=[found.matter.id]),
    }


@require_safe
@staff_only
def matter_page(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """What it is, where it stands, what I can do now, what happened."""
    return render(request, "console/matter.html", _matter_context(request, _visible(request, matter_id)))


@require_POST
@staff_only
def act(request: HttpRequest, matter_id: UUID, step_code: str) -> HttpResponse:
    """Perform one step; a refusal comes back with its reason and article beside what was typed."""
    matter = _visible(request, matter_id)

    def shown(failed: Failed) -> HttpResponse:
        context = _matter_context(request, _visible(request, matter_id), failed)
        return render(request, "console/matter.html", context, status=422)

    done_by = act_on_incident if matter.procedure == INCIDENT.code else act_on_application
    return acting.perform(
        request, matter, step_code, done_by, "console:matter", shown, lambda offer: _form_class(matter, offer)
    )


@require_http_methods(["GET", "POST"])
@staff_only
def reveal(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Show the reporter's contact details, once a reason is given; the look itself enters the ledger."""
    matter = _visible(request, matter_id)
    form = step_form(INCIDENT.step("reveal"))(request.POST or None)
    shown: dict[str, str] = {}
    findings: Any = ()
    if request.method == "POST" and form.is_valid() and matter.private is not None:
        try:
            act_on_incident(actor_of(request), matter.id, "reveal", {"reason": form.cleaned_data["reason"]})
            shown = matter.unsealed()
        except Refusal as refusal:
            findings = refusal.findings
    return render(
        request, "console/reveal.html", {"matter": matter, "form": form, "shown": shown, "findings": findings}
    )


@require_safe
@staff_only
def matter_ledger(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """The matter's chain, entry by entry."""
    matter = _visible(request, matter_id)
    columns = (
        Column(_("序号"), "number"),
        Column(_("时间"), "date"),
        Column(_("行为"), "title"),
        Column(_("办理人")),
        Column(_("前一记录")),
        Column(_("本记录")),
    )
    rows = [
        (
            e.seq,
            e.at,
            act_words(e.act, procedure_of(matter)),
            performer(e.who_name),
            bytes(e.prev).hex()[:16],
            bytes(e.hash).hex()[:16],
        )
        for e in history(matter.id)
    ]
    proofs = [(row[0], reverse("console:proof", args=[matter.id, row[0]])) for row in rows]
    context = {"matter": matter, "columns": columns, "rows": rows, "proofs": proofs, **_looks(matter)}
    return render(request, "console/matter_ledger.html", context)


def _looks(matter: Matter) -> Mapping[str, Any]:
    """Who has looked at what a person handed in, a line a paper, person and day."""
    named = {
        UUID(f)
        for e in history(matter.id)
        for f in (orjson.loads(e.payload).get("given") or {}).get("files", ())
    }
    names = dict(Paper.objects.filter(id__in=named).values_list("id", "original_name"))
    looks = sorted(
        ((e.at, e.who_name, names.get(p, "")) for p, found in looks_at(named).items() for e in found)
    )
    return {
        "look_columns": (Column(_("时间"), "date"), Column(_("谁")), Column(_("材料"), "title")),
        "looks": looks,
        "has_looks": matter.procedure != INCIDENT.code,
    }


@require_safe
@staff_only
def proof(request: HttpRequest, matter_id: UUID, seq: int) -> HttpResponse:
    """A proof that an entry is in the ledger, for somebody who does not trust us."""
    matter = _visible(request, matter_id)
    try:
        found = prove(matter.id, seq)
    except Refusal as refusal:
        return JsonResponse({"code": refusal.code, "sentence": str(refusal.sentence)}, status=409)
    return HttpResponse(found.text, content_type="application/json")


def _readable(actor: Actor, procedure: str) -> QuerySet[Matter]:
    """The matters of a procedure whose papers the actor may open, those with pages of their own among them."""
    own_pages = {AGENT_TASK.code: visible_tasks, SERVICE_ORDER.code: visible_orders}
    return own_pages[procedure](actor) if procedure in own_pages else _seen(actor, procedure)


def _paper(request: HttpRequest, matter_id: UUID, paper_id: UUID) -> Paper:
    """A paper that an entry of a matter the reader may see names; any other does not exist.

    A look at what a person handed in is recorded; the photographs of an incident show a place.
    """
    matter = Matter.objects.filter(id=matter_id).first()
    if matter is None or not _readable(actor_of(request), matter.procedure).filter(id=matter_id).exists():
        raise Http404
    named = any(
        str(paper_id) in (orjson.loads(entry.payload).get("given") or {}).get("files", ())
        for entry in history(matter_id)
    )
    paper = Paper.objects.filter(id=paper_id).first() if named else None
    if paper is None:
        raise Http404
    if matter.procedure != INCIDENT.code:
        looking(request, actor_of(request).who(), paper_id)
    return paper


def _opened(path: Path) -> BufferedReader:
    """The file, or 404 when the disk has lost it; `yimen doctor` and restoring a backup are what helps then."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        log.error("a kept file is missing: %s", path.name)
        raise Http404 from None


@require_safe
@staff_only
def paper(request: HttpRequest, matter_id: UUID, paper_id: UUID) -> FileResponse:
    """The file itself, unchanged: as an attachment, or with `?view` to be looked at (pictures and PDF), in our own pages too."""
    kept = _paper(request, matter_id, paper_id)
    response = FileResponse(
        _opened(path_of(kept.sha256)),
        as_attachment="view" not in request.GET or kept.media_type not in {*PICTURES, "application/pdf"},
        filename=f"{Path(kept.original_name or kept.sha256[:12]).stem}{SUFFIXES[kept.media_type]}",
        content_type=kept.media_type,
    )
    response["X-Frame-Options"] = "SAMEORIGIN"
    response._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]
    return response


@require_safe
@staff_only
def thumbnail(request: HttpRequest, matter_id: UUID, paper_id: UUID) -> FileResponse:
    """The small picture without the photo's own data."""
    kept = _paper(request, matter_id, paper_id)
    if kept.media_type not in PICTURES:
        raise Http404
    return FileResponse(_opened(path_of(kept.sha256, small=True)), content_type="image/jpeg")


@require_http_methods(["GET", "POST"])
@needs(GridPermission.REPORT)
def report(request: HttpRequest) -> HttpResponse:
    """Report an incident as staff: the same form on a desk and on a grid worker's phone."""
    form = StaffReportForm(
        request.POST or None,
        request.FILES or None,
        classes=grouped(list(in_force().classes.values())),
        initial={"request_key": uuid4().hex},
    )
    findings: Any = ()
    similar: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        given, seen = form.cleaned_data, visible_incidents(actor_of(request))
        if not given["is_another"] and given["lng"] is not None and given["lat"] is not None:
            near = similar_incidents(given["text"], given["lng"], given["lat"], given["kind"], among=seen)
            similar = [_similar_row(s) for s in near]
    if request.method == "POST" and form.is_valid() and not similar:
        actor, given = actor_of(request), form.cleaned_data
        filed = Report(
            text=given["text"], lng=given["lng"], lat=given["lat"],
            channel="grid_worker" if is_grid_worker(actor) else "console",
            class_code=given["kind"], address=given["address"], result=given["result"],
            request_key=given["request_key"] or None,
        )  # fmt: skip
        try:
            moved = report_incident(
                actor,
                filed,
                keep=lambda: [keep_upload(each, by=actor.account_id).id for each in given["photos"]],
            )
        except Refusal as refusal:
            findings = refusal.findings
        else:
            messages.success(request, _("已上报：%(number)s") % {"number": moved.number})
            return redirect("console:matter", matter_id=moved.matter_id)
    areas = [g.area for g in actor_of(request).grants if GridPermission.REPORT in g.permissions]
    context = {
        "form": form,
        "findings": findings,
        "similar": similar,
        "map": grids_sheet(max(areas, key=len, default="")),
    }
    return render(request, "console/report.html", context, status=200 if request.method == "GET" else 422)
