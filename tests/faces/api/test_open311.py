"""GeoReport v2: other people's clients work unchanged, what is wrong is said, what is private stays so."""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
from django.test import Client
from georeport import GeoReport

from tests.cast import house
from tests.domains.grid.test_incident import reported
from yimen.domains.grid.api import in_force
from yimen.kernel.access import commands
from yimen.kernel.access.machines import forget_machines
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.models import Grid

V2 = "/open311/v2"


def issued() -> str:
    """A key of a machine that may report and read."""
    account = commands.create_account(house(), login="georeporter", kind="machine")
    commands.grant_role(house(), account_id=account.id, role="machine_client", area="339901")
    return commands.issue_machine_key(house(), account_id=account.id, label="311").key


@pytest.fixture(autouse=True)
def _fresh_keys() -> Iterator[None]:
    forget_machines()
    yield
    forget_machines()


def get(path: str, **params: str) -> Any:
    """A look by the public."""
    return Client(headers={"host": "localhost"}).get(f"{V2}{path}", params)


def form(**changes: str) -> dict[str, str]:
    """What a 311 client posts."""
    home = Grid.objects.order_by("code").first()
    assert home is not None
    return {
        "service_code": "0802", "lat": str(home.lat), "long": str(home.lng), "description": "路灯不亮",
        "first_name": "三", "last_name": "张", "phone": "13900003333", **changes,
    }  # fmt: skip


@pytest.mark.parametrize("output", ["json", "xml"])
def test_the_georeport_client_lists_defines_and_finds_and_any_http_client_posts(
    site: str, output: str
) -> None:
    key = issued()
    client = GeoReport(f"{site}{V2}", jurisdiction="339901", api_key=key, output_format=output)
    services = client.get_service_list()
    assert {s["service_code"] for s in services} == set(in_force().classes)
    definition = client.get_service_definition("0802")
    assert definition["service_code"] == "0802"
    posted = requests.post(f"{site}{V2}/requests.json", data={**form(), "api_key": key}, timeout=20)
    assert posted.status_code == 201
    number = posted.json()[0]["service_request_id"]
    one = client.get_service_request(number)
    one = one[0] if isinstance(one, list) else one
    assert (one["service_request_id"], one["status"], one["service_name"]) == (number, "open", "路灯故障")
    listed = client.get_service_requests(service_code="0802", status="open")
    assert number in str(listed)


@pytest.mark.usefixtures("db")
def test_the_public_sees_where_and_how_far_but_not_what_people_wrote() -> None:
    reported(text="李四家门口，电话 13900004444，垃圾", address="李四家", phone="13900004444")
    seen = get("/requests.json").json()[0]
    assert seen["status_notes"] == "已收到"
    assert seen["description"] == seen["address"] == ""
    key = issued()
    told = get("/requests.json", api_key=key).json()[0]
    assert told["description"].startswith("李四家门口")
    assert "13900004444" not in str(get("/requests.xml").content.decode())


@pytest.mark.usefixtures("db")
def test_requests_are_narrowed_and_paged() -> None:
    for kind in ("0101", "0101", "0102"):
        reported(class_code=kind)
    Matter.objects.filter(kind="0102").update(closed_at=Matter.objects.first().opened_at)  # type: ignore[union-attr]
    assert len(get("/requests.json", service_code="0101").json()) == 2
    assert len(get("/requests.json", service_code="0101,0102").json()) == 3
    assert [r["service_code"] for r in get("/requests.json", status="closed").json()] == ["0102"]
    assert len(get("/requests.json", page="2", page_size="2").json()) == 1
    assert get("/requests.json", end_date="2020-01-01T00:00:00Z").json() == []
    numbers = ",".join(Matter.objects.values_list("number", flat=True)[:2])
    assert len(get("/requests.json", service_request_id=numbers).json()) == 2
    tree = ElementTree.fromstring(get("/requests.xml").content)
    assert tree.tag == "service_requests"
    assert len(tree.findall("request")) == 3


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("/requests.json", {"page": "0"}, 400),
        ("/requests.json", {"page": "x"}, 400),
        ("/requests.json", {"page_size": "1e9"}, 400),
        ("/requests.xml", {"start_date": "yesterday"}, 400),
        ("/requests.json", {"start_date": "9999-12-31T23:59:59-23:59"}, 400),
        ("/requests.json", {"start_date": "9999-12-31T00:00:00Z"}, 400),
        ("/requests.xml", {"end_date": "0001-01-02T00:00:00Z"}, 400),
        ("/requests.json", {"status": "lost"}, 400),
        ("/requests.json", {"service_request_id": "\0"}, 200),
        ("/requests.json", {"jurisdiction_id": "elsewhere"}, 404),
        ("/requests.exe", {}, 404),
        ("/services/nothing.json", {}, 404),
        ("/requests/SJ-0.json", {}, 404),
        ("/tokens/nothing.xml", {}, 404),
    ],
)
def test_what_is_wrong_is_answered_in_the_standards_way(
    path: str, params: dict[str, str], status: int
) -> None:
    answer = get(path, **params)
    assert answer.status_code == status, answer.content
    if status >= 400:
        assert b"description" in answer.content


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"api_key": ""}, 401),
        ({"api_key": "yk_0_0"}, 401),
        ({"lat": ""}, 400),
        ({"lat": "nan"}, 400),
        ({"lat": "1e400"}, 400),
        ({"lat": "39.9", "long": "116.4"}, 400),
        ({"service_code": "nothing"}, 400),
        ({"description": ""}, 400),
        ({"description": "a\0b"}, 400),
        ({"description": "长" * 3000}, 400),
        ({"crs": "mars"}, 400),
    ],
)
def test_a_post_that_cannot_be_taken_leaves_nothing(changes: dict[str, str], status: int) -> None:
    given = {**form(), "api_key": issued(), **changes}
    answer = Client(headers={"host": "localhost"}).post(f"{V2}/requests.json", given)
    assert answer.status_code == status, answer.content
    assert answer.json()[0]["description"]
    assert not Matter.objects.exists()


@pytest.mark.usefixtures("db")
def test_a_token_leads_to_its_number() -> None:
    moved = reported()
    found = get(f"/tokens/{moved.tracking_code}.json").json()[0]
    assert found["service_request_id"] == moved.number
