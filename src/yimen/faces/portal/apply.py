"""Applying online: one page at a time, kept as one goes, checked before it is handed in."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

import orjson
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from yimen.design.answer_forms import AnswerForm, changes_rows, said, typed
from yimen.design.step_forms import FilesField
from yimen.design.wording import ID_KINDS, sentences
from yimen.domains.catalogue.api import Channel, Item, Material, item_version
from yimen.domains.residents.api import Resident, accounts, belongings, representing
from yimen.domains.services.api import Draft, address_question, drafts, needed
from yimen.faces.portal.residents import actor_for, resident_of
from yimen.kernel.access.throttle import PUBLIC_REPORTS, address_of, use
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.forms.answers import asked, checked
from yimen.kernel.forms.identifiers import is_citizen_id, is_credit_code
from yimen.kernel.forms.schema import Form, read_form
from yimen.kernel.matters.queries import by_tracking_code
from yimen.kernel.org.queries import names_of
from yimen.kernel.papers.store import keep_upload
from yimen.kernel.registers.acts import phone_number
from yimen.kernel.sealing import masked, seal, unseal
from yimen.kernel.words import Finding, Refusal

_SESSION = "drafts"
_ASIDE = "draft_aside"


class PersonForm(forms.Form):
    """Who applies."""

    name = forms.CharField(
        label=gettext_lazy("姓名或单位名称"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    id_kind = forms.ChoiceField(label=gettext_lazy("证件"), choices=ID_KINDS, initial="citizen")
    id_number = forms.CharField(label=gettext_lazy("证件号码"), max_length=18)
    phone = forms.CharField(
        label=gettext_lazy("手机号"), max_length=20, help_text=gettext_lazy("用来通知您进展，也用来找回没填完的申请"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    place = forms.ChoiceField(label=gettext_lazy("所在村（社区）"))
    address = forms.CharField(label=gettext_lazy("住址"), max_length=200, required=False)

    def __init__(self, *args: Any, asks_address: bool = True, **kwargs: Any) -> None:
        """With the county's villages. `asks_address`: not where the item's own form asks where one lives."""
        super().__init__(*args, **kwargs)
        if not asks_address:
            del self.fields["address"]
        rows = Division.objects.filter(
            code__startswith=current_county().code, level__in=("township", "village")
        )
        names = names_of(rows.order_by("code"))
        villages = [
            (c, f"{names.get(c[:9] + '000', '')} {n}") for c, n in names.items() if not c.endswith("000")
        ]
        self.fields["place"].choices = [("", _("请选择")), *villages]  # type: ignore[attr-defined]

    def clean_phone(self) -> str:
        """A number one can be reached at."""
        try:
            return phone_number(self.cleaned_data["phone"])
        except Refusal as refused:
            raise forms.ValidationError(str(refused.findings[0].sentence)) from refused

    def clean(self) -> dict[str, Any]:
        """The number fits its kind."""
        given = super().clean() or self.cleaned_data
        number = given.get("id_number", "").strip().upper()
        judges: dict[str, Callable[[str], bool]] = {"citizen": is_citizen_id, "credit": is_credit_code}
        judge = judges.get(given.get("id_kind", ""))
        if number and judge and not judge(number):
            self.add_error("id_number", _("证件号码不对，请逐位核对。"))
        return given


class ResumeForm(forms.Form):
    """What opens a draft again."""

    code = forms.CharField(label=gettext_lazy("续办码"), max_length=20)
    phone = forms.CharField(label=gettext_lazy("手机号"), max_length=20)


class PapersForm(forms.Form):
    """One field a material that the answers ask for."""

    def __init__(self, found: Item, answers: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        """Materials that registers know are not asked for."""
        super().__init__(*args, **kwargs)
        must = {m.code for m in needed(found, answers)}
        for material in found.materials:
            if material.shared_from is None and (material.code in must or not material.required):
                self.fields[material.code] = FilesField(
                    label=str(material.name), required=False, help_text=_help(material)
                )


def _help(material: Material) -> str:
    """What makes it acceptable, and how it is filled in."""
    return sentences(str(words) for words in (material.standard, material.fill_note) if words)


def _ones_own(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of a draft for the browser that began it or opened it again; to everybody else it is not there.

    Where the session has ended meanwhile, what was just typed is set aside until the draft is opened again.
    """

    @wraps(view)
    def guarded(request: HttpRequest, code: str, **address: int) -> HttpResponse:
        draft = drafts.find(code)
        if draft is None:
            return redirect("portal:resume")
        if draft.code in request.session.get(_SESSION, []):
            return view(request, draft, **address)
        if request.method == "POST" and not drafts.held(draft).person and not address:
            # Nothing is in it that could be opened by its telephone number, so one goes on with a draft of one's own.
            with suppress(Refusal):
                return view(request, _begun_anew(request, draft))
            return redirect("portal:resume")
        if request.method == "POST":
            with suppress(Refusal):
                use(PUBLIC_REPORTS, address_of(request))
                _set_aside(request, draft, address.get("number", 0))
        return redirect("portal:resume")

    return guarded


