"""Questions about matters. Everything starts from `visible_to`: you cannot hold what you may not see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas
from yimen.kernel.calendar.today import now
from yimen.kernel.counties.calendars import county_calendar
from yimen.kernel.ids import first_uuid7, read_public_code
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.limits import local_lengths
from yimen.kernel.matters.models import Clock, Light, Matter, light_in_sql
from yimen.kernel.matters.moving import guard_facts
from yimen.kernel.matters.offers import Offer, is_turn_of, offers
from yimen.kernel.matters.running import after_step
from yimen.kernel.matters.search import terms, words
from yimen.kernel.org.hours import office_hours
from yimen.kernel.procedure import registry
from yimen.kernel.procedure.language import SAME, GuardFacts, LimitSpec, Procedure, Relation, Step, Who

PAGE = 25
COUNTY_DIGITS = 6
_UNSHOWN = ("terms", "folded", "private")
"""Columns for finding and sealing, which no list shows."""


def visible_to(actor: Actor, read: str, *, procedure: str) -> QuerySet[Matter]:
    """The matters of a procedure that the actor may see.

    Those in the area of a grant holding the permission `read`, those that the actor's organ holds, has held or
    was asked to join in, those named to the actor, and those the actor opened.
    """
    matters = Matter.objects.filter(procedure=procedure)
    seen = Q(pk__in=[])
    for area, organ in areas(actor, read):
        inside = _inside(area)
        if not organ and inside is None:
            return matters
        held = Q(organs__contains=[organ]) if organ else Q()
        seen |= held & inside if inside is not None else held
    if actor.person_id:
        seen |= Q(person_id=actor.person_id)
    if actor.account_id:
        seen |= Q(opened_by=actor.account_id)
    return matters.filter(seen)


def _inside(area: str) -> Q | None:
    """The matters under an area prefix; None for the whole county, which needs no condition."""
    match len(area):
        case n if n <= COUNTY_DIGITS:
            return None
        case 9:
            return Q(township_code=area)
        case 12:
            return Q(place_code=area)
        case 15:
            return Q(grid_code=area)
    return Q(place_code__startswith=area)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty means everything. `within` is west, south, east, north in degrees.

    `acted` is the code of an act that must have happened since `acted_from`.
    """

    states: Sequence[str] = ()
    kinds: Sequence[str] = ()
    township: str = ""
    grid: str = ""
    organ: str = ""
    channel: str = ""
    light: str = ""
    text: str = ""
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    closed_from: datetime | None = None
    acted: str = ""
    acted_from: datetime | None = None
    within: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page by key: pass `next_key` as `before` to go on."""

    matters: list[Matter]
    next_key: UUID | None = None


def narrowed(matters: QuerySet[Matter], filters: Filters, at: datetime) -> QuerySet[Matter]:
    """The matters that fit the filters."""
    if filters.states:
        matters = matters.filter(state__in=filters.states)
    if filters.kinds:
        matters = matters.filter(kind__in=filters.kinds)
    for column, value in (
        ("township_code", filters.township), ("grid_code", filters.grid), ("organ_code", filters.organ),
        ("channel", filters.channel),
    ):  # fmt: skip
        if value:
            matters = matters.filter(**{column: value})
    match filters.light:
        case "open":
            matters = matters.filter(closed_at__isnull=True)
        case "red":
            matters = matters.filter(closed_at__isnull=True, due_at__lt=at)
        case "amber":
            matters = matters.filter(closed_at__isnull=True, due_at__gte=at, amber_at__lt=at)
        case "green":
            matters = matters.filter(closed_at__isnull=True, amber_at__gte=at)
    if filters.closed_from:
        matters = matters.filter(closed_at__gte=filters.closed_from)
    if filters.acted and filters.acted_from:
        acts = Entry.objects.filter(at__gte=filters.acted_from, act=filters.acted)
        matters = matters.filter(id__in=acts.order_by().values("stream"))
    if filters.opened_from:
        matters = matters.filter(id__gte=first_uuid7(filters.opened_from))
    if filters.opened_to:
        matters = matters.filter(id__lt=first_uuid7(filters.opened_to))
    if filters.within:
        west, south, east, north = filters.within
        matters = matters.filter(lng__range=(west, east), lat__range=(south, north))
    if filters.text:
        matters = matters.filter(matching(filters.text))
    return matters


class Placed(NamedTuple):
    """Where a matter is (degrees WGS84), with its light."""

    id: UUID
    lng: float
    lat: float
    light: Light


def placed(matters: QuerySet[Matter], at: datetime, most: int) -> list[Placed]:
    """The first `most` of the matters that have a point, in their order; read from the index of open matters alone."""
    pointed = matters.filter(lng__isnull=False, lat__isnull=False)
    return [Placed(*row) for row in pointed.values_list("id", "lng", "lat", light_in_sql(at))[:most]]


def matching(text: str) -> Q:
    """Matters whose words contain every run of the query; hits are verified against the folded text itself."""
    found = Q()
    for word in words(text):
        found &= Q(terms__contains=terms(word)) & Q(folded__contains=word)
    exact = Q(number=text.strip().upper())
    return found | exact if found else exact


def page(matters: QuerySet[Matter], before: UUID | None = None, size: int = PAGE) -> Page:
    """The newest matters first, `size` of them, older than the key `before`."""
    if before:
        matters = matters.filter(id__lt=before)
    rows = list(matters.order_by("-id").defer(*_UNSHOWN)[: size + 1])
    return Page(rows[:size], rows[size - 1].id if len(rows) > size else None)


def due_first(matters: QuerySet[Matter], size: int = PAGE) -> list[Matter]:
    """Open matters, the most urgent first."""
    return list(matters.filter(closed_at__isnull=True).order_by("due_at", "id").defer(*_UNSHOWN)[:size])


def waiting_for(actor: Actor, procedure: Procedure, size: int = PAGE) -> list[Matter]:
    """The actor's work, the most urgent first: open matters with a running clock that the actor may stop, whose turn it is.

    Each desk is read along its own index and cut before the desks are laid together; of what lies on them that waits for
    somebody else is left out, and as much more is read as is missing.
    """
    most = size
    while True:
        found = _on_desks(actor, procedure, most)
        mine = _whose_turn_is(actor, found)
        if len(mine) >= size or len(found) < most:
            return mine[:size]
        most *= 4


def _on_desks(actor: Actor, procedure: Procedure, most: int) -> list[Matter]:
    opened = Matter.objects.filter(procedure=procedure.code, closed_at__isnull=True)
    desks = [
        opened.filter(mine, *_running(clocks), state=state).order_by("due_at", "id").values("id")[:most]
        for (mine, clocks), states in _desks(actor, procedure)
        for state in states
    ]
    if not desks:
        return []
    ids = desks[0].union(*desks[1:], all=True)
    return list(Matter.objects.filter(id__in=ids).order_by("due_at", "id").defer(*_UNSHOWN)[:most])


def _whose_turn_is(actor: Actor, matters: Sequence[Matter]) -> list[Matter]:
    """Those of the matters in which some step that is waited for is this actor's to take."""
    clocks: dict[UUID, list[Clock]] = {m.id: [] for m in matters}
    for clock in Clock.objects.filter(matter_id__in=clocks, stopped_at__isnull=True):
        clocks[clock.matter_id].append(clock)
    at = now()
    return [m for m in matters if _is_turn(actor, m, clocks[m.id], at)]


