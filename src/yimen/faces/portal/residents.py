"""A resident's own pages: signing in, everything one has with the township, one's own data, and for whom one acts."""

from collections.abc import Callable
from functools import wraps
from secrets import token_urlsafe
from typing import Any, cast
from uuid import UUID

import orjson
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY as STAFF_KEY
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yimen.design.shapes import Cell, Column, Fact, Happening, Said
from yimen.design.step_forms import FilesField
from yimen.design.wording import ID_KINDS
from yimen.domains.residents.api import Representation, Resident, accounts, belongings, representing
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.throttle import PUBLIC_REPORTS, address_of, use
from yimen.kernel.calendar.today import now
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import procedure_of
from yimen.kernel.papers.store import keep_upload
from yimen.kernel.sealing import masked
from yimen.kernel.words import Refusal

_SESSION = "resident"
_LASTS = 2 * 60 * 60
_BROWSER = "resident_browser"
_CONTACT = "resident_contact"
_ASKED = "resident_asked"
_DEMO_CODE = "resident_demo_code"
_PAGE = 25
_ACTS = {
    "open_account": gettext_lazy("开立账号"), "set_password": gettext_lazy("设置密码"), "correct_details": gettext_lazy("更正资料"),
    "represent": gettext_lazy("添加代理关系"), "end_representation": gettext_lazy("结束代理关系"),
    "confirm_representation": gettext_lazy("窗口核验代理关系"), "confirm_identity": gettext_lazy("窗口核验身份"),
    "consent": gettext_lazy("同意留存填过的内容"), "withdraw_consent": gettext_lazy("撤回同意，已清除"), "export": gettext_lazy("导出资料"),
    "reveal_details": gettext_lazy("查看完整资料"),
}  # fmt: skip


def _contact() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("手机号或邮箱"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )


class PasswordForm(forms.Form):
    """The password way in."""

    contact = _contact()
    password = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=100,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SendForm(forms.Form):
    """Where the code goes."""

    contact = _contact()


