"""The smallest parts, drawn without a template because a page holds hundreds of them: icons, lights, badges, cells, links."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils.safestring import SafeString, mark_safe

from yimen.design import wording
from yimen.design.shapes import Cell, Column, Light, MapPoint, NavItem, Said, Tone
from yimen.design.wording import escaped

Drawable = Cell | Said | int | float | date | datetime | None


def icon(name: str, label: str = "") -> SafeString:
    """A Bootstrap icon, hidden from screen readers unless it carries a `label`."""
    said = f'role="img" aria-label="{escaped(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(f'<i class="bi bi-{escaped(name)}" {said}></i>')  # noqa: S308 - every part is escaped


def traffic_light(light: Light, text: Said = "") -> SafeString:
    """Green, amber, red or grey, as shape, word and colour; `text` replaces the usual word."""
    mark, word = icon(wording.LIGHT_ICONS[light]), wording.shown(wording.light(light, text))
    return mark_safe(f'<span class="light light-{light or "grey"}">{mark}<span>{word}</span></span>')  # noqa: S308 - every part is escaped


def state_badge(name: Said, tone: Tone = "blue") -> SafeString:
    """The state of a matter in public or staff words."""
    return mark_safe(f'<span class="state tone-{tone or "neutral"}">{escaped(name)}</span>')  # noqa: S308 - every part is escaped


def nav_items(items: Iterable[NavItem], *, with_icons: bool) -> SafeString:
    """Places one can go, each a line of a list."""
    return mark_safe("".join(_nav_item(item, with_icons) for item in items))  # noqa: S308 - every part is escaped


def _nav_item(item: NavItem, with_icons: bool) -> str:
    here = ' aria-current="page"' if item.is_current else ""
    mark = icon(item.icon) if item.icon and with_icons else ""
    count = f'<span class="nav-count">{item.count}</span>' if item.count else ""
    return (
        f'<li><a href="{escaped(item.href)}"{here}>{mark}<span>{escaped(item.label)}</span>{count}</a></li>'
    )


def places(points: Iterable[MapPoint]) -> SafeString:
    """The points of a map as lines of a list."""
    return mark_safe("".join(f"<li>{_place(point)}</li>" for point in points))  # noqa: S308 - every part is escaped


def _place(point: MapPoint) -> str:
    label = escaped(point.label)
    return f'<a href="{escaped(point.href)}">{label}</a>' if point.href else label


def rows(columns: Sequence[Column], lines: Iterable[Sequence[Drawable]]) -> list[SafeString]:
    """The rows of a table; the first column heads each. ValueError when a row has more or fewer cells than there are columns."""
    frames = [_frame(column, is_first=n == 0) for n, column in enumerate(columns)]
    return [
        mark_safe(f"<tr>{''.join(_cell(*pair) for pair in zip(frames, cells, strict=True))}</tr>")  # noqa: S308 - every part is escaped
        for cells in lines
    ]


def _frame(column: Column, *, is_first: bool) -> tuple[str, str, str]:
    """What stands before, between and after a cell's mark and its content."""
    tag, scope = ("th", ' scope="row"') if is_first else ("td", "")
    label = escaped(column.label)
    return (
        f'<{tag}{scope} class="cell-{column.kind}',
        f'" data-label="{label}"><span class="cell-value">',
        f"</span></{tag}>",
    )


def _cell(frame: tuple[str, str, str], given: Drawable) -> str:
    cell = given if isinstance(given, Cell) else Cell(given)
    before, between, after = frame
    mark = " cell-empty" if not cell.light and cell.text in (None, "", "—") else ""
    return f"{before}{mark}{between}{_content(cell)}{after}"


def _content(cell: Cell) -> str:
    if cell.light:
        drawn: str = traffic_light(cell.light, cell.text if cell.text else "")  # type: ignore[arg-type]
    elif cell.tone:
        drawn = state_badge(cell.text, cell.tone)  # type: ignore[arg-type]
    else:
        drawn = wording.shown(cell.text)
        if cell.href:
            drawn = f'<a href="{escaped(cell.href)}"{" autofocus" if cell.is_first else ""}>{drawn}</a>'
    return f'{drawn}<span class="cell-hint">{escaped(cell.hint)}</span>' if cell.hint else drawn
