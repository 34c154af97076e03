"""A table comes in on screen: uploaded, mapped, checked, mended, confirmed."""

import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import COUNTY, hired, signed_in
from tests.domains.grid.test_importing import HEADINGS, line
from yimen.kernel.access.actors import Actor
from yimen.kernel.imports import runs
from yimen.kernel.imports.models import ColumnMapping, ImportRun
from yimen.kernel.matters.models import Matter

pytestmark = pytest.mark.usefixtures("db")
LIST = reverse("console:imports", args=["incidents"])


@pytest.fixture
def chief(tmp_path: Path, settings: LazySettings) -> Client:
    """The duty chief's browser."""
    settings.YIMEN_FILES = tmp_path
    return signed_in(hired("zhibanzhang", role="command_chief", area=COUNTY, organ="command"))


def uploaded(chief: Client, *lines: str) -> ImportRun:
    content = "\n".join([HEADINGS, *lines]).encode("gb18030")
    answer = chief.post(LIST, {"file": SimpleUploadedFile("旧城管.csv", content)})
    assert answer.status_code == 302
    return ImportRun.objects.latest("created_at")


def page(chief: Client, run: ImportRun) -> str:
    return chief.get(reverse("console:import_run", args=[run.id])).content.decode()


def planned(chief: Client, run: ImportRun, **extra: str) -> None:
    given = {**run.plan["columns"], "set-source": "旧城管", "set-crs": "wgs84", **extra}
    assert chief.post(reverse("console:import_run", args=[run.id]), given).status_code == 302
    runs.work()
    run.refresh_from_db()


def test_from_the_upload_to_the_incidents(chief: Client) -> None:
    run = uploaded(chief, line(1), line(2, **{"class": "垃圾乱堆"}))
    first = page(chief, run)
    assert "案件编号（SZCG000001）" in first
    assert "文件的前几行" in first
    planned(chief, run)
    assert "垃圾乱堆" in page(chief, run)
    assert "一行也没有写入" in page(chief, run)
    faults = chief.get(reverse("console:import_faults", args=[run.id])).content.decode("utf-8-sig")
    assert faults.splitlines()[1].startswith("3,分类,")
    planned_too = {**run.plan["columns"], "reporter": "", "set-source": "旧城管", "set-crs": "wgs84"}
    answer = chief.post(reverse("console:import_run", args=[run.id]), {**planned_too, "v0": "0101"})
    assert answer.status_code == 302
    run.refresh_from_db()
    assert "reporter" not in run.plan["columns"], "a column changed beside the words is not lost"
    assert "检查中" in page(chief, run)
    runs.work()
    assert "可以导入" in page(chief, run)
    chief.post(reverse("console:import_save_mapping", args=[run.id]), {"name": "旧城管平台"})
    assert ColumnMapping.objects.get().plan["values"] == {"class": {"垃圾乱堆": "0101"}}
    chief.post(reverse("console:import_confirm", args=[run.id]))
    runs.work()
    assert "全部导入" in page(chief, run)
    assert Matter.objects.count() == 2
    listed = chief.get(reverse("console:matters"), {"channel": "import"}).content.decode()
    assert "桥头垃圾堆了1天" in listed


def test_a_saved_mapping_fills_the_form_of_the_next_file(chief: Client) -> None:
    run = uploaded(chief, line(1))
    planned(chief, run)
    chief.post(reverse("console:import_save_mapping", args=[run.id]), {"name": "旧城管平台"})
    other = uploaded(chief, line(2))
    kept = ColumnMapping.objects.get()
    shown = chief.get(
        reverse("console:import_run", args=[other.id]), {"mapping": str(kept.id)}
    ).content.decode()
    assert re.search(r'name="set-source"[^>]*value="旧城管"', shown)


def test_coordinates_are_not_taken_before_somebody_says_which_they_are(chief: Client) -> None:
    run = uploaded(chief, line(1))
    address = reverse("console:import_run", args=[run.id])
    given = {**run.plan["columns"], "set-source": "旧城管", "set-crs": ""}
    assert re.search(r'<option value="" selected>请选择', page(chief, run))
    refused = chief.post(address, given)
    assert refused.status_code == 422
    assert "请指定“坐标系”" in refused.content.decode()
    assert chief.post(address, {**given, "lng": "", "lat": ""}).status_code == 302


