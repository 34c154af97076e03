"""Which grid a point lies in: a tree of the county's grids held in memory, microseconds a point.

Every point of the county belongs to exactly one grid. A point on a shared edge belongs to the grid with the
lowest code, so that the answer never depends on the order of a list; one in the strip of centimetres that rounded
coordinates leave between two grids belongs to the nearer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import shapely

from yimen.kernel.calendar.today import today
from yimen.kernel.counties.memory import held
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.org.coordinates import refuse_off_earth
from yimen.kernel.org.models import Grid
from yimen.kernel.words import Finding, Refusal, Text

_STRIP = 1e-6
"""Degrees (some 10 cm): wider than any strip that the check of a drawing lets pass (`tilings.ROUNDING_METRES`)."""
_COARSE = 0.0003
"""Degrees (some 30 m) that an outline on a map of the whole county may be off."""

OUTSIDE = Finding(
    "place.outside",
    Text(
        "这个位置不在本县范围内，请向当地反映或拨打 12345。",
        "This place is outside the county; please report it there or call 12345.",
    ),
    "关于推进基层整合审批服务执法力量的实施意见 三",
    "point",
)

UNDRAWN = Finding(
    "place.undrawn",
    Text(
        "这里还没有划分网格，请用文字写明在哪个镇、哪个村。",
        "No grid has been drawn here yet; please say in words in which town and village it is.",
    ),
    OUTSIDE.law,
    "point",
)


@dataclass(frozen=True, slots=True)
class GridRef:
    """A grid as a matter needs it."""

    code: str
    name: str
    place_code: str


class GridIndex:
    """The grids in force, ready to be asked."""

    def __init__(self, grids: list[tuple[GridRef, shapely.Geometry]]) -> None:
        ordered = sorted(grids, key=lambda pair: pair[0].code)
        self.refs = [ref for ref, _ in ordered]
        self.tree = shapely.STRtree([shape for _, shape in ordered])
        self._townships: dict[str, shapely.Geometry] | None = None

    def townships(self) -> dict[str, shapely.Geometry]:
        """The outline of each township (nine digits), its grids joined; worked out once an index."""
        if self._townships is None:
            shapes: dict[str, list[shapely.Geometry]] = {}
            for ref, shape in zip(self.refs, self.tree.geometries, strict=True):
                shapes.setdefault(ref.place_code[:9], []).append(shape)
            self._townships = {
                code: shapely.simplify(shapely.union_all(parts), _COARSE) for code, parts in shapes.items()
            }
        return self._townships

    def locate(self, lng: float, lat: float) -> GridRef | None:
        """The grid of a point (WGS84 degrees), None outside all of them."""
        point = shapely.points(lng, lat)
        hits = self.tree.query(point, predicate="intersects")
        if not len(hits) and len(self.refs):
            hits = self.tree.query_nearest(point, max_distance=_STRIP)
        return self.refs[min(hits.tolist())] if len(hits) else None

    def locate_many(self, points: Sequence[tuple[float, float]]) -> list[GridRef | None]:
        """The grid of each point, as `locate` says it, a tenth of the work for a thousand together."""
        lowest: dict[int, int] = {}
        asked, hits = self.tree.query(shapely.points(points), predicate="intersects") if points else ((), ())
        for point, grid in zip(map(int, asked), map(int, hits), strict=True):
            lowest[point] = min(grid, lowest.get(point, grid))
        return [
            self.refs[lowest[n]] if n in lowest else self.locate(*point) for n, point in enumerate(points)
        ]


_MOST_DAYS = 8


def index(on: date | None = None) -> GridIndex:
    """The index of the grids of a day (today)."""
    return index_of(on or today())


@held(most=_MOST_DAYS)
def index_of(on: date) -> GridIndex:
    """The index of the grids of a day."""
    rows = Grid.objects.filter(valid__contains=on).values_list("code", "name", "place_code", "boundary")
    return GridIndex([(GridRef(c, n, p), _shape(b)) for c, n, p, b in rows])


def _shape(boundary: dict[str, object]) -> shapely.Geometry:
    shape = shapely.geometry.shape(boundary)
    shapely.prepare(shape)
    return shape


def locate(lng: float, lat: float, on: date | None = None) -> GridRef:
    """The grid of a point on a day (today); refuses a point that is not on Earth, not in the county, or in no grid yet."""
    refuse_off_earth(lng, lat)
    found = index(on).locate(lng, lat)
    if found is None:
        raise Refusal(UNDRAWN if _is_undrawn(lng, lat) else OUTSIDE)
    return found


def _is_undrawn(lng: float, lat: float) -> bool:
    """Whether a point without a grid may well lie in the county: some village has none, and no outline excludes the point."""
    county = current_county()
    drawn = Grid.objects.filter(valid__contains=today()).values("place_code")
    villages = Division.objects.filter(level="village", code__startswith=county.code)
    if not villages.exclude(code__in=drawn).exists():
        return False
    return not county.boundary or shapely.geometry.shape(county.boundary).covers(shapely.Point(lng, lat))


def locate_many(points: Sequence[tuple[float, float]], on: date | None = None) -> list[GridRef | None]:
    """The grid of each point on a day (today), None outside the county (`OUTSIDE`)."""
    return index(on).locate_many(points)
