"""GeoReport v2: other people's clients work unchanged, what is wrong is said, what is private stays so."""

import inspect
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from georeport import GeoReport
from PIL import Image

from tests.cast import house
from tests.domains.grid.test_incident import reported
from yimen.domains.grid.api import in_force
from yimen.kernel.access import commands
from yimen.kernel.access.machines import forget_machines
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.models import Grid
from yimen.kernel.papers.models import Paper

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


def test_the_georeport_client_has_no_way_to_post_and_what_it_is_told_suffices_to(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """georeport 0.3.1 says itself that it cannot create requests: all it ever sends is GET, its key goes nowhere.

    With its own address, jurisdiction and key, the form that the standard prescribes is taken, and the client finds it.
    """
    sent: list[tuple[str, str]] = []
    plain = requests.Session.request

    def watched(self: requests.Session, method: str, url: str, **given: Any) -> requests.Response:
        sent.append((method.upper(), str(given)))
        return plain(self, method, url, **given)

    monkeypatch.setattr(requests.Session, "request", watched)
    client = GeoReport(f"{site}{V2}", jurisdiction="339901", api_key=issued())
    asks = {name for name, kind in vars(GeoReport).items() if inspect.isfunction(kind)} - {"__init__"}
    assert asks == {
        "get_service_list", "get_service_definition", "get_service_requests", "get_service_request",
    }  # fmt: skip
    standard = {**form(), "api_key": client.api_key, "jurisdiction_id": client.jurisdiction}
    posted = requests.post(f"{client.root_address}/requests.json", data=standard, timeout=20)
    number = posted.json()[0]["service_request_id"]
    del sent[:]
    assert client.get_service_request(number)["service_request_id"] == number
    client.get_service_list(), client.get_service_definition("0802"), client.get_service_requests()
    assert {method for method, _ in sent} == {"GET"}
    assert client.api_key not in str(sent)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("extension", ["json", "xml"])
def test_the_form_that_the_three_client_posts_is_taken_with_its_picture(
    extension: str, settings: Any, tmp_path: Path
) -> None:
    """What PyPI's three 0.8.0 sends: multipart, `media`, `address_string`, a jurisdiction that may be empty."""
    settings.YIMEN_FILES = tmp_path
    content = BytesIO()
    Image.new("RGB", (32, 24), "#7a5").save(content, "PNG")
    given = {
        **form(), "api_key": issued(), "jurisdiction_id": "", "address_string": "桥头", "email": "a@example.org",
        "media_url": "https://example.org/1.jpg", "media": SimpleUploadedFile("1.png", content.getvalue()),
    }  # fmt: skip
    answer = Client(headers={"host": "localhost"}).post(f"{V2}/requests.{extension}", given)
    assert answer.status_code == 201, answer.content
    matter = Matter.objects.get()
    assert matter.facts["text"] == "路灯不亮\nhttps://example.org/1.jpg"
    assert Paper.objects.count() == 1
    assert str(Paper.objects.get().id) in Entry.objects.get(stream=matter.id, act="report").payload


@pytest.mark.usefixtures("db")
def test_a_file_that_is_no_picture_leaves_nothing() -> None:
    given = {**form(), "api_key": issued(), "media": SimpleUploadedFile("1.png", b"#!/bin/sh")}
    answer = Client(headers={"host": "localhost"}).post(f"{V2}/requests.json", given)
    assert answer.status_code == 400
    assert not Matter.objects.exists()


@pytest.mark.usefixtures("db")
def test_a_grid_may_be_named_for_the_place() -> None:
    grid = Grid.objects.order_by("code")[1]
    given = {**form(lat="", long="", address_id=grid.code), "api_key": issued()}
    assert Client(headers={"host": "localhost"}).post(f"{V2}/requests.json", given).status_code == 201
    assert Matter.objects.get().grid_code == grid.code


@pytest.mark.usefixtures("db")
def test_a_client_discovers_the_door() -> None:
    told = get("/discovery.json").json()
    assert told["endpoints"][0]["url"] == "http://localhost/open311/v2"
    tree = ElementTree.fromstring(get("/discovery.xml").content)
    assert [f.text for f in tree.findall("endpoints/endpoint/formats/format")] == [
        "application/json",
        "text/xml",
    ]


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
        ("/discovery.exe", {}, 404),
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
        ({"api_key": ""}, 403),
        ({"api_key": "yk_0_0"}, 403),
        ({"lat": ""}, 400),
        ({"lat": "", "long": "", "address_id": "339901999999999"}, 400),
        ({"lat": "", "long": "", "address_id": "\0"}, 400),
        ({"lat": "nan"}, 400),
        ({"lat": "1e400"}, 400),
        ({"lat": "39.9", "long": "116.4"}, 400),
        ({"service_code": ""}, 400),
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


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("path", ["/services.json", "/requests.json", "/requests/BJ-1.json", "/tokens/A.xml"])
def test_another_method_than_the_standards_is_refused_and_a_head_is_answered(path: str) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert Client(headers={"host": "localhost"}).generic(method, V2 + path).status_code == 405
    assert Client(headers={"host": "localhost"}).head(V2 + path).status_code in (200, 404)
