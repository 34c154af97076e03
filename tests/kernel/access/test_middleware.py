"""The doors of views: who is led where, and who sees why not."""

from typing import Any, cast

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from tests.cast import COUNTY, Cast, house, the_cast
from yimen.kernel.access import commands, machines
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.middleware import (
    AccessDenied,
    ActorMiddleware,
    actor_of,
    machine_of,
    needs,
    staff_only,
)
from yimen.kernel.access.standing import Standing


def _view(request: HttpRequest, /) -> HttpResponseBase:
    return HttpResponse(actor_of(request).name)


def _request_of(actor: Actor, *, must_change_password: bool = False) -> HttpRequest:
    request = RequestFactory().get("/somewhere/")
    request.actor = actor  # type: ignore[attr-defined]
    known = actor.kind in ("staff", "resident") and actor.account_id is not None
    request.standing = Standing(actor, "x", (), must_change_password, True, "") if known else None  # type: ignore[attr-defined]
    return request


def _through(door: Any, actor: Actor, **more: bool) -> tuple[int, str]:
    try:
        answer = door(_view)(_request_of(actor, **more))
    except AccessDenied as denied:
        return 403, denied.finding.code
    return answer.status_code, answer.headers.get("Location", "")


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ("citizen", 302),
        ("officer", 200),
        ("colleague", 200),
        ("elsewhere", 200),
        ("superior", 403),
        ("stranger", 403),
    ],
)
def test_a_door_opens_to_those_who_hold_the_permission_somewhere(part: str, status: int) -> None:
    assert _through(needs("incident.handle"), dict(the_cast())[part])[0] == status


def test_the_public_is_led_to_sign_in_and_back(cast: Cast) -> None:
    assert _through(needs("incident.read"), cast.citizen) == (302, "/console/sign-in/?next=/somewhere/")


def test_staff_only_asks_for_both_factors_and_an_own_password(cast: Cast) -> None:
    halfway = Actor("staff", cast.officer.account_id, cast.officer.person_id, "半路")
    assert _through(staff_only, halfway)[0] == 302
    assert _through(staff_only, cast.stranger)[0] == 200
    assert _through(staff_only, cast.stranger, must_change_password=True)[0] == 302


def test_a_signed_in_resident_is_told_that_this_is_for_staff(cast: Cast) -> None:
    resident = Actor.resident(account_id=cast.officer.account_id, name="居民")
    assert _through(staff_only, resident) == (403, "access.not_staff")


@pytest.mark.usefixtures("db")
def test_a_bearer_key_names_its_machine_and_anything_else_the_public() -> None:
    account = commands.create_account(house(), login="rexian", kind="machine")
    commands.grant_role(house(), account_id=account.id, role="machine_client", area=COUNTY)
    key = commands.issue_machine_key(house(), account_id=account.id, label="热线").key
    machines.forget_machines()
    seen: list[Actor] = []

    def answer(request: HttpRequest) -> HttpResponseBase:
        seen.append(machine_of(request))
        return HttpResponse(f"{seen[-1].kind} {seen[-1].name}")

    for header, text in (
        (f"Bearer {key}", b"machine rexian"),
        (f"Bearer {key}x", b"resident "),
        ("Basic xyz", b"resident "),
    ):
        request = RequestFactory().get("/", headers={"authorization": header})
        request.session = cast_session()
        assert cast(HttpResponse, ActorMiddleware(answer)(request)).content == text


def cast_session() -> Any:
    """An empty session."""
    return {}


def test_an_unknown_reader_is_an_anonymous_resident() -> None:
    request = RequestFactory().get("/")
    request.session = cast_session()

    def answer(request: HttpRequest) -> HttpResponseBase:
        assert actor_of(request).is_anonymous
        assert isinstance(request.user, AnonymousUser)
        return HttpResponse()

    assert ActorMiddleware(answer)(request).status_code == 200
