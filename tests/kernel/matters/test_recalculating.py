"""When a notice comes into force, running clocks that it touches move, each with an entry; no other does."""

from datetime import UTC, datetime

import pytest

from tests.domains.grid.test_incident import act, actor, reported
from tests.kernel.calendar.test_notices import NOTICE_2027
from yimen.kernel.calendar.notices import confirm_notice, propose_notice
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.ledger.models import Entry
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.queries import heads
from yimen.kernel.matters.recalculating import recalculate

pytestmark = pytest.mark.usefixtures("db")

BEFORE_SPRING = datetime(2027, 2, 3, 2, 0, tzinfo=UTC)
SUMMER = datetime(2026, 6, 3, 2, 0, tzinfo=UTC)


def handled_at(at: datetime) -> Matter:
    """An incident waiting for its check: two working days from `at`."""
    from tests.domains.grid.test_incident import Actor, Grid, Report, report_incident

    home = Grid.objects.order_by("code").first()
    assert home is not None
    report = Report("垃圾", home.lng, home.lat, "portal", "0101")
    matter = report_incident(Actor.resident(), report, at=at).matter_id
    act(actor("clerk"), matter, "register", at=at)
    act(actor("dispatcher"), matter, "dispatch", {"organ": "urban"}, at=at)
    act(actor("handler"), matter, "begin", at=at)
    act(actor("handler"), matter, "finish", {"result": "已清理"}, at=at)
    return Matter.objects.get(id=matter)


def test_only_what_the_notice_touches_moves_and_once() -> None:
    spring, summer = handled_at(BEFORE_SPRING), handled_at(SUMMER)
    before = {c.matter_id: c.due_at for c in Clock.objects.filter(stopped_at__isnull=True)}
    assert Clock.objects.get(matter=spring, stopped_at__isnull=True).is_provisional
    assert recalculate() == 0
    propose_notice("甲", NOTICE_2027.encode())
    confirm_notice("乙", 2027)
    assert recalculate() == 1
    after = {c.matter_id: c.due_at for c in Clock.objects.filter(stopped_at__isnull=True)}
    assert after[spring.id] > before[spring.id]
    assert after[summer.id] == before[summer.id]
    moved = Matter.objects.get(id=spring.id)
    assert moved.due_at == after[spring.id]
    entry = Entry.objects.filter(stream=spring.id).latest("seq")
    assert entry.act == "calendar_recalculated"
    assert entry.law.startswith("全国年节")
    assert moved.revision == entry.seq == spring.revision + 1
    assert recalculate() == 0
    assert verify_county(heads=heads()).ok


def test_a_countys_own_rest_days_move_its_clocks() -> None:
    matter = handled_at(SUMMER)
    before = Clock.objects.get(matter=matter, stopped_at__isnull=True).due_at
    current_county().local_rest_days = ["2026-06-04"]
    try:
        assert recalculate() == 1
        assert (Clock.objects.get(matter=matter, stopped_at__isnull=True).due_at - before).days >= 1
    finally:
        current_county().local_rest_days = []
    assert recalculate() == 1
    assert Clock.objects.get(matter=matter, stopped_at__isnull=True).due_at == before


def test_an_incident_reported_today_is_reckoned_under_the_calendar_in_force() -> None:
    clock = Clock.objects.get(matter_id=reported().matter_id)
    assert clock.edition.startswith("2020-2026")
