"""The worker: delivers the outbox at least once, retries with growing pauses, and does routine work on time.

A handler gets the message's id as its idempotency key. What fails for good stays visible as `failed`.
"""

import logging
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F

from yimen.kernel.calendar.today import now
from yimen.kernel.counties.models import County
from yimen.kernel.counties.tenancy import current_county, in_county, stand_in_public
from yimen.kernel.notices.models import OutboxMessage, RoutineRun
from yimen.kernel.words import Text

MOST_TRIES = 8
BATCH = 50
IDLE_SECONDS = 2.0
_LEASE = timedelta(minutes=2)

Handler = Callable[[UUID, Mapping[str, Any]], None]
log = logging.getLogger("yimen.worker")
_handlers: dict[str, Handler] = {}


_NOTED_EVERY = timedelta(minutes=1)
"""A run that went like the one before is written down at most so often: some routines run every two seconds."""


@dataclass(frozen=True, slots=True)
class _Routine:
    name: Text
    every: timedelta
    work: Callable[[], object]
    last: dict[str, datetime] = field(default_factory=dict)


_routines: list[_Routine] = []


def hear(topic: str, handler: Handler) -> None:
    """Name the one handler of a topic."""
    _handlers[topic] = handler


def routinely(name: Text, every: timedelta, work: Callable[[], object]) -> None:
    """Do `work` in each county once in `every`; one worker at a time does it. How it went is kept in the county."""
    _routines.append(_Routine(name, every, work))


def pause_before(attempt: int) -> timedelta:
    """How long to wait after a failed attempt (1, 2, …): doubling from 5 seconds to an hour, with jitter."""
    seconds = min(5.0 * 2 ** (attempt - 1), 3600.0)
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spreading load, not a secret


def run(stopping: threading.Event, *, once: bool = False) -> bool:
    """Work through all counties until told to stop; with `once` False when the database was not there."""
    while not stopping.is_set():
        busy, there = False, True
        try:
            for schema in _counties():
                with in_county(schema):
                    busy |= deliver() == BATCH
                    _do_routines(schema)
        except (OperationalError, InterfaceError) as error:
            log.error("the database went away: %s", str(error).strip())
            connection.close()
            there = False
        if once:
            return there
        if not busy:
            stopping.wait(IDLE_SECONDS)
    return True


def _counties() -> list[str]:
    stand_in_public()
    return list(County.objects.order_by("schema_name").values_list("schema_name", flat=True))


def deliver(size: int = BATCH) -> int:
    """Deliver what is due in the current county; returns how many were taken.

    Messages are leased first, so that a worker killed in the middle loses none: the lease runs out.
    """
    at = now()
    with transaction.atomic():
        taken = list(
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(state="waiting", due_at__lte=at)
            .order_by("due_at")[:size]
        )
        OutboxMessage.objects.filter(id__in=[m.id for m in taken]).update(
            due_at=at + _LEASE, lease_until=at + _LEASE
        )
    for message in taken:
        if _still_mine(message, at + _LEASE):
            _deliver_one(message)
    return len(taken)


def _still_mine(message: OutboxMessage, lease: datetime) -> bool:
    """Renew the lease and count the try, before it is made: one that kills the worker is not tried for ever."""
    until = now() + _LEASE
    held = OutboxMessage.objects.filter(id=message.id, state="waiting", lease_until=lease)
    return bool(held.update(due_at=until, lease_until=until, tries=F("tries") + 1))


def _deliver_one(message: OutboxMessage) -> None:
    """Hand a message to its handler; what the handler writes and that it is sent become true together."""
    mine = OutboxMessage.objects.filter(id=message.id, state="waiting")
    try:
        with transaction.atomic():
            handler = _handlers.get(message.topic)
            if handler is None:
                raise LookupError(f"nobody hears the topic {message.topic!r}")
            handler(message.id, message.payload)
            mine.update(state="sent", sent_at=now(), last_error="", lease_until=None)
    except Exception as error:  # whatever a handler raises is that message's failure, never the worker's end
        tries = message.tries + 1
        mine.update(
            state="failed" if tries >= MOST_TRIES else "waiting",
            tries=tries,
            due_at=now() + pause_before(tries),
            last_error=f"{type(error).__name__}: {error}"[:1000],
            lease_until=None,
        )
        log.warning("message %s (%s) failed: %s", message.id, message.topic, error)


def _do_routines(schema: str) -> None:
    """Do what is due; one that fails is noted and tried again in its next turn, and stops nothing else."""
    known = {run.name: run for run in RoutineRun.objects.all()} if _routines else {}
    for routine in _routines:
        at, run = now(), known.get(routine.name.en)
        last = max((each for each in (run and run.ran_at, routine.last.get(schema)) if each), default=None)
        if last is not None and last <= at < last + routine.every:
            continue
        routine.last[schema] = at
        # A lock of the session, not of a transaction: the work commits its own steps and holds no rows for long.
        with _alone(_lock_of(schema, routine.name)) as mine:
            if not mine:
                continue
            error = ""
            try:
                routine.work()
            except Exception as trouble:
                log.exception("routine %r failed in %s", routine.name.en, schema)
                error = f"{type(trouble).__name__}: {trouble}"[:1000] or "?"
            _note(routine, run, at, error)


def _note(routine: _Routine, run: RoutineRun | None, at: datetime, error: str) -> None:
    """Write down how a run went; one that went as well as the last is left out when that was a moment ago."""
    row = run or RoutineRun(name=routine.name.en)
    if run is not None and not error and not run.failures and at - run.ran_at < _NOTED_EVERY:
        return
    row.name_zh, row.every_seconds, row.ran_at = routine.name.zh, int(routine.every.total_seconds()), at
    if error:
        row.failed_at, row.last_error, row.failures = at, error, row.failures + 1
    else:
        row.succeeded_at, row.failures = at, 0
    row.save()


@contextmanager
def in_place_of_the_worker(routine: Text) -> Iterator[None]:
    """Wait until no worker does this routine here; until the end of the block none begins it."""
    name = _lock_of(current_county().schema_name, routine)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
    try:
        yield
    finally:
        _unlock(name)


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    """Whether no other worker does this now; held until the end of the block."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            _unlock(name)


def _lock_of(schema: str, routine: Text) -> str:
    return f"{schema}/{routine.en}"


def _unlock(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])
