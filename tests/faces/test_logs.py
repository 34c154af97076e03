"""No log of ours holds what an address may hold: a machine's key, a tracking code."""

import pytest
from django.http import HttpRequest
from django.test import Client

from tests.domains.grid.test_incident import reported
from yimen.faces.api import open311

pytestmark = pytest.mark.usefixtures("db")
KEY = "ym_abcdef012345_" + "7f" * 32


def test_a_key_in_the_address_stands_in_no_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Client(headers={"host": "localhost"}, raise_request_exception=False)
    for path in (
        "requests.json",
        "requests.xml",
        "requests/SJ-1.json",
        "services.nothing",
        "tokens/AAAA.json",
    ):
        machine.get(f"/open311/v2/{path}", {"api_key": KEY, "page": "x"})
        machine.post(f"/open311/v2/{path}?api_key={KEY}", {"description": "路灯不亮"})
        machine.put(f"/open311/v2/{path}?api_key={KEY}")
    machine.get("/open311/v2/requests.json", {"api_key": KEY}, headers={"host": "evil.example"})

    def broken(request: HttpRequest) -> object:
        raise RuntimeError("broken")

    monkeypatch.setattr(open311, "_client", broken)
    assert machine.get("/open311/v2/requests.json", {"api_key": KEY}).status_code == 500
    assert "broken" in caplog.text
    assert KEY[:16] not in caplog.text
    assert "api_key" not in caplog.text


def test_a_refused_form_is_not_logged_with_its_tracking_code(caplog: pytest.LogCaptureFixture) -> None:
    code = reported().tracking_code
    browser = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    assert browser.post(f"/track/{code}/rate/", {"level": "5"}).status_code == 403
    assert browser.get(f"/track/{code}/documents/x/").status_code == 404
    assert code not in caplog.text