def _is_turn(actor: Actor, matter: Matter, running: Sequence[Clock], at: datetime) -> bool:
    procedure = procedure_of(matter)
    nothing: dict[str, Any] = {}
    return any(
        is_turn_of(actor, procedure, step, matter, guard_facts(matter, running, step, nothing, {}, at))
        for step in procedure.answers()
        if step.is_work or step.to != SAME or any(c.limit_code in step.stops for c in running)
    )


def _desks(actor: Actor, procedure: Procedure) -> list[tuple[tuple[Q, tuple[str, ...]], list[str]]]:
    """Where the actor's work lies: matters of a place, of the organ or of the post, with one of which clocks running (none
    named: whatever runs), and in which states. A step that leaves its matter where it is, such as assigning inspectors, is work
    only where the clock that it stops runs."""
    found: dict[tuple[Q, tuple[str, ...]], set[str]] = {}
    for step in procedure.answers():
        clocks = step.stops if step.to == SAME and not step.is_work else ()
        for who in step.who:
            for desk in _desk(actor, who) if who.is_waited_for else ():
                found.setdefault((desk, clocks), set()).update(step.sources)
    return [(desk, sorted(states)) for desk, states in found.items()]


def _running(clocks: Sequence[str]) -> list[Exists]:
    """That one of these clocks runs on the matter; nothing for no clocks."""
    running = Clock.objects.filter(matter_id=OuterRef("id"), limit_code__in=clocks, stopped_at__isnull=True)
    return [Exists(running)] if clocks else []


