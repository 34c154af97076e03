"""Live screens: what happens to matters, heard from the database and passed on to whoever watches.

An act tells of itself by `pg_notify` in its own statement, so it is heard when it is committed and never when it is
not. Each process that serves screens has one listening connection, in a thread of its own, and hands what it hears to
its watchers. Nothing here is a record: a watcher that may have missed something is told to read afresh (`RELOAD`).
"""

import logging
import secrets
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import UUID

import orjson
import psycopg
from django.db import connection as django_connection
from psycopg import sql

from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import decide

KEPT = 256
"""How many happenings of a county can be resumed from."""
WAITING = 64
"""How many a watcher may leave unread before it is told to read everything afresh."""
_TURN_SECONDS = 0.5
_READY_SECONDS = 5.0
_PROBE_SECONDS = 15.0
_LONGEST_PAUSE = 10.0

log = logging.getLogger("yimen.live")


@dataclass(frozen=True, slots=True)
class Happening:
    """Something happened to a matter: which, how it now stands, where, and which organs have held it.

    `place` is its grid's code, or its village's. Nothing about any person is in it. `key` orders happenings within
    one process; it is what a browser sends back as `Last-Event-ID`.
    """

    key: str
    matter: str
    state: str
    place: str
    organs: tuple[str, ...] = ()

    def seen_by(self, actor: Actor, permissions: Sequence[str]) -> bool:
        """Whether one of the permissions reaches the matter; the judge is the one who judges everything."""
        return any(
            decide(actor, permission, area=self.place, organ=organ) is None
            for permission in permissions
            for organ in self.organs or ("",)
        )


RELOAD = Happening("", "", "", "")
"""Something may have been missed: what is on the screen is to be read afresh."""


def channel(schema: str) -> str:
    """The channel of a county."""
    return f"live_{schema}"


def words_of(matter: str, state: str, place: str, organs: Iterable[str]) -> str:
    """What an act says of itself on its county's channel."""
    return orjson.dumps([matter, state, place, list(organs)]).decode()


def tell(what: UUID, state: str, place: str) -> None:
    """Tell the county's screens of something that is no matter, such as a ticket that is called.

    Heard when the transaction is committed, never when it is not.
    """
    with django_connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_notify('live_' || current_schema, %s)", [words_of(str(what), state, place, ())]
        )


class Watcher:
    """One screen's queue. Bounded: whoever reads too slowly loses the single happenings and reads afresh."""

    def __init__(self, who: UUID | None = None) -> None:
        self.who = who
        self._waiting: deque[Happening] = deque()
        self._changed = threading.Condition()

    def tell(self, happening: Happening) -> None:
        """Put a happening into the queue; never waits for the reader."""
        with self._changed:
            if happening is RELOAD or len(self._waiting) >= WAITING:
                self._waiting.clear()
                happening = RELOAD
            self._waiting.append(happening)
            self._changed.notify()

    def next(self, seconds: float) -> Happening | None:
        """The next happening, or None when there was none for so long."""
        with self._changed:
            if not self._waiting:
                self._changed.wait(seconds)
            return self._waiting.popleft() if self._waiting else None


@dataclass(slots=True)
class _County:
    """What one process knows of one county: who watches, and what came last."""

    watchers: set[Watcher] = field(default_factory=set)
    kept: deque[Happening] = field(default_factory=lambda: deque(maxlen=KEPT))
    is_heard: bool = False


