"""Another system's incidents come in whole or not at all, through the same door as any other."""

import io
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from tests.cast import COUNTY, Hired, hired
from tests.domains.grid.test_incident import actor
from yimen.domains.grid.importing import INCIDENTS
from yimen.domains.grid.procedures import INCIDENT
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.standing import load_actor
from yimen.kernel.calendar.today import LOCAL_ZONE, now
from yimen.kernel.imports import runs
from yimen.kernel.imports.columns import Plan
from yimen.kernel.imports.models import ImportRun
from yimen.kernel.ledger.models import Entry
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.moving import OpenedBy, Opening, open_matter, open_matters
from yimen.kernel.matters.queries import heads
from yimen.kernel.notices.models import OutboxMessage
from yimen.kernel.org.coordinates import to_wgs84
from yimen.kernel.org.models import Grid
from yimen.kernel.words import Refusal

HEADINGS = "案件编号,上报时间,问题描述,小类名称,坐标X,坐标Y,状态,办结时间,处理结果,反映人,联系电话"


@pytest.fixture
def chief(db: None, tmp_path: Path, settings: LazySettings) -> Actor:
    """A duty chief with an account, and a folder of its own for the files."""
    settings.YIMEN_FILES = tmp_path
    hire: Hired = hired("zhibanzhang", role="command_chief", area=COUNTY, organ="command")
    return load_actor(hire.account_id, second_factor=True)


def line(number: int, **changes: str) -> str:
    """One row of the other system."""
    grid = Grid.objects.order_by("code")[number % 20]
    row = {
        "number": f"SZCG{number:06d}", "at": "2024年3月5日 8时30分", "text": f"桥头垃圾堆了{number}天", "class": "暴露垃圾",
        "x": f"{grid.lng:.6f}", "y": f"{grid.lat:.6f}", "state": "已结案", "closed": "2024-03-06 10:00", "result": "已清理",
        "who": "林先生", "phone": "13800000000", **changes,
    }  # fmt: skip
    return ",".join(row.values())


def arrived(
    chief: Actor, lines: list[str], *, encoding: str = "gb18030", crs: str = "wgs84", **values: Any
) -> ImportRun:
    """The file kept, mapped and checked."""
    content = "\n".join([HEADINGS, *lines]).encode(encoding)
    run = runs.begin(chief, "incidents", io.BytesIO(content), "旧城管.csv")
    plan = Plan.read(run.plan)
    runs.check(chief, run.id, Plan(plan.columns, values, {"source": "旧城管", "crs": crs}))
    runs.work()
    run.refresh_from_db()
    return run


def test_every_heading_of_the_other_layout_is_recognised(chief: Actor) -> None:
    run = runs.begin(chief, "incidents", io.BytesIO(f"{HEADINGS}\n{line(1)}".encode()), "x.csv")
    assert sorted(run.plan["columns"].values()) == sorted(HEADINGS.split(","))


def test_a_hotlines_layout_is_recognised(chief: Actor) -> None:
    headings = "工单流水号,受理时间,诉求内容,问题小类,事发地点,工单状态,办结时间,办理意见,来电人,来电号码"
    run = runs.begin(chief, "incidents", io.BytesIO(f"{headings}\n{'1,' * 9}1".encode()), "12345.csv")
    fields = "external_number,reported_at,text,class,address,state,closed_at,result,reporter,phone"
    assert run.plan["columns"] == dict(zip(fields.split(","), headings.split(","), strict=True))


def test_settled_ones_become_history_and_open_ones_start_on_the_desk(chief: Actor) -> None:
    run = arrived(chief, [line(1), line(2, state="处理中", closed="", result="")])
    assert (run.state, run.rows, run.faults) == ("checked", 2, 0)
    assert not Matter.objects.exists()
    runs.confirm(chief, run.id)
    runs.work()
    run.refresh_from_db()
    assert (run.state, run.passed) == ("done", 2)
    settled, still = Matter.objects.order_by("external_number")
    assert (settled.state, still.state) == ("closed", "reported")
    assert settled.opened_at == datetime(2024, 3, 5, 8, 30, tzinfo=LOCAL_ZONE)
    assert settled.closed_at == datetime(2024, 3, 6, 10, 0, tzinfo=LOCAL_ZONE)
    assert settled.number.startswith("SJ-2024-")
    assert Clock.objects.get().matter_id == still.id
    assert Clock.objects.get().started_at > still.opened_at
    assert not OutboxMessage.objects.exists()
    entry = Entry.objects.get(stream=settled.id)
    assert entry.act == "take_over"
    assert now() - entry.at < timedelta(minutes=5)
    assert "13800000000" not in entry.payload
    assert verify_county(heads=heads()).ok
    assert not runs.path_of(run.id).exists()


