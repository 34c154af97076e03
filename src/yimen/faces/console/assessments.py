"""A month's assessment on screen: its editions, its publication, and appeals against its figures."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yimen.design.shapes import Cell, Column, Fact
from yimen.domains.command.api import (
    APPEAL,
    MEASURES,
    MINUTES,
    RATES,
    Assessment,
    CommandPermission,
    Measure,
    Number,
    act_on_appeal,
    appeal,
    awaits_correction,
    correct,
    editions,
    month_of,
    publish,
    visible_appeals,
)
from yimen.faces.console import acting
from yimen.faces.console.acting import Failed
from yimen.faces.console.forms import DAYS
from yimen.faces.console.indicators import behind_url, heading_names, last_month, may_see, rate_text
from yimen.faces.console.presenting import timeline_of
from yimen.faces.console.registers import ask
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import holds
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.calendar.today import now, today
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import allowed_steps, due_first, history
from yimen.kernel.org.models import Person
from yimen.kernel.org.queries import organ_names, post_names
from yimen.kernel.words import Refusal

_SCOPES = (("township", gettext_lazy("乡镇（街道）")), ("organ", gettext_lazy("处置单位")))
_LISTED = 48
_RATES = {rate.code: rate for rate in RATES}


class PublishForm(forms.Form):
    """Which month, of whom."""

    month = forms.DateField(
        label=gettext_lazy("月份"), help_text=gettext_lazy("填这个月里的任意一天。"), validators=DAYS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip
    scope = forms.ChoiceField(label=gettext_lazy("考核对象"), choices=_SCOPES)


class AppealForm(forms.Form):
    """Against which figure, which incident, and why."""

    measure = forms.ChoiceField(label=gettext_lazy("哪个数字"))
    incident_number = forms.CharField(
        label=gettext_lazy("事件编号"), max_length=40, help_text=gettext_lazy("点考核表里的数字，可以看到它包括哪些事件。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = [  # type: ignore[attr-defined]
            (m.value, str(spec.name)) for m, spec in MEASURES.items() if m not in MINUTES
        ]


def _title(month: date, scope: str) -> str:
    return _("%(month)s 月度考核：%(scope)s") % {"month": f"{month:%Y-%m}", "scope": dict(_SCOPES)[scope]}


@require_safe
@needs(CommandPermission.INDICATORS)
def assessments(request: HttpRequest) -> HttpResponse:
    """What was published, and the appeals I may see."""
    actor = actor_of(request)
    rows = [
        (
            Cell(_title(a.month, a.scope), href=reverse("console:assessment", args=[a.id])),
            _("第 %(n)s 版") % {"n": a.edition}, a.published_at, a.source,
        )
        for a in Assessment.objects.order_by("-month", "scope", "-edition")[:_LISTED]
    ]  # fmt: skip
    appeals = list(visible_appeals(actor).order_by("-id")[:_LISTED])
    organs = _appellants()
    context = {
        "columns": (Column(_("考核"), "title"), Column(_("版次")), Column(_("发布"), "date"), Column(_("依据"))),
        "rows": rows,
        "appeal_columns": (
            Column(_("编号")), Column(_("申诉"), "title"), Column(_("申诉人")), Column(_("状态")), Column(_("到期"), "date"),
        ),
        "appeals": [
            (
                Cell(m.number, href=reverse("console:appeal", args=[m.id])), _appeal_title(m),
                organs.get(m.organ_code, m.organ_code), Cell(str(APPEAL.state(m.state).name)), m.due_at,
            )
            for m in appeals
        ],
        "may_publish": holds(actor, CommandPermission.PUBLISH) is None,
        "waiting": len(due_first(visible_appeals(actor), _LISTED)),
    }  # fmt: skip
    return render(request, "console/assessments.html", context)


def _appellants() -> dict[str, str]:
    """Code → name of whoever may appeal: townships are organs by their nine digits."""
    return organ_names(today())


def _appeal_title(matter: Matter) -> str:
    return f"{MEASURES[Measure(matter.facts['measure'])].name} · {matter.facts['incident_number']}"


@require_http_methods(["GET", "POST"])
@needs(CommandPermission.PUBLISH)
def publish_assessment(request: HttpRequest) -> HttpResponse:
    """Freeze a month that is over."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        return reverse("console:assessment", args=[publish(actor, **given).id])

    form = PublishForm(request.POST or None, initial={"month": last_month()})
    note = _("发布后不能改动；申诉成立后发布更正版，两版都可以查阅。")
    return ask(
        request, _("发布月度考核"), form, act, _("已发布。"), back=reverse("console:assessments"), note=note
    )


