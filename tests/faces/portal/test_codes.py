"""Who guesses codes is told to slow down, by address; who types a right one, there or elsewhere, never is."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.domains.grid.test_incident import reported
from tests.domains.hall.test_queue import MORNING, booked, opened_for_booking
from yimen.faces.portal import urls as portal
from yimen.kernel.access.models import Throttle
from yimen.kernel.access.throttle import WRONG_CODES, network_of
from yimen.kernel.calendar.today import frozen

pytestmark = pytest.mark.usefixtures("db")
_WRONG = "ABCDEFGH2345"


@pytest.fixture(autouse=True)
def _within_one_hour() -> Iterator[None]:
    """Uses are counted by the hour; a test that runs over one's end would count from nothing."""
    with frozen(MORNING):
        yield


def browser(address: str = "10.0.0.1") -> Client:
    return Client(headers={"host": "localhost"}, REMOTE_ADDR=address)


def spend(*, but: int = 0, address: str = "10.0.0.1") -> None:
    one = browser(address)
    for _ in range(WRONG_CODES.uses - but):
        assert one.get(f"/track/{_WRONG}/").status_code == 404


def test_after_many_wrong_codes_right_ones_still_open_and_wrong_ones_are_told_to_slow_down() -> None:
    code = reported().tracking_code
    with frozen(MORNING):
        opened_for_booking()
        slot = booked().code
        doors = [f"/track/{code}/", f"/report/{code}/received/", f"/appointments/{slot}/"]
        spend()
        for door in doors:
            assert browser().get(door).status_code == 200
        slowed = browser().get(f"/track/{_WRONG}/")
        assert slowed.status_code == 429
        assert "12345" in slowed.text
        for door in ("/check/AAAA-BBBB-CCCC/", "/tickets/AAAABBBB/", "/open311/v2/tokens/AAAABBBBCCCC.json"):
            assert browser().get(door).status_code == 429
            assert browser("10.0.0.2").get(door).status_code == 404
        assert browser().post(reverse("portal:track"), {"code": _WRONG}).status_code == 429
        assert browser().post(reverse("portal:track"), {"code": code}).status_code == 302
        assert browser().get("/", {"q": code}).status_code == 302


def test_no_code_that_opens_something_by_itself_is_short_enough_to_be_guessed() -> None:
    with frozen(MORNING):
        opened_for_booking()
        assert min(len(booked().code), len(reported().tracking_code)) >= 10


def test_every_address_with_a_tracking_code_is_such_a_door() -> None:
    spend()
    named = [p for p in portal.urlpatterns if "tracking_code" in p.pattern.converters]
    assert len(named) > 5
    for pattern in named:
        values = {
            key: UUID(int=0) if key.endswith("_id") else "nothing" for key in pattern.pattern.converters
        }
        door = reverse(f"portal:{pattern.name}", kwargs=values | {"tracking_code": _WRONG})
        assert {browser().get(door).status_code, browser().post(door).status_code} <= {429, 405}, door


@pytest.mark.parametrize(
    "door", ["/appointments/AAAABBBB/", "/tickets/AAAABBBB/", "/check/AAAA-BBBB-CCCC/", "/open311/v2/tokens/AAAABBBBCCCC.xml"]
)  # fmt: skip
def test_each_door_counts_what_opens_nothing(door: str) -> None:
    spend(but=1)
    assert browser().get(door).status_code == 404
    assert browser().get(f"/track/{_WRONG}/").status_code == 429


def test_a_code_typed_into_the_form_or_the_search_counts_too_and_words_do_not() -> None:
    spend(but=2)
    assert browser().get("/", {"q": "路灯坏了"}).status_code == 200
    assert browser().get("/", {"q": "unemployment"}).status_code == 200
    assert browser().get("/", {"q": _WRONG}).status_code == 200
    assert browser().post(reverse("portal:track"), {"code": _WRONG}).status_code == 200
    assert browser().get(f"/track/{_WRONG}/").status_code == 429


def test_right_codes_are_never_counted() -> None:
    code = reported().tracking_code
    for _ in range(WRONG_CODES.uses + 1):
        assert browser().get(f"/report/{code}/received/").status_code == 200
    assert not Throttle.objects.filter(door=WRONG_CODES.door).exists()


def test_a_household_has_one_network_however_many_addresses_it_chooses() -> None:
    for n in range(WRONG_CODES.uses):
        assert browser(f"2001:db8:1:2::{n:x}").get(f"/track/{_WRONG}/").status_code == 404
    assert browser("2001:db8:1:2:ffff::9").get(f"/track/{_WRONG}/").status_code == 429
    assert browser("2001:db8:1:3::9").get(f"/track/{_WRONG}/").status_code == 404
    assert network_of("::ffff:10.0.0.1") == network_of("10.0.0.1") == "10.0.0.1"
    assert network_of("13800001111") == "13800001111"
