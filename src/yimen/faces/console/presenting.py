"""Matters and ledger entries turned into what the design system draws."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.design.shapes import (
    Cell,
    Column,
    Fact,
    Happening,
    MapPoint,
    MapShape,
    MapSheet,
    Photo,
    Said,
    Tone,
)
from yimen.design.wording import listed
from yimen.domains.grid.api import INCIDENT, class_name
from yimen.faces.console.acts_in_words import act_words
from yimen.kernel.calendar.clocks import OfficeHours
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.queries import procedure_of
from yimen.kernel.org.models import Grid
from yimen.kernel.org.queries import grid_names
from yimen.kernel.papers.store import pictures_among
from yimen.kernel.procedure.language import Procedure

_ANY = UUID(int=0)
LIST_COLUMNS = (
    Column(gettext_lazy("编号")),
    Column(gettext_lazy("事件"), "title"),
    Column(gettext_lazy("状态")),
    Column(gettext_lazy("处置单位")),
    Column(gettext_lazy("到期"), "date"),
)
WORK_COLUMNS = (
    Column(gettext_lazy("编号")),
    Column(gettext_lazy("内容"), "title"),
    Column(gettext_lazy("状态")),
    Column(gettext_lazy("经办单位")),
    Column(gettext_lazy("到期"), "date"),
)
"""The same columns for what is not, or not only, incidents."""
_PAGES = {
    "agent_task": "agent_task",
    "service_order": "order",
    "grid_task_admission": "admission",
    "grid_task_round": "round",
    "appeal": "appeal",
}
"""Procedures whose matters have a page of their own."""
_STATE_TONES: dict[str, Tone] = {
    "returned": "amber",
    "escalated": "amber",
    "suspended": "amber",
    "closed": "green",
    "self_handled": "green",
    "merged_duplicate": "neutral",
    "not_accepted": "neutral",
}
_ACT_MARKS: dict[str, tuple[str, Tone]] = {
    "report": ("megaphone", "blue"),
    "self_handle": ("check2-all", "green"),
    "classify": ("tag", "neutral"),
    "ask_verification": ("binoculars", "blue"),
    "verify": ("check2", "blue"),
    "find_nothing": ("question-circle", "neutral"),
    "register": ("clipboard-check", "blue"),
    "refuse": ("x-lg", "neutral"),
    "merge": ("intersect", "neutral"),
    "dispatch": ("send", "blue"),
    "return": ("arrow-return-left", "amber"),
    "begin": ("tools", "blue"),
    "escalate": ("arrow-up-circle", "amber"),
    "suspend": ("pause", "amber"),
    "resume": ("play", "blue"),
    "assign_post": ("person-check", "blue"),
    "extend": ("hourglass-split", "amber"),
    "finish": ("hammer", "blue"),
    "pass": ("check2", "green"),
    "rework": ("arrow-repeat", "amber"),
    "call_back": ("telephone", "green"),
    "send_back": ("arrow-repeat", "amber"),
    "close": ("check2-all", "green"),
    "reopen": ("arrow-counterclockwise", "amber"),
    "withdraw_dispatch": ("arrow-left-right", "amber"),
    "urge": ("bell", "amber"),
    "supervise": ("bell", "red"),
    "list": ("flag", "red"),
    "note": ("chat-left-text", "neutral"),
    "reveal": ("eye", "neutral"),
    "calendar_recalculated": ("calendar-event", "neutral"),
    # applications
    "take_over": ("box-arrow-in-down", "blue"),
    "submit": ("inbox", "blue"),
    "settle": ("check2-all", "green"),
    "accept": ("clipboard-check", "blue"),
    "accept_for_county": ("clipboard-check", "blue"),
    "accept_deferred": ("clipboard-check", "blue"),
    "accept_deferred_for_county": ("clipboard-check", "blue"),
    "deem_accepted": ("clipboard-check", "amber"),
    "deem_accepted_for_county": ("clipboard-check", "amber"),
    "grant_on_commitment": ("check2-all", "green"),
    "name_defects": ("list-check", "amber"),
    "correct": ("pencil", "blue"),
    "supplement": ("paperclip", "blue"),
    "bring_deferred": ("paperclip", "blue"),
    "redirect": ("signpost", "neutral"),
    "not_needed": ("x-lg", "neutral"),
    "decline": ("x-lg", "red"),
    "lapse": ("hourglass-bottom", "neutral"),
    "ask_opinions": ("chat-left-dots", "blue"),
    "assign_inspectors": ("people", "blue"),
    "begin_inquiry": ("search", "blue"),
    "look_into": ("search", "blue"),
    "end_inquiry": ("check2", "blue"),
    "count_again": ("play", "blue"),
    "review": ("journal-check", "blue"),
    "second_review": ("journal-check", "blue"),
    "review_again": ("arrow-repeat", "amber"),
    "record_resolution": ("journal-text", "blue"),
    "tell_hearing": ("megaphone", "blue"),
    "ask_hearing": ("megaphone", "amber"),
    "waive_hearing": ("megaphone", "neutral"),
    "no_hearing_asked": ("megaphone", "neutral"),
    "notify_hearing": ("calendar-event", "blue"),
    "hold_hearing": ("people", "blue"),
    "hand_up": ("arrow-up-circle", "blue"),
    "hand_up_again": ("arrow-up-circle", "blue"),
    "hand_back": ("arrow-return-left", "amber"),
    "transfer": ("arrow-left-right", "blue"),
    "transfer_down": ("arrow-down-circle", "blue"),
    "transfer_down_again": ("arrow-down-circle", "blue"),
    "transfer_decision": ("arrow-left-right", "blue"),
    "transfer_up": ("arrow-up-circle", "blue"),
    "county_extend": ("hourglass-split", "amber"),
    "grant": ("check2-all", "green"),
    "county_grant": ("check2-all", "green"),
    "county_refuse": ("x-lg", "red"),
    "deem_renewed": ("check2-all", "amber"),
    "count_to_expiry": ("hourglass-split", "neutral"),
    "issue": ("patch-check", "green"),
    "deliver": ("envelope-check", "green"),
    "deliver_refusal": ("envelope-check", "neutral"),
    "agree_electronic": ("laptop", "blue"),
    "withdraw": ("arrow-counterclockwise", "neutral"),
    "revoke": ("slash-circle", "red"),
    "county_revoke": ("slash-circle", "red"),
    "cancel": ("slash-circle", "neutral"),
    "county_cancel": ("slash-circle", "neutral"),
    "see_authority": ("person-check", "blue"),
    "expire": ("calendar-x", "neutral"),
    "replace": ("arrow-repeat", "neutral"),
    "open_form": ("eye", "neutral"),
    # opinions, bad ratings, agents, bought services, the grids' list, appeals
    "ask": ("chat-left-dots", "blue"),
    "agree": ("hand-thumbs-up", "green"),
    "object": ("hand-thumbs-down", "amber"),
    "open": ("flag", "amber"),
    "contact": ("telephone", "blue"),
    "answer": ("reply", "blue"),
    "find_mistaken": ("question-circle", "neutral"),
    "insist": ("arrow-repeat", "amber"),
    "close_rated": ("check2-all", "green"),
    "record_mandate": ("pen", "blue"),
    "receive_items": ("box-arrow-in-down", "blue"),
    "receive_cash": ("cash", "blue"),
    "pay_cash": ("cash-stack", "blue"),
    "return_cash": ("cash-coin", "blue"),
    "bring_result": ("envelope-check", "green"),
    "withdraw_mandate": ("arrow-counterclockwise", "neutral"),
    "order": ("bag-plus", "blue"),
    "report_done": ("hammer", "blue"),
    "pay": ("cash-stack", "green"),
    "call_off": ("x-lg", "neutral"),
    "apply": ("inbox", "blue"),
    "consult": ("chat-left-dots", "blue"),
    "admit": ("check2-all", "green"),
    "push": ("send", "blue"),
    "recall": ("arrow-counterclockwise", "amber"),
    "remind": ("bell", "amber"),
    "raise": ("megaphone", "amber"),
    "uphold": ("check2-all", "green"),
    "reject": ("x-lg", "neutral"),
    # seals and supervised objects
    "make_seal": ("patch-check", "blue"),
    "entrust_seal": ("person-check", "blue"),
    "use_seal": ("patch-check", "green"),
    "end_seal": ("slash-circle", "neutral"),
    "withdraw_document": ("arrow-counterclockwise", "amber"),
}
_HOUSE = {
    "短信": gettext_lazy("短信"),
    "时限届满": gettext_lazy("时限届满"),
    "用印": gettext_lazy("用印"),
    "预约过时": gettext_lazy("预约过时"),
    "事项划转": gettext_lazy("事项划转"),
    "审管衔接": gettext_lazy("审管衔接"),
    "好差评": gettext_lazy("好差评"),
    "派遣规则": gettext_lazy("派遣规则"),
    "calendar": gettext_lazy("放假安排"),
}
"""The house's own names in the ledger: what acted by itself."""


