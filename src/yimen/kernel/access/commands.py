"""The acts on accounts and rights. Each needs `access.manage`, none may serve oneself, all are in the ledger.

The account's own id is the ledger stream, so an account's history reads as one chain.
"""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from yimen.kernel.access import machines, second_factor
from yimen.kernel.access.accounts import LONGEST_LOGIN, normal_login
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import SECOND_FACTOR, SIGN_IN, decide
from yimen.kernel.access.models import Account, AccountKind, Delegation, MachineKey, RoleGrant
from yimen.kernel.access.passwords import password_findings
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.access.roles import ADMINISTRATORS, roles
from yimen.kernel.access.standing import in_force
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.ids import uuid7
from yimen.kernel.ledger.append import record
from yimen.kernel.org.models import GRID_DIGITS, Grid
from yimen.kernel.words import Finding, Refusal, Text

_APART = "GB/T 22239-2019 8.1.4.2 d"

ADMINISTRATORS_APART = Finding(
    "access.administrators_apart",
    Text(
        "系统管理员、安全管理员、审计管理员互相制约，同一账号不得兼任两个。",
        "System, security and audit administrators check one another; one account may not hold two of the three.",
    ),
    _APART,
)
NOT_TO_ONESELF = Finding(
    "access.not_to_oneself",
    Text(
        "不能改自己的账号和授权，请由另一名安全管理员办理。",
        "Nobody changes their own account or rights; another security administrator must.",
    ),
    _APART,
)

ORGAN_MISSING = Finding(
    "access.organ_missing",
    Text(
        "这个角色只办本单位的事，请选单位；不选就管到整个范围。",
        "This role is for one organ’s things: choose the organ, or it would reach everything in the area.",
    ),
    "GB/T 22239-2019 8.1.4.2",
    "organ_code",
)

_BROKEN: Mapping[str, Finding] = {
    "account_login_once": Finding(
        "access.login_taken", Text("这个登录名已有人使用。", "This login is already in use."), field="login"
    ),
    "account_one_per_staff_person": Finding(
        "access.person_has_account",
        Text("这名工作人员已经有账号。", "This member of staff already has an account."),
        field="person",
    ),
    "account_staff_is_a_person": Finding(
        "access.staff_is_a_person",
        Text("工作人员的账号必须对应一个人。", "A staff account belongs to a person."),
        field="person",
    ),
    "role_grant_no_duplicate": Finding(
        "access.already_granted",
        Text("同样的角色在这段时间已经授予过了。", "The same role is already granted for this time."),
    ),
    "role_grant_administrators_apart": ADMINISTRATORS_APART,
    "role_grant_area_is_a_code": Finding(
        "access.area_not_a_code",
        Text(
            "范围须是 6、9、12 或 15 位区划（网格）代码。",
            "The area must be a division or grid code of 6, 9, 12 or 15 digits.",
        ),
        field="area",
    ),
    "delegation_no_duplicate": Finding(
        "access.already_delegated",
        Text("这段时间已经委托过了。", "This is already delegated for that time."),
    ),
    "delegation_has_a_reason": Finding(
        "access.reason_missing", Text("请写明原因。", "Please give a reason."), field="reason"
    ),
}


def _allowed(actor: Actor, area: str = "") -> None:
    """Refuse unless the actor manages access at `area` (the whole county when empty)."""
    finding = decide(actor, KernelPermission.ACCESS_MANAGE, area=area or current_county().code)
    if finding:
        raise Refusal(finding)


def is_ones_own(actor: Actor, account: Account) -> bool:
    """Whether an account is the actor's own, whose rights somebody else must change."""
    same_person = actor.person_id is not None and actor.person_id == account.person_id
    return actor.account_id == account.id or same_person


def _not_oneself(actor: Actor, account: Account) -> None:
    if is_ones_own(actor, account):
        raise Refusal(NOT_TO_ONESELF)


def _account(account_id: UUID) -> Account:
    """The account, locked for this act."""
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise Refusal.of("access.no_account", "没有这个账号。", "There is no such account.")
    return account


