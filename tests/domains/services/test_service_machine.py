"""Whatever people do, in whatever order and at whatever time, no application reaches a state that breaks an article."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.domains.services.applying import (
    ALLOWANCE,
    CHRONIC,
    HOUSE_PERMIT,
    LIVING_ALLOWANCE,
    PROTECTED,
    TIMBER,
    TOILET,
    applied,
    clerk,
    county,
    head,
    papers,
    reviewer,
    sealed,
)
from yimen.domains.services.api import SERVICE, act
from yimen.domains.services.rules import (
    COUNTY_RULE,
    DECISION,
    DEEMED,
    HEARING,
    HEARING_HELD,
    JOINT_OPINION,
    LIMIT,
    NOT_COUNTED,
    REVIEW,
    SEALED,
)
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import frozen, today
from yimen.kernel.counties.calendars import county_calendar
from yimen.kernel.documents.issuing import documents_of
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.breaches import HOUSE, act_on_breaches
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.moving import guard_facts
from yimen.kernel.matters.offers import authorised, objections, separated
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")
BEGAN = datetime(2026, 8, 3, 2, tzinfo=UTC)
ITEMS = (ALLOWANCE, HOUSE_PERMIT, LIVING_ALLOWANCE, TIMBER, PROTECTED, CHRONIC, TOILET)
INPUT = {
    "opinion": "属实", "reason": "依据充分", "defects": "缺图纸", "finding": "无异议", "note": "说明", "record": "采纳",
    "summary": "陈述", "staff": "甲一、乙二", "signature": "张大爷", "when": "2026-08-03", "hour": "9时", "place": "镇会议室", "number": 10, "way": "counter", "receipt": "张",
    "files": papers(), "inquiry": "public_notice", "where": "县局", "meeting": "township_head", "minutes": "12号", "despite": "已核实", "missing": "", "is_false": "", "is_fraud": "",
}  # fmt: skip
PEOPLE = {
    "resident": Actor.resident(), "house": HOUSE, "clerk": clerk(), "one": reviewer(), "two": reviewer(), "head": head(),
    "civil": county("civil"), "medical": county("medical"), "housing": county("housing"),
}  # fmt: skip
LONGEST = 5 + 20  # working days: to ask for a hearing and to hold it; the machine's longest jump comes on top
ENDS = ("redirect", "not_needed", "decline", "settle", "refuse", "county_refuse", "name_defects")
WAYS = ("public_notice", "inspection", "household_survey", "expert_review")


EVERYTHING = [(s.code, who) for s in SERVICE.steps if s.sources for who in PEOPLE]


def typed(step: str) -> dict[str, Any]:
    """What is typed into a step: a hearing is announced for a day to come, a meeting was held."""
    return {**INPUT, "when": str(today() + timedelta(days=12))} if step == "notify_hearing" else dict(INPUT)


def attempt(matter: Matter, who: Actor, step: str, inquiry: str, number: int) -> None:
    """One act with input that has the right shape; a refusal changes nothing."""
    fields = {f.code for f in SERVICE.step(step).fields}
    given = {
        k: v
        for k, v in {**typed(step), "inquiry": inquiry, "number": number}.items()
        if k in fields and v != ""
    }
    before = Matter.objects.values_list("revision", "state").get(id=matter.id)
    if step.startswith("deliver") and number % 2:
        sealed(matter.id)
    try:
        act(who, matter.id, step, given)
    except Refusal:
        assert Matter.objects.values_list("revision", "state").get(id=matter.id) == before


def answer(asked: Matter, step: str) -> None:
    """An organ agrees, objects, or has not answered yet."""
    if step:
        act(
            county(asked.organ_code), asked.id, step, {"opinion" if step == "agree" else "reason": "看过图纸"}
        )


def lawful(matter: Matter) -> None:
    """The articles, read from the record alone."""
    entries = list(Entry.objects.filter(stream=matter.id).order_by("seq"))
    done = [e.act for e in entries]
    first = {e.act: e for e in reversed(entries)}
    last = {e.act: e for e in entries}
    assert done.count("name_defects") <= 1, DEEMED
    if told := first.get("name_defects"):
        assert county_calendar().between(BEGAN.date(), told.at.date()) <= 5, DEEMED
    if any(d.startswith("deem_accepted") for d in done) and "supplement" not in done:
        promise = Clock.objects.filter(matter_id=matter.id, limit_code="promise").order_by("started_at")[0]
        assert promise.started_at == BEGAN, DEEMED
    if {"grant", "county_grant"} & set(done):
        assert matter.facts["inquiries"] == {}, REVIEW
        assert matter.facts["reviewers"] < 2 or (
            last["second_review"].seq > last["review"].seq
            and last["second_review"].person_id != last["review"].person_id
        ), REVIEW
    hearing(matter, entries)
    opinions(matter, last)
    assert done.count("extend") + done.count("county_extend") <= 1, LIMIT
    told_time(matter, entries)
    if {"deliver", "deliver_refusal"} & set(done):
        kinds = {d.kind for d in documents_of(matter.id) if d.sealed_at}
        assert kinds & {"result", "refusal"}, SEALED
    for each in entries:
        assert each.act not in ("refuse", "county_refuse") or '"reason"' in each.payload, DECISION
    if matter.closed_at is not None:
        assert not Clock.objects.filter(matter_id=matter.id, stopped_at__isnull=True).exists()
    assert [e.seq for e in entries] == list(range(1, len(entries) + 1))


def told_time(matter: Matter, entries: list[Entry]) -> None:
    """What stops the clocks stops them no longer than was told; the county's time begins once; a hearing is told of once."""
    done = [e.act for e in entries]
    assert done.count("tell_hearing") <= 1, HEARING
    assert done.count("hand_up") <= 1, LIMIT
    calendar = county_calendar()
    for clock in Clock.objects.filter(
        matter_id=matter.id, limit_code__in=["decide", "promise", "preliminary"]
    ):
        for since, until in clock.pauses:
            if until is not None:
                days = calendar.between(
                    datetime.fromisoformat(since).date(), datetime.fromisoformat(until).date()
                )
                assert days <= LONGEST + 12, NOT_COUNTED


