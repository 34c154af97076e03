"""Signing in to the console: login and password, second factor, own password, post, sign-out.

Two factors are required of staff (GB/T 22239-2019 8.1.4.1 d). Each screen asks one thing and leads on to the
next that is missing; when nothing is missing, to where the reader was going.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import cast
from uuid import UUID

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, authenticate, login, logout, update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.models import Device
from django_otp.plugins.otp_totp.models import TOTPDevice

from yimen.design.shapes import Fact
from yimen.design.views import permission_denied
from yimen.kernel.access import commands, second_factor
from yimen.kernel.access.accounts import LONGEST_LOGIN, normal_login
from yimen.kernel.access.actors import Grant
from yimen.kernel.access.backend import refuse_far_from_home
from yimen.kernel.access.decide import NOT_STAFF
from yimen.kernel.access.middleware import (
    POST_KEY,
    SEEN_KEY,
    SINCE_KEY,
    AccessDenied,
    is_idle,
    renew,
    staff_only,
    standing_of,
)
from yimen.kernel.access.passwords import PASSWORD_RULES
from yimen.kernel.access.permissions import words_of
from yimen.kernel.access.queries import area_names
from yimen.kernel.access.roles import roles
from yimen.kernel.access.standing import Standing
from yimen.kernel.access.throttle import (
    FAILED_FOR_NAME,
    FAILED_SIGN_INS,
    PASSWORD_CHANGES,
    address_of,
    count,
    refuse_spent,
    use,
)
from yimen.kernel.calendar.today import LOCAL_ZONE, now, today
from yimen.kernel.org.queries import organ_names
from yimen.kernel.words import Finding, Refusal, Text

_ENROL_KEY = "enrolling_secret"
LOCKED_OUT = Text(
    "密码连续错了 5 次。为保护账号，请在 {time} 以后再登录（约 {minutes} 分钟后）。",
    "Five wrong passwords in a row. To protect the account, please try again after {time} (in about {minutes} min).",
)
NOT_YOUR_POST = Finding(
    "access.not_your_post", Text("您现在不在这个岗位上。", "You do not hold this post today.")
)


class _OneThing(forms.Form):
    """A form that puts the cursor in its first box, unless the error summary wants it."""

    def __init__(self, data: Mapping[str, object] | None = None) -> None:
        super().__init__(data)
        if not self.is_bound:
            next(iter(self.fields.values())).widget.attrs["autofocus"] = True


class SignInForm(_OneThing):
    """Login and password; only their shape."""

    username = forms.CharField(
        label=_("登录名"),
        max_length=LONGEST_LOGIN,
        error_messages={"required": _("请输入登录名。")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        error_messages={"required": _("请输入密码。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_username(self) -> str:
        """The login as it is kept; a folded one may have grown too long to be anybody's."""
        login_name = normal_login(str(self.cleaned_data["username"]))
        if len(login_name) > LONGEST_LOGIN:
            raise forms.ValidationError(_("登录名太长。"), code="max_length")
        return login_name


