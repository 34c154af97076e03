"""The wall's numbers are the ledger's and the incidents' own, in the area one may watch, about nobody."""

import re
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.test import Client

from tests.cast import COUNTY, HERE, hired, later, signed_in
from tests.domains.grid.test_incident import actor, reported
from yimen.domains.grid.api import act, board, trend
from yimen.kernel.access.middleware import SEEN_KEY, SINCE_KEY
from yimen.kernel.calendar.today import frozen, now
from yimen.kernel.counties.memory import forget_all
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.models import Grid

pytestmark = pytest.mark.usefixtures("db")
BOARD = f"/wall/{COUNTY}/board/"


@pytest.fixture(autouse=True)
def _fresh_trend() -> None:
    forget_all()


def elsewhere() -> Grid:
    """A grid of another township than the first."""
    grid = Grid.objects.exclude(code__startswith=HERE).order_by("-code").first()
    assert grid is not None
    return grid


def screen(role: str = "wall_screen", area: str = COUNTY, login: str = "screen") -> Client:
    """A browser that may watch the wall."""
    return signed_in(hired(login, role=role, area=area, only_for_organ=role == "department_handler"))


def map_of(page: str) -> dict[str, Any]:
    """The map's points as the page carries them, and where they lead."""
    found = re.search(r'<script id="wall-points" type="application/json">(.*?)</script>', page, re.S)
    assert found
    return dict(orjson.loads(found[1]))


def test_the_counters_are_what_the_ledger_says_happened_today() -> None:
    three = [reported(class_code="0101") for _ in range(3)]
    for moved in three[:2]:
        act(actor("clerk"), moved.matter_id, "register")
    act(actor("dispatcher"), three[0].matter_id, "dispatch", {"organ": "urban"})
    act(actor("clerk"), three[2].matter_id, "refuse", {"reason": "重复反映"})
    found = board(COUNTY)
    by_hand = {
        step: Entry.objects.filter(act=step).values("stream").distinct().count()
        for step in ("report", "register", "dispatch", "finish")
    }
    assert by_hand == {"report": 3, "register": 2, "dispatch": 1, "finish": 0}
    assert (found.reported, found.registered, found.dispatched, found.handled) == tuple(by_hand.values())
    assert (found.open, found.closed) == (2, 1)
    assert sum(t.open for t in found.townships) == found.open
    assert len(found.points) == found.open


def test_yesterday_is_not_today_and_an_old_open_one_is_still_open() -> None:
    with frozen(later(days=-1)):
        reported()
    found = board(COUNTY)
    assert (found.reported, found.open) == (0, 1)


def test_an_incident_turns_amber_and_overdue_by_time_alone() -> None:
    reported()
    assert (board(COUNTY).overdue, board(COUNTY).amber) == (0, 0)
    due = Matter.objects.get().due_at
    assert due is not None
    with frozen(due - timedelta(minutes=1)):
        assert (board(COUNTY).overdue, board(COUNTY).amber) == (0, 1)
    with frozen(due + timedelta(minutes=1)):
        assert (board(COUNTY).overdue, board(COUNTY).amber) == (1, 0)


def test_an_area_counts_its_own_only() -> None:
    reported()
    there = elsewhere()
    reported(lng=there.lng, lat=there.lat)
    assert board(COUNTY).open == 2
    assert board(there.code[:9]).open == 1
    assert board(there.place_code).open == 1
    assert [t.code for t in board(there.code[:9]).townships] == [there.code[:9]]


def test_the_trend_ends_with_this_hour_and_today_and_its_sums_agree() -> None:
    with frozen(later(days=-2)):
        reported()
    moved = reported()
    act(actor("clerk"), moved.matter_id, "refuse", {"reason": "不属本县"})
    found = trend(COUNTY)
    assert (len(found.hours), len(found.days)) == (24, 30)
    assert (found.reported_by_day[-1], found.reported_by_day[-3], sum(found.reported_by_day)) == (1, 1, 2)
    assert (found.reported_by_hour[-1], found.closed_by_hour[-1], found.closed_by_day[-1]) == (1, 1, 1)


def test_the_board_asks_six_questions_however_much_there_is(django_assert_num_queries: Any) -> None:
    for _ in range(3):
        reported()
    with django_assert_num_queries(6):
        board(COUNTY)