class Hub:
    """The one listening connection of a process, and its watchers county by county."""

    def __init__(self, address: dict[str, Any]) -> None:
        self._address = address
        self._counties: dict[str, _County] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._era = secrets.token_hex(4)
        self._count = 0

    def watch(
        self,
        schema: str,
        last_key: str = "",
        *,
        most: int | None = None,
        who: UUID | None = None,
        most_each: int | None = None,
    ) -> Watcher | None:
        """A watcher of a county, told at once of what came after `last_key`; to reload when that key is not known.

        None when `most` watch already through this process, or `most_each` for the account `who`. Returns when the county is being listened to, or after
        five seconds without a database: then a reload comes later.
        """
        watcher = Watcher(who)
        with self._changed:
            if most is not None and self.watching() >= most:
                return None
            county = self._counties.setdefault(schema, _County())
            if most_each is not None and sum(w.who == who for w in county.watchers) >= most_each:
                return None
            county.watchers.add(watcher)
            for missed in self._after(county, last_key):
                watcher.tell(missed)
            self._begin()
            self._changed.wait_for(lambda: county.is_heard, _READY_SECONDS)
        return watcher

    def leave(self, schema: str, watcher: Watcher) -> None:
        """The watcher watches no more."""
        with self._changed:
            self._counties[schema].watchers.discard(watcher)

    def watching(self) -> int:
        """How many watch through this process."""
        with self._changed:
            return sum(len(c.watchers) for c in self._counties.values())

    def stop(self) -> None:
        """Listen no more; for tests and for the end of a process."""
        self._stopping.set()
        if self._thread:
            self._thread.join(_READY_SECONDS)

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="live", daemon=True)
            self._thread.start()

    @staticmethod
    def _after(county: _County, last_key: str) -> list[Happening]:
        keys = [h.key for h in county.kept]
        return list(county.kept)[keys.index(last_key) + 1 :] if last_key in keys else [RELOAD]

    def _run(self) -> None:
        """Listen until stopped; a lost database is looked for again, with growing pauses."""
        pause = _TURN_SECONDS
        while not self._stopping.is_set():
            try:
                with psycopg.connect(**self._address, autocommit=True, connect_timeout=5) as line:
                    pause = _TURN_SECONDS
                    self._listen(line)
            except psycopg.Error as error:
                log.warning("the line of live screens is lost: %s", error)
                self._forget_all()
                self._stopping.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _listen(self, line: "psycopg.Connection[Any]") -> None:
        """Pass on what comes in; between two turns, begin with counties that are new and probe a quiet line."""
        heard_at = monotonic()
        while not self._stopping.is_set():
            self._take_up(line)
            for notice in line.notifies(timeout=_TURN_SECONDS):
                heard_at = monotonic()
                self._pass_on(notice.channel, notice.payload)
                if self._is_behind():
                    break
            if monotonic() - heard_at > _PROBE_SECONDS:
                line.execute("SELECT 1")
                heard_at = monotonic()

    def _is_behind(self) -> bool:
        with self._changed:
            return self._stopping.is_set() or any(not c.is_heard for c in self._counties.values())

    def _take_up(self, line: "psycopg.Connection[Any]") -> None:
        """Listen to the counties that are not heard yet; who watched them through a gap reads afresh."""
        with self._changed:
            unheard = {s: c for s, c in self._counties.items() if not c.is_heard}
        for schema, county in unheard.items():
            line.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel(schema))))
            with self._changed:
                county.is_heard = True
                for watcher in county.watchers:
                    watcher.tell(RELOAD)
                self._changed.notify_all()

    def _forget_all(self) -> None:
        """After a lost line nothing kept is whole: no key of before can be resumed from."""
        with self._changed:
            for county in self._counties.values():
                county.is_heard = False
                county.kept.clear()

    def _pass_on(self, name: str, payload: str) -> None:
        with self._changed:
            county = self._counties.get(name.removeprefix("live_"))
            if county is None:
                return
            with suppress(ValueError, TypeError):
                matter, state, place, organs = orjson.loads(payload)
                self._count += 1
                happening = Happening(f"{self._era}-{self._count}", matter, state, place, tuple(organs))
                county.kept.append(happening)
                for watcher in county.watchers:
                    watcher.tell(happening)


_hubs: dict[str, Hub] = {}
_making = threading.Lock()


def stop() -> None:
    """Listen to nothing more in this process."""
    with _making:
        for each in _hubs.values():
            each.stop()
        _hubs.clear()


def hub() -> Hub:
    """This process's hub for the database we stand in; it begins to listen with its first watcher."""
    settings = django_connection.settings_dict
    with _making:
        found = _hubs.get(settings["NAME"])
        if found is None:
            given = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
            address = {key: settings[name] for key, name in given.items() if settings[name]}
            options = {
                k: v
                for k, v in settings["OPTIONS"].items()
                if k in ("sslmode", "sslrootcert", "sslcert", "sslkey")
            }
            found = _hubs[settings["NAME"]] = Hub({**address, **options})
        return found
