"""Where an account stands at this moment: usable or not, its posts, its grants. One query, always fresh.

Nothing is kept in the session but the account and the post chosen, so that a revoked grant is gone at the
next click.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from orjson import loads

from yimen.kernel.access.actors import Actor, Grant, Kind
from yimen.kernel.access.models import Account
from yimen.kernel.access.roles import permissions_of
from yimen.kernel.calendar.today import now, today
from yimen.kernel.words import Called, Refusal


@dataclass(frozen=True, slots=True)
class PostHeld(Called):
    """A post the person may act in today: appointed to it, or standing in for its holder."""

    code: str
    name: str
    name_en: str
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


# One constant statement, because building it anew through the ORM costs ten times what answering it does.
# A borrowed grant falls with the lender's: revoked, ended, its account closed, or its post left.
_COLUMNS = """
SELECT a.id, a.login, a.kind, a.password, a.must_change_password, a.person_id, p.name,
    ARRAY(
        SELECT jsonb_build_object(
            'role', g.role, 'post', g.post_code, 'area', g.area, 'organ', g.organ_code, 'until', upper(g.valid))
        FROM access_role_grant g
        WHERE g.account_id = a.id AND g.valid @> %(at)s AND (g.revoked_at IS NULL OR g.revoked_at > %(at)s)
        ORDER BY g.id
    ),
    ARRAY(
        SELECT jsonb_build_object(
            'role', g.role, 'area', g.area, 'organ', g.organ_code, 'until', least(upper(d.valid), upper(g.valid)))
        FROM access_delegation d
        JOIN access_role_grant g ON g.id = d.grant_id
        JOIN access_account lender ON lender.id = g.account_id
        WHERE d.account_id = a.id
            AND d.valid @> %(at)s AND (d.revoked_at IS NULL OR d.revoked_at > %(at)s)
            AND g.valid @> %(at)s AND (g.revoked_at IS NULL OR g.revoked_at > %(at)s)
            AND lender.is_active AND (lender.valid_until IS NULL OR lender.valid_until >= %(on)s)
            AND (g.post_code = '' OR EXISTS (
                SELECT FROM org_appointment held
                WHERE held.person_id = lender.person_id AND held.post_id = g.post_code AND held.valid @> %(on)s))
        ORDER BY d.id
    ),
    ARRAY(
        SELECT jsonb_build_object('code', post.code, 'name', post.name, 'name_en', post.name_en, 'organ', post.organ_id)
        FROM org_appointment held JOIN org_post post ON post.code = held.post_id
        WHERE held.person_id = a.person_id AND held.valid @> %(on)s AND post.valid @> %(on)s
        ORDER BY post.code
    ),
    ARRAY(
        SELECT jsonb_build_object('code', post.code, 'name', post.name, 'name_en', post.name_en, 'organ', post.organ_id)
        FROM org_substitution s
        JOIN org_appointment held ON held.id = s.appointment_id
        JOIN org_post post ON post.code = held.post_id
        WHERE s.substitute_id = a.person_id AND s.valid @> %(on)s AND held.valid @> %(on)s AND post.valid @> %(on)s
        ORDER BY post.code
    ),
    EXISTS (SELECT FROM otp_totp_totpdevice t WHERE t.user_id = a.id AND t.confirmed)
"""
_FROM = " FROM access_account a LEFT JOIN org_person p ON p.id = a.person_id "
_USABLE = " WHERE a.is_active AND (a.valid_until IS NULL OR a.valid_until >= %(on)s) "

_BY_ACCOUNT = _COLUMNS + _FROM + _USABLE + "AND a.id = %(key)s"
_BY_MACHINE_KEY = (
    _COLUMNS + ", k.digest, k.valid_until" + _FROM + "JOIN access_machine_key k ON k.account_id = a.id" + _USABLE
    + """AND a.kind = 'machine' AND k.prefix = %(key)s AND (k.valid_until IS NULL OR k.valid_until > %(at)s)
    AND (k.revoked_at IS NULL OR k.revoked_at > %(at)s)"""
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Row:
    """What the statement answers about one usable account, column by column; lists hold JSON objects."""

    account_id: UUID
    login: str
    kind: Kind
    password: str
    must_change_password: bool
    person_id: UUID | None
    person_name: str | None
    granted: list[str]
    lent: list[str]
    appointed: list[str]
    standing_in: list[str]
    has_second_factor: bool
    digest: bytes = b""
    key_until: datetime | None = None


def _row(statement: str, key: UUID | str) -> _Row | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"at": now(), "on": today(), "key": key})
        found = cursor.fetchone()
    return _Row(*found) if found else None


def _grant(row: Mapping[str, Any]) -> Grant:
    until = row["until"]
    return Grant(
        permissions_of(row["role"]),
        row["area"],
        row["organ"],
        row["role"],
        datetime.fromisoformat(until) if until else None,
    )


def _standing(row: _Row, post: str, second_factor: bool) -> Standing:
    """The row as a value. A post that is no longer held is not acted in; the first own one is."""
    own = [PostHeld(**loads(held)) for held in row.appointed]
    lent_posts = [PostHeld(**loads(held), stands_in=True) for held in row.standing_in]
    posts = (*own, *(held for held in lent_posts if held.code not in {p.code for p in own}))
    acting = next((p for p in posts if p.code == post), posts[0] if posts else None)
    post_code = acting.code if acting else ""
    held = [g for g in map(loads, row.granted) if g["post"] in ("", post_code)] + [*map(loads, row.lent)]
    is_trusted = second_factor or row.kind != "staff"
    actor = Actor(
        kind=row.kind,
        account_id=row.account_id,
        person_id=row.person_id,
        name=row.person_name or row.login,
        post=post_code,
        organ=acting.organ if acting else "",
        grants=tuple(map(_grant, held)) if is_trusted else (),
        second_factor=second_factor,
    )
    session_hash = Account(password=row.password).get_session_auth_hash()
    return Standing(actor, row.login, posts, row.must_change_password, row.has_second_factor, session_hash)


def load_standing(account_id: UUID, post: str = "", *, second_factor: bool = False) -> Standing | None:
    """How an account stands now, acting in `post` when it is held; None when it may not be used.

    A staff account whose second factor is not verified carries no grants.
    """
    row = _row(_BY_ACCOUNT, account_id)
    return _standing(row, post, second_factor) if row else None


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
    row = _row(_BY_MACHINE_KEY, prefix)
    return (_standing(row, "", False).actor, bytes(row.digest), row.key_until) if row else None
