"""What is granted is under supervision where it stands, and what is found there comes back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.cast import HERE, THERE, hired, signed_in
from tests.domains.services.applying import ITEMS, applied, clerk, head, official, papers, sealed
from yimen.domains.services.api import (
    act,
    cancel_expired,
    courses,
    findings_of,
    last_found,
    report_finding,
    supervised,
)
from yimen.domains.services.letters import HEARD
from yimen.domains.services.models import SupervisedObject
from yimen.kernel.calendar.today import frozen, now, today
from yimen.kernel.matters.models import Matter
from yimen.kernel.notices.models import OutboxMessage
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")
TIMBER = next(
    i for i in ITEMS.values() if i.supervised_as and i.is_by_commitment and i.decided_by == "township"
).code


def delivered() -> Matter:
    """A permit carried to its delivery, and heard of twice."""
    moved = applied(TIMBER)
    act(clerk(), moved.matter_id, "grant_on_commitment", {"files": papers()})
    act(clerk(), moved.matter_id, "issue", {"number": "林采〔2026〕1号"})
    act(clerk(), sealed(moved.matter_id), "deliver", {"way": "counter", "receipt": "张大爷"})
    for _ in range(2):
        _hear(moved.matter_id, "service.delivered")
    return Matter.objects.get(id=moved.matter_id)


def _hear(matter_id: object, topic: str) -> None:
    message = OutboxMessage.objects.get(stream=matter_id, topic=topic)
    HEARD[topic](message.id, message.payload)


@pytest.fixture(autouse=True)
def _outgoing(tmp_path: object, settings: object) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]


def test_a_delivered_permit_is_an_object_of_supervision_once() -> None:
    matter = delivered()
    found = SupervisedObject.objects.get(matter_id=matter.id)
    assert (found.number, found.holder, found.place_code) == ("林采〔2026〕1号", "张*爷", matter.place_code)
    assert found.valid.lower == today()
    assert [e.act for e in findings_of(found)] == ["begin_supervision"]


def test_who_works_there_sees_it_and_what_is_found_comes_back() -> None:
    matter = delivered()
    found = SupervisedObject.objects.get()
    worker = official("grid_worker", area=f"{matter.place_code}001")
    assert list(supervised(worker)) == [found]
    report_finding(worker, found, "超出批准的范围")
    assert "超出批准的范围" in findings_of(found)[0].payload
    assert last_found([found]) == {found.id: findings_of(found)[0].at}
    elsewhere = official("enforcement_officer", THERE, THERE)
    assert list(supervised(elsewhere)) == []
    with pytest.raises(Refusal):
        report_finding(elsewhere, found, "x")


def test_a_revoked_permit_is_supervised_no_longer() -> None:
    matter = delivered()
    act(head(), matter.id, "revoke", {"reason": "违法作出"})
    _hear(matter.id, "service.revoked")
    assert (
        SupervisedObject.objects.get().valid.isempty or SupervisedObject.objects.get().valid.upper == today()
    )


def test_a_permit_that_ran_out_is_supervised_no_longer_and_its_findings_stay() -> None:
    matter = delivered()
    found = SupervisedObject.objects.get()
    report_finding(official("grid_worker", area=f"{matter.place_code}001"), found, "超出批准的范围")
    courses.catch_up()
    with frozen(now() + timedelta(days=400)):
        assert cancel_expired() == 1
        _hear(matter.id, "service.revoked")
    found.refresh_from_db()
    assert found.valid.upper is not None
    assert [e.act for e in findings_of(found)] == ["end_supervision", "finding", "begin_supervision"]


@pytest.mark.parametrize("upon", ["changes", "renews"])
@pytest.mark.parametrize("order", [1, -1])
def test_what_renews_or_changes_a_permit_carries_its_object_on_with_its_findings(
    upon: str, order: int
) -> None:
    matter = delivered()
    found = SupervisedObject.objects.get()
    worker = official("grid_worker", area=f"{matter.place_code}001")
    report_finding(worker, found, "超出批准的范围")
    moved = applied(TIMBER, **{upon: matter.id})
    act(clerk(), moved.matter_id, "grant_on_commitment", {"files": papers()})
    act(clerk(), moved.matter_id, "issue", {"number": "林采〔2026〕2号"})
    act(clerk(), sealed(moved.matter_id), "deliver", {"way": "counter", "receipt": "张大爷"})
    told = [(moved.matter_id, "service.delivered")]
    told += [(matter.id, "service.revoked")] if upon == "changes" else []
    for each in told[::order]:  # messages may come in any order
        _hear(*each)
    kept = SupervisedObject.objects.get()
    assert (kept.id, kept.matter_id, kept.number) == (found.id, moved.matter_id, "林采〔2026〕2号")
    assert kept.valid.upper is None
    acts = [e.act for e in findings_of(kept)]
    assert acts == ["carry_on_supervision", "finding", "begin_supervision"]
    act(head(), moved.matter_id, "revoke", {"reason": "违法作出"})
    _hear(moved.matter_id, "service.revoked")
    assert (
        SupervisedObject.objects.get().valid.upper is not None or SupervisedObject.objects.get().valid.isempty
    )
    officer = signed_in(hired("zhifa", role="enforcement_officer", area=HERE, organ=HERE))
    assert (
        "林采〔2026〕1号 → 林采〔2026〕2号"
        in officer.get(reverse("console:supervised", args=[kept.id])).content.decode()
    )


def test_the_screens_show_it_to_who_may() -> None:
    matter = delivered()
    found = SupervisedObject.objects.get()
    officer = signed_in(hired("zhifa", role="enforcement_officer", area=HERE, organ=HERE))
    assert found.number in officer.get(reverse("console:supervised_objects")).content.decode()
    page = reverse("console:supervised", args=[found.id])
    assert officer.post(page, {"words": ""}).status_code == 422
    assert officer.post(page, {"words": "堆放占道"}).status_code == 302
    assert "堆放占道" in officer.get(page).content.decode()
    other = signed_in(hired("taxiang", role="enforcement_officer", area=THERE, organ=THERE))
    assert other.get(page).status_code == 404
    assert other.get(reverse("console:supervised_objects"), {"before": "x"}).status_code == 404
    assert matter.closed_at is not None
