"""The database is killed under sixteen writers: every acknowledged act is there, and no chain is broken."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, InterfaceError, connection, connections

from tests.counties import make_test_counties
from tests.domains.grid.test_incident import actor, reported
from yimen.domains.grid.api import act
from yimen.kernel.counties.tenancy import in_county
from yimen.kernel.ledger.models import Entry
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters.queries import heads
from yimen.site import postgres, settings
from yimen.site.database import migrate

WRITERS = 16
SECONDS = float(os.environ.get("YIMEN_CRASH_SECONDS", "12"))
KILLS = 3


@pytest.fixture
def own_server(tmp_path: Path, django_db_blocker: Any) -> Iterator[Path]:
    """A server of this test's own, with the test counties, and Django pointed at it."""
    data = tmp_path / "a folder"
    server = postgres.start(data)
    kept = dict(connections["default"].settings_dict)
    try:
        postgres.prepare_database(server)
        connection.close()
        for settings_now in (connections.databases["default"], connections["default"].settings_dict):
            settings_now.update(settings.database(server.url(postgres.APP)))
        with django_db_blocker.unblock():
            migrate(server.url(postgres.OWNER))
            make_test_counties(server.url(postgres.OWNER))
            yield data
            connection.close()
    finally:
        for settings_now in (connections.databases["default"], connections["default"].settings_dict):
            settings_now.update(kept)
        postgres.remove(data)


def kill(data: Path) -> None:
    """SIGKILL the server's first process, as a power cut would; then start it again."""
    cluster = postgres.cluster_of(data)
    os.kill(int((cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    while postgres.is_running(cluster):
        sleep(0.01)
    postgres.start(data)


def test_every_acknowledged_act_survives_the_killing_of_the_database(own_server: Path) -> None:
    acknowledged: list[tuple[UUID, int, bytes]] = []
    until = monotonic() + SECONDS
    lost = [0]

    def write() -> None:
        while monotonic() < until:
            try:
                with in_county("yunxi"):
                    moved = reported()
                    acknowledged.append((moved.matter_id, moved.revision, moved.entry_hash))
                    moved = act(actor("clerk"), moved.matter_id, "register")
                    acknowledged.append((moved.matter_id, moved.revision, moved.entry_hash))
            except (DatabaseError, InterfaceError):
                lost[0] += 1
                connection.close()
                sleep(0.05)
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for _ in range(KILLS):
        sleep(SECONDS / (KILLS + 1))
        kill(own_server)
    for writer in writers:
        writer.join()

    connection.close()
    with in_county("yunxi"):
        kept = {(s, n): bytes(h) for s, n, h in Entry.objects.values_list("stream", "seq", "hash")}
        assert lost[0] >= KILLS
        assert len(acknowledged) > 10 * WRITERS
        assert [a for a in acknowledged if kept.get(a[:2]) != a[2]] == []
        assert verify_county(heads=heads()).ok
