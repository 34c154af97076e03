"""Accounts and rights on screen, as the security administrator keeps them and the people receive them."""

import re
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import COUNTY, HERE, Hired, hired, signed_in
from yimen.kernel.access.models import Account, MachineKey, RoleGrant
from yimen.kernel.ledger.models import Entry
from yimen.kernel.org.models import Grid, Person

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def admin(_in_first_county: None, db: None) -> Hired:
    """The security administrator."""
    return hired("anquan", role="security_admin")


@pytest.fixture
def keeper(admin: Hired) -> Client:
    """Their browser."""
    return signed_in(admin)


def send(browser: Client, name: str, *args: object, **given: object) -> Any:
    """Send a page's form; a refusal stays on the page with 422."""
    return browser.post(reverse(f"console:{name}", args=args), given)


def text(browser: Client, name: str, *args: object, **query: str) -> str:
    """What a page says."""
    answer = browser.get(reverse(f"console:{name}", args=args), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def secret_in(answer: Any) -> str:
    """What is shown this once."""
    assert answer.status_code == 200, answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    (found,) = re.findall(r"data-secret>([^<]+)<", answer.content.decode())
    return str(found)


def test_an_account_is_opened_given_a_role_and_entered_with_the_one_time_password(keeper: Client) -> None:
    person = Person.objects.create(id=uuid4(), name="新来的人")
    assert reverse("console:new_staff_account", args=[person.id]) in text(
        keeper, "choose_account_person", q="新来的人"
    )
    password = secret_in(send(keeper, "new_staff_account", person.id, login="XinLai"))
    account = Account.objects.get(login="xinlai")
    assert "新来的人" not in text(keeper, "choose_account_person", q="新来").split("<table")[-1]
    assert send(keeper, "new_staff_account", person.id, login="again").status_code == 422

    given = {"role": "window_clerk", "area": HERE, "until": "2030-01-01"}
    assert send(keeper, "grant_role", account.id, **given).status_code == 302
    assert send(keeper, "grant_role", account.id, **given).status_code == 422
    page = text(keeper, "account", account.id)
    assert "综合窗口人员" in page
    assert "开立账号" in page
    assert password not in page
    assert "综合窗口人员" in text(keeper, "accounts", q="xinlai")

    visitor = Client(headers={"host": "localhost"})
    entered = visitor.post("/console/sign-in/", {"username": "xinlai", "password": password})
    assert entered.status_code == 302

    grant = RoleGrant.objects.get(account=account)
    assert send(keeper, "revoke_role", account.id, grant.id, reason="").status_code == 422
    assert send(keeper, "revoke_role", account.id, grant.id, reason="调离").status_code == 302
    assert "综合窗口人员" not in text(keeper, "accounts", q="xinlai")
    assert "调离" in text(keeper, "account", account.id)
    acts = Entry.objects.filter(stream=account.id).order_by("seq").values_list("act", flat=True)
    assert list(acts) == ["access.create_account", "access.grant_role", "access.revoke_role"]


def test_a_role_reaches_one_grid_or_begins_later_never_earlier(keeper: Client) -> None:
    clerk = hired("gejun")
    grid = Grid.objects.order_by("code").first()
    assert grid is not None
    ask = {"role": "grid_worker", "area": COUNTY}
    assert send(keeper, "grant_role", clerk.account_id, **ask, grid="339901999999999").status_code == 422
    assert send(keeper, "grant_role", clerk.account_id, **ask, since="2020-01-01").status_code == 422
    assert send(keeper, "grant_role", clerk.account_id, **ask, grid=grid.code).status_code == 302
    assert RoleGrant.objects.get(account_id=clerk.account_id).area == grid.code


def test_a_password_is_reset_and_an_account_closed_and_opened_again(keeper: Client) -> None:
    clerk = hired("wangji", role="window_clerk")
    password = secret_in(send(keeper, "reset_password", clerk.account_id, also_second_factor="on"))
    account = Account.objects.get(pk=clerk.account_id)
    assert account.check_password(password)
    assert account.must_change_password
    assert send(keeper, "close_account", clerk.account_id, reason="").status_code == 422
    assert send(keeper, "close_account", clerk.account_id, reason="离岗").status_code == 302
    assert "已停用" in text(keeper, "account", clerk.account_id)
    assert send(keeper, "reset_password", clerk.account_id).status_code == 422
    assert send(keeper, "reopen_account", clerk.account_id, reason="返岗").status_code == 302
    assert Account.objects.get(pk=clerk.account_id).is_active


def test_a_role_is_lent_and_taken_back(keeper: Client) -> None:
    chief, other = hired("zhang", role="command_chief"), hired("li")
    assert chief.grant is not None
    given = {"login": "LI", "until": "2030-01-01", "reason": "外出学习"}
    assert (
        send(keeper, "lend_role", chief.account_id, chief.grant.id, **{**given, "login": "x"}).status_code
        == 422
    )
    assert send(keeper, "lend_role", chief.account_id, chief.grant.id, **given).status_code == 302
    page = text(keeper, "account", other.account_id)
    assert "外出学习" in page
    assert "值班长" in text(keeper, "accounts", q="li")
    (back,) = set(re.findall(r'href="([^"]+/end/)"', page))
    assert keeper.post(back, {"reason": "已回"}).status_code == 302
    assert "值班长" not in text(keeper, "accounts", q="li")


def test_nobody_grants_to_himself(keeper: Client, admin: Hired) -> None:
    refused = send(keeper, "grant_role", admin.account_id, role="window_clerk", area=COUNTY)
    assert refused.status_code == 422
    assert "不能改自己的账号和授权" in refused.content.decode()
    for name in ("reset_password", "close_account"):
        assert send(keeper, name, admin.account_id, reason="试").status_code == 422
    assert admin.grant is not None
    assert send(keeper, "revoke_role", admin.account_id, admin.grant.id, reason="试").status_code == 422
    assert RoleGrant.objects.filter(account_id=admin.account_id, revoked_at=None).count() == 1
    page = text(keeper, "account", admin.account_id)
    assert "这是您自己的账号" in page
    assert not any(door in page for door in _doors(admin.account_id, admin.grant.id))


def test_a_role_for_one_organ_is_told_with_the_organ(keeper: Client) -> None:
    clerk = hired("chuzhi")
    given = {"role": "department_handler", "area": COUNTY}
    without = send(keeper, "grant_role", clerk.account_id, **given)
    assert without.status_code == 422
    assert "请选单位" in without.content.decode()
    given["organ_code"] = "urban"
    assert send(keeper, "grant_role", clerk.account_id, **given).status_code == 302
    assert "处置员 · 云溪县 · 县综合行政执法局" in text(keeper, "account", clerk.account_id)


def _doors(account_id: UUID, grant_id: UUID) -> list[str]:
    """Every page that changes something."""
    ones = ("grant_role", "reset_password", "close_account", "reopen_account", "issue_key")
    return [
        reverse("console:choose_account_person"),
        reverse("console:new_machine_account"),
        reverse("console:new_staff_account", args=[uuid4()]),
        *(reverse(f"console:{name}", args=[account_id]) for name in ones),
        *(reverse(f"console:{name}", args=[account_id, grant_id]) for name in ("revoke_role", "lend_role")),
    ]


def test_others_stay_outside_and_the_auditor_only_looks(admin: Hired) -> None:
    assert admin.grant is not None
    doors = _doors(admin.account_id, admin.grant.id)
    looks = [reverse("console:accounts"), reverse("console:account", args=[admin.account_id])]
    system, chief = hired("xitong", role="system_admin"), hired("zhiban", role="command_chief")
    township = hired("zhen", role="security_admin", area=HERE)
    for browser in map(signed_in, (system, chief, township)):
        assert {browser.get(address).status_code for address in [*doors, *looks]} == {403}
    auditor = signed_in(hired("shenji", role="audit_admin"))
    assert {auditor.get(address).status_code for address in doors} == {403}
    assert {auditor.get(address).status_code for address in looks} == {200}
    assert not any(address in auditor.get(looks[1]).content.decode() for address in doors)


def test_a_machines_key_is_shown_once_and_works_at_the_json_door_until_it_is_revoked(keeper: Client) -> None:
    assert send(keeper, "new_machine_account", login="rexian").status_code == 302
    machine = Account.objects.get(login="rexian")
    assert send(keeper, "grant_role", machine.id, role="machine_client", area=COUNTY).status_code == 302
    key = secret_in(send(keeper, "issue_key", machine.id, label="12345 热线"))
    page = text(keeper, "account", machine.id)
    prefix = MachineKey.objects.get(account=machine).prefix
    assert prefix in page
    assert "12345 热线" in page
    assert key not in page
    home = Grid.objects.order_by("code").first()
    assert home is not None
    body = orjson.dumps({"text": "井盖缺了", "lng": home.lng, "lat": home.lat, "class_code": "0801"})

    def report() -> int:
        return (
            Client()
            .post(
                "/api/incidents",
                body,
                content_type="application/json",
                headers={"Authorization": f"Bearer {key}"},
            )
            .status_code
        )

    assert report() == 201
    assert send(keeper, "revoke_key", machine.id, prefix, reason="换钥匙").status_code == 302
    assert report() == 401
    assert send(keeper, "issue_key", hired("ren").account_id, label="试").status_code == 422


def test_accounts_are_paged_by_key_and_cost_as_much_for_many_as_for_few(keeper: Client) -> None:
    def cost(name: str, *args: object) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            text(keeper, name, *args)
        return len(asked)

    first = hired("aa0", role="window_clerk")
    few, of_one = cost("accounts"), cost("account", first.account_id)
    for n in range(1, 56):
        made = hired(f"aa{n}", role="window_clerk" if n % 2 else "grid_worker", area=HERE)
    assert cost("accounts") == few
    for role in ("grid_worker", "command_chief", "paymaster"):
        send(keeper, "grant_role", first.account_id, role=role, area=HERE)
    assert cost("account", first.account_id) == of_one
    page = text(keeper, "accounts")
    (onward,) = re.findall(r'href="\?([^"]*after=[^"]+)"', page)
    assert (
        made.login
        in page + keeper.get(f"{reverse('console:accounts')}?{onward}".replace("&amp;", "&")).content.decode()
    )
    assert keeper.get(reverse("console:accounts"), {"q": "无此人"}).status_code == 200
