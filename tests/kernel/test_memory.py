"""What is held in memory: asked once while fresh, anew each day, for each county and argument, and after a change."""

from datetime import UTC, datetime, timedelta

import pytest

from yimen.kernel.calendar.today import frozen
from yimen.kernel.counties import memory
from yimen.kernel.counties.memory import held
from yimen.kernel.counties.tenancy import in_county

pytestmark = pytest.mark.usefixtures("db")


def test_it_is_asked_once_and_after_a_change_again() -> None:
    asked: list[str] = []

    @held()
    def reading(what: str) -> str:
        asked.append(what)
        return f"{what} {len(asked)}"

    assert [reading("a"), reading("a"), reading("b"), reading("a")] == ["a 1", "a 1", "b 2", "a 1"]
    reading.forget()
    assert reading("a") == "a 3"
    memory.forget_all()
    assert reading("a") == "a 4"


def test_what_holds_today_does_not_hold_tomorrow_or_in_another_county() -> None:
    asked: list[int] = []

    @held()
    def reading() -> int:
        asked.append(1)
        return len(asked)

    tonight = datetime(2026, 11, 26, 15, 59, 59, tzinfo=UTC)
    with frozen(tonight):
        assert reading() == reading() == 1
    with frozen(tonight + timedelta(seconds=1)):
        assert reading() == 2
    with frozen(tonight), in_county("shiqiao"):
        assert reading() == 3
    with frozen(tonight):
        assert reading() == 1


def test_what_is_stale_is_asked_again_and_can_use_what_it_said_before() -> None:
    @held(seconds=0)
    def reading() -> int:
        return (reading.before() or 0) + 1

    assert [reading(), reading(), reading()] == [1, 2, 3]


def test_of_too_many_answers_the_one_read_longest_ago_goes() -> None:
    asked: list[int] = []

    @held(most=2)
    def reading(number: int) -> int:
        asked.append(number)
        return number

    for number in (1, 2, 1, 3, 2, 1):
        reading(number)
    assert asked == [1, 2, 3, 1]
