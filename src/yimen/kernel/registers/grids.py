"""Redrawing grids from a day on, and saying into which grid an old system's grid went.

What is proposed for villages must tile what their grids cover, or nothing changes. A department may not draw grids of
its own (滨州市网格化服务管理条例 第六条): who may, holds `grids.manage` for the place.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import shapely
from django.db.models import QuerySet
from psycopg.types.range import DateRange
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from yimen.kernel.access.actors import Actor
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act, one_at_a_time
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.ids import uuid7
from yimen.kernel.org import grids as kept_grids
from yimen.kernel.org.drafts import Proposal
from yimen.kernel.org.models import Grid, LegacyGrid
from yimen.kernel.org.tilings import Flaw, filled, flaws, in_order
from yimen.kernel.registers.acts import named, note, period, permit, stream_of, until
from yimen.kernel.words import Finding, Refusal, Text

LAW = "滨州市网格化服务管理条例 第六条"
_MOST_GRIDS = 999
_CODE = re.compile(r"\d{15}")


@dataclass(frozen=True, slots=True)
class Redrawn:
    """What a redrawing changed: codes of grids that began (anew or in another shape), ended and stayed."""

    began: tuple[str, ...]
    ended: tuple[str, ...]
    stayed: tuple[str, ...]


def standing() -> QuerySet[Grid]:
    """The latest version of each grid that has not been ended. (A version called off has an empty period.)"""
    return Grid.objects.filter(valid__isempty=False, valid__endswith=None)


def proposals_of(village_code: str, on: date) -> list[Proposal]:
    """The grids of a village as they stand on a day, to be changed."""
    rows = Grid.objects.filter(place_code=village_code, valid__contains=on).order_by("code")
    return [Proposal(g.code, g.name, _shape(g), g.place_code, g.households) for g in rows]


def mark_of(villages: Iterable[str]) -> str:
    """A mark of the latest drawing of villages: another one once any of them has been drawn anew."""
    rows = standing().filter(place_code__in=set(villages)).order_by("id").values_list("id", flat=True)
    return hashlib.sha256("".join(str(id) for id in rows).encode()).hexdigest()[:16]


def village_at(on: date) -> Callable[[Polygon], str]:
    """A function that says in which village a shape mostly lies on a day; an empty string when in none."""
    grids = kept_grids.index(on)
    shapes = grids.tree.geometries

    def village_of(shape: Polygon) -> str:
        share: dict[str, float] = defaultdict(float)
        for n in grids.tree.query(shape, predicate="intersects"):
            share[grids.refs[int(n)].place_code] += shape.intersection(shapes[n]).area
        return max(share, key=lambda code: share[code], default="")

    return village_of


def check(proposals: Sequence[Proposal], on: date) -> list[Flaw]:
    """What keeps the proposed grids from being the grids of their villages from a day on; all of it.

    The villages named are redrawn whole: the proposals must tile what their grids cover. Villages without grids have
    no outline yet; theirs must hang together without a hole and not reach into another village's grids.
    """
    villages = {p.village_code for p in proposals}
    rows = list(Grid.objects.filter(place_code__in=villages, valid__contains=on))
    shapes = [p.shape for p in proposals]
    drawn = {r.place_code for r in rows}
    beside: list[BaseGeometry] = []
    if drawn == villages:
        outline = shapely.union_all([_shape(r) for r in rows])
    else:
        outline = filled(shapely.union_all([*shapes, *(_shape(r) for r in rows)]))
        beside = _of_others(villages, on)
    return [*_wrong_codes(proposals), *flaws(shapes, outline, beside, [p.called for p in proposals])]


def _shape(grid: Grid) -> Polygon:
    return Polygon(grid.boundary["coordinates"][0])


def _of_others(villages: Iterable[str], on: date) -> list[BaseGeometry]:
    rows = Grid.objects.filter(valid__contains=on).exclude(place_code__in=villages)
    return [shapely.geometry.shape(b) for b in rows.values_list("boundary", flat=True)]


def _wrong_codes(proposals: Sequence[Proposal]) -> list[Flaw]:
    """Villages there are not; codes that are not the village's, come twice, or belonged to a grid that has ended."""
    villages = _villages({p.village_code for p in proposals})
    given = Counter(p.code for p in proposals if p.code)
    known = Grid.objects.filter(code__in=given, valid__isempty=False).values_list("code", flat=True)
    ended = set(known) - set(standing().filter(code__in=given).values_list("code", flat=True))
    found: dict[Text, list[int]] = defaultdict(list)
    for n, proposal in enumerate(proposals):
        said = _wrong_code(proposal, villages, given[proposal.code], ended)
        if said is not None:
            found[said].append(n)
    return [Flaw("code", said, tuple(of), proposals[of[0]].shape) for said, of in found.items()]