def test_one_bad_row_keeps_everything_out_and_is_named(chief: Actor) -> None:
    grid_less = {"x": "1.0", "y": "1.0"}
    run = arrived(
        chief,
        [
            line(1), line(2, at="昨天"), line(3, **{"class": "外星"}), line(4, **grid_less), line(1), line(5, phone="打不通"),
            line(6, text=""), line(7, closed="2023-01-01"), line(8, state="不知道"), line(9, x="东经"), line(10) + ",多了",
            line(11, at="2099-01-01"),
        ],
    )  # fmt: skip
    assert run.faults == 11
    assert {(s["row"], s["field"]) for s in run.shown} == {
        (3, "reported_at"), (4, "class"), (5, "lng"), (6, "external_number"), (7, "phone"), (8, "text"), (9, "closed_at"),
        (10, "state"), (11, "lng"), (12, ""), (13, "reported_at"),
    }  # fmt: skip
    assert all(s["zh"] and s["en"] for s in run.shown)
    assert run.unknown == {"class": {"外星": 1}, "state": {"不知道": 1}}
    with pytest.raises(Refusal) as refused:
        runs.confirm(chief, run.id)
    assert refused.value.code == "import.faults"
    assert not Matter.objects.exists()


def test_unknown_words_are_translated_and_the_file_is_checked_again(chief: Actor) -> None:
    run = arrived(chief, [line(1, **{"class": "垃圾乱堆", "state": "归档"})])
    assert run.faults == 2
    plan = Plan.read(run.plan)
    translated = Plan(
        plan.columns, {"class": {"垃圾乱堆": "0101"}, "state": {"归档": "已结案"}}, plan.settings
    )
    runs.check(chief, run.id, translated)
    runs.work()
    run.refresh_from_db()
    assert (run.state, run.faults) == ("checked", 0)


def test_the_same_file_and_the_same_number_come_in_once(chief: Actor) -> None:
    run = arrived(chief, [line(1)])
    runs.confirm(chief, run.id)
    runs.work()
    with pytest.raises(Refusal) as refused:
        arrived(chief, [line(1)])
    assert refused.value.code == "import_file_once"
    again = arrived(chief, [line(1), line(2)])
    assert [s["field"] for s in again.shown] == ["external_number"]
    assert Matter.objects.count() == 1


def test_what_changed_between_check_and_import_keeps_everything_out(chief: Actor) -> None:
    first = arrived(chief, [line(1), line(2)])
    second = arrived(chief, [line(2), line(3)])
    for run in (first, second):
        runs.confirm(chief, run.id)
    runs.work()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("done", "failed")
    assert second.problem is not None
    assert "已有" in second.problem["zh"]
    assert Matter.objects.count() == 2


def test_shifted_coordinates_are_brought_back(chief: Actor) -> None:
    grid = Grid.objects.order_by("code").first()
    assert grid is not None
    run = arrived(chief, [line(0)], crs="gcj02")
    runs.confirm(chief, run.id)
    runs.work()
    matter = Matter.objects.get()
    assert (matter.lng, matter.lat) == pytest.approx(
        to_wgs84(round(grid.lng, 6), round(grid.lat, 6), "gcj02"), abs=1e-5
    )


def test_thousands_of_rows_of_an_outside_layout_come_in_and_the_ledger_is_whole(chief: Actor) -> None:
    rng = random.Random(7)
    lines = [line(n, state=rng.choice(("已结案", "处理中")), closed="") for n in range(3000)]
    run = arrived(chief, lines)
    assert (run.rows, run.faults) == (3000, 0)
    runs.confirm(chief, run.id)
    runs.work()
    assert Matter.objects.count() == Entry.objects.filter(act__in=("report", "take_over")).count() == 3000
    assert verify_county(heads=heads()).ok


