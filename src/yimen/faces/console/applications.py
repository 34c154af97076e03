"""Applications at the window: choose what somebody came for, take it in on one screen, and find what was taken in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yimen.design.answer_forms import AnswerForm, changes_rows, said, typed
from yimen.design.shapes import Cell, Column
from yimen.design.step_forms import FilesField, MultipleFiles
from yimen.design.wording import ID_KINDS
from yimen.domains.catalogue.api import Channel, Item, Kind, in_force, item, items, transfers
from yimen.domains.hall.api import (
    HallPermission,
    Site,
    note_at_seat,
    refuse_elsewhere,
    sites_of,
    submit_for,
    visible_tasks,
)
from yimen.domains.services.api import (
    AUTHORITIES,
    SERVICE,
    Applicant,
    Application,
    ServicePermission,
    address_question,
    combined,
    may_build_on,
    may_take_in,
    opened_form,
    submit,
    submit_together,
    visible_applications,
)
from yimen.faces.console.application_presenting import item_of
from yimen.faces.console.presenting import WORK_COLUMNS, list_rows
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas
from yimen.kernel.access.middleware import actor_of, needs, staff_only
from yimen.kernel.calendar.today import now, today
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.forms.schema import Form, read_form
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import Moved
from yimen.kernel.matters.queries import Filters, by_tracking_code, narrowed, page
from yimen.kernel.org.queries import names_of, organ_names
from yimen.kernel.papers.store import keep_upload
from yimen.kernel.words import Finding, Refusal

_VILLAGE = 12
_ANY_END = "any"


class ApplicantForm(forms.Form):
    """Who applies, and for which village. No field is called as a question of an item is; many ask for a `place`."""

    name = forms.CharField(
        label=gettext_lazy("申请人"), max_length=60, widget=forms.TextInput(attrs={"autofocus": True})
    )
    id_kind = forms.ChoiceField(label=gettext_lazy("证件"), choices=ID_KINDS, initial="citizen")
    id_number = forms.CharField(
        label=gettext_lazy("证件号码"), max_length=18, help_text=gettext_lazy("可以直接刷证或扫码录入")
    )
    phone = forms.CharField(label=gettext_lazy("手机号"), max_length=20, required=False)
    village = forms.ChoiceField(label=gettext_lazy("所在村（社区）"))
    address = forms.CharField(label=gettext_lazy("住址"), max_length=200, required=False)
    represented_by = forms.CharField(label=gettext_lazy("代办人（受托人）"), max_length=60, required=False)
    authority = forms.ChoiceField(
        label=gettext_lazy("凭什么代办"),
        required=False,
        help_text=gettext_lazy("填了代办人的必选，并附扫描件"),
    )
    authority_papers = FilesField(label=gettext_lazy("委托书或身份证明的扫描件"), required=False)
    upon = forms.ChoiceField(
        label=gettext_lazy("办什么"),
        required=False,
        choices=[
            ("", gettext_lazy("首次申请")),
            ("renews", gettext_lazy("延续")),
            ("changes", gettext_lazy("变更")),
        ],
    )
    earlier = forms.CharField(
        label=gettext_lazy("原办件的查询码"), max_length=20, required=False, help_text=gettext_lazy("延续或变更时填写，受理单上有"),
    )  # fmt: skip
    request_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(
        self,
        places: list[tuple[str, str]],
        builds_on: tuple[bool, bool],
        *args: Any,
        has_mandate: bool = False,
        asks_address: bool = True,
        **kwargs: Any,
    ) -> None:
        """`places`: the villages the clerk may take applications for. `builds_on`: whether results are renewed, changed.
        `has_mandate`: whether a recorded mandate says already for whom it is done. `asks_address`: not where the item's own
        form asks where the applicant lives."""
        super().__init__(*args, **kwargs)
        if not asks_address:
            del self.fields["address"]
        authorities = [(code, str(words)) for code, words in AUTHORITIES.items()]
        self.fields["authority"].choices = [("", _("不是代办")), *authorities]  # type: ignore[attr-defined]
        if has_mandate:
            del self.fields["authority"], self.fields["authority_papers"]
        renewed, changed = builds_on
        offered = {"": True, "renews": renewed, "changes": changed}
        if renewed or changed:
            self.fields["upon"].choices = [c for c in self.fields["upon"].choices if offered[c[0]]]  # type: ignore[attr-defined]
        else:
            del self.fields["upon"], self.fields["earlier"]
        self.fields["village"].choices = [("", _("请选择")), *places]  # type: ignore[attr-defined]


class ApplicationFilterForm(forms.Form):
    """What the list is narrowed to."""

    q = forms.CharField(label=gettext_lazy("搜索"), required=False, max_length=60)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    light = forms.ChoiceField(
        label=gettext_lazy("时限"), required=False,
        choices=[("", gettext_lazy("全部")), ("open", gettext_lazy("未办结")), ("red", gettext_lazy("已超期")), ("amber", gettext_lazy("快到期"))],
    )  # fmt: skip
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """With the procedure's states."""
        super().__init__(*args, **kwargs)
        states = [(s.code, str(s.name)) for s in SERVICE.states]
        self.fields["state"].choices = [("", _("全部")), *states]  # type: ignore[attr-defined]


