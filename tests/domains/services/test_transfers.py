"""An item transferred to a township's approval organ is that organ's to decide from the day on, and nobody else's."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.cast import COUNTY, HERE, THERE, staff
from tests.domains.services.applying import applied, clerk, county, head, official, reviewer
from tests.domains.services.test_documents import heard
from tests.kernel.documents.sealing_office import keys_in, sealed_office
from yimen.domains.catalogue.api import APPROVAL_ORGAN, decider, item, return_item, transfer_items, transfers
from yimen.domains.services.api import act, follow_transfers, in_hand, stands_with
from yimen.domains.services.transfers import HOUSE
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.access.roles import permissions_of
from yimen.kernel.calendar.today import frozen, now, today
from yimen.kernel.ledger.models import Entry
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.moving import Moved
from yimen.kernel.registers.acts import stream_of
from yimen.kernel.registers.organs import open_organ
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")
SUBSIDY = "330500131001"  # 困难残疾人生活补贴: the county's department decides it
DRAINAGE = "330100093001"  # 污水排入排水管网许可: a permit
BUREAU = f"approval-{HERE}"
WHY = "云编〔2026〕6号"
OPINION = {"opinion": "属实"}


def office() -> Actor:
    """The establishment office."""
    return official("establishment_officer", "establishment", COUNTY)


@pytest.fixture
def bureau() -> str:
    """The township's dedicated approval organ."""
    registrar = staff("registrar", Grant(frozenset({KernelPermission.ORGANS_MANAGE}), COUNTY))
    open_organ(
        registrar, code=BUREAU, name="云溪县青石镇行政审批局", kind=APPROVAL_ORGAN, place_code=HERE + "000", since=today()
    )  # fmt: skip
    return BUREAU


def reviewed() -> Moved:
    """An application that waits to be handed up."""
    moved = applied(SUBSIDY)
    act(clerk(), moved.matter_id, "accept_for_county")
    act(reviewer(), moved.matter_id, "review", OPINION)
    return moved


def handed_up() -> Moved:
    """An application that the county is about to decide."""
    moved = reviewed()
    act(reviewer(), moved.matter_id, "hand_up", OPINION)
    return moved


def matter(moved: Moved) -> Matter:
    return Matter.objects.get(id=moved.matter_id)


def limits(moved: Moved) -> set[str]:
    return set(
        Clock.objects.filter(matter_id=moved.matter_id, stopped_at=None).values_list("limit_code", flat=True)
    )


def code_of(actor: Actor, moved: Moved, step: str, given: dict[str, object] | None = None) -> str:
    with pytest.raises(Refusal) as refused:
        act(actor, moved.matter_id, step, given)
    return refused.value.code


def test_on_the_day_the_new_organ_decides_and_the_old_one_no_longer_can(bureau: str) -> None:
    moved = handed_up()
    due = Clock.objects.get(matter_id=moved.matter_id, limit_code="decide", stopped_at=None).due_at
    transfer_items(office(), [SUBSIDY], to_organ=bureau, since=today() + timedelta(days=1), source=WHY)
    assert follow_transfers() == 0
    assert decider(item(SUBSIDY), HERE).organ == "civil"
    with frozen(now() + timedelta(days=1)):
        assert code_of(county("civil"), moved, "county_grant", {"reason": "确认"}) == "service.transferred"
        assert follow_transfers() == 1
        assert follow_transfers() == 0
        standing = matter(moved)
        assert (standing.state, standing.organ_code) == ("reviewed", HERE)
        assert stands_with(standing).organ == bureau
        assert code_of(county("civil"), moved, "county_grant", {"reason": "确认"}) == "step.wrong_state"
        assert code_of(reviewer(), moved, "hand_up", OPINION) == "service.townships"
        kept = Clock.objects.get(matter_id=moved.matter_id, limit_code="decide", stopped_at=None).due_at
        assert kept == due
        act(head(), moved.matter_id, "grant", {"reason": "发给补贴"})
        new = matter(applied(SUBSIDY))
        assert (new.facts["decided_by"], stands_with(new).organ) == ("township", bureau)
        assert decider(item(SUBSIDY), THERE).organ == "civil"
    assert verify_county().ok


def test_what_waits_at_the_township_stays_there_and_its_time_to_decide_begins(bureau: str) -> None:
    moved = reviewed()
    assert "preliminary" in limits(moved)
    transfer_items(office(), [SUBSIDY], to_organ=bureau, since=today(), source=WHY)
    assert in_hand([SUBSIDY]) == {(SUBSIDY, HERE): 1}
    assert code_of(reviewer(), moved, "hand_up", OPINION) == "service.transferred"
    assert follow_transfers() == 1
    assert limits(moved) >= {"decide", "promise"}
    assert "preliminary" not in limits(moved)
    act(head(), moved.matter_id, "grant", {"reason": "发给补贴"})


def test_what_the_county_handed_back_keeps_its_time_to_decide(bureau: str) -> None:
    moved = handed_up()
    due = Clock.objects.get(matter_id=moved.matter_id, limit_code="decide", stopped_at=None).due_at
    act(county("civil"), moved.matter_id, "hand_back", {"reason": "请补充入户照片"})
    with frozen(now() + timedelta(days=2)):
        transfer_items(office(), [SUBSIDY], to_organ=bureau, since=today(), source=WHY)
        assert follow_transfers() == 1
        kept = Clock.objects.get(matter_id=moved.matter_id, limit_code="decide", stopped_at=None).due_at
        assert (kept, "preliminary" in limits(moved)) == (due, False)


