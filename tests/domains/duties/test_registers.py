"""The list, its editions, the standards and party units change from a day on; what was before stays readable."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.domains.duties.people import VILLAGE, actor
from yimen.domains.duties import api
from yimen.domains.duties.models import DutySetting, GridTask
from yimen.kernel.calendar.today import today
from yimen.kernel.ledger.models import Entry
from yimen.kernel.org.models import Grid
from yimen.kernel.registers.acts import stream_of
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")
TOMORROW = timedelta(days=1)


def change(since: date, **parts: object) -> GridTask:
    """A new version of task 0505."""
    given: dict[str, object] = {
        "code": "0505", "name": "探访独居老人", "name_en": "Visits", "actions": ["report", "find"], "what": "每周见一面",
        "what_en": "Weekly", "frequency": "weekly", "basis": "老年人权益保障法 第三十七条", "organ_code": "civil",
        "evidence": "", "minutes": 60, "is_pushable": True, "source": "云委办发〔2026〕9号", "since": since, **parts,
    }  # fmt: skip
    return api.set_task(actor("keeper"), **given)  # type: ignore[arg-type]


def test_there_are_thirty_tasks_over_every_field_each_with_basis_and_english() -> None:
    tasks = list(api.tasks_on(today()))
    assert len(tasks) >= 30
    assert {t.code[:2] for t in tasks} == set(api.DOMAINS)
    assert all(t.basis and t.name_en and t.what_en and t.source for t in tasks)
    assert not any(t.evidence for t in tasks)


def test_a_new_version_begins_on_its_day_and_the_one_before_stays_readable() -> None:
    change(today() + TOMORROW)
    assert api.tasks_on(today()).get(code="0505").minutes == 120
    assert api.tasks_on(today() + TOMORROW).get(code="0505").minutes == 60
    assert api.task_versions("0505")[0].actions == ["find", "report"]
    assert '"replaces":"探访独居老人"' in Entry.objects.get(stream=stream_of("grid task", "0505")).payload
    with pytest.raises(Refusal) as refused:
        change(today())
    assert refused.value.code == "register.version"


@pytest.mark.parametrize(
    "wrong",
    [{"code": "9901"}, {"code": "05"}, {"actions": []}, {"actions": ["enforce"]}, {"frequency": "hourly"},
     {"organ_code": "nobody"}, {"basis": " "}, {"source": ""}, {"name": "a\0b"}],
)  # fmt: skip
def test_what_cannot_be_a_task_is_refused_and_changes_nothing(wrong: dict[str, object]) -> None:
    before = GridTask.objects.count()
    with pytest.raises(Refusal):
        change(today() + TOMORROW, **wrong)
    assert GridTask.objects.count() == before


def test_an_ended_task_leaves_the_list_on_its_day() -> None:
    api.end_task(actor("keeper"), code="0802", on=today() + TOMORROW, source="云委办发〔2026〕10号")
    assert api.tasks_on(today()).filter(code="0802").exists()
    assert not api.tasks_on(today() + TOMORROW).filter(code="0802").exists()


def test_an_edition_names_its_tasks_in_the_ledger_and_replaces_the_one_before() -> None:
    day = today() + TOMORROW
    change(day)
    old = api.edition_on(today())
    api.publish_list(
        actor("establishment"), number="云委办发〔2026〕9号", title="网格事项清单（修订）", since=day
    )
    new = api.edition_on(day)
    assert old is not None
    assert new is not None
    assert (api.edition_on(today()), new.number) == (old, "云委办发〔2026〕9号")
    assert '"0505"' in Entry.objects.get(stream=stream_of("grid task list", "county")).payload
    with pytest.raises(Refusal) as refused:
        api.publish_list(
            actor("establishment"), number="云委办发〔2026〕9号", title="又一版", since=day + TOMORROW
        )
    assert refused.value.code == "edition.known"


@pytest.mark.parametrize(
    ("name", "value", "lawful"),
    [
        ("households", "450", True), ("households", "0", False), ("weight_area_km2", "0", True),
        ("opinion_days", "7", True), ("opinion_days", "2.5", False), ("opinion_days", "365", False), ("moons", "1", False),
    ],
)  # fmt: skip
def test_a_standard_is_dated_sourced_and_sensible(name: str, value: str, lawful: bool) -> None:
    def act() -> None:
        api.set_standard(
            actor("keeper"),
            name=name,
            value=Decimal(value),
            source="县委编委会纪要",
            since=today() + TOMORROW,
        )

    if lawful:
        act()
        assert DutySetting.objects.filter(name=name).count() == 2
    else:
        with pytest.raises(Refusal):
            act()


def test_a_grid_has_one_party_unit_at_a_time() -> None:
    grid = Grid.objects.filter(place_code=VILLAGE).order_by("code").first()
    assert grid is not None
    api.set_party_unit(
        actor("keeper"), grid_code=grid.code, name="青石村第一网格党支部", kind="branch", source="镇党委〔2026〕2号",
        since=today() + TOMORROW,
    )  # fmt: skip
    named = [
        each.party_unit.name
        for day in (today(), today() + TOMORROW)
        for each in api.staffing(grid.code, day)
        if each.party_unit
    ]
    assert named == [f"{grid.name}党小组", "青石村第一网格党支部"]


@pytest.mark.parametrize("who", ["department", "township", "worker", "resident", "county"])
def test_who_may_not_keep_the_list_changes_nothing(who: str) -> None:
    with pytest.raises(Refusal):
        api.end_task(actor(who), code="0505", on=today() + TOMORROW, source="x")
    with pytest.raises(Refusal):
        api.set_standard(
            actor(who), name="households", value=Decimal(1), source="x", since=today() + TOMORROW
        )