def _villages(codes: Iterable[str]) -> set[str]:
    rows = Division.objects.filter(code__in=codes, code__startswith=current_county().code, level="village")
    return set(rows.values_list("code", flat=True))


def _wrong_code(proposal: Proposal, villages: set[str], times: int, ended: set[str]) -> Text | None:
    code, village = proposal.code, proposal.village_code
    if village not in villages:
        return Text(
            f"“{proposal.called}”：本县没有 {village or '它所在的'} 这个村（社区）。",
            f"“{proposal.called}”: the county has no village {village}.".replace(" .", "."),
        )
    if not code:
        return None
    if not _CODE.fullmatch(code) or not code.startswith(village):
        return Text(
            f"编码 {code} 不是这个村（社区）的 15 位网格编码。", f"The code {code} is no 15-digit code of its village."
        )  # fmt: skip
    if times > 1:
        return Text(f"编码 {code} 用了两次。", f"The code {code} is used twice.")
    if code in ended:
        return Text(
            f"编码 {code} 属于已撤销的网格，不能再用。", f"The code {code} belonged to a grid that has ended."
        )  # fmt: skip
    return None


def redraw(
    actor: Actor, *, proposals: Sequence[Proposal], source: str, since: date, over: str | None = None
) -> Redrawn:
    """Redraw the villages of the proposals from a day on: all of it, or nothing when there is a flaw.

    What does not change stays as it is. It takes effect today or later; a village's first grids may begin earlier.
    `over` is the mark of what the drawing was begun from (`mark_of`): what was drawn since then is not undone unseen.
    """
    villages = sorted({p.village_code for p in proposals})
    for village in villages or [""]:
        permit(actor, KernelPermission.GRIDS_MANAGE, village or current_county().code)
    why, at = named(source, "source", 120), now()
    period(since, None)
    with one_act():
        one_at_a_time("grids")
        if over is not None and over != mark_of(villages):
            raise Refusal.of(
                "grids.redrawn", "您打开页面以后，这里的网格已由他人调整，请重新打开再画。",
                "These grids were drawn anew by somebody since you opened the page. Open it again and draw from there.",
            )  # fmt: skip
        rows = {g.code: g for g in standing().filter(place_code__in=villages).order_by("code")}
        _refuse_late(rows.values(), since)
        if found := check(proposals, since):
            raise Refusal(*(Finding(f"grids.{f.code}", f.sentence, LAW, "geojson") for f in found))
        outcomes = [
            (village, *_redrawn(village, [p for p in proposals if p.village_code == village], rows, since))
            for village in villages
        ]
        for village, outcome, drawn in outcomes:
            note(
                actor, stream_of("grids", village), "redraw_grids", at, LAW, since=str(since), source=why,
                drawn={p.code: {"name": p.name, "boundary": shapely.geometry.mapping(p.shape)} for p in drawn},
                ended=list(outcome.ended), stayed=list(outcome.stayed),
            )  # fmt: skip
    kept_grids.index_of.forget()
    return Redrawn(
        *(tuple(c for _, o, _ in outcomes for c in getattr(o, name)) for name in ("began", "ended", "stayed"))
    )


def _refuse_late(rows: Iterable[Grid], since: date) -> None:
    """Grids change today or later, and after the latest change that is set."""
    latest = max((g.valid.lower for g in rows), default=None)
    if latest is None:
        return
    if latest >= since:
        raise Refusal.of(
            "register.version", f"{latest} 起已有一次划分，新的要晚于它。",
            f"The grids were drawn from {latest}; the new drawing must begin later.", field="since",
        )  # fmt: skip
    if since < today():
        raise Refusal.of(
            "grids.past", "已有的网格只能从今天或以后起调整。",
            "Grids that exist change from today or a later day on.", field="since",
        )  # fmt: skip


def _redrawn(
    village: str, proposals: Sequence[Proposal], every: Mapping[str, Grid], since: date
) -> tuple[Redrawn, list[Proposal]]:
    """Write one village's grids; says what changed."""
    rows = {code: g for code, g in every.items() if g.place_code == village}
    numbered = _numbered(village, proposals)
    stayed = [p.code for p in numbered if p.code in rows and _same(p, rows[p.code])]
    changed = [p for p in numbered if p.code not in stayed]
    ending = [code for code in rows if code not in stayed]
    Grid.objects.filter(id__in=[rows[c].id for c in ending]).update(valid=until(since))
    made = [_row(p, rows.get(p.code), since) for p in changed]
    Grid.objects.bulk_create(made)
    began = tuple(p.code for p in changed)
    outcome = Redrawn(began, tuple(c for c in ending if c not in began), tuple(stayed))
    return outcome, changed


