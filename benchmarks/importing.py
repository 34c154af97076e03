"""A table from another system: rows a second from the file to the ledger, against bare COPY of the same rows."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import psycopg
from django.db import connection
from fast_geocn.coord import wgs84_to_gcj02
from psycopg import sql

from benchmarks.figures import Figure
from benchmarks.ground import SCHEMA, Ground
from yimen.kernel.access.models import Account
from yimen.kernel.access.standing import load_actor
from yimen.kernel.calendar.today import LOCAL_ZONE
from yimen.kernel.imports import runs
from yimen.kernel.imports.columns import Plan
from yimen.kernel.imports.models import ImportRun

_HEADINGS = "案件编号,上报时间,问题描述,小类名称,坐标X,坐标Y,状态,办结时间,处理结果,反映人,联系电话"
_WORDS = ("暴露垃圾", "道路破损", "积存垃圾渣土", "违规户外广告", "无证掘路")
_CHIEF = "wuzhi"


def measure(here: Ground, rows: int) -> Iterator[Figure]:
    """Check and import `rows` rows of GB18030 with GCJ-02 coordinates; then lay the same rows down bare."""
    actor = load_actor(Account.objects.get(login=_CHIEF).id, second_factor=True)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "outside.csv"
        _write(path, here.points, rows)
        with path.open("rb") as file:
            run = runs.begin(actor, "incidents", file, path.name)
    plan = Plan.read(run.plan)
    runs.check(actor, run.id, Plan(plan.columns, {}, {"source": f"bench {rows}", "crs": "gcj02"}))
    checking = _timed(run.id)
    run.refresh_from_db()
    if run.faults:
        raise RuntimeError(f"{run.faults} faults: {run.shown[:3]}")
    runs.confirm(actor, run.id)
    writing = _timed(run.id)
    run.refresh_from_db()
    if run.state != "done":
        raise RuntimeError(f"the import failed: {run.problem}")
    bare = _bare(here, f"bench {rows}")
    yield Figure("import: dry run", rows / checking, "rows/s", size=rows)
    yield Figure("import: written", rows / writing, "rows/s", rows / bare, "bare COPY of the same rows", rows)


def _timed(run_id: Any) -> float:
    started = perf_counter()
    runs.perform(ImportRun.objects.get(id=run_id))
    return perf_counter() - started


def _write(path: Path, points: list[tuple[float, float]], rows: int) -> None:
    rng = random.Random(rows)
    shifted = [wgs84_to_gcj02(lng, lat) for lng, lat in points]
    first = datetime(2021, 1, 1, 8, tzinfo=LOCAL_ZONE)
    with path.open("w", encoding="gb18030") as out:
        out.write(_HEADINGS + "\n")
        for number in range(rows):
            lng, lat = shifted[number % len(points)]
            began = first + timedelta(minutes=number * 20 % (5 * 365 * 1440))
            settled = rng.random() < 0.97
            out.write(
                f"SZ{number:08d},{began:%Y年%m月%d日 %H:%M},村口{number}号旁有人乱倒，请尽快处理,{rng.choice(_WORDS)},{lng:.6f},{lat:.6f},"
                f"{'已结案' if settled else '处理中'},{began + timedelta(hours=30):%Y-%m-%d %H:%M},已清理,林先生,1000000{number % 10000:04d}\n"
            )


def _bare(here: Ground, source: str) -> float:
    """Seconds that COPY alone takes for the same rows: read out, deleted, and laid down again.

    All that an import writes is in these three tables, and each keeps its indexes meanwhile.
    """
    chosen = "SELECT id FROM matters_matter WHERE source = %s"
    tables = (("matters_matter", "id"), ("ledger_entry", "stream"), ("matters_clock", "matter_id"))
    with (
        psycopg.connect(here.owner_url, options=f"-c search_path={SCHEMA},public") as line,
        line.cursor() as cursor,
    ):
        kept: list[tuple[str, list[bytes]]] = []
        for table, column in tables:
            query = sql.SQL("COPY (SELECT * FROM {} WHERE {} IN (SELECT id FROM matters_matter WHERE source = {})) TO STDOUT").format(
                sql.Identifier(table), sql.Identifier(column), sql.Literal(source)
            )  # fmt: skip
            with cursor.copy(query) as out:
                kept.append((table, [bytes(block) for block in out]))
        for table, column in reversed(tables):
            cursor.execute(
                sql.SQL("DELETE FROM {} WHERE {} IN (" + chosen + ")").format(sql.Identifier(table), sql.Identifier(column)), [source]
            )  # fmt: skip
        line.commit()
        line.autocommit = True  # rows that were deleted must not slow down the same rows laid down again
        cursor.execute("VACUUM matters_matter, ledger_entry, matters_clock")
        line.autocommit = False
        started = perf_counter()
        for table, blocks in kept:
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as into:
                for block in blocks:
                    into.write(block)
        line.commit()
        took = perf_counter() - started
    connection.close()
    return took