def _begun_anew(request: HttpRequest, draft: Draft) -> Draft:
    use(PUBLIC_REPORTS, address_of(request))
    anew = (
        drafts.begin_bundle(draft.bundle_code, [code for code, _version in draft.parts])
        if draft.bundle_code
        else drafts.begin(draft.item_code, drafts.held(draft).upon)
    )
    _remember(request, anew)
    return anew


def _set_aside(request: HttpRequest, draft: Draft, number: int) -> None:
    """Keep what was typed on a page, sealed, in the session that comes after the one that ended."""
    answers = typed(_item(draft)[1], request.POST) if number else {}
    kept = orjson.dumps({"code": draft.code, "number": number, "answers": answers})
    request.session[_ASIDE] = b64encode(seal(kept)).decode()


def _aside(request: HttpRequest) -> dict[str, Any]:
    """What was set aside; empty when nothing was."""
    kept = request.session.get(_ASIDE)
    return dict(orjson.loads(unseal(b64decode(kept)))) if kept else {}


def _opened(request: HttpRequest, draft: Draft) -> HttpResponse:
    """A draft opened again: at the page where one was when the session ended, else at the check."""
    aside = _aside(request)
    _remember(request, draft)
    request.session.pop(_ASIDE, None)
    if aside.get("code") != draft.code or not aside["number"]:
        return redirect("portal:apply_check", code=draft.code)
    on_page = {q.name for q in _item(draft)[1].on_page(aside["number"] - 1)}
    holds = drafts.held(draft)
    holds.answers |= {k: v for k, v in aside["answers"].items() if k in on_page}
    drafts.keep(draft, holds)
    return redirect("portal:apply_page", code=draft.code, number=aside["number"])


def _remember(request: HttpRequest, draft: Draft) -> None:
    request.session[_SESSION] = [*request.session.get(_SESSION, [])[-9:], draft.code]