@require_safe
@needs(ServicePermission.READ)
def application_list(request: HttpRequest) -> HttpResponse:
    """All applications I may see, the newest first, narrowed and paged by key."""
    form = ApplicationFilterForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    filters = Filters(
        states=(given["state"],) if given.get("state") else (),
        light=given.get("light", ""),
        text=given.get("q", ""),
    )
    at = now()
    found = page(narrowed(visible_applications(actor_of(request)), filters, at), given.get("before"))
    kept = {k: str(v) for k, v in request.GET.items() if k != "before" and v}
    context = {
        "form": form,
        "columns": WORK_COLUMNS,
        "rows": list_rows(found.matters, organ_names(today()), at),
        "next_url": f"?{urlencode({**kept, 'before': str(found.next_key)})}" if found.next_key else "",
        "first_url": f"?{urlencode(kept)}" if given.get("before") else "",
    }
    return render(request, "console/applications.html", context)


@require_safe
@needs(ServicePermission.INTAKE)
def choose(request: HttpRequest) -> HttpResponse:
    """Which item somebody came for: typed in their words, every item at every window (一窗受理)."""
    asked = request.GET.get("q", "").strip()[:80]
    chosen = in_force().search.find(asked, 20) if asked else list(items())
    columns = (Column(_("事项"), "title"), Column(_("办理时限")), Column(_("由谁决定")))
    together = [
        (Cell(b.name, href=reverse("console:intake_bundle", args=[b.code])), Cell(_("一件事")), Cell(_("%(n)s 项") % {"n": len(b.items)}))
        for b in in_force().bundles
        if not asked or any(word in asked or asked in word for word in (str(b.name), *b.keywords))
    ]  # fmt: skip
    townships = {place[:9] for place, _name in _places(request)}
    transferred = {t.item_code for t in transfers(on=today()) if t.township_code in townships}
    rows = [
        (
            Cell(i.name, href=reverse("console:intake", args=[i.code])),
            Cell(_("即办件") if i.kind == Kind.INSTANT else _("承诺件")),
            Cell(_decided_by(i, transferred)),
        )
        for i in chosen
        if Channel.WINDOW in i.channels
    ]
    hits = rows + together
    if asked and hits:  # the words are typed, Enter looks, and Enter again opens what was found first
        hits[0] = (replace(hits[0][0], is_first=True), *hits[0][1:])
    context = {"asked": asked, "columns": columns, "rows": hits, "is_asking": not (asked and hits)}
    return render(request, "console/choose_item.html", context)


def _decided_by(found: Item, transferred: set[str]) -> str:
    if found.code in transferred:
        return _("乡镇审批服务机构")
    return _("县级部门") if found.decided_by == "county" else _("乡镇（街道）")


def _item(code: str) -> Item:
    try:
        return item(code)
    except Refusal:
        raise Http404 from None


def _places(request: HttpRequest) -> list[tuple[str, str]]:
    """The villages the clerk may take applications for, with their townships."""
    actor = actor_of(request)
    rows = Division.objects.filter(code__startswith=current_county().code, level__in=("township", "village"))
    names = names_of(rows)
    mine = [(c, n) for c, n in sorted(names.items()) if not c.endswith("000") and may_take_in(actor, c)]
    is_one = (
        len({code[:9] for code, _name in mine}) == 1
    )  # then the village's first letter finds it by keyboard
    return [
        (code, name if is_one else f"{names.get(code[:9] + '000', '')} {name}".strip()) for code, name in mine
    ]


