"""What is done with incidents: reported, and moved step by step. Both go through the one door."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from yimen.domains.grid.permissions import GridPermission
from yimen.domains.grid.procedures import INCIDENT
from yimen.domains.grid.reference import ClassRef, in_force
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.calendar.clocks import Period, Unit, due
from yimen.kernel.calendar.today import LOCAL_ZONE, today
from yimen.kernel.counties.calendars import county_calendar
from yimen.kernel.matters.limits import length_on
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.moving import (
    REPEATED,
    Change,
    Moved,
    Opening,
    Then,
    first_receipt,
    move,
    open_matter,
)
from yimen.kernel.matters.queries import visible_to
from yimen.kernel.org.addresses import village_of
from yimen.kernel.org.grids import UNDRAWN, locate
from yimen.kernel.org.hours import office_hours
from yimen.kernel.org.queries import holders, organs
from yimen.kernel.registers.acts import phone_number
from yimen.kernel.words import Refusal, unprintable

LONGEST_TEXT = 2000
_TITLE = 40
_TABLE_MAY = frozenset({GridPermission.REGISTER, GridPermission.DISPATCH})


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports. Degrees are WGS84; without them the address must name a village of the county.

    `class_code` may be empty (the clerk settles it).
    """

    text: str
    lng: float | None
    lat: float | None
    channel: str
    class_code: str = ""
    address: str = ""
    reporter: str = ""
    phone: str = ""
    source: str = ""
    external_number: str = ""
    request_key: str | None = None
    result: str = ""


def _class(code: str) -> ClassRef:
    found = in_force().classes.get(code)
    if found is None:
        raise Refusal.of(
            "incident.class", "没有这个事件分类。", "There is no such incident class.", field="class"
        )
    return found


def _tidy(text: str, field: str, longest: int) -> str:
    tidy = text.strip()
    if len(tidy) > longest:
        raise Refusal.of(
            "input.too_long", f"最多 {longest} 个字。", f"At most {longest} characters.", field=field
        )
    if unprintable(tidy):
        raise Refusal.of(
            "input.control", "含有不能保存的字符。", "It has characters that cannot be kept.", field=field
        )
    return tidy


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is: a village, and its grid and point where they are known."""

    village_code: str
    grid_code: str = ""
    lng: float | None = None
    lat: float | None = None


def _place(report: Report) -> Place:
    """The point's grid, or the village that the address names; refuses a place outside the county or unknown.

    Where no grid has been drawn yet the address says the village, and the point is kept.
    """
    if report.lng is None or report.lat is None:
        return Place(village_of(report.address))
    point = round(report.lng, 6), round(report.lat, 6)
    try:
        grid = locate(report.lng, report.lat)
    except Refusal as refused:
        if refused.code != UNDRAWN.code or not report.address.strip():
            raise
        try:
            return Place(village_of(report.address), "", *point)
        except Refusal as unknown:
            raise (refused if unknown.code == "address.unknown" else unknown) from None
    return Place(grid.place_code, grid.code, *point)


def _judged(report: Report) -> tuple[str, ClassRef | None, Place, dict[str, str]]:
    """The report's words, class, place and contact; refuses what cannot be taken."""
    text = _tidy(report.text, "text", LONGEST_TEXT)
    if not text:
        raise Refusal.of(
            "input.missing", "请写明是什么问题。", "Please say what the problem is.", field="text"
        )
    _tidy(report.address, "address", 200)
    found = _class(report.class_code) if report.class_code else None
    contact = {"reporter": _tidy(report.reporter, "reporter", 50), "phone": phone_number(report.phone)}
    return text, found, _place(report), contact


def no_files() -> Sequence[UUID]:
    """A report that comes without files."""
    return ()


def report_incident(
    actor: Actor,
    report: Report,
    *,
    keep: Callable[[], Sequence[UUID]] = no_files,
    at: datetime | None = None,
) -> Moved:
    """Report an incident; it is located, named and put on the intake desk with its clock running.

    `keep` keeps the report's files and names them; it is called once the report has been judged, so that nothing is
    kept for one that is refused. With `result`, a grid worker reports what is already settled on the spot. A report
    sent twice under one request key is taken once: the second time brings the first receipt. Raises `Refusal`.
    """
    text, found, place, contact = _judged(report)
    facts: dict[str, Any] = {"text": text}
    if address := _tidy(report.address, "address", 200):
        facts["address"] = address
    if found:
        facts["limit"] = list(found.limit)
    if contact["phone"]:
        facts["has_contact"] = True
    opening = Opening(
        title=title_of(text, found),
        kind=report.class_code,
        channel=report.channel,
        place_code=place.village_code,
        grid_code=place.grid_code,
        lng=place.lng,
        lat=place.lat,
        facts=facts,
        private={k: v for k, v in contact.items() if v},
        source=_tidy(report.source, "source", 40),
        external_number=_tidy(report.external_number, "external_number", 80),
        request_key=_tidy(report.request_key, "request_key", 200) if report.request_key else None,
    )
    given: dict[str, object] = {"files": [str(each) for each in keep()]}
    if report.result:
        given["result"] = report.result
    try:
        return open_matter(
            actor,
            INCIDENT,
            "self_handle" if report.result else "report",
            opening,
            given=given,
            then=() if report.result else _dispatched_by_table(report.class_code, place.village_code),
            at=at,
        )
    except Refusal as refusal:
        first = first_receipt(actor, opening.request_key) if refusal.code in REPEATED else None
        if first is None:
            raise
        return first


