"""The fixed cast with which refusals are tested: citizen, officer, colleague, elsewhere, superior, stranger.

`the_cast()` is pure: actors without a database, for rules. `hired()` makes a real person with post, account,
second factor and role in the current county; `signed_in()` gives a browser session for one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from yimen.kernel.access import commands, second_factor
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.middleware import POST_KEY, SEEN_KEY
from yimen.kernel.access.models import Account, RoleGrant
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.access.roles import permissions_of
from yimen.kernel.calendar.today import now
from yimen.kernel.org.models import Appointment, Organ, Person, Post

COUNTY = "339901"
HERE, HERE_VILLAGE = "339901100", "339901100201"
THERE, THERE_VILLAGE = "339901101", "339901101201"
OFFICE, OTHER_OFFICE = "yunxi-chengguan", "yunxi-shuiwu"
PASSWORD = "Water-Under-The-Bridge-9"


@dataclass(frozen=True, slots=True)
class Cast:
    """Six actors who stand differently to one and the same thing, at HERE in OFFICE's hands."""

    citizen: Actor
    officer: Actor
    colleague: Actor
    elsewhere: Actor
    superior: Actor
    stranger: Actor

    def __iter__(self) -> Iterator[tuple[str, Actor]]:
        """(part, actor) pairs, in order."""
        return ((f.name, getattr(self, f.name)) for f in fields(self))


def staff(name: str, *grants: Grant, post: str = "", organ: str = "", second_factor: bool = True) -> Actor:
    """A member of staff with the given grants and fresh ids."""
    return Actor("staff", uuid4(), uuid4(), name, post, organ, grants, second_factor)


def the_cast(role: str = "department_handler", superior_role: str = "command_chief") -> Cast:
    """The cast around a role: the officer holds it HERE for OFFICE, `elsewhere` THERE for OTHER_OFFICE."""

    def of(code: str, area: str, organ: str = "") -> Grant:
        return Grant(permissions_of(code), area, organ, code)

    return Cast(
        citizen=Actor.resident(),
        officer=staff("经办人", of(role, HERE, OFFICE), post=f"{OFFICE}-1", organ=OFFICE),
        colleague=staff("同事", of(role, HERE, OFFICE), post=f"{OFFICE}-2", organ=OFFICE),
        elsewhere=staff(
            "外单位同岗", of(role, THERE, OTHER_OFFICE), post=f"{OTHER_OFFICE}-1", organ=OTHER_OFFICE
        ),
        superior=staff("上级", of(superior_role, COUNTY), post="yunxi-zhihui-1", organ="yunxi-zhihui"),
        stranger=staff("无关人员", post="yunxi-other-1", organ="yunxi-other"),
    )


def house() -> Actor:
    """The house opening its first accounts, with the one permission it needs."""
    return Actor.system("测试准备", Grant(frozenset({KernelPermission.ACCESS_MANAGE}), COUNTY))


@dataclass(frozen=True, slots=True)
class Hired:
    """A real member of staff in the database."""

    login: str
    account_id: UUID
    person_id: UUID
    grant: RoleGrant | None


def appointed(person: Person, post_code: str, organ: str, *, since: date = date(2020, 1, 1)) -> None:
    """Make a post, where it is not there yet, and appoint the person to it without end."""
    always = (since, None)
    Organ.objects.get_or_create(
        code=organ,
        defaults={
            "name": f"机构 {organ}",
            "kind": "county_department",
            "place_code": COUNTY + "000000",
            "valid": always,
        },
    )
    post, _ = Post.objects.get_or_create(
        code=post_code,
        defaults={"organ_id": organ, "name": f"岗位 {post_code}", "kind": "clerk", "valid": always},
    )
    Appointment.objects.create(id=uuid4(), person=person, post=post, valid=always)


def hired(
    login: str,
    *,
    role: str = "",
    area: str = COUNTY,
    organ: str = OFFICE,
    posts: tuple[str, ...] = (),
    only_for_organ: bool = False,
    enrolled: bool = True,
) -> Hired:
    """A person in post(s) with an account, a password that need not change, and perhaps a role."""
    person = Person.objects.create(id=uuid4(), name=f"人员 {login}")
    for code in posts or (f"{organ}-{login}",):
        appointed(person, code, organ)
    account = commands.create_account(
        house(), login=login, kind="staff", person_id=person.id, password=PASSWORD, must_change_password=False
    )
    if enrolled:
        second_factor.set_second_factor(account.id, second_factor.secret_from(login))
    grant = None
    if role:
        grant = commands.grant_role(
            house(), account_id=account.id, role=role, area=area, organ_code=organ if only_for_organ else ""
        )
    return Hired(login, account.id, person.id, grant)


def signed_in(hire: Hired, *, post: str = "", verified: bool = True, client: Client | None = None) -> Client:
    """A browser in which this person has signed in, with both factors unless said otherwise."""
    browser = client or Client(headers={"host": "localhost"})
    account = Account.objects.get(pk=hire.account_id)
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = "yimen.kernel.access.backend.LoginBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session[SEEN_KEY] = int(now().timestamp())
    if verified:
        session[DEVICE_ID_SESSION_KEY] = second_factor.device_of(account.pk).persistent_id
    if post:
        session[POST_KEY] = post
    session.save()
    browser.cookies["sessionid"] = str(session.session_key)
    return browser


def later(**units: float) -> datetime:
    """An instant from now on, or back with negative units."""
    return now() + timedelta(**units)


NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""Noon in the county on a Monday."""