def _numbered(village: str, proposals: Sequence[Proposal]) -> list[Proposal]:
    """The proposals, each with a code: new ones take the next numbers, from west to east and north to south."""
    used = set(Grid.objects.filter(place_code=village).values_list("code", flat=True)) | {
        p.code for p in proposals
    }
    free = (f"{village}{n:03d}" for n in range(1, _MOST_GRIDS + 1))
    fresh = (code for code in free if code not in used)
    unnumbered = sorted(
        (n for n, p in enumerate(proposals) if not p.code), key=lambda n: in_order(proposals[n].shape)
    )
    codes = dict(zip(unnumbered, fresh, strict=False))
    if len(codes) < len(unnumbered):
        raise Refusal.of(
            "grids.full",
            "这个村（社区）的网格编码用完了。",
            "The village has no codes left.",
            field="geojson",
        )
    return [replace(p, code=codes.get(n, p.code)) for n, p in enumerate(proposals)]


def _same(proposal: Proposal, row: Grid) -> bool:
    return (
        proposal.name in ("", row.name)
        and proposal.households in (None, row.households)
        and bool(shapely.equals(proposal.shape, _shape(row)))
    )


def _row(proposal: Proposal, before: Grid | None, since: date) -> Grid:
    inside = proposal.shape.representative_point()
    households = before.households if before and proposal.households is None else proposal.households
    return Grid(
        id=uuid7(now()), code=proposal.code, place_code=proposal.village_code,
        name=proposal.name or (before.name if before else f"第{int(proposal.code[-3:])}网格"),
        boundary=shapely.geometry.mapping(proposal.shape), lng=inside.x, lat=inside.y,
        households=households or 0, is_synthetic=bool(before and before.is_synthetic),
        valid=DateRange(since, None),
    )  # fmt: skip


def call_off(actor: Actor, *, since: date, reason: str) -> list[str]:
    """Take back the redrawing that was to begin on a day to come; the grids stay as they are. Returns the villages.

    All villages redrawn for that day go back together, since they were drawn side by side. The ledger keeps both.
    """
    why, at = named(reason, "reason", 120), now()
    with one_act():
        one_at_a_time("grids")
        coming = Grid.objects.filter(valid__startswith=since)
        villages = sorted({g.place_code for g in coming}) if since > today() else []
        if not villages:
            raise Refusal.of(
                "grids.none_coming", "那天没有还未生效的调整。", "No redrawing is to begin on that day."
            )
        for village in villages:
            permit(actor, KernelPermission.GRIDS_MANAGE, village)
        coming.update(valid=DateRange(empty=True))
        Grid.objects.filter(place_code__in=villages, valid__endswith=since).update(valid=until(None))
        for village in villages:
            note(actor, stream_of("grids", village), "call_off_grids", at, LAW, since=str(since), reason=why)
    kept_grids.index_of.forget()
    return villages


@dataclass(frozen=True, slots=True)
class OldGrid:
    """A grid of an old system, and the grid it goes into (empty when that is still to be decided)."""

    system: str
    code: str
    name: str
    grid_code: str


def add_legacy_grids(
    actor: Actor, grids: Iterable[OldGrid], source: str, told: Callable[[int], None] | None = None
) -> int:
    """Enter old grids, all or none; returns how many. Refuses an old code that is known already."""
    permit(actor, KernelPermission.GRIDS_MANAGE, current_county().code)
    at = now()
    made = [
        LegacyGrid(
            id=uuid7(at), system=g.system, code=g.code, name=g.name, grid_code=g.grid_code, source=source
        )
        for g in grids
    ]
    with one_act():
        LegacyGrid.objects.bulk_create(made, batch_size=1000)
        for system in sorted({g.system for g in made}):
            mine = [[g.code, g.name, g.grid_code] for g in made if g.system == system]
            note(actor, stream_of("legacy", system), "add_legacy_grids", at, LAW, source=source, grids=mine)
    if told:
        told(len(made))
    return len(made)


def map_legacy_grid(actor: Actor, *, legacy_id: UUID, grid_code: str, reason: str) -> None:
    """Say into which grid an old one goes. Refuses a grid there is not."""
    permit(actor, KernelPermission.GRIDS_MANAGE, current_county().code)
    why = named(reason, "reason", 120)
    with one_act():
        row = LegacyGrid.objects.select_for_update().get(id=legacy_id)
        if not standing().filter(code=grid_code).exists():
            raise Refusal.of("legacy.grid", "没有这个网格。", "There is no such grid.", field="grid_code")
        LegacyGrid.objects.filter(id=row.id).update(grid_code=grid_code)
        note(
            actor, stream_of("legacy", row.system), "map_legacy_grid", now(), LAW, code=row.code,
            was=row.grid_code, grid=grid_code, reason=why,
        )  # fmt: skip