class CodeForm(_OneThing):
    """Six digits from the telephone, or a backup code."""

    code = forms.CharField(
        label=_("验证码"),
        help_text=_("手机不在身边，可以输入一个备用码。"),
        max_length=20,
        error_messages={"required": _("请输入验证码。")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )


class TelephoneForm(CodeForm):
    """The first code of a telephone just set up; there are no backup codes yet."""

    def __init__(self, data: Mapping[str, object] | None = None) -> None:
        super().__init__(data)
        self.fields["code"].help_text = ""


class PasswordForm(_OneThing):
    """The current password and the new one twice."""

    current_password = forms.CharField(
        label=_("现在的密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        label=_("新密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输入一遍新密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """The two must agree, since neither can be seen."""
        again = str(self.cleaned_data["again"])
        if again != self.cleaned_data.get("new_password"):
            raise forms.ValidationError(_("两次输入的新密码不一样。"), code="not_the_same")
        return again


def _objected(form: forms.Form, refusal: Refusal) -> None:
    """Show a refusal where it belongs: at its field, or above the form."""
    for finding in refusal.findings:
        form.add_error(finding.field if finding.field in form.fields else None, str(finding.sentence))


def _next(request: HttpRequest) -> str:
    """Where the reader was going, if that is an address of this site; otherwise an empty string."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else ""


def _onward(request: HttpRequest, standing: Standing | None) -> HttpResponseRedirect:
    """To the first thing still missing, carrying along where the reader was going."""
    wanted = _next(request)
    if standing is None:
        address = "console:sign_in"
    elif not standing.actor.second_factor:
        address = (
            "console:verify_second_factor" if standing.has_second_factor else "console:enrol_second_factor"
        )
    elif standing.must_change_password:
        address = "console:change_password"
    else:
        return HttpResponseRedirect(wanted or resolve_url(settings.LOGIN_REDIRECT_URL))
    query = f"?{urlencode({REDIRECT_FIELD_NAME: wanted})}" if wanted else ""
    return HttpResponseRedirect(resolve_url(address) + query)


def _page(request: HttpRequest, name: str, status: int = 200, **context: object) -> HttpResponse:
    return render(
        request, f"console/signin/{name}.html", {"next": _next(request), **context},
        status=status,
    )  # fmt: skip


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """First proof: login and password. Someone already signed in is led on."""
    if request.method != "POST":
        standing = standing_of(request)
        if standing is not None and standing.actor.kind == "staff":
            return _onward(request, standing)
        return _page(request, "sign_in", form=SignInForm(), went_idle=is_idle(request))
    form = SignInForm(request.POST)
    address = address_of(request)
    is_shaped = form.is_valid()
    login_name = form.cleaned_data.get("username", "")
    try:
        refuse_spent(FAILED_SIGN_INS, address)
        if is_shaped:
            refuse_far_from_home(login_name, address)
    except Refusal as refusal:
        form.add_error(None, str(refusal.sentence))
        return _page(request, "sign_in", status=429, form=form)
    if is_shaped:
        account = authenticate(request, username=login_name, password=form.cleaned_data["password"])
        if account is None:
            count(FAILED_SIGN_INS, address)
            if not getattr(
                request, "axes_locked_out", False
            ):  # a password was tried; behind the lock none is
                count(FAILED_FOR_NAME, login_name)
            form.add_error(None, gettext("登录名或密码不对。连续错 5 次将锁定 15 分钟。"))
        elif account.kind != "staff":
            form.add_error(None, str(NOT_STAFF.sentence))
        else:
            request.session.flush()
            login(request, account, backend="yimen.kernel.access.backend.LoginBackend")
            request.session[SEEN_KEY] = request.session[SINCE_KEY] = int(now().timestamp())
            renew(request)
            return _onward(request, standing_of(request))
    return _page(request, "sign_in", status=422, form=form)


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, str] | None
) -> HttpResponse:
    """Too many failures: says when to try again. Called by django-axes (`AXES_LOCKOUT_CALLABLE`)."""
    last = AccessAttempt.objects.filter(
        username=(credentials or {}).get("username"), ip_address=getattr(request, "axes_ip_address", None)
    ).aggregate(at=Max("attempt_time"))["at"]
    pause = get_cool_off(request) or timedelta(minutes=15)
    retry_at = (last or now()) + pause
    minutes = max(1, ceil((retry_at - now()).total_seconds() / 60))
    said = LOCKED_OUT.fill(time=f"{retry_at.astimezone(LOCAL_ZONE):%H:%M}", minutes=minutes)
    chinese_first = (("zh-Hans", said.zh), ("en", said.en))
    in_order = chinese_first if str(said) == said.zh else chinese_first[::-1]
    tellings = [{"language": language, "text": text} for language, text in in_order]
    page = _page(request, "locked_out", status=429, tellings=tellings)
    page.headers["Retry-After"] = str(minutes * 60)
    return page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_second_factor(request: HttpRequest) -> HttpResponseBase:
    """Second proof: the code on the telephone, or a backup code."""
    standing = standing_of(request)
    if standing is None or standing.actor.second_factor or not standing.has_second_factor:
        return _onward(request, standing)
    account_id = cast(UUID, standing.actor.account_id)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = second_factor.verify(account_id, form.cleaned_data["code"])
        except Refusal as refusal:
            _objected(form, refusal)
        else:
            return _verified(request, device)
    demo = second_factor.demo_code(account_id) if settings.YIMEN_DEMO else None
    return _page(
        request, "verify", status=422 if form.errors else 200, form=form, demo=demo, login=standing.login
    )


def _verified(request: HttpRequest, device: Device) -> HttpResponseRedirect:
    """Note in the session that both factors are proved, under a new key, and the sign-in in the ledger."""
    request.session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    request.session.cycle_key()
    renew(request)
    standing = standing_of(request)
    if standing is not None:
        factor = "totp" if isinstance(device, TOTPDevice) else "backup_code"
        commands.note_sign_in(standing.actor, factor=factor, address=address_of(request))
    return _onward(request, standing)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enrol_second_factor(request: HttpRequest) -> HttpResponseBase:
    """Bind a telephone: scan, type the code it shows, keep the backup codes.

    Until it is proved the secret lives in the session, so that looking at the page writes nothing else.
    """
    standing = standing_of(request)
    if standing is None or standing.has_second_factor:
        return _onward(request, standing)
    account_id = cast(UUID, standing.actor.account_id)
    secret = request.session.setdefault(_ENROL_KEY, second_factor.new_secret())
    form = TelephoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = commands.enrol_second_factor(
                standing.actor, secret=secret, code=form.cleaned_data["code"]
            )
        except Refusal as refusal:
            _objected(form, refusal)
        else:
            del request.session[_ENROL_KEY]
            onward = _verified(request, second_factor.device_of(account_id))
            return _page(request, "backup_codes", codes=codes, onward=onward.url)
    url = second_factor.enrolment_url(secret, login=standing.login, issuer=settings.OTP_TOTP_ISSUER)
    return _page(
        request,
        "enrol",
        status=422 if form.errors else 200,
        form=form,
        picture=second_factor.enrolment_picture(url),
        secret=second_factor.readable_secret(secret),
    )


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponseBase:
    """One's own password: asked for at the first sign-in, offered at any time."""
    standing = standing_of(request)
    if standing is None or (standing.actor.kind == "staff" and not standing.actor.second_factor):
        return _onward(request, standing)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            use(PASSWORD_CHANGES, str(standing.actor.account_id))
            account = commands.change_own_password(
                standing.actor,
                current=form.cleaned_data["current_password"],
                new=form.cleaned_data["new_password"],
            )
        except Refusal as refusal:
            _objected(form, refusal)
        else:
            update_session_auth_hash(request, account)
            renew(request)
            messages.success(request, gettext("密码已修改，其他地方的登录已退出。"))
            return _onward(request, standing_of(request))
    return _page(
        request,
        "change_password",
        status=422 if form.errors else 200,
        form=form,
        is_required=standing.must_change_password,
        rules=[str(rule) for rule in PASSWORD_RULES.values()],
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session here."""
    logout(request)
    messages.info(request, gettext("您已退出登录。"))
    return redirect("console:sign_in")


@require_POST
@staff_only
def switch_post(request: HttpRequest) -> HttpResponseBase:
    """Act in another of one's posts from now on; one post at a time."""
    standing = cast(Standing, standing_of(request))
    wanted = request.POST.get("post", "")
    if wanted not in {post.code for post in standing.posts}:
        raise AccessDenied(NOT_YOUR_POST)
    request.session[POST_KEY] = wanted
    return HttpResponseRedirect(_next(request) or resolve_url(settings.LOGIN_REDIRECT_URL))


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One of one's grants in words."""

    role: str
    description: str
    facts: tuple[Fact, ...]


def _grant_row(grant: Grant, places: Mapping[str, str], organs: Mapping[str, str]) -> GrantRow:
    role = roles().get(grant.role)
    place = places[grant.area]
    facts = [Fact(gettext("范围"), grant.area if place == grant.area else f"{place} {grant.area}")]
    if grant.organ:
        facts.append(Fact(gettext("限本机构经手的"), organs.get(grant.organ, grant.organ)))
    facts.append(Fact(gettext("有效期至"), grant.until or gettext("长期")))
    facts.append(Fact(gettext("可以"), " · ".join(str(words_of(p)) for p in sorted(grant.permissions))))
    return GrantRow(
        str(role.name) if role else grant.role, str(role.description) if role else "", tuple(facts)
    )


@never_cache
@require_safe
@staff_only
def my_account(request: HttpRequest) -> HttpResponseBase:
    """What I am: my post, my rights and until when, my second factor."""
    standing = cast(Standing, standing_of(request))
    account_id = cast(UUID, standing.actor.account_id)
    places = area_names(grant.area for grant in standing.actor.grants)
    organs = organ_names(today())
    return _page(
        request,
        "my_account",
        standing=standing,
        who=(
            Fact(gettext("姓名"), standing.actor.name),
            Fact(gettext("登录名"), standing.login),
            Fact(gettext("所在机构"), organs.get(standing.actor.organ, gettext("没有"))),
        ),
        grants=[_grant_row(grant, places, organs) for grant in standing.actor.grants],
        backup_codes_left=second_factor.backup_codes_left(account_id),
    )


@never_cache
@require_POST
@staff_only
def new_backup_codes(request: HttpRequest) -> HttpResponseBase:
    """Fresh backup codes; the old ones end. Shown once, on the answer itself."""
    standing = cast(Standing, standing_of(request))
    codes = commands.renew_backup_codes(standing.actor)
    return _page(request, "backup_codes", codes=codes, onward=resolve_url("console:my_account"))


def refused(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    """The page for a door that stays shut (the site's `handler403`): the reason and its article."""
    if not isinstance(exception, AccessDenied):
        return permission_denied(request, exception)
    return _page(request, "refused", status=403, finding=exception.finding)


urlpatterns = [
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-in/code/", verify_second_factor, name="verify_second_factor"),
    path("sign-in/telephone/", enrol_second_factor, name="enrol_second_factor"),
    path("sign-out/", sign_out, name="sign_out"),
    path("account/", my_account, name="my_account"),
    path("account/password/", change_password, name="change_password"),
    path("account/post/", switch_post, name="switch_post"),
    path("account/backup-codes/", new_backup_codes, name="new_backup_codes"),
]