def state_tone(state: str) -> Tone:
    """The colour of a state's badge."""
    return _STATE_TONES.get(state, "blue")


def matter_address(procedure: str = INCIDENT.code) -> str:
    """The address of a matter's page with `{id}` for its id: worked out once for a page of many."""
    return reverse(f"console:{_PAGES.get(procedure, 'matter')}", args=[_ANY]).replace(str(_ANY), "{id}")


def list_rows(matters: Sequence[Matter], organs: Mapping[str, str], at: datetime) -> list[tuple[Cell, ...]]:
    """Rows for `LIST_COLUMNS` and `WORK_COLUMNS`, each leading to the matter's page."""
    rows: list[tuple[Cell, ...]] = []
    addresses = {procedure: matter_address(procedure) for procedure in {m.procedure for m in matters}}
    for matter in matters:
        address = addresses[matter.procedure]
        state = procedure_of(matter).state(matter.state)
        rows.append(
            (
                Cell(matter.number, href=address.format(id=matter.id)),
                Cell(matter.titled),
                Cell(state.name, tone=state_tone(matter.state)),
                Cell(organs.get(matter.organ_code, "")),
                Cell(matter.due_at, light=matter.light(at)),
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
            _("地点"),
            _place(places.get(matter.place_code, matter.place_code), str(matter.facts.get("address", ""))),
        ),
        Fact(_("网格"), places.get(matter.grid_code, matter.grid_code)),
        Fact(_("来源"), _channel(matter.channel)),
        Fact(_("上报时间"), matter.opened_at),
        Fact(_("处置单位"), organs.get(matter.organ_code, "—")),
    ]