def test_nobody_decides_between_the_day_and_the_following(bureau: str) -> None:
    moved = applied(SUBSIDY)
    transfer_items(office(), [SUBSIDY], to_organ=bureau, since=today(), source=WHY)
    assert code_of(clerk(), moved, "accept_for_county") == "service.transferred"
    assert follow_transfers() == 1
    assert code_of(clerk(), moved, "accept_for_county") == "service.townships"
    act(clerk(), moved.matter_id, "accept")


def test_the_decision_is_in_the_new_organs_name(bureau: str, tmp_path: Path, settings: LazySettings) -> None:
    settings.DATA = tmp_path
    keys_in(tmp_path, settings)
    sealed_office()
    sealed_office(bureau, words="云溪县青石镇行政审批局", number_word="云青审", since=today())
    transfer_items(office(), [SUBSIDY], to_organ=bureau, since=today(), source=WHY)
    moved = applied(SUBSIDY)
    act(clerk(), moved.matter_id, "accept")
    act(reviewer(), moved.matter_id, "review", OPINION)
    act(head(), moved.matter_id, "grant", {"reason": "发给补贴"})
    by_kind = {d.kind: d for d in heard(moved.matter_id)}
    assert by_kind["grant"].organ_code == bureau
    assert by_kind["grant"].paper_id is not None
    assert by_kind["acceptance"].organ_code == bureau  # “within this organ’s powers”, says it
    assert by_kind["receipt"].organ_code == HERE


def test_taken_back_it_is_the_departments_again(bureau: str) -> None:
    (row,) = transfer_items(office(), [SUBSIDY], to_organ=bureau, since=today(), source=WHY)
    moved = applied(SUBSIDY)
    act(clerk(), moved.matter_id, "accept")
    act(reviewer(), moved.matter_id, "review", OPINION)
    return_item(office(), row.id, on=today() + timedelta(days=1), source="云编〔2026〕9号")
    with frozen(now() + timedelta(days=1)):
        assert code_of(head(), moved, "grant", {"reason": "准予"}) == "service.transferred"
        assert follow_transfers() == 1
        assert code_of(head(), moved, "grant", {"reason": "准予"}) == "service.countys"
        assert "preliminary" in limits(moved)
        act(reviewer(), moved.matter_id, "hand_up", OPINION)
        act(county("civil"), moved.matter_id, "county_grant", {"reason": "确认"})


def test_what_is_in_a_special_procedure_follows_when_that_is_over(bureau: str) -> None:
    moved = applied("330500133001")
    act(clerk(), moved.matter_id, "accept_for_county")
    kind = next(iter(matter(moved).facts["inquiries"]))
    step = "look_into" if kind in matter(moved).facts["counted"] else "begin_inquiry"
    act(reviewer(), moved.matter_id, step, {"inquiry": kind, "staff": "甲一、乙二"})
    transfer_items(office(), ["330500133001"], to_organ=bureau, since=today(), source=WHY)
    assert follow_transfers() == 0
    act(reviewer(), moved.matter_id, "end_inquiry", {"finding": "属实"})
    assert follow_transfers() == 1
    assert matter(moved).facts["decided_by"] == "township"


@pytest.mark.parametrize("step", ["transfer", "transfer_down", "transfer_down_again", "transfer_up"])
def test_even_the_house_carries_over_only_what_was_transferred(step: str) -> None:
    moved = reviewed()
    assert code_of(HOUSE, moved, step) in {
        "service.not_transferred", "service.not_brought_down", "service.not_taken_up"
    }  # fmt: skip


def test_what_moves_the_power_to_grant_permits_is_said_with_it(bureau: str) -> None:
    transfer_items(office(), [SUBSIDY, DRAINAGE], to_organ=bureau, since=today(), source=WHY)
    laws = {e.stream: e.law for e in Entry.objects.filter(act="transfer_item")}
    assert laws[stream_of("item", DRAINAGE)].startswith("行政许可法 第二十五条；")
    assert "行政许可法" not in laws[stream_of("item", SUBSIDY)]


def test_a_transfer_needs_its_office_an_approval_organ_a_document_and_a_day_to_come(bureau: str) -> None:
    given = {"to_organ": bureau, "since": today(), "source": WHY}

    def refused(actor: Actor, **changes: object) -> str:
        with pytest.raises(Refusal) as found:
            transfer_items(actor, [SUBSIDY], **{**given, **changes})  # type: ignore[arg-type]
        return found.value.code

    assert refused(official("catalogue_officer", "command", COUNTY)) == "access.no_permission"
    assert refused(official("service_head")) == "access.no_permission"
    assert refused(staff("编办", Grant(permissions_of("establishment_officer"), HERE))) == "access.elsewhere"
    assert refused(office(), to_organ="civil") == "transfer.organ"
    assert refused(office(), to_organ="没有") == "transfer.organ"
    assert refused(office(), since=today() - timedelta(days=1)) == "transfer.past"
    assert refused(office(), source=" ") == "register.words"
    transfer_items(office(), [SUBSIDY], **given)  # type: ignore[arg-type]
    with pytest.raises(Refusal):
        transfer_items(office(), ["330500142001", SUBSIDY], **given)  # type: ignore[arg-type]
    assert [t.item_code for t in transfers(on=today())] == [SUBSIDY]
