"""Questions about incidents."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from django.db.models import Count, QuerySet

from yimen.domains.grid.permissions import GridPermission
from yimen.domains.grid.procedures import INCIDENT
from yimen.domains.grid.reference import Duty, in_force
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import decide, holds
from yimen.kernel.calendar.today import now
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import history, visible_to, waiting_for
from yimen.kernel.matters.search import terms
from yimen.kernel.procedure.registry import get
from yimen.kernel.words import Text

_NEAR = 300.0
_RECENT = timedelta(days=14)
_METRES_A_DEGREE = 111_320.0
_ALIKE = 0.3
_SAME_CLASS = 0.25
_ANSWERED = {"closed": ("finish", "result"), "not_accepted": ("refuse", "reason")}
"""State → where its answer to the reporter was written: the step, and its field."""


def visible_incidents(actor: Actor) -> QuerySet[Matter]:
    """The incidents the actor may see."""
    return visible_to(actor, GridPermission.READ, procedure=INCIDENT.code)


def my_work(actor: Actor, size: int) -> list[Matter]:
    """The incidents that wait for the actor, the most urgent first."""
    return waiting_for(actor, INCIDENT, size)


def is_grid_worker(actor: Actor) -> bool:
    """Whether what the actor reports comes from a grid: who checks results on site walks one."""
    return holds(actor, GridPermission.CHECK) is None


@dataclass(frozen=True, slots=True)
class Similar:
    """An open incident that may be the same: how far away in metres, and how alike from 0 to 1."""

    matter: Matter
    metres: int
    likeness: float


def similar_incidents(
    text: str, lng: float, lat: float, class_code: str = "", *, among: QuerySet[Matter] | None = None
) -> list[Similar]:
    """Open incidents near in place (300 m), time (14 days) and words or class; the likeliest first, at most three."""
    known = Matter.objects.filter(procedure=INCIDENT.code) if among is None else among
    reach_lat = _NEAR / _METRES_A_DEGREE
    reach_lng = reach_lat / max(math.cos(math.radians(lat)), 0.01)
    near = known.filter(
        closed_at__isnull=True, opened_at__gt=now() - _RECENT,
        lat__range=(lat - reach_lat, lat + reach_lat), lng__range=(lng - reach_lng, lng + reach_lng),
    ).order_by("-id")[:200]  # fmt: skip
    mine = set(terms(text))
    found = []
    for matter in near:
        metres = math.hypot((matter.lat or 0) - lat, ((matter.lng or 0) - lng) * math.cos(math.radians(lat)))
        theirs = set(terms(str(matter.facts.get("text", ""))))
        likeness = len(mine & theirs) / max(len(mine | theirs), 1)
        if class_code and class_code == matter.kind:
            likeness += _SAME_CLASS
        if metres * _METRES_A_DEGREE <= _NEAR and likeness >= _ALIKE:
            found.append(Similar(matter, round(metres * _METRES_A_DEGREE), min(likeness, 1.0)))
    return sorted(found, key=lambda s: (-s.likeness, s.metres))[:3]


def likely_duplicates(actor: Actor, matter: Matter) -> list[Similar]:
    """What may be the same as an incident, for an actor who could merge it now; nobody else is shown any."""
    could = (
        matter.state in INCIDENT.step("merge").sources and matter.lng is not None and matter.lat is not None
    )
    if not could or decide(actor, GridPermission.MERGE, area=matter.grid_code or matter.place_code):
        return []
    return similar_incidents(
        str(matter.facts.get("text", "")), matter.lng or 0, matter.lat or 0, matter.kind,
        among=visible_incidents(actor).exclude(id=matter.id),
    )  # fmt: skip


def public_stage(matter: Matter) -> Text:
    """The state in public words."""
    return get(matter.procedure, matter.version).state(matter.state).public


def public_answer(matter: Matter) -> str:
    """What the reporter is answered once it has ended: what was done at last, or why it is not taken up.

    Empty while it goes on, where only a photo shows what was done, and for what ended in another way.
    """
    answered = _ANSWERED.get(matter.state)
    if answered is None:
        return ""
    step, field = answered
    last = next((e for e in reversed(history(matter.id)) if e.act == step), None)
    return str(orjson.loads(last.payload).get("given", {}).get(field, "")) if last else ""


def joined_to(matter: Matter) -> Matter | None:
    """The incident that a duplicate goes on in, through whatever that one was merged into; none where it was not merged."""
    found, seen = matter, {matter.id}
    while found.state == "merged_duplicate" and found.related_id and found.related_id not in seen:
        seen.add(found.related_id)
        found = Matter.objects.get(id=found.related_id)
    return None if found is matter else found


def joined_in(matter: Matter) -> list[Matter]:
    """The duplicates that go on in an incident, those merged into a duplicate as well; the first first."""
    found: dict[UUID, Matter] = {}
    level = [matter.id]
    while level:
        merged = Matter.objects.filter(
            procedure=INCIDENT.code, related_id__in=level, state="merged_duplicate"
        ).exclude(id__in=(matter.id, *found))
        level = [m.id for m in merged]
        found |= {m.id: m for m in merged}
    return [found[each] for each in sorted(found)]


def class_name(code: str) -> Text:
    """A class's name, or that it is still to be settled."""
    found = in_force().classes.get(code)
    return found.name if found else Text("待定分类", "Class to be settled")


def suggested_duty(matter: Matter) -> Duty | None:
    """Which organ the duty table names for an incident."""
    return in_force().duty(matter.kind, matter.place_code)


def incidents_by_grid(since: datetime, until: datetime) -> dict[str, int]:
    """Grid code → incidents reported in a period, duplicates and what was not accepted left out; one query."""
    counted = (
        Matter.objects.filter(procedure=INCIDENT.code, opened_at__gte=since, opened_at__lt=until)
        .exclude(state__in=("merged_duplicate", "not_accepted"))
        .values("grid_code")
        .order_by("grid_code")
        .annotate(number=Count("id"))
    )
    return dict(counted.values_list("grid_code", "number"))
