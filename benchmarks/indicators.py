"""Counting the ledger against merely reading it, and a board's figures at growing numbers of incidents."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from time import perf_counter
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.figures import Figure, p95, times
from benchmarks.ground import SCHEMA, Ground
from yimen.domains.command.api import Period, by_day, catch_up, counts, table
from yimen.domains.command.indicators import Fact
from yimen.domains.command.rollups import headings
from yimen.domains.grid.api import Report, in_force, report_incident
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import today
from yimen.kernel.ledger.models import Entry
from yimen.kernel.org.models import Grid
from yimen.site.demo.people import COUNTY

_INCIDENTS = 600
_ROAD = ("reported", "accepted", "registered", "dispatched", "rightly_dispatched", "handled", "closed")
_ORGANS = ("urban", "water", "housing", "transport", "eco", "market", "339901100", "339901001")


def measure(here: Ground, sizes: list[int], repeat: int) -> Iterator[Figure]:
    """All figures of this module. The sums are laid for `sizes` incidents, each over seven measures."""
    yield _counting(here)
    laid = 0
    with psycopg.connect(here.owner_url) as owner:
        owner.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(SCHEMA)))
        for size in sizes:
            _lay(owner, size - laid, laid)
            laid = size
            yield from _asked(size, repeat)


def _counting(here: Ground) -> Figure:
    """Entries a second that the rollups take in, against reading the same entries."""
    classes = list(in_force().classes)
    for n in range(_INCIDENTS):
        lng, lat = here.points[n % len(here.points)][:2]
        report_incident(Actor.resident(), Report("桥头垃圾", lng, lat, "portal", classes[n % len(classes)]))
    started = perf_counter()
    entries = len(
        list(Entry.objects.order_by("stream", "seq").values_list("stream", "seq", "act", "payload"))
    )
    bare = entries / (perf_counter() - started)
    started = perf_counter()
    catch_up()
    return Figure("counting new entries", entries / (perf_counter() - started), "/s", bare, "reading them")


def _lay(owner: "psycopg.Connection[Any]", number: int, seed: int) -> None:
    """Add the sums of so many incidents, spread over a year, the county's grids, classes, organs and 900 reporters."""
    rng = random.Random(seed)
    grids = list(Grid.objects.values_list("code", flat=True))
    classes, first = list(in_force().classes), today() - timedelta(days=365)
    sums: Counter[tuple[object, ...]] = Counter()
    for _ in range(number):
        day = first + timedelta(days=rng.randrange(360))
        area, class_code, organ = rng.choice(grids), rng.choice(classes), rng.choice(_ORGANS)
        person = str(rng.randrange(900))
        for measure in _ROAD:
            sums.update(headings(Fact(measure, day, area, organ, f"{organ}-1", person, class_code)))
    owner.execute("CREATE TEMP TABLE laid (LIKE rollup_tally) ON COMMIT DROP")
    with owner.cursor().copy("COPY laid (scope, code, class_code, day, measure, number) FROM STDIN") as rows:
        for key, count in sums.items():
            rows.write_row((*key, count))
    owner.execute(
        "INSERT INTO rollup_tally SELECT * FROM laid ON CONFLICT (scope, code, class_code, day, measure) "
        "DO UPDATE SET number = rollup_tally.number + excluded.number"
    )
    owner.commit()
    owner.execute("ANALYZE rollup_tally")
    owner.commit()


def _asked(size: int, repeat: int) -> Iterator[Figure]:
    """The questions behind a board, p95."""
    month = Period(today() - timedelta(days=90), today() - timedelta(days=61))
    year = Period(today() - timedelta(days=365), today())
    questions = {
        "a county's figures, a month": lambda: counts("county", COUNTY, month),
        "a county's figures, a year": lambda: counts("county", COUNTY, year),
        "a county's course by day, a year": lambda: by_day("county", COUNTY, year),
        "all townships, a month": lambda: table("township", month, under=COUNTY),
        "all organs, a month": lambda: table("organ", month),
        "all villages, a month": lambda: table("village", month, under=COUNTY),
    }
    for what, ask in questions.items():
        yield Figure(what, p95(times(ask, repeat)), "ms", size=size)
