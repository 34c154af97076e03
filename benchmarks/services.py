"""Applications: taken in with two files, their documents set and signed, and the clerk's list and search among a million."""

import io
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import uuid4

import orjson
import psycopg
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from benchmarks.figures import Figure, p95, rate, times
from benchmarks.ground import SCHEMA, Ground, signed_in
from benchmarks.intake import _adapted, _insert
from benchmarks.pages import fill, incident_row
from benchmarks.rows import clock_row, entry_row, matter_row, message_row
from yimen.domains.catalogue.api import item
from yimen.kernel.calendar.today import now, today
from yimen.kernel.documents.document import Document, Paragraph, Rows, said
from yimen.kernel.documents.issuing import compose, seal_waiting
from yimen.kernel.documents.models import OfficialSeal
from yimen.kernel.documents.setting import Face, set_pages
from yimen.kernel.documents.signing import sign
from yimen.kernel.files import write_whole
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.search import folded, terms
from yimen.kernel.notices.models import OutboxMessage
from yimen.kernel.papers.models import Paper
from yimen.kernel.words import Text
from yimen.site.demo.applications import application_of
from yimen.site.demo.people import COUNTY
from yimen.site.demo.seals import make_seals

_TOWN = COUNTY + "100"
_ITEM = "330500121001"
_AIM = 10.0
_STATES = ("submitted", "deficient", "accepted", "reviewed", "granted", "issued")
_OPEN = 0.02


def measure(here: Ground, sizes: list[int], repeat: int) -> Iterator[Figure]:
    """All figures of this module."""
    yield from _documents()
    yield from _submitting(here)
    first: dict[str, float] = {}
    for size in sizes:
        fill(here, size, _row, "service")
        browser = signed_in("qiuchuang")
        for what, path in (
            ("applications, the newest", "/console/applications/"),
            ("applications, at work", "/console/applications/?light=open"),
            ("applications, by state", "/console/applications/?state=accepted"),
            ("applications, search by number", "/console/applications/?q=BJ-2026-0000"),
            ("applications, search by words", "/console/applications/?q=高龄津贴"),
            ("my work, window clerk", "/console/"),
        ):
            durations = times(partial(_get, browser, path), repeat)
            took = p95(durations)
            first.setdefault(what, took)
            note = f"median {durations[len(durations) // 2]:.1f} ms"
            yield Figure(what, took, "ms p95", first[what], f"at {sizes[0]:,}", size, note)


def _get(browser: Client, path: str) -> None:
    answer = browser.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")


def _documents() -> Iterator[Figure]:
    """Documents a second on one core: set, signed, and the whole way to the register."""
    make_seals(_TOWN)
    seal = OfficialSeal.objects.filter(organ_code=_TOWN, valid__contains=today()).get()
    rows = Rows((("事项", "高龄津贴"), ("法定办结时限", "20 个工作日"), ("承诺办结时限", "5 个工作日")))  # type: ignore[arg-type]
    rows = Rows(tuple((said(str(a)), said(str(b))) for a, b in rows.rows))
    words = Paragraph(Text("你提出的申请，经审查，符合法定条件、标准，决定准予。" * 3, "Granted."))
    numbers = count(1)
    face = Face(
        Text("青石镇人民政府", "Qingshi"),
        "云青石准许字〔2026〕1号",
        seal.words,
        seal.purpose,
        "7K2M-9QXA-3HTD",
        "http://localhost/check/7K2M-9QXA-3HTD/",
    )

    def document() -> Document:
        name = f"甲{next(numbers)}"
        return Document(
            Text("准予行政许可决定书", "Decision"), "测", name, (words, rows, words), today(), name
        )

    bare = rate(lambda: set_pages(document(), face), 3)
    yield Figure("documents set as pages", bare, "/s", _AIM, "the aim", note="one core")
    signed = rate(lambda: sign(set_pages(document(), face), seal.id, place="x", reason="y"), 3)
    yield Figure("documents set and signed", signed, "/s", _AIM, "the aim", note="one core")

    def whole() -> None:
        compose(
            document(),
            key=uuid4(),
            matter_id=uuid4(),
            kind="grant",
            organ_code=_TOWN,
            asked_by="",
            law="",
            at=now(),
        )
        if seal_waiting() != 1:
            raise RuntimeError("a document was not sealed")

    yield Figure("documents composed, numbered, sealed, kept", rate(whole, 3), "/s", signed, "set and signed")


