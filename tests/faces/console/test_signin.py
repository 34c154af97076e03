"""Signing in, told with a browser's requests: two factors, lock-out, idle sessions, posts."""

import re
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import COUNTY, PASSWORD, Hired, hired, house, signed_in
from yimen.kernel.access import commands, second_factor
from yimen.kernel.access.standing import load_actor
from yimen.kernel.access.throttle import FAILED_FOR_NAME, FAILED_SIGN_INS, PASSWORD_CHANGES
from yimen.kernel.calendar.today import frozen, now

pytestmark = pytest.mark.usefixtures("db")

SIGN_IN = "/console/sign-in/"
CODE = "/console/sign-in/code/"
TELEPHONE = "/console/sign-in/telephone/"
ACCOUNT = "/console/account/"
PASSWORD_PAGE = "/console/account/password/"


@pytest.fixture
def visitor() -> Client:
    """A browser that has not signed in."""
    return Client(headers={"host": "localhost"})


@pytest.fixture
def chief() -> Hired:
    """A duty chief with a telephone."""
    return hired("zhiban", role="command_chief")


def _enter(visitor: Client, login: str, password: str = PASSWORD, **more: str) -> Any:
    return visitor.post(SIGN_IN, {"username": login, "password": password, **more})


def _code_of(hire: Hired) -> str:
    code = second_factor.demo_code(hire.account_id)
    assert code is not None
    return code.code


def test_login_password_and_code_lead_to_where_one_was_going(visitor: Client, chief: Hired) -> None:
    asked = visitor.get(ACCOUNT)
    assert asked.status_code == 302
    assert asked["Location"] == f"{SIGN_IN}?next={ACCOUNT}"
    first = _enter(visitor, chief.login, next=ACCOUNT)
    assert first["Location"] == f"{CODE}?next=%2Fconsole%2Faccount%2F"
    second = visitor.post(CODE, {"code": _code_of(chief), "next": ACCOUNT})
    assert second["Location"] == ACCOUNT
    assert visitor.get(ACCOUNT).status_code == 200


def test_password_alone_opens_nothing(visitor: Client, chief: Hired) -> None:
    _enter(visitor, chief.login)
    assert visitor.get(ACCOUNT)["Location"].startswith(SIGN_IN)
    assert visitor.get(SIGN_IN)["Location"] == CODE


def test_the_session_gets_a_new_key_at_each_proof(visitor: Client, chief: Hired) -> None:
    keys = []
    visitor.get(SIGN_IN)
    _enter(visitor, chief.login)
    keys.append(visitor.cookies["sessionid"].value)
    visitor.post(CODE, {"code": _code_of(chief)})
    keys.append(visitor.cookies["sessionid"].value)
    assert len(set(keys)) == 2


