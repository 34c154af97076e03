"""A request that breaks off on its way is not carried out in part, whatever its beginning reads like."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests.domains.grid.test_incident import reported
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.commands import create_account, grant_role, issue_machine_key
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.matters.models import Matter
from yimen.site.wsgi import application

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The test's own connection stays open from request to request, as with Django's test client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def a_key() -> str:
    """The key of a machine that may report."""
    house = Actor.system("试", Grant(frozenset({KernelPermission.ACCESS_MANAGE}), "339901"))
    account = create_account(house, login="rexian", kind="machine")
    grant_role(house, account_id=account.id, role="machine_client", area="339901")
    return issue_machine_key(house, account_id=account.id, label="热线").key


def send(path: str, kind: str, body: bytes, *, announced: int, **more: str) -> tuple[int, bytes]:
    """What the server hands the application, and what comes back."""
    said: list[str] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": path, "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "HTTP_HOST": "localhost", "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(announced), "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": BytesIO(body), "wsgi.url_scheme": "http", "wsgi.errors": BytesIO(), **more,
    }  # fmt: skip
    answer = application(environ, lambda status, *_: said.append(status))
    return int(said[0].split()[0]), b"".join(answer)


@pytest.mark.parametrize("missing", [0, 1, 500])
@pytest.mark.parametrize("kind", ["json", "form", "multipart"])
def test_a_body_that_breaks_off_leaves_nothing_behind(kind: str, missing: int) -> None:
    place = Matter.objects.get(id=reported().matter_id)
    key, before = a_key(), Matter.objects.count()
    given = {
        "api_key": key,
        "service_code": "0802",
        "lat": place.lat,
        "long": place.lng,
        "description": "灯坏了",
    }
    path, media = "/open311/v2/requests.json", "application/x-www-form-urlencoded"
    body = urlencode(given).encode()
    if kind == "json":
        path, media = "/api/incidents", "application/json"
        body = orjson.dumps({"text": "灯坏了", "lng": place.lng, "lat": place.lat})
    elif kind == "multipart":
        media = "multipart/form-data; boundary=x"
        part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
        body = ("".join(part.format(*each) for each in given.items()) + "--x--\r\n").encode()
    announced = len(body) + missing
    status, answer = send(path, media, body, announced=announced, HTTP_AUTHORIZATION=f"Bearer {key}")
    if missing:
        assert (status, "没有收完整".encode() in answer) == (400, True), answer
    else:
        assert status == 201, answer
    assert Matter.objects.count() == before + (0 if missing else 1)


def test_a_body_of_no_announced_length_is_asked_for_its_length() -> None:
    more = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    status, answer = send("/api/incidents", "application/json", b"{}", announced=2, **more)
    assert (status, b"Content-Length" in answer) == (411, True)


@pytest.mark.parametrize("extension", ["json", "xml"])
def test_a_form_that_cannot_be_read_is_answered_in_the_format_asked_for(extension: str) -> None:
    path = f"/open311/v2/requests.{extension}"
    for body in (b"--x\r\nnonsense", b""):
        status, answer = send(path, "multipart/form-data", body, announced=len(body))
        assert (status, "表单读不懂".encode() in answer) == (400, True), answer
