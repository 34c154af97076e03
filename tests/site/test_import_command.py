"""`yimen import grids|incidents|items|legacy_grids`: in somebody's name, all or nothing, with exit codes and JSON."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from django.conf import LazySettings
from django.db import connection

from tests.cast import COUNTY, hired
from tests.domains.grid.test_importing import HEADINGS, line
from tests.kernel.registers.test_grids import a_village, as_it_is, split_first
from yimen.domains.catalogue.api import document_of, read_files, versions, workbook
from yimen.kernel.access.models import Account
from yimen.kernel.access.standing import load_actor
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.memory import forget_all
from yimen.kernel.imports import runs
from yimen.kernel.imports.columns import Plan, suggested
from yimen.kernel.imports.models import ImportRun
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.drafts import as_geojson
from yimen.kernel.org.models import LegacyGrid
from yimen.kernel.registers.grids import proposals_of
from yimen.site.cli import main, ready

pytestmark = pytest.mark.usefixtures("db")
TOMORROW = today() + timedelta(days=1)
Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch,
    settings: LazySettings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """Runs `yimen import …` on the test's database; gives the exit code and what was printed."""
    settings.YIMEN_FILES = tmp_path / "files"
    monkeypatch.setattr(ready, "database", nullcontext)
    hired("daoru", role="command_chief", area=COUNTY, organ="command")
    hired("huage", role="system_admin", area=COUNTY, organ="command")
    hired("bianmu", role="catalogue_officer", area=COUNTY, organ="command")
    forget_all()

    def run(what: str, file: Path, *options: str, county: str = "yunxi") -> tuple[int, str]:
        code = main(["import", what, str(file), "--county", county, *options])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_grids_are_checked_then_written_in_somebodys_name(command: Command, tmp_path: Path) -> None:
    village = a_village()
    drawn, gap = tmp_path / "drawn.geojson", tmp_path / "gap.geojson"
    drawn.write_text(as_geojson(split_first(village)))
    gap.write_text(as_geojson(as_it_is(village)[1:]))
    how = ("--login", "huage", "--since", str(TOMORROW), "--source", "云政办〔2026〕9号")
    count = len(as_it_is(village))
    code, said = command("grids", drawn, *how, "--dry-run")
    assert (code, "nothing written" in said) == (0, True)
    code, said = command("grids", gap, *how, "--json")
    assert code == 1
    answer = json.loads(said)
    assert not answer["is_written"]
    assert answer["flaws"][0]["code"] == "gap"
    assert len(proposals_of(village, TOMORROW)) == count
    code, said = command("grids", drawn, *how)
    assert (code, "written" in said) == (0, True)
    assert len(proposals_of(village, TOMORROW)) == count + 1
    assert command("grids", drawn, *how)[0] == 1


def test_who_may_not_and_what_is_not_there_is_said(command: Command, tmp_path: Path) -> None:
    drawn = tmp_path / "drawn.geojson"
    drawn.write_text(as_geojson(as_it_is(a_village())))
    how = ("--since", str(TOMORROW), "--source", "文")
    assert "权限" in command("grids", drawn, *how, "--login", "daoru")[1]
    for file, login, county in (
        (tmp_path / "none", "huage", "yunxi"),
        (drawn, "nobody", "yunxi"),
        (drawn, "huage", "nowhere"),
    ):
        code, said = command("grids", file, *how, "--login", login, county=county)
        assert code == 2, "what was typed wrong cannot run"
        assert "Traceback" not in said
    assert command("grids", drawn, "--login", "huage")[0] == 2


def test_tables_are_imported_through_a_saved_mapping(command: Command, tmp_path: Path) -> None:
    chief = load_actor(
        hired("duiying", role="command_chief", area=COUNTY, organ="command").account_id, second_factor=True
    )
    importer = next(i for i in runs.importers() if i.code == "incidents")
    plan = Plan(suggested(importer.targets, HEADINGS.split(",")), {}, {"source": "旧城管", "crs": "wgs84"})
    runs.save_mapping(chief, "incidents", "旧城管表", plan)
    table = tmp_path / "旧城管.csv"
    table.write_text("\n".join([HEADINGS, line(1), line(2)]), "gb18030")
    how = ("--login", "daoru", "--mapping", "旧城管表", "--json")
    code, said = command("incidents", table, *how, "--dry-run")
    assert (code, json.loads(said)["imported"]) == (0, 0)
    assert not Matter.objects.exists()
    code, said = command("incidents", table, *how)
    assert (code, json.loads(said)["imported"]) == (0, 2)
    assert Matter.objects.count() == 2
    table.write_text("\n".join([HEADINGS, line(3), line(1)]), "gb18030")
    code, said = command("incidents", table, *how)
    assert (code, json.loads(said)["faults"]) == (1, 1)
    assert Matter.objects.count() == 2
    assert "没有保存过" in command("incidents", table, "--login", "daoru", "--mapping", "别的")[1]
    assert command("incidents", table, "--login", "daoru")[0] == 2
    typed = ("--login", "daoru", "--mapping", "旧城管")
    code, said = command("incidents", table, *typed)
    assert (code, "旧城管表" in said) == (2, True), "it names those there are"
    assert command("incidents", table, *typed, county="nope")[0] == 2
    assert command("incidents", tmp_path / "none.csv", "--login", "daoru", "--mapping", "旧城管表")[0] == 2


