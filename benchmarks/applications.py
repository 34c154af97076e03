"""Applications: handed in with two files through the HTTP door beside the bare insert, and the clerk's lists at each size."""

import io
import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import count, islice
from typing import Any
from uuid import uuid4

import orjson
import psycopg
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Model
from django.test import Client
from PIL import Image
from psycopg import sql
from psycopg.types.json import Jsonb

from benchmarks.figures import Figure, p95, rate, times
from benchmarks.ground import SCHEMA, Ground, signed_in
from benchmarks.rows import clock_row, entry_row, matter_row, message_row
from yimen.domains.catalogue.api import items
from yimen.domains.services.api import Course
from yimen.kernel.calendar.today import now
from yimen.kernel.counties.models import Division
from yimen.kernel.forms.schema import Question, read_form
from yimen.kernel.ids import public_code, uuid7
from yimen.kernel.ledger.entries import GENESIS
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.search import folded, terms
from yimen.kernel.notices.models import OutboxMessage
from yimen.kernel.papers.models import Paper

_ITEM = "330500121001"
_CLERK, _OFFICE = "qiuchuang", "zhaozhen"
_STATES = ("submitted", "accepted", "reviewed", "issued")
_OPEN, _YEARS = 0.02, 10
_TOGETHER = 50_000
_GIVEN = "甲乙丙丁戊己庚辛壬癸伟芳娜敏静强磊军洋勇艳杰娟涛明超秀兰霞平"
_GOOD = {"citizen-id": "11010519491231002X", "phone": "13800000000", "date": "2026-01-05", "money": "100"}


def measure(here: Ground, sizes: list[int], repeat: int, seconds: float) -> Iterator[Figure]:
    """All figures of this module; the lists at each size."""
    bare = _bare(here, seconds)
    browser, number = signed_in(_CLERK), count()
    submitted = rate(lambda: _submit(browser, next(number)), seconds)
    yield Figure(
        "application with two files, one process", submitted, "/s", bare, "bare transaction, one connection"
    )
    first: dict[str, float] = {}
    for size in sizes:
        _fill(here, size)
        for what, path, login in _pages():
            durations = times(partial(_get, signed_in(login), path), repeat)
            took = p95(durations)
            first.setdefault(what, took)
            note = f"median {durations[len(durations) // 2]:.1f} ms"
            yield Figure(what, took, "ms p95", first[what], f"at {sizes[0]:,}", size, note)


def _pages() -> list[tuple[str, str, str]]:
    """(what, address, who asks)."""
    until = now().date()
    year = f"since={until - timedelta(days=365)}&until={until}"
    return [
        ("applications, newest", "/console/applications/", _CLERK),
        ("applications, one state", "/console/applications/?state=accepted", _CLERK),
        ("applications, red light", "/console/applications/?light=red", _CLERK),
        ("applications, search of a name", "/console/applications/?q=张伟", _CLERK),
        ("applications, search without a hit", "/console/applications/?q=飞碟降落", _CLERK),
        ("service figures, 30 days", "/console/statistics/", _OFFICE),
        ("service figures, a year by item", f"/console/statistics/?by=item&{year}", _OFFICE),
    ]


def _get(browser: Client, path: str) -> None:
    answer = browser.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")


def _picture(number: int) -> SimpleUploadedFile:
    """A page as a phone photographs it, each another one."""
    drawn = io.BytesIO()
    noise = Image.effect_noise((800, 1100), 40 + number % 7)
    noise.putpixel((0, 0), number % 256)
    noise.putpixel((1, 0), number // 256 % 256)
    noise.save(drawn, "JPEG", quality=70)
    return SimpleUploadedFile(f"{number}.jpg", drawn.getvalue(), "image/jpeg")


_PICTURES = [_picture(n) for n in range(64)]


def _submit(browser: Client, number: int) -> None:
    """What a window clerk's form sends: the applicant, every answer, two photographs."""
    found = next(i for i in items() if i.code == _ITEM)
    answers = {q.name: _answer(q) for q in read_form(found.form).questions.values()}
    place = Division.objects.filter(level="village", code__startswith="339901100").values_list(
        "code", flat=True
    )[0]
    scans = [_PICTURES[(2 * number + n) % len(_PICTURES)] for n in range(2)]
    for scan in scans:
        scan.seek(0)
    paper = f"paper-{found.materials[0].code}"
    sent = {
        **{k: ("yes" if v else "no") if isinstance(v, bool) else v for k, v in answers.items()}, "name": "张伟",
        "id_kind": "citizen", "id_number": "11010519491231002X", "phone": "13800000000", "village": place,
        "request_key": uuid4().hex, paper: scans,
    }  # fmt: skip
    answer = browser.post(f"/console/applications/new/{_ITEM}/", sent)
    if answer.status_code != 302:
        raise RuntimeError(f"an application was answered with {answer.status_code}")


def _answer(question: Question) -> Any:
    """Something the question takes."""
    if question.choices:
        return question.choices[0][0]
    if question.kind == "boolean":
        return False
    if question.kind in ("integer", "number"):
        return int(question.least or 1)
    if question.pattern:
        return "1" * max(question.shortest, 16)
    return _GOOD.get(question.format, "甲" * max(question.shortest, 1))


def _bare(here: Ground, seconds: float) -> float:
    """Transactions a second of the rows an application leaves: matter, entry, clock, message and two papers."""
    with psycopg.connect(here.url, prepare_threshold=1, options=f"-c search_path={SCHEMA},public") as line:

        def once() -> None:
            matter = matter_row(uuid4(), "高龄津贴 · 张*", 119.0, 28.0)
            with line.transaction():
                for model, row in (
                    (Matter, matter), (Entry, entry_row(matter, b"x" * 32)), (Clock, clock_row(matter)),
                    (OutboxMessage, message_row(matter)), (Paper, _paper_row(matter["opened_at"])), (Paper, _paper_row(matter["opened_at"])),
                ):  # fmt: skip
                    _insert(line, model._meta.db_table, row)

        return rate(once, seconds)


def _insert(line: "psycopg.Connection[Any]", table: str, row: Mapping[str, Any]) -> None:
    values = [Jsonb(v) if isinstance(v, dict) or k in ("pauses", "hours") else v for k, v in row.items()]
    line.execute(
        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join([sql.Placeholder()] * len(row))
        ),
        values,
    )  # fmt: skip


