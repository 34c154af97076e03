"""The command line: exit codes, sentences, JSON; a backup brings everything back."""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from yimen.kernel.calendar import notices, official
from yimen.kernel.calendar.models import CalendarNotice
from yimen.kernel.calendar.today import now
from yimen.site import cli, database, postgres
from yimen.site.cli import main, ready

TOWNS = {
    "metadata": {"data_as_of": "2025-12-31"},
    "divisions": [[1, "330000", "", "浙江省"], [2, "331100", "330000", "丽水市"], [3, "331124", "331100", "松阳县"], [4, "331124001", "331124", "西屏街道"]],
}  # fmt: skip
TABLES = {
    "provinces": ["33,浙江省"],
    "cities": ["3311,丽水市"],
    "areas": ["331124,松阳县"],
    "streets": ["331124001,西屏街道", "331124400,某开发区"],
    "villages": ["331124001001,要津社区居委会", "331124400001,某村"],
}


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """An installation of the test's own, whose server stays up from the first command to the last."""
    folder = tmp_path / "an installation"
    with in_use(folder):
        yield folder
    postgres.remove(folder)


@contextmanager
def removed_at_last(folder: Path) -> Iterator[None]:
    """Leave no server behind."""
    try:
        yield
    finally:
        postgres.remove(folder)


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """Be one more user of an installation: its server is stopped by the last one to leave."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        yield


def yimen(data: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run the command line as a user would, on the embedded database."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "YIMEN_"))}
    return subprocess.run(
        [sys.executable, "-m", "yimen", *arguments], capture_output=True, text=True, check=False,
        env={**environment, "YIMEN_DATA": str(data), **more}, timeout=120,
    )  # fmt: skip


def sources(folder: Path, encoding: str = "utf-8", **changes: list[str]) -> tuple[str, str]:
    """The two published files, small."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "divisions.json").write_text(json.dumps(TOWNS))
    for name, rows in {**TABLES, **changes}.items():
        (folder / f"{name}.csv").write_bytes("\n".join(["code,name", *rows, ""]).encode(encoding))
    return str(folder / "divisions.json"), str(folder)