def _open_account(account_id: UUID) -> Account:
    account = _account(account_id)
    if not account.is_active:
        raise Refusal.of("access.account_closed", "这个账号已停用。", "This account is closed.")
    return account


def _reason(reason: str) -> str:
    tidy = reason.strip()
    if not tidy:
        raise Refusal(_BROKEN["delegation_has_a_reason"])
    return tidy


def _period(start: datetime, end: datetime | None, at: datetime) -> DateTimeTZRange:
    if start < at:
        raise Refusal.of(
            "access.begins_before", "不能早于今天：权限不能倒签。", "It cannot begin before today: rights are not backdated.",
            field="since",
        )  # fmt: skip
    if end is not None and (end <= start or end <= at):
        raise Refusal.of(
            "access.period_wrong", "截止时间须晚于开始时间和现在。", "The end must lie after the start and after now.",
            field="end",
        )  # fmt: skip
    return DateTimeTZRange(start, end)


def _write(actor: Actor, account_id: UUID, act: str, at: datetime, **payload: object) -> None:
    """One ledger entry in the account's chain; instants and ids as text."""
    plain = {k: v.isoformat() if isinstance(v, date) else v for k, v in payload.items()}
    record(
        stream=account_id,
        act=f"access.{act}",
        who=actor.who(),
        payload={k: str(v) if isinstance(v, UUID) else v for k, v in plain.items()},
        at=at,
    )


_EASILY_READ = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without what is mistaken for another when written down: l and 1, o, O and 0, I."""


def one_time_password(login: str) -> str:
    """A password for this login to be handed over once, in three groups of five that are read out easily.

    What chance makes is held to the rules too: some are too similar to a long login.
    """
    account = Account(login=login)
    while True:
        groups = ("".join(secrets.choice(_EASILY_READ) for _ in range(5)) for _ in range(3))
        password = "-".join(groups)
        if not password_findings(password, account):
            return password


def _checked(password: str, account: Account) -> str:
    findings = password_findings(password, account)
    if findings:
        raise Refusal(*findings)
    return make_password(password)


def create_account(
    actor: Actor,
    *,
    login: str,
    kind: str,
    person_id: UUID | None = None,
    password: str = "",
    valid_until: date | None = None,
    must_change_password: bool = True,
) -> Account:
    """Open an account without any right. A machine has no password and is given keys instead.

    Refuses `access.login_taken`, `access.person_has_account`, and what is wrong with the password.
    """
    _allowed(actor)
    at = now()
    account = Account(
        id=uuid7(at),
        login=normal_login(login),
        person_id=person_id,
        kind=kind,
        valid_until=valid_until,
        created_at=at,
        created_by=actor.account_id,
    )
    if not account.login or len(account.login) > LONGEST_LOGIN or not account.login.isprintable():
        raise Refusal.of("access.login_wrong", "登录名不对。", "The login is not in order.", field="login")
    if kind == AccountKind.MACHINE:
        account.set_unusable_password()
        account.must_change_password = False
    else:
        account.password = _checked(password, account)
        account.password_changed_at = at
        account.must_change_password = must_change_password
    with one_act(_BROKEN):
        account.save(force_insert=True)
        _write(actor, account.id, "create_account", at, login=account.login, kind=kind, person=person_id)
    return account


def grant_role(
    actor: Actor,
    *,
    account_id: UUID,
    role: str,
    area: str,
    post_code: str = "",
    organ_code: str = "",
    start: datetime | None = None,
    end: datetime | None = None,
) -> RoleGrant:
    """Give an account a role in an area, from `start` (now) until `end` (open).

    `post_code` limits it to acting in that post, `organ_code` to what that organ holds. Refuses
    `access.not_to_oneself`, `access.administrators_apart`, `access.already_granted`, `access.no_role`,
    `access.organ_missing`, `access.area_outside`, `access.no_grid`, `access.begins_before`, `access.period_wrong`.
    """
    _allowed(actor, area)
    if not area.startswith(current_county().code):
        raise Refusal.of(
            "access.area_outside", "这个范围不在本县。", "This area is not in this county.", field="area"
        )
    if len(area) == GRID_DIGITS and not Grid.objects.filter(code=area, valid__contains=today()).exists():
        raise Refusal.of("access.no_grid", "今天没有这个网格。", "There is no such grid today.", field="grid")
    if role not in roles():
        raise Refusal.of("access.no_role", "没有这个角色。", "There is no such role.", field="role")
    if roles()[role].is_for_an_organ and not organ_code:
        raise Refusal(ORGAN_MISSING)
    at = now()
    with one_act(_BROKEN):
        account = _open_account(account_id)
        _not_oneself(actor, account)
        valid = _period(start or at, end, at)
        if role in ADMINISTRATORS:
            _administrators_apart(account_id, role, valid)
        grant = RoleGrant(
            id=uuid7(at),
            account=account,
            role=role,
            post_code=post_code,
            area=area,
            organ_code=organ_code,
            valid=valid,
            granted_by=actor.account_id,
            granted_at=at,
        )
        grant.save(force_insert=True)
        _write(
            actor, account_id, "grant_role", at,
            grant=grant.id, role=role, area=area, post=post_code, organ=organ_code, start=start or at, end=end,
        )  # fmt: skip
    return grant


def _administrators_apart(account_id: UUID, role: str, valid: DateTimeTZRange) -> None:
    """Refuse when the account holds, or has borrowed, another administrator's role in the period."""
    others = ADMINISTRATORS - {role}
    standing = Q(revoked_at__isnull=True, valid__overlap=valid)
    if (
        RoleGrant.objects.filter(standing, account_id=account_id, role__in=others).exists()
        or Delegation.objects.filter(standing, account_id=account_id, grant__role__in=others).exists()
    ):
        raise Refusal(ADMINISTRATORS_APART)


