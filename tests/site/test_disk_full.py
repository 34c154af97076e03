"""A full disk and a database that does not answer are said, nothing is left half done, and work goes on afterwards."""

import errno
from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client

from tests.kernel.papers.test_waiting import photo
from yimen.faces.portal import views
from yimen.kernel.files import is_disk_full
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.models import Grid
from yimen.kernel.papers import store

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def _files(tmp_path: Any, settings: Any) -> None:
    settings.YIMEN_FILES = tmp_path


def reported() -> Any:
    """What somebody is answered who reports with a photo."""
    one = Client(headers={"host": "localhost"}, raise_request_exception=False)
    home = Grid.objects.earliest("code")
    given = {"text": "路灯坏了", "lng": home.lng, "lat": home.lat, "photos": photo(), "is_another": "on"}
    return one.post("/report/", given)


def test_a_report_that_finds_no_room_is_told_so_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "write_whole", full)
    before = Matter.objects.count(), Entry.objects.count()
    answer = reported()
    assert answer.status_code == 507
    assert "磁盘满了" in answer.text
    assert "disk is full" in answer.text
    assert (Matter.objects.count(), Entry.objects.count()) == before
    monkeypatch.undo()
    assert reported().status_code == 302


def test_a_database_that_does_not_answer_is_told_apart_from_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    for raised, status, words in (
        (OperationalError("connection refused"), 503, "数据库现在没有应答"),
        (RuntimeError("a fault"), 500, "不是您的操作有误"),
    ):

        def broken(*_: Any, why: Exception = raised, **__: Any) -> None:
            raise why

        monkeypatch.setattr(views, "by_tracking_code", broken)
        one = Client(headers={"host": "localhost"}, raise_request_exception=False)
        answer = one.get("/track/7K2M9QXA3HTD/")
        assert (answer.status_code, words in answer.text) == (status, True)


def test_the_databases_own_full_disk_is_known_through_whatever_wraps_it() -> None:
    wrapped = OperationalError("could not extend file")
    wrapped.__cause__ = psycopg.errors.DiskFull()
    assert is_disk_full(wrapped)
    assert is_disk_full(OSError(errno.EDQUOT, "Disk quota exceeded"))
    assert not is_disk_full(OSError(errno.EACCES, "closed"))
    assert not is_disk_full(None)