def test_a_port_that_is_taken_is_said_with_what_to_do(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for command in ("demo", "serve"):
            said = yimen(data, command, "--port", str(port))
            assert said.returncode == 2
            assert str(port) in said.stderr
    assert not postgres.cluster_of(data).exists()


def test_a_folder_in_use_by_another_instance_is_said(data: Path) -> None:
    with (data / "running.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = yimen(data, "demo")
    assert said.returncode == 2
    assert "in use by another running yimen" in said.stderr


def test_the_calendar_command_answers_as_the_rules_say(data: Path) -> None:
    said = yimen(data, "calendar", "add", "2026-09-28", "10", "working_days", "--json")
    answer = json.loads(said.stdout)
    assert said.returncode == 0
    assert answer["due"].startswith("2026-10-16")
    assert answer["provisional"] is False
    assert yimen(data, "calendar", "add", "2026-13-01", "1", "months").returncode == 2
    for number, words in (("9" * 20, "超出日历范围（2020-01-01 至 "), ("-1", "时长不能是负数")):
        refused = yimen(data, "calendar", "add", "2026-09-28", number, "working_days")
        assert (refused.returncode, words in refused.stderr.replace("\n", " ")) == (2, True), refused.stderr
    assert json.loads(yimen(data, "calendar", "add", "2026-12-30", "10", "working_days", "--json").stdout)[
        "provisional"
    ]


def test_the_calendar_command_says_whether_a_date_is_provisional_either_way(data: Path) -> None:
    for start, said in (("2026-09-28", "否 no"), ("2026-12-28", "是 yes")):
        assert (
            f"暂定 provisional  {said}" in yimen(data, "calendar", "add", start, "10", "working_days").stdout
        )


@pytest.mark.usefixtures("db")
def test_the_calendar_command_counts_a_notice_that_has_been_confirmed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ready, "has_database", lambda: True)
    monkeypatch.setattr(ready, "database", nullcontext)
    rest = sorted(map(str, official.statutory_only(2027)))
    CalendarNotice.objects.create(
        id=uuid4(), year=2027, documents=["国办发明电〔2026〕9号"], rest_weekdays=rest, working_weekends=[],
        proposed_by="a", proposed_at=now(), confirmed_by="b", confirmed_at=now(),
    )  # fmt: skip
    notices.forget()
    for more in ([], ["--county", "yunxi"]):
        assert main(["calendar", "add", "2026-12-28", "10", "working_days", "--json", *more]) == 0
        assert json.loads(capsys.readouterr().out)["provisional"] is False
    notices.forget()


def test_a_database_that_does_not_answer_is_said_in_a_sentence(data: Path) -> None:
    for command in (["verify"], ["doctor"], ["worker", "--once"], ["backup"], ["migrate"]):
        said = yimen(data, *command, DATABASE_URL="postgresql://yimen_app:secret@127.0.0.1:1/none")
        assert said.returncode == 2
        assert "Traceback" not in said.stderr
        assert "secret" not in said.stderr
        assert "127.0.0.1" in said.stderr


def test_an_empty_database_is_said_with_what_to_do(data: Path) -> None:
    said = yimen(data, "verify")
    assert (said.returncode, "yimen migrate" in said.stderr, "Traceback" in said.stderr) == (2, True, False)


def test_a_refusal_is_said_in_both_languages(data: Path) -> None:
    assert yimen(data, "migrate").returncode == 0
    said = yimen(data, "verify", "--county", "nowhere")
    assert said.returncode == 2, "a county that is not there is no broken ledger"
    assert "没有县 nowhere。 There is no county nowhere." in said.stderr


@pytest.mark.parametrize("port", ["0", "99999", "-1", "http"])
def test_a_port_that_cannot_be_is_refused_with_the_bounds(data: Path, port: str) -> None:
    for command in ("demo", "serve"):
        said = yimen(data, command, f"--port={port}")
        assert said.returncode == 2
        assert "from 1 to 65535" in said.stderr


def test_a_demo_is_not_thrown_away_under_somebody_who_uses_it(data: Path) -> None:
    for reason in ("--reset", "unfinished"):
        if reason == "unfinished":
            (data / "demo.unfinished").touch()
        said = yimen(data, "demo", "--no-serve", *(["--reset"] if reason == "--reset" else []))
        assert said.returncode == 2
        assert "another yimen uses the database" in said.stderr


def _give_a_real_county(data: Path, schema: str = "songyang", code: str = "331124") -> str:
    """An installation with a county of its own, as one that serves people has; gives the owner's address."""
    assert yimen(data, "migrate").returncode == 0
    address = postgres.start(data).url(postgres.OWNER)
    with psycopg.connect(address) as owner:
        owner.execute(
            "INSERT INTO counties_county (schema_name, code, name, name_en, province, lng, lat, local_rest_days) "
            "VALUES (%s, %s, '松阳县', 'Songyang', '浙江省', 119.5, 28.4, '[]')",
            [schema, code],
        )
    (data / "files").mkdir(exist_ok=True)
    (data / "files" / "kept").touch()
    return address


def test_the_demo_keeps_away_from_a_real_county(tmp_path: Path) -> None:
    real, other = tmp_path / "real", tmp_path / "other"
    with in_use(real), removed_at_last(real):
        address = _give_a_real_county(real)
        from_outside = {"DATABASE_URL": address, "DATABASE_OWNER_URL": address}
        (other / "files").mkdir(parents=True)
        for folder, given, more in (
            (real, (), {}),
            (other, (), from_outside),
            (other, ("--reset",), from_outside),
        ):
            said = yimen(folder, "demo", "--no-serve", "--small", *given, **more)
            assert said.returncode == 2, said.stderr
            assert "Traceback" not in said.stderr
            assert ("松阳县" if not given else "unset DATABASE_URL") in said.stderr
        with psycopg.connect(address) as owner:
            assert owner.execute("SELECT schema_name FROM counties_county").fetchall() == [("songyang",)]
            found = owner.execute("SELECT to_regnamespace('yunxi')").fetchone()
            assert found == (None,)
        assert (other / "files").exists()
        assert not (real / "demo.unfinished").exists()


def test_the_demo_throws_no_real_county_away(tmp_path: Path) -> None:
    """Though its schema and code be the demo's; nor a cluster that it cannot look into and has not made."""
    real = tmp_path / "real"
    with removed_at_last(real):
        with in_use(real):
            _give_a_real_county(real, "yunxi", "339901")
        postgres.stop(real)
        said = yimen(real, "demo", "--no-serve", "--reset")
        assert (said.returncode, "松阳县" in said.stderr) == (2, True), said.stderr
        version = postgres.cluster_of(real) / "PG_VERSION"
        version.write_text("17")
        said = yimen(real, "demo", "--no-serve", "--reset")
        assert (said.returncode, "was not made by the demo" in said.stderr) == (2, True), said.stderr
        version.write_text(postgres.MAJOR)
        assert (real / "files" / "kept").exists()
        with psycopg.connect(postgres.start(real).url(postgres.OWNER)) as owner:
            assert owner.execute("SELECT name FROM counties_county").fetchall() == [("松阳县",)]


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGHUP])
def test_a_closed_terminal_ends_a_command_as_ctrl_c_does(signal_number: int) -> None:
    before = signal.getsignal(signal_number)
    signal.signal(signal_number, signal.SIG_DFL)
    with pytest.raises(KeyboardInterrupt), cli._stopped_as_by_ctrl_c():
        os.kill(os.getpid(), signal_number)
    signal.signal(signal_number, before)


@pytest.mark.usefixtures("db")
def test_a_database_of_a_newer_version_is_known_and_said() -> None:
    assert database.from_a_newer_version() == ""
    connection.cursor().execute(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('ledger', '9999_later', now()), ('axes', '9999', now())"
    )
    assert database.from_a_newer_version() == "ledger.9999_later"


