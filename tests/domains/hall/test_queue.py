"""Numbers are called in their order, each by one window; appointments keep to their half hours; visits are counted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import connection

from tests.cast import NOON, THERE
from tests.domains.hall.people import SINCE, a_hall, someone
from tests.domains.hall.test_sites import applied
from yimen.domains.catalogue.api import Channel
from yimen.domains.hall.api import (
    attend,
    book,
    call_next,
    cancel,
    come_back,
    finish,
    free_window,
    hall_day,
    hand_over,
    leave,
    mark_missed,
    note_visit,
    place_of,
    queue_of,
    recall,
    set_slots,
    skip,
    slots,
    take_ticket,
    tickets,
)
from yimen.domains.hall.models import Appointment, Hall, Ticket, Window
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import frozen, today
from yimen.kernel.counties.tenancy import in_county
from yimen.kernel.ledger.models import Entry
from yimen.kernel.words import Refusal

MORNING = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
"""Half past nine in the county, on the same Monday."""


def at_a_window(window: Window) -> Actor:
    clerk = someone("window_clerk")
    attend(clerk, window_id=window.id)
    return clerk


def a_number(kind: str = "general") -> Ticket:
    return take_ticket(someone("hall_screen"), hall_code="chengguan", kind=kind)


@pytest.mark.usefixtures("db")
class TestTheQueue:
    """One hall, one morning."""

    def test_who_needs_it_is_called_first_then_whoever_came_first(self) -> None:
        _, (window, *_) = a_hall()
        clerk = at_a_window(window)
        numbers = [a_number(kind).number for kind in ("general", "general", "first")]
        assert numbers == ["A001", "A002", "Y001"]
        called = []
        for _ in numbers:
            called.append(call_next(clerk, window_id=window.id).number)
            finish(clerk, window_id=window.id)
        assert called == ["Y001", "A001", "A002"]
        with pytest.raises(Refusal, match="没有人在等候"):
            call_next(clerk, window_id=window.id)

    def test_a_window_has_one_ticket_in_hand(self) -> None:
        _, (window, *_) = a_hall()
        clerk = at_a_window(window)
        a_number(), a_number()
        call_next(clerk, window_id=window.id)
        with pytest.raises(Refusal) as refused:
            call_next(clerk, window_id=window.id)
        assert refused.value.code == "one_ticket_at_a_window"
        with pytest.raises(Refusal) as refused:
            leave(clerk, window_id=window.id)
        assert refused.value.code == "window.busy"

    def test_nobody_calls_at_a_window_where_somebody_else_sits_or_from_elsewhere(self) -> None:
        _, (window, *_) = a_hall()
        at_a_window(window)
        a_number()
        for stranger, code in (
            (someone("window_clerk"), "window.not_yours"),
            (someone("window_clerk", THERE), "access.elsewhere"),
            (someone("hall_screen"), "access.no_permission"),
        ):
            with pytest.raises(Refusal) as refused:
                call_next(stranger, window_id=window.id)
            assert refused.value.code == code
        with pytest.raises(Refusal) as refused:
            attend(someone("window_clerk"), window_id=window.id)
        assert refused.value.code == "window.taken"

    def test_one_person_sits_at_one_window(self) -> None:
        _, (one, other, *_) = a_hall()
        clerk = at_a_window(one)
        with pytest.raises(Refusal) as refused:
            attend(clerk, window_id=other.id)
        assert refused.value.code == "one_window_a_person"

    def test_a_window_left_behind_is_freed_by_who_manages_the_hall(self) -> None:
        _, (window, *_) = a_hall()
        clerk, colleague = at_a_window(window), someone("window_clerk")
        a_number()
        left = call_next(clerk, window_id=window.id)
        for stranger, code in (
            (colleague, "access.no_permission"),
            (someone("hall_manager", THERE), "access.elsewhere"),
        ):
            with pytest.raises(Refusal) as refused:
                free_window(stranger, window_id=window.id)
            assert refused.value.code == code
        free_window(someone("hall_manager"), window_id=window.id)
        attend(colleague, window_id=window.id)
        assert Ticket.objects.get(id=left.id).state == "skipped"
        come_back(colleague, ticket_id=left.id)
        assert call_next(colleague, window_id=window.id).id == left.id
        with pytest.raises(Refusal) as refused:
            finish(clerk, window_id=window.id)
        assert refused.value.code == "window.not_yours"

    def test_a_number_passed_over_comes_back_first_but_once(self) -> None:
        _, (window, *_) = a_hall()
        clerk = at_a_window(window)
        late, _ = a_number(), a_number()
        assert call_next(clerk, window_id=window.id).id == late.id
        assert recall(clerk, window_id=window.id).id == late.id
        skip(clerk, window_id=window.id)
        come_back(clerk, ticket_id=late.id)
        assert call_next(clerk, window_id=window.id).id == late.id
        skip(clerk, window_id=window.id)
        with pytest.raises(Refusal) as refused:
            come_back(clerk, ticket_id=late.id)
        assert refused.value.code == "ticket.not_skipped"
        acts = list(Entry.objects.filter(stream=late.id).order_by("seq").values_list("act", flat=True))
        assert acts == [
            "take_ticket", "call_ticket", "recall_ticket", "skip_ticket", "come_back", "call_ticket", "skip_ticket",
        ]  # fmt: skip

    def test_a_ticket_handed_over_is_called_by_that_window_alone(self) -> None:
        _, (one, other, third) = a_hall()
        first, second, third_clerk = at_a_window(one), at_a_window(other), at_a_window(third)
        mine = a_number()
        call_next(first, window_id=one.id)
        hand_over(first, window_id=one.id, to_window=other.id)
        with pytest.raises(Refusal):
            call_next(third_clerk, window_id=third.id)
        assert call_next(second, window_id=other.id).id == mine.id

    def test_a_ticket_handed_over_waits_for_no_empty_chair(self) -> None:
        _, (one, other, third) = a_hall()
        first, second, third_clerk = at_a_window(one), at_a_window(other), at_a_window(third)
        mine = a_number()
        call_next(first, window_id=one.id)
        hand_over(first, window_id=one.id, to_window=other.id)
        leave(second, window_id=other.id)
        assert call_next(third_clerk, window_id=third.id).id == mine.id

    def test_the_wait_is_reckoned_from_those_ahead_and_the_windows_that_call(self) -> None:
        hall, (window, *_) = a_hall()
        tickets_taken = [a_number() for _ in range(3)]
        assert queue_of(hall).minutes is None
        clerk = at_a_window(window)
        assert (queue_of(hall).waiting, queue_of(hall).minutes) == (3, 24)
        assert place_of(tickets_taken[2]).ahead == 2
        with frozen(NOON):
            Ticket.objects.update(on=today(), taken_at=NOON)
            more = [a_number() for _ in range(4)]
        for n in range(5):
            with frozen(NOON + timedelta(minutes=4 * n)):
                call_next(clerk, window_id=window.id)
            with frozen(NOON + timedelta(minutes=4 * n + 4)):
                finish(clerk, window_id=window.id)
                assert queue_of(hall).minutes == (6 - n) * 8 or n == 4
        with frozen(NOON + timedelta(minutes=20)):
            assert (queue_of(hall).waiting, queue_of(hall).minutes) == (2, 8)
            assert place_of(more[-1]).ahead == place_of(more[-2]).ahead + 1

    def test_each_figure_of_the_day_counts_the_rows_it_lists(self) -> None:
        hall, (window, *_) = a_hall()
        clerk = at_a_window(window)
        a_number(), a_number(), a_number()
        call_next(clerk, window_id=window.id)
        finish(clerk, window_id=window.id)
        call_next(clerk, window_id=window.id)
        day = hall_day(hall, today())
        assert day.by_state == {"waiting": 1, "called": 1, "done": 1, "skipped": 0}
        for state, count in day.by_state.items():
            assert tickets(hall, today(), state).count() == count


def opened_for_booking() -> Hall:
    hall, _ = a_hall()
    set_slots(
        someone("hall_manager"), hall_code=hall.code, capacity=1, days_ahead=7, source="测试", since=SINCE
    )
    return hall


def booked(phone: str = "13800000001", starts_at: datetime | None = None) -> Appointment:
    hall = Hall.objects.get()
    at = starts_at or slots(hall, today())[0].starts_at
    return book(Actor.resident(), hall_code=hall.code, starts_at=at, name="王小明", phone=phone)


@pytest.mark.usefixtures("db")
class TestAppointments:
    """One place each half hour."""

    def test_a_half_hour_takes_as_many_as_it_has_places(self) -> None:
        with frozen(MORNING):
            hall = opened_for_booking()
            row = booked()
            assert row.holder == "王*明"
            assert b"13800000001" not in bytes(row.private)
            with pytest.raises(Refusal) as refused:
                booked("13800000002", row.starts_at)
            assert refused.value.code == "appointment.full"
            cancel(Actor.resident(), code=row.code.lower())
            assert booked("13800000002", row.starts_at).state == "booked"
            assert slots(hall, today() + timedelta(days=5)) == []

    def test_a_booking_becomes_a_ticket_in_its_time_and_is_missed_after_it(self) -> None:
        with frozen(MORNING):
            hall = opened_for_booking()
            row, other = booked(), booked("13800000002", slots(Hall.objects.get(), today())[1].starts_at)
        early = row.starts_at - timedelta(minutes=31)
        for at, code in ((early, "appointment.time"), (row.starts_at, "")):
            with frozen(at):
                if code:
                    with pytest.raises(Refusal) as refused:
                        take_ticket(someone("hall_screen"), hall_code=hall.code, appointment_code=row.code)
                    assert refused.value.code == code
                else:
                    taken = take_ticket(
                        someone("hall_screen"), hall_code=hall.code, appointment_code=row.code
                    )
                    assert (taken.number, taken.rank) == ("B001", 1)
        with frozen(other.starts_at + timedelta(minutes=16)):
            assert (mark_missed(), mark_missed()) == (1, 0)
        states = set(Appointment.objects.values_list("state", flat=True))
        assert states == {"arrived", "missed"}

    def test_one_number_holds_three_at_most(self) -> None:
        with frozen(MORNING):
            hall = opened_for_booking()
            for slot in slots(hall, today())[:3]:
                booked(starts_at=slot.starts_at)
            with pytest.raises(Refusal) as refused:
                booked()
            assert refused.value.code in ("appointment.full", "appointment.too_many")
            with pytest.raises(Refusal) as refused:
                booked(starts_at=slots(hall, today())[4].starts_at)
            assert refused.value.code == "appointment.too_many"


@pytest.mark.usefixtures("db")
def test_what_strangers_booked_with_a_number_does_not_keep_its_owner_out() -> None:
    with frozen(MORNING):
        hall = opened_for_booking()
        set_slots(
            someone("hall_manager"),
            hall_code=hall.code,
            capacity=3,
            days_ahead=7,
            source="测试",
            since=today(),
        )
        times = [s.starts_at for s in slots(hall, today())]
        for at in times[:3]:
            booked(starts_at=at)
        owner = Actor.resident(account_id=uuid4())

        def own(at: datetime) -> Appointment:
            return book(
                owner,
                hall_code=hall.code,
                starts_at=at,
                name="王小明",
                phone="13800000001",
                is_own_phone=True,
            )

        assert own(times[0]).state == "booked"
        with pytest.raises(Refusal) as refused:
            own(times[0])
        assert refused.value.code == "one_appointment_a_time"
        assert {own(times[4]).state, own(times[5]).state} == {"booked"}
        with pytest.raises(Refusal) as refused:
            own(times[6])
        assert refused.value.code == "appointment.too_many"


def test_many_bookings_of_one_number_at_once_are_three(fresh_database: str) -> None:
    with frozen(MORNING):
        hall = opened_for_booking()
        times = [s.starts_at for s in slots(hall, today())][:6]
    together = Barrier(6)

    def take(at: datetime) -> str:
        with in_county("yunxi"), frozen(MORNING):
            together.wait()
            try:
                return booked(starts_at=at).state
            except Refusal as refusal:
                return refusal.code
            finally:
                connection.close()

    with ThreadPoolExecutor(6) as pool:
        results = sorted(pool.map(take, times))
    assert results == ["appointment.too_many"] * 3 + ["booked"] * 3


def test_the_last_place_is_taken_once(fresh_database: str) -> None:
    with frozen(MORNING):
        hall = opened_for_booking()
        at = slots(hall, today())[0].starts_at
    together = Barrier(6)

    def take(who: int) -> str:
        with in_county("yunxi"), frozen(MORNING):
            together.wait()
            try:
                return booked(f"1380000000{who}", at).state
            except Refusal as refusal:
                return refusal.code
            finally:
                connection.close()

    with ThreadPoolExecutor(6) as pool:
        results = sorted(pool.map(take, range(6)))
    assert results == ["appointment.full"] * 5 + ["booked"]


def test_two_windows_that_call_at_once_get_two_tickets(fresh_database: str) -> None:
    _, windows = a_hall()
    clerks = [at_a_window(w) for w in windows[:2]]
    waiting = [a_number(), a_number()]
    together = Barrier(2)

    def call(which: int) -> str:
        with in_county("yunxi"):
            together.wait()
            try:
                return call_next(clerks[which], window_id=windows[which].id).number
            finally:
                connection.close()

    with ThreadPoolExecutor(2) as pool:
        numbers = sorted(pool.map(call, range(2)))
    assert numbers == sorted(t.number for t in waiting)


def test_a_visit_that_two_note_at_once_is_one_and_refuses_neither(fresh_database: str) -> None:
    hall, _ = a_hall()
    clerk, made = someone("window_clerk"), applied(Channel.WINDOW)
    together = Barrier(4)

    def visit(_: int) -> UUID:
        with in_county("yunxi"):
            together.wait()
            try:
                return note_visit(clerk, hall_code=hall.code, number=made.number, purpose="apply").id
            finally:
                connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(visit, range(4)))) == 1