def test_nothing_about_anybody_stands_on_the_wall() -> None:
    reported(text="赵大妈家门口垃圾，电话一三八", reporter="赵大妈", phone="10000000001")
    page = screen().get("/wall/").content.decode()
    for secret in ("赵大妈", "一三八", "10000000001", Matter.objects.get().tracking_code):
        assert secret not in page
    assert "暴露垃圾" in page


def test_numbers_lead_to_the_list_for_who_may_read_and_nowhere_for_a_screen() -> None:
    reported()
    chief = screen("command_chief", login="chief").get("/wall/").content.decode()
    assert "/console/matters/?light=red" in chief
    assert map_of(chief)["href"] == "/console/matters/{id}/"
    shown = screen().get("/wall/").content.decode()
    assert "/console/matters/" not in shown
    assert map_of(shown)["href"] == ""


def test_the_list_a_number_leads_to_has_so_many_lines() -> None:
    for _ in range(2):
        reported()
    moved = reported()
    act(actor("clerk"), moved.matter_id, "refuse", {"reason": "不属本县"})
    with frozen(now() - timedelta(days=2)):
        before = reported()
        act(actor("clerk"), before.matter_id, "register")
    sent = reported()
    act(actor("clerk"), sent.matter_id, "register")
    act(actor("dispatcher"), sent.matter_id, "dispatch", {"organ": "urban"})
    chief = screen("command_chief", login="chief")
    page = chief.get("/wall/").content.decode()
    for number, words in (
        (4, "未办结"),
        (4, "新上报"),
        (1, "立案"),
        (1, "派遣"),
        (0, "处置完成"),
        (1, "办结"),
    ):
        found = re.search(rf'<a href="([^"]+)"><strong>(\d+)</strong> <span>{words}', page)
        assert found
        assert int(found[2]) == number
        listed = chief.get(found[1].replace("&amp;", "&")).content.decode()
        assert listed.count("SJ-") == number


@pytest.mark.parametrize(
    ("role", "area", "seen"),
    [
        ("wall_screen", COUNTY, {COUNTY: 200, HERE: 200, "339901200": 200, "339902100": 404}),
        ("township_leader", HERE, {COUNTY: 404, HERE: 200, "339901200": 404, "339902100": 404}),
        ("grid_worker", HERE, {COUNTY: 403, HERE: 403, "339901200": 403, "339902100": 403}),
        ("department_handler", COUNTY, {COUNTY: 403, HERE: 403, "339901200": 403, "339902100": 403}),
    ],
)
def test_each_watches_what_is_under_the_grant_and_nothing_else(
    role: str, area: str, seen: dict[str, int]
) -> None:
    browser = screen(role, area)
    assert {code: browser.get(f"/wall/{code}/").status_code for code in seen} == seen


def test_the_public_is_led_to_sign_in_and_a_lost_session_reloads_the_page() -> None:
    public = Client(headers={"host": "localhost"})
    assert "/sign-in/" in public.get("/wall/")["Location"]
    assert "/sign-in/" in public.get("/wall/live/")["Location"]
    part = public.get(BOARD)
    assert (part["HX-Refresh"], part.content) == ("true", b"")


def seen_after(browser: Client, *, minutes: int) -> int:
    """When the session was last used, after the wall fetched its board by itself so many minutes later."""
    session = browser.session
    session[SEEN_KEY] = session[SINCE_KEY] = int(now().timestamp()) - minutes * 60
    session.save()
    browser.get(BOARD)
    return int(now().timestamp()) - int(browser.session[SEEN_KEY])


def test_a_screens_own_account_stays_up_and_a_persons_goes_idle_as_anywhere() -> None:
    assert seen_after(screen(), minutes=20) < 60
    assert seen_after(screen("command_chief", login="chief"), minutes=20) >= 20 * 60


def test_a_screen_too_ends_with_the_working_day() -> None:
    browser = screen()
    session = browser.session
    session[SINCE_KEY] = int(now().timestamp()) - 12 * 3600 - 60
    session[SEEN_KEY] = int(now().timestamp())
    session.save()
    assert browser.get(BOARD)["HX-Refresh"] == "true"


def test_the_wall_does_as_many_queries_however_many_incidents(django_assert_max_num_queries: Any) -> None:
    browser = screen()
    browser.get(BOARD)
    for _ in range(4):
        reported()
    with django_assert_max_num_queries(13):
        browser.get(BOARD)
