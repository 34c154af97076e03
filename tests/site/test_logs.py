"""What the log holds of a request that failed: where, and never the code in the address nor the values of a row."""

import logging
import sys
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from yimen.faces.portal import views
from yimen.site.logs import Line, without_address

pytestmark = pytest.mark.usefixtures("db")
_CODE = "7K2M9QXA3HTD"


def written(record: logging.LogRecord) -> str:
    """What stands in the log of a record."""
    assert without_address(record)
    return Line("%(levelname)s %(name)s %(message)s").format(record)


def test_a_page_that_breaks_is_logged_by_its_route(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(code: str) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(views, "_matter", broken)
    one = Client(headers={"host": "localhost"}, raise_request_exception=False)
    assert one.get(f"/track/{_CODE}/").status_code == 500
    [record] = [r for r in caplog.records if r.name == "django.request"]
    text = written(record)
    assert "track/<str:tracking_code>/" in text
    assert "RuntimeError: broken" in text
    assert _CODE not in text


def test_values_that_the_database_refused_are_left_out() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE once (code text PRIMARY KEY)")
            cursor.execute("INSERT INTO once VALUES (%s), (%s)", [_CODE, _CODE])
    except IntegrityError:
        why: Any = sys.exc_info()
    text = written(logging.LogRecord("yimen", logging.ERROR, __file__, 1, "it broke", (), why))
    assert "once_pkey" in text
    assert _CODE not in text


def test_every_line_of_the_log_goes_through_both(settings: Any) -> None:
    console = settings.LOGGING["handlers"]["console"]
    assert settings.LOGGING["filters"][console["filters"][0]]["callback"] is without_address
    assert settings.LOGGING["formatters"][console["formatter"]]["()"] == "yimen.site.logs.Line"