def test_an_unknown_command_is_answered_with_the_known_ones(data: Path) -> None:
    said = yimen(data, "fly")
    assert said.returncode == 2
    assert "doctor" in said.stderr


def test_divisions_are_imported_again_and_corrected_without_loss(data: Path, tmp_path: Path) -> None:
    assert yimen(data, "migrate").returncode == 0
    towns, villages = sources(tmp_path / "a")
    first = yimen(data, "import", "divisions", "--towns", towns, "--villages", villages, "--json")
    assert first.returncode == 0, first.stderr
    found = json.loads(first.stdout)
    assert (found["township"], found["village"], found["statistical"], found["written"]) == (2, 2, 1, 7)
    towns, villages = sources(tmp_path / "b", "gb18030", villages=["331124001001,要津社区居民委员会"])
    again = json.loads(
        yimen(data, "import", "divisions", "--towns", towns, "--villages", villages, "--json").stdout
    )
    assert again["written"] == 1


_BAD_ROWS = (
    ("villages", ["331124001001,甲", "33112400100X,乙"], "第 3 行"),
    ("villages", ["331124001001,"], "第 2 行"),
    ("streets", ["331124,少了三位"], "第 2 行"),
    ("areas", ["'; DROP TABLE counties_division; --,x"], "第 2 行"),
)


def test_options_that_cannot_be_are_said_before_anything_is_done(data: Path, tmp_path: Path) -> None:
    for given, words in (
        (("import", "divisions", str(tmp_path / "none.csv")), "--villages"),
        (("import", "grids", "x", "--since", "soon"), "2026-09-28"),
        (("bench", "--sizes", "-1"), "no number from 1"),
    ):
        said = yimen(data, *given)
        assert (said.returncode, words in said.stderr) == (2, True), said.stderr
    assert not postgres.cluster_of(data).exists()


def test_a_bad_row_or_file_is_named_and_nothing_is_imported(data: Path, tmp_path: Path) -> None:
    assert yimen(data, "migrate").returncode == 0
    for number, (table, rows, words) in enumerate(_BAD_ROWS):
        towns, villages = sources(tmp_path / str(number), **{table: rows})
        answer = yimen(data, "import", "divisions", "--towns", towns, "--villages", villages)
        assert answer.returncode == 1
        assert words in answer.stderr
    (tmp_path / "x").write_bytes(b"\x00\x01 nonsense")
    for towns, villages in (
        (str(tmp_path / "x"), str(tmp_path)),
        (sources(tmp_path / "a")[0], str(tmp_path / "x")),
    ):
        said = yimen(data, "import", "divisions", "--towns", towns, "--villages", villages)
        assert said.returncode == 1
        assert "读不懂" in said.stderr
    towns, villages = sources(tmp_path / "b")
    after = yimen(data, "import", "divisions", "--towns", towns, "--villages", villages, "--json")
    assert json.loads(after.stdout)["written"] == 7


def test_a_backup_brings_a_county_back_with_its_ledger_whole(data: Path, tmp_path: Path) -> None:
    built = yimen(data, "demo", "--no-serve", "--small")
    assert built.returncode == 0, built.stderr
    assert not (data / "demo.unfinished").exists()
    assert yimen(data, "doctor").returncode in (0, 1)
    made = yimen(data, "backup", "--to", str(tmp_path), "--json")
    manifest = json.loads(made.stdout)
    assert manifest["counties"]["yunxi"]["entries"] > 100
    assert manifest["counties"]["yunxi"]["papers"] > 0

    other = tmp_path / "another place"
    with in_use(other), removed_at_last(other):
        refused = yimen(other, "restore", manifest["path"])
        assert refused.returncode == 2
        assert "secrets.json" in refused.stderr
        shutil.copy(data / "secrets.json", other / "secrets.json")
        damaged = tmp_path / "damaged.tar"
        content = bytearray(Path(manifest["path"]).read_bytes())
        middle = len(content) // 3
        content[middle : middle + 4096] = b"\xff" * 4096
        damaged.write_bytes(content)
        assert yimen(other, "restore", str(damaged)).returncode in (1, 2)
        postgres.remove(other)
        shutil.rmtree(other / "files", ignore_errors=True)
        back = yimen(other, "restore", manifest["path"], "--json")
        assert back.returncode == 0, back.stderr
        answer = json.loads(back.stdout)
        assert answer["ok"]
        assert answer["counties"] == manifest["counties"]
        twice = yimen(other, "restore", manifest["path"])
        assert twice.returncode == 2
        assert "not empty" in twice.stderr
        verified = yimen(other, "verify", "--json")
        assert json.loads(verified.stdout)["yunxi"]["ok"]


def test_what_is_no_backup_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"nothing")
    said = yimen(data, "restore", str(tmp_path / "x.tar"))
    assert said.returncode == 2
    assert "not a backup" in said.stderr
