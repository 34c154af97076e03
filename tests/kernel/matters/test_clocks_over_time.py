"""Clocks stand still, go on, run longer, stop and start again as the steps say; and never to anybody's cost."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domains.grid.test_incident import actor, reported
from yimen.domains.grid.api import act
from yimen.kernel.calendar.clocks import OfficeHours, Unit
from yimen.kernel.calendar.official import WorkingCalendar, shipped
from yimen.kernel.calendar.today import LOCAL_ZONE, frozen
from yimen.kernel.ledger.models import Entry
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters import running
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.moving import Moved
from yimen.kernel.matters.queries import heads
from yimen.kernel.matters.running import ClockRows
from yimen.kernel.procedure.language import LimitSpec, Procedure, Relation, State, Step, Who
from yimen.kernel.words import Refusal, Text

WORDS = Text("词", "word")
UNITS = st.sampled_from(list(Unit))
NUMBERS = st.integers(1, 45)
STARTS = st.datetimes(datetime(2022, 1, 5), datetime(2026, 6, 1), timezones=st.just(UTC))
"""So early that even the longest clock ends inside the calendar."""
LATER = st.timedeltas(timedelta(0), timedelta(days=40))
CALENDAR = shipped()


def procedure(*limits: LimitSpec) -> Procedure:
    """A procedure whose steps do one thing each to its clocks."""
    codes = tuple(x.code for x in limits)
    doing: Mapping[str, Mapping[str, Any]] = {
        "start": {"starts": codes},
        "restart": {"starts": codes[:1]},
        "pause": {"pauses": codes},
        "resume": {"resumes": codes},
        "extend": {"extends": codes},
        "pause_and_extend": {"pauses": codes, "extends": codes},
        "stop": {"stops": codes[:1]},
        "nothing": {},
    }
    steps = tuple(
        Step(name, WORDS, ("s",), "s", (Who("x", Relation.PUBLIC),), "law", **what)
        for name, what in doing.items()
    )
    return Procedure("p", 1, WORDS, "P", (State("s", WORDS, WORDS),), steps, limits)


def limit(code: str = "main", number: int = 5, unit: str = "working_days", **more: Any) -> LimitSpec:
    """A limit."""
    return LimitSpec(code, WORDS, "law", WORDS, number, unit, **more)


class Running:
    """The clocks of a matter in memory, moved by `after_step` alone."""

    def __init__(self, *limits: LimitSpec) -> None:
        self.procedure = procedure(*limits)
        self.clocks: list[Clock] = []
        self.rows = ClockRows()

    def do(self, step: str, at: datetime, *, extension: int | None = None, is_end: bool = False) -> ClockRows:
        """Take a step, and keep what it did."""
        self.rows = running.after_step(
            procedure=self.procedure, step=self.procedure.step(step), running=self.going(), facts={}, extension=extension,
            is_end=is_end, at=at, calendar=CALENDAR, hours=OfficeHours(), local={},
        )  # fmt: skip
        by_id = {c.id: c for c in self.clocks}
        for changed in self.rows.changed:
            for name, value in changed.items():
                setattr(by_id[changed["id"]], name, value)
        self.clocks += [Clock(**row) for row in self.rows.started]
        return self.rows

    def going(self) -> list[Clock]:
        """The clocks that are not stopped."""
        return [c for c in self.clocks if c.stopped_at is None]

    def one(self) -> Clock:
        """The only clock that is not stopped."""
        (clock,) = self.going()
        return clock


def run(spec: LimitSpec, start: datetime, pauses: Sequence[tuple[timedelta, timedelta]] = ()) -> Running:
    """A clock from `start`, paused and resumed after each pair of spans."""
    clocks = Running(spec)
    clocks.do("start", start)
    at = start
    for wait, length in pauses:
        at += wait
        clocks.do("pause", at)
        at += length
        clocks.do("resume", at)
    return clocks


PAUSES = st.lists(st.tuples(LATER, LATER), max_size=3)
SPECS = st.builds(
    lambda number, unit, rolls: limit(number=number, unit=unit, rolls=rolls), NUMBERS, UNITS, st.booleans()
)


@given(SPECS, STARTS, PAUSES)
@settings(max_examples=400, deadline=None)
def test_a_paused_clock_never_ends_before_one_that_was_not_paused(
    spec: LimitSpec, start: datetime, pauses: list[tuple[timedelta, timedelta]]
) -> None:
    plain, paused = run(spec, start).one(), run(spec, start, pauses).one()
    assert paused.due_at >= plain.due_at
    assert paused.safe_at >= plain.safe_at or plain.is_provisional


@given(SPECS, STARTS, LATER, LATER, LATER)
@settings(max_examples=200, deadline=None)
def test_a_longer_pause_never_ends_the_clock_earlier(
    spec: LimitSpec, start: datetime, wait: timedelta, length: timedelta, more: timedelta
) -> None:
    short, long = run(spec, start, [(wait, length)]).one(), run(spec, start, [(wait, length + more)]).one()
    assert long.due_at >= short.due_at


@given(SPECS, STARTS, PAUSES, st.integers(0, 20))
@settings(max_examples=400, deadline=None)
def test_the_safe_date_is_never_after_the_date_and_the_light_turns_amber_before_it(
    spec: LimitSpec, start: datetime, pauses: list[tuple[timedelta, timedelta]], extension: int
) -> None:
    clocks = run(spec, start, pauses)
    at = start + sum((a + b for a, b in pauses), timedelta())
    rows = clocks.do("extend", at, extension=extension)
    clock = clocks.one()
    assert clock.safe_at <= clock.due_at
    assert clock.is_provisional or clock.safe_at == clock.due_at
    assert clock.edition == CALENDAR.edition
    assert clock.due_at > clock.started_at
    assert rows.due_at == clock.due_at
    assert rows.amber_at is not None
    assert clock.started_at < rows.amber_at <= clock.due_at
    if running.stood_still(clock.pauses) < clock.due_at - clock.started_at:
        assert rows.amber_at < clock.due_at


@given(SPECS, STARTS, st.timedeltas(timedelta(0), timedelta(days=400)))
@settings(max_examples=200, deadline=None)
def test_a_clock_that_stood_still_from_the_first_is_not_amber_when_it_goes_on(
    spec: LimitSpec, start: datetime, length: timedelta
) -> None:
    clocks = run(spec, start, [(timedelta(0), length)])
    clock = clocks.one()
    assert clocks.rows.amber_at is not None
    if clock.due_at > start + length:
        assert clocks.rows.amber_at > start + length


@given(NUMBERS, STARTS, PAUSES)
@settings(max_examples=100, deadline=None)
def test_a_clock_in_hours_ends_later_by_exactly_what_it_stood_still(
    number: int, start: datetime, pauses: list[tuple[timedelta, timedelta]]
) -> None:
    clock = run(limit(number=number, unit="hours"), start, pauses).one()
    assert clock.due_at == start + timedelta(hours=number) + sum((b for _, b in pauses), timedelta())


@given(SPECS, STARTS, LATER)
@settings(max_examples=100, deadline=None)
def test_a_pause_that_ends_as_it_begins_changes_nothing(
    spec: LimitSpec, start: datetime, wait: timedelta
) -> None:
    assert run(spec, start, [(wait, timedelta(0))]).one().due_at == run(spec, start).one().due_at


@given(SPECS, STARTS, PAUSES, st.integers(1, 18))
@settings(max_examples=150, deadline=None)
def test_an_extension_is_as_if_the_limit_had_been_longer_from_the_first(
    spec: LimitSpec, start: datetime, pauses: list[tuple[timedelta, timedelta]], extension: int
) -> None:
    assert spec.number is not None
    longer = limit(number=spec.number + extension, unit=spec.unit, rolls=spec.rolls)
    clocks = run(spec, start, pauses)
    before = clocks.one().due_at
    clocks.do("extend", start + timedelta(days=200), extension=extension)
    clock = clocks.one()
    assert (clock.due_at, clock.safe_at) == (
        run(longer, start, pauses).one().due_at,
        run(longer, start, pauses).one().safe_at,
    )
    assert clock.due_at >= before
    assert clock.number == spec.number + extension


@given(SPECS, STARTS, PAUSES, LATER)
@settings(max_examples=100, deadline=None)
def test_a_clock_that_starts_again_has_its_whole_length_and_the_old_one_is_stopped(
    spec: LimitSpec, start: datetime, pauses: list[tuple[timedelta, timedelta]], wait: timedelta
) -> None:
    clocks = run(spec, start, pauses)
    again = start + timedelta(days=300) + wait
    rows = clocks.do("restart", again)
    old, new = clocks.clocks
    assert (old.stopped_at, new.started_at, new.pauses, new.number) == (again, again, [], spec.number)
    assert new.due_at == run(spec, again).one().due_at == rows.due_at
    assert [n["did"] for n in rows.notes] == ["stopped", "started"]


@given(
    SPECS, st.datetimes(datetime(2024, 11, 1), datetime(2026, 8, 1), timezones=st.just(UTC)), PAUSES, st.integers(1, 2)
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_the_safe_date_of_a_paused_clock_was_never_after_the_day_it_turned_out_to_be(
    spec: LimitSpec, start: datetime, pauses: list[tuple[timedelta, timedelta]], ahead: int
) -> None:
    """Pretend that the notices from next year on, or from the year after, were not yet published.

    Only years under the statute of 2024: until then New Year's Eve was no holiday by law.
    """
    real = run(spec, start, pauses).one()
    was_overdue_when_paused = any(
        datetime.fromisoformat(a) > run(spec, start, pauses[:n]).one().due_at
        for n, (a, _) in enumerate(real.pauses)
    )
    if real.due_at.year > 2026 or was_overdue_when_paused:
        return
    unpublished = _calendar_until(start.year + ahead - 1)
    promised = running.reckoned(
        {name: getattr(real, name) for name in ("started_at", "number", "unit", "rolls", "pauses", "hours")},
        unpublished,
    )
    assert isinstance(promised["safe_at"], datetime)
    assert promised["safe_at"] <= real.due_at
    if not promised["is_provisional"]:
        assert promised["due_at"] == real.due_at


@cache
def _calendar_until(year: int) -> WorkingCalendar:
    """The calendar as it was known when no later notice had come."""
    return WorkingCalendar(tuple(y for y in CALENDAR.years if y.year <= year))


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["start", "restart", "pause", "resume", "extend", "pause_and_extend", "stop", "nothing"]
        ),
        st.timedeltas(timedelta(0), timedelta(days=9)),
        st.integers(0, 5),
    ),
    max_size=12,
)


@given(STARTS, ACTS)
@settings(max_examples=200, deadline=None)
def test_whatever_is_done_in_whatever_order_the_most_urgent_running_end_is_shown(
    start: datetime, acts: Iterable[tuple[str, timedelta, int]]
) -> None:
    clocks = Running(
        limit("main"),
        limit("short", 30, "hours"),
        limit("office", 20, "working_hours"),
        limit("silence", 3, "calendar_days", is_wait=True),
    )
    at = start
    for step, wait, extension in acts:
        at += wait
        rows = clocks.do(step, at, extension=extension)
        going = clocks.going()
        assert len({c.limit_code for c in going}) == len(going)
        shown = []
        for clock in going:
            spans = [(datetime.fromisoformat(a), b and datetime.fromisoformat(b)) for a, b in clock.pauses]
            assert all(b is not None for _, b in spans[:-1])
            ends = [instant for span in spans for instant in span if instant is not None]
            assert ends == sorted(ends)
            assert clock.safe_at <= clock.due_at
            is_paused = bool(spans) and spans[-1][1] is None
            if not is_paused and clock.limit_code != "silence":
                shown.append(clock.due_at)
        assert rows.due_at == min(shown, default=None)
        assert (rows.amber_at is None) == (rows.due_at is None)
        assert rows.amber_at is None or rows.due_at is None or rows.amber_at <= rows.due_at
        assert {n["did"] for n in rows.notes} <= {"started", "stopped", "paused", "resumed", "extended"}


@given(STARTS, st.booleans())
@settings(max_examples=30, deadline=None)
def test_an_end_stops_every_clock_paused_ones_too_and_nothing_is_due(start: datetime, paused: bool) -> None:
    clocks = Running(limit("main"), limit("short", 3, "hours"), limit("wait", 3, is_wait=True))
    clocks.do("start", start)
    if paused:
        clocks.do("pause", start)
    rows = clocks.do("start", start + timedelta(hours=1), is_end=True)
    assert clocks.going() == []
    assert (rows.due_at, rows.amber_at, rows.started) == (None, None, [])
    assert {n["did"] for n in rows.notes} == {"stopped"}


def local(day: int, hour: int = 10) -> datetime:
    """An instant in November 2026, where the county is. The second is a Monday."""
    return datetime(2026, 11, day, hour, tzinfo=LOCAL_ZONE)


def last_moment(day: int) -> datetime:
    """The end of a day."""
    return local(day, 23).replace(minute=59, second=59, microsecond=999999)


def handling(at: datetime, class_code: str = "0102") -> UUID:
    """An incident with four working days for handling, begun at once."""
    with frozen(at):
        matter = reported(class_code=class_code).matter_id
        act(actor("clerk"), matter, "register")
        act(actor("dispatcher"), matter, "dispatch", {"organ": "urban"})
        act(actor("handler"), matter, "begin")
    return matter


def done(who: str, matter: UUID, step: str, at: datetime, **given: object) -> Moved:
    """A step at an instant."""
    with frozen(at):
        return act(actor(who), matter, step, given)


def clock_of(matter: UUID, code: str = "handle") -> Clock:
    """The latest clock of a limit."""
    found = Clock.objects.filter(matter_id=matter, limit_code=code).order_by("-started_at").first()
    assert found is not None
    return found


def noted(matter: UUID) -> list[list[str]]:
    """What the ledger says was done to clocks, act by act."""
    payloads = Entry.objects.filter(stream=matter).order_by("seq").values_list("payload", flat=True)
    return [[f"{c['clock']} {c['did']}" for c in json.loads(p).get("clocks", [])] for p in payloads]


def suspension_ends(matter: UUID) -> datetime:
    """When the suspension itself ends; what it suspends has no end meanwhile."""
    return Clock.objects.get(matter_id=matter, limit_code="suspension", stopped_at__isnull=True).due_at


@pytest.mark.usefixtures("db")
def test_a_suspended_incident_has_no_end_and_going_on_it_has_the_days_it_stood_still() -> None:
    matter = handling(local(2))
    assert Matter.objects.get(id=matter).due_at == last_moment(6)
    assert done("chief", matter, "suspend", local(3), reason="等材料").due_at == suspension_ends(matter)
    assert done("worker", matter, "note", local(4), note="看过").due_at == suspension_ends(matter)
    resumed = done("handler", matter, "resume", local(5))
    assert resumed.due_at == last_moment(9)
    kept = clock_of(matter)
    assert kept.due_at == kept.safe_at == last_moment(9)
    assert [[datetime.fromisoformat(x) for x in p] for p in kept.pauses] == [[local(3), local(5)]]
    assert noted(matter)[-3:] == [
        ["handle paused", "suspension started"],
        [],
        ["handle resumed", "suspension stopped"],
    ]
    assert verify_county(heads=heads()).ok


@pytest.mark.usefixtures("db")
def test_a_long_suspension_does_not_turn_the_light_amber() -> None:
    matter = handling(local(2))
    done("chief", matter, "suspend", local(2, 11), reason="等材料")
    done("handler", matter, "resume", local(20, 11))
    kept = Matter.objects.get(id=matter)
    assert kept.amber_at is not None
    assert kept.due_at is not None
    assert local(20, 11) + timedelta(days=1) < kept.amber_at < kept.due_at


@pytest.mark.usefixtures("db")
def test_more_time_is_granted_once_also_while_suspended_and_counts_when_it_goes_on() -> None:
    matter = handling(local(2))
    done("chief", matter, "suspend", local(3), reason="等材料")
    with pytest.raises(Refusal) as refused:
        done("chief", matter, "extend", local(3), number="5", reason="难")
    assert refused.value.code == "incident.extension_too_long"
    assert done("chief", matter, "extend", local(3), number="4", reason="难").due_at == suspension_ends(
        matter
    )
    assert done("handler", matter, "resume", local(3, 12)).due_at == last_moment(12)
    with pytest.raises(Refusal) as refused:
        done("chief", matter, "extend", local(4), number="1", reason="难")
    assert refused.value.code == "incident.extended_already"
    assert (clock_of(matter).number, clock_of(matter).due_at) == (8, last_moment(12))


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("number", ["0", "-1", "1.5", "x", "99999999999", "", "²"])
def test_an_extension_that_is_no_length_is_refused_and_the_clock_goes_on_as_it_was(number: str) -> None:
    matter = handling(local(2))
    with pytest.raises(Refusal) as refused:
        done("chief", matter, "extend", local(3), number=number, reason="难")
    assert refused.value.findings[0].field == "number"
    assert (clock_of(matter).number, clock_of(matter).due_at) == (4, last_moment(6))


@pytest.mark.usefixtures("db")
def test_rework_starts_the_handling_clock_afresh_and_keeps_the_old_one_as_it_stopped() -> None:
    matter = handling(local(2))
    finished = done("handler", matter, "finish", local(3), result="好了")
    assert finished.due_at == clock_of(matter, "check").due_at == last_moment(5)
    again = done("worker", matter, "rework", local(4), reason="没清干净")
    assert again.due_at == last_moment(10)
    old, new = Clock.objects.filter(matter_id=matter, limit_code="handle").order_by("started_at")
    assert (old.stopped_at, old.due_at) == (local(3), last_moment(6))
    assert (new.started_at, new.stopped_at, new.number, new.pauses) == (local(4), None, 4, [])
    assert noted(matter)[-1] == ["check stopped", "handle started"]


@pytest.mark.usefixtures("db")
def test_taken_back_while_suspended_the_paused_clock_stops_and_dispatch_runs() -> None:
    matter = handling(local(2))
    done("chief", matter, "suspend", local(3), reason="等材料")
    back = done("chief", matter, "withdraw_dispatch", local(4), reason="改派")
    assert back.due_at == local(5)
    assert clock_of(matter).stopped_at == local(4)
    assert [
        c.limit_code for c in Clock.objects.filter(matter_id=matter, stopped_at__isnull=True)
    ] == ["dispatch"]  # fmt: skip
    again = done("dispatcher", matter, "dispatch", local(5, 9), organ="urban")
    assert again.due_at == last_moment(11)
    assert clock_of(matter).pauses == []


@pytest.mark.usefixtures("db")
def test_closing_stops_all_and_revoking_the_closing_starts_dispatch_again() -> None:
    matter = handling(local(2))
    done("handler", matter, "finish", local(3), result="好了")
    done("worker", matter, "pass", local(4))
    assert clock_of(matter, "close").due_at == last_moment(11)
    closed = done("chief", matter, "close", local(5))
    assert closed.due_at is None
    assert not Clock.objects.filter(matter_id=matter, stopped_at__isnull=True).exists()
    assert done("chief", matter, "reopen", local(9), reason="问题还在").due_at == local(10)
    assert verify_county(heads=heads()).ok


STEPS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("chief", "suspend", {"reason": "等"}),
    ("handler", "resume", {}),
    ("chief", "extend", {"number": "2", "reason": "难"}),
    ("handler", "finish", {"result": "好了"}),
    ("worker", "rework", {"reason": "没好"}),
    ("worker", "pass", {}),
    ("chief", "withdraw_dispatch", {"reason": "改派"}),
    ("dispatcher", "dispatch", {"organ": "urban"}),
    ("handler", "begin", {}),
    ("chief", "supervise", {"reason": "快"}),
)


@pytest.mark.usefixtures("db")
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 60)), max_size=12))
@settings(max_examples=25, deadline=None)
def test_what_a_matter_shows_is_always_the_most_urgent_end_of_its_running_clocks(
    acts: list[tuple[tuple[str, str, dict[str, object]], int]],
) -> None:
    at = local(2)
    matter = handling(at)
    for (who, step, given_), hours in acts:
        at += timedelta(hours=hours)
        try:
            done(who, matter, step, at, **given_)
        except Refusal:
            continue
        kept = Matter.objects.get(id=matter)
        clocks = Clock.objects.filter(matter_id=matter, stopped_at__isnull=True)
        going = [c for c in clocks if not (c.pauses and c.pauses[-1][1] is None)]
        assert kept.due_at == min((c.due_at for c in going), default=None)
        assert (kept.state == "suspended") == (len(going) < len(clocks))
        assert all(c.safe_at <= c.due_at for c in clocks)
        assert kept.amber_at is None or kept.due_at is None or kept.amber_at < kept.due_at
        assert (kept.amber_at is None) == (kept.due_at is None)
    assert verify_county(heads=heads()).ok
