"""Whether polygons tile a place: no gap, no overlap, nothing outside. Every flaw is named and can be shown on a map. Pure.

Degrees are WGS84 (CGCS2000). Areas are in square metres, reckoned flat around the polygon, which is exact enough for a village.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from yimen.kernel.words import Text

LEAST_SQUARE_METRES = 1.0
"""Smaller differences come from rounding coordinates to seven decimals, about a centimetre."""

ROUNDING_METRES = 0.05
"""Nor is a longer strip so narrow; where one lies between two grids, the nearer has it (`grids.locate`)."""

NARROW_METRES = 1.0
"""What is narrower on average was not meant: two lines that should be one."""

MOST_POINTS = 20_000
MOST_OVERLAPS = 500
"""So many overlaps are named at a time; a file in which everything lies on everything has millions."""
MOST_CROSSINGS = 20_000
"""Of two boundaries with each other; neighbours that were drawn apart cross some hundred times."""
_AT_ONCE = 50
_METRES_A_DEGREE = 111_320.0
_FEWEST = 4


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong: with which of the polygons (by position), where, and how large in square metres."""

    code: str
    sentence: Text
    of: tuple[int, ...] = ()
    where: BaseGeometry | None = None
    square_metres: float = 0.0


def square_metres(shape: BaseGeometry) -> float:
    """The area of a shape given in degrees."""
    if shape.is_empty:
        return 0.0
    return float(shape.area * _METRES_A_DEGREE**2 * abs(math.cos(math.radians(shape.centroid.y))))


def width(shape: BaseGeometry) -> float:
    """The mean width in metres of a shape: twice its area by its perimeter."""
    metres = shape.length * _METRES_A_DEGREE * math.sqrt(abs(math.cos(math.radians(shape.centroid.y))))
    return 2 * square_metres(shape) / metres if metres else 0.0


def polygon(raw: object, name: str = "") -> Polygon | Flaw:
    """A GeoJSON geometry as a polygon without a hole, or the flaw that it is none."""

    def flaw(code: str, zh: str, en: str) -> Flaw:
        said = f"“{name}”" if name else ""
        return Flaw(code, Text(f"{said}{zh}", f"{said} {en}".strip()))

    raw = _single(raw)
    if not isinstance(raw, Mapping) or raw.get("type") != "Polygon":
        kind = raw.get("type") if isinstance(raw, Mapping) else None
        if kind == "MultiPolygon":
            return flaw(
                "multipolygon",
                "由几块组成；一个网格要是连成一片的。",
                "has several parts; a grid is one piece.",
            )
        return flaw("not_a_polygon", "不是多边形（Polygon）。", "is no polygon.")
    rings = raw.get("coordinates")
    if not isinstance(rings, list) or not rings or not all(isinstance(r, list) for r in rings):
        return flaw("empty", "没有边界坐标。", "has no coordinates.")
    if sum(len(r) for r in rings) > MOST_POINTS:
        return flaw(
            "too_many_points", f"坐标点超过 {MOST_POINTS} 个。", f"has more than {MOST_POINTS} points."
        )
    points: list[tuple[float, float]] = []
    for point in rings[0]:
        pair = _pair(point)
        if pair is None:
            return flaw("not_a_number", "有不是数字的坐标。", "has coordinates that are no numbers.")
        points.append(pair)
    if len(points) < _FEWEST:
        return flaw("too_few_points", "边界不足三个点。", "has fewer than three corners.")
    if any(not -90 <= lat <= 90 and -90 <= lng <= 90 for lng, lat in points):
        return flaw("axis_order", "经度和纬度写反了。", "has longitude and latitude the wrong way round.")
    if any(not (-180 <= lng <= 180 and -90 <= lat <= 90) for lng, lat in points):
        return flaw("absurd", "有地球上没有的坐标。", "has coordinates that are not on Earth.")
    if points[0] != points[-1]:
        return flaw(
            "not_closed",
            "边界没有闭合（首尾两点要相同）。",
            "is not closed (first and last point must be the same).",
        )
    if _is_drawn_twice(points, rings):
        return flaw("duplicate_ring", "的边界画了两遍。", "has the same boundary drawn twice.")
    if len(rings) > 1:
        return flaw(
            "hole",
            "中间有洞；洞里要么归它，要么划成另一个网格。",
            "has a hole; what is inside belongs to it or is a grid of its own.",
        )
    found = Polygon(points)
    if not found.is_valid:
        # “Self-intersection[119.3944 28.2618]” and the like: the place is what helps.
        near = shapely.is_valid_reason(found).partition("[")[2].rstrip("]").replace(" ", ", ")
        return flaw("crosses_itself", f"边界自相交（在 {near} 附近）。", f"crosses itself (near {near}).")
    return found


