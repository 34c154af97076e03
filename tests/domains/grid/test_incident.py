"""The incident's procedure: sound as written, and every step × state × role cell as declared."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.range import DateRange

from tests.cast import hired
from yimen.domains.grid.api import INCIDENT, Report, act, my_work, report_incident, visible_incidents
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.roles import permissions_of
from yimen.kernel.access.standing import load_actor
from yimen.kernel.calendar.today import frozen, now
from yimen.kernel.counties.memory import forget_all
from yimen.kernel.counties.models import Division
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters.limits import set_limit
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.moving import Moved
from yimen.kernel.matters.offers import Offer, authorised, may_start
from yimen.kernel.matters.queries import Filters, allowed_steps, heads, narrowed, page
from yimen.kernel.notices.models import OutboxMessage
from yimen.kernel.org.models import Grid
from yimen.kernel.procedure.language import Procedure, Relation, Step
from yimen.kernel.words import Refusal

COUNTY = "339901"
ROLES = {
    "resident": None,
    "clerk": ("command_clerk", "command", ""),
    "dispatcher": ("command_dispatcher", "command", ""),
    "chief": ("command_chief", "command", ""),
    "handler": ("department_handler", "urban", "urban"),
    "colleague": ("department_handler", "urban", "urban"),
    "other_bureau": ("department_handler", "water", "water"),
    "worker": ("grid_worker", "339901100201", ""),
    "auditor": ("audit_admin", "command", ""),
}


def actor(role: str, county: str = COUNTY) -> Actor:
    """A member of staff in a role, second factor passed; the public when the role is resident."""
    declared = ROLES[role]
    if declared is None:
        return Actor.resident()
    code, organ, held = declared
    return Actor(
        "staff", uuid4(), uuid4(), role, role, organ, (Grant(permissions_of(code), county, held, code),), second_factor=True
    )  # fmt: skip


def reported(**changes: object) -> Moved:
    """An incident on the intake desk, in some grid of the county."""
    home = Grid.objects.order_by("code").first()
    assert home is not None
    given: dict[str, object] = {
        "text": "桥头垃圾堆了三天",
        "lng": home.lng,
        "lat": home.lat,
        "channel": "portal",
        "class_code": "0101",
    }
    return report_incident(Actor.resident(), Report(**{**given, **changes}))  # type: ignore[arg-type]


def test_the_procedure_has_no_problems() -> None:
    assert INCIDENT.problems() == []


def test_planted_faults_are_found() -> None:
    step = Step("jump", INCIDENT.steps[0].label, ("nowhere",), "closed", (), "")
    faulty = Procedure("x", 1, INCIDENT.name, "X", INCIDENT.states, (*INCIDENT.steps, step), INCIDENT.limits)
    found = " ".join(faulty.problems())
    assert "unknown state 'nowhere'" in found
    assert "nobody may perform it" in found
    assert "step jump: no law" in found


class _Held:
    """A matter as the judgement sees it, held by the enforcement bureau."""

    def __init__(self, state: str) -> None:
        self.state, self.place_code, self.organ_code = state, "339901100201", "urban"
        self.post_code, self.grid_code = "", "339901100201001"
        self.person_id: UUID | None = None
        self.opened_by: UUID | None = None
        self.performers: dict[str, str | None] = {}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", [s.code for s in INCIDENT.states])
@pytest.mark.parametrize("step", INCIDENT.steps, ids=lambda s: s.code)
def test_every_cell_of_step_state_and_role_is_as_declared(step: Step, state: str, role: str) -> None:
    matter, who = _Held(state), actor(role)
    declared = ROLES[role]
    held = permissions_of(declared[0]) if declared else frozenset()
    organ, own = (declared[1], declared[2]) if declared else ("", "")

    def fits(relation: Relation, permission: str) -> bool:
        if relation is Relation.PUBLIC:
            return role == "resident"
        if permission not in held:
            return False
        return organ == "urban" if relation in (Relation.HOLDER, Relation.ORGAN) else not own or own == ""

    lawful = any(fits(w.relation, w.permission) for w in step.who)
    assert (authorised(who, step, matter) is None) == lawful
    leaves = state in step.sources or (step.sources == ("*",) and not INCIDENT.state(state).is_end)
    assert (bool(step.sources) and may_start(INCIDENT, step, state)) == leaves


@pytest.mark.usefixtures("db")
def test_an_incident_goes_from_report_to_closing_and_the_ledger_is_whole() -> None:
    matter = reported().matter_id
    act(actor("clerk"), matter, "register")
    act(actor("dispatcher"), matter, "dispatch", {"organ": "urban"})
    act(actor("handler"), matter, "begin")
    act(actor("handler"), matter, "finish", {"result": "已清理"})
    act(actor("worker"), matter, "pass")
    closed = act(actor("chief"), matter, "close")
    assert closed.state == "closed"
    assert closed.revision == 7
    assert not Clock.objects.filter(matter_id=matter, stopped_at__isnull=True).exists()
    assert set(OutboxMessage.objects.filter(stream=matter).values_list("topic", flat=True)) == {
        "incident.reported", "incident.dispatched", "incident.handled", "incident.answered",
    }  # fmt: skip
    assert verify_county(heads=heads()).ok


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("role", "step", "given", "code"),
    [
        ("dispatcher", "register", {}, "step.not_yours"),
        ("resident", "register", {}, "step.not_yours"),
        ("dispatcher", "dispatch", {"organ": "urban"}, "step.wrong_state"),
        ("clerk", "refuse", {}, "input.missing"),
        ("clerk", "refuse", {"reason": "x" * 2001}, "input.too_long"),
        ("clerk", "refuse", {"reason": "a\x00b"}, "input.control"),
        ("clerk", "register", {"surprise": "1"}, "input.unknown"),
        ("clerk", "merge", {"target": "SJ-0000-000000"}, "incident.merge_target"),
        ("clerk", "no_such_step", {}, "step.wrong_state"),
    ],
)
def test_an_unlawful_act_is_refused_and_nothing_is_done(
    role: str, step: str, given: dict[str, object], code: str
) -> None:
    moved = reported()
    with pytest.raises(Refusal) as refused:
        act(actor(role), moved.matter_id, step, given)
    assert refused.value.code == code
    after = Matter.objects.get(id=moved.matter_id)
    assert (after.state, after.revision) == ("reported", 1)


@pytest.mark.usefixtures("db")
def test_one_who_looks_at_a_stale_page_is_refused() -> None:
    moved = reported()
    act(actor("clerk"), moved.matter_id, "note", {"note": "已电话核实"}, expected_revision=1)
    with pytest.raises(Refusal) as refused:
        act(actor("clerk"), moved.matter_id, "register", expected_revision=1)
    assert refused.value.code == "matter.moved_on"


@pytest.mark.usefixtures("db")
def test_a_wrong_dispatch_is_returned_within_24_hours_and_not_later() -> None:
    start = datetime(2026, 11, 2, 2, tzinfo=UTC)
    for hours, refused_with in ((23, None), (25, "incident.too_late_to_return")):
        matter = reported().matter_id
        act(actor("clerk"), matter, "register", at=start)
        act(actor("dispatcher"), matter, "dispatch", {"organ": "urban"}, at=start)
        late = start + timedelta(hours=hours)
        if refused_with is None:
            assert (
                act(actor("handler"), matter, "return", {"reason": "不属本局"}, at=late).state == "returned"
            )
        else:
            with pytest.raises(Refusal) as refused:
                act(actor("handler"), matter, "return", {"reason": "不属本局"}, at=late)
            assert refused.value.code == refused_with


@pytest.mark.usefixtures("db")
def test_a_county_sets_how_long_a_dispatch_may_be_returned_from_a_day_on() -> None:
    keeper = load_actor(
        hired("shixian", role="system_admin", area=COUNTY, organ="command").account_id, second_factor=True
    )
    since, county_says = date(2026, 11, 3), "云城管〔2026〕2号"
    with frozen(datetime(2026, 11, 1, tzinfo=UTC)):
        set_limit(
            keeper, procedure="incident", limit_code="return", number=4, unit="hours", source=county_says,
            since=since,
        )  # fmt: skip
    for day, hours, taken in ((2, 23, True), (4, 3, True), (4, 5, False)):
        start = datetime(2026, 11, day, 2, tzinfo=UTC)
        matter = reported().matter_id
        act(actor("clerk"), matter, "register", at=start)
        act(actor("dispatcher"), matter, "dispatch", {"organ": "urban"}, at=start)
        late = start + timedelta(hours=hours)
        refused = None
        try:
            act(actor("handler"), matter, "return", {"reason": "不属本局"}, at=late)
        except Refusal as refusal:
            refused = refusal.code
        assert refused == (None if taken else "incident.too_late_to_return")


@pytest.mark.usefixtures("db")
def test_who_handled_may_not_check() -> None:
    matter = reported().matter_id
    both = Actor(
        "staff", uuid4(), uuid4(), "both", "", "urban",
        (Grant(permissions_of("department_handler") | permissions_of("grid_worker"), COUNTY),), second_factor=True,
    )  # fmt: skip
    act(actor("clerk"), matter, "register")
    act(actor("dispatcher"), matter, "dispatch", {"organ": "urban"})
    act(both, matter, "begin")
    act(both, matter, "finish", {"result": "已清理"})
    with pytest.raises(Refusal) as refused:
        act(both, matter, "pass")
    assert refused.value.code == "step.same_person"
    offered = {o.step.code: o for o in allowed_steps(both, Matter.objects.get(id=matter))}
    assert offered["pass"].blocked[0].code == "step.same_person"


@pytest.mark.usefixtures("db")
def test_another_bureau_and_another_county_do_not_see_it() -> None:
    matter = reported().matter_id
    act(actor("clerk"), matter, "register")
    act(actor("dispatcher"), matter, "dispatch", {"organ": "urban"})
    assert visible_incidents(actor("handler")).filter(id=matter).exists()
    assert visible_incidents(actor("clerk")).filter(id=matter).exists()
    assert not visible_incidents(actor("other_bureau")).filter(id=matter).exists()
    assert not visible_incidents(actor("auditor")).filter(id=matter).exists()
    assert not visible_incidents(Actor.resident()).filter(id=matter).exists()


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lng": 0.0, "lat": 0.0}, "place.outside"),
        ({"lng": 999.0}, "place.absurd"),
        ({"lng": float("nan")}, "place.absurd"),
        ({"text": "  "}, "input.missing"),
        ({"text": "字" * 2001}, "input.too_long"),
        ({"class_code": "9999"}, "incident.class"),
        ({"address": "x\x00"}, "input.control"),
    ],
)
def test_a_report_that_cannot_be_taken_says_why(changes: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        reported(**changes)
    assert refused.value.code == code
    assert not Matter.objects.exists()


@pytest.mark.usefixtures("db")
def test_where_no_grid_is_drawn_yet_the_address_says_the_village_and_the_point_is_kept() -> None:
    village = Division.objects.filter(level="village", code__startswith=COUNTY).order_by("code").first()
    assert village
    drawn = Grid.objects.filter(place_code=village.code)
    there = drawn.values("lng", "lat").first()
    assert there
    drawn.update(valid=DateRange(date(2020, 1, 1), date(2020, 2, 1)))
    forget_all()
    with pytest.raises(Refusal) as refused:
        reported(**there, address="")
    assert refused.value.code == "place.undrawn"
    matter = Matter.objects.get(id=reported(**there, address=f"{village.name}桥头").matter_id)
    assert (matter.place_code, matter.grid_code) == (village.code, "")
    assert (matter.lng, matter.lat) == (round(there["lng"], 6), round(there["lat"], 6))
    for elsewhere in ({"lng": 116.4, "lat": 39.9}, {"lng": 0.0, "lat": 0.0}):
        with pytest.raises(Refusal) as refused:
            reported(**elsewhere, address=f"{village.name}桥头")
        assert refused.value.code == "place.outside"
    with pytest.raises(Refusal) as refused:
        reported(**there, address="某处")
    assert refused.value.code == "place.undrawn"


@pytest.mark.usefixtures("db")
def test_hostile_text_is_kept_as_text_and_found_again() -> None:
    text = "'; DROP TABLE matters_matter; -- <script>alert(1)</script> 桥头"
    moved = reported(text=text)
    found = page(narrowed(visible_incidents(actor("clerk")), Filters(text="DROP TABLE"), now()))
    assert [m.id for m in found.matters] == [moved.matter_id]
    assert found.matters[0].facts["text"] == text


@pytest.mark.usefixtures("db")
def test_the_same_request_is_taken_once() -> None:
    first = reported(request_key="abc")
    again = reported(request_key="abc")
    assert not first.is_repeat
    assert again == replace(first, is_repeat=True)
    assert Matter.objects.count() == 1


@pytest.mark.usefixtures("db")
def test_a_refused_report_keeps_no_file() -> None:
    kept: list[str] = []
    report = Report(text="x", lng=0.0, lat=0.0, channel="portal")
    with pytest.raises(Refusal):
        report_incident(Actor.resident(), report, keep=lambda: kept.append("kept") or [])  # type: ignore[func-returns-value]
    assert kept == []


@pytest.mark.usefixtures("db")
def test_one_open_matter_per_outside_number() -> None:
    first = reported(source="12345", external_number="A1")
    with pytest.raises(Refusal):
        reported(source="12345", external_number="A1")
    act(actor("clerk"), first.matter_id, "refuse", {"reason": "不属本平台"})
    reported(source="12345", external_number="A1")


@pytest.mark.usefixtures("db")
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_random_acts_lawful_and_unlawful_leave_a_lawful_state_and_a_whole_chain(data: st.DataObject) -> None:
    moved = reported()
    acts = 0
    inputs = {
        "reason": "理由",
        "result": "结果",
        "organ": "urban",
        "note": "记录",
        "class": "0102",
        "target": "无",
    }
    for _ in range(12):
        step = data.draw(st.sampled_from(INCIDENT.steps))
        who = actor(data.draw(st.sampled_from(sorted(ROLES))))
        wanted = {f.code: inputs[f.code] for f in step.fields if f.code in inputs}
        before = Matter.objects.get(id=moved.matter_id)
        try:
            after = act(who, moved.matter_id, step.code, wanted)
        except Refusal:
            assert Matter.objects.get(id=moved.matter_id).revision == before.revision
            continue
        acts += 1
        assert may_start(INCIDENT, step, before.state)
        assert after.state == (before.state if step.to == "*" else step.to)
    last = Matter.objects.get(id=moved.matter_id)
    assert last.revision == acts + 1
    assert (last.closed_at is not None) == INCIDENT.state(last.state).is_end
    assert verify_county(heads=heads()).ok


@pytest.mark.usefixtures("db")
def test_work_given_to_a_post_is_done_by_that_post_and_can_be_given_on() -> None:
    matter = reported().matter_id
    act(actor("clerk"), matter, "register")
    act(actor("dispatcher"), matter, "dispatch", {"organ": "urban"})
    head = actor("handler")
    act(head, matter, "assign_post", {"post": "staff-urban-1"})
    assert Matter.objects.get(id=matter).post_code == "staff-urban-1"
    with pytest.raises(Refusal) as refused:
        act(head, matter, "begin")
    assert refused.value.code == "step.not_yours"
    named = replace(actor("handler"), post="staff-urban-1")
    act(named, matter, "begin")
    for elsewhere in ("staff-water-1", "nothing"):
        with pytest.raises(Refusal) as refused:
            act(head, matter, "assign_post", {"post": elsewhere})
        assert refused.value.code == "incident.post_elsewhere"
    act(head, matter, "assign_post", {"post": "staff-urban-2"})
    assert verify_county(heads=heads()).ok


@pytest.mark.usefixtures("db")
def test_what_the_table_settles_is_dispatched_at_once_and_otherwise_needs_a_reason() -> None:
    settled = reported(class_code="0801")
    assert settled.state == "dispatched"
    matter = Matter.objects.get(id=settled.matter_id)
    assert (matter.revision, matter.organ_code) == (3, "housing")
    assert set(
        Clock.objects.filter(matter=matter, stopped_at__isnull=True).values_list("limit_code", flat=True)
    ) == {"handle"}
    other = reported().matter_id
    act(actor("clerk"), other, "register")
    with pytest.raises(Refusal) as refused:
        act(actor("dispatcher"), other, "dispatch", {"organ": "water"})
    assert refused.value.code == "incident.not_by_table"
    act(actor("dispatcher"), other, "dispatch", {"organ": "water", "note": "在河道范围内"})
    assert verify_county(heads=heads()).ok


@pytest.mark.usefixtures("db")
def test_more_time_is_granted_once_and_not_beyond_the_limit() -> None:
    matter = reported().matter_id
    for role, step, said in (
        ("clerk", "register", {}), ("dispatcher", "dispatch", {"organ": "urban"}), ("handler", "begin", {}),
    ):  # fmt: skip
        act(actor(role), matter, step, said)
    before = Clock.objects.get(matter_id=matter, stopped_at__isnull=True)
    with pytest.raises(Refusal) as refused:
        act(actor("chief"), matter, "extend", {"number": before.number + 1, "reason": "等材料"})
    assert refused.value.code == "incident.extension_too_long"
    act(actor("chief"), matter, "extend", {"number": 1, "reason": "等材料"})
    after = Clock.objects.get(matter_id=matter, stopped_at__isnull=True)
    assert (after.number, after.due_at > before.due_at) == (before.number + 1, True)
    with pytest.raises(Refusal) as refused:
        act(actor("chief"), matter, "extend", {"number": 1, "reason": "再等"})
    assert refused.value.code == "incident.extended_already"


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("role", ROLES)
def test_my_work_is_every_open_matter_with_a_clock_that_i_may_stop(role: str) -> None:
    clerk, dispatcher, chief = actor("clerk"), actor("dispatcher"), actor("chief")
    ways: tuple[tuple[tuple[Actor, str, dict[str, object]], ...], ...] = ((
        (clerk, "register", {}),
        (dispatcher, "dispatch", {"organ": "urban"}),
        (actor("handler"), "begin", {}),
        (chief, "suspend", {"reason": "等配件"}),
        (chief, "resume", {}),
        (actor("colleague"), "finish", {"result": "已清理"}),
        (actor("worker"), "pass", {}),
        (chief, "close", {}),
    ), (
        (clerk, "register", {}),
        (dispatcher, "dispatch", {"organ": "water", "note": "属水务"}),
        (actor("other_bureau"), "return", {"reason": "不属本单位"}),
    ))  # fmt: skip
    grids = Grid.objects.order_by("code")
    for grid in (grids.first(), grids.last()):
        assert grid is not None
        for way in ways:
            for length in range(len(way) + 1):
                matter = reported(lng=grid.lng, lat=grid.lat).matter_id
                for who, step, given_ in way[:length]:
                    act(who, matter, step, given_)
    me = actor(role)
    answers = INCIDENT.answers()
    mine = {
        m.id
        for m in Matter.objects.filter(closed_at__isnull=True)
        if any(offer.step in answers and _is_mine(offer) for offer in allowed_steps(me, m))
    }
    found = my_work(me, 100)
    assert {m.id for m in found} == mine
    assert len(found) == len(mine)
    assert [m.due_at for m in found] == sorted(m.due_at for m in found if m.due_at)
    assert bool(mine) == (role not in ("resident", "auditor"))


def _is_mine(offer: Offer) -> bool:
    """Not for somebody else to do, because I did what it checks."""
    return all(f.code != "step.same_person" for f in offer.blocked)


def _walked(*steps: tuple[str, str, dict[str, object]], **changes: object) -> UUID:
    """An incident taken along some steps, each by a role."""
    matter = reported(**changes).matter_id
    for role, step, given_ in steps:
        act(actor(role), matter, step, given_)
    return matter


_TO_CHECKED: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("clerk", "register", {}),
    ("dispatcher", "dispatch", {"organ": "urban"}),
    ("handler", "begin", {}),
    ("handler", "finish", {"result": "已清理"}),
    ("worker", "pass", {}),
)


@pytest.mark.usefixtures("db")
def test_verification_stops_the_clock_of_the_desk_and_ends_in_one_of_two_ways() -> None:
    matter = _walked(("clerk", "ask_verification", {}))
    running = {c.limit_code: c for c in Clock.objects.filter(matter_id=matter, stopped_at__isnull=True)}
    assert set(running) == {"register", "verify"}
    assert running["register"].pauses[-1][1] is None
    assert act(actor("worker"), matter, "verify").state == "verified"
    assert act(actor("clerk"), matter, "register").state == "registered"
    other = _walked(("clerk", "ask_verification", {}))
    assert act(actor("worker"), other, "find_nothing", {"reason": "现场没有"}).state == "reported"
    clock = Clock.objects.get(matter_id=other, limit_code="register")
    assert clock.pauses[-1][1] is not None


@pytest.mark.usefixtures("db")
def test_whoever_left_a_number_is_called_back_before_the_closing() -> None:
    matter = _walked(*_TO_CHECKED, phone="13800000000")
    with pytest.raises(Refusal) as refused:
        act(actor("chief"), matter, "close")
    assert refused.value.code == "incident.not_called_back"
    act(actor("clerk"), matter, "call_back", {"answer": "dissatisfied"})
    with pytest.raises(Refusal) as refused:
        act(actor("chief"), matter, "close")
    assert refused.value.code == "incident.dissatisfied"
    sent = act(actor("chief"), matter, "send_back", {"reason": "还有一处没清"})
    assert sent.state == "handling"
    act(actor("handler"), matter, "finish", {"result": "补清"})
    act(actor("worker"), matter, "pass")
    act(actor("clerk"), matter, "call_back", {"answer": "satisfied"})
    assert act(actor("chief"), matter, "close").state == "closed"


@pytest.mark.usefixtures("db")
def test_what_a_level_cannot_solve_goes_to_the_organ_above_and_no_further_than_the_top() -> None:
    matter = _walked(*_TO_CHECKED[:3])
    moved = act(actor("handler"), matter, "escalate", {"reason": "要几个部门一起办"})
    row = Matter.objects.get(id=matter)
    assert (moved.state, row.organ_code) == ("escalated", "command")
    assert {c.limit_code for c in Clock.objects.filter(matter_id=matter, stopped_at__isnull=True)} == {
        "dispatch"
    }
    act(actor("dispatcher"), matter, "dispatch", {"organ": "command", "note": "指挥中心牵头"})
    with pytest.raises(Refusal) as refused:
        act(actor("chief"), matter, "escalate", {"reason": "再上"})
    assert refused.value.code == "incident.top_level"