_OF_INCIDENTS = ("portal", "grid_worker", "hotline", "console", "api", "import")


def channels() -> list[tuple[str, str]]:
    """The ways a report comes in, for a filter: all of them, then each."""
    every = _channels()
    return [("", _("全部")), *((code, every[code]) for code in _OF_INCIDENTS)]


def _channels() -> dict[str, str]:
    return {
        "portal": _("群众反映"),
        "grid_worker": _("网格员"),
        "hotline": "12345",
        "console": _("指挥中心"),
        "api": _("外部系统"),
        "import": _("其他系统移入"),
        "online": _("网上"),
        "window": _("窗口"),
        "village": _("村（社区）"),
        "agent": _("代办"),
        "joint": _("联办"),
        "rating": _("好差评"),
    }


def _channel(code: str) -> str:
    return _channels().get(code, code)


def act_mark(code: str) -> tuple[str, Tone]:
    """The icon and the colour of an act in a story."""
    return _ACT_MARKS.get(code, ("dot", ""))


def performer(name: str) -> Said:
    """Who acted: a person's name as it is, the house's own in words."""
    return _HOUSE.get(name, name)


def _place(village: str, address: str) -> str:
    """The village and the address, the village not said twice."""
    return address if address.startswith(village) and village else f"{village} {address}".strip()


def _in_its_village(name: str) -> str:
    """A grid's name without its village's: 第3网格, “Grid 3”."""
    return name.partition(", ")[0][max(name.rfind("第"), 0) :]