def _single(raw: object) -> object:
    """A MultiPolygon of one part, as many programs write every polygon, as the Polygon that it is."""
    if isinstance(raw, Mapping) and raw.get("type") == "MultiPolygon":
        parts = raw.get("coordinates")
        if isinstance(parts, list) and len(parts) == 1:
            return {"type": "Polygon", "coordinates": parts[0]}
    return raw


def _is_drawn_twice(points: Sequence[tuple[float, float]], rings: Sequence[list[object]]) -> bool:
    """Whether a ring comes twice, from whatever corner and in whatever direction, or goes round twice."""
    around = points[:-1]
    half = len(around) // 2
    if half >= _FEWEST - 1 and around[:half] == around[half:]:
        return True
    corners = [frozenset(around), *(frozenset(_pair(p) for p in ring) for ring in rings[1:])]
    return len(set(corners)) < len(corners)


def _pair(point: object) -> tuple[float, float] | None:
    if not isinstance(point, list) or len(point) < 2:
        return None
    lng, lat = point[0], point[1]
    numbers = all(
        isinstance(x, int | float) and not isinstance(x, bool) and math.isfinite(x) for x in (lng, lat)
    )
    return (float(lng), float(lat)) if numbers else None


def flaws(
    shapes: Sequence[Polygon],
    outline: BaseGeometry | None = None,
    neighbours: Sequence[BaseGeometry] = (),
    names: Sequence[str] = (),
) -> list[Flaw]:
    """Everything that keeps the shapes from tiling the outline; without one, from lying beside each other.

    `neighbours` are the grids of other places, which must not be touched inside.
    """
    called = [names[n] if n < len(names) else f"第{n + 1}个" for n in range(len(shapes))]
    if swapped := _swapped(shapes, outline, called):
        return swapped
    found = [
        Flaw(
            "sliver",
            Text(f"“{called[n]}”窄得不像一个网格（平均宽不到 {NARROW_METRES:g} 米）。", f"“{called[n]}” is too narrow to be a grid."),
            (n,), shape, square_metres(shape),
        )
        for n, shape in enumerate(shapes)
        if width(shape) < NARROW_METRES
    ]  # fmt: skip
    found += _overlaps(shapes, called)
    if any(flaw.code == "tangled" for flaw in found):
        return found
    for n, shape in enumerate(shapes):
        for other in neighbours:
            found += _parts(
                "outside",
                shape.intersection(other),
                f"“{called[n]}”占了邻村的网格",
                f"“{called[n]}” takes from a neighbouring village’s grid",
                (n,),
            )
    if outline is not None and shapes:
        covered = shapely.union_all(list(shapes))
        found += _parts(
            "gap", outline.difference(covered), "有没划到的地方", "Part of the place is in no grid"
        )
        found += _parts(
            "outside", covered.difference(outline), "划到村（社区）外面了", "It reaches outside the village"
        )
    return found


def _swapped(shapes: Sequence[Polygon], outline: BaseGeometry | None, called: Sequence[str]) -> list[Flaw]:
    """Shapes that lie in the outline once their coordinates are turned round."""
    if outline is None:
        return []
    return [
        Flaw("axis_order", Text(f"“{called[n]}”的经度和纬度写反了。", f"“{called[n]}” has longitude and latitude the wrong way round."), (n,))
        for n, shape in enumerate(shapes)
        if not shape.intersects(outline) and shapely.transform(shape, lambda xy: xy[:, ::-1]).intersects(outline)
    ]  # fmt: skip


