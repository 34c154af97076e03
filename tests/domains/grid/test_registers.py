"""Classes and the duty table change from a day on; what runs keeps what it had."""

from datetime import date, timedelta

import pytest

from tests.domains.grid.test_incident import actor, reported
from tests.kernel.registers.test_people import keeper
from yimen.domains.grid import registers
from yimen.domains.grid.api import act
from yimen.domains.grid.models import IncidentClass
from yimen.domains.grid.permissions import GridPermission
from yimen.domains.grid.reference import in_force
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.calendar.today import frozen, now, today
from yimen.kernel.counties.memory import forget_all
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter
from yimen.kernel.registers.acts import stream_of
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")


def manager(area: str = "339901") -> Actor:
    """Somebody who keeps classes and duties."""
    return Actor("system", name="维护", grants=(Grant(frozenset({GridPermission.CLASSES_MANAGE}), area),))


def change(since: date, **parts: object) -> IncidentClass:
    """A new version of class 0101."""
    given: dict[str, object] = {
        "code": "0101", "name": "暴露垃圾", "name_en": "Exposed rubbish", "group": "市容环境", "group_en": "City appearance",
        "kind": "event", "filing_condition": "可以确认", "closing_condition": "已消除", "limit_number": 9,
        "limit_unit": "working_hours", "keywords": ["垃圾"], "source": "县政府办〔2026〕9号", "since": since, **parts,
    }  # fmt: skip
    return registers.set_class(manager(), **given)  # type: ignore[arg-type]


def test_a_new_version_begins_on_its_day_and_reports_before_keep_their_limit() -> None:
    before = in_force().classes["0101"].limit
    old = Matter.objects.get(id=reported().matter_id)
    change(today() + timedelta(days=1))
    assert in_force().classes["0101"].limit == before
    with frozen(now() + timedelta(days=1, hours=1)):
        forget_all()
        assert in_force().classes["0101"].limit == (9, "working_hours")
        assert Matter.objects.get(id=reported().matter_id).facts["limit"] == [9, "working_hours"]
        assert Matter.objects.get(id=old.id).facts["limit"] == list(before)
    assert len(registers.versions_of("0101")) == 2
    entry = Entry.objects.get(stream=stream_of("class", "0101"))
    assert '"was":[1,"working_days"]' in entry.payload


def test_a_version_cannot_begin_before_the_one_it_replaces() -> None:
    change(today() + timedelta(days=10))
    with pytest.raises(Refusal) as refused:
        change(today() + timedelta(days=5))
    assert refused.value.code == "register.version"


def test_a_class_that_ended_takes_no_new_reports() -> None:
    registers.end_class(manager(), code="0101", on=today(), source="合并到 0102")
    with pytest.raises(Refusal) as refused:
        reported()
    assert refused.value.code == "incident.class"


@pytest.mark.parametrize(
    "wrong",
    [{"code": "01"}, {"code": "abcd"}, {"limit_number": 0}, {"limit_number": 999}, {"limit_unit": "moons"}, {"kind": "x"},
     {"name": ""}, {"source": " "}, {"keywords": ["长" * 50]}, {"name": "a\0b"}],
)  # fmt: skip
def test_what_cannot_be_a_class_is_refused_and_changes_nothing(wrong: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        change(today() + timedelta(days=1), **wrong)
    assert len(registers.versions_of("0101")) == 1


def test_a_duty_rule_replaces_the_one_before_and_a_nearer_area_wins() -> None:
    rule = {"class_prefix": "0101", "is_automatic": False, "source": "三定方案", "since": today()}
    registers.set_duty(manager(), area_prefix="339901", organ_code="water", **rule)  # type: ignore[arg-type]
    registers.set_duty(manager(), area_prefix="339901100", organ_code="{township}", **rule)  # type: ignore[arg-type]
    duty = in_force().duty("0101", "339901100201")
    assert duty is not None
    assert duty.organ_code == "339901100"
    other = in_force().duty("0101", "339901200201")
    assert other is not None
    assert other.organ_code == "water"


@pytest.mark.parametrize(
    "wrong",
    [
        {"organ_code": "nobody"},
        {"area_prefix": "110101"},
        {"area_prefix": "3399011"},
        {"class_prefix": "1"},
        {"source": ""},
    ],
)
def test_what_cannot_be_a_duty_is_refused(wrong: dict[str, object]) -> None:
    given: dict[str, object] = {
        "class_prefix": "0101", "area_prefix": "339901", "organ_code": "water", "is_automatic": True, "source": "文",
        "since": today(), **wrong,
    }  # fmt: skip
    with pytest.raises(Refusal):
        registers.set_duty(manager(), **given)  # type: ignore[arg-type]


def test_who_may_not_changes_nothing() -> None:
    with pytest.raises(Refusal):
        registers.end_class(keeper(), code="0101", on=today(), source="x")
    with pytest.raises(Refusal):
        registers.set_duty(
            manager("339901100"),
            class_prefix="",
            area_prefix="339901",
            organ_code="water",
            is_automatic=False,
            source="x",
            since=today(),
        )


def test_there_are_more_than_sixty_classes_each_with_its_conditions() -> None:
    found = registers.classes_on(today())
    assert len(found) >= 60
    assert all(c.filing_condition and c.closing_condition and c.keywords and c.source for c in found)
    assert {c.limit_unit for c in found} >= {"hours", "working_hours", "working_days", "calendar_days"}
    for conditions in ([c.filing_condition for c in found], [c.closing_condition for c in found]):
        assert len({words.replace(c.name, "") for words, c in zip(conditions, found, strict=True)}) > 60


def test_what_a_person_registers_goes_on_by_a_rule_that_needs_no_dispatcher() -> None:
    registers.set_duty(
        manager(), class_prefix="0101", area_prefix="339901", organ_code="water", is_automatic=True,
        source="三定方案", since=today(),
    )  # fmt: skip
    forget_all()
    matter = reported(class_code="")
    act(actor("clerk"), matter.matter_id, "classify", {"class": "0101"})
    assert act(actor("clerk"), matter.matter_id, "register").state == "dispatched"
    held = Matter.objects.get(id=matter.matter_id)
    assert (held.state, held.organ_code) == ("dispatched", "water")
    sent = Entry.objects.get(stream=held.id, act="dispatch")
    assert "按派遣规则自动派遣：分类 0101" in sent.payload
    forget_all()
