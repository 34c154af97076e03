"""Questions about admissions, rounds and loads."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from django.db.models import Count, QuerySet

from yimen.domains.duties.loads import Load, load_of
from yimen.domains.duties.models import Opinion, RoundAnswer
from yimen.domains.duties.permissions import DutyPermission
from yimen.domains.duties.procedures import ADMISSION, ROUND
from yimen.domains.duties.staffing import staffing
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas, holds
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import visible_to
from yimen.kernel.org.models import Grid
from yimen.kernel.org.queries import grid_names

_METRES_A_DEGREE = 111_320.0
_AREA_DIGITS = (6, 9, 12, 15)


def visible_admissions(actor: Actor) -> QuerySet[Matter]:
    """The admissions the actor may see; every township that is asked sees them all, since each is about all grids."""
    if holds(actor, DutyPermission.OPINE) is None:
        return Matter.objects.filter(procedure=ADMISSION.code)
    return visible_to(actor, DutyPermission.READ, procedure=ADMISSION.code)


def visible_rounds(actor: Actor) -> QuerySet[Matter]:
    """The rounds the actor may see: of one's organ, and those that reach into an area one answers or reads for."""
    seen = visible_to(actor, DutyPermission.READ, procedure=ROUND.code)
    reached = {
        area[:n]
        for permission in (DutyPermission.READ, DutyPermission.ANSWER)
        for area, organ in areas(actor, permission)
        for n in _AREA_DIGITS
        if not organ and n <= len(area)
    }
    into = Matter.objects.filter(procedure=ROUND.code, facts__area__in=sorted(reached))
    return Matter.objects.filter(id__in=seen.values("id")) | Matter.objects.filter(id__in=into.values("id"))


def opinions_of(admission_id: UUID) -> list[Opinion]:
    """What townships said, by township."""
    return list(Opinion.objects.filter(admission_id=admission_id).order_by("township_code"))


def answers_of(round_id: UUID) -> dict[str, RoundAnswer]:
    """Grid code → its answer."""
    return {a.grid_code: a for a in RoundAnswer.objects.filter(round_id=round_id)}


def grids_of_round(matter: Matter, on: date) -> QuerySet[Grid]:
    """The grids that a round was pushed to, as they are on a day."""
    return Grid.objects.filter(code__startswith=matter.facts["area"], valid__contains=on).order_by("code")


def answer_counts(rounds: Iterable[Matter]) -> dict[UUID, int]:
    """Round → how many grids have answered; rounds that nobody answered are not there. One query."""
    given = RoundAnswer.objects.filter(round__in=list(rounds)).order_by()
    return dict(given.values_list("round_id").annotate(n=Count("id")))


@dataclass(frozen=True, slots=True)
class GridRound:
    """A running round as one grid sees it, with its answer when it has given one."""

    matter: Matter
    grid: Grid
    answer: RoundAnswer | None


def rounds_of(grids: Iterable[Grid]) -> list[GridRound]:
    """The running rounds of some grids, unanswered and nearest to their end first; two queries."""
    mine = list(grids)
    reached = sorted({g.code[:n] for g in mine for n in _AREA_DIGITS})
    running = list(
        Matter.objects.filter(procedure=ROUND.code, state="running", facts__area__in=reached).order_by(
            "due_at"
        )
    )
    given = {
        (a.round_id, a.grid_code): a
        for a in RoundAnswer.objects.filter(round__in=running, grid_code__in=[g.code for g in mine])
    }
    found = [
        GridRound(m, g, given.get((m.id, g.code)))
        for m in running
        for g in mine
        if g.code.startswith(m.facts["area"])
    ]
    return sorted(found, key=lambda r: r.answer is not None)


@dataclass(frozen=True, slots=True)
class GridLoad:
    """A grid with its load."""

    code: str
    name: str
    place_code: str
    load: Load


def square_kilometres(boundary: dict[str, Any], lat: float) -> float:
    """The area of a boundary in degrees, near enough for a load (a flat Earth at the grid's own latitude)."""
    shape = shapely.geometry.shape(boundary)
    return float(shape.area) * _METRES_A_DEGREE**2 * math.cos(math.radians(lat)) / 1e6


def loads_on(
    area: str, on: date, standards: Mapping[str, float], incidents: Mapping[str, int]
) -> list[GridLoad]:
    """Every grid of an area with its load, the heaviest against its staff first.

    `incidents` are the last twelve months' by grid code; `standards` are the county's (see `loads`).
    """
    found, staffed = [], list(staffing(area, on))
    names = grid_names(each.grid for each in staffed)
    for each in staffed:
        grid = each.grid
        amounts = {
            "households": float(grid.households),
            "area_km2": round(square_kilometres(grid.boundary, grid.lat), 2),
            "incidents": float(incidents.get(grid.code, 0)),
        }
        staff = each.full_time_equivalents(standards["part_time_share"])
        found.append(
            GridLoad(grid.code, names[grid.code], grid.place_code, load_of(amounts, staff, standards))
        )
    return sorted(found, key=lambda g: (g.load.staff - g.load.total, g.code))
