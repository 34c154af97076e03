"""Live screens hear what was committed, each of its own county and area, and read afresh after any gap."""

import threading
from collections.abc import Iterator
from dataclasses import asdict
from time import monotonic, sleep
from typing import Any

import orjson
import pytest
from django.db import connection, transaction
from django.test import Client

from tests.cast import HERE, HERE_VILLAGE, OFFICE, hired, house, signed_in, staff, the_cast
from tests.domains.grid.test_incident import actor, reported
from yimen.domains.grid.api import GridPermission, act
from yimen.kernel.access.actors import Grant
from yimen.kernel.access.commands import revoke_role
from yimen.kernel.counties.tenancy import in_county
from yimen.kernel.notices import live, stream
from yimen.kernel.notices.live import RELOAD, WAITING, Happening, Hub, Watcher

SOON = 5.0


@pytest.fixture
def hub(fresh_database: str) -> Iterator[Hub]:
    """The hub of a database of its own, silent afterwards."""
    yield live.hub()
    live.stop()


def begun(hub: Hub, schema: str = "yunxi", last_key: str = "") -> Watcher:
    """A watcher that has read its first reload."""
    watcher = hub.watch(schema, last_key)
    assert watcher is not None
    while (first := watcher.next(0.3)) is not None:
        assert first is RELOAD
    return watcher


def heard(watcher: Watcher) -> Happening:
    """What comes next, in time."""
    happening = watcher.next(SOON)
    assert happening is not None, "nothing was heard"
    return happening


def test_an_act_is_heard_with_its_matter_state_and_place_and_nothing_about_anybody(hub: Hub) -> None:
    watcher = begun(hub)
    moved = reported(reporter="赵大妈", phone="10000000001", text="赵大妈家门口垃圾")
    happening = heard(watcher)
    assert (happening.matter, happening.state) == (str(moved.matter_id), "reported")
    assert happening.place.startswith("339901")
    assert set(asdict(happening)) == {"key", "matter", "state", "place", "organs"}
    assert "赵" not in live.words_of(happening.matter, happening.state, happening.place, happening.organs)


def test_an_act_is_heard_within_a_fifth_of_a_second_of_its_commit(hub: Hub) -> None:
    watcher = begun(hub)
    reported()
    committed_at = monotonic()
    heard(watcher)
    assert monotonic() - committed_at < 0.2


def test_what_is_rolled_back_was_never_heard(hub: Hub) -> None:
    watcher = begun(hub)
    with transaction.atomic():
        reported()
        transaction.set_rollback(True)
    kept = reported()
    assert heard(watcher).matter == str(kept.matter_id)


def test_two_counties_hear_nothing_of_each_other(hub: Hub) -> None:
    here, there = begun(hub), begun(hub, "shiqiao")
    mine = reported()
    with in_county("shiqiao"):
        theirs = reported()
    assert heard(here).matter == str(mine.matter_id)
    assert heard(there).matter == str(theirs.matter_id)
    assert here.next(0.3) is None
    assert there.next(0.3) is None


def test_a_slow_reader_is_told_to_read_afresh_and_nobody_waits_for_it() -> None:
    slow = Watcher()
    for number in range(WAITING + 1):
        slow.tell(Happening(str(number), "m", "reported", HERE))
    assert slow.next(0) is RELOAD
    assert slow.next(0) is None


def test_who_comes_again_hears_what_came_in_between(hub: Hub) -> None:
    watcher = begun(hub)
    reported()
    last = heard(watcher)
    hub.leave("yunxi", watcher)
    other = begun(hub)
    missed = reported()
    heard(other)
    again = hub.watch("yunxi", last.key)
    assert again is not None
    assert heard(again).matter == str(missed.matter_id)


def test_who_comes_with_an_unknown_key_reads_afresh(hub: Hub) -> None:
    begun(hub)
    again = hub.watch("yunxi", "another-process-7")
    assert again is not None
    assert heard(again) is RELOAD


def test_after_a_lost_line_screens_read_afresh_and_hear_again(hub: Hub) -> None:
    watcher = begun(hub)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%%'"
        )
        (pid,) = cursor.fetchone()
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    assert heard(watcher) is RELOAD
    moved = reported()
    assert heard(watcher).matter == str(moved.matter_id)


def test_a_broken_word_on_the_channel_silences_nothing(hub: Hub) -> None:
    watcher = begun(hub)
    with connection.cursor() as cursor:
        for junk in ("", "{", "[1]", "null"):
            cursor.execute("SELECT pg_notify('live_yunxi', %s)", [junk])
    moved = reported()
    assert heard(watcher).matter == str(moved.matter_id)


def test_a_stream_tells_only_what_the_fixed_cast_may_see() -> None:
    happening = Happening("1", "m", "handling", HERE_VILLAGE + "001", (OFFICE,))
    seen = {
        part: happening.seen_by(who, (GridPermission.READ,)) for part, who in the_cast("department_handler")
    }
    assert seen == {
        "citizen": False, "officer": True, "colleague": True, "elsewhere": False, "superior": True, "stranger": False,
    }  # fmt: skip
    village = staff("网格员", Grant(frozenset({GridPermission.READ}), HERE_VILLAGE))
    assert happening.seen_by(village, (GridPermission.READ,))
    assert not happening.seen_by(village, (GridPermission.WALL,))


