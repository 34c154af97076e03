"""The embedded server: starts anywhere, survives a crash, and says in a sentence what is wrong."""

import os
import pwd
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep
from types import SimpleNamespace

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from yimen.site import postgres
from yimen.site.cli import ready


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder of the test's own, with blanks and a long name."""
    data = tmp_path / "数据 of a county" / ("x" * 80)
    yield data
    postgres.remove(data)


def test_it_starts_in_a_folder_with_blanks_is_found_running_and_stops(folder: Path) -> None:
    server = postgres.start(folder)
    postgres.prepare_database(server)
    assert postgres.runs_for(folder)
    assert postgres.start(folder) == server
    with psycopg.connect(server.url(postgres.APP)) as line:
        assert line.execute("SELECT current_user").fetchone() == (postgres.APP,)
    postgres.stop(folder)
    assert not postgres.runs_for(folder)
    postgres.stop(folder)


def test_after_a_kill_it_starts_again_over_the_stale_pid_file(folder: Path) -> None:
    postgres.start(folder)
    pid_file = postgres.cluster_of(folder) / "postmaster.pid"
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
    while postgres.runs_for(folder):
        sleep(0.01)
    assert pid_file.exists()
    postgres.prepare_database(postgres.start(folder))
    assert postgres.runs_for(folder)


def test_a_password_is_asked_and_no_port_is_open(folder: Path) -> None:
    server = postgres.start(folder)
    postgres.prepare_database(server)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url(postgres.APP).replace(server.passwords[postgres.APP], "wrong"))
    with psycopg.connect(server.url("postgres", "postgres")) as line:
        assert line.execute("SHOW listen_addresses").fetchone() == ("",)
    assert (folder / "postgres-passwords.json").stat().st_mode & 0o077 == 0


def test_a_folder_of_another_version_is_left_alone(folder: Path) -> None:
    postgres.start(folder)
    postgres.stop(folder)
    version = postgres.cluster_of(folder) / "PG_VERSION"
    version.write_text("14\n")
    with pytest.raises(postgres.PostgresTrouble, match="belongs to PostgreSQL 14"):
        postgres.start(folder)
    version.write_text(f"{postgres.MAJOR}\n")


def test_making_a_cluster_that_was_broken_off_is_begun_again(folder: Path) -> None:
    cluster = postgres.cluster_of(folder)
    unfinished = cluster.with_name(f"{cluster.name}.unfinished")
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text(f"{postgres.MAJOR}\n")
    postgres.prepare_database(postgres.start(folder))
    assert postgres.runs_for(folder)
    assert not unfinished.exists()


def test_a_cluster_whose_passwords_are_lost_is_left_alone_and_said(folder: Path) -> None:
    postgres.start(folder)
    postgres.stop(folder)
    kept = folder / postgres.PASSWORDS
    kept.rename(folder / "aside")
    with pytest.raises(postgres.PostgresTrouble, match="bring the file back"):
        postgres.start(folder)
    (folder / "aside").rename(kept)
    assert postgres.start(folder).passwords


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can come to somebody else's cluster")
def test_root_keeps_to_the_cluster_that_a_plain_user_has_made(folder: Path) -> None:
    (folder / "postgres").mkdir(parents=True)
    version = folder / "postgres" / "PG_VERSION"
    version.write_text(postgres.MAJOR)
    nobody = pwd.getpwnam("nobody")
    os.chown(version, nobody.pw_uid, nobody.pw_gid)
    assert postgres.cluster_of(folder) == folder / "postgres"
    assert postgres._Place.of(folder).user == {"user": nobody.pw_uid, "group": nobody.pw_gid}


def test_a_full_disk_is_said_before_anything_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(postgres.PostgresTrouble, match="make room"):
        postgres.start(folder)
    assert not postgres.cluster_of(folder).exists()


def test_a_server_that_runs_is_used_though_the_disk_is_nearly_full(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.start(folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    assert postgres.start(folder).socket


def test_a_server_that_ended_is_started_again_while_somebody_serves(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    postgres.start(folder)
    monkeypatch.setattr(ready, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with ready._kept_running(folder):
        postgres.stop(folder)
        _wait_until(lambda: "make room" in caplog.text)
        assert not postgres.runs_for(folder)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**12))
        _wait_until(lambda: "started again" in caplog.text)
        assert postgres.runs_for(folder)
    assert caplog.text.count("make room") == 1
    postgres.stop(folder)
    sleep(0.2)
    assert not postgres.runs_for(folder)


def _wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        sleep(0.05)
    raise AssertionError("it did not come to pass")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET act = 'x'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "UPDATE ledger_seal SET entries = 0",
        "DELETE FROM ledger_seal",
        "CREATE TABLE mine (x int)",
        "DROP TABLE matters_matter",
        "ALTER TABLE matters_matter ADD COLUMN x int",
        "CREATE ROLE friend",
    ],
)
def test_the_apps_role_can_neither_rewrite_the_ledger_nor_change_shapes(statement: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
