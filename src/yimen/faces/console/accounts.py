"""Accounts on screen: who has one and what each may do; every act is a command's, which decides who may."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import wraps
from typing import Any
from uuid import UUID

import orjson
from django import forms
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yimen.design.shapes import Cell, Column, Fact, Happening
from yimen.design.wording import listed
from yimen.faces.console.account_forms import (
    AccountFilterForm,
    AccountForm,
    GrantForm,
    KeyForm,
    LendForm,
    ReasonForm,
    ResetForm,
)
from yimen.faces.console.acts_in_words import act_words
from yimen.faces.console.forms import PeopleFilterForm
from yimen.faces.console.people import people_for
from yimen.faces.console.presenting import act_mark, performer
from yimen.faces.console.registers import ask
from yimen.kernel.access import commands, second_factor
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import decide
from yimen.kernel.access.middleware import AccessDenied, actor_of, needs
from yimen.kernel.access.models import Account, AccountKind, Delegation, MachineKey, RoleGrant
from yimen.kernel.access.permissions import KernelPermission as P
from yimen.kernel.access.queries import (
    account_of,
    account_with_login,
    accounts_page,
    area_names,
    borrowed_by,
    grants_of,
    history_of,
    keys_of,
    role_name,
    without_account,
)
from yimen.kernel.calendar.today import midnight, now, today
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.org.models import Organ
from yimen.kernel.org.queries import names_of, organ_names, people_page
from yimen.kernel.registers.people import appointments_of, is_over
from yimen.kernel.words import Refusal

_LOG, _ROWS = 50, 100
_COUNTY_DIGITS = 6


def _for_the_county(permission: P) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., Any]]:
    """A page for those who hold the permission for the whole county: accounts belong to no smaller place."""

    def guard(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
        @needs(permission)
        @wraps(view)
        def guarded(request: HttpRequest, /, **kwargs: Any) -> HttpResponseBase:
            finding = decide(actor_of(request), permission, area=current_county().code)
            if finding:
                raise AccessDenied(finding)
            return view(request, **kwargs)

        return guarded

    return guard


def _manages(request: HttpRequest) -> bool:
    return decide(actor_of(request), P.ACCESS_MANAGE, area=current_county().code) is None


def _found(account_id: UUID) -> Account:
    account = account_of(account_id)
    if account is None:
        raise Http404
    return account


def _called(account: Account) -> str:
    return account.person.name if account.person else account.login


def _url(account_id: UUID) -> str:
    return reverse("console:account", args=[account_id])


def _state(account: Account) -> Cell:
    if not account.is_active:
        return Cell(_("已停用"), tone="red")
    if not account.is_usable(today()):
        return Cell(_("已过期"), tone="amber")
    return Cell(_("可用"), tone="green")


@require_safe
@_for_the_county(P.ACCESS_READ)
def account_list(request: HttpRequest) -> HttpResponse:
    """Accounts by login, found by login or name, paged by key, with the roles in force."""
    form = AccountFilterForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    search = given.get("q", "")
    accounts, following = accounts_page(search, given.get("after", ""))
    context = {
        "columns": (
            Column(_("登录名"), "title"), Column(_("姓名")), Column(_("种类")), Column(_("现有角色"), "prose"), Column(_("状态")),
        ),
        "rows": [
            (
                Cell(a.login, href=_url(a.id)),
                a.person.name if a.person else "—",
                AccountKind(a.kind).label,
                listed(dict.fromkeys(role_name(r) for r in _roles_of(a))) or "—",
                _state(a),
            )
            for a in accounts
        ],
        "q": search,
        "may_change": _manages(request),
        "next_url": f"?{urlencode({'q': search, 'after': following})}" if following else "",
    }  # fmt: skip
    return render(request, "console/accounts.html", context)


def _roles_of(account: Account) -> list[str]:
    return [g.role for g in account.role_grants.all()] + [d.grant.role for d in account.delegations.all()]


@require_safe
@_for_the_county(P.ACCESS_READ)
def account_page(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """One account: what it may do, its keys, what happened to it."""
    account = _found(account_id)
    manages, is_own = _manages(request), commands.is_ones_own(actor_of(request), account)
    may_change, is_machine = manages and not is_own, account.kind == AccountKind.MACHINE
    grants, borrowed = list(grants_of(account_id)[:_ROWS]), list(borrowed_by(account_id)[:_ROWS])
    raw = request.GET.get("before", "")
    entries = history_of(account_id, int(raw) if raw.isdecimal() and len(raw) < 9 else None, _LOG + 1)
    told = [(e, orjson.loads(e.payload)) for e in entries[:_LOG]]
    every = [*grants, *(d.grant for d in borrowed)]
    areas = area_names([*(g.area for g in every), *(p["area"] for _e, p in told if p.get("area"))])
    named = {g.organ_code for g in every} | {p["organ"] for _e, p in told if p.get("organ")}
    organs = names_of(Organ.objects.filter(code__in=named))
    context = {
        "account": account,
        "called": _called(account),
        "facts": _facts(account),
        "columns": _grant_columns(may_change=may_change, may_lend=may_change and not is_machine),
        "rows": [_grant_row(g, areas, organs, may_change=may_change, is_machine=is_machine) for g in grants],
        "borrowed_columns": _borrowed_columns(may_change=may_change),
        "borrowed": [_borrowed_row(d, areas, may_change=may_change) for d in borrowed],
        "key_columns": _key_columns(may_change=may_change),
        "keys": [_key_row(k, may_change=may_change) for k in keys_of(account_id)[:_ROWS]]
        if is_machine
        else [],
        "is_machine": is_machine,
        "may_change": may_change,
        "is_own": is_own and manages,
        "happenings": [_happening(e, p, areas, organs) for e, p in told],
        "next_url": f"?{urlencode({'before': entries[_LOG - 1].seq})}" if len(entries) > _LOG else "",
    }
    return render(request, "console/account.html", context)


def _facts(account: Account) -> list[Fact]:
    facts = [
        Fact(_("登录名"), account.login),
        Fact(_("姓名"), account.person.name if account.person else "—"),
        Fact(_("种类"), AccountKind(account.kind).label),
        Fact(_("状态"), _state(account).text),
        Fact(_("开立时间"), account.created_at),
        Fact(_("最后可用的一天"), account.valid_until or "—"),
    ]
    if account.kind != AccountKind.MACHINE:
        facts += [
            Fact(_("动态口令"), _("已绑定") if second_factor.is_enrolled(account.id) else _("未绑定")),
            Fact(_("密码"), _("下次登录须修改") if account.must_change_password else _("本人已设定")),
        ]
    return facts


def _ending_column(*, may_change: bool) -> tuple[Column, ...]:
    return (Column(_("收回")),) if may_change else ()


def _grant_columns(*, may_change: bool, may_lend: bool) -> tuple[Column, ...]:
    return (
        Column(_("角色"), "title"), Column(_("范围")), Column(_("单位")), Column(_("岗位")), Column(_("自"), "date"),
        Column(_("至"), "date"), Column(_("状态")), *_ending_column(may_change=may_change),
        *((Column(_("委托")),) if may_lend else ()),
    )  # fmt: skip


def _grant_row(
    grant: RoleGrant,
    areas: Mapping[str, str],
    organs: Mapping[str, str],
    *,
    may_change: bool,
    is_machine: bool,
) -> tuple[object, ...]:
    since, until, revoked = grant.valid.lower, grant.valid.upper, grant.revoked_at
    return (
        role_name(grant.role), areas[grant.area], organs.get(grant.organ_code, grant.organ_code) or "—",
        grant.post_code or "—", since, until or "—", _standing(since, until, revoked),
        *_offers(may_change, until, revoked, (_("收回"), "revoke_role", grant.account_id, grant.id)),
        *_offers(may_change and not is_machine, until, revoked, (_("委托"), "lend_role", grant.account_id, grant.id)),
    )  # fmt: skip


def _borrowed_columns(*, may_change: bool) -> tuple[Column, ...]:
    return (
        Column(_("角色"), "title"), Column(_("谁的")), Column(_("范围")), Column(_("理由"), "prose"), Column(_("自"), "date"),
        Column(_("至"), "date"), Column(_("状态")), *_ending_column(may_change=may_change),
    )  # fmt: skip


def _borrowed_row(lent: Delegation, areas: Mapping[str, str], *, may_change: bool) -> tuple[object, ...]:
    since, until = lent.valid.lower, lent.valid.upper
    return (
        role_name(lent.grant.role), _called(lent.grant.account), areas[lent.grant.area], lent.reason, since, until,
        _standing(since, until, lent.revoked_at or lent.grant.revoked_at),
        *_offers(may_change, until, lent.revoked_at, (_("收回"), "end_delegation", lent.account_id, lent.id)),
    )  # fmt: skip


def _key_columns(*, may_change: bool) -> tuple[Column, ...]:
    return (
        Column(_("开头"), "title"), Column(_("用途"), "prose"), Column(_("发放时间"), "date"), Column(_("至"), "date"),
        Column(_("状态")), *_ending_column(may_change=may_change),
    )  # fmt: skip


def _key_row(key: MachineKey, *, may_change: bool) -> tuple[object, ...]:
    return (
        key.prefix, key.label, key.created_at, key.valid_until or "—",
        _standing(key.created_at, key.valid_until, key.revoked_at),
        *_offers(may_change, key.valid_until, key.revoked_at, (_("收回"), "revoke_key", key.account_id, key.prefix)),
    )  # fmt: skip


def _standing(since: datetime, until: datetime | None, revoked: datetime | None) -> Cell:
    at = now()
    if revoked is not None:
        return Cell(_("已收回"), tone="red")
    if since > at:
        return Cell(_("尚未生效"), tone="amber")
    return Cell(_("有效"), tone="green") if until is None or at < until else Cell(_("已过期"), tone="neutral")


def _offers(
    may_change: bool, until: datetime | None, revoked: datetime | None, offer: tuple[str, str, UUID, object]
) -> tuple[object, ...]:
    """The link that changes a row, where it still stands."""
    if not may_change:
        return ()
    words, name, account_id, key = offer
    if revoked is not None or (until is not None and until <= now()):
        return ("—",)
    return (Cell(words, href=reverse(f"console:{name}", args=[account_id, key])),)


def _happening(
    entry: Any, given: Mapping[str, Any], areas: Mapping[str, str], organs: Mapping[str, str]
) -> Happening:
    parts = (
        role_name(given["role"]) if given.get("role") else "",
        areas.get(given.get("area", ""), ""),
        organs.get(given.get("organ", ""), ""),
        given.get("post"),
        given.get("prefix"),
        given.get("label"),
        given.get("reason"),
        _("同时解除动态口令和备用码") if given.get("second_factor_removed") else "",
        given.get("address"),
    )
    return Happening(
        at=entry.at, what=act_words(entry.act), who=performer(entry.who_name),
        note=" · ".join(str(p) for p in parts if p), icon=act_mark(entry.act)[0],
    )  # fmt: skip


def _shown_once(
    request: HttpRequest, title: str, form: forms.Form, act: Callable[[Actor, Mapping[str, Any]], tuple[str, str]], words: str,
    *, back: str, note: str = "",
) -> HttpResponse:  # fmt: skip
    """Like `ask`, but the act gives a secret and where to go on: the secret stands in this one answer and nowhere else."""

    def shown(actor: Actor, given: Mapping[str, Any]) -> HttpResponse:
        secret, onward = act(actor, given)
        page = {"title": title, "words": words, "secret": secret, "onward": onward}
        return render(request, "console/shown_once.html", page)

    return ask(request, title, form, shown, back=back, note=note)


def _with_reason(
    request: HttpRequest, title: str, back: UUID, command: Callable[..., object], done: str, *, note: str = "", **which: object
) -> HttpResponse:  # fmt: skip
    """Perform a command that wants nothing but a reason, and go back to the account."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        command(actor, **which, **given)
        return _url(back)

    return ask(request, title, ReasonForm(request.POST or None), act, done, back=_url(back), note=note)


