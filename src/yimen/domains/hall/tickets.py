"""The queue: taking a number, and calling it at a window.

A ticket lives for hours and has no statute; it is a row changed under a lock, not a matter. Each change leaves an
entry on the ticket's own chain, so that windows do not wait for each other's ledger.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.db.models import Avg, Count, F, Q, QuerySet

from yimen.domains.hall.halls import LAW, person_of, standing_hall, windows_of
from yimen.domains.hall.models import Appointment, Hall, Ticket, Window
from yimen.domains.hall.permissions import HallPermission
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act, one_at_a_time
from yimen.kernel.ids import public_code, uuid7
from yimen.kernel.notices.live import tell
from yimen.kernel.registers.acts import note, permit
from yimen.kernel.words import Refusal

KINDS = {"general": "A", "first": "Y", "booked": "B"}
"""The kinds of ticket and the letter their numbers begin with."""
_RANKS = {"general": 2, "first": 1, "booked": 1}
CALLED_IN_VAIN = 0
USUAL_MINUTES = 8.0
"""What a ticket is taken to last until a hall has finished enough of them today to reckon with."""
_ENOUGH = 5
_EARLY, _LATE = timedelta(minutes=30), timedelta(minutes=15)
_MOST_A_DAY = 999


@dataclass(frozen=True, slots=True)
class Queue:
    """How a hall stands now: tickets waiting, windows attended, and the wait of whoever takes a number now."""

    waiting: int
    windows: int
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ticket stands: how many are called before it, and about how many minutes that takes (None: nobody calls)."""

    ahead: int
    minutes: int | None


def take_ticket(
    actor: Actor, *, hall_code: str, kind: str = "general", item_code: str = "", appointment_code: str = ""
) -> Ticket:
    """Take the next number of the day at the hall's kiosk; with an appointment, in its time.

    Refuses outside the hall's days, an appointment that is not for now, and a day that has run out of numbers.
    """
    hall = standing_hall(hall_code)
    permit(actor, HallPermission.SCREEN, hall.place_code)
    at, on = now(), today()
    with one_act():
        one_at_a_time(f"hall/{hall.code}/{on}")
        booked = _arriving(hall, appointment_code, at) if appointment_code else None
        kind = "booked" if booked else kind
        if kind not in KINDS or (kind == "booked" and booked is None):
            raise Refusal.of("ticket.kind", "请选择排队的类别。", "Choose which queue.", field="kind")
        taken = Ticket.objects.filter(hall=hall, on=on, number__startswith=KINDS[kind]).count()
        if taken >= _MOST_A_DAY:
            raise Refusal.of("ticket.full", "今天的号已经取完。", "Today's numbers have run out.")
        ticket = Ticket(
            id=uuid7(at), hall=hall, on=on, number=f"{KINDS[kind]}{taken + 1:03d}", code=public_code(10), kind=kind,
            rank=_RANKS[kind], item_code=booked.item_code if booked else item_code, appointment=booked, taken_at=at,
        )  # fmt: skip
        ticket.save(force_insert=True)
        note(actor, ticket.id, "take_ticket", at, LAW, hall=hall.code, number=ticket.number, kind=kind)
        _tell(ticket, hall)
    return ticket


def _arriving(hall: Hall, code: str, at: datetime) -> Appointment:
    """The appointment whose time it is; it is used up by this."""
    found = Appointment.objects.select_for_update().filter(hall=hall, code=code, state="booked").first()
    if found is None:
        raise Refusal.of(
            "appointment.unknown", "没有找到这个预约，请核对预约码，或直接取号。",
            "There is no such appointment here: check the code, or take an ordinary number.", field="appointment_code",
        )  # fmt: skip
    if not found.starts_at - _EARLY <= at <= found.starts_at + _LATE:
        raise Refusal.of(
            "appointment.time", "预约号在约定时间前 30 分钟到后 15 分钟内有效，现在请直接取号。",
            "It is good from 30 minutes before to 15 minutes after its time; take an ordinary number now.",
            field="appointment_code",
        )  # fmt: skip
    Appointment.objects.filter(id=found.id).update(state="arrived")
    return found


def _tell(ticket: Ticket, hall: Hall) -> None:
    """The hall's displays hear of it when it is committed."""
    tell(ticket.id, ticket.state, hall.place_code)


def attend(actor: Actor, *, window_id: UUID) -> None:
    """Sit down at a window; one person at one window."""
    window, person = _window(actor, window_id), person_of(actor)
    with one_act():
        free = Q(attended_by__isnull=True) | Q(attended_by=person)
        if not Window.objects.filter(free, id=window.id).update(attended_by=person, attendant=actor.name):
            raise Refusal.of(
                "window.taken",
                f"{window.number} 号窗口有人在办公。",
                f"Somebody is at window {window.number}.",
            )
        note(actor, window.id, "attend_window", now(), LAW, hall=window.hall_id, number=window.number)


