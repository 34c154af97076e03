"""What no statute gives the county sets, from a day on, with its document; running clocks keep what they have."""

from datetime import date, timedelta

import pytest

from tests.domains.grid.test_incident import actor, reported
from yimen.domains.grid.api import act
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.memory import forget_all
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.limits import local_lengths, set_limit, settable
from yimen.kernel.matters.models import Clock, LocalLimit
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")
KEEPER = Actor.system("县里", Grant(frozenset({KernelPermission.SYSTEM_MANAGE}), "339901"))


def put(
    since: date, number: int = 3, unit: str = "hours", limit_code: str = "dispatch", actor: Actor = KEEPER
) -> LocalLimit:
    return set_limit(
        actor, procedure="incident", limit_code=limit_code, number=number, unit=unit, source="云政办〔2026〕9号", since=since,
    )  # fmt: skip


def dispatch_clock() -> Clock:
    matter = reported().matter_id
    act(actor("clerk"), matter, "register")
    return Clock.objects.get(matter_id=matter, limit_code="dispatch")


def test_a_new_length_holds_for_what_begins_from_that_day_on() -> None:
    before = dispatch_clock()
    put(today())
    after = dispatch_clock()
    before.refresh_from_db()
    assert (before.number, before.unit) == (24, "hours")
    assert (after.number, after.unit) == (3, "hours")
    assert after.due_at - after.started_at == timedelta(hours=3)


def test_a_length_that_begins_tomorrow_does_not_hold_today() -> None:
    put(today() + timedelta(days=1))
    assert local_lengths() == {}
    assert dispatch_clock().number == 24


def test_versions_follow_one_another_and_each_leaves_an_entry() -> None:
    put(today() - timedelta(days=3), number=5)
    put(today(), number=6)
    with pytest.raises(Refusal) as refused:
        put(today(), number=7)
    assert refused.value.code == "register.version"
    forget_all()
    assert local_lengths()["incident", "dispatch"] == (6, "hours")
    assert LocalLimit.objects.filter(valid__contains=today() - timedelta(days=1)).get().number == 5
    assert Entry.objects.filter(act="set_limit").count() == 2


def test_only_lengths_that_no_statute_or_class_gives_may_be_set() -> None:
    assert {s.limit.code for s in settable(today()) if s.procedure.code == "incident"} == {
        "register", "verify", "dispatch", "return", "suspension", "check", "close", "listed",
    }  # fmt: skip
    with pytest.raises(Refusal) as refused:
        put(today(), limit_code="handle")
    assert refused.value.code == "limit.fixed"


@pytest.mark.parametrize(("number", "unit"), [(0, "hours"), (366, "hours"), (3, "weeks")])
def test_an_absurd_length_is_refused(number: int, unit: str) -> None:
    with pytest.raises(Refusal) as refused:
        put(today(), number=number, unit=unit)
    assert refused.value.code == "limit.length"
    assert not LocalLimit.objects.exists()


def test_who_does_not_keep_the_settings_may_not() -> None:
    with pytest.raises(Refusal) as refused:
        put(today(), actor=actor("chief"))
    assert refused.value.code == "access.no_permission"