def test_no_worker_takes_the_file_that_the_command_line_imports(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both did once: the rows were written, and the worker, coming second, said of the import that it had failed."""
    importer = next(i for i in runs.importers() if i.code == "incidents")
    plan = Plan(suggested(importer.targets, HEADINGS.split(",")), {}, {"source": "旧城管", "crs": "wgs84"})
    runs.save_mapping(
        load_actor(Account.objects.get(login="daoru").id, second_factor=True), "incidents", "旧", plan
    )
    table = tmp_path / "旧城管.csv"
    table.write_text(f"{HEADINGS}\n{line(1)}", "gb18030")
    perform, free = runs.perform, []

    def watched(run: ImportRun) -> None:
        other = connection.copy()  # as a worker of another process
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtext('yunxi/import files'))")
            free.append(cursor.fetchone()[0])
        other.close()
        perform(run)

    monkeypatch.setattr(runs, "perform", watched)
    assert command("incidents", table, "--login", "daoru", "--mapping", "旧")[0] == 0
    assert free == [False, False]
    assert ImportRun.objects.get().state == "done"


def test_old_grids_come_in_the_same_way(command: Command, tmp_path: Path) -> None:
    keeper = load_actor(
        hired("duiyinger", role="system_admin", area=COUNTY, organ="command").account_id, second_factor=True
    )
    plan = Plan(
        {"code": "编码", "grid_code": "新编码"}, {}, {"system": "城管", "source": "云城管〔2026〕1号"}
    )
    runs.save_mapping(keeper, "legacy_grids", "城管网格", plan)
    table = tmp_path / "城管.csv"
    table.write_text(f"编码,新编码\nCG-1,{as_it_is(a_village())[0].code}\n", "utf-8")
    code, said = command("legacy_grids", table, "--login", "huage", "--mapping", "城管网格", "--json")
    assert (code, json.loads(said)["imported"]) == (0, 1)
    assert LegacyGrid.objects.get().code == "CG-1"


def test_items_come_in_as_table_file_or_folder_and_nothing_while_one_is_wrong(
    command: Command, tmp_path: Path
) -> None:
    one = replace(read_files()[0], code="339900000001", valid_from=TOMORROW)
    how = ("--login", "bianmu", "--source", "云政办〔2026〕9号")
    folder, sheet, wrong = tmp_path / "items", tmp_path / "list.xlsx", tmp_path / "wrong.csv"
    folder.mkdir()
    (folder / "one.json").write_bytes(orjson.dumps(document_of(one)))
    sheet.write_bytes(workbook([replace(one, code="339900000002")]))
    wrong.write_text("基本编码,到办事现场次数\n339900000001,几次\n7,1\n", encoding="utf-8")
    code, said = command("items", folder, *how, "--dry-run")
    assert (code, "dry run" in said) == (0, True)
    assert versions(one.code) == []
    assert command("items", folder, *how)[0] == 0
    code, said = command("items", folder / "one.json", *how, "--json")
    assert (code, json.loads(said)["changed"]) == (0, 0)
    code, said = command("items", sheet, *how)
    assert (code, len(versions("339900000002"))) == (0, 1)
    code, said = command("items", wrong, *how, "--since", str(TOMORROW))
    assert code == 1
    assert "第 2 行" in said
    assert "第 3 行" in said
    assert len(versions(one.code)) == 1
    for table, said in (("事项名称\n甲\n", "基本编码"), ("基本编码,承诺时间\n339900000001,3\n", "承诺时间")):
        wrong.write_text(table, encoding="utf-8")
        assert said in command("items", wrong, *how)[1]
    assert command("items", folder, "--login", "huage", "--source", "文")[0] == 1
    assert command("items", folder, "--login", "bianmu")[0] == 2
    assert command("items", tmp_path / "none.json", *how)[0] == 2