def _desk(actor: Actor, who: Who) -> list[Q]:
    """The matters to which the actor stands as `who` asks, and for which the permission is held."""
    if who.relation is Relation.OPENER:
        return [Q(opened_by=actor.account_id)] if actor.account_id else []
    held = areas(actor, who.permission)
    if who.relation is Relation.AREA:
        return [_inside(area) or Q() for area, organ in held if not organ]
    if who.relation is Relation.PUBLIC or not actor.organ:
        return []
    mine = Q(organs__contains=[actor.organ]) if who.relation is Relation.JOINED else Q(organ_code=actor.organ)
    if who.relation is Relation.HOLDER:
        mine &= Q(post_code__in=sorted({"", actor.post}))
        mine &= Q(person_id__isnull=True) | Q(person_id=actor.person_id)
    return [mine & (_inside(area) or Q()) for area, organ in held if organ in ("", actor.organ)]


def by_tracking_code(typed: str) -> Matter | None:
    """The matter of a public tracking code as a person typed it, or None."""
    return Matter.objects.filter(tracking_code=read_public_code(typed)).first()


def history(matter_id: UUID) -> list[Entry]:
    """The matter's ledger entries, first to last."""
    return list(Entry.objects.filter(stream=matter_id).order_by("seq"))


def clocks_of(matter_id: UUID) -> list[Clock]:
    """The matter's clocks, running and stopped, in the order they started."""
    return list(Clock.objects.filter(matter_id=matter_id).order_by("started_at", "id"))


def procedure_of(matter: Matter) -> Procedure:
    """The procedure in the version the matter was opened under."""
    return registry.get(matter.procedure, matter.version)


def begun_by(matter: Matter, step: Step, at: datetime) -> list[tuple[LimitSpec, datetime]]:
    """The limits that a step would start on a matter at an instant, each with its end; those left out whose length only the
    act itself says."""
    procedure = procedure_of(matter)
    known = [x.code for x in map(procedure.limit, step.starts) if x.number or x.number_from in matter.facts]
    begun = after_step(
        procedure=procedure, step=replace(step, starts=tuple(known)), running=(), facts=matter.facts, extension=None, is_end=False,
        at=at, calendar=county_calendar(), hours=office_hours(matter.organ_code), local=local_lengths(),
    )  # fmt: skip
    return [(procedure.limit(str(row["limit_code"])), row["due_at"]) for row in begun.started]  # type: ignore[misc]


def allowed_steps(actor: Actor, matter: Matter, clocks: Sequence[Clock] | None = None) -> list[Offer]:
    """The steps the actor may take now; a blocked one carries what blocks it."""
    running = [c for c in (clocks if clocks is not None else clocks_of(matter.id)) if c.stopped_at is None]

    def facts_for(step: Step, at: datetime) -> GuardFacts:
        given: dict[str, Any] = {}
        return guard_facts(matter, running, step, given, {}, at)

    return offers(actor, procedure_of(matter), matter, facts_for, now())


def heads() -> Any:
    """(stream, seq, hash) of every matter as its own row has it, for `verify` to find a cut tail."""
    return Matter.objects.values_list("id", "revision", "head").iterator(chunk_size=5000)