def test_who_may_not_import_may_not(chief: Actor) -> None:
    with pytest.raises(Refusal) as refused:
        runs.begin(actor("clerk"), "incidents", io.BytesIO(b"a\n1"), "x")
    assert refused.value.code == "access.no_permission"
    run = arrived(chief, [line(1)])
    assert runs.run_for(actor("clerk"), run.id) is None
    with pytest.raises(Refusal):
        runs.confirm(actor("clerk"), run.id)


def test_whoever_lost_the_permission_imports_nothing_that_still_waited(chief: Actor) -> None:
    from yimen.kernel.access.models import RoleGrant

    run = arrived(chief, [line(1)])
    runs.confirm(chief, run.id)
    RoleGrant.objects.filter(account_id=chief.account_id).update(revoked_at=now())
    runs.work()
    run.refresh_from_db()
    assert run.state == "failed"
    assert not Matter.objects.exists()


def test_a_mapping_is_saved_under_its_name_and_replaced(chief: Actor) -> None:
    plan = Plan({"text": "问题描述"}, {}, {"source": "旧城管"})
    runs.save_mapping(chief, "incidents", "旧城管平台", plan)
    runs.save_mapping(chief, "incidents", "旧城管平台", Plan({"text": "描述"}))
    assert [(m.name, m.plan["columns"]) for m in runs.mappings("incidents")] == [
        ("旧城管平台", {"text": "描述"})
    ]
    assert Entry.objects.filter(act="save_mapping").count() == 2


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "'; DROP TABLE matters_matter; --"]
)
def test_hostile_words_are_kept_as_words(chief: Actor, text: str) -> None:
    run = arrived(chief, [line(1, text=text)])
    runs.confirm(chief, run.id)
    runs.work()
    assert Matter.objects.get().facts["text"] == text


@pytest.mark.usefixtures("db")
def test_many_together_are_written_as_one_by_one() -> None:
    grid = Grid.objects.order_by("code").first()
    assert grid is not None
    who = actor("chief")
    opening = Opening("垃圾", "0101", "import", grid.place_code, grid.code, grid.lng, grid.lat, {"text": "垃圾", "limit": [1, "hours"]}, {"phone": "1"})  # fmt: skip
    alone = open_matter(who, INCIDENT, "report", opening)
    assert open_matters(who, INCIDENT, [OpenedBy("report", opening)] * 2) == 2
    own = {
        "id",
        "number",
        "tracking_code",
        "opened_at",
        "changed_at",
        "due_at",
        "amber_at",
        "private",
        "head",
        "folded",
        "terms",
    }
    rows = [{k: v for k, v in row.items() if k not in own} for row in Matter.objects.values()]
    assert rows[0] == rows[1] == rows[2]
    clocks = [
        {k: v for k, v in row.items() if k not in {"id", "matter_id", "started_at", "due_at", "safe_at"}}
        for row in Clock.objects.values()
    ]
    assert clocks[0] == clocks[1] == clocks[2]
    assert len(clocks) == 3
    assert alone.revision == 1
    assert verify_county(heads=heads()).ok
    assert INCIDENTS.label("text").zh == "情况"


def test_a_file_that_ends_the_worker_is_not_begun_for_ever(
    chief: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = arrived(chief, [line(1)])
    runs.confirm(chief, run.id)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(runs, "_write", killed)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            runs.work()
    runs.work()
    run.refresh_from_db()
    assert run.state == "failed"
    assert "中断" in run.problem["zh"]
    assert not Matter.objects.exists()


def test_a_row_that_turned_bad_after_the_check_is_named(chief: Actor) -> None:
    quicker = arrived(chief, [line(2, text="先到一步")])
    run = arrived(chief, [line(1), line(2)])
    for each in (quicker, run):
        runs.confirm(chief, each.id)
    runs.work()
    run.refresh_from_db()
    assert run.state == "failed"
    assert run.problem["zh"].startswith("第 3 行：")
    assert Matter.objects.count() == 1


def test_a_long_word_can_be_translated_whole(chief: Actor) -> None:
    words = "历史系统里写得很长的一个分类名称" * 6
    run = arrived(chief, [line(1, **{"class": words})])
    assert run.unknown == {"class": {words: 1}}
    again = arrived(chief, [line(1, **{"class": words})], **{"class": {words: "0101"}})
    assert again.faults == 0
