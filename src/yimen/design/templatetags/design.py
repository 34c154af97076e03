"""The components as template tags, for page makers: `{% load design %}`.

Each tag draws `components/<name>/<name>.html`, the smallest parts `yimen.design.drawing`; the folder's readme says what the part is for. Tags take
typed keyword arguments with defaults, so a page never leans on a variable that may not exist. The shapes
they accept are in `yimen.design.shapes`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yimen.design import drawing, fields, maps, wording
from yimen.design.page import Page, page_for
from yimen.design.shapes import (
    Chrome,
    Column,
    Crumb,
    Fact,
    Figure,
    Happening,
    Light,
    MapSheet,
    NavGroup,
    NavItem,
    Photo,
    Said,
    Tab,
    Tone,
)
from yimen.kernel.org.models import Grid
from yimen.kernel.org.queries import grid_name
from yimen.kernel.words import Finding, Refusal

register = template.Library()
_ONE_THING = "一件事"

Values = dict[str, Any]


def _request(context: Context) -> HttpRequest | None:
    """The request the page answers, if there is one."""
    request = context.get("request")
    return request if isinstance(request, HttpRequest) else None


def _page(context: Context) -> Page:
    """The reader's settings and surroundings for this context: what the base has gathered, or gathered now."""
    gathered = context.get("page")
    if isinstance(gathered, Page):
        return gathered
    chrome = context.get("chrome")
    return page_for(_request(context), chrome if isinstance(chrome, Chrome) else None)


def _posting(context: Context, values: Values) -> Values:
    """The values of a part that holds its own form: with the request's token, if there is one."""
    return values | {"can_post": _request(context) is not None}


# --- the page and its surroundings -------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def page_state(context: Context) -> Page:
    """`{% page_state as page %}`: what the bases know of the reader (`yimen.design.page.Page`)."""
    return _page(context)


@register.inclusion_tag("components/navigation/navigation.html", takes_context=True)
def navigation(
    context: Context, items: Sequence[NavGroup | NavItem], label: Said = "", shape: str = "top"
) -> Values:
    """The places one can go; `shape` is "top" (portal), "side" (console) or "tabs" (phone's bottom bar)."""
    request = _request(context)
    groups = wording.nav_groups(items, request.path if request else "")
    return {
        "groups": [
            (group.label, drawing.nav_items(group.items, with_icons=shape != "top")) for group in groups
        ],
        "label": label,
        "shape": shape,
    }


@register.inclusion_tag("components/breadcrumb/breadcrumb.html")
def breadcrumb(crumbs: Sequence[Crumb]) -> Values:
    """The way back; the last crumb is this page."""
    return {"crumbs": crumbs}


@register.inclusion_tag("components/language_switch/language_switch.html", takes_context=True)
def language_switch(context: Context) -> Values:
    """A button to the other language, which comes back to this page."""
    return _posting(context, {"page": _page(context)})


@register.inclusion_tag("components/theme_switch/theme_switch.html", takes_context=True)
def theme_switch(context: Context) -> Values:
    """A button between light and dark."""
    return _posting(context, {"page": _page(context)})


@register.inclusion_tag("components/elder_switch/elder_switch.html", takes_context=True)
def elder_switch(context: Context) -> Values:
    """Elder mode on and off, and larger or smaller letters while it is on."""
    return _posting(context, {"page": _page(context)})


@register.inclusion_tag("components/person_menu/person_menu.html", takes_context=True)
def person_menu(context: Context) -> Values:
    """Who is signed in, the posts to act in, the account and the way out; draws from `chrome`."""
    return _posting(context, {"page": _page(context)})


@register.inclusion_tag("components/messages/messages.html", takes_context=True)
def messages(context: Context) -> Values:
    """Django's one-time messages as notices."""
    waiting = context.get("messages") or ()
    return {"notices": [(str(message), wording.message_kind(message.level_tag)) for message in waiting]}


# --- words and small marks ---------------------------------------------------------------------------


register.simple_tag(drawing.icon)
register.simple_tag(drawing.traffic_light)
register.simple_tag(drawing.state_badge)


@register.simple_tag
def moment(at: datetime | None) -> SafeString:
    """An instant in local time as `2026-11-23 09:30`; a dash when there is none."""
    return wording.instant(at) if at else SafeString("—")


@register.simple_tag
def day(on: date | None) -> SafeString:
    """A day as `2026-11-23`; a dash when there is none."""
    return wording.calendar_day(on) if on else SafeString("—")


