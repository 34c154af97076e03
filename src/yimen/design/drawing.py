"""The smallest parts, drawn without a template because a page holds hundreds of them: icons, lights, badges, cells."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from yimen.design import wording
from yimen.design.shapes import Cell, Column, Light, Said, Tone

Drawable = Cell | Said | int | float | date | datetime | None


def icon(name: str, label: str = "") -> SafeString:
    """A Bootstrap icon, hidden from screen readers unless it carries a `label`."""
    if label:
        return format_html('<i class="bi bi-{}" role="img" aria-label="{}"></i>', name, label)
    return format_html('<i class="bi bi-{}" aria-hidden="true"></i>', name)


def traffic_light(light: Light, text: Said = "") -> SafeString:
    """Green, amber, red or grey, as shape, word and colour; `text` replaces the usual word."""
    return format_html(
        '<span class="light light-{}">{}<span>{}</span></span>',
        light or "grey", icon(wording.LIGHT_ICONS[light]), wording.shown(wording.light(light, text)),
    )  # fmt: skip


def state_badge(name: Said, tone: Tone = "blue") -> SafeString:
    """The state of a matter in public or staff words."""
    return format_html('<span class="state tone-{}">{}</span>', tone or "neutral", name)


def row(columns: Sequence[Column], cells: Sequence[Drawable]) -> SafeString:
    """One row of a table; the first column heads it. ValueError when the numbers differ."""
    pairs = list(zip(columns, cells, strict=True))
    first = format_html_join("", _HEAD, (_parts(*pair) for pair in pairs[:1]))
    return format_html(
        "<tr>{}{}</tr>", first, format_html_join("", _REST, (_parts(*pair) for pair in pairs[1:]))
    )


_HEAD = '<th scope="row" class="cell-{}{}" data-label="{}"><span class="cell-value">{}</span></th>'
_REST = '<td class="cell-{}{}" data-label="{}"><span class="cell-value">{}</span></td>'


def _parts(column: Column, given: Drawable) -> tuple[str, str, Said, SafeString]:
    cell = given if isinstance(given, Cell) else Cell(given)
    is_empty = not cell.light and cell.text in (None, "", "—")
    return column.kind, " cell-empty" if is_empty else "", column.label, _content(cell)


def _content(cell: Cell) -> SafeString:
    if cell.light:
        drawn = traffic_light(cell.light, cell.text if cell.text else "")  # type: ignore[arg-type]
    elif cell.tone:
        drawn = state_badge(cell.text, cell.tone)  # type: ignore[arg-type]
    elif cell.href:
        drawn = format_html('<a href="{}">{}</a>', cell.href, wording.shown(cell.text))
    else:
        drawn = wording.shown(cell.text)
    return format_html('{}<span class="cell-hint">{}</span>', drawn, cell.hint) if cell.hint else drawn