def _edition(assessment_id: UUID) -> Assessment:
    found = Assessment.objects.filter(id=assessment_id).first()
    if found is None:
        raise Http404
    return found


@require_safe
@needs(CommandPermission.INDICATORS)
def assessment(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """One edition as it was published: ranks, scores, rates, with the county's points and their source."""
    actor, shown = actor_of(request), _edition(assessment_id)
    names = heading_names(shown.scope, [row["code"] for row in shown.rows])
    points = _by_weight(shown)
    every = list(editions(shown.month, shown.scope))
    person = Person.objects.filter(id=shown.published_by).values_list("name", flat=True).first()
    context = {
        "title": _title(shown.month, shown.scope),
        "assessment": shown,
        "facts": [
            Fact(_("版次"), _("第 %(n)s 版") % {"n": shown.edition}), Fact(_("发布人"), person or ""),
            Fact(_("发布"), shown.published_at), Fact(_("口径版本"), shown.formula_version),
            Fact(_("依据"), shown.source), Fact(_("申诉截止"), shown.appeal_until if shown.edition == 1 else None),
            Fact(_("剔除的事件"), len(shown.reason.split())),
        ],
        "columns": (
            Column(_("名次"), "number"), Column(_("对象"), "title"), Column(_("得分"), "number"),
            *(Column(f"{_RATES[code].name}", "number") for code in points),
            *(Column(str(MEASURES[m].name), "number") for m in (Measure.DUE_TO_CLOSE, Measure.CLOSED_ON_TIME, Measure.OVERDUE, Measure.REWORK)),
        ),
        "rows": [_row(shown, row, names, actor) for row in shown.rows],
        "point_columns": (Column(_("指标"), "title"), Column(_("分值"), "number"), Column(_("公式")), Column(_("来源"))),
        "points": [
            (str(_RATES[code].name), worth, str(_RATES[code].formula()), _RATES[code].source)
            for code, worth in points.items()
        ],
        "editions": [
            (_("第 %(n)s 版") % {"n": e.edition}, reverse("console:assessment", args=[e.id]), e.id == shown.id)
            for e in every
        ],
        "may_correct": holds(actor, CommandPermission.PUBLISH) is None and awaits_correction(shown),
        "appeal_codes": [
            (row["code"], names.get(row["code"], row["code"]))
            for row in shown.rows
            if holds(actor, CommandPermission.APPEAL) is None and _is_own(actor, shown.scope, row["code"])
        ] if shown.edition == 1 and now() <= shown.appeal_until else [],
    }  # fmt: skip
    return render(request, "console/assessment.html", context)


def _by_weight(shown: Assessment) -> dict[str, int]:
    """The rates that are scored, the weightiest first."""
    return dict(sorted(shown.points.items(), key=lambda each: -each[1]))


def _row(
    shown: Assessment, row: Mapping[str, Any], names: Mapping[str, str], actor: Actor
) -> tuple[Any, ...]:
    """A row as frozen; its figures open where the reader may look into them."""
    code, found = row["code"], row["counts"]
    opens = may_see(actor, shown.scope, code)
    figures = (Measure.DUE_TO_CLOSE, Measure.CLOSED_ON_TIME, Measure.OVERDUE, Measure.REWORK)
    span = month_of(shown.month)
    return (
        row["rank"], names.get(code, code), f"{row['score']:.2f}",
        *(rate_text(_RATES[rate], found) for rate in _by_weight(shown)),
        *(
            Cell(found[m], href=behind_url(Number(m, shown.scope, code, span), shown) if opens and found[m] else "")
            for m in figures
        ),
    )  # fmt: skip


def _is_own(actor: Actor, scope: str, code: str) -> bool:
    """Whether the row is the reader's own: the own organ, or the township of the own grant."""
    if scope == "organ":
        return actor.organ == code
    return any(CommandPermission.APPEAL in g.permissions and g.area == code for g in actor.grants)


@require_POST
@needs(CommandPermission.PUBLISH)
def correct_assessment(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """Publish a further edition without what upheld appeals left out."""
    shown = _edition(assessment_id)
    try:
        made = correct(actor_of(request), assessment=shown)
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
        return redirect("console:assessment", assessment_id=shown.id)
    messages.success(request, _("更正版已发布。"))
    return redirect("console:assessment", assessment_id=made.id)


@require_http_methods(["GET", "POST"])
@needs(CommandPermission.APPEAL)
def new_appeal(request: HttpRequest, assessment_id: UUID, code: str) -> HttpResponse:
    """Appeal against one of one's own figures."""
    shown = _edition(assessment_id)
    if not _is_own(actor_of(request), shown.scope, code):
        raise Http404

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        return reverse("console:appeal", args=[appeal(actor, assessment=shown, code=code, **given).matter_id])

    back = reverse("console:assessment", args=[shown.id])
    return ask(
        request, _("对考核数字申诉"), AppealForm(request.POST or None), act, _("申诉已提出。"), back=back
    )


def _appeal(request: HttpRequest, appeal_id: UUID) -> Matter:
    """The appeal, if the reader may see it; otherwise it does not exist."""
    found = visible_appeals(actor_of(request)).filter(id=appeal_id).first()
    if found is None:
        raise Http404
    return found


def _appeal_context(request: HttpRequest, matter: Matter, failed: Failed | None = None) -> dict[str, Any]:
    entries = history(matter.id)
    organs = organ_names(today())
    posts = post_names(e.post for e in entries)
    facts = matter.facts
    return {
        "matter": matter,
        "title": _appeal_title(matter),
        "state": APPEAL.state(matter.state),
        "facts": [
            Fact(_("申诉人"), organs.get(matter.organ_code, matter.organ_code)),
            Fact(_("考核"), matter.title[:7], href=reverse("console:assessment", args=[facts["assessment"]])),
            Fact(_("数字"), str(MEASURES[Measure(facts["measure"])].name)),
            Fact(
                _("事件"), facts["incident_number"], href=reverse("console:matter", args=[facts["incident"]])
            ),
            Fact(_("审核到期"), matter.due_at),
        ],
        "acts": acting.acts(
            matter, allowed_steps(actor_of(request), matter), "console:act_on_appeal", failed
        ),
        "happenings": timeline_of(APPEAL, entries, organs, posts, matter.channel),
    }


@require_safe
@needs(CommandPermission.INDICATORS)
def appeal_page(request: HttpRequest, appeal_id: UUID) -> HttpResponse:
    """What is appealed, where it stands, what I can do, what happened."""
    return render(request, "console/appeal.html", _appeal_context(request, _appeal(request, appeal_id)))


@require_POST
@needs(CommandPermission.INDICATORS)
def act_on_an_appeal(request: HttpRequest, appeal_id: UUID, step_code: str) -> HttpResponse:
    """Perform one step; a refusal comes back beside what was typed."""
    matter = _appeal(request, appeal_id)

    def shown(failed: Failed) -> HttpResponse:
        context = _appeal_context(request, _appeal(request, appeal_id), failed)
        return render(request, "console/appeal.html", context, status=422)

    return acting.perform(request, matter, step_code, act_on_appeal, "console:appeal", shown)
