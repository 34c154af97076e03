"""The smallest parts, drawn without a template because a page holds hundreds of them: icons, lights, badges, cells."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

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
    drawn = [_cell(*pair, is_first=n == 0) for n, pair in enumerate(zip(columns, cells, strict=True))]
    return mark_safe(f"<tr>{''.join(drawn)}</tr>")  # noqa: S308 - every part is escaped


def _cell(column: Column, given: Drawable, *, is_first: bool) -> str:
    cell = given if isinstance(given, Cell) else Cell(given)
    is_empty = not cell.light and cell.text in (None, "", "—")
    tag, scope = ("th", ' scope="row"') if is_first else ("td", "")
    kind = f"cell-{column.kind}{' cell-empty' if is_empty else ''}"
    label, content = conditional_escape(str(column.label)), conditional_escape(_content(cell))
    return (
        f'<{tag}{scope} class="{kind}" data-label="{label}"><span class="cell-value">{content}</span></{tag}>'
    )


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