def _dispatched_by_table(class_code: str, place_code: str) -> tuple[Then, ...]:
    """Register and dispatch at once, where the duty table says that this needs no dispatcher."""
    duty = in_force().duty(class_code, place_code) if class_code else None
    if duty is None or not duty.is_automatic:
        return ()
    table = Actor.system("派遣规则", Grant(_TABLE_MAY, place_code[:6]))
    note = {"note": f"按派遣规则自动派遣：{duty.rule.zh}"}
    return Then(table, "register"), Then(table, "dispatch", {"organ": duty.organ_code, **note})


def title_of(text: str, found: ClassRef | None) -> str:
    """The class and the first words."""
    first = text.splitlines()[0]
    short = first if len(first) <= _TITLE else first[: _TITLE - 1] + "…"
    return f"{found.name.zh}：{short}" if found else short


def act(
    actor: Actor,
    matter_id: UUID,
    step: str,
    given: Mapping[str, object] | None = None,
    *,
    expected_revision: int | None = None,
    at: datetime | None = None,
) -> Moved:
    """Perform a step on an incident; raises `Refusal`. What is registered goes on by the duty table where that needs
    no dispatcher; what the table cannot dispatch stays on a person's desk.
    """
    moved = move(
        actor,
        matter_id,
        step,
        given=given,
        change=_change(actor, matter_id, step, given or {}),
        expected_revision=expected_revision,
        at=at,
    )
    if step == "register":
        kind, place_code = Matter.objects.values_list("kind", "place_code").get(id=matter_id)
        with suppress(Refusal):
            for then in _dispatched_by_table(kind, place_code)[1:]:
                moved = act(
                    then.actor, matter_id, then.step, then.given, expected_revision=moved.revision, at=at
                )
    return moved


def _returnable_until(matter_id: UUID) -> datetime | None:
    """Until when what was dispatched may be returned, by the limit that held on the day of its dispatch."""
    sent = Clock.objects.filter(matter_id=matter_id, limit_code="handle", stopped_at=None)
    at = sent.values_list("started_at", flat=True).first()
    if at is None:
        return None
    number, unit = length_on(INCIDENT, INCIDENT.limit("return"), at.astimezone(LOCAL_ZONE).date())
    organ = Matter.objects.filter(id=matter_id).values_list("organ_code", flat=True).first()
    return due(at, Period(number, Unit(unit)), county_calendar(), office_hours(organ or "")).at


def _change(actor: Actor, matter_id: UUID, step: str, given: Mapping[str, object]) -> Change:
    """What the step alters besides the state."""
    match step:
        case "classify":
            found = _class(str(given.get("class", "")))
            return Change(kind=found.code, facts={"limit": list(found.limit)})
        case "merge":
            number = str(given.get("target", "")).strip().upper()
            seen = visible_to(actor, GridPermission.READ, procedure=INCIDENT.code)
            return Change(related_id=seen.filter(number=number).values_list("id", flat=True).first())
        case "assign_post":
            organ = Matter.objects.filter(id=matter_id).values_list("organ_code", flat=True).first()
            fits = bool(holders(today(), code=str(given.get("post", "")), organ_id=organ or ""))
            return Change(known={"post_fits": "yes" if fits else ""})
        case "call_back":
            return Change(facts={"answer": str(given.get("answer", ""))})
        case "return":
            until = _returnable_until(matter_id)
            return Change(known={"return_until": until.isoformat() if until else ""})
        case "escalate":
            held = Matter.objects.filter(id=matter_id).values_list("organ_code", flat=True).first()
            above = organs(today()).filter(code=held or "").values_list("parent_code", flat=True).first()
            return Change(organ_code=above or None, known={"above": above or ""})
        case "extend":
            number = str(given.get("number", ""))
            return Change(extension=int(number) if number.isdecimal() else None)
        case "dispatch":
            where = Matter.objects.filter(id=matter_id).values_list("kind", "place_code").first()
            duty = in_force().duty(*where) if where else None
            exists = organs(today()).filter(code=str(given.get("organ", ""))).exists()
            return Change(
                known={"duty": duty.organ_code if duty else "", "organ_exists": "yes" if exists else ""}
            )
    return Change()
