"""Pure arithmetic: working days beside numpy, a point's grid beside bare shapely, the ledger beside bare hashing."""

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from itertools import cycle
from time import perf_counter

import numpy as np
import shapely

from benchmarks.figures import Figure, rate
from benchmarks.ground import Ground
from yimen.kernel.calendar.official import shipped
from yimen.kernel.ledger.models import Entry
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters.queries import heads
from yimen.kernel.org.grids import locate
from yimen.kernel.org.models import Grid


def measure(here: Ground, seconds: float) -> Iterator[Figure]:
    """All figures of this module."""
    yield from _working_days(seconds)
    yield from _points(here, seconds)
    yield from _ledger(seconds)


def _working_days(seconds: float) -> Iterator[Figure]:
    calendar = shipped()
    starts = cycle([date(2020, 1, 1) + timedelta(days=n) for n in range(2000)])
    weekend_work = sorted(d for y in calendar.years for d in y.working_weekends)
    rest = sorted(d for y in calendar.years for d in y.rest_weekdays)
    busday = np.busdaycalendar(holidays=np.array(rest, dtype="datetime64[D]"))
    ours = rate(lambda: calendar.add(next(starts), 20), seconds)
    numpys = rate(lambda: np.busday_offset(next(starts), 20, roll="backward", busdaycal=busday), seconds)
    yield Figure(
        "20 working days added", ours, "/s", numpys, "numpy.busday_offset",
        note=f"numpy one date at a time, and without the {len(weekend_work)} worked weekends",
    )  # fmt: skip


def _points(here: Ground, seconds: float) -> Iterator[Figure]:
    points = cycle(here.points)
    shapes = [shapely.geometry.shape(b) for b in Grid.objects.values_list("boundary", flat=True)]
    for shape in shapes:
        shapely.prepare(shape)
    tree = shapely.STRtree(shapes)
    ours = rate(lambda: locate(*next(points)), seconds)
    bare = rate(lambda: tree.query(shapely.Point(*next(points)), predicate="intersects"), seconds)
    yield Figure("point to grid", ours, "/s", bare, "bare shapely tree", size=len(shapes))


def _ledger(seconds: float) -> Iterator[Figure]:
    """A walk reads, recomputes and compares; the limit hashes the same payloads held in memory."""
    found = verify_county(heads=heads())
    if not found.ok:
        raise RuntimeError(f"the ledger is broken at {found.first_broken}")
    payloads = [p.encode() for p in Entry.objects.values_list("payload", flat=True)[:100_000]]
    started, hashed = perf_counter(), 0
    while perf_counter() - started < seconds:
        for payload in payloads:
            sha256(sha256(payload).digest() + payload[:32]).digest()
        hashed += len(payloads)
    bare = hashed / (perf_counter() - started)
    yield Figure(
        "ledger verified",
        found.entries / found.seconds,
        "entries/s",
        bare,
        "hashing the same bytes",
        found.entries,
    )
