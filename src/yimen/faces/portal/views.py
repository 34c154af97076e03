"""The residents' pages. No account is needed; a code nobody can guess opens one's own matter."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yimen.design.shapes import Column, Crumb, Happening
from yimen.design.wording import chinese, length_of, listed
from yimen.domains.catalogue.api import item_version, items
from yimen.domains.grid.api import (
    Report,
    class_name,
    joined_to,
    public_answer,
    public_stage,
    report_incident,
    similar_incidents,
)
from yimen.domains.services.api import SERVICE
from yimen.faces.portal.codes import by_code, slowed_down
from yimen.faces.portal.following import followed, others_of
from yimen.faces.portal.forms import ReportForm, TrackForm
from yimen.faces.portal.guides import FIELDS, bundles_shown, offers_for
from yimen.faces.portal.presenting import (
    STAGES,
    answers_to,
    county_sheet,
    situations,
    stage_number,
    step_mark,
)
from yimen.faces.portal.residents import actor_for, latest
from yimen.kernel.access.throttle import (
    PUBLIC_REPORTS,
    address_of,
    use,
    wrong_code,
)
from yimen.kernel.calendar.today import today
from yimen.kernel.ids import read_public_code
from yimen.kernel.ledger.seal import seals as day_seals
from yimen.kernel.matters.limits import length_today
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import by_tracking_code, history, procedure_of
from yimen.kernel.papers.store import keep_upload
from yimen.kernel.procedure import registry
from yimen.kernel.procedure.language import SAME, Procedure, Step
from yimen.kernel.words import Refusal


def _often() -> tuple[str, ...]:
    """Words that people say at the counter, as examples of what the box understands."""
    return _("高龄津贴"), _("盖房子"), _("医药费报销"), _("路灯不亮")


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """The question first, then what one can do; asked a code or some words, it answers."""
    asked = request.GET.get("q", "").strip()[:80]
    if asked and (matter := _by_code(request, asked)) is not None:
        return redirect("portal:tracked", tracking_code=matter.tracking_code)
    page = {
        "asked": asked,
        "often": [Crumb(words, "?" + urlencode({"q": words})) for words in _often()],
        "situations": situations(),
        "offers": offers_for(asked) if asked else (),
        "fields": [(FIELDS[f], f) for f in FIELDS if items(field=f)],
        "bundles": bundles_shown(),
        "answers": answers_to(asked, request.GET.get("about", "")),
        "track_form": TrackForm(),
        "mine": latest(request),
        "seals": reversed(day_seals(today() - timedelta(days=3))),
    }
    return render(request, "portal/home.html", page)


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """One page: what, where, a photo, and who if one likes."""
    form = ReportForm(
        request.POST or None,
        request.FILES or None,
        initial={"text": request.GET.get("text", "")[:200], "request_key": uuid4().hex},
    )
    page: dict[str, Any] = {"form": form, "map": county_sheet(), "findings": (), "similar": ()}
    if request.method == "GET":
        return render(request, "portal/report.html", page)
    status = 422
    if form.is_valid():
        given = form.cleaned_data
        page["similar"] = (
            ()
            if given["is_another"] or given["lng"] is None or given["lat"] is None
            else [
                {"at": s.matter.opened_at, "metres": s.metres, "stage": public_stage(s.matter)}
                for s in similar_incidents(given["text"], given["lng"], given["lat"])
            ]
        )
        if not page["similar"]:
            try:
                return redirect("portal:received", tracking_code=_take(request, form))
            except Refusal as refused:
                page["findings"] = refused.findings
                status = 429 if refused.code == "access.too_often" else 422
    return render(request, "portal/report.html", page, status=status)


def _by_code(request: HttpRequest, asked: str) -> Matter | None:
    """The matter whose code was typed among the words; what might have been a code and is none is counted."""
    if not read_public_code(asked):
        return None
    found = by_tracking_code(asked)
    if found is None and any(c.isdigit() for c in asked):
        wrong_code(request)
    return found


def _take(request: HttpRequest, form: ReportForm) -> str:
    """Take a report and return its tracking code; a double tap is taken once."""
    given = form.cleaned_data

    def keep() -> list[UUID]:
        use(PUBLIC_REPORTS, address_of(request))
        return [keep_upload(each, by=None).id for each in given["photos"]]

    report = Report(
        text=given["text"],
        lng=given["lng"],
        lat=given["lat"],
        channel="portal",
        address=given["address"],
        reporter=given["reporter"],
        phone=given["phone"],
        request_key=given["request_key"] or None,
    )
    # Staff who come in by this door are residents here.
    return report_incident(actor_for(request), report, keep=keep).tracking_code


def _matter(tracking_code: str) -> Matter:
    matter = by_tracking_code(tracking_code)
    if matter is None:
        raise Http404
    return matter


@require_safe
@by_code
def received(request: HttpRequest, tracking_code: str) -> HttpResponse:
    """The receipt: the code, and what happens next by when."""
    matter = _matter(tracking_code)
    return render(request, "portal/received.html", {"matter": matter})


@require_safe
@by_code
def handed_in(request: HttpRequest, tracking_code: str) -> HttpResponse:
    """The same for an application, with what was applied for, and together with what."""
    matter = _matter(tracking_code)
    if matter.procedure != SERVICE.code:
        raise Http404
    item = item_version(matter.kind, int(matter.facts["item_version"]))
    page = {"matter": matter, "item": item, "others": others_of(matter)}
    return render(request, "portal/received.html", page)


@require_http_methods(["GET", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Where one types the code."""
    form = TrackForm(request.POST or None)
    missing = False
    if request.method == "POST" and form.is_valid():
        matter = by_tracking_code(form.cleaned_data["code"])
        if matter is not None:
            return redirect("portal:tracked", tracking_code=matter.tracking_code)
        if slowed := slowed_down(request):
            return slowed
        missing = True
    return render(request, "portal/track.html", {"form": form, "missing": missing})


