"""The pages people wait for, at 10⁴, 10⁵ and 10⁶ matters: p95 in milliseconds, the whole request in this process."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import orjson
import psycopg
from django.db import connection
from django.test import Client
from psycopg import sql

from benchmarks.figures import Figure, p95, times
from benchmarks.ground import SCHEMA, Ground, signed_in
from yimen.domains.grid.api import Report, report_incident
from yimen.kernel.access.machines import machine_actor
from yimen.kernel.calendar.today import now, today
from yimen.kernel.ids import public_code, uuid7
from yimen.kernel.ledger.entries import GENESIS
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.search import folded, terms
from yimen.kernel.org.models import Grid
from yimen.site.demo.people import COUNTY

_OPEN = 0.02
_RARE = 0.0001
_STATES = ("reported", "registered", "dispatched", "handling", "handled", "checked")
_WORDS = (
    "村口",
    "河埠头",
    "桥头",
    "菜市场",
    "老樟树",
    "卫生室",
    "公交站",
    "祠堂",
    "水库",
    "晒谷场",
    "码头",
    "茶厂",
)
_WHATS = (
    "垃圾堆积",
    "路面破损",
    "井盖缺失",
    "路灯不亮",
    "秸秆焚烧",
    "乱搭乱建",
    "污水外溢",
    "护栏损坏",
    "噪声扰民",
    "占道经营",
)
_ORGANS = (
    "urban",
    "water",
    "housing",
    "transport",
    "eco",
    "emergency",
    "resources",
    "farm",
    "police",
    "civil",
)
_YEARS = 10


def measure(here: Ground, sizes: list[int], repeat: int) -> Iterator[Figure]:
    """Each page at each size; the county grows in between."""
    machine = machine_actor(here.key)
    lng, lat = here.points[0]
    real = report_incident(machine, Report("祠堂门口的石桥栏杆断了一根", lng, lat, "api", "0801")).matter_id  # type: ignore[arg-type]
    first: dict[str, float] = {}
    for size in sizes:
        _fill(here, size)
        for what, path, login in _requests(real):
            browser = signed_in(login) if login else Client(headers={"host": "localhost"})
            durations = times(partial(_get, browser, path), repeat)
            took = p95(durations)
            first.setdefault(what, took)
            note = f"median {durations[len(durations) // 2]:.1f} ms"
            yield Figure(what, took, "ms p95", first[what], f"at {sizes[0]:,}", size, note)


def _requests(real: UUID) -> list[tuple[str, str, str]]:
    """(what, address, who asks); the deep page begins in the middle of the years."""
    middle = uuid7(now() - timedelta(days=365 * _YEARS / 2))
    return [
        ("page of a matter", f"/console/matters/{real}/", "zhoupai"),
        ("my work, dispatcher", "/console/", "zhoupai"),
        ("my work, department", "/console/", "zhengfa"),
        ("my work, grid worker", "/console/", "wangge"),
        ("list, newest", "/console/matters/", "zhoupai"),
        ("list, a page in the middle", f"/console/matters/?before={middle}", "zhoupai"),
        ("list of a department", "/console/matters/", "zhengfa"),
        ("list of a village", "/console/matters/", "wangge"),
        ("filter by state and township", "/console/matters/?state=closed&township=339901100", "zhoupai"),
        ("filter by red light", "/console/matters/?light=red", "zhoupai"),
        (
            "filter by class and day",
            f"/console/matters/?kind=0101&opened_from={today() - timedelta(days=30)}",
            "zhoupai",
        ),
        ("filter by a rare channel", "/console/matters/?channel=hotline", "zhoupai"),
        ("map of the list", "/console/matters/?view=map", "zhoupai"),
        ("map of the red light", "/console/matters/?view=map&light=red", "zhoupai"),
        ("wall, its board", f"/wall/{COUNTY}/board/", "zhoupai"),
        ("wall, a township's board", "/wall/339901100/board/", "zhoupai"),
        ("search, two characters", "/console/matters/?q=祠堂", "zhoupai"),
        ("search, four characters", "/console/matters/?q=石桥栏杆", "zhoupai"),
        ("search, nothing to find", "/console/matters/?q=飞碟降落", "zhoupai"),
        ("Open311, a page of requests", "/open311/v2/requests.json?status=closed", ""),
        ("Open311, one request", f"/open311/v2/requests/{_number(real)}.json", ""),
        ("track by code", f"/track/{_code(real)}/", ""),
    ]


def _code(real: UUID) -> str:
    return Matter.objects.values_list("tracking_code", flat=True).get(id=real)


def _number(real: UUID) -> str:
    return Matter.objects.values_list("number", flat=True).get(id=real)


def _get(browser: Client, path: str) -> None:
    answer = browser.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")


def _fill(here: Ground, size: int) -> None:
    """Grow to `size` matters by COPY; years of closed ones, a fiftieth at work, as a county's desk looks.

    What the growth left to be written is written before anything is measured: no county grows tenfold in a minute.
    """
    have = Matter.objects.count()
    rng = random.Random(size)
    grids = list(Grid.objects.order_by("code").values_list("code", "place_code", "lng", "lat"))
    columns = [f.column for f in Matter._meta.concrete_fields if f.column]
    at = now()
    with (
        psycopg.connect(here.owner_url, options=f"-c search_path={SCHEMA},public") as line,
        line.cursor() as cursor,
    ):
        statement = sql.SQL("COPY matters_matter ({}) FROM STDIN").format(
            sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with cursor.copy(statement) as copy:
            for number in range(have, size):
                row = _row(
                    rng, grids, at - timedelta(days=365 * _YEARS * (1 - number / size), seconds=rng.random())
                )
                copy.write_row([row[c] for c in columns])
        cursor.execute("ANALYZE matters_matter")
    with psycopg.connect(here.owner_url, autocommit=True) as line:
        line.execute(f"VACUUM {SCHEMA}.matters_matter")
    with psycopg.connect(here.admin_url, autocommit=True) as admin:
        admin.execute("CHECKPOINT")
    connection.close()


def _row(rng: random.Random, grids: list[tuple[str, str, float, float]], at: datetime) -> dict[str, Any]:
    grid, place, lng, lat = rng.choice(grids)
    is_open = rng.random() < _OPEN
    state = rng.choice(_STATES) if is_open else "closed"
    organ = rng.choice(_ORGANS)
    key = uuid7(at)
    number = f"SJ-{at.year}-{key.hex[-10:]}"
    text = f"{rng.choice(_WORDS)}{rng.choice(_WHATS)}，{rng.choice(_WORDS)}附近第{rng.randint(1, 400)}号门前"
    due = now() + timedelta(hours=rng.uniform(-72, 240))
    held = organ if state in ("dispatched", "handling", "handled", "checked", "closed") else ""
    return {
        "id": key, "number": number, "tracking_code": public_code(), "procedure": "incident", "version": 1,
        "state": state, "title": text[:40], "kind": f"010{rng.randint(1, 9)}", "channel": "hotline" if rng.random() < _RARE else "grid_worker", "source": "",
        "external_number": "", "request_key": None, "place_code": place, "township_code": place[:9], "grid_code": grid,
        "lng": lng, "lat": lat, "facts": orjson.dumps({"text": text, "limit": [4, "working_hours"]}).decode(),
        "private": None, "organ_code": held, "post_code": "", "person_id": None, "organs": [held] if held else [],
        "performers": "{}", "opened_by": None, "opened_at": at, "changed_at": at, "closed_at": None if is_open else at,
        "due_at": due if is_open else None, "amber_at": due - timedelta(hours=24) if is_open else None,
        "related_id": None, "folded": folded(text, number), "terms": terms(text, number), "revision": 1, "head": GENESIS,
    }  # fmt: skip