def revoke_role(actor: Actor, *, grant_id: UUID, reason: str) -> None:
    """End a grant now, and with it what was delegated from it. Refuses `access.not_in_force`, `access.not_to_oneself`."""
    at = now()
    with one_act(_BROKEN):
        grant = RoleGrant.objects.select_for_update().filter(pk=grant_id).first()
        if grant is None or grant.revoked_at is not None:
            raise _not_in_force()
        _allowed(actor, grant.area)
        _not_oneself(actor, _account(grant.account_id))
        grant.revoked_at, grant.revoked_by = at, actor.account_id
        grant.save(update_fields=["revoked_at", "revoked_by"])
        _write(
            actor, grant.account_id, "revoke_role", at,
            grant=grant_id, role=grant.role, area=grant.area, reason=_reason(reason),
        )  # fmt: skip


def delegate(
    actor: Actor,
    *,
    grant_id: UUID,
    account_id: UUID,
    end: datetime,
    reason: str,
    start: datetime | None = None,
) -> Delegation:
    """Lend a grant to another account until `end`; the lender keeps it. What is borrowed cannot be lent on.

    Refuses `access.not_in_force`, `access.not_to_oneself`, `access.administrators_apart`,
    `access.already_delegated`, `access.period_wrong`, `access.reason_missing`.
    """
    at = now()
    with one_act(_BROKEN):
        borrower = _open_account(account_id)
        grant = RoleGrant.objects.select_for_update().filter(in_force(at), pk=grant_id).first()
        if grant is None:
            raise _not_in_force()
        _allowed(actor, grant.area)
        _not_oneself(actor, borrower)
        if grant.account_id == account_id:
            raise Refusal.of(
                "access.lent_to_owner", "本人已有这个角色。", "The lender already holds this role."
            )
        if borrower.kind != AccountKind.STAFF:
            raise Refusal.of(
                "access.borrower_not_staff", "只能委托给工作人员。", "A role can be lent to staff only."
            )
        valid = _period(start or at, end, at)
        if grant.role in ADMINISTRATORS:
            _administrators_apart(account_id, grant.role, valid)
        delegation = Delegation(
            id=uuid7(at),
            grant=grant,
            account=borrower,
            valid=valid,
            reason=_reason(reason),
            delegated_by=actor.account_id,
            delegated_at=at,
        )
        delegation.save(force_insert=True)
        _write(
            actor, account_id, "delegate", at,
            delegation=delegation.id, grant=grant_id, role=grant.role, area=grant.area, lender=grant.account_id,
            start=start or at, end=end, reason=delegation.reason,
        )  # fmt: skip
    return delegation


