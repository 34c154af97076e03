"""A task comes to the grids by the list or not at all."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from tests.domains.duties.people import COUNTY, VILLAGE, actor, proposal
from tests.domains.grid.test_incident import reported
from yimen.domains.duties import api
from yimen.domains.duties.models import RoundAnswer
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import frozen, now, today
from yimen.kernel.ledger.models import Entry
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import heads
from yimen.kernel.org.models import Grid
from yimen.kernel.registers.acts import stream_of
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")
TOWNSHIPS = ("339901001", "339901100", "339901200")


def consulted() -> UUID:
    """An application about which the townships are being asked."""
    applied = api.apply_for_admission(actor("department"), proposal()).matter_id
    api.act_on_admission(actor("establishment"), applied, "consult", {"note": "依据清楚"})
    return applied


def say(admission: UUID, township: str = "339901100", stance: str = "agree") -> None:
    """One township's opinion."""
    api.give_opinion(
        _of_township(township),
        admission_id=admission,
        township_code=township,
        stance=stance,
        reason="可以承担",
    )


def _of_township(code: str) -> Actor:
    base = actor("township")
    return replace(base, grants=tuple(replace(g, area=code) for g in base.grants))


def admit(admission: UUID, **given: object) -> None:
    """The county's decision, in force tomorrow unless said otherwise."""
    said = {"since": str(today() + timedelta(days=1)), "document": "云委办发〔2026〕9号", **given}
    api.act_on_admission(actor("county"), admission, "admit", said)


def test_an_unlisted_task_cannot_be_pushed_and_is_told_how_to_be_admitted() -> None:
    with pytest.raises(Refusal) as refused:
        api.push_round(
            actor("department"), task="填报助餐需求表", area=COUNTY, due_on=today() + timedelta(days=5)
        )
    assert refused.value.code == "round.unlisted"
    assert "申请准入" in refused.value.sentence.zh
    assert "admission" in refused.value.sentence.en
    assert not Matter.objects.exists()


def test_an_admitted_task_joins_the_list_on_its_day_and_not_before() -> None:
    admission = consulted()
    for township in TOWNSHIPS:
        say(admission, township)
    before = api.tasks_on(today()).count()
    admit(admission)
    assert api.tasks_on(today()).count() == before
    listed = api.tasks_on(today() + timedelta(days=1)).get(name="上报助餐需求")
    assert (listed.code[:2], listed.organ_code, listed.source) == ("05", "civil", "云委办发〔2026〕9号")
    pushed = {"task": listed.code, "area": VILLAGE, "due_on": today() + timedelta(days=9)}
    with pytest.raises(Refusal) as refused:
        api.push_round(actor("department"), **pushed)  # type: ignore[arg-type]
    assert refused.value.code == "round.unlisted"
    with frozen(now() + timedelta(days=1)):
        assert api.push_round(actor("department"), **pushed).state == "running"  # type: ignore[arg-type]
    assert verify_county(heads=heads()).ok


def test_nothing_is_admitted_unheard() -> None:
    admission = consulted()
    with pytest.raises(Refusal) as refused:
        admit(admission)
    assert {f.code for f in refused.value.findings} == {"admission.nobody_heard", "admission.window_open"}
    with frozen(now() + timedelta(days=40)):
        with pytest.raises(Refusal) as refused:
            admit(admission, since=str(today()))
        assert refused.value.code == "admission.nobody_heard"


def test_the_window_is_waited_for_unless_all_have_answered() -> None:
    admission = consulted()
    say(admission)
    with pytest.raises(Refusal) as refused:
        admit(admission)
    assert refused.value.code == "admission.window_open"
    with frozen(now() + timedelta(days=30)):
        admit(admission)
        assert Matter.objects.get(id=admission).state == "admitted"


def test_objections_are_answered_in_writing() -> None:
    admission = consulted()
    for township, stance in zip(TOWNSHIPS, ("agree", "conditional", "object"), strict=True):
        say(admission, township, stance)
    with pytest.raises(Refusal) as refused:
        admit(admission)
    assert refused.value.code == "admission.objections_unanswered"
    admit(admission, answer="山区由助餐点自行登记。")


def test_a_township_speaks_once_for_itself_and_only_while_asked() -> None:
    applied = api.apply_for_admission(actor("department"), proposal()).matter_id
    with pytest.raises(Refusal) as early:
        say(applied)
    assert early.value.code == "opinion.not_asked"
    api.act_on_admission(actor("establishment"), applied, "consult", {"note": "请提意见"})
    say(applied)
    with pytest.raises(Refusal) as again:
        say(applied, stance="object")
    assert again.value.code == "one_opinion_a_township"
    with pytest.raises(Refusal) as for_another:
        api.give_opinion(
            actor("township"), admission_id=applied, township_code="339901200", stance="agree", reason="同意"
        )
    assert for_another.value.code == "access.elsewhere"
    entry = Entry.objects.get(stream=stream_of("opinion", f"{applied}/339901100"))
    assert '"stance":"agree"' in entry.payload


