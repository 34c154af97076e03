"""Live screens: from an act's commit to a screen's ear, and what telling costs the acts themselves."""

import threading
from collections.abc import Iterator
from statistics import median
from time import perf_counter, sleep

from django.db import connection

from benchmarks.figures import Figure, p95
from benchmarks.ground import SCHEMA, Ground
from yimen.domains.grid.api import Report, report_incident
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.machines import machine_actor
from yimen.kernel.counties.tenancy import in_county
from yimen.kernel.matters import statement
from yimen.kernel.notices import live

_ACTS = 200
_WRITERS = 4


def measure(here: Ground, seconds: float) -> Iterator[Figure]:
    """Delay with one screen, and acts a second with none, with sixteen, and with acts that tell nobody."""
    actor = machine_actor(here.key)
    if actor is None:
        raise LookupError("the ground's machine key opens nothing")
    delays = _delays(actor, here)
    yield Figure("act committed → screen hears (median)", median(delays), "ms")
    yield Figure("act committed → screen hears (p95)", p95(sorted(delays)), "ms", size=_ACTS)
    silent = _rate(actor, here, seconds, tells=False)
    yield Figure(f"acts of {_WRITERS} writers that tell nobody", silent, "/s")
    alone = _rate(actor, here, seconds)
    yield Figure(f"acts of {_WRITERS} writers, no screen", alone, "/s", silent, "telling nobody")
    watchers = [live.hub().watch(SCHEMA) for _ in range(16)]
    watched = _rate(actor, here, seconds)
    yield Figure(f"acts of {_WRITERS} writers, 16 screens", watched, "/s", silent, "telling nobody")
    for watcher in watchers:
        if watcher is not None:
            live.hub().leave(SCHEMA, watcher)
    live.stop()


def _report(actor: Actor, here: Ground, number: int) -> None:
    lng, lat = here.points[number % len(here.points)]
    report_incident(actor, Report("桥头垃圾堆了三天", lng, lat, "api", "0101"))


def _delays(actor: Actor, here: Ground) -> list[float]:
    """Milliseconds from the end of the act to the watcher's hearing, act by act."""
    watcher = live.hub().watch(SCHEMA)
    if watcher is None:
        raise LookupError("no room for a watcher")
    while watcher.next(0.5) is not None:
        pass
    heard: list[float] = []

    def listen() -> None:
        while len(heard) < _ACTS and watcher.next(5.0) is not None:
            heard.append(perf_counter())

    ear = threading.Thread(target=listen)
    ear.start()
    ends = []
    for number in range(_ACTS):
        _report(actor, here, number)
        ends.append(perf_counter())
        sleep(0.005)
    ear.join()
    live.hub().leave(SCHEMA, watcher)
    return [max(h - e, 0) * 1000 for h, e in zip(heard, ends, strict=False)]


def _rate(actor: Actor, here: Ground, seconds: float, *, tells: bool = True) -> float:
    """Acts a second of several writers at once; with `tells` off the statement runs without its notice."""
    told = statement.TELLS
    silent = "SELECT left(%s, 0) FROM done"
    until = perf_counter() + seconds
    counts = [0] * _WRITERS
    statement.TELLS = told if tells else silent
    statement._sql.cache_clear()

    def write(writer: int) -> None:
        with in_county(SCHEMA):
            while perf_counter() < until:
                _report(actor, here, counts[writer])
                counts[writer] += 1
        connection.close()

    writers = [threading.Thread(target=write, args=(n,)) for n in range(_WRITERS)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    statement.TELLS = told
    statement._sql.cache_clear()
    return sum(counts) / seconds
