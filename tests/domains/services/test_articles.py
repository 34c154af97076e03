"""Articles of the licensing law one by one: what an officer in a hurry might do, and what the house says to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.cast import HERE
from tests.domains.services.applying import (
    CHRONIC,
    HOUSE_PERMIT,
    ITEMS,
    LIVING_ALLOWANCE,
    OPINION,
    PROTECTED,
    SENIOR_CARD,
    TIMBER,
    TOILET,
    TRACTOR,
    TWO,
    ZHANG,
    a_seal,
    applied,
    clerk,
    county,
    delivered,
    granted,
    head,
    looked_into,
    official,
    papers,
    reviewer,
    sealed,
)
from tests.domains.services.test_documents import heard, text_of
from yimen.domains.catalogue.api import Channel
from yimen.domains.services.api import (
    Applicant,
    PublicPermit,
    act,
    applications_waiting,
    cancel_expired,
    courses,
)
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import frozen, now
from yimen.kernel.counties.models import Division
from yimen.kernel.ledger.models import Entry
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters.breaches import HOUSE, act_on_breaches
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.moving import Moved
from yimen.kernel.matters.queries import allowed_steps
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")
BEGAN = datetime(2026, 8, 3, 2, tzinfo=UTC)  # a Monday, 10:00
DAY = timedelta(days=1)
RESIDENT = Actor.resident()
DRAINAGE = "330100093001"  # 污水排入排水管网许可: the county decides, materials may follow, five years


def row(moved: Moved) -> Matter:
    """The application as it stands."""
    return Matter.objects.get(id=moved.matter_id)


def running(moved: Moved) -> dict[str, Clock]:
    """Its running clocks."""
    return {c.limit_code: c for c in Clock.objects.filter(matter_id=moved.matter_id, stopped_at=None)}


def code_of(actor: Actor, moved: Moved, step: str, given: dict[str, Any] | None = None) -> str:
    """The code under which a step is refused."""
    with pytest.raises(Refusal) as refused:
        act(actor, moved.matter_id, step, given)
    return refused.value.code


def reviewed(code: str, **changes: Any) -> Moved:
    """Accepted and reviewed by as many as the item asks."""
    moved = applied(code, **changes)
    act(clerk(), moved.matter_id, "accept" if ITEMS[code].decided_by == "township" else "accept_for_county")
    act(reviewer(), moved.matter_id, "review", OPINION)
    if ITEMS[code].reviewers > 1:
        act(reviewer(), moved.matter_id, "second_review", OPINION)
    return moved


@pytest.mark.parametrize("code", ITEMS, ids=[i.name.en for i in ITEMS.values()])
def test_every_item_goes_from_the_counter_to_the_result_in_its_limits(code: str) -> None:
    with frozen(BEGAN):
        moved = delivered(code)
    assert moved.state == "delivered"
    assert running(moved) == {}
    late = Clock.objects.filter(matter_id=moved.matter_id, stopped_at__gt=BEGAN).exclude(limit_code="deliver")
    assert not late.exists()
    assert verify_county().ok


# 第三十二条: what is missing


def test_nothing_at_all_puts_nothing_right() -> None:
    moved = applied(HOUSE_PERMIT, missing=1)
    act(clerk(), moved.matter_id, "name_defects", {"defects": "缺一件"})
    assert code_of(RESIDENT, moved, "supplement") == "service.nothing_brought"
    assert (
        act(RESIDENT, moved.matter_id, "supplement", {"note": "面积更正为一百二十平方米"}).state
        == "submitted"
    )


def test_what_is_missing_is_named_by_the_items_own_codes() -> None:
    moved = applied(HOUSE_PERMIT, missing=1)
    assert code_of(clerk(), moved, "correct", {"missing": "户口本"}) == "service.unknown_material"
    missing = row(moved).facts["missing"][0]
    act(clerk(), moved.matter_id, "correct", {"missing": missing})
    assert row(moved).facts["missing"] == [missing]


def test_what_counts_as_accepted_without_a_material_is_not_granted_without_it() -> None:
    with frozen(BEGAN):
        moved = applied(HOUSE_PERMIT, missing=1)
    with frozen(BEGAN + 8 * DAY):
        act_on_breaches()
        looked_into(moved)
        act(reviewer(), moved.matter_id, "review", OPINION)
        act(reviewer(), moved.matter_id, "second_review", OPINION)
        assert code_of(head(), moved, "grant", {"reason": "准予"}) == "service.deferred_wait"
        assert code_of(RESIDENT, moved, "bring_deferred") == "input.missing"
        act(RESIDENT, moved.matter_id, "bring_deferred", {"files": papers()})
        assert act(head(), moved.matter_id, "grant", {"reason": "准予"}).state == "granted"


def test_materials_that_may_follow_may_follow_to_the_county_too() -> None:
    item = ITEMS[DRAINAGE]
    late = next(m.code for m in item.materials if m.may_follow)
    shown = frozenset(m.code for m in item.materials if m.code != late)
    with frozen(BEGAN):
        kept, broken = applied(DRAINAGE, shown=shown), applied(DRAINAGE, shown=shown)
        for moved in (kept, broken):
            assert code_of(clerk(), moved, "accept_deferred", {"files": papers()}) == "service.countys"
            act(clerk(), moved.matter_id, "accept_deferred_for_county", {"files": papers()})
            assert set(running(moved)) == {"preliminary", "promise", "deferred"}
            looked_into(moved)
            act(reviewer(), moved.matter_id, "review", OPINION)
            act(reviewer(), moved.matter_id, "second_review", OPINION)
            act(reviewer(), moved.matter_id, "hand_up", OPINION)
            deciding = {"reason": "准予"}
            assert code_of(county(item.organ), moved, "county_grant", deciding) == "service.deferred_wait"
        act(RESIDENT, kept.matter_id, "bring_deferred", {"files": papers()})
        assert act(county(item.organ), kept.matter_id, "county_grant", deciding).state == "granted"
    with frozen(BEGAN + 20 * DAY):
        act_on_breaches()
    assert row(broken).state == "lapsed"


def test_one_of_two_deferred_materials_does_not_end_the_wait_for_the_other() -> None:
    with frozen(BEGAN):
        moved = applied(HOUSE_PERMIT, missing=2)
    with frozen(BEGAN + 8 * DAY):
        act_on_breaches()
        came, owed = row(moved).facts["missing"]
        given = {"files": papers(), "missing": owed}
        assert code_of(RESIDENT, moved, "bring_deferred", given) == "service.deferred_in_part"
        assert row(moved).facts["missing"] == [came, owed]
        act(RESIDENT, moved.matter_id, "bring_deferred", {"files": papers()})
    assert row(moved).facts["missing"] == []


# 第三十四条: who looks


def test_inspections_and_visits_are_made_by_two_who_are_named() -> None:
    moved = reviewed(LIVING_ALLOWANCE)
    for staff in ("", "甲一", "甲一、甲一"):
        given = {"inquiry": "household_survey", "staff": staff}
        assert code_of(reviewer(), moved, "look_into", given) == "service.two_sent"
    act(reviewer(), moved.matter_id, "look_into", {"inquiry": "household_survey", "staff": TWO})


def test_what_was_accepted_waits_for_the_reviewers() -> None:
    moved = applied(TIMBER)
    assert applications_waiting(reviewer(), 10) == []
    act(clerk(), moved.matter_id, "accept")
    assert [m.id for m in applications_waiting(reviewer(), 10)] == [moved.matter_id]


def test_of_what_was_accepted_the_window_has_only_what_still_owes_materials() -> None:
    shown = frozenset(m.code for m in ITEMS[DRAINAGE].materials if not m.may_follow)
    whole, owing = applied(DRAINAGE), applied(DRAINAGE, shown=shown)
    act(clerk(), whole.matter_id, "accept_for_county")
    act(clerk(), owing.matter_id, "accept_deferred_for_county", {"files": papers()})
    assert [m.id for m in applications_waiting(clerk(), 10)] == [owing.matter_id]
    act(RESIDENT, owing.matter_id, "bring_deferred", {"files": papers()})
    assert applications_waiting(clerk(), 10) == []
    assert {m.id for m in applications_waiting(reviewer(), 10)} == {whole.matter_id, owing.matter_id}


# 第四十二条、第四十三条: the time to decide


def test_more_time_is_granted_before_the_limit_has_run_out_and_by_who_decides() -> None:
    with frozen(BEGAN):
        moved, countys = reviewed(TIMBER), reviewed(DRAINAGE)
        assert "extend" not in {o.step.code for o in allowed_steps(head(), row(countys))}
    longer = {"number": 5, "reason": "补充论证"}
    with frozen(BEGAN + 60 * DAY):
        assert code_of(head(), moved, "extend", longer) == "service.extension_late"


def test_for_joint_handling_the_government_approves_more_time() -> None:
    moved = reviewed(PROTECTED)
    looked_into(moved)
    act(reviewer(), moved.matter_id, "review", OPINION)
    act(reviewer(), moved.matter_id, "second_review", OPINION)
    act(reviewer(), moved.matter_id, "hand_up", OPINION)
    organ = county(ITEMS[PROTECTED].organ)
    longer: dict[str, Any] = {"number": 15, "reason": "补充论证"}
    assert code_of(head(), moved, "county_extend", longer) == "step.not_yours"
    assert code_of(organ, moved, "county_extend", longer) == "service.government"
    act(organ, moved.matter_id, "county_extend", {**longer, "files": papers()})
    assert running(moved)["decide"].number == 45 + 15


def test_handing_back_gains_the_county_no_time() -> None:
    with frozen(BEGAN):
        moved = reviewed(DRAINAGE)
        assert code_of(reviewer(), moved, "hand_up", OPINION) == "service.inquiries_wait"
        looked_into(moved)
        act(reviewer(), moved.matter_id, "review", OPINION)
        act(reviewer(), moved.matter_id, "second_review", OPINION)
        act(reviewer(), moved.matter_id, "hand_up", OPINION)
        ends = running(moved)["decide"].due_at
    with frozen(BEGAN + 3 * DAY):
        act(county(ITEMS[DRAINAGE].organ), moved.matter_id, "hand_back", {"reason": "请补现场照片"})
        assert set(running(moved)) == {"decide", "preliminary", "promise"}
        act(reviewer(), moved.matter_id, "review", OPINION)
        act(reviewer(), moved.matter_id, "second_review", OPINION)
        assert code_of(reviewer(), moved, "hand_up", OPINION) == "service.countys_time_runs"
        act(reviewer(), moved.matter_id, "hand_up_again", OPINION)
    assert running(moved)["decide"].due_at == ends
    assert row(moved).organ_code == ITEMS[DRAINAGE].organ


def test_several_organs_are_asked_before_it_is_granted() -> None:
    moved = reviewed(HOUSE_PERMIT)
    Matter.objects.filter(id=moved.matter_id).update(
        facts={**row(moved).facts, "inquiries": {}, "resolutions": []}
    )
    assert code_of(head(), moved, "grant", {"reason": "准予"}) == "service.opinions_wait"


# 第四十四条: certificate and delivery


def test_the_ten_days_for_the_certificate_end_with_its_delivery() -> None:
    with frozen(BEGAN):
        moved = granted(TIMBER)
        ends = running(moved)["issue"].due_at
    with frozen(BEGAN + DAY):
        act(clerk(), moved.matter_id, "issue", {"number": "林采1"})
    assert {k: c.due_at for k, c in running(moved).items()} == {"deliver": ends}
    assert moved.matter_id in {m.id for m in applications_waiting(clerk(), 10)}


def test_what_is_delivered_electronically_was_agreed_to_and_signed() -> None:
    moved, other = granted(TIMBER), granted(TIMBER)
    for each in (moved, other):
        act(clerk(), each.matter_id, "issue", {"number": "林采1"})
        sent = {"way": "electronic", "receipt": "2026-08-04 10:00 到达"}
        assert code_of(clerk(), each, "deliver", sent) == "service.unsealed"
        sealed(each.matter_id)
        assert code_of(clerk(), each, "deliver", sent) == "service.no_consent"
    assert code_of(RESIDENT, moved, "agree_electronic", {"signature": "李四"}) == "service.signed_by_another"
    act(RESIDENT, moved.matter_id, "agree_electronic", {"signature": "张 大爷"})
    assert code_of(RESIDENT, moved, "agree_electronic", {"signature": "张大爷"}) == "service.agreed"
    assert act(clerk(), moved.matter_id, "deliver", sent).state == "delivered"
    assert act(clerk(), other.matter_id, "deliver", {**sent, "files": papers()}).state == "delivered"


# 第四十五条: what does not count


def test_a_special_procedure_stops_the_clocks_for_the_time_that_was_told_and_no_longer() -> None:
    with frozen(BEGAN):
        moved = reviewed(TOILET)
        act(reviewer(), moved.matter_id, "begin_inquiry", {"inquiry": "public_notice"})
        told = running(moved)["inquiry"].due_at
    with frozen(told):
        assert act_on_breaches() == 0
        assert code_of(HOUSE, moved, "count_again") == "step.not_run_out"
    with frozen(told + DAY):
        assert act_on_breaches() == 1
        assert act_on_breaches() == 0
    assert set(running(moved)) == {"decide", "promise"}
    assert running(moved)["decide"].pauses[-1][1] is not None
    with frozen(told + 9 * DAY):
        assert act(reviewer(), moved.matter_id, "end_inquiry", {"finding": "无异议"}).state == "accepted"


def test_a_permits_public_notice_counts_and_is_announced_all_the_same() -> None:
    with frozen(BEGAN):
        moved = reviewed(HOUSE_PERMIT)
        assert code_of(reviewer(), moved, "begin_inquiry", {"inquiry": "public_notice"}) == "service.inquiry"
        act(reviewer(), moved.matter_id, "look_into", {"inquiry": "public_notice"})
    assert running(moved)["decide"].pauses == []


# 第四十六条至第四十八条: hearings


def test_a_hearing_is_told_of_once_and_held_on_a_day_that_the_notice_allows() -> None:
    one = reviewer()
    with frozen(BEGAN):
        moved = reviewed(PROTECTED)
        act(one, moved.matter_id, "tell_hearing", {"reason": "涉及邻居重大利益"})
        act(RESIDENT, moved.matter_id, "ask_hearing")
        place = {"place": "镇会议室", "hour": "9时"}
        for day in ("2026-08-04", "2026-08-12"):  # the seventh working day is 12 August
            assert code_of(one, moved, "notify_hearing", {**place, "when": day}) == "service.hearing_day"
        act(one, moved.matter_id, "notify_hearing", {**place, "when": "2026-08-17"})
    held = {"summary": "各方陈述", "files": papers()}
    with frozen(BEGAN + 11 * DAY):
        assert code_of(head(), moved, "hold_hearing", held) == "service.hearing_to_come"
    with frozen(BEGAN + 14 * DAY):
        act(head(), moved.matter_id, "hold_hearing", held)
        assert code_of(one, moved, "tell_hearing", {"reason": "再来一次"}) == "service.hearing_told"


def test_a_hearing_that_is_not_held_in_twenty_days_stops_the_clocks_no_longer() -> None:
    with frozen(BEGAN):
        moved = reviewed(PROTECTED)
        act(reviewer(), moved.matter_id, "tell_hearing", {"reason": "涉及重大利益"})
        act(RESIDENT, moved.matter_id, "ask_hearing")
    with frozen(BEGAN + 40 * DAY):
        act_on_breaches()
    assert row(moved).state == "hearing_due"
    assert running(moved)["promise"].pauses[-1][1] is not None


def test_a_refusal_too_waits_for_the_hearing_that_must_be_offered() -> None:
    moved = reviewed(TIMBER)
    Matter.objects.filter(id=moved.matter_id).update(facts={**row(moved).facts, "needs_hearing": True})
    assert code_of(head(), moved, "refuse", {"reason": "超出限额"}) == "service.hearing_wait"


# 第四十九条、第五十条: change and renewal


def test_a_permit_is_changed_and_the_new_result_takes_the_place_of_the_old() -> None:
    with frozen(BEGAN):
        before = delivered(TIMBER)
        until = row(before).facts["valid_until"]
    with frozen(BEGAN + 30 * DAY):
        after = delivered(TIMBER, changes=before.matter_id)
        assert row(before).state == "replaced"
        assert row(after).facts["valid_until"] == until
        with pytest.raises(Refusal) as refused:
            applied(TIMBER, changes=before.matter_id)
        assert refused.value.code == "service.renews"
        with pytest.raises(Refusal):
            applied(TIMBER, changes=after.matter_id, applicant=Applicant("李四", "passport", "E12345678", ""))
    assert verify_county().ok


def test_what_is_no_permit_is_not_changed() -> None:
    before = delivered(CHRONIC)
    with pytest.raises(Refusal):
        applied(CHRONIC, changes=before.matter_id)


def test_a_renewed_result_begins_where_the_old_one_ends_and_is_renewed_once() -> None:
    with frozen(BEGAN):
        before = delivered(TIMBER)
    assert row(before).facts["valid_until"] == "2027-02-02"
    with frozen(datetime(2026, 12, 28, 2, tzinfo=UTC)):
        after = delivered(TIMBER, renews=before.matter_id)
        assert row(after).facts["valid_from"] == "2027-02-03"
        assert row(after).facts["valid_until"] == "2027-08-02"
        with pytest.raises(Refusal) as refused:
            applied(TIMBER, renews=before.matter_id)
        assert refused.value.code == "service.renewed"


def test_a_permit_not_decided_on_before_it_ends_is_renewed_even_while_a_hearing_waits() -> None:
    with frozen(BEGAN):
        before = delivered(TIMBER)
    with frozen(datetime(2026, 12, 28, 2, tzinfo=UTC)):
        renewal, other = applied(TIMBER, renews=before.matter_id), None
        act(clerk(), renewal.matter_id, "accept")
        act(reviewer(), renewal.matter_id, "review", OPINION)
        act(reviewer(), renewal.matter_id, "tell_hearing", {"reason": "涉及重大利益"})
        act(RESIDENT, renewal.matter_id, "ask_hearing")
        assert "renewal" in running(renewal)
        assert other is None
    with frozen(datetime(2027, 2, 2, 2, tzinfo=UTC)):
        act_on_breaches()
        assert row(renewal).state == "hearing_due"
    with frozen(datetime(2027, 2, 4, 2, tzinfo=UTC)):
        act_on_breaches()
        assert row(renewal).state == "granted"
        assert set(running(renewal)) == {"issue"}


def test_only_a_permit_asked_for_thirty_days_before_its_end_is_deemed_renewed() -> None:
    with frozen(BEGAN):
        permit, confirmation = delivered(TIMBER), delivered(CHRONIC)
    with frozen(datetime(2027, 1, 20, 2, tzinfo=UTC)):
        late = applied(TIMBER, renews=permit.matter_id)
        assert "renewal" not in running(late)
    with frozen(datetime(2028, 6, 1, 2, tzinfo=UTC)):
        assert "renewal" not in running(applied(CHRONIC, renews=confirmation.matter_id))


# 第七十条第一项: a permit that ran out


def test_a_permit_that_ran_out_is_cancelled_by_the_house_with_its_papers_and_its_public_row() -> None:
    with frozen(BEGAN):
        permit, confirmation = delivered(TIMBER), delivered(CHRONIC)
        heard(permit.matter_id)
        courses.catch_up()
    assert row(confirmation).facts["valid_until"]
    with frozen(datetime(2027, 2, 2, 15, 59, tzinfo=UTC)):
        assert cancel_expired() == 0
        assert code_of(HOUSE, permit, "expire") == "service.in_force"
    with frozen(datetime(2027, 2, 2, 16, 1, tzinfo=UTC)):
        assert cancel_expired() == 1
        assert cancel_expired() == 0
        assert row(permit).state == "cancelled"
        paper = next(d for d in heard(permit.matter_id) if d.kind == "revocation")
        assert "2027年2月2日届满" in text_of(paper)
        courses.catch_up()
    public = PublicPermit.objects.get(matter_id=permit.matter_id)
    assert (public.ended, str(public.ended_on)) == ("cancelled", "2027-02-03")
    with frozen(datetime(2036, 1, 1, tzinfo=UTC)):
        assert code_of(HOUSE, confirmation, "expire") == "service.renewing"
    assert verify_county().ok


def test_while_its_renewal_is_in_hand_a_permit_is_not_cancelled() -> None:
    with frozen(BEGAN):
        before, other = delivered(TIMBER), delivered(TIMBER)
        courses.catch_up()
    with frozen(datetime(2027, 2, 1, 2, tzinfo=UTC)):  # too late to be deemed renewed, but before the end
        renewal = reviewed(TIMBER, renews=before.matter_id)
        granted(TIMBER, renews=other.matter_id)
    with frozen(datetime(2027, 2, 4, 2, tzinfo=UTC)):
        assert cancel_expired() == 0
        assert code_of(HOUSE, before, "expire") == "service.renewing"
        act(head(), renewal.matter_id, "refuse", {"reason": "超出限额"})
        assert cancel_expired() == 1
    assert (row(before).state, row(other).state) == ("cancelled", "delivered")


# 第五十五条: inspectors


def test_two_inspectors_are_assigned_within_five_days_of_acceptance_where_safety_is_tested() -> None:
    with frozen(BEGAN):
        moved, other = applied(TRACTOR), applied(TIMBER)
        act(clerk(), moved.matter_id, "accept_for_county")
        act(clerk(), other.matter_id, "accept")
    assigning = running(moved)["assign"]
    assert (assigning.number, assigning.unit) == (5, "working_days")
    assert "assign" not in running(other)
    assert code_of(reviewer(), other, "assign_inspectors", {"staff": TWO}) == "service.none_to_assign"
    with frozen(BEGAN + DAY):
        assert code_of(reviewer(), moved, "assign_inspectors", {"staff": "甲一"}) == "service.two_assigned"
        act(head(), moved.matter_id, "assign_inspectors", {"staff": TWO})
        assert "assign" not in running(moved)
        act(reviewer(), moved.matter_id, "begin_inquiry", {"inquiry": "inspection"})
    assert "第五十五条" in Entry.objects.get(stream=moved.matter_id, act="assign_inspectors").law


def test_who_is_sent_to_inspect_is_assigned_by_it() -> None:
    moved = applied(TRACTOR)
    act(clerk(), moved.matter_id, "accept_for_county")
    seen = row(moved).revision
    with pytest.raises(Refusal) as refused:
        act(reviewer(), moved.matter_id, "begin_inquiry", {"inquiry": "inspection", "staff": "甲一"})
    assert refused.value.findings[0].field == "staff"
    sent = {"inquiry": "inspection", "staff": TWO}
    act(reviewer(), moved.matter_id, "begin_inquiry", sent, expected_revision=seen)
    assert "assign" not in running(moved)
    assert row(moved).facts["inspectors"] == TWO


# 第五十七条: only so many


def test_where_only_so_many_are_granted_who_was_accepted_first_is_decided_first() -> None:
    lin = Applicant("林某", "passport", "E12345678", "")
    with frozen(BEGAN):
        first = applied(TIMBER)
    with frozen(BEGAN + timedelta(hours=1)):
        second = applied(TIMBER, applicant=lin)
        act(clerk(), second.matter_id, "accept")
    with frozen(BEGAN + DAY):
        third = applied(TIMBER, applicant=Applicant("何某", "passport", "E87654321", ""))
        act(clerk(), first.matter_id, "accept")  # handed in first, accepted after the second
        with pytest.raises(Refusal) as refused:
            act(clerk(), third.matter_id, "grant_on_commitment", {"files": papers()})
        assert refused.value.code == "service.out_of_order"
        assert second.number in refused.value.sentence.zh
        assert "第五十七条" in refused.value.law
        for moved in (first, second):
            looked_into(moved)
            act(reviewer(), moved.matter_id, "review", OPINION)
            act(reviewer(), moved.matter_id, "second_review", OPINION)
        assert code_of(head(), first, "grant", {"reason": "准予"}) == "service.out_of_order"
        act(head(), second.matter_id, "refuse", {"reason": "超出限额"})
        act(head(), first.matter_id, "grant", {"reason": "准予"})
        act(clerk(), third.matter_id, "grant_on_commitment", {"files": papers()})


def test_what_another_township_or_a_renewal_asks_for_takes_no_turn() -> None:
    with frozen(BEGAN):
        before = delivered(TIMBER)
        there = Division.objects.filter(level="village").exclude(code__startswith=HERE)[0].code
        elsewhere = official("window_clerk", there[:9], there[:9])
        away = applied(TIMBER, by=elsewhere, place=there)
        act(elsewhere, away.matter_id, "accept")
        renewal = applied(TIMBER, renews=before.matter_id)
        act(clerk(), renewal.matter_id, "accept")
    with frozen(BEGAN + DAY):
        assert granted(TIMBER).state == "granted"


def test_what_the_county_grants_keeps_its_order_over_the_whole_county() -> None:
    subsidy = "330500151001"  # 农机购置补贴: 先申请先补
    with frozen(BEGAN):
        first = applied(subsidy)
        act(clerk(), first.matter_id, "accept_for_county")
    with frozen(BEGAN + DAY), pytest.raises(Refusal) as refused:
        granted(subsidy)
    assert refused.value.code == "service.out_of_order"
    assert first.number in refused.value.sentence.en


# 第六十九条、第七十八条、第七十九条: taking back, and false materials


def test_the_county_takes_back_what_the_county_granted() -> None:
    moved, other = delivered(DRAINAGE), delivered(DRAINAGE)
    organ = county(ITEMS[DRAINAGE].organ)
    for step in ("revoke", "cancel"):
        assert code_of(head(), moved, step, {"reason": "违法作出"}) == "service.countys_result"
    assert code_of(county("civil"), moved, "county_revoke", {"reason": "违法作出"}) == "step.not_yours"
    assert act(organ, moved.matter_id, "county_revoke", {"reason": "违法作出"}).state == "revoked"
    assert act(organ, other.matter_id, "county_cancel", {"reason": "主体终止"}).state == "cancelled"
    ours = delivered(TIMBER)
    assert code_of(organ, ours, "county_revoke", {"reason": "违法作出"}) == "step.not_yours"
    assert row(ours).organ_code == HERE


def test_false_materials_bar_for_a_year_where_safety_is_concerned_declined_or_refused() -> None:
    with frozen(BEGAN):
        moved = applied(TRACTOR)
        act(clerk(), moved.matter_id, "decline", {"reason": "体检证明是伪造的", "is_false": "on"})
        with pytest.raises(Refusal) as refused:
            applied(TRACTOR)
        assert refused.value.code == "service.barred"
        assert "第七十八条" in refused.value.findings[0].law
        act(clerk(), applied(TIMBER).matter_id, "decline", {"reason": "材料虚假", "is_false": "on"})
        applied(TIMBER)
    with frozen(BEGAN + 364 * DAY), pytest.raises(Refusal):
        applied(TRACTOR)
    with frozen(BEGAN + 366 * DAY):
        applied(TRACTOR)


def test_fraud_bars_for_three_years_where_safety_is_concerned_and_not_from_what_heals() -> None:
    licence, illness = delivered(TRACTOR), delivered(CHRONIC)
    fraud = {"reason": "以欺骗取得", "is_fraud": "on"}
    act(county(ITEMS[TRACTOR].organ), licence.matter_id, "county_revoke", fraud)
    act(county(ITEMS[CHRONIC].organ), illness.matter_id, "county_revoke", fraud)
    papers_of = {
        m: next(text_of(d) for d in heard(m.matter_id) if d.kind == "revocation") for m in (licence, illness)
    }
    assert "以前不得再次申请" in papers_of[licence]
    assert "第六十九条" in papers_of[licence]
    assert "不得再次申请" not in papers_of[illness]
    with pytest.raises(Refusal) as refused:
        applied(TRACTOR)
    assert "第七十九条" in refused.value.findings[0].law
    applied(TRACTOR, applicant=Applicant("李四", "passport", "E12345678", ""))
    applied(CHRONIC, applicant=ZHANG)
    with frozen(now() + timedelta(days=3 * 366)):
        applied(TRACTOR)


# 第二十九条: who acts for another


@pytest.mark.parametrize("id_kind", ["citizen", "credit"])
def test_who_hands_in_for_another_shows_the_authority(id_kind: str) -> None:
    number = ZHANG.id_number if id_kind == "citizen" else "91350100M000100Y43"
    fitting = "guardianship" if id_kind == "citizen" else "legal_representative"
    other = "legal_representative" if id_kind == "citizen" else "guardianship"

    def handed_in(authority: str, count: int) -> str:
        shown = tuple(UUID(p) for p in papers(count))
        try:
            moved = applied(
                applicant=Applicant("张大爷", id_kind, number, "", "", "张小明", authority, shown)
            )
        except Refusal as refused:
            return f"{refused.code} {refused.law[:11]}"
        return str(row(moved).facts["authority"])

    assert handed_in("", 1) == "service.authority 行政许可法 第二十九条"
    assert handed_in("friendship", 1) == "service.authority 行政许可法 第二十九条"
    assert handed_in(other, 1) == "service.authority 行政许可法 第二十九条"
    assert handed_in("mandate", 0) == "service.authority_paper 行政许可法 第二十九条"
    assert handed_in("mandate", 1) == "mandate"
    assert handed_in(fitting, 1) == fitting


@pytest.mark.parametrize(
    ("code", "step", "given"),
    [
        (TIMBER, "accept", {}), (TIMBER, "grant_on_commitment", {"files": papers()}), (HOUSE_PERMIT, "accept", {}),
        (SENIOR_CARD, "settle", {"number": "1", "receipt": "张"}), (DRAINAGE, "accept_for_county", {}),
    ],
)  # fmt: skip
def test_what_is_handed_in_online_for_another_is_accepted_when_the_authority_was_seen(
    code: str, step: str, given: dict[str, Any]
) -> None:
    a_seal()
    son = replace(ZHANG, represented_by="张小明", authority="mandate")
    moved = applied(code, by=RESIDENT, channel=Channel.ONLINE, applicant=son)
    assert code_of(clerk(), moved, step, given) == "service.authority_unseen"
    act(clerk(), moved.matter_id, "see_authority", {"shown": "委托书"})
    assert code_of(clerk(), moved, "see_authority", {"shown": "委托书"}) == "service.authority_seen"
    assert act(clerk(), moved.matter_id, step, given).state in ("accepted", "granted", "delivered")
    seen = applied(code, by=RESIDENT, channel=Channel.ONLINE, applicant=replace(son, is_confirmed=True))
    assert act(clerk(), seen.matter_id, step, given).state in ("accepted", "granted", "delivered")


def test_the_law_accepts_in_time_what_nobody_checked_and_the_reviewer_still_can() -> None:
    with frozen(BEGAN):
        son = replace(ZHANG, represented_by="张小明", authority="mandate")
        moved = applied(TIMBER, by=RESIDENT, channel=Channel.ONLINE, applicant=son)
    with frozen(BEGAN + 10 * DAY):
        act_on_breaches()
        assert row(moved).state == "accepted"
        act(reviewer(), moved.matter_id, "see_authority", {"shown": "委托书"})


def _waits_for(who: Actor, moved: Moved) -> bool:
    return moved.matter_id in {m.id for m in applications_waiting(who, 50)}


def test_what_only_the_head_can_decide_waits_for_the_head_alone() -> None:
    first, moved = reviewer(), applied()
    act(clerk(), moved.matter_id, "accept")
    assert _waits_for(first, moved)
    assert not _waits_for(head(), moved)
    looked_into(moved)
    act(first, moved.matter_id, "review", OPINION)
    assert not _waits_for(first, moved)
    assert not _waits_for(clerk(), moved)
    assert _waits_for(head(), moved)


def test_what_a_second_reviewer_must_see_waits_for_a_second_and_not_yet_for_the_head() -> None:
    first, second, moved = reviewer(), reviewer(), applied(TIMBER)
    act(clerk(), moved.matter_id, "accept")
    looked_into(moved)
    act(first, moved.matter_id, "review", OPINION)
    assert (_waits_for(first, moved), _waits_for(second, moved), _waits_for(head(), moved)) == (
        False,
        True,
        False,
    )
    grant = next(
        o for o in allowed_steps(head(), Matter.objects.get(id=moved.matter_id)) if o.step.code == "grant"
    )
    assert [f.code for f in grant.blocked] == ["service.one_reviewer"]  # said before anything is typed
    act(second, moved.matter_id, "second_review", OPINION)
    assert (_waits_for(second, moved), _waits_for(head(), moved)) == (False, True)
    with pytest.raises(Refusal, match="第二人"):
        act(second, moved.matter_id, "second_review", OPINION)


def test_what_the_applicant_must_do_waits_for_no_member_of_staff() -> None:
    moved = applied(missing=1)
    assert _waits_for(clerk(), moved)
    act(clerk(), moved.matter_id, "name_defects", {"defects": "缺身份证复印件"})
    assert not _waits_for(clerk(), moved)
    act(RESIDENT, moved.matter_id, "supplement", {"files": papers()})
    assert _waits_for(clerk(), moved)


def test_work_behind_much_that_waits_for_others_is_found_all_the_same() -> None:
    first = reviewer()
    others = [applied() for _ in range(4)]
    for each in others:
        act(clerk(), each.matter_id, "accept")
        looked_into(each)
        act(first, each.matter_id, "review", OPINION)
    last = applied()
    act(clerk(), last.matter_id, "accept")
    assert [m.id for m in applications_waiting(first, 1)] == [last.matter_id]


def test_an_inquiry_or_a_resolution_that_is_left_waits_for_the_reviewer_and_the_head_is_told_before_deciding() -> (
    None
):
    first, moved = reviewer(), applied(HOUSE_PERMIT)
    act(clerk(), moved.matter_id, "accept")
    act(first, moved.matter_id, "review", OPINION)
    assert _waits_for(first, moved)
    grant = next(o for o in allowed_steps(head(), row(moved)) if o.step.code == "grant")
    assert "service.inquiries_wait" in {f.code for f in grant.blocked}
