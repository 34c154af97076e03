"""Transfers on screen: the establishment office makes and takes back, who reads the catalogue sees, residents are told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import COUNTY, HERE, hired, signed_in, staff
from yimen.domains.catalogue.api import APPROVAL_ORGAN, transfers
from yimen.kernel.access.actors import Grant
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.today import today
from yimen.kernel.registers.organs import open_organ

pytestmark = pytest.mark.usefixtures("db")
SUBSIDY, BUREAU = "330500131001", f"approval-{HERE}"
GIVEN = {"to_organ": BUREAU, "items": [SUBSIDY], "since": today().isoformat(), "source": "云编〔2026〕6号"}


@pytest.fixture
def office() -> Client:
    """The establishment office, in a county whose 青石镇 has an approval organ."""
    open_organ(
        staff("registrar", Grant(frozenset({KernelPermission.ORGANS_MANAGE}), COUNTY)), code=BUREAU,
        name="云溪县青石镇行政审批局", kind=APPROVAL_ORGAN, place_code=HERE + "000", since=today(),
    )  # fmt: skip
    return signed_in(hired("bianban", role="establishment_officer", area=COUNTY))


def text_of(browser: Client, name: str) -> str:
    answer = browser.get(reverse(f"console:{name}"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_item_is_transferred_seen_and_taken_back(office: Client) -> None:
    assert "还没有划转过事项" in text_of(office, "transfers")
    assert office.post(reverse("console:transfer"), GIVEN).status_code == 302
    (row,) = transfers(on=today())
    assert "云溪县青石镇行政审批局" in text_of(office, "transfers")
    guide = (
        Client(headers={"host": "localhost"}).get(reverse("portal:guide", args=[SUBSIDY])).content.decode()
    )
    assert "已划转，由云溪县青石镇行政审批局在本地决定" in guide
    clerk = signed_in(hired("chuangkou", role="window_clerk"))
    assert (
        "乡镇审批服务机构" in clerk.get(reverse("console:choose_item"), {"q": "残疾人补贴"}).content.decode()
    )
    back = reverse("console:return_item", args=[row.id])
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert office.post(back, {"on": tomorrow, "source": "云编〔2026〕9号"}).status_code == 302
    assert not transfers(on=today() + timedelta(days=1)).exists()


def test_a_bad_transfer_is_said_beside_its_field_and_keeps_what_was_typed(office: Client) -> None:
    yesterday = (today() - timedelta(days=1)).isoformat()
    page = office.post(reverse("console:transfer"), {**GIVEN, "since": yesterday}).content.decode()
    assert "日期不能早于今天" in page
    assert "云编〔2026〕6号" in page
    office.post(reverse("console:transfer"), GIVEN)
    assert "已经划转给这个乡镇的审批机构" in office.post(reverse("console:transfer"), GIVEN).content.decode()
    assert transfers().count() == 1


def test_who_only_reads_the_catalogue_sees_and_cannot_transfer(office: Client) -> None:
    office.post(reverse("console:transfer"), GIVEN)
    (row,) = transfers()
    reader = signed_in(hired("bianmu", role="catalogue_officer"))
    page = text_of(reader, "transfers")
    assert "云编〔2026〕6号" in page
    assert "收回</a>" not in page
    for address in (reverse("console:transfer"), reverse("console:return_item", args=[row.id])):
        assert reader.get(address).status_code in (403, 404)
        assert reader.post(address, {}).status_code in (403, 404)
