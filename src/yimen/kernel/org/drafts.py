"""Grids as they should be: read from GeoJSON, joined, cut, and written as GeoJSON again. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import shapely
from shapely import Polygon

from yimen.kernel.org.coordinates import to_wgs84
from yimen.kernel.org.tilings import Flaw, divided, in_order, merged, polygon, square_metres
from yimen.kernel.words import Refusal, unprintable

MOST_BYTES = 8 * 1024 * 1024
MOST_GRIDS = 5000
_DECIMALS = 7
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Proposal:
    """A grid as it should be: its code (empty for a new one), its name, its shape in WGS84 degrees and its village.

    `households` None leaves the number as it was.
    """

    code: str
    name: str
    shape: Polygon
    village_code: str
    households: int | None = None

    @property
    def called(self) -> str:
        """What to call it in a sentence."""
        return self.name or self.code or self.village_code


def read(
    content: bytes | str, crs: str = "wgs84", village_of: Callable[[Polygon], str] | None = None
) -> tuple[list[Proposal], list[Flaw]]:
    """The grids of a GeoJSON FeatureCollection, and what is wrong with those that are none.

    Properties: `code` (15 digits), `name`, `village` (12 digits) and `households`, all optional; a grid that names no
    village is given to what `village_of` says. UTF-8 or GB18030; `crs` names the system of the coordinates.
    Refuses what is no such file.
    """
    proposals: list[Proposal] = []
    wrong: list[Flaw] = []
    for number, feature in enumerate(_features(content), start=1):
        given = feature.get("properties") or {}
        called = _words(given, "name") or _words(given, "code") or f"第{number}个"
        shape = polygon(feature.get("geometry"), called)
        if isinstance(shape, Flaw):
            wrong.append(shape)
            continue
        shape = Polygon([_rounded(*to_wgs84(x, y, crs or "wgs84")) for x, y in shape.exterior.coords])
        code = _words(given, "code")
        village = _words(given, "village") or code[:12] or (village_of(shape) if village_of else "")
        proposals.append(Proposal(code, _words(given, "name"), shape, village, _count(given, number)))
    return proposals, wrong


def _features(content: bytes | str) -> list[Mapping[str, Any]]:
    if len(content) > MOST_BYTES:
        raise Refusal.of("grids.too_large", "文件超过 8 MB。", "The file is over 8 MB.", field="geojson")
    try:
        raw = orjson.loads(content if isinstance(content, str) else _text(content))
    except UnicodeDecodeError as error:
        raise Refusal.of(
            "grids.json",
            "不是 UTF-8 或 GB18030 的文字。",
            "This is no text in UTF-8 or GB18030.",
            field="geojson",
        ) from error
    except orjson.JSONDecodeError as error:
        raise Refusal.of(
            "grids.json",
            f"不是正确的 JSON：第 {error.lineno} 行第 {error.colno} 个字符处读不懂。",
            f"This is no JSON: it cannot be read at character {error.colno} of line {error.lineno}.",
            field="geojson",
        ) from error
    features = raw.get("features") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or raw.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise Refusal.of(
            "grids.geojson",
            "要一个 GeoJSON FeatureCollection。",
            "A GeoJSON FeatureCollection is wanted.",
            field="geojson",
        )
    if not features:
        raise Refusal.of("grids.nothing", "文件里没有网格。", "The file has no grids.", field="geojson")
    if len(features) > MOST_GRIDS:
        raise Refusal.of(
            "grids.too_many", f"一次最多 {MOST_GRIDS} 个网格。", f"At most {MOST_GRIDS} grids at a time.", field="geojson"
        )  # fmt: skip
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
            raise Refusal.of(
                "grids.feature", f"第 {number} 个要素读不懂。", f"Feature {number} cannot be read.", field="geojson"
            )  # fmt: skip
    return features


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _words(given: Mapping[str, Any], name: str) -> str:
    """A property as text; refuses what cannot be kept."""
    value = given.get(name)
    return _kept(name, str(value) if isinstance(value, str | int) else "")


def renamed(proposal: Proposal, name: str) -> Proposal:
    """The grid under another name; refuses one that cannot be kept."""
    return replace(proposal, name=_kept("name", name))


def _kept(name: str, value: str) -> str:
    text = value.strip()
    if len(text) > _LONGEST_NAME or unprintable(text, lines=False):
        raise Refusal.of(
            "grids.words", f"“{name}”太长，或含有不能保存的字符。",
            f"“{name}” is too long or has characters that cannot be kept.", field="geojson",
        )  # fmt: skip
    return text


def _count(given: Mapping[str, Any], number: int) -> int | None:
    value = given.get("households")
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 100_000:
        raise Refusal.of(
            "grids.households", f"第 {number} 个网格的户数不对。",
            f"The number of households of grid {number} is wrong.", field="geojson",
        )  # fmt: skip
    return value


def _rounded(lng: float, lat: float) -> tuple[float, float]:
    return round(lng, _DECIMALS), round(lat, _DECIMALS)


def as_geojson(proposals: Sequence[Proposal]) -> str:
    """The grids as a FeatureCollection that `read` takes back unchanged.

    A corner of one grid that lies on another's edge becomes a corner of both, so that dragging it moves both.
    """
    corners = shapely.MultiPoint([c for p in proposals for c in p.shape.exterior.coords])
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": p.code, "name": p.name, "village": p.village_code,
                **({} if p.households is None else {"households": p.households}),
            },
            "geometry": shapely.geometry.mapping(shapely.snap(p.shape, corners, 10.0**-_DECIMALS)),
        }
        for p in proposals
    ]  # fmt: skip
    return orjson.dumps({"type": "FeatureCollection", "features": features}).decode()


def joined(proposals: Sequence[Proposal], chosen: Sequence[int]) -> list[Proposal]:
    """The chosen grids as one; it keeps the code of the largest, and the households of all.

    Refuses fewer than two, grids of two villages, and such as do not hang together.
    """
    parts = sorted((proposals[n] for n in set(chosen)), key=lambda p: -square_metres(p.shape))
    if len(parts) < 2 or len({p.village_code for p in parts}) > 1:
        raise Refusal.of(
            "grids.join", "请选同一个村（社区）的两个以上网格。", "Choose two or more grids of one village.", field="chosen"
        )  # fmt: skip
    whole = merged([p.shape for p in parts])
    if whole is None:
        raise Refusal.of("grids.apart", "所选网格不相连。", "The grids chosen do not touch.", field="chosen")
    coded = next((p for p in parts if p.code), parts[0])
    known = [p.households for p in parts if p.households is not None]
    one = replace(coded, shape=whole, households=sum(known) if known else None)
    return [*(p for n, p in enumerate(proposals) if n not in set(chosen)), one]


def cut(proposals: Sequence[Proposal], chosen: int, line: Sequence[tuple[float, float]]) -> list[Proposal]:
    """One grid cut in pieces along a line; the largest piece keeps the code, the others are new.

    Refuses a line that does not cut through it.
    """
    whole = proposals[chosen]
    pieces = divided(whole.shape, line) if len(line) > 1 else []
    if len(pieces) < 2:
        raise Refusal.of(
            "grids.cut", f"这条线没有把“{whole.called}”分开，要从一边画到另一边。",
            f"The line does not cut through “{whole.called}”; draw it from side to side.", field="line",
        )  # fmt: skip
    largest = max(pieces, key=square_metres)
    made = [
        replace(whole, shape=piece) if piece is largest else Proposal("", "", piece, whole.village_code)
        for piece in sorted(pieces, key=in_order)
    ]
    return [*proposals[:chosen], *made, *proposals[chosen + 1 :]]
