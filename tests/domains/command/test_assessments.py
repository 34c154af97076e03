"""A month is frozen as it was counted; an upheld appeal is followed by a corrected edition, and both stay."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.domains.command.test_rollups import anyone, walked
from yimen.domains.command import assessments
from yimen.domains.command.api import (
    APPEAL,
    Assessment,
    CommandPermission,
    act_on_appeal,
    appeal,
    catch_up,
    correct,
    publish,
    set_scheme,
)
from yimen.domains.command.assessments import scored
from yimen.domains.command.models import Fact, LeftOut, Scheme
from yimen.domains.grid.api import GridPermission, act
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.calendar.today import now, today
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import Moved
from yimen.kernel.words import Refusal

COUNTY = "339901"
SCHEME: dict[str, Any] = {
    "points": {"on_time_close_rate": 60, "rework_rate": 40},
    "appeal_days": 10,
    "decide_days": 5,
    "source": "云溪县考核方案",
    "since": date(2020, 1, 1),
}


def holding(*permissions: str, area: str = COUNTY, organ: str = "command") -> Actor:
    """A new person with these permissions."""
    return Actor(
        "staff", uuid4(), uuid4(), "某人", "somebody", organ, (Grant(frozenset(permissions), area),), second_factor=True
    )  # fmt: skip


def publisher() -> Actor:
    """Who publishes and sets the scheme."""
    return holding(CommandPermission.PUBLISH, CommandPermission.INDICATORS)


def a_month_of_work(monkeypatch: pytest.MonkeyPatch) -> tuple[Moved, date]:
    """An incident closed this month, and the house a month on; its first day."""
    moved = walked("register", "dispatch", "begin", "finish", "pass", "close", hours=0.1)
    catch_up()
    month = today().replace(day=1)
    then = today() + timedelta(days=40)
    for module in ("assessments", "queries"):
        monkeypatch.setattr(f"yimen.domains.command.{module}.today", lambda: then)
    return moved, month


def the_appellant(moved: Moved) -> tuple[Actor, str]:
    """A township's leader, and the township."""
    town = Matter.objects.get(id=moved.matter_id).township_code
    return holding(
        CommandPermission.APPEAL, CommandPermission.INDICATORS, GridPermission.READ, area=town, organ=town
    ), town


def counts(**given: int) -> dict[str, int]:
    """Counts with the given ones."""
    return {"due_to_close": 0, "closed_on_time": 0, "handled": 0, "rework": 0} | given


def test_scores_share_ranks_and_leave_out_what_did_not_happen() -> None:
    rows = scored(
        {
            "a": counts(due_to_close=4, closed_on_time=3, handled=10, rework=1),
            "b": counts(due_to_close=2, closed_on_time=2),
            "c": counts(due_to_close=1, closed_on_time=1, handled=5),
            "d": counts(),
        },
        SCHEME["points"],
    )
    assert [(r["code"], r["score"], r["rank"]) for r in rows] == [
        ("b", 100.0, 1),
        ("c", 100.0, 1),
        ("a", 81.0, 3),
    ]


@pytest.mark.usefixtures("db")
def test_a_scheme_adds_up_to_a_hundred_and_ends_the_one_before() -> None:
    who = publisher()
    with pytest.raises(Refusal, match="100"):
        set_scheme(who, **{**SCHEME, "points": {"rework_rate": 99}})
    set_scheme(who, **SCHEME)
    set_scheme(who, **{**SCHEME, "since": date(2026, 1, 1)})
    assert [s.valid.upper for s in Scheme.objects.order_by("valid")] == [date(2026, 1, 1), None]


@pytest.mark.usefixtures("db")
def test_only_a_month_that_is_over_is_published_once_by_whom_it_is_permitted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_scheme(publisher(), **SCHEME)
    with pytest.raises(Refusal) as early:
        publish(publisher(), month=today(), scope="township")
    assert early.value.code == "assessment.too_early"
    _, month = a_month_of_work(monkeypatch)
    with pytest.raises(Refusal) as barred:
        publish(holding(CommandPermission.INDICATORS), month=month, scope="township")
    assert barred.value.code == "access.no_permission"
    made = publish(publisher(), month=month, scope="township")
    assert made.rows[0]["score"] == 100.0
    assert Entry.objects.filter(act="publish_assessment").count() == 1
    with pytest.raises(Refusal) as again:
        publish(publisher(), month=month, scope="township")
    assert again.value.code == "assessment_edition_once"