@register.simple_tag
def value(content: object) -> SafeString:
    """Any value the house way: instants and days as above, numbers grouped, empty as a dash."""
    return wording.shown(content)


@register.simple_tag
def short_hash(digest: str) -> SafeString:
    """The first twelve characters of a ledger hash, with the whole of it as its title."""
    return format_html('<code class="hash" title="{}">{}</code>', digest, digest[:12])


@register.inclusion_tag("components/clock/clock.html")
def clock(
    left: int | None = None,
    unit: str = "working_days",
    due_at: datetime | None = None,
    label: Said = "",
    light: Light = "",
    is_provisional: bool = False,
    safe_at: datetime | None = None,
    is_paused: bool = False,
    stopped_at: datetime | None = None,
    used: int | None = None,
) -> Values:
    """What remains of a limit: "还剩 3 个工作日".

    `left` counts `unit` (hours, working_hours, working_days, calendar_days, months), negative when overdue;
    `used` is the share used in percent, drawn as a bar; `safe_at` is shown while the date is provisional.
    """
    shown = light or wording.light_for(left, is_paused or stopped_at is not None)
    return {
        "label": label,
        "light": shown,
        "icon": wording.LIGHT_ICONS[shown],
        "text": wording.remaining(left, unit, is_paused=is_paused, is_stopped=stopped_at is not None),
        "due_at": due_at,
        "is_provisional": is_provisional,
        "safe_at": safe_at,
        "used": used,
    }


# --- forms -------------------------------------------------------------------------------------------


@register.inclusion_tag("components/button/button.html")
def button(
    text: Said,
    href: str = "",
    kind: str = "primary",
    icon: str = "",
    type: str = "submit",
    name: str = "",
    value: str = "",
    size: str = "",
    is_wide: bool = False,
    form: str = "",
) -> Values:
    """A button, or a link that looks like one when it has an `href`.

    `kind`: primary, secondary, quiet, danger. `size`: "", small, large (60 px). `form` names a form by id.
    """
    return {
        "text": text,
        "href": href,
        "style": wording.BUTTON_STYLES[kind],
        "icon": icon,
        "type": type,
        "name": name,
        "value": value,
        "size": size,
        "is_wide": is_wide,
        "form": form,
    }


@register.inclusion_tag("components/error_summary/error_summary.html")
def error_summary(
    form: BaseForm | None = None, findings: Sequence[Finding] = (), pages: Mapping[str, str] | None = None
) -> Values:
    """What is wrong with a form, each line leading to its field or to the page that asks it; nothing when nothing is wrong."""
    return {"errors": fields.summary(form, findings, pages or {})}


@register.inclusion_tag("components/field/field.html")
def field(bound: BoundField, hint: Said = "", label: Said = "", size: str = "") -> Values:
    """One field of a Django form: label, hint before the box, error, box. `size`: "", short, medium."""
    return {"field": fields.drawn(bound, hint=hint, label=label, size=size)}


@register.inclusion_tag("components/fields/fields.html")
def form_fields(form: BaseForm, only: str = "", skip: str = "") -> Values:
    """The fields of a form in their order; `only` and `skip` are names separated by spaces.

    Hidden ones come along unless `only` picks fields, so that a form drawn in parts has each of them once.
    """
    return {
        "hidden": [] if only else fields.hidden(form, skip.split()),
        "rows": fields.rows(form, only.split(), skip.split()),
    }


@register.inclusion_tag("components/form/form.html", takes_context=True)
def form(
    context: Context,
    form: BaseForm,
    submit: Said = "",
    action: str = "",
    method: str = "post",
    id: str = "",
    draft: str = "",
    cancel_url: str = "",
    kind: str = "primary",
    size: str = "",
) -> Values:
    """A whole form: error summary, fields, submit button. `draft` names the draft kept in the browser."""
    return _posting(
        context,
        {
            "form": form,
            "hidden": fields.hidden(form),
            "rows": fields.rows(form),
            "submit": submit,
            "action": action,
            "method": method,
            "id": id,
            "draft": draft,
            "cancel_url": cancel_url,
            "kind": kind,
            "size": size,
        },
    )