def revoke_delegation(actor: Actor, *, delegation_id: UUID, reason: str) -> None:
    """End a delegation before its time. Refuses `access.not_in_force`."""
    at = now()
    with one_act(_BROKEN):
        lent = (
            Delegation.objects.select_for_update(of=("self",))
            .select_related("grant")
            .filter(pk=delegation_id)
            .first()
        )
        if lent is None or lent.revoked_at is not None:
            raise _not_in_force()
        _allowed(actor, lent.grant.area)
        lent.revoked_at, lent.revoked_by = at, actor.account_id
        lent.save(update_fields=["revoked_at", "revoked_by"])
        _write(
            actor, lent.account_id, "revoke_delegation", at,
            delegation=delegation_id, grant=lent.grant_id, reason=_reason(reason),
        )  # fmt: skip


def _not_in_force() -> Refusal:
    return Refusal.of(
        "access.not_in_force",
        "这项授权不存在或已失效。",
        "This grant does not exist or is no longer in force.",
    )


def reset_password(
    actor: Actor, *, account_id: UUID, password: str, also_second_factor: bool = False
) -> None:
    """Give an account a one-time password, to be changed at the next sign-in; open sessions end.

    `also_second_factor` takes away the telephone and backup codes too, for one who has lost them.
    """
    _allowed(actor)
    at = now()
    with one_act(_BROKEN):
        account = _open_account(account_id)
        _not_oneself(actor, account)
        if account.kind == AccountKind.MACHINE:
            raise Refusal.of(
                "access.machine_has_keys", "外部系统使用密钥，没有密码。", "A machine has keys, no password."
            )
        account.password = _checked(password, account)
        account.password_changed_at, account.must_change_password = at, True
        account.save(update_fields=["password", "password_changed_at", "must_change_password"])
        if also_second_factor:
            second_factor.remove_second_factor(account_id)
        _write(actor, account_id, "reset_password", at, second_factor_removed=also_second_factor)


def change_own_password(actor: Actor, *, current: str, new: str) -> Account:
    """Change one's own password, proving the current one; other sessions end.

    Refuses `access.password_wrong`, `access.password_same`, and what is wrong with the new one.
    """
    at = now()
    with one_act(_BROKEN):
        if actor.account_id is None:
            raise Refusal(SIGN_IN)
        account = _open_account(actor.account_id)
        if not account.check_password(current):
            raise Refusal.of(
                "access.password_wrong", "现在的密码不对。", "The current password is wrong.", field="current_password"
            )  # fmt: skip
        if current == new:
            raise Refusal.of(
                "access.password_same", "新密码不能与现在的相同。", "The new password must differ.", field="new_password"
            )  # fmt: skip
        account.password = _checked(new, account)
        account.password_changed_at, account.must_change_password = at, False
        account.save(update_fields=["password", "password_changed_at", "must_change_password"])
        _write(actor, account.id, "change_password", at)
    return account