def test_a_plan_that_lacks_a_needed_field_says_which(chief: Client) -> None:
    run = uploaded(chief, line(1))
    given = {**run.plan["columns"], "text": "", "set-source": ""}
    answer = chief.post(reverse("console:import_run", args=[run.id]), given)
    assert answer.status_code == 422
    run.refresh_from_db()
    assert run.state == "mapping"


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"a,a\n1,2", b"PK\x03\x04", b"only headings,b\n"])
def test_what_is_no_table_is_refused_in_words_and_not_kept(
    chief: Client, content: bytes, tmp_path: Path
) -> None:
    answer = chief.post(LIST, {"file": SimpleUploadedFile("x.csv", content)})
    assert answer.status_code == 422
    assert not ImportRun.objects.exists()
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


def test_an_import_that_breaks_says_so_and_holds_up_none_behind_it(
    chief: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, next_one = uploaded(chief, line(1)), uploaded(chief, line(2))
    check = runs._check

    def breaks_on_the_first(run: ImportRun, actor: Actor) -> None:
        if run.id == broken.id:
            raise ZeroDivisionError
        check(run, actor)

    monkeypatch.setattr(runs, "_check", breaks_on_the_first)
    given = {"set-source": "旧城管", "set-crs": "wgs84"}
    for run in (broken, next_one):
        chief.post(reverse("console:import_run", args=[run.id]), {**run.plan["columns"], **given})
    runs.work()
    assert "系统出错，一行也没有写入" in page(chief, broken)
    assert "可以导入" in page(chief, next_one)


def test_a_database_that_is_gone_leaves_the_import_waiting(
    chief: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(run: ImportRun, actor: Actor) -> None:
        raise OperationalError

    monkeypatch.setattr(runs, "_check", gone)
    run = uploaded(chief, line(1))
    ImportRun.objects.filter(id=run.id).update(state="checking")
    with pytest.raises(OperationalError):
        runs.work()
    run.refresh_from_db()
    assert run.state == "checking"


@pytest.mark.parametrize("act", ["import_confirm", "import_give_up"])
def test_two_at_once_cannot_take_the_same_import_two_ways(chief: Client, act: str) -> None:
    run = uploaded(chief, line(1))
    ImportRun.objects.filter(id=run.id).update(state="checked")
    with CaptureQueriesContext(connection) as asked:
        chief.post(reverse(f"console:{act}", args=[run.id]))
    held = [q["sql"] for q in asked if "imports_run" in q["sql"] and "FOR UPDATE" in q["sql"]]
    assert len(held) == 1


def test_giving_up_deletes_the_file(chief: Client) -> None:
    run = uploaded(chief, line(1))
    assert runs.path_of(run.id).exists()
    chief.post(reverse("console:import_give_up", args=[run.id]))
    assert not runs.path_of(run.id).exists()
    assert "已放弃" in page(chief, run)


def test_the_progress_part_reloads_the_page_when_the_worker_is_done(chief: Client) -> None:
    run = uploaded(chief, line(1))
    ImportRun.objects.filter(id=run.id).update(state="checking", passed=7)
    address = reverse("console:import_progress", args=[run.id])
    busy = chief.get(address)
    assert "7" in busy.content.decode()
    assert "HX-Refresh" not in busy
    ImportRun.objects.filter(id=run.id).update(state="checked")
    assert chief.get(address)["HX-Refresh"] == "true"


def test_the_empty_table_can_be_filled_and_uploaded(chief: Client) -> None:
    answer = chief.get(reverse("console:import_template", args=["incidents"]))
    assert answer.content.startswith("\ufeff原编号,上报时间,情况".encode())
    taken = chief.post(LIST, {"file": SimpleUploadedFile("t.csv", answer.content)})
    assert taken.status_code == 302
    assert len(ImportRun.objects.get().plan["columns"]) == 12


def test_nobody_else_sees_an_import(chief: Client) -> None:
    run = uploaded(chief, line(1))
    clerk = signed_in(hired("chenshouli", role="command_clerk", area=COUNTY, organ="command"))
    for address in (
        LIST,
        reverse("console:import_run", args=[run.id]),
        reverse("console:import_faults", args=[run.id]),
    ):
        assert clerk.get(address).status_code == 404
    assert clerk.post(reverse("console:import_confirm", args=[run.id])).status_code == 404
    assert runs.path_of(run.id).exists()