class CodeForm(forms.Form):
    """The code, and a password for the next time if one likes."""

    code = forms.CharField(
        label=gettext_lazy("验证码"),
        max_length=6,
        help_text=gettext_lazy("六位数字，五分钟内有效"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    password = forms.CharField(
        label=gettext_lazy("设置密码（可不设）"),
        max_length=100,
        required=False,
        help_text=gettext_lazy(
            "设了以后可以用密码进入，不用每次收验证码。至少 10 个字符，大写字母、小写字母、数字、其他字符中的至少三种。"
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class DetailsForm(forms.Form):
    """One's own details."""

    name = forms.CharField(
        label=gettext_lazy("姓名"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    id_kind = forms.ChoiceField(label=gettext_lazy("证件"), choices=ID_KINDS, required=False)
    id_number = forms.CharField(label=gettext_lazy("证件号码"), max_length=18, required=False)
    phone = forms.CharField(label=gettext_lazy("手机号"), max_length=20, required=False)
    address = forms.CharField(label=gettext_lazy("住址"), max_length=200, required=False)

    def __init__(self, *args: Any, is_confirmed: bool, **kwargs: Any) -> None:
        """What a clerk has confirmed is corrected at the window."""
        super().__init__(*args, **kwargs)
        if is_confirmed:
            for name in ("name", "id_kind", "id_number"):
                del self.fields[name]


class RepresentForm(forms.Form):
    """For whom one acts."""

    relation = forms.ChoiceField(label=gettext_lazy("关系"))
    name = forms.CharField(label=gettext_lazy("对方姓名或单位名称"), max_length=60)
    id_kind = forms.ChoiceField(label=gettext_lazy("证件"), choices=ID_KINDS)
    id_number = forms.CharField(label=gettext_lazy("证件号码"), max_length=18)
    ends = forms.DateField(
        label=gettext_lazy("到哪天为止"), required=False, help_text=gettext_lazy("没有期限不用填。")
    )
    evidence = FilesField(
        label=gettext_lazy("户口簿、委托书或营业执照照片"),
        required=False,
        help_text=gettext_lazy("窗口核验后，才能看到对方的办件。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """With the relations there are."""
        super().__init__(*args, **kwargs)
        self.fields["relation"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            *((k, str(v)) for k, v in representing.RELATIONS.items()),
        ]


class FollowForm(forms.Form):
    """A matter to be added."""

    number = forms.CharField(label=gettext_lazy("编号"), max_length=40)
    code = forms.CharField(label=gettext_lazy("查询码"), max_length=40)


def resident_of(request: HttpRequest) -> Resident | None:
    """The resident signed in to this browser; nobody while staff are, or after two hours, or after a new password."""
    kept = request.session.get(_SESSION)
    if not kept or STAFF_KEY in request.session or now().timestamp() - kept["since"] > _LASTS:
        return None
    found = accounts.find(UUID(kept["id"]))
    if found is None or not constant_time_compare(kept["mark"], accounts.session_mark(found)):
        return None
    return found


def actor_for(request: HttpRequest) -> Actor:
    """Who acts on the portal: the resident signed in, or somebody of the public."""
    found = resident_of(request)
    return accounts.acting(found) if found else Actor.resident()


def let_in(request: HttpRequest, resident: Resident) -> HttpResponse:
    """Begin a session of a resident, under a new key, and go to their page; a staff session in this browser ends.

    What was begun in the browser goes on, unless another resident is signed in there: those drafts may be that one's.
    The browser keeps a mark by which it is known as one that let them in; the mark itself opens nothing.
    """
    before = request.session.get(_SESSION, {}).get("id", str(resident.id))
    drafts = request.session.get("drafts", []) if before == str(resident.id) else []
    request.session.flush()
    request.session["drafts"] = drafts
    request.session[_SESSION] = {
        "id": str(resident.id), "since": now().timestamp(), "mark": accounts.session_mark(resident)
    }  # fmt: skip
    answer = redirect("portal:mine")
    answer.set_cookie(
        _BROWSER, accounts.browser_mark(resident, _mark(request)), max_age=accounts.BROWSER_KEPT,
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip
    return answer


def _mark(request: HttpRequest) -> str:
    """What the browser keeps since it let somebody in, if it did."""
    return request.COOKIES.get(_BROWSER, "")


def latest(request: HttpRequest) -> list[tuple[Matter, Said]]:
    """The last three matters of the resident signed in, with where each stands; nothing for others."""
    found = resident_of(request)
    rows = belongings.matters_of(found)[:3] if found else ()
    return [(m, procedure_of(m).state(m.state).public) for m in rows]


def residents_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view for who has signed in; others are asked to."""

    @wraps(view)
    def guarded(request: HttpRequest, **address: Any) -> HttpResponse:
        found = resident_of(request)
        if found is None:
            return redirect("portal:my_sign_in")
        return cast(HttpResponse, never_cache(cast(Any, view))(request, found, **address))

    return guarded


def _refused(form: forms.Form, refused: Refusal) -> None:
    for finding in refused.findings:
        form.add_error(finding.field if finding.field in form.fields else None, str(finding.sentence))


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """In by a password."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = accounts.enter_with_password(
                form.cleaned_data["contact"],
                form.cleaned_data["password"],
                address_of(request),
                _mark(request),
            )
        except Refusal as refused:
            _refused(form, refused)
        else:
            return let_in(request, found)
    page = {"form": form, "sso": settings.YIMEN_OIDC["label"] if settings.YIMEN_OIDC else ""}
    return render(request, "portal/my_sign_in.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def send_code(request: HttpRequest) -> HttpResponse:
    """Have a code sent: to enter, to make an account, or to set another password."""
    form = SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = request.session.setdefault(_ASKED, token_urlsafe(16))
            contact, code = accounts.send_code(
                form.cleaned_data["contact"], address_of(request), asked, _mark(request)
            )
        except Refusal as refused:
            _refused(form, refused)
        else:
            request.session[_CONTACT] = contact
            if settings.YIMEN_DEMO:
                request.session[_DEMO_CODE] = code
            return redirect("portal:my_code")
    return render(request, "portal/my_send_code.html", {"form": form}, status=422 if form.errors else 200)


@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def enter_code(request: HttpRequest) -> HttpResponse:
    """In by the code."""
    contact = request.session.get(_CONTACT)
    if not contact:
        return redirect("portal:my_send_code")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = accounts.enter_with_code(
                contact,
                form.cleaned_data["code"],
                request.session.get(_ASKED, ""),
                form.cleaned_data["password"],
            )
        except Refusal as refused:
            _refused(form, refused)
        else:
            return let_in(request, found)
    page = {"form": form, "contact": masked(contact), "demo_code": request.session.get(_DEMO_CODE, "")}
    return render(request, "portal/my_code.html", page, status=422 if form.errors else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out; what stays in this browser opens nothing."""
    request.session.flush()
    messages.success(request, _("您已退出。"))
    return redirect("portal:home")


@require_safe
@residents_only
def mine(request: HttpRequest, resident: Resident) -> HttpResponse:
    """Everything the resident has with the township, the newest first, by key."""
    return _mine_page(request, resident, FollowForm())


def _mine_page(request: HttpRequest, resident: Resident, form: FollowForm) -> HttpResponse:
    rows = belongings.matters_of(resident)
    before = request.GET.get("before", "")
    try:
        rows = rows.filter(id__lt=UUID(before)) if before else rows
    except ValueError:
        raise Http404 from None
    found = list(rows[: _PAGE + 1])
    context = {
        "columns": (Column(_("事项"), "title"), Column(_("编号")), Column(_("现在")), Column(_("下一步最迟"), "date")),
        "rows": [
            (
                Cell(m.titled, href=reverse("portal:tracked", args=[m.tracking_code])), m.number,
                procedure_of(m).state(m.state).public, m.due_at,
            )
            for m in found[:_PAGE]
        ],
        "next_url": f"?before={found[_PAGE - 1].id}" if len(found) > _PAGE else "",
        "resident": resident,
        "name": masked(accounts.details_of(resident).get("name", "")),
        "spoken_code": accounts.spoken_code(resident),
        "represented": [
            (r, representing.RELATIONS[r.relation], representing.last_day(r))
            for r in representing.representations(resident)
        ],
        "follow_form": form,
    }  # fmt: skip
    return render(request, "portal/mine.html", context, status=422 if form.errors else 200)


@require_POST
@residents_only
def follow(request: HttpRequest, resident: Resident) -> HttpResponse:
    """Add a matter by number and code; what was typed stays when it does not fit."""
    form = FollowForm(request.POST)
    if form.is_valid():
        try:
            use(PUBLIC_REPORTS, address_of(request))
            belongings.follow(resident, form.cleaned_data["number"], form.cleaned_data["code"])
        except Refusal as refused:
            _refused(form, refused)
        else:
            messages.success(request, _("已加到您的办件里。"))
            return redirect("portal:mine")
    return _mine_page(request, resident, form)


@require_http_methods(["GET", "HEAD", "POST"])
@residents_only
def data(request: HttpRequest, resident: Resident) -> HttpResponse:
    """One's own details: masked at first, corrected here, with every act on the account."""
    known = accounts.details_of(resident)
    is_confirmed = resident.confirmed_at is not None
    form = DetailsForm(
        request.POST or None,
        initial={k: v for k, v in known.items() if k in ("id_kind",)},
        is_confirmed=is_confirmed,
    )
    if request.method == "POST" and form.is_valid():
        try:
            accounts.correct(resident, {k: v for k, v in form.cleaned_data.items() if v})
        except Refusal as refused:
            _refused(form, refused)
        else:
            messages.success(request, _("已更正。"))
            return redirect("portal:my_data")
    return _data_page(
        request, resident, {k: masked(v) if k != "id_kind" else v for k, v in known.items()}, form
    )


def _data_page(
    request: HttpRequest, resident: Resident, known: dict[str, str], form: DetailsForm
) -> HttpResponse:
    labels = {name: str(field.label) for name, field in DetailsForm(is_confirmed=False).fields.items()}
    kinds = dict(ID_KINDS)
    happenings = [
        Happening(at=e.at, what=_ACTS.get(e.act, e.act), who=e.who_name, law=e.law, hash=bytes(e.hash).hex())
        for e in Entry.objects.filter(stream=resident.id).order_by("-seq")[:50]
    ]
    context = {
        "facts": [Fact(_("登录方式"), accounts.spoken_code(resident) or resident.contact_masked)]
        + [Fact(labels[k], kinds.get(v, v) if k == "id_kind" else v) for k, v in known.items()],
        "resident": resident,
        "form": form,
        "happenings": happenings,
        "kept": sorted(belongings.saved(resident)["answers"]),
    }
    return render(request, "portal/my_data.html", context, status=422 if form.errors else 200)


@require_POST
@residents_only
def reveal(request: HttpRequest, resident: Resident) -> HttpResponse:
    """One's own details in full; the look is recorded."""
    known = belongings.revealed(resident)
    return _data_page(request, resident, known, DetailsForm(is_confirmed=resident.confirmed_at is not None))


@require_POST
@residents_only
def export(request: HttpRequest, resident: Resident) -> HttpResponse:
    """A copy of everything, for taking along."""
    content = orjson.dumps(belongings.export(resident), option=orjson.OPT_INDENT_2)
    return HttpResponse(
        content,
        content_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="yimen-my-data.json"'},
    )


@require_POST
@residents_only
def consent(request: HttpRequest, resident: Resident) -> HttpResponse:
    """Agree that answers are kept for the next time, or take it back."""
    belongings.consent(resident, is_given="yes" in request.POST)
    return redirect("portal:my_data")


@require_POST
@residents_only
def close(request: HttpRequest, resident: Resident) -> HttpResponse:
    """Close the account."""
    accounts.close(resident)
    request.session.flush()
    messages.success(request, _("账号已注销，资料已清除。已经提交的办件按档案规定由办理机关保存。"))
    return redirect("portal:home")


@require_http_methods(["GET", "HEAD", "POST"])
@residents_only
def represent(request: HttpRequest, resident: Resident) -> HttpResponse:
    """Say for whom one acts."""
    form = RepresentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        uploads = given.pop("evidence")
        try:
            use(PUBLIC_REPORTS, address_of(request))
            kept = keep_upload(uploads[0], by=resident.id).id if uploads else None
            representing.represent(resident, evidence=kept, **given)
        except Refusal as refused:
            _refused(form, refused)
        else:
            messages.success(request, _("已登记。请带证件到任一窗口核验。"))
            return redirect("portal:mine")
    return render(request, "portal/my_represent.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@residents_only
def end_representation(request: HttpRequest, resident: Resident, representation_id: UUID) -> HttpResponse:
    """Act for somebody no longer."""
    representing.end(resident, own(resident, representation_id))
    messages.success(request, _("代理关系已结束。"))
    return redirect("portal:mine")


def own(resident: Resident, representation_id: UUID) -> Representation:
    """A representation of the resident's own that holds today."""
    found = representing.representations(resident).filter(id=representation_id).first()
    if found is None:
        raise Http404
    return found