def leave(actor: Actor, *, window_id: UUID) -> None:
    """Leave a window; refused with a ticket in hand."""
    window = _mine(actor, window_id)
    with one_act():
        if _in_hand(window).exists():
            raise Refusal.of(
                "window.busy", "手上还有一个号，请先办结、转交或过号。", "A ticket is in hand: finish, hand over or skip it first."
            )  # fmt: skip
        Window.objects.filter(id=window.id).update(attended_by=None, attendant="")
        note(actor, window.id, "leave_window", now(), LAW, hall=window.hall_id, number=window.number)


def free_window(actor: Actor, *, window_id: UUID) -> None:
    """Free a window whose clerk is gone without having left it; a ticket still in hand there counts as passed over."""
    window, at = _window(actor, window_id, HallPermission.MANAGE), now()
    with one_act():
        for ticket in _in_hand(window).select_for_update(of=("self",)):
            Ticket.objects.filter(id=ticket.id).update(state="skipped", ended_at=at)
            note(actor, ticket.id, "skip_ticket", at, LAW, number=ticket.number, window=window.number)
            _tell(ticket, window.hall)
        Window.objects.filter(id=window.id).update(attended_by=None, attendant="")
        note(actor, window.id, "free_window", at, LAW, number=window.number, attendant=window.attendant)


def _window(actor: Actor, window_id: UUID, permission: HallPermission = HallPermission.CALL) -> Window:
    window = Window.objects.select_related("hall").filter(id=window_id, valid__contains=today()).first()
    if window is None:
        raise Refusal.of("window.unknown", "没有这个在用的窗口。", "There is no such window in use.")
    permit(actor, permission, window.hall.place_code)
    return window


def _mine(actor: Actor, window_id: UUID) -> Window:
    window = _window(actor, window_id)
    if window.attended_by is None or window.attended_by != actor.person_id:
        raise Refusal.of(
            "window.not_yours", "请先坐到这个窗口再操作。", "Take your seat at this window first."
        )
    return window


def seat_of(actor: Actor) -> Window | None:
    """The window at which somebody sits today, if they do."""
    seats = Window.objects.select_related("hall").filter(attended_by=actor.person_id, valid__contains=today())
    return seats.first() if actor.person_id else None


def ticket_in_hand(window: Window) -> Ticket | None:
    """The ticket that a window serves now; none between two calls, and for whoever came without one."""
    return _in_hand(window).first()


def _in_hand(window: Window) -> QuerySet[Ticket]:
    return Ticket.objects.filter(window=window, state="called")


def call_next(actor: Actor, *, window_id: UUID) -> Ticket:
    """Call the first ticket that waits: no two windows get the same. Refuses when a ticket is in hand or nobody waits."""
    window, at = _mine(actor, window_id), now()
    elsewhere = windows_of(window.hall).filter(attended_by__isnull=False).exclude(id=window.id)
    with one_act():
        ticket = (
            waiting(window.hall)
            .exclude(only_window=True, window__in=elsewhere)
            .select_for_update(skip_locked=True, of=("self",))
            .first()
        )
        if ticket is None:
            raise Refusal.of("ticket.none", "没有人在等候。", "Nobody is waiting.")
        ticket.state, ticket.window, ticket.only_window = "called", window, False
        ticket.called_at, ticket.last_called_at, ticket.calls = ticket.called_at or at, at, ticket.calls + 1
        ticket.save()
        note(actor, ticket.id, "call_ticket", at, LAW, number=ticket.number, window=window.number)
        _tell(ticket, window.hall)
    return ticket


def recall(actor: Actor, *, window_id: UUID) -> Ticket:
    """Call the ticket in hand once more."""
    window, at = _mine(actor, window_id), now()
    with one_act():
        ticket = _hand(window)
        Ticket.objects.filter(id=ticket.id).update(last_called_at=at, calls=F("calls") + 1)
        note(actor, ticket.id, "recall_ticket", at, LAW, number=ticket.number, window=window.number)
        _tell(ticket, window.hall)
    return ticket


def skip(actor: Actor, *, window_id: UUID) -> Ticket:
    """Nobody came: the number is passed over. Whoever comes back is put first by `come_back`."""
    return _end(actor, window_id, "skipped", "skip_ticket")


def finish(actor: Actor, *, window_id: UUID) -> Ticket:
    """What the holder came for is dealt with."""
    return _end(actor, window_id, "done", "finish_ticket")