def hearing(matter: Matter, entries: list[Entry]) -> None:
    """A hearing is told of, asked for in time, announced seven working days before, hosted by nobody who reviewed, and weighed."""
    calendar = county_calendar()
    done = [e.act for e in entries]
    if matter.facts["needs_hearing"] and {"grant", "county_grant"} & set(done):
        assert "tell_hearing" in done, HEARING
    for n, held in enumerate(entries):
        before = entries[:n]
        latest = {e.act: e for e in before}
        match held.act:
            case "ask_hearing":
                told = latest["tell_hearing"]
                assert calendar.between(told.at.date(), held.at.date()) <= 5, HEARING
            case "no_hearing_asked":
                assert calendar.between(latest["tell_hearing"].at.date(), held.at.date()) >= 5, HEARING
            case "hold_hearing":
                told = latest["notify_hearing"]
                assert told.seq > latest["ask_hearing"].seq, HEARING_HELD
                assert calendar.between(told.at.date(), held.at.date()) >= 7, HEARING_HELD
                reviewed = {latest[s].person_id for s in ("review", "second_review") if s in latest}
                assert held.person_id not in reviewed, HEARING_HELD
            case "grant" | "refuse" | "county_grant" | "county_refuse" if "hold_hearing" in latest:
                assert '"record"' in held.payload, HEARING_HELD


def opinions(matter: Matter, last: dict[str, Entry]) -> None:
    """A grant waits for every opinion and answers each objection; where a meeting resolves, it has resolved before."""
    given = list(
        Matter.objects.filter(procedure="joint_opinion", related_id=matter.id).values_list("state", flat=True)
    )
    for granted in (last[s] for s in ("grant", "county_grant") if s in last):
        assert "asked" not in given, JOINT_OPINION
        assert given or not matter.facts["joint_organs"], JOINT_OPINION
        assert not matter.facts["missing"], DECISION
        assert "objected" not in given or '"despite"' in granted.payload, JOINT_OPINION
        assert not matter.facts["resolutions"], COUNTY_RULE
    if "hand_up" in last:
        assert not matter.facts["resolutions"], COUNTY_RULE


def possible(matter: Matter, given: dict[str, Any], at: datetime) -> list[tuple[str, str]]:
    """The acts (step, who) that nothing but the machine's whim stands against now."""
    running = list(Clock.objects.filter(matter_id=matter.id, stopped_at__isnull=True))
    found = []
    for step in SERVICE.steps_from(matter.state):
        if step.code in ("withdraw", "note", "open_form"):
            continue
        whole = {**given, **({"when": typed(step.code)["when"]} if "when" in given else {})}
        kept = {f.code: whole[f.code] for f in step.fields if whole.get(f.code)}
        facts = guard_facts(matter, running, step, kept, {}, at)
        if not objections(SERVICE, step, facts):
            found += [
                (step.code, who) for who, one in PEOPLE.items()
                if authorised(one, step, matter) is None and separated(one, SERVICE, step, matter) is None
            ]  # fmt: skip
    return found


def whatever_people_do(data: st.DataObject, reached: set[str]) -> None:
    moment = BEGAN
    with frozen(moment):
        matter = Matter.objects.get(id=applied(data.draw(st.sampled_from(ITEMS))).matter_id)
    for n in range(28):
        moment += timedelta(days=data.draw(st.sampled_from([0, 0, 0, 0, 1, 5, 12])), minutes=1)
        with frozen(moment):
            act_on_breaches()
            matter.refresh_from_db()
            waiting = list(matter.facts.get("inquiries") or WAYS)
            inquiry, number = data.draw(st.sampled_from(waiting)), data.draw(st.integers(1, 20))
            acts = possible(matter, {**INPUT, "inquiry": inquiry, "number": number}, moment)
            new = [each for each in acts if each[0] not in (*matter.performers, *ENDS)]
            step, who = data.draw(st.sampled_from(EVERYTHING if n % 4 == 3 else new or acts or EVERYTHING))
            attempt(matter, PEOPLE[who], step, inquiry, number)
            if asked := Matter.objects.filter(related_id=matter.id, state="asked").first():
                answer(asked, data.draw(st.sampled_from(["agree", "object", ""])))
    matter.refresh_from_db()
    lawful(matter)
    reached.update(Entry.objects.filter(stream=matter.id).values_list("act", flat=True))


def test_no_order_of_acts_breaks_an_article() -> None:
    reached: set[str] = set()

    @settings(
        max_examples=14,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(data=st.data())
    def machine(data: st.DataObject) -> None:
        whatever_people_do(data, reached)

    machine()
    assert {
        "accept",
        "accept_for_county",
        "review",
        "begin_inquiry",
        "hand_up",
        "hold_hearing",
        "record_resolution",
    } <= reached
    assert reached & {"grant", "county_grant", "grant_on_commitment"}
