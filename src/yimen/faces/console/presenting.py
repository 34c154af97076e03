"""Matters and ledger entries turned into what the design system draws."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.design.shapes import Cell, Column, Fact, Happening, Light, Photo
from yimen.domains.grid.api import class_name
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.queries import procedure_of
from yimen.kernel.procedure.language import Procedure

LIST_COLUMNS = (
    Column(_("编号")),
    Column(_("事件"), "title"),
    Column(_("状态")),
    Column(_("处置单位")),
    Column(_("到期"), "date"),
)


def light_of(matter: Matter, at: datetime) -> Light:
    """Green in time, amber when nearly due, red overdue, grey when nothing runs."""
    if matter.closed_at is not None or matter.due_at is None:
        return "grey"
    if matter.due_at < at:
        return "red"
    return "amber" if matter.amber_at is not None and matter.amber_at <= at else "green"


def list_rows(matters: Sequence[Matter], organs: Mapping[str, str], at: datetime) -> list[tuple[Cell, ...]]:
    """Rows for `LIST_COLUMNS`."""
    rows: list[tuple[Cell, ...]] = []
    for matter in matters:
        page = reverse("console:matter", args=[matter.id])
        state = procedure_of(matter).state(matter.state)
        rows.append(
            (
                Cell(matter.number, href=page),
                Cell(matter.title),
                Cell(state.name),
                Cell(organs.get(matter.organ_code, "")),
                Cell(matter.due_at, light=light_of(matter, at)),
            )
        )
    return rows


def facts_of(matter: Matter, organs: Mapping[str, str], places: Mapping[str, str]) -> list[Fact]:
    """What the matter is."""
    return [
        Fact(_("编号"), matter.number),
        Fact(_("分类"), class_name(matter.kind)),
        Fact(_("内容"), str(matter.facts.get("text", ""))),
        Fact(
            _("地点"), f"{places.get(matter.place_code, matter.place_code)} {matter.facts.get('address', '')}"
        ),
        Fact(_("网格"), matter.grid_code),
        Fact(_("来源"), _channel(matter.channel)),
        Fact(_("上报时间"), matter.opened_at),
        Fact(_("处置单位"), organs.get(matter.organ_code, "—")),
    ]


def _channel(code: str) -> str:
    return {
        "portal": _("群众反映"),
        "grid_worker": _("网格员"),
        "hotline": "12345",
        "console": _("指挥中心"),
        "api": _("外部系统"),
    }.get(code, code)


def _act_words(procedure: Procedure, code: str) -> Any:
    try:
        return procedure.step(code).label
    except KeyError:
        return {"calendar_recalculated": _("按放假安排重算时限")}.get(code, code)


def timeline_of(
    procedure: Procedure, entries: Sequence[Entry], organs: Mapping[str, str], posts: Mapping[str, str]
) -> list[Happening]:
    """What happened, the latest first, each entry with its article and its hash."""
    happenings = []
    for entry in reversed(entries):
        payload = orjson.loads(entry.payload)
        given: dict[str, Any] = payload.get("given", {})
        notes = [str(given[k]) for k in ("reason", "result", "note") if given.get(k)]
        if organ := given.get("organ"):
            notes.insert(0, "→ " + organs.get(organ, organ))
        photos = tuple(
            Photo(
                reverse("console:thumbnail", args=[entry.stream, f]),
                _("照片"),
                reverse("console:paper", args=[entry.stream, f]),
            )
            for f in given.get("files", ())
        )
        happenings.append(
            Happening(
                at=entry.at,
                what=_act_words(procedure, entry.act),
                who=entry.who_name or _("群众"),
                post=posts.get(entry.post, ""),
                organ=organs.get(entry.organ, ""),
                note="；".join(notes),
                law=entry.law,
                hash=bytes(entry.hash).hex(),
                photos=photos,
            )
        )
    return happenings


def clock_rows(procedure: Procedure, clocks: Sequence[Clock]) -> list[dict[str, Any]]:
    """The clocks that still run, for `{% clock %}`."""
    return [
        {
            "label": procedure.limit(c.limit_code).name,
            "due_at": c.due_at,
            "safe_at": c.safe_at if c.is_provisional else None,
            "unit": c.unit,
            "is_provisional": c.is_provisional,
            "is_paused": bool(c.pauses) and c.pauses[-1][1] is None,
        }
        for c in clocks
        if c.stopped_at is None
    ]