@require_safe
@_for_the_county(P.ACCESS_MANAGE)
def choose_person(request: HttpRequest) -> HttpResponse:
    """Whose account it shall be: the registered people who have none."""
    form = PeopleFilterForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    search = given.get("q", "")
    try:
        people, following = people_page(
            without_account(people_for(request, P.PEOPLE_READ)), search, given.get("after", "")
        )
    except ValueError as error:
        raise BadRequest from error
    context = {
        "columns": (Column(_("姓名"), "title"), Column(_("电话"))),
        "rows": [
            (Cell(p.name, href=reverse("console:new_staff_account", args=[p.id])), p.phone_masked or "—")
            for p in people
        ],
        "q": search,
        "next_url": f"?{urlencode({'q': search, 'after': following})}" if following else "",
    }
    return render(request, "console/choose_account_person.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@_for_the_county(P.ACCESS_MANAGE)
def new_staff_account(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Open the account of a registered person, with a password for the first sign-in."""
    person = people_for(request, P.PEOPLE_READ).filter(id=person_id).first()
    if person is None:
        raise Http404

    def act(actor: Actor, given: Mapping[str, Any]) -> tuple[str, str]:
        password = commands.one_time_password(given["login"])
        made = commands.create_account(
            actor, kind=AccountKind.STAFF, person_id=person_id, password=password, **given
        )
        return password, _url(made.id)

    return _shown_once(
        request, _("给 %(name)s 开立账号") % {"name": person.name}, AccountForm(request.POST or None), act,
        _("一次性密码只显示这一次，请当面交给本人；首次登录须修改密码、绑定手机动态口令。账号还没有任何角色。"),
        back=reverse("console:choose_account_person"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@_for_the_county(P.ACCESS_MANAGE)
def new_machine_account(request: HttpRequest) -> HttpResponse:
    """Open an account for another system."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        return _url(commands.create_account(actor, kind=AccountKind.MACHINE, **given).id)

    return ask(
        request, _("给外部系统开立账号"), AccountForm(request.POST or None), act, _("已开立。"), back=reverse("console:accounts"),
        note=_("外部系统没有密码：开立后授予角色、发放密钥。"),
    )  # fmt: skip


def _starting(since: date | None) -> datetime | None:
    """The instant at which a day begins; none for today, which has begun."""
    return midnight(since) if since and since != today() else None


def _ending(until: date | None) -> datetime | None:
    return midnight(until) if until else None


def _areas() -> list[tuple[str, str]]:
    """The county, its townships and villages, each by the prefix that means it."""
    county = current_county().code
    places = names_of(Division.objects.filter(code__startswith=county).order_by("code"))
    prefixes = ((code[: _prefix_length(code)], name) for code, name in places.items())
    return [(area, f"{name} {area}") for area, name in prefixes]


def _prefix_length(code: str) -> int:
    return next(n for n in (_COUNTY_DIGITS, 9, 12) if not code[n:].strip("0"))


@require_http_methods(["GET", "POST"])
@_for_the_county(P.ACCESS_MANAGE)
def grant(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Grant a role."""
    account = _found(account_id)

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        commands.grant_role(
            actor, account_id=account_id, role=given["role"], area=given["grid"] or given["area"],
            organ_code=given["organ_code"], post_code=given["post_code"],
            start=_starting(given["since"]), end=_ending(given["until"]),
        )  # fmt: skip
        return _url(account_id)

    held = appointments_of(account.person_id) if account.person_id else []
    form = GrantForm(
        request.POST or None,
        areas=_areas(),
        organs=list(organ_names(today()).items()),
        posts=[(a.post.code, str(a.post.called)) for a in held if not is_over(a)],
    )
    title = _("给 %(name)s 授予角色") % {"name": _called(account)}
    return ask(request, title, form, act, _("已授予。"), back=_url(account_id))


@require_http_methods(["GET", "POST"])
@_for_the_county(P.ACCESS_MANAGE)
def revoke(request: HttpRequest, account_id: UUID, grant_id: UUID) -> HttpResponse:
    """Take a role back."""
    account, held = _found(account_id), grants_of(account_id).filter(id=grant_id).first()
    if held is None:
        raise Http404

    title = _("收回 %(name)s 的角色：%(role)s") % {"name": _called(account), "role": role_name(held.role)}
    note = _("立即生效；由此委托给别人的一并失效。")
    return _with_reason(
        request, title, account_id, commands.revoke_role, _("已收回。"), note=note, grant_id=grant_id
    )


@require_http_methods(["GET", "POST"])
@_for_the_county(P.ACCESS_MANAGE)
def lend(request: HttpRequest, account_id: UUID, grant_id: UUID) -> HttpResponse:
    """Lend a role to a colleague for a time."""
    account, held = _found(account_id), grants_of(account_id).filter(id=grant_id).first()
    if held is None:
        raise Http404

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        borrower = account_with_login(given["login"])
        if borrower is None:
            raise Refusal.of(
                "access.no_account", "没有这个账号。", "There is no such account.", field="login"
            )
        commands.delegate(
            actor, grant_id=grant_id, account_id=borrower.id, reason=given["reason"],
            start=_starting(given["since"]), end=midnight(given["until"]),
        )  # fmt: skip
        return _url(borrower.id)

    title = _("委托 %(name)s 的角色：%(role)s") % {"name": _called(account), "role": role_name(held.role)}
    return ask(
        request, title, LendForm(request.POST or None), act, _("已委托。"), back=_url(account_id),
        note=_("本人仍保留这个角色；受托人不能再转委托。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@_for_the_county(P.ACCESS_MANAGE)
def end_loan(request: HttpRequest, account_id: UUID, delegation_id: UUID) -> HttpResponse:
    """End a delegation before its time."""
    account, lent = _found(account_id), borrowed_by(account_id).filter(id=delegation_id).first()
    if lent is None:
        raise Http404

    title = _("收回委托给 %(name)s 的角色：%(role)s") % {
        "name": _called(account),
        "role": role_name(lent.grant.role),
    }
    return _with_reason(
        request, title, account_id, commands.revoke_delegation, _("已收回。"), delegation_id=delegation_id
    )


@never_cache
@require_http_methods(["GET", "POST"])
@_for_the_county(P.ACCESS_MANAGE)
def reset(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """A password for the next sign-in, shown once."""
    account = _found(account_id)

    def act(actor: Actor, given: Mapping[str, Any]) -> tuple[str, str]:
        password = commands.one_time_password(account.login)
        commands.reset_password(actor, account_id=account_id, password=password, **given)
        return password, _url(account_id)

    return _shown_once(
        request, _("重置 %(name)s 的密码") % {"name": _called(account)}, ResetForm(request.POST or None), act,
        _("一次性密码只显示这一次，请当面交给本人；下次登录须修改密码。"), back=_url(account_id),
        note=_("原来的密码立即失效，已登录的退出。先核实是本人要求的。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@_for_the_county(P.ACCESS_MANAGE)
def close(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Close an account."""
    title = _("停用 %(name)s 的账号") % {"name": _called(_found(account_id))}
    note = _("立即不能登录，已登录的退出；什么都不删除，以后可以恢复。")
    return _with_reason(
        request, title, account_id, commands.deactivate, _("已停用。"), note=note, account_id=account_id
    )


@require_http_methods(["GET", "POST"])
@_for_the_county(P.ACCESS_MANAGE)
def reopen(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Open a closed account again."""
    title = _("恢复 %(name)s 的账号") % {"name": _called(_found(account_id))}
    note = _("仍在有效期内的角色随之恢复，请先核对。")
    return _with_reason(
        request, title, account_id, commands.reactivate, _("已恢复。"), note=note, account_id=account_id
    )


@never_cache
@require_http_methods(["GET", "POST"])
@_for_the_county(P.ACCESS_MANAGE)
def issue_key(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """A fresh key for another system, shown once."""
    account = _found(account_id)

    def act(actor: Actor, given: Mapping[str, Any]) -> tuple[str, str]:
        issued = commands.issue_machine_key(
            actor, account_id=account_id, label=given["label"], valid_until=_ending(given["until"])
        )
        return issued.key, _url(account_id)

    return _shown_once(
        request, _("给 %(name)s 发放密钥") % {"name": _called(account)}, KeyForm(request.POST or None), act,
        _("密钥只显示这一次，本系统不保存；请直接交给对方的管理员。"), back=_url(account_id),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@_for_the_county(P.ACCESS_MANAGE)
def revoke_key(request: HttpRequest, account_id: UUID, prefix: str) -> HttpResponse:
    """End a key."""
    _found(account_id)
    if not keys_of(account_id).filter(prefix=prefix).exists():
        raise Http404

    title, note = _("收回密钥 %(prefix)s") % {"prefix": prefix}, _("半分钟内各处都不再接受这个密钥。")
    return _with_reason(
        request, title, account_id, commands.revoke_machine_key, _("已收回。"), note=note, prefix=prefix
    )