def grids_sheet(area: str, point: MapPoint | None = None, own: str = "") -> MapSheet:
    """The county's outline and, within a village, its grids; names them when no point is shown."""
    county = current_county()
    shapes = [MapShape(county.boundary, str(county.called), "outline")] if county.boundary else []
    found = Grid.objects.filter(valid__contains=today(), place_code=area[:12]) if len(area) >= 12 else ()
    grids = [g for g in found if g.code.startswith(area)] if point is None else list(found)
    names = grid_names(grids)
    shapes += [MapShape(g.boundary, names[g.code], tone="blue" if g.code == own else "") for g in grids]
    points = (
        (point,) if point else tuple(MapPoint(g.lng, g.lat, _in_its_village(names[g.code])) for g in grids)
    )
    lng, lat = (point.lng, point.lat) if point else (county.lng, county.lat)
    return MapSheet(lng, lat, 13 if point else 10, shapes, points)


_NOT_SAID = frozenset({"files", "organ", "post", "person", "class", "matter", "point"})


def _said(
    procedure: Procedure, act: str, given: Mapping[str, Any], materials: Mapping[str, Said]
) -> list[str]:
    """What was written at an act, a line for each field of its step; texts that stand alone need no label."""
    step = next((s for s in procedure.steps if s.code == act), None)
    if step is None:
        return [str(given[k]) for k in ("reason", "result", "note") if given.get(k)]
    written = [
        f for f in step.fields if f.kind not in _NOT_SAID and given.get(f.code) not in (None, "", False)
    ]
    stands_alone = sum(f.kind == "longtext" for f in written) == 1
    lines = []
    for field in written:
        value = dict(field.choices).get(str(given[field.code]), given[field.code])
        if field.code == "missing":
            value = listed(str(materials.get(code, code)) for code in str(value).split("、"))
        if field.kind == "bool":
            lines.append(str(field.label))
        elif field.kind == "longtext" and stands_alone:
            lines.append(str(value))
        else:
            lines.append(_("%(what)s：%(value)s") % {"what": field.label, "value": value})
    return lines


def timeline_of(
    procedure: Procedure,
    entries: Sequence[Entry],
    organs: Mapping[str, str],
    posts: Mapping[str, str],
    channel: str,
    materials: Mapping[str, Said] | None = None,
) -> list[Happening]:
    """What happened, the latest first, each entry with its article and its hash. `materials`: the names of an item's, by code.

    Whoever reported without a name is named by the `channel` the report came through.
    """
    unnamed = _("群众") if channel == "portal" else _channel(channel)
    written = [orjson.loads(entry.payload) for entry in entries]
    said = [each.get("given", {}) for each in written]
    pictures = pictures_among(f for given in said for f in given.get("files", ()))
    happenings = []
    for entry, given, each in zip(reversed(entries), reversed(said), reversed(written), strict=True):
        notes = _said(procedure, entry.act, given, materials or {})
        holder = each.get("changed", {}).get("holder", [""])[0] if entry.act == "escalate" else ""
        if organ := given.get("organ") or holder:
            notes.insert(0, "→ " + organs.get(organ, organ))
        if kind := given.get("class"):
            notes.insert(0, f"→ {class_name(str(kind))}")
        photos = tuple(
            Photo(
                reverse("console:thumbnail", args=[entry.stream, f]) if f in pictures else "",
                _("照片") if f in pictures else _("文件"),
                reverse("console:paper", args=[entry.stream, f]),
            )
            for f in given.get("files", ())
        )
        happenings.append(
            Happening(
                at=entry.at,
                what=act_words(entry.act, procedure),
                icon=act_mark(entry.act)[0],
                tone=act_mark(entry.act)[1],
                who=performer(entry.who_name) or unnamed,
                post=posts.get(entry.post, ""),
                organ=organs.get(entry.organ, ""),
                note="\n".join(notes),
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
            "hours": OfficeHours.read(c.hours),
            "is_paused": bool(c.pauses) and c.pauses[-1][1] is None,
        }
        for c in clocks
        if c.stopped_at is None
    ]
