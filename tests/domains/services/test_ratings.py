"""好差评: five levels, once a matter and once a visit; a bad rating is answered, and who rated without a name stays unseen."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tests.cast import HERE, THERE
from tests.domains.services.applying import (
    SENIOR_CARD,
    a_seal,
    applied,
    clerk,
    county,
    head,
    official,
    reviewer,
)
from yimen.domains.catalogue.api import item
from yimen.domains.services.api import RECTIFICATION, act, answer_anonymous, rate, rate_again, rate_at_counter
from yimen.domains.services.letters import HEARD
from yimen.domains.services.models import Rating
from yimen.domains.services.permissions import ServicePermission
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import frozen
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.breaches import HOUSE, act_on_breaches
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.moving import move
from yimen.kernel.matters.offers import authorised
from yimen.kernel.matters.queries import visible_to
from yimen.kernel.notices import gateways
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")
WEDNESDAY = datetime(2026, 8, 5, 2, tzinfo=UTC)
MONDAY = datetime(2026, 8, 10, 2, tzinfo=UTC)

STATES = [s.code for s in RECTIFICATION.states]
FROM: Mapping[str, set[str]] = {
    "open": set(), "contact": {"opened"}, "answer": {"contacted"}, "find_mistaken": {"contacted"},
    "insist": {"answered", "unfounded"}, "close_rated": {"answered", "unfounded"}, "close": {"answered", "unfounded"},
}  # fmt: skip
_STAFF = {"contact", "answer", "find_mistaken"}
MAY: Mapping[str, set[str]] = {
    "resident": {"insist", "close_rated"}, "house": {"open", "close"}, "clerk": set(), "reviewer": set(), "head": _STAFF,
    "county": set(), "elsewhere": set(), "grid_worker": set(),
}  # fmt: skip
ACTORS: Mapping[str, Actor] = {
    "resident": Actor.resident(), "house": HOUSE, "clerk": clerk(), "reviewer": reviewer(), "head": head(),
    "county": county(), "elsewhere": official("service_head", THERE, THERE), "grid_worker": official("grid_worker"),
}  # fmt: skip


def delivered(at: datetime = WEDNESDAY) -> Matter:
    """An application settled on the spot."""
    with frozen(at):
        made = applied(SENIOR_CARD)
        a_seal()
        act(clerk(), made.matter_id, "settle", {"number": "证1", "receipt": "张"})
    return Matter.objects.get(id=made.matter_id)


def answering(row: Rating) -> Matter:
    """The matter that answers a rating."""
    row.refresh_from_db()
    return Matter.objects.get(id=row.rectification_id)


def answered(row: Rating) -> Matter:
    """The same, once it has been answered."""
    found = answering(row)
    move(head(), found.id, "contact", given={"words": "对不起，我们查一下。"})
    move(head(), found.id, "answer", given={"result": "加了一个窗口。"})
    return answering(row)


def test_the_procedure_is_sound() -> None:
    assert RECTIFICATION.problems() == []
    assert {s.code for s in RECTIFICATION.steps} == set(FROM)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", ACTORS)
def test_each_step_state_and_role_is_as_declared(state: str, who: str) -> None:
    matter = Matter(
        procedure="rectification", state=state, place_code=HERE + "201", township_code=HERE, organ_code=HERE, facts={}
    )  # fmt: skip
    found = {s.code for s in RECTIFICATION.steps_from(state) if authorised(ACTORS[who], s, matter) is None}
    assert found == {code for code, states in FROM.items() if state in states} & MAY[who]


def test_a_visit_is_rated_once_and_beside_the_matter_itself() -> None:
    matter, visit, window = delivered(), uuid4(), uuid4()
    with frozen(WEDNESDAY):
        row = rate_at_counter(matter, visit_id=visit, window_id=window, level=4)
        assert (row.channel, row.window_id, row.rectification_id) == ("counter", window, None)
        with pytest.raises(Refusal) as refused:
            rate_at_counter(matter, visit_id=visit, window_id=window, level=5)
        assert refused.value.code == "rating_once_a_visit"
        rate_at_counter(matter, visit_id=uuid4(), window_id=None, level=5)
        rate(matter, level=3)
        with pytest.raises(Refusal) as refused:
            rate(matter, level=3)
    assert refused.value.code == "rating_once"
    assert Rating.objects.count() == 3


@pytest.mark.parametrize("level", [0, 6])
def test_a_level_that_is_none_is_refused(level: int) -> None:
    matter = delivered()
    with pytest.raises(Refusal) as refused:
        rate_at_counter(matter, visit_id=uuid4(), window_id=None, level=level)
    assert refused.value.code == "rating.level"
    assert not Rating.objects.exists()


def test_a_bad_rating_is_answered_within_the_limits_and_closed_by_who_rated() -> None:
    matter = delivered()
    with frozen(WEDNESDAY):
        row = rate(matter, level=2, words="等得久")
        found = answering(row)
        assert (found.related_id, found.kind, found.place_code) == (matter.id, SENIOR_CARD, matter.place_code)
        due = {c.limit_code: c.due_at.date().isoformat() for c in Clock.objects.filter(matter_id=found.id)}
        assert due == {"contact": "2026-08-06", "answer": "2026-08-12"}
        with pytest.raises(Refusal) as refused:
            rate_again(row, level=5)
        assert refused.value.code == "step.wrong_state"
        assert answered(row).state == "answered"
        rate_again(row, level=4)
    found = answering(row)
    assert (found.state, row.level, row.again_level) == ("closed", 2, 4)
    assert not Clock.objects.filter(matter_id=found.id, stopped_at__isnull=True).exists()


def test_who_is_still_not_content_sends_it_back_once() -> None:
    with frozen(WEDNESDAY):
        row = rate(delivered(), level=1)
        answered(row)
        rate_again(row, level=1)
        found = answering(row)
        assert found.state == "contacted"
        move(head(), found.id, "answer", given={"result": "重新培训。"})
        with pytest.raises(Refusal) as refused:
            move(Actor.resident(), found.id, "insist", given={"number": 1})
        assert refused.value.code == "rectification.insisted"
        rate_again(row, level=1)
    assert (answering(row).state, row.again_level) == ("closed", 1)


def test_what_is_not_rated_again_in_time_is_closed_by_the_house() -> None:
    with frozen(WEDNESDAY):
        row = rate(delivered(), level=1)
        answered(row)
        with pytest.raises(Refusal):
            move(HOUSE, answering(row).id, "close")
    with frozen(WEDNESDAY + timedelta(days=10)):
        act_on_breaches()
        assert answering(row).state == "answered"
    with frozen(WEDNESDAY + timedelta(days=16)):
        act_on_breaches()
    assert answering(row).state == "closed"


def test_who_rated_without_a_name_cannot_be_told_from_what_answers_it() -> None:
    matter = delivered()
    with frozen(WEDNESDAY):
        row = rate(matter, level=1, words="态度差", is_anonymous=True)
        answer_anonymous()
        assert not Matter.objects.filter(procedure="rectification").exists()
    with frozen(MONDAY - timedelta(days=1)):
        assert answer_anonymous() == 0  # a Sunday
    with frozen(MONDAY):
        assert answer_anonymous() == 1
        assert answer_anonymous() == 0
        assert visible_to(head(), ServicePermission.READ, procedure="rectification").count() == 1
    found = answering(row)
    shown = f"{found.title} {found.facts} {found.kind} {found.place_code} {found.related_id}"
    for secret in (
        matter.number,
        str(matter.id),
        matter.kind,
        matter.place_code,
        item(matter.kind).name.zh,
        "张",
    ):
        assert secret not in shown, secret
    assert (found.kind, found.place_code) == (item(matter.kind).fields[0], HERE + "000")
    payloads = "".join(Entry.objects.filter(stream=found.id).values_list("payload", flat=True))
    assert matter.number not in payloads
    assert str(matter.id) not in payloads
    assert found.opened_at == MONDAY


@pytest.mark.parametrize("is_anonymous", [False, True])
def test_who_rated_hears_of_the_answer(monkeypatch: pytest.MonkeyPatch, is_anonymous: bool) -> None:
    sent: list[str] = []

    class Sms:
        def send(self, *, to: str, text: str, key: str) -> None:
            sent.append(f"{to} {text}")

    monkeypatch.setattr(gateways, "sms", Sms)
    matter = delivered()
    with frozen(WEDNESDAY):
        row = rate(matter, level=1, is_anonymous=is_anonymous)
    with frozen(MONDAY):
        answer_anonymous()
        found = answered(row)
        HEARD["rectification.answered"](UUID(int=7), {"matter": str(found.id), "due_at": None})
    assert len(sent) == 1
    assert "13800000000" in sent[0]
    assert matter.tracking_code in sent[0]
    entries = Entry.objects.filter(stream=found.id).values_list("payload", flat=True)
    assert matter.number not in "".join(entries) or not is_anonymous
