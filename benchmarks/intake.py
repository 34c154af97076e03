"""Intake and acts through the HTTP door, beside the lean view and the bare transaction on the same database."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter, sleep
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import orjson
import psycopg
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from psycopg.types.json import Jsonb

from benchmarks.figures import Figure, cpu_seconds
from benchmarks.ground import SCHEMA, Ground, backends, signed_in
from benchmarks.rows import clock_row, entry_row, matter_row, message_row
from yimen.domains.grid.api import Report, act, report_incident
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.machines import machine_actor
from yimen.kernel.access.roles import permissions_of
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.notices.models import OutboxMessage

CLIENTS, WORKERS, THREADS = 8, 2, 4
_PORT = 8317
_DESK, _AUTOMATIC = "0101", "0801"


def measure(here: Ground, seconds: float) -> Iterator[Figure]:
    """All figures of this module."""
    bare = _bare(here, seconds)
    lean_rate, lean_cpu, _ = _served(here, "benchmarks.lean:application", _DESK, seconds)
    rate, cpu, database = _served(here, "yimen.site.wsgi:application", _DESK, seconds)
    table_rate, table_cpu, _ = _served(here, "yimen.site.wsgi:application", _AUTOMATIC, seconds)
    open_rate, open_cpu, _ = _served(here, "yimen.site.wsgi:application", _DESK, seconds, _open311)
    yield Figure(
        "intake through HTTP",
        rate,
        "/s",
        lean_rate,
        "lean view",
        note=f"{CLIENTS} clients, {WORKERS} workers",
    )
    yield Figure("intake through HTTP", rate, "/s", bare, "bare transaction")
    yield Figure(
        "intake: server CPU", cpu, "ms", lean_cpu, "lean view", note=f"and {database:.2f} ms in PostgreSQL"
    )
    yield Figure(
        "intake with automatic dispatch",
        table_rate,
        "/s",
        lean_rate,
        "lean view",
        note="three entries, one statement",
    )
    yield Figure("the same: server CPU", table_cpu, "ms", lean_cpu, "lean view")
    yield Figure("Open311 create", open_rate, "/s", lean_rate, "lean view")
    yield Figure("the same: server CPU", open_cpu, "ms", lean_cpu, "lean view")
    yield Figure("intake: statements", _statements(here), "", note="BEGIN and COMMIT left out")
    yield from _acting(here, seconds)
    _sweep(here)


def _sweep(here: Ground) -> None:
    """Take away what the limits wrote past the one door, so that the ledger measured next is a real one."""
    fake = f"SELECT id FROM {SCHEMA}.matters_matter WHERE head = repeat('0', 32)::bytea"
    with psycopg.connect(here.owner_url) as owner:
        for table, column in (
            ("notices_outbox", "stream"), ("matters_clock", "matter_id"), ("ledger_entry", "stream"), ("matters_matter", "id"),
        ):  # fmt: skip
            owner.execute(f"DELETE FROM {SCHEMA}.{table} WHERE {column} IN ({fake})")  # type: ignore[arg-type]


def _reports(here: Ground) -> Iterator[tuple[str, float, float]]:
    """Words and a point, each somewhere else."""
    for number, (lng, lat) in enumerate(cycle(here.points)):
        yield f"巡查发现村口垃圾堆了三天，请尽快处理。第 {number} 处", lng, lat


def _body(text: str, lng: float, lat: float, class_code: str) -> bytes:
    return orjson.dumps({"text": text, "lng": lng, "lat": lat, "class_code": class_code})


def _json(text: str, lng: float, lat: float, class_code: str, key: str) -> bytes:
    """A report through the JSON door, as bytes on the line."""
    return _post("/api/incidents", "application/json", _body(text, lng, lat, class_code), key)


def _open311(text: str, lng: float, lat: float, class_code: str, key: str) -> bytes:
    """The same through the Open311 door."""
    body = urlencode({"service_code": class_code, "description": text, "long": lng, "lat": lat}).encode()
    return _post("/open311/v2/requests.json", "application/x-www-form-urlencoded", body, key)


def _served(
    here: Ground, application: str, class_code: str, seconds: float, written: Callable[..., bytes] = _json
) -> tuple[float, float, float]:
    """Requests a second, milliseconds of server CPU a request, and of PostgreSQL's, with keep-alive clients."""
    with _server(here, application) as pids:
        requests = [written(*each, class_code, here.key) for each in islice(_reports(here), 4000)]
        _load(requests, 1.0)
        before, database_before = cpu_seconds(pids()), _database_cpu()
        done, spent = _load(requests, seconds)
        after, database_after = cpu_seconds(pids()), _database_cpu()
    return done / spent, (after - before) / done * 1000, (database_after - database_before) / done * 1000


