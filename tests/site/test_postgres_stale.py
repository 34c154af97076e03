"""What a power cut leaves behind, and what the roles must not do anywhere."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from yimen.kernel.counties.tenancy import in_county
from yimen.site import postgres

TESTS_OWN = Path(os.environ["YIMEN_TEST_DATA"])
COUNTIES = ("yunxi", "shiqiao", "kongbai")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder of the test's own."""
    data = tmp_path / "data"
    yield data
    postgres.remove(data)


@pytest.fixture
def bystander() -> Iterator[int]:
    """A harmless process of the user the server runs as, with the word postgres in its command line."""
    owner = postgres.cluster_of(TESTS_OWN).stat()
    process = subprocess.Popen(
        ["tail", "-f", "/dev/null", "/no/such/postgres"], user=owner.st_uid, group=owner.st_gid, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    yield process.pid
    process.kill()
    process.wait()


def leave_behind(folder: Path, pid: int) -> None:
    """A cluster as a power cut leaves it, with a row in it, its process number meanwhile another's."""
    server = postgres.start(folder)
    postgres.prepare_database(server)
    with psycopg.connect(server.url("postgres"), autocommit=True) as line:
        line.execute("CREATE TABLE kept AS SELECT 1 AS one")
        line.execute("GRANT SELECT ON kept TO yimen_app")
    pid_file = postgres.cluster_of(folder) / "postmaster.pid"
    was = pid_file.read_text().splitlines()[0]
    os.kill(int(was), signal.SIGKILL)
    while postgres.runs_for(folder):
        sleep(0.01)
    lock_file = Path(server.socket) / ".s.PGSQL.5432.lock"
    for file in (pid_file, lock_file):
        file.write_text(file.read_text().replace(was, str(pid), 1))


def answers(folder: Path) -> bool:
    """Whether the server of the folder answers the app with what was there."""
    with psycopg.connect(postgres.start(folder).url(postgres.APP)) as line:
        return line.execute("SELECT one FROM kept").fetchone() == (1,)


def test_a_stale_pid_file_whose_number_is_now_another_programs_does_not_keep_it_from_starting(
    folder: Path, bystander: int
) -> None:
    leave_behind(folder, bystander)
    assert not postgres.runs_for(folder)
    assert answers(folder)
    assert postgres.runs_for(folder)


def test_a_stale_pid_file_whose_number_is_now_another_servers_does_not_keep_it_from_starting(
    folder: Path,
) -> None:
    others = postgres.cluster_of(TESTS_OWN) / "postmaster.pid"
    leave_behind(folder, int(others.read_text().splitlines()[0]))
    assert not postgres.runs_for(folder)
    assert answers(folder)
    assert postgres.runs_for(TESTS_OWN)
    postgres.stop(folder)
    assert postgres.runs_for(TESTS_OWN)


@pytest.mark.parametrize("content", ["", "\n", "not a number\n", "999999999\n", "-1\n", "0\n"])
def test_a_garbled_pid_file_is_not_taken_for_a_running_server(folder: Path, content: str) -> None:
    cluster = postgres.cluster_of(folder)
    cluster.mkdir(parents=True)
    (cluster / "postmaster.pid").write_text(content)
    assert not postgres.is_running(cluster)


def test_a_running_server_is_known_by_another_name_of_its_folder(folder: Path) -> None:
    server = postgres.start(folder)
    alias = folder.parent / "alias"
    alias.symlink_to(folder)
    assert postgres.runs_for(alias)
    assert postgres.start(alias).passwords == server.passwords


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("county", COUNTIES)
def test_in_every_county_the_app_may_only_read_and_add_to_the_ledger(county: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, has_table_privilege(c.oid, 'INSERT'), has_table_privilege(c.oid, 'SELECT'),"
            " has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES')"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = %s AND c.relkind IN ('r', 'p') AND c.relname LIKE 'ledger%%'",
            [county],
        )
        rows = cursor.fetchall()
    assert {r[0] for r in rows} == {"ledger_entry", "ledger_seal"}
    assert [r[1:] for r in rows] == [(True, True, False)] * len(rows)


@pytest.mark.usefixtures("db")
def test_the_app_owns_nothing_and_is_nobody_special() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user")
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication FROM pg_roles"
            " WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
                       " WHERE r.rolname = current_user")  # fmt: skip
        assert cursor.fetchone() == (0,)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("county", COUNTIES)
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.mine (x int)",
        "CREATE TABLE {}.mine (x int)",
        "CREATE SCHEMA mine",
        "CREATE EXTENSION dblink",
        "CREATE FUNCTION {}.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TRIGGER t BEFORE INSERT ON {}.ledger_entry EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE RULE r AS ON INSERT TO {}.ledger_entry DO INSTEAD NOTHING",
        "ALTER TABLE {}.ledger_entry DISABLE TRIGGER ALL",
        "ALTER TABLE {}.ledger_entry OWNER TO yimen_app",
        "UPDATE {}.ledger_entry SET act = 'x'",
        "DELETE FROM {}.ledger_seal",
        "INSERT INTO {0}.ledger_entry SELECT * FROM {0}.ledger_entry ON CONFLICT (stream, seq) DO UPDATE SET act = 'x'",
        "MERGE INTO {0}.ledger_entry e USING {0}.ledger_entry o ON e.hash = o.hash WHEN MATCHED THEN DELETE",
        "DROP SCHEMA {} CASCADE",
        "SET ROLE yimen_owner",
        "SET session_replication_role = replica",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "COPY (SELECT 1) TO '/tmp/yimen-should-not-be'",
        "SELECT pg_read_file('postmaster.pid')",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
        "SELECT * FROM pg_authid",
    ],
)
def test_there_is_no_way_round_for_the_apps_role(statement: str, county: str) -> None:
    with in_county(county), pytest.raises(ProgrammingError) as refused, transaction.atomic():
        connection.cursor().execute(statement.format(county))
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.usefixtures("db")
def test_the_app_cannot_grant_itself_more() -> None:
    with connection.cursor() as cursor:
        cursor.execute("GRANT ALL ON yunxi.ledger_entry TO yimen_app")
        cursor.execute("SELECT has_table_privilege('yunxi.ledger_entry', 'UPDATE, DELETE, TRUNCATE')")
        assert cursor.fetchone() == (False,)