def enrol_second_factor(actor: Actor, *, secret: str, code: str) -> list[str]:
    """Bind one's telephone, proving that it shows the right code; gives ten backup codes, shown once.

    Only an account that has none may enrol: a lost one is taken away by the security administrator first.
    Refuses `access.code_wrong`, `access.already_enrolled`.
    """
    at = now()
    if actor.account_id is None:
        raise Refusal(SIGN_IN)
    if not second_factor.proves(secret, "".join(code.split())):
        raise Refusal.of(
            "access.code_wrong", "验证码不对，请核对手机时间后再试。",
            "The code is wrong; check the phone's clock and try again.", field="code",
        )  # fmt: skip
    with one_act(_BROKEN):
        account = _open_account(actor.account_id)
        if second_factor.is_enrolled(account.id):
            raise Refusal.of(
                "access.already_enrolled", "已经绑定过动态口令。", "A second factor is already set up."
            )
        second_factor.set_second_factor(account.id, secret, is_proved=True)
        codes = second_factor.new_backup_codes(account.id)
        _write(actor, account.id, "enrol_second_factor", at)
    return codes


def renew_backup_codes(actor: Actor) -> list[str]:
    """Ten fresh backup codes for oneself, shown once; the old ones end."""
    at = now()
    if actor.account_id is None or not actor.second_factor:
        raise Refusal(SECOND_FACTOR)
    with one_act(_BROKEN):
        codes = second_factor.new_backup_codes(_open_account(actor.account_id).id)
        _write(actor, actor.account_id, "renew_backup_codes", at)
    return codes


def note_sign_in(actor: Actor, *, factor: str, address: str) -> None:
    """Write a completed sign-in into the account's chain: with which second factor, from which address."""
    if actor.account_id is None or not actor.second_factor:
        raise Refusal(SECOND_FACTOR)
    with one_act(_BROKEN):
        _write(actor, actor.account_id, "sign_in", now(), factor=factor, address=address)


def deactivate(actor: Actor, *, account_id: UUID, reason: str) -> None:
    """Close an account: it can no longer sign in and open sessions end at the next click. Nothing is deleted."""
    _allowed(actor)
    at = now()
    with one_act(_BROKEN):
        account = _open_account(account_id)
        _not_oneself(actor, account)
        account.is_active, account.deactivated_at = False, at
        account.save(update_fields=["is_active", "deactivated_at"])
        _write(actor, account_id, "deactivate", at, reason=_reason(reason))


def reactivate(actor: Actor, *, account_id: UUID, reason: str) -> None:
    """Open a closed account again, with the grants that are still in force."""
    _allowed(actor)
    at = now()
    with one_act(_BROKEN):
        account = _account(account_id)
        _not_oneself(actor, account)
        account.is_active, account.deactivated_at = True, None
        account.save(update_fields=["is_active", "deactivated_at"])
        _write(actor, account_id, "reactivate", at, reason=_reason(reason))


def issue_machine_key(
    actor: Actor, *, account_id: UUID, label: str, valid_until: datetime | None = None
) -> machines.IssuedKey:
    """A fresh key for a machine account. The key is in the answer and nowhere else."""
    _allowed(actor)
    at = now()
    with one_act(_BROKEN):
        account = _open_account(account_id)
        if account.kind != AccountKind.MACHINE:
            raise Refusal.of("access.not_a_machine", "只有外部系统使用密钥。", "Only machines have keys.")
        issued = machines.new_key()
        MachineKey.objects.create(
            prefix=issued.prefix,
            account=account,
            digest=issued.digest,
            label=label,
            valid_until=valid_until,
            created_by=actor.account_id,
            created_at=at,
        )
        _write(actor, account_id, "issue_key", at, prefix=issued.prefix, label=label, end=valid_until)
    return issued


def revoke_machine_key(actor: Actor, *, prefix: str, reason: str) -> None:
    """End a key; processes that remember it forget within half a minute."""
    _allowed(actor)
    at = now()
    with one_act(_BROKEN):
        key = MachineKey.objects.select_for_update().filter(pk=prefix, revoked_at__isnull=True).first()
        if key is None:
            raise _not_in_force()
        key.revoked_at, key.revoked_by = at, actor.account_id
        key.save(update_fields=["revoked_at", "revoked_by"])
        _write(actor, key.account_id, "revoke_key", at, prefix=prefix, reason=_reason(reason))
    machines.forget_machines()
