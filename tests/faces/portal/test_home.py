"""The portal's surroundings: who signs in where, one's own matters at the door, nothing typed is lost."""

import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from tests.domains.hall.test_queue import MORNING, booked, opened_for_booking
from tests.domains.residents.test_accounts import browser
from tests.domains.services.applying import ALLOWANCE, applied
from tests.domains.services.test_ratings import delivered
from yimen.domains.catalogue.api import in_force
from yimen.domains.hall.api import slots
from yimen.faces.portal.guides import BUNDLE_ICONS
from yimen.kernel.calendar.today import frozen, today

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def _outgoing(tmp_path: Path, settings: LazySettings) -> None:
    settings.DATA = tmp_path
    settings.YIMEN_FILES = tmp_path / "files"


def test_sign_in_on_the_portal_is_the_residents_and_staff_have_a_door_below() -> None:
    page = Client().get("/").text
    strip = page[: page.index("</header>")]
    assert 'href="/my/sign-in/"' in strip
    assert "/console/sign-in/" not in strip
    assert "/console/sign-in/" in page[page.index("<footer") :]


def test_who_has_signed_in_finds_the_last_matters_at_the_door_and_the_way_out() -> None:
    one = browser()
    matter = applied(ALLOWANCE)
    one.post("/my/follow/", {"number": matter.number, "code": matter.tracking_code})
    page = one.get("/")
    assert f"/track/{matter.tracking_code}/" in page.text
    assert 'action="/my/sign-out/"' in page.text
    assert "no-store" in page["Cache-Control"]
    assert f"/track/{matter.tracking_code}/" not in Client().get("/").text


def test_a_number_that_does_not_fit_its_code_stays_in_its_box() -> None:
    page = browser().post("/my/follow/", {"number": "YX-typed-once", "code": "wrong"})
    assert page.status_code == 422
    assert "YX-typed-once" in page.text
    assert "error-summary" in page.text


def test_a_way_to_apply_stands_before_what_a_guide_explains() -> None:
    page = Client().get(f"/services/{ALLOWANCE}/").text
    assert page.index(f"/services/{ALLOWANCE}/apply/") < page.index("什么情况可以办")


def test_a_day_without_free_times_is_not_offered() -> None:
    with frozen(MORNING):
        hall = opened_for_booking()
        for n, slot in enumerate(slots(hall, today())):
            booked(f"138000001{n:02}", slot.starts_at)
        page = Client().get(f"/halls/{hall.code}/book/").text
        assert f"?on={today()}" not in page
        assert re.search(r'name="starts_at"', page)


def test_every_life_event_has_a_picture_of_its_own() -> None:
    assert {b.code for b in in_force().bundles} == set(BUNDLE_ICONS)


def test_a_search_that_finds_an_item_does_not_also_say_nothing_was_found() -> None:
    assert "没有找到对应的事项" not in Client().get("/?q=高龄津贴").text
    assert "没有找到对应的事项" in Client().get("/?q=zzzz").text


def test_words_of_a_rating_without_a_level_are_kept() -> None:
    matter = delivered()
    page = Client().post(f"/track/{matter.tracking_code}/rate/", {"words": "等了很久"})
    assert page.status_code == 422
    assert "等了很久" in page.text
    assert "error-summary" in page.text


def test_every_word_offered_beside_the_question_finds_something_in_both_languages() -> None:
    for language in ("zh-hans", "en"):
        at = Client(headers={"accept-language": language})
        offered = re.search(r'class="search-suggestions">(.*?)</p>', at.get("/").text, re.DOTALL)
        assert offered
        words = re.findall(r'href="(\?q=[^"]+)"', offered[1])
        assert len(words) == 4
        for each in words:
            assert "answer-name" in at.get("/" + each).text, each


def test_a_life_event_is_broken_before_its_last_words() -> None:
    assert '身后事</span><span class="phrase">一件事' in Client().get("/").text
