"""Figures of services: each number is the applications it opens to, and how an application went is read from its record."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import HERE, THERE
from tests.domains.services.applying import (
    ALLOWANCE,
    HOUSE_PERMIT,
    SENIOR_CARD,
    a_seal,
    applied,
    clerk,
    head,
    official,
    papers,
    reviewer,
    sealed,
    village,
)
from yimen.domains.catalogue.api import Channel
from yimen.domains.hall.api import statistics
from yimen.domains.hall.models import Visit
from yimen.domains.services.api import Course, act, courses, rate, rate_at_counter
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import frozen
from yimen.kernel.matters.breaches import act_on_breaches
from yimen.kernel.matters.models import Matter

pytestmark = pytest.mark.usefixtures("db")
MONDAY = datetime(2026, 8, 3, 2, tzinfo=UTC)
PERIOD = (date(2026, 8, 1), date(2026, 8, 31))
OPINION = {"opinion": "属实"}


def ended(
    code: str = ALLOWANCE, *, days: int = 1, channel: Channel = Channel.WINDOW, way: str = "counter"
) -> UUID:
    """An application accepted on the Monday, decided `days` later and delivered."""
    with frozen(MONDAY):
        by = Actor.resident() if channel == Channel.ONLINE else clerk()
        made = applied(code, by=by, channel=channel)
        act(clerk(), made.matter_id, "accept")
        act(reviewer(), made.matter_id, "review", OPINION)
    with frozen(MONDAY + timedelta(days=days)):
        act(head(), made.matter_id, "grant", {"reason": "准予"})
        act(clerk(), made.matter_id, "issue", {"number": "1号"})
        act(clerk(), sealed(made.matter_id), "deliver", {"way": way, "receipt": "张", "files": papers()})
    return made.matter_id


def came(matter_id: UUID, times: int) -> None:
    """Somebody came for it on so many days."""
    for n in range(times):
        Visit.objects.create(
            id=uuid4(), matter_id=matter_id, on=date(2026, 8, 3 + n), purpose="apply", place="x", place_code=village(), noted_at=MONDAY
        )  # fmt: skip


def caught_up() -> None:
    """Everything that happened is in the figures."""
    with frozen(MONDAY + timedelta(days=25)):
        courses.catch_up()


def parts(by: str = "township", group: str = HERE, actor: Actor | None = None) -> dict[str, int]:
    """What a group's figures count."""
    with frozen(MONDAY + timedelta(days=25)):
        found = statistics.counted(actor or head(), *PERIOD, by=by)
    return dict(found[group].parts) if group in found else {}


def test_each_figure_counts_what_happened() -> None:
    online = ended(channel=Channel.ONLINE, way="electronic")
    ended(days=70)
    with frozen(MONDAY):
        on_the_spot = applied(SENIOR_CARD)
        a_seal()
        act(clerk(), on_the_spot.matter_id, "settle", {"number": "1", "receipt": "张"})
        deficient, forgotten = applied(HOUSE_PERMIT, missing=1), applied(ALLOWANCE)
        act(clerk(), deficient.matter_id, "name_defects", {"defects": "缺"})
    with frozen(MONDAY + timedelta(days=9)):
        act_on_breaches()
    caught_up()
    found = parts()
    assert found == {
        "all": 5, "answered": 4, "deemed": 1, "first": 4, "deficient": 1, "decided": 3, "lawful": 2, "promised": 2,
        "overdue": 0, "instant": 1, "online": 1, "near": 0, "once": found["once"], "handled": 1, "told": 1,
    }  # fmt: skip
    assert Course.objects.get(matter_id=forgotten.matter_id).answered_in_time is False
    assert Course.objects.get(matter_id=online).used_days == 1
    assert Course.objects.get(matter_id=on_the_spot.matter_id).used_days == 0


def test_more_visits_than_promised_break_the_promise_and_coming_ends_handled_online() -> None:
    once, online = ended(), ended(channel=Channel.ONLINE, way="electronic")
    caught_up()
    promised = Course.objects.get(matter_id=once).promised_visits
    assert (parts()["once"], parts()["handled"]) == (2, 1)
    came(once, promised + 1)
    came(online, 1)
    assert parts()["handled"] == 0
    assert parts()["once"] == (2 if promised >= 1 else 1) - 1


@pytest.mark.parametrize("figure", statistics.figures(), ids=lambda f: f.code)
def test_each_number_opens_to_as_many_applications(figure: statistics.Figure) -> None:
    ended()
    ended(channel=Channel.ONLINE, way="electronic")
    ended(days=70)
    with frozen(MONDAY):
        applied(HOUSE_PERMIT, missing=1)
    caught_up()
    for by in statistics.GROUPS:
        with frozen(MONDAY + timedelta(days=25)):
            for group, counted in statistics.counted(head(), *PERIOD, by=by).items():
                rows = statistics.picked(head(), *PERIOD, by=by, group=group, figure=figure.code)
                assert rows.count() == counted.parts[figure.code], (by, group)


def test_only_what_one_may_see_is_counted_and_an_act_dated_back_is_not_missed() -> None:
    matter_id = ended()
    caught_up()
    assert parts()["all"] == 1
    assert parts(actor=official("service_head", THERE, THERE)) == {}
    assert parts(actor=official("grid_worker")) == {}
    with frozen(MONDAY + timedelta(days=2)):
        act(head(), matter_id, "revoke", {"reason": "违法"})
        assert courses.follow() == 1
        assert courses.follow() == 0
    assert Course.objects.get(matter_id=matter_id).seq == Matter.objects.get(id=matter_id).revision


def test_levels_are_counted_once_by_whole_weeks_and_by_window() -> None:
    first, second, window = ended(), ended(), uuid4()
    with frozen(MONDAY + timedelta(days=2)):
        rate(Matter.objects.get(id=first), level=1, is_anonymous=True)
        rate_at_counter(Matter.objects.get(id=second), visit_id=uuid4(), window_id=window, level=4)
        assert statistics.levels(head(), *PERIOD, by="township") == {}  # the week still runs
    with frozen(MONDAY + timedelta(days=7)):
        found = statistics.levels(head(), *PERIOD, by="township")[HERE]
        assert (found.total, found.bad, found.of) == (2, 1, {1: 1, 2: 0, 3: 0, 4: 1, 5: 0})
        assert list(statistics.levels(head(), *PERIOD, by="window")) == [str(window)]
        for by in statistics.RATING_GROUPS:
            for group, levels in statistics.levels(head(), *PERIOD, by=by).items():
                for level, number in levels.of.items():
                    rows = statistics.rated(head(), *PERIOD, by=by, group=group, of=(level,))
                    assert rows.count() == number, (by, group, level)
                bad = statistics.rated(head(), *PERIOD, by=by, group=group, of=statistics.BAD_LEVELS)
                assert bad.count() == levels.bad
        assert statistics.levels(official("service_head", THERE, THERE), *PERIOD, by="township") == {}


def test_many_applications_ask_no_more_of_the_database_than_one() -> None:
    ended()
    caught_up()
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            statistics.counted(head(), *PERIOD, by="item")
        asked.append(len(seen))
        ended()
        caught_up()
    assert asked == [1, 1]