@pytest.mark.usefixtures("db")
def test_what_is_published_does_not_move_when_the_counts_do(monkeypatch: pytest.MonkeyPatch) -> None:
    moved, month = a_month_of_work(monkeypatch)
    set_scheme(publisher(), **SCHEME)
    made = publish(publisher(), month=month, scope="township")
    act(anyone("command"), moved.matter_id, "reopen", {"reason": "没有解决"}, at=now() + timedelta(hours=2))
    catch_up()
    assert Assessment.objects.get(id=made.id).rows == made.rows


@pytest.mark.usefixtures("db")
def test_an_upheld_appeal_leads_to_a_corrected_edition_and_both_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    moved, month = a_month_of_work(monkeypatch)
    set_scheme(publisher(), **SCHEME)
    chief = publisher()
    made = publish(chief, month=month, scope="township")
    leader, town = the_appellant(moved)
    raised = appeal(
        leader, assessment=made, code=town, measure="handled", incident_number=moved.number, reason="停电"
    )
    with pytest.raises(Refusal) as early:
        correct(chief, assessment=made)
    assert early.value.code == "assessment.nothing_upheld"
    reviewer = holding(CommandPermission.DECIDE, CommandPermission.INDICATORS)
    act_on_appeal(reviewer, raised.matter_id, "accept", {})
    with monkeypatch.context() as gone:
        gone.setattr(assessments, "facts_behind", lambda number: Fact.objects.none())
        act_on_appeal(reviewer, raised.matter_id, "uphold", {"reason": "属实"})
    assert LeftOut.objects.get().counts["handled"] == 1
    with pytest.raises(Refusal) as again:
        appeal(
            leader, assessment=made, code=town, measure="closed", incident_number=moved.number, reason="又来"
        )
    assert again.value.code == "left_out_once"
    second = correct(chief, assessment=made)
    assert (second.edition, second.rows) == (2, [])
    assert Assessment.objects.get(id=made.id).rows[0]["counts"]["handled"] == 1
    with pytest.raises(Refusal) as old:
        correct(chief, assessment=made)
    assert old.value.code == "assessment.old"


@pytest.mark.usefixtures("db")
def test_who_published_does_not_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    moved, month = a_month_of_work(monkeypatch)
    both = holding(CommandPermission.PUBLISH, CommandPermission.DECIDE)
    set_scheme(both, **SCHEME)
    made = publish(both, month=month, scope="township")
    leader, town = the_appellant(moved)
    raised = appeal(
        leader, assessment=made, code=town, measure="handled", incident_number=moved.number, reason="停电"
    )
    with pytest.raises(Refusal) as barred:
        act_on_appeal(both, raised.matter_id, "accept", {})
    assert barred.value.code == "appeal.own_publication"


@pytest.mark.usefixtures("db")
def test_an_appeal_names_an_incident_of_the_figure_in_time_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    moved, month = a_month_of_work(monkeypatch)
    set_scheme(publisher(), **SCHEME)
    made = publish(publisher(), month=month, scope="township")
    leader, town = the_appellant(moved)
    given = {"assessment": made, "code": town, "incident_number": moved.number, "reason": "停电"}
    with pytest.raises(Refusal) as absent:
        appeal(leader, measure="rework", **given)
    assert absent.value.code == "appeal.incident"
    stranger = holding(CommandPermission.APPEAL, GridPermission.READ, area="339901999")
    with pytest.raises(Refusal):
        appeal(stranger, measure="handled", **given)
    appeal(leader, measure="handled", **given)
    with pytest.raises(Refusal) as twice:
        appeal(leader, measure="handled", **given)
    assert twice.value.code == "matter_request_key_once"
    late: datetime = made.appeal_until + timedelta(minutes=1)
    monkeypatch.setattr("yimen.kernel.matters.moving.now", lambda: late)
    with pytest.raises(Refusal) as over:
        appeal(leader, measure="closed", **given)
    assert over.value.code == "appeal.too_late"


def test_the_appeals_procedure_has_no_problems() -> None:
    assert APPEAL.problems() == []
    assert assessments.month_of(date(2026, 2, 9)).last == date(2026, 2, 28)