def _overlaps(shapes: Sequence[Polygon], called: Sequence[str]) -> list[Flaw]:
    found: list[Flaw] = []
    for first, second in _touching(shapes):
        if len(found) >= MOST_OVERLAPS:
            more = Text("还有更多重叠，请先改正以上这些。", "There are more overlaps: put these right first.")
            return [*found, Flaw("overlap", more, (first,), shapes[first], 0.0)]
        both = (first, second)
        one, other = shapes[first], shapes[second]
        if one.normalize().equals_exact(other.normalize(), 1e-9):
            said = Text(
                f"“{called[first]}”和“{called[second]}”是同一块。",
                f"“{called[first]}” and “{called[second]}” are the same.",
            )
            found.append(Flaw("duplicate", said, both, one, square_metres(one)))
            continue
        if _are_tangled(one, other):
            said = Text(
                f"“{called[first]}”和“{called[second]}”的边界来回交叉太多次。",
                f"The boundaries of “{called[first]}” and “{called[second]}” cross each other far too often.",
            )
            found.append(Flaw("tangled", said, both, one, square_metres(one)))
            continue
        found += _parts(
            "overlap", one.intersection(other), f"“{called[first]}”和“{called[second]}”重叠",
            f"“{called[first]}” and “{called[second]}” overlap", both,
        )  # fmt: skip
    return found


def _touching(shapes: Sequence[Polygon]) -> Iterator[tuple[int, int]]:
    """The pairs of shapes that have a point in common, in order; found one by one, since there may be millions."""
    tree = shapely.STRtree(list(shapes))
    for first, shape in enumerate(shapes):
        for second in sorted(tree.query(shape, predicate="intersects")):
            if second > first:
                yield first, int(second)


def _are_tangled(one: Polygon, other: Polygon) -> bool:
    """Whether two boundaries cross so often that what they have in common would fill the memory: two combs do."""
    sides, others = _sides(one), _sides(other)
    if len(sides) * len(others) < MOST_CROSSINGS:
        return False
    tree, crossings = shapely.STRtree(others), 0
    for at in range(0, len(sides), _AT_ONCE):
        crossings += tree.query(sides[at : at + _AT_ONCE], predicate="crosses").shape[1]
        if crossings > MOST_CROSSINGS:
            return True
    return False


def _sides(shape: Polygon) -> list[LineString]:
    corners = shape.exterior.coords
    return [LineString(pair) for pair in pairwise(corners)]


def _parts(code: str, shape: BaseGeometry, zh: str, en: str, of: tuple[int, ...] = ()) -> list[Flaw]:
    """One flaw for each part that is large enough to matter; a narrow one is a sliver. Of very many, the largest."""
    found = []
    parts = list(shapely.get_parts(shape))
    if len(parts) > MOST_OVERLAPS:
        parts = sorted(parts, key=shapely.area, reverse=True)[:MOST_OVERLAPS]
    for part in parts:
        area = square_metres(part)
        if area < LEAST_SQUARE_METRES or width(part) < ROUNDING_METRES:
            continue
        is_sliver = width(part) < NARROW_METRES
        tail_zh, tail_en = ("，是一条细缝" if is_sliver else ""), (", a sliver" if is_sliver else "")
        said = Text(f"{zh}{tail_zh}，{area:,.0f} 平方米。", f"{en}{tail_en}, {area:,.0f} m².")
        found.append(Flaw("sliver" if is_sliver else code, said, of, part, area))
    return found


def merged(shapes: Sequence[Polygon]) -> Polygon | None:
    """Several shapes as one piece, None when they do not hang together."""
    whole = shapely.union_all(list(shapes))
    return Polygon(whole.exterior) if isinstance(whole, Polygon) else None


def divided(shape: Polygon, line: Sequence[tuple[float, float]]) -> list[Polygon]:
    """The pieces into which a line cuts a shape, the westernmost first; the shape alone when it does not cut through."""
    pieces = [p for p in split(shape, shapely.LineString(line)).geoms if isinstance(p, Polygon)]
    return sorted(pieces, key=in_order)


def filled(shape: BaseGeometry) -> BaseGeometry:
    """A shape without its holes: the outline of what surrounds them."""
    return shapely.union_all(
        [Polygon(p.exterior) for p in shapely.get_parts(shape) if isinstance(p, Polygon)]
    )


def in_order(shape: BaseGeometry) -> tuple[float, float]:
    """Grids are numbered from west to east, then from north to south (单元网格编码)."""
    centre = shape.centroid
    return round(centre.x, 5), -round(centre.y, 5)
