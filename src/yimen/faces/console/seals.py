"""Seals on screen: which there are, who keeps them, every use; and the documents of a matter that stand under them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yimen.design.files import pdf_response
from yimen.design.shapes import Cell, Column, Fact, Happening
from yimen.design.step_forms import step_form
from yimen.domains.services.api import preview, visible_applications
from yimen.faces.console.forms import DAYS
from yimen.faces.console.presenting import act_mark, performer
from yimen.kernel.access.decide import areas
from yimen.kernel.access.middleware import actor_of, needs, staff_only
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.today import now, today
from yimen.kernel.documents.issuing import read_document, waiting
from yimen.kernel.documents.models import IssuedDocument, OfficialSeal
from yimen.kernel.documents.seals import (
    NewSeal,
    custodians_on,
    end_seal,
    hand_over,
    log_of,
    make_seal,
    seals,
)
from yimen.kernel.documents.setting import Face, seal_picture, set_pages
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import allowed_steps
from yimen.kernel.org.models import Organ, Person
from yimen.kernel.org.queries import names_of, organ_names
from yimen.kernel.words import Refusal, Text

_LOG = 50
_ACTS = {
    "make_seal": gettext_lazy("启用"), "entrust_seal": gettext_lazy("交保管人"), "use_seal": gettext_lazy("用印"),
    "end_seal": gettext_lazy("停用"), "withdraw_document": gettext_lazy("文书收回"),
}  # fmt: skip


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, help_text=help_text, validators=DAYS, initial=today)


class HandOverForm(forms.Form):
    """To whom the seal goes, from when."""

    custodian = forms.ChoiceField(label=gettext_lazy("交给谁保管"))
    since = _day(gettext_lazy("自"))

    def __init__(self, people: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """`people`: who may keep it."""
        super().__init__(*args, **kwargs)
        self.fields["custodian"].choices = [("", _("请选择")), *people]  # type: ignore[attr-defined]


class EndSealForm(forms.Form):
    """From when on nothing more is sealed, and why."""

    on = _day(gettext_lazy("自哪一天起停用"))
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )


class SealForm(HandOverForm):
    """A seal to be made."""

    words = forms.CharField(label=gettext_lazy("印文"), max_length=20, help_text=gettext_lazy("沿印章外圈的机关名称"))  # fmt: skip
    purpose = forms.CharField(
        label=gettext_lazy("专用名称"), max_length=12, required=False, initial="审批服务专用章"
    )
    number_word = forms.CharField(
        label=gettext_lazy("发文代字"), max_length=8, help_text=gettext_lazy("文号里代表机关的字，例如“云青”")
    )
    basis = forms.CharField(label=gettext_lazy("依据的文件"), max_length=120)
    replaces = forms.MultipleChoiceField(
        label=gettext_lazy("替换哪些印章"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("勾选的印章在新印章启用当天停用。"),
    )  # fmt: skip
    key = forms.FileField(
        label=gettext_lazy("签章密钥（.p12、.pfx）"), required=False,
        help_text=gettext_lazy("由电子认证机构签发的密钥。不上传的，由本系统自建根证书签发：可以验真，但不是国家统一电子印章。"),
    )  # fmt: skip
    password = forms.CharField(
        label=gettext_lazy("密钥口令"), required=False, max_length=100, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )  # fmt: skip
    field_order = ("words", "purpose", "number_word", "basis", "custodian", "since", "replaces", "key", "password")  # fmt: skip

    def __init__(self, others: list[tuple[str, str]], people: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:  # fmt: skip
        """`others`: the seals in use that it may replace."""
        super().__init__(people, *args, **kwargs)
        self.fields["replaces"].choices = others  # type: ignore[attr-defined]


def _people_of(organ_code: str) -> list[tuple[str, str]]:
    """Who holds a post of the organ today."""
    held = Person.objects.filter(
        appointments__valid__contains=today(), appointments__post__organ_id=organ_code
    )
    return [(str(pk), name) for pk, name in held.order_by("name", "id").values_list("id", "name").distinct()]


def _one(request: HttpRequest, seal_id: UUID) -> OfficialSeal:
    found = seals(actor_of(request)).filter(id=seal_id).first()
    if found is None:
        raise Http404
    return found


@require_safe
@needs(KernelPermission.SEALS_READ)
def seal_list(request: HttpRequest) -> HttpResponse:
    """The seals in my area, those in use first, and how many documents wait for one."""
    rows = list(seals(actor_of(request)))
    keepers, organs = custodians_on(rows, today()), organ_names(today())
    organs |= names_of(Organ.objects.filter(code__in={s.organ_code for s in rows}))
    context = {
        "columns": (Column(_("印章"), "title"), Column(_("机关")), Column(_("保管人")), Column(_("启用"), "date"), Column(_("停用"), "date")),
        "rows": [
            (Cell(str(s), href=reverse("console:seal", args=[s.id])), organs[s.organ_code], keepers.get(s.id, "—"), s.valid.lower, s.valid.upper)
            for s in rows
        ],
        "waiting": waiting().filter(organ_code__in=_my_organs(request, KernelPermission.SEALS_READ)).count(),
        "may_manage": bool(areas(actor_of(request), KernelPermission.SEALS_MANAGE)),
    }  # fmt: skip
    return render(request, "console/seals.html", context)


def _my_organs(request: HttpRequest, permission: KernelPermission) -> list[str]:
    """The organs in the places where the reader holds a permission, today."""
    held = areas(actor_of(request), permission)
    return [
        code
        for code, place in Organ.objects.filter(valid__contains=today())
        .order_by("code")
        .values_list("code", "place_code")
        if any(place.startswith(area) for area, _organ in held)
    ]


@require_http_methods(["GET", "POST"])
@needs(KernelPermission.SEALS_READ)
def seal_page(request: HttpRequest, seal_id: UUID) -> HttpResponse:
    """One seal: who keeps it, every use of it; handing it over and disabling it."""
    found, actor = _one(request, seal_id), actor_of(request)
    people = _people_of(found.organ_code)
    is_handing, is_ending = "hand_over" in request.POST, "end" in request.POST
    handing = HandOverForm(people, request.POST if is_handing else None, prefix="to")
    ending = EndSealForm(request.POST if is_ending else None, prefix="end")
    try:
        if is_handing and handing.is_valid():
            given = handing.cleaned_data
            hand_over(actor, found, UUID(given["custodian"]), given["since"])
        elif is_ending and ending.is_valid():
            end_seal(actor, found, ending.cleaned_data["on"], ending.cleaned_data["reason"])
        else:
            return _seal_page(request, found, handing, ending)
    except Refusal as refused:
        form = handing if is_handing else ending
        for finding in refused.findings:
            form.add_error(finding.field if finding.field in form.fields else None, str(finding.sentence))
        return _seal_page(request, found, handing, ending)
    messages.success(request, _("已登记。"))
    return redirect("console:seal", seal_id=found.id)


def _seal_page(
    request: HttpRequest, found: OfficialSeal, handing: HandOverForm, ending: EndSealForm
) -> HttpResponse:
    raw = request.GET.get("before", "")
    entries = log_of(found, int(raw) if raw.isdecimal() and len(raw) < 9 else None, _LOG + 1)
    keepers = custodians_on([found], today())
    context = {
        "seal": found,
        "facts": [
            Fact(_("机关"), organ_names(today()).get(found.organ_code, found.organ_code)),
            Fact(_("发文代字"), found.number_word),
            Fact(_("保管人"), keepers.get(found.id, "—")),
            Fact(_("启用"), found.valid.lower),
            Fact(_("停用"), found.valid.upper),
            Fact(_("依据的文件"), found.basis),
            Fact(_("证书指纹"), found.fingerprint[:16]),
        ],
        "happenings": _happenings(entries[:_LOG]),
        "next_url": f"?{urlencode({'before': entries[_LOG - 1].seq})}" if len(entries) > _LOG else "",
        "handing": handing,
        "ending": ending,
        "may_manage": found.valid.upper is None
        and found.organ_code in _my_organs(request, KernelPermission.SEALS_MANAGE),
    }
    return render(
        request, "console/seal.html", context, status=422 if handing.errors or ending.errors else 200
    )


def _happenings(entries: Sequence[Any]) -> list[Happening]:
    """Acts on a seal, in words."""
    payloads = [orjson.loads(entry.payload) for entry in entries]
    issued = IssuedDocument.objects.filter(id__in={p["document"] for p in payloads if "document" in p})
    titles = {
        str(pk): str(Text(zh, en or zh)) for pk, zh, en in issued.values_list("id", "title", "title_en")
    }
    return [_happening(entry, given, titles) for entry, given in zip(entries, payloads, strict=True)]


def _happening(entry: Any, given: Mapping[str, Any], titles: Mapping[str, str]) -> Happening:
    parts = [
        titles.get(given.get("document", ""), given.get("title")),
        given.get("number"),
        given.get("name"),
        given.get("reason"),
        given.get("basis"),
    ]
    who = given.get("asked_by") or performer(entry.who_name)
    if keeper := given.get("custodian"):
        parts.append(_("保管人：%(name)s") % {"name": keeper})
    note = " · ".join(str(p) for p in parts if p)
    href = reverse("console:matter", args=[given["matter"]]) if "matter" in given else ""
    return Happening(
        at=entry.at, what=_ACTS[entry.act], who=who, note=note, law=entry.law, hash=bytes(entry.hash).hex(),
        href=href, icon=act_mark(entry.act)[0],
    )  # fmt: skip


@require_safe
@needs(KernelPermission.SEALS_READ)
def picture(request: HttpRequest, seal_id: UUID) -> HttpResponse:
    """What the seal looks like."""
    found = _one(request, seal_id)
    return HttpResponse(seal_picture(found.words, found.purpose), content_type="image/svg+xml")


@require_http_methods(["GET", "POST"])
@needs(KernelPermission.SEALS_MANAGE)
def new_seal(request: HttpRequest) -> HttpResponse:
    """Make a seal for an organ, with its custodian, and name the seals it replaces."""
    names = organ_names(today())
    organs = [(code, names[code]) for code in _my_organs(request, KernelPermission.SEALS_MANAGE)]
    organ = request.GET.get("organ", "")
    context: dict[str, Any] = {"organs": organs, "organ": organ}
    if organ not in dict(organs):
        return render(request, "console/new_seal.html", context)
    others = [(str(s.id), f"{s} · {names.get(s.organ_code, '')}") for s in seals(actor_of(request)).filter(valid__endswith=None)]  # fmt: skip
    form = SealForm(
        others,
        _people_of(organ),
        request.POST or None,
        request.FILES or None,
        initial={"words": names[organ]},
    )
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        upload = given.pop("key")
        try:
            made = make_seal(
                actor_of(request),
                NewSeal(
                    **{**given, "organ_code": organ, "custodian": UUID(given["custodian"])}
                    | {"replaces": [UUID(r) for r in given["replaces"]], "key": upload.read(64_000) if upload else b""}
                ),
            )  # fmt: skip
        except Refusal as refused:
            for finding in refused.findings:
                form.add_error(finding.field if finding.field in form.fields else None, str(finding.sentence))
        else:
            messages.success(request, _("印章已启用。"))
            return redirect("console:seal", seal_id=made.id)
    context |= {"form": form, "organ_name": names[organ]}
    return render(request, "console/new_seal.html", context, status=422 if form.errors else 200)


def _application(request: HttpRequest, matter_id: UUID) -> Matter:
    found = visible_applications(actor_of(request)).filter(id=matter_id).first()
    if found is None:
        raise Http404
    return found


@require_POST
@staff_only
def document(request: HttpRequest, matter_id: UUID, document_id: UUID) -> HttpResponse:
    """A sealed document of an application; the look is recorded with it."""
    matter = _application(request, matter_id)
    row = IssuedDocument.objects.filter(id=document_id, matter_id=matter.id).exclude(paper_id=None).first()
    if row is None:
        raise Http404
    pdf, name = read_document(actor_of(request), row, is_english="en" in request.POST)
    return pdf_response(pdf, name)


@require_POST
@staff_only
def preview_document(request: HttpRequest, matter_id: UUID, step_code: str) -> HttpResponse:
    """The paper that a step would make from what is typed, marked as a draft."""
    matter = _application(request, matter_id)
    offer = next((o for o in allowed_steps(actor_of(request), matter) if o.step.code == step_code), None)
    if offer is None:
        raise PermissionDenied
    form = step_form(offer.step)(request.POST, prefix=step_code)
    form.is_valid()
    made = preview(matter, step_code, form.cleaned_data, now())
    if made is None:
        raise Http404
    document, organ = made
    return pdf_response(set_pages(document, Face(organ=organ)), f"{document.title.zh}.pdf")
