"""The procedure of an application: sound as written, every step × state × role cell as declared, and the law's numbers."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from tests.cast import COUNTY, HERE, THERE
from tests.domains.services.applying import (
    ALLOWANCE,
    HOUSE_PERMIT,
    ITEMS,
    LIVING_ALLOWANCE,
    OPINION,
    PROTECTED,
    SENIOR_CARD,
    TIMBER,
    TOILET,
    TWO,
    ZHANG,
    a_seal,
    applied,
    clerk,
    county,
    filled,
    head,
    looked_into,
    official,
    papers,
    reviewer,
    sealed,
    village,
)
from yimen.domains import services
from yimen.domains.catalogue.api import Channel, publish_items
from yimen.domains.services.api import (
    JOINT_OPINION,
    SERVICE,
    Applicant,
    Application,
    act,
    opened_form,
    submit,
)
from yimen.domains.services.commands import _months_from
from yimen.domains.services.queries import visible_applications
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import frozen, now, today
from yimen.kernel.ledger.models import Entry
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters.breaches import HOUSE, act_on_breaches
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.moving import Moved
from yimen.kernel.matters.offers import authorised, may_start
from yimen.kernel.matters.queries import history
from yimen.kernel.words import Refusal

_BEFORE = {
    "submitted",
    "deficient",
    "accepted",
    "inquiry",
    "reviewed",
    "hearing_told",
    "hearing_due",
    "handed_up",
}
_ALL = {s.code for s in SERVICE.states}
_OPEN = {s.code for s in SERVICE.states if not s.is_end}
_COUNTYS = {"handed_up", "delivered"}
FROM: Mapping[str, set[str]] = {
    "submit": set(), "settle": {"submitted"}, "redirect": {"submitted"}, "not_needed": {"submitted"},
    "decline": {"submitted", "deficient"}, "correct": {"submitted"}, "name_defects": {"submitted"},
    "supplement": {"deficient"}, "accept": {"submitted"}, "accept_for_county": {"submitted"},
    "accept_deferred": {"submitted"}, "accept_deferred_for_county": {"submitted"},
    "bring_deferred": {"accepted", "inquiry", "reviewed", "handed_up"}, "agree_electronic": _OPEN,
    "count_again": {"inquiry", "hearing_due"}, "hand_up_again": {"reviewed"}, "county_extend": {"handed_up"},
    "county_revoke": {"delivered"}, "county_cancel": {"delivered"}, "replace": {"delivered"},
    "deem_accepted": {"submitted"}, "deem_accepted_for_county": {"submitted"},
    "lapse": {"deficient", "accepted", "inquiry", "reviewed", "handed_up"}, "ask_opinions": {"accepted", "reviewed"},
    "assign_inspectors": {"accepted", "inquiry", "reviewed", "handed_up"},
    "begin_inquiry": {"accepted", "reviewed"}, "look_into": {"accepted", "reviewed"}, "end_inquiry": {"inquiry"}, "review": {"accepted"},
    "second_review": {"reviewed"}, "review_again": {"reviewed"}, "tell_hearing": {"reviewed"},
    "ask_hearing": {"hearing_told"}, "waive_hearing": {"hearing_told"}, "no_hearing_asked": {"hearing_told"},
    "notify_hearing": {"hearing_due"}, "hold_hearing": {"hearing_due"}, "hand_up": {"reviewed"},
    "record_resolution": {"accepted", "reviewed"},
    "hand_back": {"handed_up"}, "county_grant": {"handed_up"}, "county_refuse": {"handed_up"},
    "extend": {"accepted", "inquiry", "reviewed"}, "grant_on_commitment": {"submitted"},
    "grant": {"reviewed"}, "refuse": {"reviewed"}, "count_to_expiry": {"submitted"},
    "deem_renewed": {"submitted", "accepted", "inquiry", "reviewed", "hearing_told", "hearing_due", "handed_up"}, "issue": {"granted"},
    "deliver": {"issued"}, "deliver_refusal": {"refused"}, "withdraw": _BEFORE, "revoke": {"issued", "delivered"},
    "cancel": {"delivered"}, "expire": {"issued", "delivered"}, "see_authority": {"submitted", "accepted", "reviewed"}, "open_form": _ALL, "note": _OPEN,
    "transfer": {"submitted", "deficient", "accepted", "reviewed"}, "transfer_down": {"accepted", "reviewed"}, "transfer_down_again": {"accepted", "reviewed"},
    "transfer_decision": {"handed_up"}, "transfer_up": {"accepted", "reviewed"},
}  # fmt: skip
_PUBLIC = {"submit", "supplement", "bring_deferred", "ask_hearing", "waive_hearing", "withdraw"}
_HOUSES = {
    "count_again",
    "replace",
    "expire",
    "deem_accepted",
    "deem_accepted_for_county",
    "lapse",
    "no_hearing_asked",
    "deem_renewed",
    "count_to_expiry",
    "transfer",
    "transfer_down",
    "transfer_down_again",
    "transfer_decision",
    "transfer_up",
}
MAY: Mapping[str, set[str]] = {
    "resident": _PUBLIC | {"agree_electronic"},
    "house": _HOUSES,
    "clerk": _PUBLIC | {
        "settle", "see_authority", "redirect", "not_needed", "decline", "correct", "name_defects", "accept", "accept_for_county",
        "accept_deferred", "accept_deferred_for_county", "grant_on_commitment", "issue", "deliver", "deliver_refusal", "cancel", "open_form", "note",
    },
    "reviewer": {
        "see_authority", "ask_opinions", "assign_inspectors", "begin_inquiry", "look_into", "end_inquiry", "review", "second_review", "review_again", "tell_hearing",
        "ask_hearing", "waive_hearing", "notify_hearing", "hand_up", "hand_up_again", "open_form", "note", "record_resolution",
    },
    "head": {
        "review_again", "assign_inspectors", "tell_hearing", "notify_hearing", "hold_hearing", "hand_up", "hand_up_again", "extend", "grant", "refuse",
        "revoke", "cancel", "open_form", "note", "record_resolution",
    },
    "county": {
        "hand_back", "county_grant", "county_refuse", "county_extend", "county_revoke", "county_cancel", "open_form", "note",
    },
    "elsewhere": set(),
    "grid_worker": set(),
    "catalogue_officer": set(),
}  # fmt: skip
ACTORS: Mapping[str, Actor] = {
    "resident": Actor.resident(),
    "house": HOUSE,
    "clerk": clerk(),
    "reviewer": reviewer(),
    "head": head(),
    "county": county(),
    "elsewhere": official("window_clerk", THERE, THERE),
    "grid_worker": official("grid_worker"),
    "catalogue_officer": official("catalogue_officer", "command", COUNTY),
}


def refusal(actor: Actor, moved: Moved, step: str, given: dict[str, object] | None = None) -> str:
    """The code under which a step is refused."""
    with pytest.raises(Refusal) as refused:
        act(actor, moved.matter_id, step, given)
    return refused.value.code


def clocks(moved: Moved) -> dict[str, Clock]:
    """The running clocks by limit."""
    return {c.limit_code: c for c in Clock.objects.filter(matter_id=moved.matter_id, stopped_at__isnull=True)}


def matter(moved: Moved) -> Matter:
    """As it stands."""
    return Matter.objects.get(id=moved.matter_id)


RESOLVED = {"meeting": "township_head", "minutes": "〔2026〕12号", "when": "2026-08-03", "files": papers()}
JOINT_FROM: Mapping[str, set[str]] = {"ask": set(), "agree": {"asked"}, "object": {"asked"}}
JOINT_MAY: Mapping[str, set[str]] = {"reviewer": {"ask"}, "county": {"agree", "object"}}


@pytest.mark.parametrize("state", [s.code for s in JOINT_OPINION.states])
@pytest.mark.parametrize("who", ACTORS)
def test_each_step_of_an_opinion_is_offered_in_its_states_to_its_roles(state: str, who: str) -> None:
    asked = Matter(state=state, place_code=HERE + "201", organ_code="civil")
    offered = {s.code for s in JOINT_OPINION.steps if may_start(JOINT_OPINION, s, state)}
    assert offered == {code for code, states in JOINT_FROM.items() if state in states}
    allowed = {s.code for s in JOINT_OPINION.steps if authorised(ACTORS[who], s, asked) is None}
    assert allowed == JOINT_MAY.get(who, set())
    strange = {s.code for s in JOINT_OPINION.steps if authorised(county("housing"), s, asked) is None}
    assert strange == set()


def test_the_procedures_have_no_problems() -> None:
    assert SERVICE.problems() == []
    assert JOINT_OPINION.problems() == []


def test_every_step_is_in_the_table() -> None:
    assert set(FROM) == {s.code for s in SERVICE.steps}


@pytest.mark.parametrize("step", SERVICE.steps, ids=lambda s: s.code)
def test_each_step_is_offered_in_its_states_to_its_roles_and_nowhere_else(step: object) -> None:
    code = step.code  # type: ignore[attr-defined]
    for state in _ALL:
        assert may_start(SERVICE, SERVICE.step(code), state) == (state in FROM[code]), (code, state)
        held = Matter(state=state, place_code=HERE + "201", organ_code="civil" if state in _COUNTYS else HERE)
        for role, actor in ACTORS.items():
            allowed = authorised(actor, SERVICE.step(code), held) is None
            expected = code in MAY[role] and (role != "county" or state in _COUNTYS)
            assert allowed == expected, (code, state, role)


@pytest.mark.parametrize(
    ("on", "months", "last"),
    [
        ("2026-08-03", 24, "2028-08-02"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-01-01", 12, "2026-12-31"),
    ],
)
def test_a_result_is_valid_to_the_last_day_of_its_months(on: str, months: int, last: str) -> None:
    assert str(_months_from(date.fromisoformat(on), months)) == last


@pytest.mark.usefixtures("db")
class TestLaw:
    """What the articles say, in days and acts."""

    def test_from_application_to_certificate(self) -> None:
        moved = applied()
        assert list(clocks(moved)) == ["accept"]
        act(clerk(), moved.matter_id, "accept")
        assert set(clocks(moved)) == {"decide", "promise"}
        act(reviewer(), moved.matter_id, "review", OPINION)
        act(head(), moved.matter_id, "grant", {"reason": "准予"})
        assert set(clocks(moved)) == {"issue"}
        act(clerk(), moved.matter_id, "issue", {"number": "云高龄〔2026〕1号"})
        assert set(clocks(moved)) == {"deliver"}
        end = act(clerk(), sealed(moved.matter_id), "deliver", {"way": "counter", "receipt": "张大爷"})
        assert (end.state, clocks(moved)) == ("delivered", {})
        assert verify_county().ok

    def test_an_instant_item_is_settled_in_one_act_and_another_is_not(self) -> None:
        moved = applied(SENIOR_CARD)
        given = {"number": "优待证 0001", "receipt": "张大爷"}
        assert refusal(clerk(), moved, "settle", given) == "service.no_seal"
        a_seal()
        assert act(clerk(), moved.matter_id, "settle", given).state == "delivered"
        assert refusal(clerk(), applied(), "settle", given) == "service.not_instant"

    def test_defects_are_told_once_within_five_working_days(self) -> None:
        began = datetime(2026, 8, 3, 2, tzinfo=UTC)  # Monday 10:00
        with frozen(began):
            moved, late = applied(HOUSE_PERMIT, missing=1), applied(HOUSE_PERMIT, missing=1)
            assert refusal(clerk(), moved, "accept") == "service.incomplete"
        with frozen(began + timedelta(days=7)):  # the fifth working day is the next Monday
            act(clerk(), moved.matter_id, "name_defects", {"defects": "缺宅基地使用承诺书"})
        with frozen(began + timedelta(days=8)):
            assert refusal(clerk(), late, "name_defects", {"defects": "缺"}) == "service.late_notice"
            act(Actor.resident(), moved.matter_id, "supplement", {"files": papers()})
            assert refusal(clerk(), moved, "name_defects", {"defects": "还缺一件"}) == "service.told_already"
            assert act(clerk(), moved.matter_id, "accept").state == "accepted"

    def test_what_is_not_answered_in_five_days_is_accepted_from_the_day_it_came(self) -> None:
        began = datetime(2026, 8, 3, 2, tzinfo=UTC)
        with frozen(began):
            moved, countys = applied(HOUSE_PERMIT, missing=1), applied(LIVING_ALLOWANCE)
        with frozen(began + timedelta(days=7)):
            assert act_on_breaches() == 0
            assert refusal(HOUSE, moved, "deem_accepted") == "step.not_run_out"
        with frozen(began + timedelta(days=8)):
            assert act_on_breaches() == 2
            assert act_on_breaches() == 0
        assert matter(moved).state == matter(countys).state == "accepted"
        assert {c.started_at for c in clocks(moved).values()} == {began}
        assert set(clocks(countys)) == {"preliminary", "promise"}
        entry = Entry.objects.get(stream=moved.matter_id, act="deem_accepted")
        assert "第三十二条" in entry.law
        assert entry.who_name == "时限届满"

    def test_what_is_not_put_right_counts_as_withdrawn(self) -> None:
        began = datetime(2026, 8, 3, 2, tzinfo=UTC)
        with frozen(began):
            moved = applied(HOUSE_PERMIT, missing=1)
            act(clerk(), moved.matter_id, "name_defects", {"defects": "缺"})
        with frozen(began + timedelta(days=40)):
            act_on_breaches()
        assert matter(moved).state == "lapsed"

    def test_two_review_where_the_law_asks_two_and_they_are_two(self) -> None:
        moved = self._reviewed(HOUSE_PERMIT)
        deciding = {"reason": "准予"}
        assert refusal(head(), moved, "grant", deciding) == "service.one_reviewer"
        second = reviewer()
        act(second, moved.matter_id, "second_review", OPINION)
        act(head(), moved.matter_id, "review_again", {"reason": "图纸不清"})
        act(second, moved.matter_id, "review", OPINION)
        assert refusal(head(), moved, "grant", deciding) == "service.one_reviewer"
        assert refusal(second, moved, "second_review", OPINION) == "step.same_person"

    def _reviewed(self, code: str) -> Moved:
        moved = applied(code)
        act(
            clerk(),
            moved.matter_id,
            "accept" if ITEMS[code].decided_by == "township" else "accept_for_county",
        )
        act(reviewer(), moved.matter_id, "review", OPINION)
        return moved

    def test_a_special_procedure_is_done_once_and_stops_the_clocks_unless_its_days_count(self) -> None:
        moved = self._reviewed(TOILET)
        assert refusal(head(), moved, "grant", {"reason": "准予"}) == "service.inquiries_wait"
        assert refusal(reviewer(), moved, "begin_inquiry", {"inquiry": "expert_review"}) == "service.inquiry"
        counted = set(matter(moved).facts["counted"])
        assert set(matter(moved).facts["inquiries"]) == {"public_notice", "inspection"}
        for what in ("public_notice", "inspection"):
            step, other = (
                ("look_into", "begin_inquiry") if what in counted else ("begin_inquiry", "look_into")
            )
            assert refusal(reviewer(), moved, other, {"inquiry": what}).endswith("inquiry")
            paused = len(clocks(moved)["decide"].pauses)
            act(reviewer(), moved.matter_id, step, {"inquiry": what, "staff": TWO})
            assert len(clocks(moved)["decide"].pauses) - paused == (what not in counted)
            act(reviewer(), moved.matter_id, "end_inquiry", {"finding": "无异议"})
            assert all(until is not None for _, until in clocks(moved)["decide"].pauses)
            assert refusal(reviewer(), moved, step, {"inquiry": what}).endswith("inquiry")
        assert matter(moved).facts["inquiries"] == {}

    def test_more_time_is_given_once_and_as_much_as_the_law_has(self) -> None:
        joint, single, months = (
            self._reviewed(HOUSE_PERMIT),
            self._reviewed(TIMBER),
            self._reviewed(ALLOWANCE),
        )
        for moved, most in ((joint, 15), (single, 10)):
            before = clocks(moved)["decide"].number
            assert (
                refusal(head(), moved, "extend", {"number": most + 1, "reason": "补充论证"})
                == "service.extension"
            )
            act(head(), moved.matter_id, "extend", {"number": most, "reason": "补充论证"})
            assert clocks(moved)["decide"].number == before + most
            assert refusal(head(), moved, "extend", {"number": 1, "reason": "再延"}) == "service.extended"
        assert refusal(head(), months, "extend", {"number": 1, "reason": "再延"}) == "service.not_extended"

    def test_joint_organs_are_asked_and_waited_for(self) -> None:
        moved = self._reviewed(HOUSE_PERMIT)
        act(reviewer(), moved.matter_id, "ask_opinions")
        asked = Matter.objects.filter(procedure="joint_opinion", related_id=moved.matter_id)
        assert sorted(asked.values_list("organ_code", flat=True)) == ["farm", "resources"]
        Matter.objects.filter(id=moved.matter_id).update(
            facts={**matter(moved).facts, "inquiries": {}, "is_reviewed_twice": True, "resolutions": []}
        )
        assert refusal(head(), moved, "grant", {"reason": "准予"}) == "service.opinions_wait"
        for each in asked:
            act(county(each.organ_code), each.id, "agree", {"opinion": "同意"})
        assert act(head(), moved.matter_id, "grant", {"reason": "准予"}).state == "granted"
        assert refusal(reviewer(), self._asked(), "ask_opinions") == "service.not_joint"

    def test_an_organ_that_is_asked_reads_what_it_is_asked_about(self) -> None:
        moved, farm, housing = self._reviewed(HOUSE_PERMIT), county("farm"), county("housing")
        assert not visible_applications(farm).filter(id=moved.matter_id).exists()
        act(reviewer(), moved.matter_id, "ask_opinions", {"note": "是否占用永久基本农田"})
        asked = Matter.objects.get(procedure="joint_opinion", organ_code="farm")
        assert asked.title == f"联办意见 · {matter(moved).title}"
        assert orjson.loads(history(asked.id)[0].payload)["given"]["note"] == "是否占用永久基本农田"
        assert visible_applications(farm).filter(id=moved.matter_id).exists()
        assert opened_form(farm, matter(moved))["applicant"]["name"]
        assert refusal(farm, moved, "grant", {"reason": "准予"}) == "step.not_yours"
        assert not visible_applications(housing).filter(id=moved.matter_id).exists()
        with pytest.raises(Refusal):
            opened_form(housing, matter(moved))

    def test_what_an_organ_objected_to_is_granted_only_with_the_heads_reason(self) -> None:
        moved = self._reviewed(HOUSE_PERMIT)
        act(reviewer(), moved.matter_id, "ask_opinions")
        Matter.objects.filter(id=moved.matter_id).update(
            facts={**matter(moved).facts, "inquiries": {}, "is_reviewed_twice": True, "resolutions": []}
        )
        farm, resources = Matter.objects.filter(related_id=moved.matter_id).order_by("organ_code")
        act(county("farm"), farm.id, "agree", {"opinion": "同意"})
        act(county("resources"), resources.id, "object", {"reason": "占用基本农田"})
        assert refusal(head(), moved, "grant", {"reason": "准予"}) == "service.objection"
        act(head(), moved.matter_id, "grant", {"reason": "准予", "despite": "已经核实，不在基本农田范围内"})
        assert "不在基本农田范围内" in Entry.objects.get(stream=moved.matter_id, act="grant").payload

    def test_what_an_organ_objected_to_is_refused_without_more_ado(self) -> None:
        moved = self._reviewed(HOUSE_PERMIT)
        act(reviewer(), moved.matter_id, "ask_opinions")
        for each in Matter.objects.filter(related_id=moved.matter_id):
            act(county(each.organ_code), each.id, "object", {"reason": "占用基本农田"})
        act(reviewer(), moved.matter_id, "second_review", OPINION)
        assert act(head(), moved.matter_id, "refuse", {"reason": "占用基本农田"}).state == "refused"

    def test_what_a_meeting_resolves_on_waits_for_its_resolution(self) -> None:
        with frozen(datetime(2026, 8, 10, 2, tzinfo=UTC)):
            moved, countys = self._reviewed(HOUSE_PERMIT), self._reviewed(LIVING_ALLOWANCE)
            act(reviewer(), moved.matter_id, "second_review", OPINION)
            act(reviewer(), countys.matter_id, "second_review", OPINION)
            for each in (moved, countys):
                Matter.objects.filter(id=each.matter_id).update(
                    facts={**matter(each).facts, "inquiries": {}, "joint_organs": []}
                )
            assert refusal(head(), moved, "grant", {"reason": "准予"}) == "service.resolution_wait"
            assert refusal(reviewer(), countys, "hand_up", OPINION) == "service.resolution_wait"
            minutes = {**RESOLVED, "when": "2026-08-11"}
            assert refusal(head(), moved, "record_resolution", minutes) == "service.meeting_to_come"
            other = {**RESOLVED, "meeting": "party_committee"}
            assert refusal(head(), moved, "record_resolution", other) == "service.no_meeting"
            bare = {k: v for k, v in RESOLVED.items() if k != "files"}
            assert refusal(head(), moved, "record_resolution", bare) == "input.missing"
            act(head(), moved.matter_id, "record_resolution", RESOLVED)
            assert refusal(head(), moved, "record_resolution", RESOLVED) == "service.meetings_done"
            assert act(head(), moved.matter_id, "grant", {"reason": "准予"}).state == "granted"

    def _asked(self) -> Moved:
        return self._reviewed(ALLOWANCE)

    def test_what_the_county_decides_goes_up_and_comes_back_with_both_clocks(self) -> None:
        moved = self._reviewed(LIVING_ALLOWANCE)
        assert set(clocks(moved)) == {"preliminary", "promise"}
        assert refusal(head(), moved, "grant", {"reason": "准予"}) == "service.countys"
        looked_into(moved)
        act(reviewer(), moved.matter_id, "review", OPINION)
        act(reviewer(), moved.matter_id, "second_review", OPINION)
        act(reviewer(), moved.matter_id, "hand_up", OPINION)
        assert (matter(moved).organ_code, set(clocks(moved))) == ("civil", {"decide", "promise"})
        assert refusal(county("housing"), moved, "county_grant", {"reason": "准予"}) == "step.not_yours"
        act(county(), moved.matter_id, "hand_back", {"reason": "请补家庭经济状况"})
        assert (matter(moved).organ_code, set(clocks(moved))) == (HERE, {"decide", "preliminary", "promise"})

    def test_a_hearing_is_offered_noticed_and_hosted_by_somebody_else(self) -> None:
        began = datetime(2026, 8, 3, 2, tzinfo=UTC)
        one = reviewer()
        with frozen(began):
            moved = applied(PROTECTED)
            act(clerk(), moved.matter_id, "accept_for_county")
            act(one, moved.matter_id, "review", OPINION)
            act(one, moved.matter_id, "tell_hearing", {"reason": "涉及邻居重大利益"})
            assert clocks(moved)["promise"].pauses[-1][1] is None
            act(Actor.resident(), moved.matter_id, "ask_hearing")
            held = {"summary": "各方陈述", "files": papers()}
            assert refusal(head(), moved, "hold_hearing", held) == "service.no_notice"
            act(
                one,
                moved.matter_id,
                "notify_hearing",
                {"when": "2026-08-18", "hour": "9时", "place": "镇会议室"},
            )
            assert refusal(head(), moved, "hold_hearing", held) == "step.too_early"
        with frozen(began + timedelta(days=16)):
            assert act(head(), moved.matter_id, "hold_hearing", held).state == "reviewed"

    def test_no_hearing_asked_for_in_five_days_is_none(self) -> None:
        began = datetime(2026, 8, 3, 2, tzinfo=UTC)
        with frozen(began):
            moved = applied(PROTECTED)
            act(clerk(), moved.matter_id, "accept_for_county")
            act(reviewer(), moved.matter_id, "review", OPINION)
            act(head(), moved.matter_id, "tell_hearing", {"reason": "涉及邻居重大利益"})
        with frozen(began + timedelta(days=9)):
            act_on_breaches()
        assert matter(moved).state == "reviewed"

    def test_deferred_materials_come_or_the_application_lapses(self) -> None:
        followers = [m.code for m in ITEMS[HOUSE_PERMIT].materials if m.may_follow and m.required]
        wanted = [m.code for m in ITEMS[HOUSE_PERMIT].materials if m.code not in followers]
        moved = applied(HOUSE_PERMIT, shown=frozenset(wanted))
        act(clerk(), moved.matter_id, "accept_deferred", {"files": papers()})
        assert "deferred" in clocks(moved)
        hard = applied(HOUSE_PERMIT, shown=frozenset())
        assert refusal(clerk(), hard, "accept_deferred", {"files": papers()}) == "service.not_deferrable"
        with frozen(now() + timedelta(days=30)):
            act_on_breaches()
        assert matter(moved).state == "lapsed"

    def test_a_commitment_is_enough_for_items_that_say_so(self) -> None:
        moved = applied(TIMBER)
        assert act(clerk(), moved.matter_id, "grant_on_commitment", {"files": papers()}).state == "granted"
        assert (
            refusal(clerk(), applied(), "grant_on_commitment", {"files": papers()}) == "service.no_commitment"
        )

    def test_a_refusal_has_reasons_and_is_delivered(self) -> None:
        moved = self._reviewed(ALLOWANCE)
        assert refusal(head(), moved, "refuse") == "input.missing"
        act(head(), moved.matter_id, "refuse", {"reason": "不满 80 周岁"})
        assert matter(moved).state == "refused"
        signed = {"receipt": "张大爷"}
        assert refusal(clerk(), moved, "deliver_refusal", signed) == "service.unsealed"
        assert act(clerk(), sealed(moved.matter_id), "deliver_refusal", signed).state == "refusal_delivered"

    def test_an_applicant_may_withdraw_until_it_is_decided(self) -> None:
        moved = self._reviewed(ALLOWANCE)
        assert act(Actor.resident(), moved.matter_id, "withdraw").state == "withdrawn"

    def test_the_form_is_sealed_and_each_look_is_recorded(self) -> None:
        moved = applied()
        raw = orjson.dumps([matter(moved).facts, matter(moved).title]).decode()
        assert ZHANG.id_number not in raw
        assert ZHANG.name not in raw
        shown = opened_form(clerk(), matter(moved))
        assert shown["applicant"]["id_number"] == ZHANG.id_number
        assert shown["answers"] == {k: v for k, v in filled(ALLOWANCE).items() if k in shown["answers"]}
        assert Entry.objects.filter(stream=moved.matter_id, act="open_form").count() == 1
        with pytest.raises(Refusal):
            opened_form(ACTORS["elsewhere"], matter(moved))

    def test_what_is_wrong_with_an_application_is_said_before_anything_is_kept(self) -> None:
        before = Matter.objects.count()
        for changes in (
            {"item": "000000000000"}, {"place": "339902100201"}, {"place": HERE}, {"channel": Channel.AGENT},
            {"applicant": Applicant("", "citizen", "1", "x")}, {"answers": {"nonsense": 1}},
        ):  # fmt: skip
            with pytest.raises(Refusal):
                applied(**changes)  # type: ignore[arg-type]
        with pytest.raises(Refusal):
            applied(by=ACTORS["elsewhere"])
        assert Matter.objects.count() == before

    def test_one_sent_twice_is_taken_once(self) -> None:
        given = Application(ALLOWANCE, village(), Channel.ONLINE, ZHANG, filled(ALLOWANCE), request_key="k1")
        first, again = submit(Actor.resident(), given), submit(Actor.resident(), given)
        assert (first.matter_id, again.is_repeat) == (again.matter_id, True)

    def test_a_matter_keeps_the_version_of_its_item(self) -> None:
        moved = applied()
        later = ITEMS[ALLOWANCE]
        editor = official("catalogue_officer", "command", COUNTY)
        changed = type(later)(
            **{f: getattr(later, f) for f in later.__slots__}
            | {"organ": "health", "valid_from": today() + timedelta(days=1)}
        )
        publish_items(editor, [changed], source="测试")
        assert matter(moved).facts["item_version"] == 1


_LICENSING_LAW = (
    "二十四", "二十五", "二十六", "二十九", "三十二", "三十四", "三十八", "四十", "四十二", "四十三", "四十四", "四十五", "四十七", "四十八", "四十九",
    "五十", "五十五", "五十七", "五十八", "六十九", "七十", "七十八", "七十九", "八十二",
)  # fmt: skip
_ELSEWHERE = {
    "二十四": "catalogue/rules.py",  # who entrusts is published
    "四十": "services/publishing.py",  # grants are public
    "五十八": "catalogue/rules.py",  # no fee without a basis
    "八十二": "services/procedures.py",  # working days: the unit of each limit
}


def test_every_article_of_the_licensing_law_that_binds_the_procedure_is_cited() -> None:
    laws = [
        law
        for each in (SERVICE, JOINT_OPINION)
        for law in (
            *(s.law for s in each.steps), *(x.law for x in each.limits),
            *(r.objection.law for s in each.steps for r in (*s.only_if, *s.awaits, *s.guards)),
        )
    ]  # fmt: skip
    own = [part for law in laws for part in law.split("；") if part.startswith("行政许可法")]
    cited = " ".join(own)  # other statutes have an article of the same number
    missing = {a for a in _LICENSING_LAW if f"第{a}条" not in cited}
    assert missing == set(_ELSEWHERE)
    domains = Path(services.__file__).parents[1]
    for article, file in _ELSEWHERE.items():
        assert f"第{article}条" in (domains / file).read_text(encoding="utf-8"), article
