"""The clocks of a matter as acts start, stop, pause, resume and extend them; waits; corrections after the end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domains.grid.test_incident import actor
from tests.kernel.procedure.toy import TOY, known
from yimen.kernel.calendar.clocks import OfficeHours, Period, Unit, due, remaining
from yimen.kernel.calendar.official import shipped
from yimen.kernel.calendar.today import now
from yimen.kernel.ledger.models import Entry
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters import moving, running
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.moving import Change, Opening
from yimen.kernel.matters.queries import allowed_steps, heads
from yimen.kernel.words import Refusal

MONDAY = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)  # 10:00 in the county
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _toy() -> Iterator[None]:
    with known():
        yield


def told(at: datetime = MONDAY) -> UUID:
    """A toy matter at its beginning."""
    opening = Opening("玩具", "", "console", "339901100201")
    return moving.open_matter(actor("chief"), TOY, "tell", opening, at=at).matter_id


def step(matter: UUID, code: str, at: datetime, change: Change = moving.NO_CHANGE, **given: object) -> None:
    """One step at an instant."""
    moving.move(actor("chief"), matter, code, given=given, change=change, at=at)


def clock(matter: UUID, code: str) -> Clock:
    """The newest clock of a limit."""
    return Clock.objects.filter(matter_id=matter, limit_code=code).latest("started_at")


@pytest.mark.usefixtures("db")
def test_a_pause_moves_the_end_by_the_days_it_lasted() -> None:
    matter = told()
    before = clock(matter, "decide").due_at
    step(matter, "pause", MONDAY + DAY)
    assert Matter.objects.get(id=matter).due_at is None
    step(matter, "resume", MONDAY + 8 * DAY)
    after = clock(matter, "decide").due_at
    assert shipped().between(before.date(), after.date()) == 4  # Wednesday to Friday, and Monday
    assert Matter.objects.get(id=matter).due_at is not None
    acts = list(Entry.objects.filter(stream=matter).order_by("seq").values_list("act", flat=True))
    assert acts == ["tell", "pause", "resume"]


@pytest.mark.usefixtures("db")
def test_an_extension_adds_to_the_length_in_the_limits_own_unit() -> None:
    matter = told()
    before = clock(matter, "decide").due_at
    step(matter, "extend", MONDAY + DAY, Change(extension=10))
    assert clock(matter, "decide").number == 30
    assert shipped().between(before.date(), clock(matter, "decide").due_at.date()) == 10
    assert '"did":"extended"' in Entry.objects.get(stream=matter, seq=2).payload


@pytest.mark.usefixtures("db")
def test_what_must_wait_is_refused_with_the_day_and_shown_as_blocked_until_then() -> None:
    matter = told()
    ends = clock(matter, "notice").due_at
    with pytest.raises(Refusal) as refused:
        step(matter, "decide", ends - timedelta(seconds=1), reason="理由")
    assert refused.value.code == "step.too_early"
    assert f"{ends.astimezone():%Y}" in refused.value.sentence.zh
    assert Matter.objects.get(id=matter).revision == 1
    step(matter, "decide", ends + timedelta(seconds=1), reason="理由")
    assert Matter.objects.get(id=matter).state == "decided"


@pytest.mark.usefixtures("db")
def test_a_clock_that_runs_is_started_anew_and_the_first_time_counts_no_more() -> None:
    matter = told()
    first = clock(matter, "notice")
    step(matter, "announce", MONDAY + 3 * DAY)
    second = clock(matter, "notice")
    assert second.due_at - first.due_at == 3 * DAY  # from Monday to Thursday
    first.refresh_from_db()
    assert (first.stopped_at, second.stopped_at) == (MONDAY + 3 * DAY, None)
    with pytest.raises(Refusal):
        step(matter, "decide", first.due_at + timedelta(seconds=1), reason="理由")


@pytest.mark.usefixtures("db")
def test_nothing_is_due_at_the_end_of_a_wait() -> None:
    matter = Matter.objects.get(id=told())
    assert matter.due_at == min(clock(matter.id, c).due_at for c in ("decide", "hours", "days"))
    assert matter.due_at != clock(matter.id, "notice").due_at


@pytest.mark.usefixtures("db")
def test_an_end_stops_every_clock_and_a_correction_starts_its_own_anew() -> None:
    matter = told()
    step(matter, "decide", MONDAY + 14 * DAY, reason="理由")
    assert not Clock.objects.filter(matter_id=matter, stopped_at__isnull=True).exists()
    assert Matter.objects.get(id=matter).closed_at is not None
    step(matter, "revoke", MONDAY + 20 * DAY)
    matter_now = Matter.objects.get(id=matter)
    assert matter_now.closed_at is None
    running_now = Clock.objects.filter(matter_id=matter, stopped_at__isnull=True)
    assert [c.limit_code for c in running_now] == ["decide"]
    assert matter_now.due_at == running_now[0].due_at
    assert verify_county(heads=heads()).ok


@pytest.mark.usefixtures("db")
def test_a_guard_that_is_not_met_leaves_everything_as_it_was() -> None:
    matter = told()
    with pytest.raises(Refusal) as refused:
        step(matter, "decide", MONDAY + 14 * DAY)
    assert refused.value.code == "toy.no_reason"
    assert Matter.objects.get(id=matter).state == "told"
    assert Clock.objects.filter(matter_id=matter, stopped_at__isnull=True).count() == 4


@pytest.mark.usefixtures("db")
def test_buttons_and_acts_agree_about_a_wait() -> None:
    matter = Matter.objects.get(id=told(now()))
    offers = {o.step.code: o for o in allowed_steps(actor("chief"), matter)}
    assert offers["decide"].blocked[0].code == "step.too_early"
    assert not offers["pause"].blocked


def test_an_evenings_pause_gains_nothing() -> None:
    """From 17:29 to 9:01 is no day, however often it is done."""
    evening = datetime(2026, 6, 1, 9, 29, tzinfo=UTC)
    pauses = [(evening + n * DAY, evening + n * DAY + timedelta(hours=15, minutes=32)) for n in range(4)]
    five = Period(5, Unit.WORKING_DAYS)
    assert due(MONDAY, five, shipped(), pauses=pauses).at == due(MONDAY, five, shipped()).at


_instants = st.datetimes(datetime(2020, 2, 1), datetime(2026, 6, 1)).map(lambda d: d.replace(tzinfo=UTC))
_periods = st.builds(
    Period,
    st.integers(0, 60),
    st.sampled_from(list(Unit)).filter(lambda u: u is not Unit.MONTHS),
    st.booleans(),
)


@given(_instants, _periods, st.integers(0, 20), st.integers(0, 40))
def test_a_pause_never_brings_the_end_forward(
    start: datetime, period: Period, after: int, lasting: int
) -> None:
    pause = (start + after * DAY, start + (after + lasting) * DAY)
    plain = due(start, period, shipped())
    paused = due(start, period, shipped(), pauses=[pause])
    assert paused.at >= plain.at


@given(_instants, _periods)
def test_the_safe_end_is_never_later_than_the_end(start: datetime, period: Period) -> None:
    end = due(start + 365 * DAY, period, shipped())
    assert end.safe_at <= end.at


@given(_instants, st.integers(1, 400))
def test_amber_comes_between_the_start_and_the_end(start: datetime, hours: int) -> None:
    end = start + timedelta(hours=hours)
    assert start <= running.amber(start, end) <= end


@given(_instants, _periods)
def test_what_is_left_is_negative_exactly_when_the_end_has_passed(start: datetime, period: Period) -> None:
    end = due(start, period, shipped()).at
    second = timedelta(seconds=1)
    assert remaining(end, end + second, period.unit, shipped(), OfficeHours()) < 0
    assert remaining(end, end - second, period.unit, shipped(), OfficeHours()) >= 0
