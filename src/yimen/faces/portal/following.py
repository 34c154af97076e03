"""Following one's application by its code: where it stands, what was said, what one can do now, and rating it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from yimen.design.files import documents_shown, pdf_response
from yimen.design.shapes import Happening
from yimen.design.step_forms import step_form
from yimen.design.wording import paired, sentences
from yimen.domains.catalogue.api import Channel, Item, item_version
from yimen.domains.services.api import (
    LEVEL_NAMES,
    SERVICE,
    answer_to,
    may_build_on,
    rate,
    rate_again,
    ratings_of,
    renewed,
    together,
)
from yimen.domains.services.api import act as act_on_application
from yimen.faces.portal.codes import by_code
from yimen.faces.portal.presenting import step_mark
from yimen.faces.portal.residents import actor_for
from yimen.kernel.access.throttle import PUBLIC_REPORTS, address_of, use
from yimen.kernel.calendar.today import today
from yimen.kernel.documents.issuing import document_pdf, documents_of
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import allowed_steps, by_tracking_code, history
from yimen.kernel.papers.store import keep_upload
from yimen.kernel.procedure.language import Step
from yimen.kernel.words import Refusal, Text

_STAGES = (
    gettext_lazy("提交"),
    gettext_lazy("受理"),
    gettext_lazy("审查"),
    gettext_lazy("决定"),
    gettext_lazy("送达"),
)
_STAGE_OF = {
    "submitted": 1, "deficient": 1, "accepted": 3, "inquiry": 3, "reviewed": 4, "hearing_told": 3, "hearing_due": 3,
    "handed_up": 4, "granted": 5, "refused": 5, "issued": 5, "delivered": 6, "refusal_delivered": 6,
}  # fmt: skip
_SAID = ("inquiry", "defects", "number", "reason", "where", "when", "hour", "place")
"""What the ledger keeps of an act that the applicant is told; opinions of reviewers stay inside."""
_TOLD = frozenset({
    "redirect", "not_needed", "decline", "name_defects", "extend", "refuse", "county_refuse", "tell_hearing", "notify_hearing",
    "begin_inquiry", "look_into", "county_extend", "revoke", "county_revoke", "cancel", "county_cancel",
})  # fmt: skip


class RatingForm(forms.Form):
    """Five levels, words if one likes, with or without one's name."""

    level = forms.ChoiceField(label=gettext_lazy("您满意吗？"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=gettext_lazy("想说的话"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_anonymous = forms.BooleanField(label=gettext_lazy("匿名评价"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """With the levels' names."""
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [(n, str(name)) for n, name in LEVEL_NAMES.items()]  # type: ignore[attr-defined]


class AgainForm(forms.Form):
    """How content one is with the answer to one's bad rating."""

    level = forms.ChoiceField(label=gettext_lazy("您对答复满意吗？"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """With the levels' names."""
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [(n, str(name)) for n, name in LEVEL_NAMES.items()]  # type: ignore[attr-defined]


class BroughtNow(forms.MultipleChoiceField):
    """Which of the missing materials come now; the step takes the codes of those that still do not."""

    def __init__(self, lacking: Mapping[str, str]) -> None:
        """`lacking`: the names of the missing materials, by code. A single one is ticked: nothing else can be meant."""
        super().__init__(
            label=_("这次交的是哪几份"), help_text=_("没有带来的不要勾选。"), required=False, choices=list(lacking.items()),
            initial=list(lacking) if len(lacking) == 1 else [], widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        self.lacking = lacking

    def clean(self, value: Any) -> str:
        """What is still missing, divided as the step reads it."""
        brought = super().clean(value)
        return "、".join(code for code in self.lacking if code not in brought)


def _form_of(matter: Matter, item: Item, step: Step) -> type[forms.Form]:
    """The step's form; where it asks what is missing, the applicant ticks what they bring."""
    form_class = step_form(step)
    if form_class.base_fields.pop("missing", None) is not None:
        missing = set(matter.facts.get("missing") or ())
        if lacking := {m.code: str(m.name) for m in item.materials if m.code in missing}:
            form_class.base_fields = {"missing": BroughtNow(lacking), **form_class.base_fields}
    return form_class


def others_of(matter: Matter) -> list[tuple[Matter, Text, Text, bool]]:
    """What was applied for together with this: matter, item, stage in public words, whether it is over."""
    return [
        (
            m,
            item_version(m.kind, int(m.facts["item_version"])).name,
            SERVICE.state(m.state).public,
            m.closed_at is not None,
        )
        for m in together(matter)
    ]


def followed(
    request: HttpRequest,
    matter: Matter,
    failed: Any = None,
    status: int = 200,
    rating: RatingForm | None = None,
) -> HttpResponse:
    """The page of an application for who holds its code."""
    happenings, reached = [], set()
    for e in history(matter.id):
        if e.from_state == e.to_state and e.act not in _TOLD:
            continue
        given = orjson.loads(e.payload).get("given", {}) if e.act in _TOLD else {}
        was_there = e.to_state in reached  # what leads back to where it stood before is told by its act
        what = str(SERVICE.step(e.act).label if was_there else SERVICE.state(e.to_state).public)
        reached.add(e.to_state)
        words = sentences(_said(e.act, given)) if given else ""
        icon, tone = step_mark(e.to_state)
        happenings.append(
            Happening(
                at=e.at, what=what, icon=icon, tone=tone, note=words, law=e.law, hash=bytes(e.hash).hex()
            )
        )
    resident = actor_for(request)
    offers = [o for o in allowed_steps(resident, matter) if o.step.sources]
    item = item_version(matter.kind, int(matter.facts["item_version"]))
    ratings = ratings_of(matter)
    page = {
        "matter": matter,
        "item": item,
        "stage": SERVICE.state(matter.state).public,
        "stages": _STAGES,
        "stage_number": _STAGE_OF.get(matter.state, 0),
        "others": others_of(matter),
        "again": _again(matter, item),
        "is_done": matter.closed_at is not None,
        "happenings": happenings[::-1],
        "documents": documents_shown(
            (d for d in documents_of(matter.id) if d.kind != "delivery"),
            lambda d: reverse("portal:document", args=[matter.tracking_code, d.id]),
        ),
        "offers": [
            (o.step, failed[1], failed[2])
            if failed and failed[0] == o.step.code
            else (
                o.step,
                _form_of(matter, item, o.step)(initial={"revision": matter.revision}, prefix=o.step.code),
                (),
            )
            for o in offers
        ],
        "is_rated": any(r.visit_id is None for r in ratings),
        "ratings": [
            (
                r,
                LEVEL_NAMES[r.level],
                found,
                AgainForm(prefix=str(r.id)) if found and found.may_rate_again else None,
            )
            for r, found in ((r, answer_to(r)) for r in ratings)
        ],
        "rating_form": (rating or RatingForm()) if matter.closed_at is not None else None,
    }
    return render(request, "portal/followed.html", page, status=status)


def _said(act: str, given: Mapping[str, Any]) -> list[str]:
    """What the applicant is told of an act; whatever is no text of its own under its field's name."""
    fields = {f.code: f for f in SERVICE.step(act).fields}
    told = [(fields[k], given[k]) for k in _SAID if k in fields and given.get(k)]
    return [
        str(value) if f.kind == "longtext" else paired(f.label, dict(f.choices).get(str(value), value))
        for f, value in told
    ]


def _again(matter: Matter, item: Item) -> list[tuple[str, str]]:
    """Whether the delivered result can be renewed or changed: what to ask for, and its words."""
    until = str(matter.facts.get("valid_until") or "")
    if matter.state != "delivered" or (until and until < str(today())) or Channel.ONLINE not in item.channels:
        return []
    renews, changes = may_build_on(item, until)
    renews = renews and not renewed([matter.id], [matter.kind])
    return [
        *([("renews", _("申请延续"))] if renews else []),
        *([("changes", _("申请变更"))] if changes else []),
    ]


@require_safe
@by_code
def document(request: HttpRequest, tracking_code: str, document_id: UUID) -> HttpResponse:
    """A document of the application, for who holds its code."""
    matter = _matter(tracking_code)
    row = next((d for d in documents_of(matter.id) if d.id == document_id and d.paper_id), None)
    if row is None:
        raise Http404
    pdf, name = document_pdf(row, is_english="en" in request.GET)
    return pdf_response(pdf, name)


def _matter(code: str) -> Matter:
    matter = by_tracking_code(code)
    if matter is None or matter.procedure != SERVICE.code:
        raise Http404
    return matter


@require_POST
@by_code
def act(request: HttpRequest, tracking_code: str, step_code: str) -> HttpResponse:
    """Put right what was missing, withdraw, ask for a hearing: what the law leaves to the applicant."""
    matter = _matter(tracking_code)
    resident = actor_for(request)
    offer = next((o for o in allowed_steps(resident, matter) if o.step.code == step_code), None)
    if offer is None:
        raise Http404
    item = item_version(matter.kind, int(matter.facts["item_version"]))
    form = _form_of(matter, item, offer.step)(request.POST, request.FILES, prefix=step_code)
    findings: Any = ()
    if form.is_valid():
        try:
            use(PUBLIC_REPORTS, address_of(request))
            given = {
                k: v
                for k, v in form.cleaned_data.items()
                if k not in ("revision", "files") and v not in (None, "")
            }
            if uploads := form.cleaned_data.get("files"):
                given["files"] = [str(keep_upload(each, by=None).id) for each in uploads]
            act_on_application(
                resident, matter.id, step_code, given, expected_revision=form.cleaned_data.get("revision")
            )
        except Refusal as refused:
            findings = refused.findings
        else:
            messages.success(request, _("已办理：%(step)s") % {"step": offer.step.label})
            return redirect("portal:tracked", tracking_code=tracking_code)
    return followed(request, matter, (step_code, form, findings), status=422)


@require_POST
@by_code
def rate_it(request: HttpRequest, tracking_code: str) -> HttpResponse:
    """Rate the matter, once."""
    matter = _matter(tracking_code)
    form = RatingForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            rate(matter, level=int(given["level"]), words=given["words"], is_anonymous=given["is_anonymous"])
        except Refusal as refused:
            messages.error(request, str(refused.findings[0].sentence))
        else:
            messages.success(request, _("谢谢您的评价。"))
        return redirect("portal:tracked", tracking_code=tracking_code)
    return followed(request, matter, status=422, rating=form)


@require_POST
@by_code
def rate_it_again(request: HttpRequest, tracking_code: str, rating_id: UUID) -> HttpResponse:
    """Rate how a bad rating of one's own was answered."""
    row = next((r for r in ratings_of(_matter(tracking_code)) if r.id == rating_id), None)
    if row is None:
        raise Http404
    form = AgainForm(request.POST, prefix=str(row.id))
    if form.is_valid():
        try:
            rate_again(row, level=int(form.cleaned_data["level"]))
        except Refusal as refused:
            messages.error(request, str(refused.findings[0].sentence))
        else:
            messages.success(request, _("谢谢您的回评。"))
    else:
        messages.error(request, _("请选一档。"))
    return redirect("portal:tracked", tracking_code=tracking_code)