def _database_cpu() -> float:
    return cpu_seconds(backends())


def _post(path: str, kind: str, body: bytes, key: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@contextmanager
def _server(here: Ground, application: str) -> Iterator[Any]:
    """Granian with an application in processes of its own; gives a function that lists their ids."""
    root = Path(__file__).resolve().parents[1]
    settings = (
        application.partition(":")[0] if application.startswith("benchmarks") else "yimen.site.settings"
    )
    environment = {
        **os.environ, "DATABASE_URL": here.url, "DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": str(root),
    }  # fmt: skip
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(_PORT), "--workers", str(WORKERS),
        "--blocking-threads", str(THREADS), "--no-log", application,
    ]  # fmt: skip
    with TemporaryFile("w+") as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=subprocess.STDOUT)
        try:
            _wait_until_it_answers(process)
            yield lambda: [process.pid, *_children(process.pid)]
        except RuntimeError as error:
            said.seek(0)
            raise RuntimeError(f"{error}\n{said.read()[-3000:]}") from error
        finally:
            process.terminate()
            process.wait(15)


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


def _wait_until_it_answers(process: "subprocess.Popen[bytes]") -> None:
    for _ in range(150):
        if process.poll() is not None:
            raise RuntimeError("the server under test ended")
        try:
            socket.create_connection(("127.0.0.1", _PORT), 1).close()
        except OSError:
            sleep(0.1)
        else:
            return
    raise RuntimeError("the server under test does not answer")


def _load(requests: list[bytes], seconds: float) -> tuple[int, float]:
    """Send requests over keep-alive connections for a while; returns how many were taken and how long it took."""
    until = perf_counter() + seconds

    def client(number: int) -> int:
        taken = 0
        with socket.create_connection(("127.0.0.1", _PORT)) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for request in cycle(requests[number::CLIENTS]):
                if perf_counter() > until:
                    break
                line.sendall(request)
                status = _answer(line)
                if status != 201:
                    raise RuntimeError(f"an intake was answered with {status}")
                taken += 1
        return taken

    started = perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        taken = sum(pool.map(client, range(CLIENTS)))
    return taken, perf_counter() - started