@require_POST
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Begin an application."""
    try:
        use(PUBLIC_REPORTS, address_of(request))
        draft = drafts.begin(code, _upon(request))
    except Refusal as refused:
        if refused.code == "access.too_often":
            return render(
                request,
                "portal/resume.html",
                {"form": ResumeForm(), "findings": refused.findings},
                status=429,
            )
        raise Http404 from None
    if Channel.ONLINE not in item_version(draft.item_code, draft.item_version).channels:
        raise Http404
    _remember(request, draft)
    return redirect("portal:apply_person", code=draft.code)


def _upon(request: HttpRequest) -> dict[str, str]:
    """The result to be renewed or changed, named by the code that follows it; nothing for a first application."""
    what, before = request.POST.get("upon", ""), by_tracking_code(request.POST.get("before", ""))
    return {what: str(before.id)} if what in ("renews", "changes") and before else {}


@require_POST
def begin_bundle(request: HttpRequest, code: str) -> HttpResponse:
    """Begin the applications of a life event, for the items that were ticked."""
    try:
        use(PUBLIC_REPORTS, address_of(request))
        draft = drafts.begin_bundle(code, request.POST.getlist("items"))
    except Refusal as refused:
        if refused.code == "bundle.none":
            raise Http404 from None
        context = {"form": ResumeForm(), "findings": refused.findings}
        return render(request, "portal/resume.html", context, status=429)
    _remember(request, draft)
    return redirect("portal:apply_person", code=draft.code)


@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest) -> HttpResponse:
    """Open a draft again by its code and the telephone number in it."""
    aside = _aside(request)
    form = ResumeForm(request.POST or None, initial={"code": aside.get("code", "")})
    findings: tuple[Finding, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            use(PUBLIC_REPORTS, address_of(request))
        except Refusal as refused:
            return render(
                request, "portal/resume.html", {"form": form, "findings": refused.findings}, status=429
            )
        draft = drafts.find(form.cleaned_data["code"])
        if draft is not None and drafts.opens(draft, form.cleaned_data["phone"]):
            return _opened(request, draft)
        findings = (_NOT_FOUND,)
    context = {"form": form, "findings": findings, "is_kept": bool(aside)}
    return render(request, "portal/resume.html", context, status=422 if findings else 200)


_NOT_FOUND = Refusal.of(
    "draft.unknown", "没有找到这份申请：续办码或手机号不对，或者已经提交、超过 30 天。",
    "No such draft: the code or number is wrong, or it was handed in, or is over 30 days old.",
).findings[0]  # fmt: skip


def _frame(draft: Draft, number: int, **context: Any) -> dict[str, Any]:
    """What every page of an application shows: the item, the code, and how far one is."""
    found, declared = _item(draft)
    pages = [str(p.title) for p in declared.pages]
    if draft.bundle_code:  # too many to be told apart on a telephone
        number = min(number, 2) if number <= len(pages) + 1 else number - len(pages) + 1
        pages = [_("填写")]
    asks_papers = bool(PapersForm(found, drafts.held(draft).answers).fields)
    steps = [_("申请人"), *pages, *([_("材料")] if asks_papers else []), _("核对提交")]
    above = (
        reverse("portal:bundle", args=[draft.bundle_code])
        if draft.bundle_code
        else reverse("portal:guide", args=[found.code])
    )
    upon = next(iter(drafts.held(draft).upon), "")
    return {
        "draft": draft,
        "upon": {"renews": _("延续"), "changes": _("变更")}.get(upon, ""),
        "item": found,
        "above": above,
        "steps": steps,
        "step_number": min(number, len(steps)),
        "asks_papers": asks_papers,
        **context,
    }


def _item(draft: Draft) -> tuple[Item, Form]:
    found = drafts.item_of(draft)
    return found, read_form(found.form)


@require_http_methods(["GET", "POST"])
@_ones_own
def person(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The first page: who applies."""
    holds, resident = drafts.held(draft), resident_of(request)
    offers = _people(resident) if resident else []
    chosen = next((known for key, _name, known in offers if key == request.GET.get("as")), {})
    asked_later = address_question(_item(draft)[1])
    form = PersonForm(request.POST or None, asks_address=not asked_later, initial={**holds.person, **chosen})
    if request.method == "POST" and form.is_valid():
        holds.person = {k: str(v) for k, v in form.cleaned_data.items()}
        if asked_later and chosen.get("address"):
            holds.answers.setdefault(asked_later, chosen["address"])
        drafts.keep(draft, holds)
        return _onward(request, draft, 0)
    return render(
        request,
        "portal/apply.html",
        _frame(draft, 1, form=form, people=[] if holds.person else [(k, n) for k, n, _known in offers]),
        status=422 if request.POST else 200,
    )


def _people(resident: Resident) -> list[tuple[str, str, dict[str, str]]]:
    """Whose details a signed-in resident may fill in with one tap: (key, masked name, details)."""
    own = accounts.details_of(resident)
    found = [("me", masked(own["name"]), own)] if own.get("name") else []
    contact = {k: own[k] for k in ("phone",) if k in own}
    for each in representing.representations(resident):
        known = representing.represented_details(each)
        found.append((str(each.id), each.name_masked, {**contact, **known}))
    return found


def _onward(request: HttpRequest, draft: Draft, number: int) -> HttpResponse:
    """To the next page, or back to the check when one came from there. A page that would ask for nothing is passed over."""
    if "check" in request.GET:
        return redirect("portal:apply_check", code=draft.code)
    found, declared = _item(draft)
    if number < len(declared.pages):
        return redirect("portal:apply_page", code=draft.code, number=number + 1)
    asks_papers = PapersForm(found, drafts.held(draft).answers).fields
    return redirect("portal:apply_papers" if asks_papers else "portal:apply_check", code=draft.code)


@require_http_methods(["GET", "POST"])
@_ones_own
def page(request: HttpRequest, draft: Draft, number: int) -> HttpResponse:
    """One page of the item's questions. What was typed is kept even when something in it is wrong."""
    _, declared = _item(draft)
    if not 1 <= number <= len(declared.pages):
        raise Http404
    holds = drafts.held(draft)
    questions = declared.on_page(number - 1)
    findings: tuple[Finding, ...] = ()
    answers = dict(holds.answers)
    if request.method == "POST":
        names = {q.name for q in questions}
        now_typed = {k: v for k, v in typed(declared, request.POST).items() if k in names}
        answers = {**{k: v for k, v in answers.items() if k not in names}, **now_typed}
        if not changes_rows(request.POST):
            try:
                plain = checked(declared, answers, page=number - 1)
            except Refusal as refused:
                findings = refused.findings
            else:
                holds.answers = {**{k: v for k, v in holds.answers.items() if k not in names}, **plain}
                drafts.keep(draft, holds)
                return _onward(request, draft, number)
        holds.answers = answers
        drafts.keep(draft, holds)
    resident = resident_of(request)
    kept = (
        {k: v for k, v in belongings.saved(resident)["answers"].items() if k in {q.name for q in questions}}
        if resident
        else {}
    )
    if request.method == "GET" and "kept" in request.GET:
        answers = {**kept, **answers}
    form = AnswerForm(declared, answers, request.POST.get("more", ""), page=number - 1)
    rest = form.told(findings) if findings else ()
    frame = _frame(
        draft, number + 1, form=form, findings=rest, title=declared.pages[number - 1].title,
        may_fill=request.method == "GET" and "kept" not in request.GET and bool(kept.keys() - answers.keys()),
    )  # fmt: skip
    return render(request, "portal/apply.html", frame, status=422 if findings else 200)


