"""The JSON door takes what is of the shape, says what is not, and loses nothing."""

from typing import Any

import orjson
import pytest
from django.test import Client

from tests.cast import hired, house, signed_in
from yimen.kernel.access import commands
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.models import Grid

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def key(_in_first_county: None, db: None) -> str:
    """A machine's key with the right to report."""
    account = commands.create_account(house(), login="sensor", kind="machine")
    commands.grant_role(house(), account_id=account.id, role="machine_client", area="339901")
    return commands.issue_machine_key(house(), account_id=account.id, label="test").key


def body(**changes: object) -> dict[str, object]:
    """A report that would be taken."""
    home = Grid.objects.order_by("code").first()
    assert home is not None
    return {"text": "井盖缺了", "lng": home.lng, "lat": home.lat, "class_code": "0801", **changes}


def send(key: str, content: bytes) -> Any:
    """POST as the machine would."""
    return Client().post(
        "/api/incidents", content, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )


def test_a_report_is_taken_with_its_number_and_code(key: str) -> None:
    answer = send(key, orjson.dumps(body(external_number="42", source="sensor")))
    assert answer.status_code == 201, answer.content
    assert Matter.objects.get(number=answer.json()["number"]).channel == "api"
    again = send(key, orjson.dumps(body(external_number="42", source="sensor")))
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'{"text": 5, "lng": 1, "lat": 1}', 422),
        (b'{"text": "x", "lng": "1", "lat": 1}', 422),
        (b'{"text": "x", "lng": 0, "lat": 0}', 422),
        (b'{"text": "x", "lng": 1e400, "lat": 0}', 400),
        (b'{"text": "x", "lng": 1, "lat": 1, "admin": true}', 422),
        (b'{"text": "' + b"x" * 70000 + b'"}', 413),
    ],
)
def test_what_cannot_be_taken_is_refused_clearly_and_leaves_nothing(
    key: str, content: bytes, status: int
) -> None:
    answer = send(key, content)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["zh"]
    assert not Matter.objects.exists()


def test_without_a_key_nothing_is_taken() -> None:
    assert send("wrong", orjson.dumps(body())).status_code in (401, 403)
    assert not Matter.objects.exists()


def test_an_intake_takes_at_most_six_statements(key: str, django_assert_max_num_queries: Any) -> None:
    send(key, orjson.dumps(body()))
    with django_assert_max_num_queries(6):
        assert send(key, orjson.dumps(body())).status_code == 201


def test_a_browsers_session_opens_no_machines_door() -> None:
    """Else another site could report in the name of a member of staff."""
    browser = signed_in(hired("clerk", role="command_clerk"))
    answer = browser.post("/api/incidents", orjson.dumps(body()), content_type="text/plain")
    assert answer.status_code == 401
    assert not Matter.objects.exists()


def test_a_repeated_key_brings_the_first_receipt_and_another_clients_key_is_its_own(key: str) -> None:
    content = orjson.dumps(body(request_key="k-1"))
    first = send(key, content)
    again = send(key, content)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["number"] == first.json()["number"]
    other = commands.create_account(house(), login="sensor-2", kind="machine")
    commands.grant_role(house(), account_id=other.id, role="machine_client", area="339901")
    second = commands.issue_machine_key(house(), account_id=other.id, label="test").key
    assert send(second, content).status_code == 201


def test_a_machine_reports_only_where_it_may() -> None:
    account = commands.create_account(house(), login="local", kind="machine")
    commands.grant_role(house(), account_id=account.id, role="machine_client", area="339901999")
    local = commands.issue_machine_key(house(), account_id=account.id, label="test").key
    assert send(local, orjson.dumps(body())).status_code == 422
    assert not Matter.objects.exists()


@pytest.mark.parametrize("request_key", ["\0", "x" * 6000])
def test_a_key_that_cannot_be_kept_is_refused(key: str, request_key: str) -> None:
    assert send(key, orjson.dumps(body(request_key=request_key))).status_code == 422