@pytest.mark.parametrize(("login", "password"), [("zhiban", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_login_and_a_wrong_password_look_the_same(
    visitor: Client, chief: Hired, login: str, password: str
) -> None:
    answer = _enter(visitor, login, password)
    assert answer.status_code == 422
    assert "登录名或密码不对" in answer.content.decode()
    assert SESSION_KEY not in visitor.session


def test_five_failures_lock_the_login_from_that_address_for_fifteen_minutes(
    visitor: Client, chief: Hired
) -> None:
    answers = [_enter(visitor, chief.login, "wrong") for _ in range(5)]
    assert [a.status_code for a in answers] == [422] * 4 + [429]
    even_right = _enter(visitor, chief.login)
    assert even_right.status_code == 429
    page = even_right.content.decode()
    assert re.search(r"请在 \d\d:\d\d 以后再登录", page)
    assert "Five wrong passwords" in page
    assert 0 < int(even_right["Retry-After"]) <= 15 * 60
    elsewhere = visitor.post(
        SIGN_IN, {"username": chief.login, "password": PASSWORD}, REMOTE_ADDR="192.0.2.7"
    )
    assert elsewhere.status_code == 302


def test_who_tries_many_names_from_one_address_is_stopped(visitor: Client, chief: Hired) -> None:
    for n in range(FAILED_SIGN_INS.uses):
        assert _enter(visitor, f"name{n}", "wrong").status_code == 422
    stopped = _enter(visitor, chief.login)
    assert stopped.status_code == 429
    assert "试得太多了" in stopped.content.decode()
    elsewhere = visitor.post(
        SIGN_IN, {"username": chief.login, "password": PASSWORD}, REMOTE_ADDR="192.0.2.7"
    )
    assert elsewhere.status_code == 302


def _guess(visitor: Client, login: str, tries: int) -> None:
    """So many wrong passwords, each four from another address."""
    for n in range(tries):
        from_there = f"198.51.100.{n // 4 + 1}"
        answer = visitor.post(SIGN_IN, {"username": login, "password": "wrong"}, REMOTE_ADDR=from_there)
        assert answer.status_code == 422


@pytest.mark.parametrize("login", ["zhiban", "nobody"])
def test_who_tries_one_name_from_many_addresses_is_stopped_whether_the_name_exists_or_not(
    visitor: Client, chief: Hired, login: str
) -> None:
    start = now().replace(minute=5)
    with frozen(start):
        _guess(visitor, login, FAILED_FOR_NAME.uses)
        stopped = visitor.post(SIGN_IN, {"username": login, "password": PASSWORD}, REMOTE_ADDR="192.0.2.7")
        assert stopped.status_code == 429
        assert "在别处输错密码太多次" in stopped.content.decode()
        other = hired("lingyige", role="command_clerk")
        assert _enter(visitor, other.login)["Location"] == CODE
    with frozen(start + timedelta(minutes=56)):
        visitor.post("/console/sign-out/")
        expected = 302 if login == chief.login else 422
        answer = visitor.post(SIGN_IN, {"username": login, "password": PASSWORD}, REMOTE_ADDR="192.0.2.7")
        assert answer.status_code == expected


def test_who_is_guessed_at_from_elsewhere_still_signs_in_where_they_usually_do(
    visitor: Client, chief: Hired
) -> None:
    with frozen(now().replace(minute=5)):
        here = load_actor(chief.account_id, second_factor=True)
        commands.note_sign_in(here, factor="totp", address="127.0.0.1")
        _guess(visitor, chief.login, FAILED_FOR_NAME.uses)
        assert _enter(visitor, chief.login).status_code == 302
        visitor.post("/console/sign-out/")
        given = {"username": chief.login, "password": PASSWORD}
        assert visitor.post(SIGN_IN, given, REMOTE_ADDR="192.0.2.7").status_code == 429


def test_what_is_typed_behind_the_lock_of_one_address_does_not_shut_the_name_elsewhere(
    visitor: Client, chief: Hired
) -> None:
    for _ in range(FAILED_FOR_NAME.uses + 5):
        _enter(visitor, chief.login, "wrong")
    elsewhere = visitor.post(
        SIGN_IN, {"username": chief.login, "password": PASSWORD}, REMOTE_ADDR="192.0.2.7"
    )
    assert elsewhere.status_code == 302


def test_an_open_session_is_no_place_to_guess_the_password(chief: Hired) -> None:
    browser = signed_in(chief)
    given = {
        "current_password": "wrong",
        "new_password": "Mountain-Over-The-Lake-7",
        "again": "Mountain-Over-The-Lake-7",
    }
    address = reverse("console:change_password")
    for _ in range(PASSWORD_CHANGES.uses):
        assert "现在的密码不对" in browser.post(address, given).content.decode()
    stopped = browser.post(address, {**given, "current_password": PASSWORD})
    assert stopped.status_code == 422
    assert "试得太多了" in stopped.content.decode()


def test_the_lock_opens_by_itself(visitor: Client, chief: Hired) -> None:
    for _ in range(5):
        _enter(visitor, chief.login, "wrong")
    AccessAttempt.objects.update(attempt_time=now() - timedelta(minutes=16))
    assert _enter(visitor, chief.login).status_code == 302


def test_a_wrong_code_is_refused_and_guessing_is_slowed(visitor: Client, chief: Hired) -> None:
    _enter(visitor, chief.login)
    right = _code_of(chief)
    wrong = f"{(int(right) + 1) % 1000000:06d}"
    first = visitor.post(CODE, {"code": wrong})
    assert first.status_code == 422
    assert "验证码不对" in first.content.decode()
    assert "秒后再试" in visitor.post(CODE, {"code": right}).content.decode()


def test_a_code_is_good_once(chief: Hired) -> None:
    code = _code_of(chief)
    second_factor.verify(chief.account_id, code)
    assert _code_of(chief) != code


def test_a_backup_code_stands_in_for_the_telephone_once(visitor: Client, chief: Hired) -> None:
    codes = second_factor.new_backup_codes(chief.account_id)
    _enter(visitor, chief.login)
    assert visitor.post(CODE, {"code": codes[0].lower()}).status_code == 302
    assert second_factor.backup_codes_left(chief.account_id) == 9
    visitor.post("/console/sign-out/")
    _enter(visitor, chief.login)
    assert visitor.post(CODE, {"code": codes[0]}).status_code == 422


def test_the_demonstration_shows_the_code_and_says_so(visitor: Client, chief: Hired, settings: Any) -> None:
    settings.YIMEN_DEMO = True
    _enter(visitor, chief.login)
    page = visitor.get(CODE).content.decode()
    assert "演示" in page
    assert _code_of(chief) in page
    settings.YIMEN_DEMO = False
    page = visitor.get(CODE).content.decode()
    assert "演示" not in page
    assert _code_of(chief) not in page


def test_someone_without_a_telephone_enrols_one_and_gets_backup_codes(visitor: Client) -> None:
    newcomer = hired("xinren", role="command_clerk", enrolled=False)
    assert _enter(visitor, newcomer.login)["Location"] == TELEPHONE
    page = visitor.get(TELEPHONE).content.decode()
    assert 'src="data:image/svg+xml' in page
    secret = visitor.session["enrolling_secret"]
    assert visitor.get(TELEPHONE).content.decode().count(second_factor.readable_secret(secret)) == 1
    wrong = visitor.post(TELEPHONE, {"code": "abcdef"})
    assert wrong.status_code == 422
    second_factor.set_second_factor(house_id := newcomer.account_id, secret)
    code = _code_of(newcomer)
    second_factor.remove_second_factor(house_id)
    done = visitor.post(TELEPHONE, {"code": code})
    assert done.status_code == 200
    assert len(re.findall(r"data-backup-code>[0-9A-Z]{5}-[0-9A-Z]{5}<", done.content.decode())) == 10
    assert visitor.get(ACCOUNT).status_code == 200


def test_a_second_telephone_cannot_be_enrolled_over_the_first(visitor: Client, chief: Hired) -> None:
    _enter(visitor, chief.login)
    assert visitor.get(TELEPHONE)["Location"] == CODE
    assert visitor.post(TELEPHONE, {"code": "000000"})["Location"] == CODE


def test_a_one_time_password_must_be_changed_before_anything_else(visitor: Client, chief: Hired) -> None:
    commands.reset_password(house(), account_id=chief.account_id, password="One-Time-Word-77")
    _enter(visitor, chief.login, "One-Time-Word-77")
    assert visitor.post(CODE, {"code": _code_of(chief)})["Location"] == PASSWORD_PAGE
    assert visitor.get(ACCOUNT)["Location"].startswith(SIGN_IN)
    fields = {"current_password": "One-Time-Word-77", "new_password": "Rain-On-Slate-42"}
    assert visitor.post(PASSWORD_PAGE, {**fields, "again": "Rain-On-Slate-43"}).status_code == 422
    assert visitor.post(PASSWORD_PAGE, {**fields, "again": "Rain-On-Slate-42"}).status_code == 302
    assert visitor.get(ACCOUNT).status_code == 200


def test_a_changed_password_ends_the_other_sessions(chief: Hired) -> None:
    here, there = signed_in(chief), signed_in(chief)
    new = {"current_password": PASSWORD, "new_password": "Rain-On-Slate-42", "again": "Rain-On-Slate-42"}
    assert here.post(PASSWORD_PAGE, new).status_code == 302
    assert here.get(ACCOUNT).status_code == 200
    assert there.get(ACCOUNT).status_code == 302


def test_a_closed_account_is_out_at_the_next_click(chief: Hired) -> None:
    browser = signed_in(chief)
    assert browser.get(ACCOUNT).status_code == 200
    commands.deactivate(house(), account_id=chief.account_id, reason="离职")
    assert browser.get(ACCOUNT).status_code == 302


def test_a_session_left_alone_for_half_an_hour_ends_and_says_why(chief: Hired) -> None:
    browser = signed_in(chief)
    left_at = now()
    with frozen(left_at + timedelta(minutes=29)):
        assert browser.get(ACCOUNT).status_code == 200
    with frozen(left_at + timedelta(minutes=29 + 31)):
        away = browser.get(ACCOUNT)
        assert away.status_code == 302
        assert "30 分钟没有操作" in browser.get(away["Location"]).content.decode()
        assert browser.get(ACCOUNT).status_code == 302


def test_signing_out_ends_the_session(chief: Hired) -> None:
    browser = signed_in(chief)
    assert browser.get("/console/sign-out/").status_code == 405
    browser.post("/console/sign-out/")
    assert browser.get(ACCOUNT).status_code == 302


def test_one_acts_in_one_post_at_a_time() -> None:
    both = hired("shuanggang", role="command_clerk", posts=("a-post", "b-post"))
    browser = signed_in(both)
    assert browser.get(ACCOUNT).context["standing"].actor.post == "a-post"
    assert browser.post("/console/account/post/", {"post": "b-post"}).status_code == 302
    assert browser.get(ACCOUNT).context["standing"].actor.post == "b-post"
    assert browser.post("/console/account/post/", {"post": "mayor"}).status_code == 403


def test_signing_in_never_leads_off_the_site(visitor: Client, chief: Hired) -> None:
    answer = _enter(visitor, chief.login, next="https://evil.example/")
    assert answer["Location"] == CODE


def test_residents_and_machines_cannot_enter_the_console(visitor: Client) -> None:
    commands.create_account(house(), login="jumin", kind="resident", password=PASSWORD)
    commands.create_account(house(), login="rexian", kind="machine")
    assert "只供工作人员" in _enter(visitor, "jumin").content.decode()
    assert _enter(visitor, "rexian", "!").status_code == 422
    assert SESSION_KEY not in visitor.session


def test_knowing_a_signed_in_reader_costs_two_queries(chief: Hired) -> None:
    browser = signed_in(chief)
    browser.get(SIGN_IN)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(SIGN_IN).status_code == 302
    asked = [q["sql"].split()[0] for q in captured.captured_queries]
    assert asked.count("SELECT") == len(("session", "standing"))
    assert not {"INSERT", "UPDATE", "DELETE"} & set(asked)


def test_a_login_of_any_bytes_is_only_a_wrong_login(visitor: Client) -> None:
    for login in ("'; DROP TABLE access_account;--", "<script>", "ﷺ" * 90, "a\x00b", "😀" * 100, "x" * 5000):
        assert _enter(visitor, login, "x").status_code == 422
    assert settings.AXES_FAILURE_LIMIT == 5


def test_my_account_says_in_words_what_i_may_do(chief: Hired) -> None:
    page = signed_in(chief).get(ACCOUNT).content.decode()
    assert "值班长" in page
    assert "对当班负责" in page
    assert COUNTY in page
