"""GeoReport v2: other people's clients work unchanged, what is wrong is said, what is private stays so."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from civicbot.http import HttpError, HttpTransport, RateLimiter
from civicbot.open311 import Open311Client
from civicbot.registry import Endpoint
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


def home() -> Grid:
    """The first grid of the county."""
    return Grid.objects.order_by("code")[0]


def form(**changes: str) -> dict[str, str]:
    """What a 311 client posts."""
    return {
        "service_code": "0802", "lat": str(home().lat), "long": str(home().lng), "description": "路灯不亮",
        "first_name": "三", "last_name": "张", "phone": "13900003333", **changes,
    }  # fmt: skip


@pytest.mark.parametrize("output", ["json", "xml"])
def test_the_georeport_client_lists_defines_and_finds(site: str, output: str) -> None:
    """All that georeport 0.3.1 does; creating requests, it says itself, it does not."""
    number = reported().number
    client = GeoReport(f"{site}{V2}", jurisdiction="339901", output_format=output)
    services = client.get_service_list()
    assert {s["service_code"] for s in services} == set(in_force().classes)
    assert client.get_service_definition("0802")["service_code"] == "0802"
    one = client.get_service_request(number)
    assert (one["service_request_id"], one["status"]) == (number, "open")
    listed = client.get_service_requests(service_code=one["service_code"], status="open")
    assert number in str(listed)


def test_the_civicbot_client_posts_and_finds_what_it_posted(site: str) -> None:
    endpoint = Endpoint("yunxi", "云溪县", f"{site}{V2}", write=True)
    client = Open311Client(endpoint, HttpTransport(rate_limiter=RateLimiter(0)), jurisdiction_id="339901")
    given = {
        "lat": home().lat, "lng": home().lng, "description": "路灯不亮", "first_name": "三", "last_name": "张",
        "phone": "13900003333", "media_url": "https://example.org/1.jpg",
    }  # fmt: skip
    sent = client.create_request(
        "0802", dry_run=False, confirm="SEND", api_key=issued(), validate_remote=True, **given
    )
    (posted,) = sent.response
    one = client.get_request(posted["service_request_id"])
    assert one is not None
    assert (one["status"], one["service_name"], one["address_id"]) == ("open", "路灯故障", home().code)
    assert client.get_token(posted["token"])[0]["service_request_id"] == one["service_request_id"]
    assert one in client.list_requests(service_code="0802", status="open", page_size=5)
    with pytest.raises(HttpError, match="api_key was not provided or is not valid"):
        client.create_request("0802", dry_run=False, confirm="SEND", api_key="ym_none", **given)


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