@register.inclusion_tag("components/confirm/confirm.html", takes_context=True)
def confirm(
    context: Context,
    label: Said,
    question: Said,
    action: str,
    submit: Said = "",
    consequences: Sequence[Said] = (),
    form: BaseForm | None = None,
    kind: str = "danger",
    icon: str = "",
    name: str = "",
    value: str = "",
) -> Values:
    """A button that first asks: what will happen, then the real button. Works without scripts."""
    return _posting(
        context,
        {
            "label": label,
            "question": question,
            "action": action,
            "submit": submit or label,
            "consequences": consequences,
            "form": form,
            "rows": fields.rows(form) if form else (),
            "hidden": fields.hidden(form) if form else (),
            "kind": kind,
            "style": wording.BUTTON_STYLES[kind],
            "icon": icon,
            "name": name,
            "value": value,
        },
    )


@register.inclusion_tag("components/act/act.html", takes_context=True)
def act(
    context: Context,
    label: Said,
    action: str,
    form: BaseForm | None = None,
    blocked: Sequence[Finding] = (),
    text: Said = "",
    law: Said = "",
    kind: str = "primary",
    is_open: bool = False,
    name: str = "",
    value: str = "",
    draft: str = "",
    preview: str = "",
) -> Values:
    """Something one can do with a matter now: its form, or the reason and article why not yet.

    What was just refused as it was filled in comes back with what was typed, beneath the reason.
    """
    refused = blocked if form is not None and form.is_bound else ()
    return _posting(
        context,
        {
            "label": label,
            "action": action,
            "form": form,
            "rows": fields.rows(form) if form else (),
            "hidden": fields.hidden(form) if form else (),
            "blocked": () if refused else blocked,
            "refused": refused,
            "text": text,
            "law": law,
            "kind": kind,
            "style": wording.BUTTON_STYLES[kind],
            "is_open": is_open or bool(form and form.is_bound and form.errors),
            "name": name,
            "value": value,
            "draft": draft,
            "preview": preview,
        },
    )


@register.inclusion_tag("components/search_box/search_box.html")
def search_box(
    action: str,
    label: Said = "",
    placeholder: Said = "",
    name: str = "q",
    value: str = "",
    size: str = "",
    suggestions: Sequence[Crumb] = (),
    id: str = "search",
    is_focused: bool = False,
) -> Values:
    """One box and one button (GET). `size` "large" for the portal's question; `suggestions` are links. `is_focused` where
    typing there is what the page is for."""
    return {
        "action": action,
        "label": label,
        "placeholder": placeholder,
        "name": name,
        "value": value,
        "size": size,
        "suggestions": suggestions,
        "id": id,
        "is_focused": is_focused,
    }


# --- content -----------------------------------------------------------------------------------------


@register.inclusion_tag("components/notice/notice.html")
def notice(text: Said, title: Said = "", kind: str = "info", href: str = "", link: Said = "") -> Values:
    """A sentence to notice: info, success, warning or danger; a `danger` one is announced at once."""
    return {
        "text": text,
        "title": title,
        "kind": kind,
        "icon": wording.NOTICE_ICONS[kind],
        "href": href,
        "link": link,
    }


@register.inclusion_tag("components/refusal/refusal.html")
def refusal(
    refused: Refusal | Finding | Iterable[Finding], next: Said = "", href: str = "", link: Said = ""
) -> Values:
    """Why something was refused: the sentence, the article, and what to do instead."""
    return {"findings": wording.findings(refused), "next": next, "href": href, "link": link}


@register.inclusion_tag("components/empty_state/empty_state.html")
def empty_state(title: Said, text: Said = "", icon: str = "inbox", href: str = "", link: Said = "") -> Values:
    """There is nothing here, why that is fine, and what one could do."""
    return {"title": title, "text": text, "icon": icon, "href": href, "link": link}


@register.inclusion_tag("components/facts/facts.html")
def facts(rows: Sequence[Fact], columns: int = 1) -> Values:
    """Labels and values; `columns` 2 or 3 on wide screens."""
    return {"rows": rows, "columns": columns}


@register.inclusion_tag("components/timeline/timeline.html")
def timeline(happenings: Sequence[Happening]) -> Values:
    """What happened, as given (usually the newest first): who, when, what, under which article."""
    return {"happenings": happenings}


@register.inclusion_tag("components/stepper/stepper.html")
def stepper(steps: Sequence[Said], current: int, label: Said = "") -> Values:
    """How far one is; `current` counts from 1, and `len(steps) + 1` means all done."""
    return {
        "steps": [(name, wording.step_state(n, current)) for n, name in enumerate(steps, 1)],
        "label": label,
    }


