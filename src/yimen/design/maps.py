"""Maps as the map script reads them."""

from typing import Any

from django.forms import BoundField

from yimen.design.shapes import MapSheet


def data(sheet: MapSheet) -> dict[str, Any]:
    """A map sheet as plain JSON values, labels in the reader's language."""
    return {
        "centre": [sheet.centre_lat, sheet.centre_lng],
        "zoom": sheet.zoom,
        "tiles": sheet.tiles_url,
        "attribution": sheet.attribution,
        "shapes": [
            {
                "geometry": dict(shape.geometry),
                "label": str(shape.label),
                "kind": shape.kind,
                "href": shape.href,
                "tone": shape.tone,
            }
            for shape in sheet.shapes
        ],
        "points": [
            {
                "lng": point.lng,
                "lat": point.lat,
                "label": str(point.label),
                "href": point.href,
                "tone": point.tone,
                "count": point.count,
            }
            for point in sheet.points
        ],
    }


def degrees(bound: BoundField | None) -> str:
    """The value of a hidden coordinate field, never localised."""
    content = bound.value() if bound is not None else None
    return "" if content is None else str(content)