def read_until(pieces: Iterator[bytes], wanted: bytes) -> bytes:
    """The first piece with the wanted bytes."""
    return next(piece for piece in pieces if wanted in piece)


def opened(browser: Client, **headers: str) -> Any:
    """A wall's stream, as the server reads it."""
    return browser.get("/wall/live/", headers=headers)


@pytest.fixture
def watcher(hub: Hub) -> Client:
    """A browser of somebody who may watch the county's wall."""
    return signed_in(hired("screen", role="wall_screen"))


def test_a_stream_gives_matter_and_state_under_a_key_that_can_be_resumed_from(watcher: Client) -> None:
    answer = opened(watcher)
    assert answer["Content-Type"].startswith("text/event-stream")
    pieces = iter(answer.streaming_content)
    assert next(pieces) == b"retry: 2000\n\n"
    assert next(pieces) == b"event: reload\ndata: \n\n"
    moved = reported()
    piece = read_until(pieces, b"event: matter").decode()
    assert f"data: {moved.matter_id} reported\n" in piece
    key = piece.splitlines()[0].removeprefix("id: ")
    act(actor("clerk"), moved.matter_id, "register")
    answer.close()
    resumed = opened(watcher, **{"Last-Event-ID": key})
    assert (
        f"data: {moved.matter_id} registered"
        in read_until(iter(resumed.streaming_content), b"matter").decode()
    )
    resumed.close()


def test_beyond_the_cap_a_stream_is_refused_with_when_to_come_again(
    watcher: Client, hub: Hub, settings: Any
) -> None:
    settings.YIMEN_STREAMS = 2
    other = signed_in(hired("other", role="wall_screen"))
    first, second = opened(watcher), opened(other)
    full = opened(watcher)
    assert (full.status_code, full["Retry-After"]) == (503, "30")
    first.close()
    third = opened(watcher)
    assert third.status_code == 200
    for each in (second, third):
        each.close()
    assert hub.watching() == 0


def test_one_account_takes_a_quarter_of_the_places(watcher: Client, hub: Hub, settings: Any) -> None:
    settings.YIMEN_STREAMS = 8
    mine = [opened(watcher) for _ in range(8)]
    assert [each.status_code for each in mine] == [200] * 2 + [503] * 6
    theirs = opened(signed_in(hired("other", role="wall_screen")))
    assert theirs.status_code == 200
    mine[0].close()
    again = opened(watcher)
    assert again.status_code == 200
    for each in (mine[1], theirs, again):
        each.close()
    assert hub.watching() == 0


def test_a_quiet_stream_beats_and_ends_with_its_session_or_its_time(
    watcher: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.05)
    answer = opened(watcher)
    pieces = iter(answer.streaming_content)
    read_until(pieces, b": still here")
    watcher.session.flush()
    assert b": still here\n\n" not in list(pieces)
    answer.close()
    monkeypatch.setattr(stream, "LIFE_SECONDS", 0.2)
    short = opened(signed_in(hired("other", role="wall_screen")))
    assert list(short.streaming_content)[0:1] == [b"retry: 2000\n\n"]
    short.close()


def test_a_role_that_was_taken_away_is_told_nothing_more(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hire = hired("chief", role="wall_screen")
    answer = opened(signed_in(hire))
    pieces = iter(answer.streaming_content)
    assert hire.grant is not None
    revoke_role(house(), grant_id=hire.grant.id, reason="调离")
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.05)
    read_until(pieces, b": still here")
    reported()
    assert b"event: matter" not in b"".join(next(pieces) for _ in range(4))
    answer.close()


def test_asking_whether_the_session_stands_is_no_use_of_it(
    watcher: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = watcher.session
    session["seen_at"] = before = int(session["seen_at"]) - 600
    session.save()
    answer = opened(watcher)
    noted = watcher.session["seen_at"]
    assert noted > before, "opening the page's stream is a request like any other"
    session = watcher.session
    session["seen_at"] = before
    session.save()
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.01)
    read_until(iter(answer.streaming_content), b": still here")
    assert watcher.session["seen_at"] == before
    answer.close()


def test_a_hub_that_is_stopped_leaves_no_line_and_no_thread(fresh_database: str) -> None:
    begun(live.hub())
    live.stop()
    assert "live" not in [t.name for t in threading.enumerate() if t.is_alive()]
    until = monotonic() + 5
    while lines_of(fresh_database) and monotonic() < until:
        sleep(0.02)  # PostgreSQL shows a session for a moment after its client has gone
    assert lines_of(fresh_database) == 0


def lines_of(database: str) -> int:
    """How many sessions of a database listen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND query LIKE 'LISTEN%%'", [database]
        )
        return int(cursor.fetchone()[0])


def test_what_an_act_says_of_itself_stays_far_below_postgresqls_limit() -> None:
    organs = [f"339901{n:06d}" for n in range(200)]
    assert len(live.words_of("0" * 36, "merged_duplicate", "0" * 15, organs)) < 8000
    assert orjson.loads(live.words_of("m", "s", "p", ["o"])) == ["m", "s", "p", ["o"]]