@register.inclusion_tag("components/tabs/tabs.html")
def tabs(items: Sequence[Tab], label: Said = "") -> Values:
    """Links between parts of one page."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/stat/stat.html")
def stat(
    number: int | float | str,
    label: Said,
    href: str = "",
    tone: Tone = "",
    hint: Said = "",
    unit: Said = "",
) -> Values:
    """One true number, what it counts, and the list behind it."""
    return {"number": number, "label": label, "href": href, "tone": tone, "hint": hint, "unit": unit}


@register.inclusion_tag("components/tile/tile.html")
def tile(title: Said, href: str, icon: str, text: Said = "") -> Values:
    """A large link with an icon: a service, a life situation."""
    return {"title": title, "href": href, "icon": icon, "text": text}


@register.inclusion_tag("components/meter/meter.html")
def meter(
    value: float,
    label: Said,
    max: float = 100,
    text: Said = "",
    tone: Tone = "blue",
    is_label_shown: bool = True,
) -> Values:
    """A share as a bar with its figure; `tone` colours the bar."""
    share = f"{value / max:.0%}" if max else "—"
    return {
        "value": f"{value:g}",
        "max": f"{max:g}",
        "label": label,
        "text": text or share,
        "tone": tone or "blue",
        "is_label_shown": is_label_shown,
    }


@register.inclusion_tag("components/table/table.html")
def table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[drawing.Drawable]],
    caption: Said = "",
    is_caption_shown: bool = False,
    empty: Said = "",
    is_dense: bool = False,
) -> Values:
    """A table that becomes a stack of cards on a phone. The first column heads its row."""
    return {
        "columns": columns,
        "rows": drawing.rows(columns, rows),
        "caption": caption,
        "is_caption_shown": is_caption_shown,
        "empty": empty,
        "is_dense": is_dense,
    }


@register.inclusion_tag("components/pager/pager.html")
def pager(
    next_url: str = "", previous_url: str = "", shown: int | None = None, total: int | None = None
) -> Values:
    """Next and previous by key; `shown` rows here, of `total` if known."""
    return {"next_url": next_url, "previous_url": previous_url, "shown": shown, "total": total}


@register.inclusion_tag("components/photo_grid/photo_grid.html")
def photo_grid(photos: Sequence[Photo], empty: Said = "") -> Values:
    """Photographs, each a link to its original."""
    return {"photos": photos, "empty": empty}


@register.inclusion_tag("components/chart/chart.html")
def chart(figure: Figure, id: str, is_table_open: bool = False) -> Values:
    """A chart, and the same figures as a table behind a summary."""
    return {
        "figure": figure,
        "id": id,
        "data": wording.figure_data(figure),
        "rows": wording.figure_rows(figure),
        "is_table_open": is_table_open,
    }


@register.inclusion_tag("components/map/map.html")
def map(
    sheet: MapSheet,
    id: str,
    label: Said = "",
    lng: BoundField | None = None,
    lat: BoundField | None = None,
    height: str = "medium",
    locates: bool = False,
) -> Values:
    """A map with areas and points; with `lng` and `lat` (hidden fields) it picks a place. height: short, medium, tall.

    `locates` asks the device where it is at once, for a page that is opened on the spot.
    """
    return {
        "id": id,
        "label": label,
        "data": maps.data(sheet),
        "json_id": f"{id}-data",
        "places": drawing.places(sheet.points) if len(sheet.points) > 1 and lng is None else "",
        "lng": lng,
        "lat": lat,
        "lng_value": maps.degrees(lng),
        "lat_value": maps.degrees(lat),
        "height": height,
        "locates": locates,
    }


register.filter(wording.listed)


@register.filter(name="grid_name")
def grid_called(grid: Grid) -> str:
    """What a grid is called in the reader's language."""
    return grid_name(grid)


@register.filter
def phrased(title: Said) -> str:
    """`{{ title|phrased }}`: a life event's title breaks before “一件事”, never inside it."""
    said = str(title)
    before = said.removesuffix(_ONE_THING)
    if not before or before == said:
        return said
    return format_html('<span class="phrase">{}</span><span class="phrase">{}</span>', before, _ONE_THING)


@register.filter
def at(mapping: Mapping[str, object], key: str) -> object:
    """`{{ mapping|at:key }}`: a value by a key held in a variable; an empty text when absent."""
    return mapping.get(key, "")