@require_http_methods(["GET", "POST"])
@_ones_own
def papers(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The materials, each photographed or uploaded; one that is missing can follow."""
    found, declared = _item(draft)
    holds = drafts.held(draft)
    form = PapersForm(found, holds.answers, request.POST or None, request.FILES or None)
    findings: tuple[Finding, ...] = ()
    resident = resident_of(request)
    kept = belongings.saved(resident)["papers"] if resident else {}
    kept = {code: ids for code, ids in kept.items() if code in form.fields}
    if request.method == "POST" and form.is_valid():
        holds.papers |= {code: kept[code] for code in request.POST.getlist("reuse") if code in kept}
        try:
            for code, uploads in form.cleaned_data.items():
                if uploads:
                    use(PUBLIC_REPORTS, address_of(request))
                    holds.papers[code] = [str(keep_upload(each, by=None).id) for each in uploads]
        except Refusal as refused:
            findings = refused.findings
        drafts.keep(draft, holds)
        if not findings:
            return redirect("portal:apply_check", code=draft.code)
    there = [str(m.name) for m in found.materials if m.code in holds.papers]
    frame = _frame(
        draft, len(declared.pages) + 2, form=form, there=there, findings=findings, takes_files=True,
        reusable=[(m.code, m.name) for m in found.materials if m.code in kept and m.code not in holds.papers],
    )  # fmt: skip
    return render(request, "portal/apply.html", frame, status=422 if findings else 200)


@require_http_methods(["GET", "POST"])
@_ones_own
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Everything on one page, each part with a link to change it; then it is handed in."""
    found, declared = _item(draft)
    holds = drafts.held(draft)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST":
        resident, person = resident_of(request), holds.person
        acting = (
            representing.acting_for(resident, person.get("id_kind", ""), person.get("id_number", ""))
            if resident
            else None
        )
        try:
            moved = drafts.hand_in(actor_for(request), draft, acting)
        except Refusal as refused:
            findings = refused.findings
        else:
            if resident:
                belongings.remember(resident, holds.answers, holds.papers)
            return redirect("portal:handed_in", tracking_code=moved.tracking_code)
    labels = {name: field.label for name, field in PersonForm().fields.items()}
    places = dict(PersonForm().fields["place"].choices)  # type: ignore[attr-defined]
    who = {**holds.person, "place": places.get(holds.person.get("place", ""), "")}
    who["id_kind"] = str(dict(ID_KINDS).get(who.get("id_kind", ""), ""))
    given = {name for name, answer in holds.answers.items() if answer not in ("", [])}
    wanted = [
        q for q in asked(declared.questions.values(), holds.answers) if q.is_required or q.name in given
    ]
    needs = needed(found, holds.answers)
    frame = _frame(
        draft, len(declared.pages) + 3, findings=findings, asked_on=_asked_on(draft, declared) if findings else {},
        who=[(labels[k], v) for k, v in who.items() if v],
        pages=[
            (n, p.title, [(q.label, said(q, holds.answers.get(q.name, ""))) for q in wanted if q.name in p.questions])
            for n, p in enumerate(declared.pages, 1)
        ],
        materials=[(m.name, m.code in holds.papers, m.may_follow) for m in needs],
        something_lacks=any(m.code not in holds.papers for m in needs),
        is_by_commitment=found.is_by_commitment,
    )  # fmt: skip
    return render(request, "portal/apply_check.html", frame, status=422 if findings else 200)


def _asked_on(draft: Draft, declared: Form) -> dict[str, str]:
    """Where each thing is asked, by the name it has in a finding; one comes back from there to the check."""
    who = reverse("portal:apply_person", args=[draft.code])
    found = dict.fromkeys(PersonForm.base_fields, f"{who}?check")
    for n, each in enumerate(declared.pages, 1):
        page = reverse("portal:apply_page", args=[draft.code, n])
        found |= dict.fromkeys(each.questions, f"{page}?check")
    return found
