"""Coordinates at the edge: inside everything is WGS84 (CGCS2000 differs by centimetres).

Chinese map providers shift their coordinates: GCJ-02 (高德, 腾讯) and on top of it BD-09 (百度). A sender that says which
it uses is converted; half a metre is lost on the way.
"""

from fast_geocn.coord import bd09_to_gcj02, wgs84_to_gcj02

from yimen.kernel.words import Refusal, Text

_MOST_STEPS = 5
_CLOSE = 1e-6
"""Degrees: a step shorter than this is followed by one of less than a millimetre."""
SYSTEMS = ("wgs84", "cgcs2000", "gcj02", "bd09")


def system_choices() -> list[tuple[str, str]]:
    """The systems to choose from, with their names in the reader's language."""
    return [
        ("wgs84", "WGS84 / CGCS2000"),
        ("gcj02", str(Text("GCJ-02（高德、腾讯）", "GCJ-02 (Amap, Tencent)"))),
        ("bd09", str(Text("BD-09（百度）", "BD-09 (Baidu)"))),
    ]


def to_wgs84(lng: float, lat: float, system: str = "wgs84") -> tuple[float, float]:
    """Degrees in the named system as WGS84; refuses an unknown system and what is not on Earth."""
    known = system.strip().lower().replace("-", "") or "wgs84"
    if known not in SYSTEMS:
        names = "、".join(SYSTEMS)
        raise Refusal.of(
            "place.system", f"坐标系只收 {names}。", f"The systems are {', '.join(SYSTEMS)}.", field="crs"
        )
    refuse_off_earth(lng, lat)
    if known == "bd09":
        lng, lat = bd09_to_gcj02(lng, lat)
    return (lng, lat) if known in ("wgs84", "cgcs2000") else _unshifted(lng, lat)


def refuse_off_earth(lng: float, lat: float) -> None:
    """Refuse degrees that are not on Earth, and say so where the two were taken for each other, as they often are."""
    if -180 <= lng <= 180 and -90 <= lat <= 90:
        return
    if -90 <= lng <= 90 and -180 <= lat <= 180:
        raise Refusal.of(
            "place.absurd",
            "经度和纬度写反了。",
            "Longitude and latitude are the wrong way round.",
            field="point",
        )
    raise Refusal.of("place.absurd", "经纬度不对。", "These are no coordinates on Earth.", field="point")


def _unshifted(lng: float, lat: float) -> tuple[float, float]:
    """The point that GCJ-02 shifts to this one: sought from here until it stands within a millimetre."""
    found_lng, found_lat = lng, lat
    for _ in range(_MOST_STEPS):
        shifted_lng, shifted_lat = wgs84_to_gcj02(found_lng, found_lat)
        off_lng, off_lat = lng - shifted_lng, lat - shifted_lat
        found_lng, found_lat = found_lng + off_lng, found_lat + off_lat
        if abs(off_lng) + abs(off_lat) < _CLOSE:
            break
    return found_lng, found_lat
