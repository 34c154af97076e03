"""Where an account stands at this moment: usable or not, its posts, its grants. One query, always fresh.

Nothing is kept in the session but the account and the post chosen, so that a revoked grant is gone at the
next click.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject, Least, Upper
from django_otp.plugins.otp_totp.models import TOTPDevice

from yimen.kernel.access.actors import Actor, Grant, Kind
from yimen.kernel.access.models import Account, Delegation, RoleGrant
from yimen.kernel.access.roles import permissions_of
from yimen.kernel.calendar.today import now, today
from yimen.kernel.counties.models import Division
from yimen.kernel.org.models import Appointment, Grid, Substitution
from yimen.kernel.words import Refusal


@dataclass(frozen=True, slots=True)
class PostHeld:
    """A post the person may act in today: appointed to it, or standing in for its holder."""

    code: str
    name: str
    organ: str
    stands_in: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """An account as it stands: the actor it makes, the posts to choose from, what it must do first."""

    actor: Actor
    login: str
    posts: tuple[PostHeld, ...]
    must_change_password: bool
    has_second_factor: bool
    session_hash: str


def in_force(at: datetime) -> Q:
    """Grants or delegations that hold at an instant, past ones included as they stood then."""
    return Q(valid__contains=at) & (Q(revoked_at__isnull=True) | Q(revoked_at__gt=at))


def usable(on: date, prefix: str = "") -> Q:
    """Accounts one may sign in with on a day; `prefix` leads to the account, such as `account__`."""
    return Q(**{f"{prefix}is_active": True}) & (
        Q(**{f"{prefix}valid_until__isnull": True}) | Q(**{f"{prefix}valid_until__gte": on})
    )


def _accounts(at: datetime, on: date) -> "QuerySet[Account]":
    """Usable accounts, each with its grants, borrowed grants and posts as JSON: the one query."""
    granted = RoleGrant.objects.filter(in_force(at), account_id=OuterRef("pk")).order_by("id")
    still_in_post = Appointment.objects.filter(
        person_id=OuterRef("grant__account__person_id"),
        post_id=OuterRef("grant__post_code"),
        valid__contains=on,
    )
    lent = Delegation.objects.filter(
        in_force(at),
        Q(grant__post_code="") | Exists(still_in_post),
        Q(grant__revoked_at__isnull=True) | Q(grant__revoked_at__gt=at),
        usable(on, "grant__account__"),
        account_id=OuterRef("pk"),
        grant__valid__contains=at,
    ).order_by("id")
    appointed = Appointment.objects.filter(person_id=OuterRef("person_id"), valid__contains=on).order_by(
        "post_id"
    )
    standing_in = Substitution.objects.filter(
        substitute_id=OuterRef("person_id"), valid__contains=on, appointment__valid__contains=on
    ).order_by("appointment__post_id")
    return Account.objects.filter(usable(on)).annotate(
        person_name=F("person__name"),
        granted=ArraySubquery(
            granted.values(
                json=JSONObject(
                    role="role", post="post_code", area="area", organ="organ_code", until=Upper("valid")
                )
            )
        ),
        lent=ArraySubquery(
            lent.values(
                json=JSONObject(
                    role="grant__role",
                    area="grant__area",
                    organ="grant__organ_code",
                    until=Least(Upper("valid"), Upper("grant__valid")),
                )
            )
        ),
        appointed=ArraySubquery(
            appointed.values(json=JSONObject(code="post_id", name="post__name", organ="post__organ_id"))
        ),
        standing_in=ArraySubquery(
            standing_in.values(
                json=JSONObject(
                    code="appointment__post_id",
                    name="appointment__post__name",
                    organ="appointment__post__organ_id",
                )
            )
        ),
        has_second_factor=Exists(TOTPDevice.objects.filter(user_id=OuterRef("pk"), confirmed=True)),
    )


def _grant(row: Mapping[str, Any]) -> Grant:
    until = row["until"]
    return Grant(
        permissions_of(row["role"]),
        row["area"],
        row["organ"],
        row["role"],
        datetime.fromisoformat(until) if until else None,
    )


def _standing(account: Account, post: str, second_factor: bool) -> Standing:
    """The row as a value. A post that is no longer held is not acted in; the first own one is."""
    row = cast(Any, account)
    own = {held["code"]: PostHeld(**held) for held in row.appointed}
    lent_posts = {held["code"]: PostHeld(**held, stands_in=True) for held in row.standing_in}
    posts = (*own.values(), *(post for code, post in lent_posts.items() if code not in own))
    acting = next((p for p in posts if p.code == post), posts[0] if posts else None)
    post_code = acting.code if acting else ""
    trusted = second_factor or account.kind != "staff"
    grants = (
        tuple(_grant(g) for g in row.granted if g["post"] in ("", post_code))
        + tuple(_grant(g) for g in row.lent)
        if trusted
        else ()
    )
    actor = Actor(
        kind=cast(Kind, account.kind),
        account_id=account.id,
        person_id=account.person_id,
        name=row.person_name or account.login,
        post=post_code,
        organ=acting.organ if acting else "",
        grants=grants,
        second_factor=second_factor,
    )
    return Standing(
        actor,
        account.login,
        posts,
        account.must_change_password,
        row.has_second_factor,
        account.get_session_auth_hash(),
    )


def load_standing(account_id: UUID, post: str = "", *, second_factor: bool = False) -> Standing | None:
    """How an account stands now, acting in `post` when it is held; None when it may not be used.

    A staff account whose second factor is not verified carries no grants.
    """
    account = _accounts(now(), today()).filter(pk=account_id).first()
    return _standing(account, post, second_factor) if account else None


def load_actor(account_id: UUID, post: str = "", *, second_factor: bool = False) -> Actor:
    """The actor an account makes now, in one query. Refuses `access.account_closed`."""
    standing = load_standing(account_id, post, second_factor=second_factor)
    if standing is None:
        raise Refusal.of(
            "access.account_closed", "这个账号不存在或已停用。", "This account does not exist or is closed."
        )
    return standing.actor


def load_machine(prefix: str) -> tuple[Actor, bytes, datetime | None] | None:
    """The actor behind a machine's key prefix, the SHA-256 the key must have, and the key's end.

    One query; None when there is no such key in force.
    """
    at = now()
    account = (
        _accounts(at, today())
        .filter(
            Q(machine_keys__valid_until__isnull=True) | Q(machine_keys__valid_until__gt=at),
            Q(machine_keys__revoked_at__isnull=True) | Q(machine_keys__revoked_at__gt=at),
            machine_keys__prefix=prefix,
            kind="machine",
        )
        .annotate(digest=F("machine_keys__digest"), key_until=F("machine_keys__valid_until"))
        .first()
    )
    if account is None:
        return None
    row = cast(Any, account)
    return _standing(account, "", False).actor, bytes(row.digest), row.key_until


def area_names(areas: Iterable[str]) -> dict[str, str]:
    """Code prefix → name of the division or grid it stands for; what has no name is left out. Two queries."""
    wanted = set(areas)
    divisions = Division.objects.filter(code__in=[area.ljust(12, "0") for area in wanted if len(area) <= 12])
    grids = Grid.objects.filter(code__in=[area for area in wanted if len(area) > 12], valid__contains=today())
    by_code = dict(divisions.values_list("code", "name"))
    named = {area: by_code[code] for area in wanted if (code := area.ljust(12, "0")) in by_code}
    return named | dict(grids.values_list("code", "name"))