def _submitting(here: Ground) -> Iterator[Figure]:
    """An application with two scans by the window's form, one process, beside the same rows and files written barely."""
    scans = [_scan(seed) for seed in (1, 2)]
    found = item(_ITEM)
    given = application_of(found, 1, [f"{_TOWN}201"])
    materials = [m.code for m in found.materials][:2]
    answers = {
        k: {True: "yes", False: "no"}.get(v, v) if isinstance(v, bool) else v
        for k, v in given.answers.items()
    }
    browser, numbers = signed_in("qiuchuang"), count(1)

    def submit() -> None:
        number = next(numbers)
        person = given.applicant
        files = {
            f"paper-{code}": SimpleUploadedFile("scan.jpg", scan + number.to_bytes(4, "big"))
            for code, scan in zip(materials, scans, strict=True)
        }
        answer = browser.post(
            f"/console/applications/new/{_ITEM}/",
            {
                "name": person.name,
                "id_kind": person.id_kind,
                "id_number": f"BENCH{number:05d}",
                "phone": "",
                "place": given.place,
                "address": "",
                "represented_by": "",
                "request_key": uuid4().hex,
                "shown": materials,
                **answers,
                **files,
            },
        )
        if answer.status_code != 302:
            raise RuntimeError(
                f"an application was answered with {answer.status_code}: {answer.content.decode()[-6000:]}"
            )

    bare = rate(
        partial(
            _bare,
            psycopg.connect(here.url, prepare_threshold=1, options=f"-c search_path={SCHEMA},public"),
            scans,
        ),
        3,
    )
    yield Figure(
        "application with two files, one process",
        rate(submit, 5),
        "/s",
        bare,
        "bare rows and files",
        note="scans of 250 kB",
    )


def _scan(seed: int) -> bytes:
    """A picture of a page, as a scanner gives it."""
    noise = random.Random(seed).randbytes(300 * 420)
    out = io.BytesIO()
    Image.frombytes("L", (300, 420), noise).resize((1240, 1754)).save(out, "JPEG", quality=60)
    return out.getvalue()


def _bare(line: "psycopg.Connection[Any]", scans: list[bytes]) -> None:
    """The least that it is: two files on the disk, two rows of theirs, a matter, its entry, clock and message."""
    matter = matter_row(uuid4(), "高龄津贴", 119.0, 28.0)
    for scan in scans:
        whole = scan + uuid4().bytes
        write_whole(settings.YIMEN_FILES / "bench" / sha256(whole).hexdigest(), whole)
    with line.transaction():
        for scan in scans:
            paper = {
                "id": uuid4(),
                "sha256": sha256(scan).hexdigest(),
                "media_type": "image/jpeg",
                "size": len(scan),
                "original_name": "",
                "kept_at": now(),
            }
            line.execute(_insert(Paper._meta.db_table, paper), list(paper.values()))
        for model, row in (
            (Matter, matter),
            (Entry, entry_row(matter, sha256(b"x").digest())),
            (Clock, clock_row(matter)),
            (OutboxMessage, message_row(matter)),
        ):
            line.execute(_insert(model._meta.db_table, row), [_adapted(*pair) for pair in row.items()])


def _row(rng: random.Random, grids: list[tuple[str, str, float, float]], at: datetime) -> dict[str, Any]:
    """An application as ten years of windows leave them."""
    row = incident_row(rng, grids, at)
    is_open, number = rng.random() < _OPEN, f"BJ-{at.year}-{row['id'].hex[-10:]}"
    text = f"{rng.choice(('高龄津贴', '农村宅基地', '临时救助', '老年人优待证', '危房改造'))} · {rng.choice('赵钱孙李周吴郑王')}*"
    due = now() + timedelta(hours=rng.uniform(-72, 400))
    return {
        **row,
        "procedure": "service",
        "number": number,
        "title": text,
        "kind": _ITEM,
        "channel": "window",
        "grid_code": "",
        "lng": None,
        "lat": None,
        "state": rng.choice(_STATES) if is_open else "delivered",
        "organ_code": row["township_code"],
        "organs": [row["township_code"]],
        "facts": orjson.dumps({"item": _ITEM, "item_version": 1, "text": text, "missing": []}).decode(),
        "closed_at": None if is_open else at,
        "due_at": due if is_open else None,
        "amber_at": due if is_open else None,
        "folded": folded(text, number),
        "terms": terms(text, number),
    }