def _paper_row(at: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(), "sha256": uuid4().hex * 2, "media_type": "image/jpeg", "size": 300_000, "original_name": "1.jpg", "kept_at": at,
        "kept_by": None, "captured_at": None, "lng": None, "lat": None, "width": 800, "height": 1100,
    }  # fmt: skip


def _fill(here: Ground, size: int) -> None:
    """Grow to `size` applications with their courses by COPY: years of ended ones, a fiftieth at work."""
    have = Matter.objects.filter(procedure="service").count()
    rng, at = random.Random(size), now()
    places = list(Division.objects.filter(level="village").values_list("code", flat=True))
    known = [(i.code, i.name.zh, i.organ, i.version) for i in items()]
    with psycopg.connect(here.owner_url, options=f"-c search_path={SCHEMA},public") as line:
        rest = iter(range(have, size))
        while batch := list(islice(rest, _TOGETHER)):
            rows = [
                _row(
                    rng,
                    places,
                    known,
                    at - timedelta(days=365 * _YEARS * (1 - n / size), seconds=rng.random()),
                )
                for n in batch
            ]
            _copy(line, Matter, (matter for matter, _course in rows))
            _copy(line, Course, (course for _matter, course in rows))
    with psycopg.connect(here.owner_url, autocommit=True) as line:
        line.execute(f"VACUUM ANALYZE {SCHEMA}.matters_matter")
        line.execute(f"VACUUM ANALYZE {SCHEMA}.services_course")
    with psycopg.connect(here.admin_url, autocommit=True) as admin:
        admin.execute("CHECKPOINT")
    connection.close()


def _copy(line: "psycopg.Connection[Any]", model: type[Model], rows: Iterable[Mapping[str, Any]]) -> None:
    columns = [f.column for f in model._meta.concrete_fields if f.column]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with line.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([row[c] for c in columns])


def _row(
    rng: random.Random, places: list[str], known: list[tuple[str, str, str, int]], at: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """An application and how it went."""
    (code, name, organ, version), place = rng.choice(known), rng.choice(places)
    is_open = rng.random() < _OPEN
    key, channel = uuid7(at), rng.choice(("window", "window", "online", "village"))
    number = f"BJ-{at.year}-{key.hex[-10:]}"
    title = f"{name} · {rng.choice(_GIVEN)}{rng.choice(_GIVEN)}"
    due = now() + timedelta(hours=rng.uniform(-72, 240))
    state = rng.choice(_STATES) if is_open else "delivered"
    matter = {
        "id": key, "number": number, "tracking_code": public_code(), "procedure": "service", "version": 1, "state": state,
        "title": title, "kind": code, "channel": channel, "source": "", "external_number": "", "request_key": None,
        "place_code": place, "township_code": place[:9], "grid_code": "", "lng": None, "lat": None,
        "facts": orjson.dumps({"item": code, "item_version": version, "text": name}).decode(), "private": None,
        "organ_code": place[:9], "post_code": "", "person_id": None, "organs": [place[:9]], "performers": "{}", "opened_by": None,
        "opened_at": at, "changed_at": at, "closed_at": None if is_open else at, "due_at": due if is_open else None,
        "amber_at": due - timedelta(hours=24) if is_open else None, "related_id": None, "folded": folded(number, title),
        "terms": terms(number, title), "revision": 1, "head": GENESIS,
    }  # fmt: skip
    in_time = rng.random() < 0.97
    course = {
        "matter_id": key, "seq": 1, "item_code": code, "organ_code": organ, "township_code": place[:9], "place_code": place,
        "channel": channel, "day": at.date(), "was_accepted": True, "was_deemed": not in_time, "was_deficient": rng.random() < 0.1,
        "was_settled": rng.random() < 0.3, "was_handed_up": rng.random() < 0.2, "answered_in_time": in_time, "is_decided": not is_open,
        "decided_in_law": None if is_open else in_time, "decided_in_promise": None if is_open else in_time,
        "decide_by": due if is_open else None, "statutory_days": 20, "promised_days": 10, "used_days": None if is_open else rng.randint(0, 12),
        "is_ended": not is_open, "way": "counter", "promised_visits": 1,
    }  # fmt: skip
    return matter, course