@require_http_methods(["GET", "POST"])
@needs(ServicePermission.INTAKE)
def intake(request: HttpRequest, code: str) -> HttpResponse:
    """One screen: who, the item's own questions, and each material ticked off or scanned in."""
    found, site = _item(code), _site_of(actor_of(request))
    if site is not None:
        try:
            refuse_elsewhere(site, found.code)
        except Refusal as refused:
            return render(
                request, "console/not_here.html", {"item": found, "findings": refused.findings}, status=422
            )
    return _taken_in(
        request, found, lambda actor, given: [submit(actor, given)], builds_on=may_build_on(found, _ANY_END)
    )


@require_http_methods(["GET", "POST"])
@needs(HallPermission.AGENT)
def agent_intake(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """The same screen for a village agent with a mandate: the task and the application name each other."""
    task = visible_tasks(actor_of(request)).filter(id=task_id, state="mandated").first()
    if task is None:
        raise Http404
    return _taken_in(
        request,
        _item(task.kind),
        lambda actor, given: [submit_for(actor, task_id=task.id, application=given)],
        represented_by=actor_of(request).name,
        known=_mandator(actor_of(request), task),
    )


def _mandator(actor: Actor, task: Matter) -> dict[str, str]:
    """Who gave the mandate, as its agent recorded them: offered once more to that agent, and shown to nobody else."""
    if task.person_id is None or task.person_id != actor.person_id:
        return {}
    kept = task.unsealed()
    return {name: kept[name] for name in ("name", "id_number", "phone") if kept.get(name)}


def _site_of(actor: Actor) -> Site | None:
    """The village service site that somebody works at who takes in for one village only."""
    held = {area for area, _organ in areas(actor, ServicePermission.INTAKE)}
    village = held.pop() if len(held) == 1 else ""
    return next(iter(sites_of(village)), None) if len(village) == _VILLAGE else None


@require_http_methods(["GET", "POST"])
@needs(ServicePermission.INTAKE)
def intake_bundle(request: HttpRequest, code: str) -> HttpResponse:
    """The same screen for a life event: what its items ask, once; an application for each of them."""
    try:
        whole = combined(code, Channel.WINDOW)
    except Refusal:
        raise Http404 from None
    return _taken_in(request, whole.whole, lambda actor, given: submit_together(actor, code, whole, given))


class _Scans(FilesField):
    """The pages of a paper, scanned one by one or together."""

    most = 50
    widget = MultipleFiles(attrs={"accept": "image/*,application/pdf"})


class ScansForm(forms.Form):
    """The scans of an item's materials, each under its code."""

    prefix = "paper"

    def __init__(self, found: Item, *args: Any) -> None:
        super().__init__(*args)
        for material in found.materials:
            self.fields[material.code] = _Scans(label=_("扫描件"), required=False)


def _taken_in(
    request: HttpRequest,
    found: Item,
    hand_in: Callable[[Actor, Application], Sequence[Moved]],
    represented_by: str = "",
    builds_on: tuple[bool, bool] = (False, False),
    known: Mapping[str, str] = MappingProxyType({}),
) -> HttpResponse:
    declared = read_form(found.form)
    places = _places(request)
    asks = {"has_mandate": bool(represented_by), "asks_address": not address_question(declared)}
    if request.method == "GET":
        person = ApplicantForm(
            places,
            builds_on,
            **asks,
            initial={
                "request_key": uuid4().hex,
                "represented_by": represented_by,
                **({"village": places[0][0]} if len(places) == 1 else {}),
                **known,
            },
        )
        return _intake_page(request, found, declared, person, ScansForm(found), {}, ())
    answers = typed(declared, request.POST)
    person = ApplicantForm(places, builds_on, request.POST, request.FILES, **asks)
    scans = ScansForm(found, request.POST, request.FILES)
    findings: tuple[Finding, ...] = ()
    if not changes_rows(request.POST) and person.is_valid() and scans.is_valid():
        try:
            given = _application(request, found, person.cleaned_data, scans.cleaned_data, answers)
            every = hand_in(actor_of(request), given)
        except Refusal as refused:
            findings = refused.findings
        else:
            if given.channel == Channel.WINDOW and not represented_by:
                note_at_seat(actor_of(request), [moved.number for moved in every])
            for moved in every:
                receipt = {"number": moved.number, "code": moved.tracking_code}
                messages.success(request, _("已收件：%(number)s，查询码 %(code)s") % receipt)
            taken = urlencode({"taken": _draft_name(request)})
            return redirect(f"{reverse('console:matter', args=[every[0].matter_id])}?{taken}")
    return _intake_page(request, found, declared, person, scans, answers, findings, status=422)


def _application(
    request: HttpRequest,
    found: Item,
    given: dict[str, Any],
    scans: dict[str, list[Any]],
    answers: dict[str, Any],
) -> Application:
    """What was typed and scanned; papers are kept once the person's details are in order."""
    account = actor_of(request).account_id
    papers = {code: [keep_upload(each, by=account).id for each in files] for code, files in scans.items()}
    return Application(
        item=found.code,
        place=given["village"],
        channel=Channel.WINDOW if _site_of(actor_of(request)) is None else Channel.VILLAGE,
        applicant=Applicant(
            given["name"],
            given["id_kind"],
            given["id_number"],
            given["phone"],
            given.get("address", ""),
            given["represented_by"],
            given.get("authority", ""),
            tuple(keep_upload(each, by=account).id for each in given.get("authority_papers") or ()),
        ),
        answers=answers,
        papers={code: kept for code, kept in papers.items() if kept},
        shown=frozenset(request.POST.getlist("shown")),
        request_key=given["request_key"] or None,
        renews=_earlier(given, "renews"),
        changes=_earlier(given, "changes"),
    )


def _earlier(given: dict[str, Any], what: str) -> UUID | None:
    """The result to be renewed or changed, named by the code that follows it."""
    if given.get("upon") != what:
        return None
    before = by_tracking_code(given["earlier"])
    if before is None:
        raise Refusal.of(
            "service.renews", "没有这个查询码的办件。", "No application has this code.", field="earlier"
        )
    return before.id


def _draft_name(request: HttpRequest) -> str:
    """Under what the browser keeps what is typed: the clerk's own, at this address."""
    return f"{request.path} {actor_of(request).account_id}"


def _intake_page(
    request: HttpRequest,
    found: Item,
    declared: Form,
    person: ApplicantForm,
    scans: ScansForm,
    answers: dict[str, Any],
    findings: tuple[Finding, ...],
    status: int = 200,
) -> HttpResponse:
    asked = AnswerForm(declared, answers, request.POST.get("more", ""))
    if changes_rows(request.POST):  # one goes on at the rows, not at the first box
        person.fields["name"].widget.attrs.pop("autofocus", None)
    rest = asked.told(findings) if findings else ()
    for finding in rest:
        if finding.field in person.fields:
            person.add_error(finding.field, str(finding.sentence))
    shown = set(request.POST.getlist("shown"))
    context = {
        "item": found,
        "draft": _draft_name(request),
        "person": person,
        "asked": asked,
        "scans_form": scans,
        "materials": [(m, m.code in shown, scans[m.code]) for m in found.materials],
        "findings": [f for f in rest if f.field not in person.fields],
    }
    return render(request, "console/intake.html", context, status=status)


@require_POST
@staff_only
def opened(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """The applicant's details and answers; the look enters the ledger."""
    actor = actor_of(request)
    matter = visible_applications(actor).filter(id=matter_id).first()
    if matter is None:
        raise Http404
    try:
        shown = opened_form(actor, matter)
    except Refusal as refused:
        return render(
            request,
            "console/application_form.html",
            {"matter": matter, "findings": refused.findings},
            status=422,
        )
    declared = read_form(item_of(matter).form)
    words = {
        "name": _("申请人"),
        "id_kind": _("证件"),
        "id_number": _("证件号码"),
        "phone": _("手机号"),
        "address": _("住址"),
        "represented_by": _("代办人（受托人）"),
    }
    kinds = {code: str(said) for code, said in ID_KINDS}
    context = {
        "matter": matter,
        "person": [
            (words.get(k, k), kinds.get(v, v) if k == "id_kind" else v)
            for k, v in shown.get("applicant", {}).items()
        ],
        "answers": [
            (q.label, said(q, shown["answers"][q.name]))
            for q in declared.questions.values()
            if q.name in shown.get("answers", {})
        ],
    }
    return render(request, "console/application_form.html", context)
