"""A site takes what it may and says where else to go; every village is covered or listed; visits and rates are counted."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.cast import COUNTY, HERE, THERE
from tests.domains.hall.people import ITEM, SINCE, VILLAGE, a_hall, someone
from yimen.domains.catalogue.api import Channel
from yimen.domains.hall.api import (
    coverage,
    end_site,
    note_visit,
    online_rates,
    rate_visit,
    refuse_elsewhere,
    send_file,
    set_site,
    sign_for_file,
    sites_of,
    visits_by_matter,
)
from yimen.domains.hall.figures import RATES, counted_online
from yimen.domains.hall.models import Site, Visit
from yimen.domains.services.api import Applicant, Application, submit
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import frozen, now, today
from yimen.kernel.counties.models import Division
from yimen.kernel.matters.moving import Moved
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")


def a_site(code: str = "heping", kind: str = "counter", **changes: Any) -> Site:
    given: dict[str, Any] = {
        "name": "便民服务点", "name_en": "Service point", "place_code": VILLAGE, "village_codes": [], "item_codes": [ITEM],
        "address": "村委会一楼", "telephone": "", "staff": "", "hours": "周一至周五 8:30-17:00", "source": "测试", "since": SINCE,
    }  # fmt: skip
    return set_site(someone("hall_manager"), code=code, kind=kind, **{**given, **changes})


def applied(channel: Channel = Channel.ONLINE, phone: str = "13800000001") -> Moved:
    """An application for treatment elsewhere, by a resident or at a window."""
    who = Actor.resident() if channel == Channel.ONLINE else someone("window_clerk")
    return submit(
        who,
        Application(
            ITEM, VILLAGE, channel, Applicant("王小明", "citizen", "11010519491231002X", phone),
            {"reason": "emergency", "place": "杭州市", "from_on": str(today())},
        ),
    )  # fmt: skip


def test_a_site_refuses_what_it_may_not_take_and_says_where_to_go() -> None:
    a_hall()
    site = a_site(item_codes=[])
    a_site("xinhe", name="新河服务点")
    refuse_elsewhere(Site.objects.get(code="xinhe"), ITEM)
    with pytest.raises(Refusal) as refused:
        refuse_elsewhere(site, ITEM)
    assert "新河服务点、城关镇便民服务中心" in refused.value.sentence.zh
    assert "Chengguan service centre" in refused.value.sentence.en


def test_nobody_is_sent_to_the_online_point_of_another_village() -> None:
    a_hall()
    site = a_site(item_codes=[])
    a_site("own-online", "online", name="本村网上站")
    beside = Division.objects.filter(level="village", code__startswith=HERE).exclude(code=VILLAGE)
    a_site("other-online", "online", name="邻村网上站", place_code=beside.values_list("code", flat=True)[0])
    with pytest.raises(Refusal) as refused:
        refuse_elsewhere(site, ITEM)
    assert "请到：本村网上站、城关镇便民服务中心。" in refused.value.sentence.zh


def test_a_site_offers_only_what_the_catalogue_lets_villages_take() -> None:
    with pytest.raises(Refusal, match="不能在这类站点办"):
        a_site(item_codes=["999999999999"])


def test_who_manages_another_township_sets_up_no_site_here() -> None:
    with pytest.raises(Refusal) as refused:
        end_site(someone("hall_manager", THERE), code=a_site().code, on=today(), reason="撤并")
    assert refused.value.code == "access.elsewhere"


def test_coverage_counts_every_village_of_the_list_by_the_day_and_names_the_missing() -> None:
    before = coverage(COUNTY)
    assert (before.villages, before.counter, before.online, len(before.missing)) == (9, 0, 0, 9)
    a_site()
    a_site("net", "online")
    after = coverage(HERE)
    assert (after.counter, after.online, after.both) == (1, 1, 1)
    assert len(after.missing) == after.villages - 1
    assert VILLAGE not in dict(after.missing)
    end_site(someone("hall_manager"), code="heping", on=today() + timedelta(days=1), reason="撤并")
    assert coverage(HERE).counter == 1
    later = coverage(HERE, today() + timedelta(days=1))
    assert (later.counter, later.online) == (0, 1)
    assert [s.kind for s in sites_of(VILLAGE)] == ["counter", "online"]


def test_visits_of_a_matter_are_counted_once_a_day_against_the_promise() -> None:
    hall, _ = a_hall()
    clerk = someone("window_clerk")
    made = applied(Channel.WINDOW)
    for _ in range(2):
        note_visit(clerk, hall_code=hall.code, number=made.number.lower(), purpose="apply")
    assert [(v.times, v.promised, v.is_breach) for v in visits_by_matter(clerk)] == [(1, 0, True)]
    with frozen(now() + timedelta(days=1)):
        note_visit(clerk, hall_code=hall.code, number=made.number, purpose="collect")
    assert visits_by_matter(clerk)[0].times == 2
    with pytest.raises(Refusal, match="没有这个编号的办件"):
        note_visit(clerk, hall_code=hall.code, number="BJ-0", purpose="apply")
    assert visits_by_matter(someone("window_clerk", THERE)) == []


def test_a_visit_is_rated_on_its_day_and_once() -> None:
    hall, _ = a_hall()
    clerk = someone("window_clerk")
    made = applied(Channel.WINDOW)
    visit = note_visit(clerk, hall_code=hall.code, number=made.number, purpose="apply")
    row = rate_visit(visit.id, level=2, words="等得久")
    assert (row.visit_id, row.channel, row.level) == (visit.id, "counter", 2)
    assert row.rectification_id is not None
    with pytest.raises(Refusal) as refused:
        rate_visit(visit.id, level=5)
    assert refused.value.code == "rating_once_a_visit"
    with pytest.raises(Refusal) as refused:
        rate_visit(uuid4(), level=5)
    assert refused.value.code == "rating.no_visit"
    with frozen(now() + timedelta(days=1)):
        later = note_visit(clerk, hall_code=hall.code, number=made.number, purpose="collect")
    with pytest.raises(Refusal) as refused:
        rate_visit(later.id, level=5)
    assert refused.value.code == "rating.late"


def test_the_three_rates_stand_apart_and_each_lists_what_it_counts() -> None:
    clerk = someone("window_clerk")
    online, _ = applied(phone="13800000001"), applied(Channel.WINDOW, "13800000002")
    rates = online_rates(clerk, today(), today(), by="township")[HERE]
    assert (rates.total, rates.accepted, rates.handled, rates.answered) == (2, 1, 0, 0)
    listed = counted_online(clerk, today(), today(), by="item", group=ITEM, rate="accepted")
    assert [m.id for m in listed] == [online.matter_id]
    from yimen.kernel.matters.models import Matter

    ended = {"state": "delivered", "facts": {**listed[0].facts, "way": "electronic"}}
    Matter.objects.filter(id=online.matter_id).update(**ended)
    rates = online_rates(clerk, today(), today(), by="item")[ITEM]
    assert (rates.ended, rates.handled, rates.answered) == (1, 1, 1)
    for rate in RATES:
        found = counted_online(clerk, today(), today(), by="item", group=ITEM, rate=rate)
        assert len(found) == getattr(rates, rate)
    came(online.matter_id)
    assert online_rates(clerk, today(), today(), by="item")[ITEM].handled == 0


def came(matter_id: UUID) -> None:
    at = now()
    Visit.objects.create(
        id=matter_id, matter_id=matter_id, on=today(), purpose="collect", place="x", place_code=VILLAGE, noted_at=at
    )  # fmt: skip


def test_a_file_is_signed_for_by_the_other_side_and_by_nobody_who_sent_it() -> None:
    made = applied(Channel.WINDOW)
    front, back = someone("window_clerk"), someone("service_reviewer")
    row = send_file(front, number=made.number, papers="身份证复印件 1 份\r\n\r\n草图 1 份\n", to_back=True)
    assert row.papers == "身份证复印件 1 份；草图 1 份"  # typed one a line
    with pytest.raises(Refusal) as refused:
        send_file(front, number=made.number, papers="同上", to_back=True)
    assert refused.value.code == "one_handover_under_way"
    with pytest.raises(Refusal) as refused:
        sign_for_file(front, handover_id=row.id)
    assert refused.value.code == "access.no_permission"
    sign_for_file(back, handover_id=row.id)
    with pytest.raises(Refusal) as refused:
        sign_for_file(back, handover_id=row.id)
    assert refused.value.code == "file.signed"
