"""Figures of the hall and of doing things online. Each is a number of rows that a list shows one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from django.db.models import QuerySet

from yimen.domains.catalogue.api import Channel
from yimen.domains.hall.models import Hall, Ticket, Visit
from yimen.domains.hall.visits import visible_services
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import midnight
from yimen.kernel.matters.models import Matter

STATES = ("waiting", "called", "done", "skipped")


@dataclass(frozen=True, slots=True)
class HallDay:
    """A hall's day: tickets by state, and minutes waited until first called (None while nobody was called)."""

    taken: int
    by_state: dict[str, int]
    median_wait: int | None
    longest_wait: int | None


def hall_day(hall: Hall, on: date) -> HallDay:
    """What happened in a hall on a day."""
    rows = list(tickets(hall, on).values_list("state", "taken_at", "called_at"))
    waits = sorted(ceil((called - taken).total_seconds() / 60) for _, taken, called in rows if called)
    return HallDay(
        len(rows),
        {state: sum(s == state for s, _, _ in rows) for state in STATES},
        waits[len(waits) // 2] if waits else None,
        waits[-1] if waits else None,
    )


def tickets(hall: Hall, on: date, state: str = "") -> QuerySet[Ticket]:
    """The tickets that a figure of the day counts."""
    rows = Ticket.objects.filter(hall=hall, on=on).select_related("window").order_by("id")
    return rows.filter(state=state) if state in STATES else rows


RATES = ("accepted", "handled", "answered")
"""网上受理、网上办理、网上反馈: applied for online; online without a visit; answered electronically."""


@dataclass(frozen=True, slots=True)
class Online:
    """Of so many applications, how many were accepted, handled and answered online; `ended` is what answers are counted of."""

    total: int
    ended: int
    accepted: int
    handled: int
    answered: int


def online_rates(actor: Actor, since: date, until: date, *, by: str) -> dict[str, Online]:
    """The three rates of the applications of a period (both days included), by `township` code or by `item` code."""
    column = "township_code" if by == "township" else "kind"
    rows = list(_opened(actor, since, until).values_list("id", column, "channel", "state", "facts__way"))
    came = set(Visit.objects.filter(matter_id__in=[r[0] for r in rows]).values_list("matter_id", flat=True))
    groups: dict[str, list[tuple[bool, bool, bool, bool]]] = {}
    for key, group, channel, state, way in rows:
        groups.setdefault(group, []).append(_counted(channel, state, way, was_there=key in came))
    return {group: _summed(found) for group, found in sorted(groups.items())}


def _opened(actor: Actor, since: date, until: date) -> QuerySet[Matter]:
    return visible_services(actor).filter(
        opened_at__gte=midnight(since), opened_at__lt=midnight(until + timedelta(days=1))
    )


def _counted(channel: str, state: str, way: str | None, *, was_there: bool) -> tuple[bool, bool, bool, bool]:
    """(is answered at all, accepted online, handled online, answered online) of one application."""
    accepted = channel == Channel.ONLINE
    is_ended = state in ("delivered", "refusal_delivered")
    handled = accepted and is_ended and not was_there and way != "counter"
    return is_ended, accepted, handled, is_ended and way == "electronic"


def _summed(found: Iterable[tuple[bool, bool, bool, bool]]) -> Online:
    rows = list(found)
    return Online(len(rows), *(sum(column) for column in zip(*rows, strict=True)))


def counted_online(
    actor: Actor, since: date, until: date, *, by: str, group: str, rate: str = ""
) -> list[Matter]:
    """The applications that a rate counts, or all of its group: what the number drills down to."""
    column = "township_code" if by == "township" else "kind"
    rows = list(_opened(actor, since, until).filter(**{column: group}).order_by("-id"))
    if rate not in RATES:
        return rows
    came = set(Visit.objects.filter(matter__in=rows).values_list("matter_id", flat=True))
    place = RATES.index(rate) + 1
    return [
        m for m in rows if _counted(m.channel, m.state, m.facts.get("way"), was_there=m.id in came)[place]
    ]
