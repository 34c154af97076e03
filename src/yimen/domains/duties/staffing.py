"""Who serves each grid on a day, and what is missing: grids without somebody, vacant posts, terms that end, absences.

Five queries, however many grids there are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from yimen.domains.duties.models import PartyUnit
from yimen.kernel.org.models import Absence, Appointment, Grid, Organ, Person, Post, Substitution
from yimen.kernel.org.post_kinds import (
    ANSWERING,
    GRID_KINDS,
    GRID_LEADER,
    PARTY_POSTS,
    WORKERS,
    post_kind_name,
)
from yimen.kernel.words import Text

ENDS_WITHIN = timedelta(days=30)
GAP_KINDS: Mapping[str, Text] = {
    "no_worker": Text("没有网格员", "No grid worker"),
    "no_leader": Text("没有网格长", "No grid leader"),
    "no_party_unit": Text("没有建党支部或党小组", "No party branch or group"),
    "vacant": Text("岗位空缺", "Vacant post"),
    "ending": Text("30 天内到期", "Term ends within 30 days"),
    "absent": Text("离岗无人顶岗", "Away without a stand-in"),
}


@dataclass(frozen=True, slots=True)
class Seat:
    """A post of a grid on a day: who holds it, who is away, who stands in."""

    post: Post
    appointment: Appointment | None = None
    substitution: Substitution | None = None
    absence: Absence | None = None

    @property
    def present(self) -> Person | None:
        """Who answers on the day: the stand-in, else the holder unless away."""
        if self.substitution:
            return self.substitution.substitute
        return self.appointment.person if self.appointment and self.absence is None else None

    @property
    def is_uncovered(self) -> bool:
        """Whether the holder is away and nobody stands in."""
        return self.absence is not None and self.substitution is None


@dataclass(frozen=True, slots=True)
class GridStaff:
    """A grid with its seats (its own and those of its whole village) and its party unit."""

    grid: Grid
    seats: tuple[Seat, ...]
    party_unit: PartyUnit | None
    shares: Mapping[UUID, int]

    def held(self, *kinds: str) -> list[Seat]:
        """The seats of some kinds that somebody holds on the day."""
        return [s for s in self.seats if s.post.kind in kinds and s.appointment]

    def full_time_equivalents(self, part_time_share: float) -> float:
        """The workers of the grid in full-time workers; who serves several grids is divided among them."""
        return sum(
            (1.0 if s.post.kind == WORKERS[0] else part_time_share) / self.shares[s.appointment.person_id]
            for s in self.held(*WORKERS)
            if s.appointment
        )


def staffing(area: str, on: date) -> list[GridStaff]:
    """The grids of an area (code prefix) with who serves them on a day, by code."""
    grids = list(Grid.objects.filter(code__startswith=area, valid__contains=on).order_by("code"))
    seats = _seats(area, on)
    by_grid: defaultdict[str, list[Seat]] = defaultdict(list)
    for seat in seats:
        by_grid[seat.post.grid_code or seat.post.organ.place_code].append(seat)
    units = {u.grid_code: u for u in PartyUnit.objects.filter(grid_code__startswith=area, valid__contains=on)}
    shares = Counter(s.appointment.person_id for s in seats if s.appointment and s.post.kind in WORKERS)
    order = {kind: n for n, kind in enumerate(GRID_KINDS)}

    def of(grid: Grid) -> tuple[Seat, ...]:
        found = by_grid[grid.place_code] + by_grid[grid.code]
        return tuple(sorted(found, key=lambda s: (order.get(s.post.kind, 99), s.post.code)))

    return [GridStaff(g, of(g), units.get(g.code), shares) for g in grids]


def _seats(area: str, on: date) -> list[Seat]:
    """The grid posts of an area on a day, each with its holder, stand-in and absence."""
    mine = Q(grid_code__startswith=area) | Q(grid_code="", organ__place_code__startswith=area[:12])
    posts = list(
        Post.objects.filter(mine, kind__in=GRID_KINDS, valid__contains=on)
        .select_related("organ")
        .order_by("code")
    )
    held = Appointment.objects.filter(post__in=[p.code for p in posts], valid__contains=on).select_related(
        "person"
    )
    by_post: defaultdict[str, list[Appointment]] = defaultdict(list)
    for appointment in held.order_by("id"):
        by_post[appointment.post_id].append(appointment)
    people = {a.person_id for each in by_post.values() for a in each}
    standing = {
        s.appointment_id: s
        for s in Substitution.objects.filter(
            appointment__in=[a.id for each in by_post.values() for a in each], valid__contains=on
        ).select_related("substitute")
    }
    away = {x.person_id: x for x in Absence.objects.filter(person__in=people, valid__contains=on)}
    return [
        Seat(p, a, standing.get(a.id) if a else None, away.get(a.person_id) if a else None)
        for p in posts
        for a in (by_post[p.code] or (None,))
    ]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something missing: what, in which grid (the first, for a village's post), of which post and person, by when."""

    kind: str
    grid: Grid
    post: Post | None = None
    person: Person | None = None
    day: date | None = None

    @property
    def township_code(self) -> str:
        """The first 9 digits."""
        return self.grid.code[:9]

    @property
    def post_words(self) -> Text:
        """The post's kind in words, or a dash."""
        return post_kind_name(self.post.kind) if self.post else Text("—", "—")


def gaps_in(staffed: Iterable[GridStaff], on: date) -> list[Gap]:
    """Everything missing on a day, in the order of the grids; a village's post is named once."""
    named: set[tuple[str, UUID | None]] = set()
    found: list[Gap] = []
    for each in staffed:
        found += _of_grid(each)
        for seat in each.seats:
            key = (seat.post.code, seat.appointment.id if seat.appointment else None)
            if key not in named:
                named.add(key)
                found += _of_seat(each.grid, seat, on)
    return found


def _of_grid(each: GridStaff) -> Iterator[Gap]:
    if not each.held(*WORKERS):
        yield Gap("no_worker", each.grid)
    if not each.held(GRID_LEADER):
        yield Gap("no_leader", each.grid)
    if each.party_unit is None:
        yield Gap("no_party_unit", each.grid)


def _of_seat(grid: Grid, seat: Seat, on: date) -> Iterator[Gap]:
    held = seat.appointment
    if held is None:
        yield Gap("vacant", grid, seat.post)
        return
    ends = held.valid.upper
    if ends is not None and ends <= on + ENDS_WITHIN:
        yield Gap("ending", grid, seat.post, held.person, ends)
    if seat.is_uncovered and seat.absence:
        yield Gap("absent", grid, seat.post, held.person, seat.absence.valid.upper)


@dataclass(frozen=True, slots=True)
class Board:
    """What the notice board of a grid shows: who answers, who stands in for whom, at which numbers, and who supervises."""

    grid: Grid
    seats: tuple[Seat, ...]
    party: tuple[Seat, ...]
    party_unit: PartyUnit | None
    supervisor: Organ | None


def board_of(grid_code: str, on: date) -> Board | None:
    """The notice board of a grid on a day; None when there is no such grid. Only posts, never private numbers."""
    found = next((s for s in staffing(grid_code, on) if s.grid.code == grid_code), None)
    if found is None:
        return None
    return Board(
        found.grid,
        tuple(s for s in found.seats if s.post.kind in (*ANSWERING, "grid_guide") and s.appointment),
        tuple(s for s in found.seats if s.post.kind in PARTY_POSTS and s.appointment),
        found.party_unit,
        Organ.objects.filter(
            kind__in=("township", "subdistrict"), place_code=f"{grid_code[:9]}000", valid__contains=on
        ).first(),
    )