def test_a_decision_that_cannot_be_listed_decides_nothing() -> None:
    admission = consulted()
    for township in TOWNSHIPS:
        say(admission, township)
    with pytest.raises(Refusal) as refused:
        admit(admission, since=str(today() - timedelta(days=1)))
    assert refused.value.code == "admission.past"
    assert Matter.objects.get(id=admission).state == "consulting"


def test_whoever_applies_or_reviews_does_not_decide() -> None:
    applied = api.apply_for_admission(actor("department"), proposal()).matter_id
    for name, step in (("department", "consult"), ("township", "consult"), ("establishment", "admit")):
        with pytest.raises(Refusal):
            api.act_on_admission(actor(name), applied, step, {"note": "x"} if step == "consult" else {})
    assert Matter.objects.get(id=applied).state == "applied"


def test_what_a_department_leaves_out_is_named_field_by_field() -> None:
    with pytest.raises(Refusal) as refused:
        api.apply_for_admission(actor("department"), proposal(basis="", minutes=0, funds=" "))
    assert {f.field for f in refused.value.findings} == {"basis", "minutes", "funds"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"due_on": 0}, "round.due_day"),
        ({"due_on": 400}, "round.due_day"),
        ({"area": "110101"}, "round.area"),
        ({"area": "339901999"}, "round.area"),
        ({"area": "339901"}, "round.running"),
        ({"area": VILLAGE}, "round.running"),
        ({"task": "0501"}, "round.not_your_day"),
        ({"task": "0502"}, "round.not_pushable"),
    ],
)
def test_a_round_that_cannot_be_is_refused(changes: dict[str, object], code: str) -> None:
    days = int(str(changes.get("due_on", 5)))
    given = {"task": "0505", "area": "339901100", **changes, "due_on": today() + timedelta(days=days)}
    if code == "round.running":
        assert api.push_round(actor("department"), **{**given, "area": "339901100"}).state == "running"  # type: ignore[arg-type]
    if code == "round.not_your_day":
        assert api.push_round(actor("department"), **given).state == "running"  # type: ignore[arg-type]
        code = "round.running"
    with pytest.raises(Refusal) as refused:
        api.push_round(actor("department"), **given)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_grid_answers_once_and_only_what_was_pushed_to_it() -> None:
    home = Grid.objects.filter(place_code=VILLAGE).order_by("code").first()
    elsewhere = Grid.objects.exclude(place_code=VILLAGE).order_by("code").first()
    assert home is not None
    assert elsewhere is not None
    pushed = api.push_round(
        actor("department"), task="0505", area=VILLAGE, due_on=today() + timedelta(days=5)
    ).matter_id

    def answer(grid: Grid, outcome: str = "nothing", **more: str) -> None:
        api.answer_round(actor("worker"), round_id=pushed, grid_code=grid.code, outcome=outcome, **more)

    for outcome, code in (
        ("found", "answer.unreported"),
        ("not_ours", "register.words"),
        ("x", "answer.outcome"),
    ):
        with pytest.raises(Refusal) as refused:
            answer(home, outcome)
        assert refused.value.code == code
    with pytest.raises(Refusal) as refused:
        answer(elsewhere)
    assert refused.value.code == "access.elsewhere"
    assert [r.answer for r in api.rounds_of([home, elsewhere])] == [None]
    with pytest.raises(Refusal) as refused:
        answer(home, "found", incident_number="SJ-0000-000000")
    assert refused.value.code == "answer.incident"
    with pytest.raises(Refusal) as refused:
        api.answer_round(actor("worker"), round_id=pushed, grid_code=f"{VILLAGE}999", outcome="nothing")
    assert refused.value.code == "answer.grid"
    answer(home, "found", incident_number=reported().number, note_text="李家老人没有取暖")
    with pytest.raises(Refusal) as refused:
        answer(home)
    assert refused.value.code == "one_answer_a_grid"
    api.act_on_round(actor("department"), pushed, "finish", {"result": "已逐户安排取暖"})
    other = Grid.objects.filter(place_code=VILLAGE).order_by("code")[1]
    with pytest.raises(Refusal) as refused:
        answer(other)
    assert refused.value.code == "answer.not_asked"
    assert RoundAnswer.objects.count() == 1
    assert verify_county(heads=heads()).ok


def test_admissions_and_rounds_are_seen_by_those_they_concern() -> None:
    admission = consulted()
    pushed = api.push_round(
        actor("department"), task="0505", area="339901200", due_on=today() + timedelta(days=5)
    ).matter_id
    sees = {
        name: (
            api.visible_admissions(actor(name)).filter(id=admission).exists(),
            api.visible_rounds(actor(name)).filter(id=pushed).exists(),
        )
        for name in (
            "department",
            "other_department",
            "establishment",
            "county",
            "township",
            "worker",
            "resident",
        )
    }
    assert sees == {
        "department": (True, True),
        "other_department": (False, False),
        "establishment": (True, True),
        "county": (True, True),
        "township": (True, False),
        "worker": (False, False),
        "resident": (False, False),
    }