def _end(actor: Actor, window_id: UUID, state: str, act: str) -> Ticket:
    window, at = _mine(actor, window_id), now()
    with one_act():
        ticket = _hand(window)
        ticket.state, ticket.ended_at = state, at
        ticket.save(update_fields=["state", "ended_at"])
        note(actor, ticket.id, act, at, LAW, number=ticket.number, window=window.number)
        _tell(ticket, window.hall)
    return ticket


def hand_over(actor: Actor, *, window_id: UUID, to_window: UUID) -> Ticket:
    """Pass the ticket in hand to another window of the hall, which calls it next; its holder takes no new number.

    Once nobody sits at that window any more, every window calls it: nobody waits for an empty chair.
    """
    window, at = _mine(actor, window_id), now()
    target = windows_of(window.hall).filter(id=to_window).exclude(id=window.id).first()
    if target is None or target.attended_by is None:
        raise Refusal.of(
            "ticket.window", "请选择同一大厅里有人办公的另一个窗口。", "Choose another attended window of this hall.", field="to_window"
        )  # fmt: skip
    with one_act():
        ticket = _hand(window)
        ticket.state, ticket.window, ticket.only_window, ticket.rank = (
            "waiting",
            target,
            True,
            CALLED_IN_VAIN,
        )
        ticket.save()
        note(actor, ticket.id, "hand_over_ticket", at, LAW, number=ticket.number, to=target.number)
        _tell(ticket, window.hall)
    return ticket


def come_back(actor: Actor, *, ticket_id: UUID) -> Ticket:
    """Whoever was passed over today and is here now is called next, once."""
    at = now()
    with one_act():
        ticket = (
            Ticket.objects.select_for_update(of=("self",))
            .select_related("hall")
            .filter(id=ticket_id, on=today())
            .first()
        )
        if ticket is None:
            raise Refusal.of("ticket.unknown", "今天没有这个号。", "There is no such number today.")
        permit(actor, HallPermission.CALL, ticket.hall.place_code)
        if ticket.state != "skipped" or ticket.rank == CALLED_IN_VAIN:
            raise Refusal.of(
                "ticket.not_skipped", "只有过号的可以优先一次，请重新取号。", "Only a number passed over once may come back; take a new one."
            )  # fmt: skip
        ticket.state, ticket.rank, ticket.ended_at, ticket.window = "waiting", CALLED_IN_VAIN, None, None
        ticket.save()
        note(actor, ticket.id, "come_back", at, LAW, number=ticket.number)
        _tell(ticket, ticket.hall)
    return ticket


def _hand(window: Window) -> Ticket:
    ticket = _in_hand(window).select_for_update(of=("self",)).first()
    if ticket is None:
        raise Refusal.of("ticket.no_hand", "手上没有号。", "No ticket is in hand.")
    return ticket


def waiting(hall: Hall) -> QuerySet[Ticket]:
    """Today's waiting tickets in the order in which they are called."""
    return Ticket.objects.filter(hall=hall, on=today(), state="waiting").order_by(
        "rank", "taken_at", "number"
    )


def tickets_on(hall: Hall) -> QuerySet[Ticket]:
    """Today's tickets, by hall."""
    return Ticket.objects.filter(hall=hall, on=today()).select_related("window")


def queue_of(hall: Hall) -> Queue:
    """How many wait, how many windows call, and how long whoever takes a number now would wait."""
    ahead = waiting(hall).count()
    open_now = _calling(hall)
    return Queue(ahead, open_now, _minutes(hall, ahead, open_now))


def place_of(ticket: Ticket) -> Place:
    """Who is called before a waiting ticket, and how long that takes."""
    before = Q(rank__lt=ticket.rank) | Q(rank=ticket.rank, taken_at__lt=ticket.taken_at)
    before |= Q(rank=ticket.rank, taken_at=ticket.taken_at, number__lt=ticket.number)
    ahead = waiting(ticket.hall).filter(before).count()
    return Place(ahead, _minutes(ticket.hall, ahead, _calling(ticket.hall)))


def _calling(hall: Hall) -> int:
    return windows_of(hall).filter(attended_by__isnull=False, is_exit=False).count()


def _minutes(hall: Hall, ahead: int, open_now: int) -> int | None:
    """People ahead times today's mean, shared among the windows that call; None while nobody calls."""
    if not open_now:
        return None
    done = Ticket.objects.filter(hall=hall, on=today(), state="done").order_by()
    today_so_far = done.aggregate(mean=Avg(F("ended_at") - F("called_at")), n=Count("id"))
    mean, is_known = today_so_far["mean"], today_so_far["n"] >= _ENOUGH
    each = mean.total_seconds() / 60 if is_known else USUAL_MINUTES
    return ceil(ahead * each / open_now)


def ticket_by_code(code: str) -> Ticket | None:
    """The ticket its holder follows by the code on it."""
    return Ticket.objects.select_related("hall", "window").filter(code=code).first()