@require_safe
@by_code
def tracked(request: HttpRequest, tracking_code: str) -> HttpResponse:
    """Where the matter stands, in public words, with each step that has been taken."""
    matter = _matter(tracking_code)
    if matter.procedure == SERVICE.code:
        return followed(request, matter)
    procedure = procedure_of(matter)
    happenings = [
        Happening(
            at=e.at,
            what=procedure.state(e.to_state).public,
            hash=bytes(e.hash).hex(),
            icon=step_mark(e.to_state)[0],
            tone=step_mark(e.to_state)[1],
        )
        for e in history(matter.id)
        if e.from_state != e.to_state
    ]
    goes_on_in = joined_to(matter)
    page = {
        "matter": matter,
        "answer": public_answer(goes_on_in or matter),
        "other_stage": public_stage(goes_on_in) if goes_on_in else "",
        "stage": public_stage(matter),
        "is_done": matter.closed_at is not None,
        "stages": STAGES,
        "stage_number": stage_number(matter.state),
        "class_name": class_name(matter.kind),
        "happenings": happenings[::-1],
    }
    return render(request, "portal/tracked.html", page)


@require_safe
def procedure_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The procedure as it is published: states, steps and limits with their articles."""
    try:
        procedure = registry.get(code)
    except (KeyError, ValueError) as unknown:
        raise Http404 from unknown
    by_kind = _("按事项的办事指南") if code == SERVICE.code else _("按事件分类")
    page = {
        "procedure": procedure,
        "stages": STAGES,
        "step_columns": (Column(_("步骤"), "title"), Column(_("从")), Column(_("到")), Column(_("依据"))),
        "steps": [
            (
                s.label,
                _sources(procedure, s),
                procedure.state(s.to).name if s.to != SAME else _("不变"),
                chinese(s.law),
            )
            for s in procedure.steps
        ],
        "limit_columns": (
            Column(_("时限"), "title"),
            Column(_("长度")),
            Column(_("逾期")),
            Column(_("依据")),
        ),
        "limits": [
            (
                x.name,
                length_of(*length) if (length := length_today(procedure, x)) else by_kind,
                x.on_breach,
                chinese(x.law),
            )
            for x in procedure.limits
        ],
    }
    return render(request, "portal/procedure.html", page)


def _sources(procedure: Procedure, step: Step) -> str:
    """The states a step starts from, in words."""
    if not step.sources:
        return "—"
    if step.sources == (SAME,):
        return _("办理中的任何状态")
    if len(step.sources) == len(procedure.states):
        return _("任何状态")
    return listed(procedure.state(x).name for x in step.sources)


@require_safe
def seals(request: HttpRequest) -> HttpResponse:
    """The daily seals of the county's ledger: whoever keeps a copy can tell if the past is rewritten."""
    rows = [
        (s.day, s.entries, bytes(s.root).hex(), bytes(s.hash).hex())
        for s in reversed(day_seals(today() - timedelta(days=31)))
    ]
    columns = (
        Column(_("日期"), "date"),
        Column(_("记录数"), "number"),
        Column(_("默克尔根")),
        Column(_("封存值")),
    )
    return render(
        request, "portal/seals.html", {"columns": columns, "rows": rows, "home": reverse("portal:home")}
    )
