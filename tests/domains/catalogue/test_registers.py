"""Items are published from a day on, by who may, all or none; what was before stays readable."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.cast import COUNTY, HERE, staff
from yimen.domains.catalogue.api import (
    in_force,
    item,
    item_version,
    publish_items,
    read_files,
    versions,
    withdraw_item,
)
from yimen.domains.catalogue.item import Item
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.roles import permissions_of
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.memory import forget_all
from yimen.kernel.ledger.models import Entry
from yimen.kernel.registers.acts import stream_of
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")
TOMORROW = today() + timedelta(days=1)


def officer(area: str = COUNTY) -> Actor:
    """Who keeps the catalogue."""
    return staff("编目员", Grant(permissions_of("catalogue_officer"), area))


def a_new(like: Item, **changes: object) -> Item:
    """The item under a code of its own."""
    return replace(like, code="339900000001", **changes)  # type: ignore[arg-type]


def test_a_version_begins_on_its_day_and_the_one_before_stays_readable() -> None:
    one = a_new(read_files()[0], valid_from=date(2026, 1, 1))
    assert publish_items(officer(), [one], source="云政办〔2026〕1号").began == (one.code,)
    assert item(one.code).version == 1
    later = replace(one, visits=one.visits + 1, valid_from=TOMORROW)
    publish_items(officer(), [later], source="云政办〔2026〕9号")
    assert item(one.code).visits == one.visits
    assert item(one.code, TOMORROW).visits == one.visits + 1
    assert item_version(one.code, 2).valid_from == TOMORROW
    assert [v.version for v in versions(one.code)] == [2, 1]
    acts = (
        Entry.objects.filter(stream=stream_of("item", one.code)).order_by("seq").values_list("act", flat=True)
    )
    assert list(acts) == ["publish_item", "publish_item"]


def test_what_says_nothing_new_stays() -> None:
    one = a_new(read_files()[0])
    publish_items(officer(), [one], source="甲")
    again = publish_items(officer(), [replace(one, valid_from=TOMORROW, version=9)], source="乙")
    assert (again.began, again.stayed) == ((), (one.code,))


def test_all_are_published_or_none() -> None:
    one, other = read_files()[:2]
    bad = replace(other, code="339900000002", organ="nowhere")
    with pytest.raises(Refusal, match=r"catalogue\.organ|nowhere"):
        publish_items(officer(), [a_new(one), bad], source="甲")
    assert not versions("339900000001")


def test_an_item_withdrawn_is_offered_no_longer_and_its_past_stays() -> None:
    one = a_new(read_files()[0], valid_from=date(2026, 1, 1))
    publish_items(officer(), [one], source="甲")
    withdraw_item(officer(), code=one.code, on=today(), source="乙")
    with pytest.raises(Refusal):
        item(one.code)
    assert item(one.code, date(2026, 2, 1)) == item_version(one.code, 1)
    with pytest.raises(Refusal):
        withdraw_item(officer(), code=one.code, on=today(), source="乙")


def test_who_may_not_publish_publishes_nothing() -> None:
    for actor in (
        Actor.resident(),
        officer(HERE),
        staff("窗口", Grant(permissions_of("command_clerk"), COUNTY)),
    ):
        with pytest.raises(Refusal):
            publish_items(actor, [a_new(read_files()[0])], source="甲")
    forget_all()
    assert "339900000001" not in in_force().items


def test_the_catalogue_is_asked_once_a_minute(django_assert_num_queries: object) -> None:
    in_force()
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert in_force().search.find("失业")


def test_a_catalogue_that_did_not_change_keeps_its_search(monkeypatch: pytest.MonkeyPatch) -> None:
    before = in_force()
    monkeypatch.setattr(in_force, "_seconds", -1.0)
    again = in_force()
    assert again is not before
    assert again.search is before.search
    publish_items(officer(), [a_new(read_files()[0], valid_from=date(2026, 1, 1))], source="甲")
    assert in_force().search is not before.search
