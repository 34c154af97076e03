"""The counts are what a plain recount of the ledger gives: after any lawful history, batch by batch, after a crash."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.domains.grid.test_incident import actor, reported
from yimen.domains.command import rollups
from yimen.domains.command.api import (
    Measure,
    Number,
    Period,
    catch_up,
    counts,
    differences,
    facts_behind,
    follow,
    matters_behind,
    rebuild,
    table,
)
from yimen.domains.command.models import Fact, Tally
from yimen.domains.grid.api import INCIDENT, act
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.calendar.today import now
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import Moved, OpenedBy, Opening, open_matters
from yimen.kernel.org.models import Grid
from yimen.kernel.words import Refusal

COUNTY = "339901"
ALL = Period(date(2026, 1, 1), date(2027, 12, 31))
_EVERYTHING = frozenset(w.permission for s in INCIDENT.steps for w in s.who if w.permission)

pytestmark = pytest.mark.usefixtures("db")


def anyone(organ: str) -> Actor:
    """Somebody new who may do everything for an organ, so that no act fails for want of a second person."""
    grant = Grant(_EVERYTHING, COUNTY, "", "all")
    return Actor("staff", uuid4(), uuid4(), "众人", f"{organ}-1", organ, (grant,), second_factor=True)


def tried(moved: Moved, step: str, at: datetime, number: int, other: str) -> None:
    """Perform the step if it is lawful now."""
    matter = Matter.objects.get(id=moved.matter_id)
    words: dict[str, dict[str, object]] = {
        "classify": {"class": ("0101", "0201", "0301")[number % 3]},
        "merge": {"target": other},
        "dispatch": {"organ": ("urban", "water")[number % 2], "note": "现场情况需要"},
        "extend": {"number": "1", "reason": "连日下雨"},
        "finish": {"result": "已经清理"},
        "note": {"note": "看过"},
        "call_back": {"answer": ("satisfied", "dissatisfied")[number % 2]},
        "close": {"note": "已经说明"},
    }
    taken = {f.code for f in INCIDENT.step(step).fields}
    given = {k: v for k, v in words.get(step, {"reason": "属实"}).items() if k in taken}
    who = anyone(matter.organ_code or "command")
    with suppress(Refusal):
        act(who, moved.matter_id, step, given, at=at)


_STEPS = [s.code for s in INCIDENT.steps if s.sources]
# The road to the end is drawn more often, so that histories get far.
_ROAD = [
    "register", "dispatch", "begin", "finish", "pass", "close", "rework", "suspend", "resume", "reopen", "return",
    "withdraw_dispatch", "call_back", "escalate",
]  # fmt: skip
_MOVES = st.tuples(
    st.integers(0, 2), st.sampled_from(_STEPS + _ROAD * 4), st.integers(1, 200), st.integers(0, 11)
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_MOVES, min_size=10, max_size=40), st.integers(1, 3))
def test_any_lawful_history_counts_as_a_recount_does(
    moves: list[tuple[int, str, int, int]], batch: int
) -> None:
    at = now() - timedelta(days=40)
    all_of_them = [reported(), reported(), reported(class_code="")]
    for which, step, hours, number in moves:
        at += timedelta(hours=hours / 8)
        tried(all_of_them[which], step, max(at, now()), number, all_of_them[which - 1].number)
        if number == 0:
            catch_up(batch)
    catch_up(batch)
    assert differences() == []
    kept = sorted(
        Tally.objects.filter(number__gt=0).values_list(
            "scope", "code", "class_code", "day", "measure", "number"
        )
    )
    rebuild(batch)
    assert (
        sorted(Tally.objects.values_list("scope", "code", "class_code", "day", "measure", "number")) == kept
    )


def walked(*steps: str, at: datetime | None = None, hours: float = 1) -> Moved:
    """An incident taken along these steps, one after so many hours."""
    moved, at = reported(), at or now()
    for step in steps:
        at += timedelta(hours=hours)
        before = Matter.objects.get(id=moved.matter_id).revision
        tried(moved, step, at, 0, "")
        assert Matter.objects.get(id=moved.matter_id).revision == before + 1, step
    return moved


_DONE = ("register", "dispatch", "begin", "finish", "pass", "close")


def the_county() -> dict[str, int]:
    """The county's counts, without those of limits that have not ended yet."""
    catch_up()
    return counts("county", COUNTY, ALL)


