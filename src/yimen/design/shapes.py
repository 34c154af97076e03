"""The shapes components accept, for people who write pages.

A view turns what a query answered into these frozen values and hands them to a template; the template tags
of `yimen.design.templatetags.design` draw them. Nothing here reads a database or knows a rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

from django.utils.functional import Promise

from yimen.kernel.words import Text

Said: TypeAlias = str | Text | Promise
"""A phrase to show: plain, in two languages, or translated lazily."""

Tone: TypeAlias = Literal["", "neutral", "blue", "green", "amber", "red"]
"""The colour family of a badge, number or point; never the only carrier of meaning."""

Light: TypeAlias = Literal["", "green", "amber", "red", "grey"]
"""A traffic light: in time, 80 % used or one day left, overdue, not timed."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """One place to go. `is_current` None lets the path decide (the longest `href` that begins it)."""

    label: Said
    href: str
    icon: str = ""
    count: int | None = None
    is_current: bool | None = None


@dataclass(frozen=True, slots=True)
class NavGroup:
    """Places that belong to one kind of work, under a heading."""

    label: Said
    items: tuple[NavItem, ...]


@dataclass(frozen=True, slots=True)
class PostChoice:
    """A post the person may act in."""

    code: str
    label: Said
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Chrome:
    """What surrounds a page: who is here and where one can go.

    A face puts one of these into the template context as `chrome`; every part is optional and simply not
    drawn when absent. URLs ending in `_url` that change something (`sign_out_url`, `switch_post_url`) are
    posted to, with a CSRF token; `switch_post_url` receives the field `post`. A `theme` is the face's own, whatever
    the reader chose elsewhere.
    """

    title: Said = ""
    subtitle: Said = ""
    home_url: str = "/"
    navigation: tuple[NavGroup | NavItem, ...] = ()
    footer: tuple[NavItem, ...] = ()
    person: Said = ""
    post: Said = ""
    posts: tuple[PostChoice, ...] = ()
    switch_post_url: str = ""
    account_url: str = ""
    sign_in_url: str = ""
    sign_out_url: str = ""
    search_url: str = ""
    search_hint: Said = ""
    organiser: Said = ""
    telephone: str = ""
    site_number: str = ""
    live_url: str = ""
    theme: Literal["", "light", "dark"] = ""


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way back; the last one has no `href`."""

    label: Said
    href: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: a link to the same page with other content."""

    label: Said
    href: str
    count: int | None = None
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with its value. Instants and days are written the house way; None and "" show as a dash."""

    label: Said
    value: Said | int | float | date | datetime | None
    href: str = ""
    hint: Said = ""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph: its address, what it shows, and when it was taken. Without `src` it is a file that is no picture."""

    src: str
    alt: Said
    href: str = ""
    caption: Said = ""
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to a matter: who, when, what, under which article."""

    at: datetime
    what: Said
    who: Said = ""
    post: Said = ""
    organ: Said = ""
    note: Said = ""
    law: Said = ""
    hash: str = ""
    tone: Tone = ""
    icon: str = ""
    href: str = ""
    facts: tuple[Fact, ...] = ()
    photos: tuple[Photo, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `number` aligns right with tabular figures, `title` heads the card on a phone, `prose` wraps."""

    label: Said
    kind: Literal["text", "number", "date", "title", "prose"] = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a text, perhaps a link, a traffic light or a badge. `hint` is a second, quieter line.

    `is_first` puts the keyboard on the link when the page opens: Enter follows it.
    """

    text: Said | int | float | date | datetime | None
    href: str = ""
    light: Light = ""
    tone: Tone = ""
    hint: Said = ""
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One named row of figures, as long as the figure's labels; None where there is no figure."""

    name: Said
    values: Sequence[float | int | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart and its table: the same numbers twice. `bars` lie down, `donut` shows the first series only."""

    title: Said
    kind: Literal["line", "columns", "bars", "donut"]
    labels: Sequence[Said]
    series: Sequence[Series]
    unit: Said = ""
    note: Said = ""


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A place: degrees WGS84/CGCS2000, and what is there; a `count` above one says how many things lie together."""

    lng: float
    lat: float
    label: Said
    href: str = ""
    tone: Tone = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class MapShape:
    """An area: a GeoJSON geometry in degrees WGS84/CGCS2000; `outline` is drawn strong and unfilled."""

    geometry: Mapping[str, Any]
    label: Said = ""
    kind: Literal["outline", "area"] = "area"
    href: str = ""
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class MapSheet:
    """What a map shows. Without `tiles_url` (WMTS/XYZ template) the shapes alone are the map."""

    centre_lng: float
    centre_lat: float
    zoom: int = 13
    shapes: Sequence[MapShape] = ()
    points: Sequence[MapPoint] = ()
    tiles_url: str = ""
    attribution: str = ""