def _answer(line: socket.socket) -> int:
    """Read one whole response; returns its status."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += line.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(int(h[15:]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length:"))
    while len(body) < length:
        body += line.recv(65536)
    return int(head[9:12])


def _bare(here: Ground, seconds: float) -> float:
    """Transactions a second of four INSERTs by psycopg alone, as many connections as the server has threads."""

    def writer(_: int) -> int:
        written = 0
        with psycopg.connect(
            here.url, prepare_threshold=1, options=f"-c search_path={SCHEMA},public"
        ) as line:
            until = perf_counter() + seconds
            while perf_counter() < until:
                matter = matter_row(uuid4(), "桥头垃圾堆了三天", 119.0, 28.0)
                with line.transaction():
                    for model, row in (
                        (Matter, matter), (Entry, entry_row(matter, sha256(b"x").digest())),
                        (Clock, clock_row(matter)), (OutboxMessage, message_row(matter)),
                    ):  # fmt: skip
                        line.execute(
                            _insert(model._meta.db_table, row), [_adapted(*pair) for pair in row.items()]
                        )
                written += 1
        return written

    started = perf_counter()
    with ThreadPoolExecutor(WORKERS * THREADS) as pool:
        written = sum(pool.map(writer, range(WORKERS * THREADS)))
    return written / (perf_counter() - started)


def _insert(table: str, row: Mapping[str, Any]) -> str:
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})"


def _adapted(column: str, value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict) or column in ("pauses", "hours") else value


def _statements(here: Ground) -> int:
    """SQL statements of one warm intake through the HTTP door."""
    door = Client(headers={"host": "localhost", "authorization": f"Bearer {here.key}"})
    first, second = (_body(*each, _DESK) for each in islice(_reports(here), 2))
    _sent(door, first)
    with CaptureQueriesContext(connection) as queries:
        _sent(door, second)
    return _counted(queries)


def _sent(door: Client, body: bytes) -> None:
    answer = door.post("/api/incidents", body, content_type="application/json")
    if answer.status_code != 201:
        raise RuntimeError(f"an intake was answered with {answer.status_code}")


def _counted(queries: CaptureQueriesContext) -> int:
    return sum(not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for q in queries)


def _acting(here: Ground, seconds: float) -> Iterator[Figure]:
    """Registering incidents one after the other: by the command, and by the form that a clerk sends."""
    machine = machine_actor(here.key)
    clerk = Actor("staff", uuid4(), uuid4(), "bench", "", "command", (Grant(permissions_of("command_clerk"), "339901"),), second_factor=True)  # fmt: skip
    many = int(seconds * 200)
    waiting = [
        report_incident(machine, Report("垃圾", lng, lat, "api", _DESK)).matter_id  # type: ignore[arg-type]
        for lng, lat in islice(cycle(here.points), 3 * many)
    ]
    bare = _rate(waiting[:many], partial(_bare_act, psycopg.connect(here.url, prepare_threshold=1, options=f"-c search_path={SCHEMA},public")))  # fmt: skip
    rate = _rate(waiting[many : 2 * many], lambda matter: act(clerk, matter, "register"))
    yield Figure("act on a matter, one process", rate, "/s", bare, "bare transaction, one connection")
    browser = signed_in("chenshou")
    rate = _rate(waiting[2 * many :], partial(_send_act, browser))
    yield Figure("act through the form, one process", rate, "/s", bare, "bare transaction, one connection")


def _rate(matters: list[UUID], perform: Callable[[UUID], object]) -> float:
    """Acts a second, one after the other."""
    started = perf_counter()
    for matter in matters:
        perform(matter)
    return len(matters) / (perf_counter() - started)


def _send_act(browser: Client, matter: UUID) -> None:
    answer = browser.post(f"/console/matters/{matter}/do/register/", {"register-revision": "1"})
    if answer.status_code != 302:
        raise RuntimeError(f"an act was answered with {answer.status_code}")


def _bare_act(line: "psycopg.Connection[Any]", matter: UUID) -> None:
    """The least that an act is: lock the matter, read its clocks, change it, add an entry, stop and start a clock."""
    with line.transaction():
        line.execute("SELECT * FROM matters_matter WHERE id = %s FOR UPDATE", [matter]).fetchone()
        line.execute(
            "SELECT * FROM matters_clock WHERE matter_id = %s AND stopped_at IS NULL", [matter]
        ).fetchall()
        line.execute(
            "UPDATE matters_matter SET state = 'registered', revision = 2, changed_at = now(), head = %s, "
            "performers = %s, due_at = now(), amber_at = now() WHERE id = %s AND revision = 1",
            [b"0" * 32, Jsonb({"register": None}), matter],
        )
        row = matter_row(matter, "", 0, 0)
        entry = entry_row(row, sha256(b"x").digest()) | {"seq": 2}
        line.execute(_insert("ledger_entry", entry), list(entry.values()))
        line.execute(
            "UPDATE matters_clock SET stopped_at = now() WHERE matter_id = %s AND stopped_at IS NULL",
            [matter],
        )
        clock = clock_row(row) | {"limit_code": "dispatch"}
        line.execute(_insert("matters_clock", clock), [_adapted(*pair) for pair in clock.items()])