def test_an_incident_closed_in_time_counts_once_in_each_measure_of_the_road() -> None:
    before = the_county()
    walked(*_DONE)
    after = the_county()
    grown = {m for m in Measure if after[m] > before[m]}
    assert {m for m in grown if after[m] - before[m] == 1} >= {
        Measure.REPORTED, Measure.ACCEPTED, Measure.REGISTERED, Measure.DISPATCHED, Measure.RIGHTLY_DISPATCHED,
        Measure.HANDLED, Measure.CLOSED,
    }  # fmt: skip
    assert after["accept_minutes"] - before["accept_minutes"] == 60
    assert after["handle_minutes"] - before["handle_minutes"] == 120
    assert not grown & {Measure.OVERDUE, Measure.REWORK, Measure.MERGED, Measure.NOT_ACCEPTED}


def test_a_limit_that_ends_unmet_counts_from_the_day_after_without_any_act(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    walked("register", "dispatch")
    catch_up()
    assert counts("county", COUNTY, ALL)["overdue"] == 0
    due = Fact.objects.get(measure="overdue").day
    for later, expected in ((due, 0), (due + timedelta(days=1), 1)):
        monkeypatch.setattr("yimen.domains.command.queries.today", lambda later=later: later)
        assert counts("county", COUNTY, ALL)["overdue"] == expected
        assert counts("county", COUNTY, ALL)["due_to_handle"] == expected
    assert differences() == []


_ROADS = (
    ("refuse", "reopen", "dispatch"),
    ("register", "dispatch", "return", "dispatch", "withdraw_dispatch", "supervise"),
    ("register", "dispatch", "begin", "suspend"),
    (
        "register",
        "dispatch",
        "begin",
        "extend",
        "suspend",
        "resume",
        "finish",
        "rework",
        "finish",
        "pass",
        "close",
    ),
    (*_DONE, "reopen", "dispatch", "begin", "finish", "pass", "close"),
    (
        "ask_verification",
        "verify",
        *_DONE[:-1],
        "call_back",
        "send_back",
        "finish",
        "pass",
        "call_back",
        "close",
    ),
    ("ask_verification", "find_nothing", "refuse"),
    (*_DONE[:3], "escalate", "dispatch", "begin", "finish", "pass", "close"),
)


@pytest.mark.parametrize("road", _ROADS, ids=lambda road: road[-1])
@pytest.mark.parametrize("hours", [0.5, 30])
def test_every_turn_of_the_road_counts_as_a_recount_does(road: tuple[str, ...], hours: float) -> None:
    walked(*road, hours=hours if "return" not in road else 0.5)
    catch_up()
    assert differences() == []


def test_work_that_is_suspended_is_not_due() -> None:
    walked("register", "dispatch", "begin", "suspend")
    catch_up()
    assert not Fact.objects.filter(measure="due_to_handle").exists()


@pytest.mark.parametrize("taken_away", ["return", "withdraw_dispatch"])
def test_a_dispatch_that_is_taken_away_was_not_right(taken_away: str) -> None:
    before = the_county()
    walked("register", "dispatch", taken_away)
    after = the_county()
    assert after["dispatched"] == before["dispatched"] + 1
    assert after["rightly_dispatched"] == before["rightly_dispatched"]


def test_a_closing_that_is_revoked_is_uncounted() -> None:
    before = the_county()
    moved = walked(*_DONE)
    assert the_county()["closed"] == before["closed"] + 1
    tried(moved, "reopen", now() + timedelta(hours=9), 0, "")
    assert the_county()["closed"] == before["closed"]
    assert the_county()["registered"] == before["registered"] + 1
    assert differences() == []


def test_a_corrected_class_counts_as_corrected() -> None:
    moved = walked("register")
    catch_up()
    tried(moved, "classify", now() + timedelta(hours=2), 1, "")
    catch_up()
    assert counts("county", COUNTY, ALL, "0101")["reported"] == 0
    assert counts("county", COUNTY, ALL, "0201")["registered"] == 1


def test_a_crash_between_the_sums_and_the_mark_leaves_nothing_half_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    walked(*_DONE)
    real = rollups._write

    def dies(query: str, rows: list[tuple[object, ...]]) -> None:
        if query == rollups._MARK:
            raise ConnectionError("the power went")
        real(query, rows)

    with monkeypatch.context() as broken:
        broken.setattr(rollups, "_write", dies)
        with pytest.raises(ConnectionError):
            catch_up()
    assert not Tally.objects.exists()
    catch_up()
    assert differences() == []


def test_counting_twice_counts_once() -> None:
    walked("register")
    assert catch_up() >= 1
    once = the_county()
    assert catch_up() == 0
    rollups.count([m.id for m in Matter.objects.all()])
    assert the_county() == once


def test_following_finds_what_was_just_done() -> None:
    moved = walked()
    follow()
    assert Fact.objects.filter(matter_id=moved.matter_id, measure="reported").exists()


def test_a_wrong_sum_is_named() -> None:
    walked("register")
    catch_up()
    Tally.objects.filter(scope="county", measure="registered", class_code="").update(number=7)
    (wrong,) = differences()
    assert (wrong.key[0], wrong.key[4], wrong.kept, wrong.recounted) == ("county", "registered", 7, 1)


def test_a_number_opens_to_exactly_its_matters_as_far_as_one_may_see() -> None:
    moved = walked("register", "dispatch")
    walked("register")
    catch_up()
    number = Number("dispatched", "county", COUNTY, ALL)
    assert facts_behind(number).count() == counts("county", COUNTY, ALL)["dispatched"] == 1
    assert [m.id for m in matters_behind(actor("chief"), number)] == [moved.matter_id]
    assert not matters_behind(actor("other_bureau"), number).exists()
    assert matters_behind(actor("handler"), Number("dispatched", "organ", "urban", ALL)).count() == 1


def test_the_levels_of_an_area_add_up_to_the_county() -> None:
    walked("register")
    catch_up()
    whole = counts("county", COUNTY, ALL)["reported"]
    for scope in ("township", "village", "grid"):
        assert sum(row["reported"] for row in table(scope, ALL, under=COUNTY).values()) == whole


def test_figures_cost_one_query_whatever_there_is() -> None:
    walked()
    catch_up()
    with CaptureQueriesContext(connection) as asked:
        found = counts("county", COUNTY, ALL)
    assert len(asked) == 1
    assert found["reported"] == 1


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (Period(date(2026, 3, 1), date(2026, 3, 31)), Period(date(2026, 2, 1), date(2026, 2, 28))),
        (Period(date(2026, 1, 1), date(2026, 3, 31)), Period(date(2025, 10, 1), date(2025, 12, 31))),
        (Period(date(2026, 3, 2), date(2026, 3, 4)), Period(date(2026, 2, 27), date(2026, 3, 1))),
    ],
)  # fmt: skip
def test_the_period_before_is_as_long_or_the_months_before(period: Period, before: Period) -> None:
    assert period.before == before


def test_what_was_settled_in_another_system_counts_nothing_here() -> None:
    grid = Grid.objects.order_by("code").first()
    assert grid is not None
    before = the_county()
    opening = Opening("垃圾", "0101", "import", grid.place_code, grid.code, grid.lng, grid.lat, {"text": "垃圾"}, opened_at=now() - timedelta(days=400), closed_at=now() - timedelta(days=399))  # fmt: skip
    assert open_matters(anyone("command"), INCIDENT, [OpenedBy("take_over", opening)]) == 1
    assert the_county() == before
    assert differences() == []
