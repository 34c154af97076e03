"""What is done with applications: submitted, and moved step by step. Both go through the one door."""

import hashlib
import hmac
import re
from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db.models import OuterRef, QuerySet, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from yimen.domains.catalogue.api import PERMIT, Channel, Inquiry, Item, Kind, Material, decider, item_version
from yimen.domains.catalogue.api import item as item_of
from yimen.domains.services.deciders import decides_now, stands_with, transferred
from yimen.domains.services.holders import called
from yimen.domains.services.order import earlier_in_order
from yimen.domains.services.permissions import ServicePermission
from yimen.domains.services.procedures import JOINT_OPINION, SERVICE, TRANSFERS
from yimen.domains.services.rules import REPRESENTED
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import decide
from yimen.kernel.calendar.today import today
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.calendars import county_calendar
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.documents.issuing import documents_of
from yimen.kernel.documents.seals import seals_in_use
from yimen.kernel.forms.answers import checked
from yimen.kernel.forms.identifiers import is_citizen_id, is_credit_code
from yimen.kernel.forms.schema import Form, read_form, when_of
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import (
    NO_CHANGE,
    REPEATED,
    Change,
    Moved,
    Opening,
    Then,
    first_receipt,
    move,
    open_matter,
)
from yimen.kernel.registers.acts import named, permit, phone_number
from yimen.kernel.words import Finding, Refusal, Text

ID_KINDS = ("citizen", "credit", "passport")
_PASSPORT = re.compile(r"[A-Z0-9]{6,12}")
_DIVIDES = re.compile(r"[、,，;；\s]+")
_HOUSE = Actor.system("时限届满")
_SAFETY_YEARS, _FRAUD_YEARS = 1, 3
"""For so long who gave false materials (行政许可法 第七十八条), or obtained a permit by fraud (第七十九条), does not apply again."""
_NOTICE_DAYS, _RENEWAL_DAYS = 7, 30
"""A hearing is notified so many days before it (第四十八条), a renewal asked for so many before the end (第五十条)."""
_CAME_TO_NOTHING = (
    "refused", "refusal_delivered", "out_of_scope", "not_required", "declined", "withdrawn", "lapsed", "revoked",
)  # fmt: skip


_WHERE_ONE_LIVES = "applicant.address"
_MANDATE = "agent_task"
"""The procedure, the hall's, that begins with a recorded mandate: an agent's application names a matter of it."""


AUTHORITIES: Mapping[str, Text] = {
    "mandate": Text("授权委托书", "Written mandate"),
    "guardianship": Text("监护证明", "Proof of guardianship"),
    "legal_representative": Text("法定代表人身份证明", "Proof of being the legal representative"),
}
"""By what somebody acts for an applicant: a mandate for anybody, guardianship for a person, the last for an organisation."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies. `id_kind`: citizen, credit (an organisation's code) or passport; `represented_by`: who acts for them, by
    which `authority` (one of `AUTHORITIES`) and on which papers that show it. An agent acts under a recorded mandate instead.
    What is said online is seen by a clerk before it is accepted, unless one has seen it already (`is_confirmed`)."""

    name: str
    id_kind: str
    id_number: str
    phone: str
    address: str = ""
    represented_by: str = ""
    authority: str = ""
    authority_papers: tuple[UUID, ...] = ()
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Application:
    """An application as it is handed in.

    `place` is the 12-digit code of the village; `papers` maps material codes to kept papers; `shown` names materials the
    clerk has looked at and handed back. `renews` and `changes` are the matter whose result is to be renewed or changed. `bundle` is the life event
    it is one of, `under` the first application of it.
    """

    item: str
    place: str
    channel: Channel
    applicant: Applicant
    answers: Mapping[str, Any] = field(default_factory=dict)
    papers: Mapping[str, Sequence[UUID]] = field(default_factory=dict)
    shown: frozenset[str] = frozenset()
    renews: UUID | None = None
    changes: UUID | None = None
    mandate: UUID | None = None
    request_key: str | None = None
    bundle: str = ""
    under: UUID | None = None


def submit(actor: Actor, given: Application, *, at: datetime | None = None) -> Moved:
    """Submit an application; its clock for acceptance begins. Raises `Refusal` with everything that is wrong.

    One sent twice under one request key is taken once. What lacks a material is taken all the same: the clerk names
    its defects, once, within five working days.
    """
    item = _offered(given)
    if given.channel != Channel.ONLINE:
        permit(actor, ServicePermission.INTAKE, given.place)
    if given.applicant.represented_by.strip() and given.channel not in (Channel.AGENT, Channel.ONLINE):
        _refuse_without_authority(given.applicant)
    person, declared = _person(given.applicant), read_form(item.form)
    answers = checked(declared, given.answers)
    person = _living_where_answered(person, declared, answers)
    opening = Opening(
        title=f"{item.name.zh} · {called(person['name'], person['id_kind'])}",
        kind=item.code,
        channel=given.channel.value,
        place_code=given.place,
        organ_code=given.place[:9],
        facts=_facts(item, given, answers),
        private={**person, "answers": orjson.dumps(answers).decode()},
        request_key=given.request_key,
        related_id=given.under,
        known=_barring(item, digest_of(given.applicant)),
    )
    files = [
        str(paper)
        for papers in (*given.papers.values(), given.applicant.authority_papers)
        for paper in papers
    ]
    renewing = (Then(_HOUSE, "count_to_expiry"),) if "renewal_period" in opening.facts else ()
    try:
        return open_matter(actor, SERVICE, "submit", opening, given={"files": files}, then=renewing, at=at)
    except Refusal as refusal:
        first = first_receipt(actor, opening.request_key) if refusal.code in REPEATED else None
        if first is None:
            raise
        return first


def address_question(declared: Form) -> str:
    """The question of a form that asks where the applicant lives, which is then asked nowhere else; "" for none."""
    return next((q.name for q in declared.questions.values() if q.profile == _WHERE_ONE_LIVES), "")


def _living_where_answered(
    person: dict[str, str], declared: Form, answers: Mapping[str, Any]
) -> dict[str, str]:
    answered = str(answers.get(address_question(declared)) or "")
    return {**person, "address": answered} if answered and "address" not in person else person


def _offered(given: Application) -> Item:
    """The item, if it may be applied for by this door in this place."""
    item = item_of(given.item)
    if given.channel not in item.channels:
        raise Refusal.of(
            "service.channel", "这个事项不能这样申请，请看办事指南里的“到哪里办”。",
            "This cannot be applied for here; see “where to apply” in the guide.", field="channel",
        )  # fmt: skip
    if given.channel == Channel.AGENT:
        _refuse_without_mandate(given)
    village = Division.objects.filter(
        code=given.place, code__startswith=current_county().code, level="village"
    )
    if not village.exists():
        raise Refusal.of(
            "service.place", "请选择本县的村（社区）。", "Choose a village of the county.", field="place"
        )
    return item


def _refuse_without_mandate(given: Application) -> None:
    """Refuse what an agent hands in without a mandate for that item that still waits for it."""
    waiting = Matter.objects.filter(procedure=_MANDATE, state="mandated", kind=given.item)
    if given.mandate is None or not waiting.filter(id=given.mandate).exists():
        raise Refusal.of(
            "service.mandate", "先登记委托这个事项，再替群众提交。", "Record a mandate for this item first.", field="mandate"
        )  # fmt: skip


def _refuse_without_authority(applicant: Applicant) -> None:
    """Refuse what somebody hands in for another without saying by what authority, and showing it."""
    no_kind = "guardianship" if applicant.id_kind == "credit" else "legal_representative"
    findings = []
    if applicant.authority not in AUTHORITIES or applicant.authority == no_kind:
        said = Text(
            "替别人办理的，写明凭什么：授权委托书、监护证明（个人）或者法定代表人身份证明（单位）。",
            "Say by what one acts for another: a mandate, guardianship (of a person), or being the legal representative (of an organisation).",
        )  # fmt: skip
        findings.append(Finding("service.authority", said, REPRESENTED, "authority"))
    if not applicant.authority_papers:
        said = Text("请附上委托书或者身份证明的扫描件。", "Add a scan of the paper that shows it.")
        findings.append(Finding("service.authority_paper", said, REPRESENTED, "authority_papers"))
    if findings:
        raise Refusal(*findings)


def _person(applicant: Applicant) -> dict[str, str]:
    """The applicant's details, tidied; refuses what is missing or wrong, all at once."""
    findings: list[Finding] = []
    kept: dict[str, str] = {}
    for name, longest in (("name", 60), ("address", 200), ("represented_by", 60)):
        typed = getattr(applicant, name)
        if not typed.strip() and name != "name":
            continue
        try:
            kept[name] = named(typed, name, longest)
        except Refusal as refused:
            findings += refused.findings
    number = applicant.id_number.strip().upper()
    if not _is_id(applicant.id_kind, number):
        findings.append(
            Finding("service.id", Text("证件号码不对，请逐位核对。", "This identity number is wrong: check each character."), field="id_number")
        )  # fmt: skip
    try:
        phone = phone_number(applicant.phone)
    except Refusal as refused:
        findings += refused.findings
    else:
        kept |= {"phone": phone} if phone else {}
    if findings:
        raise Refusal(*findings)
    return {**kept, "id_kind": applicant.id_kind, "id_number": number}


def _is_id(kind: str, number: str) -> bool:
    match kind:
        case "citizen":
            return is_citizen_id(number)
        case "credit":
            return is_credit_code(number)
        case "passport":
            return _PASSPORT.fullmatch(number) is not None
    return False


def digest_of(applicant: Applicant) -> str:
    """The applicant as a keyed digest: one and the same person is found again without being named."""
    person = f"{applicant.id_kind}/{applicant.id_number.strip().upper()}"
    return hmac.new(settings.SECRET_KEY.encode(), person.encode(), hashlib.sha256).hexdigest()[:24]


def _barring(item: Item, applicant: str) -> dict[str, str]:
    """Until when the applicant may not apply, and whether for false materials or for fraud; nothing where no bar stands."""
    barred = Matter.objects.filter(
        procedure=SERVICE.code,
        kind=item.code,
        facts__applicant=applicant,
        facts__barred_until__gt=str(today()),
    )
    found = barred.values_list("facts__barred_until", "state").order_by("-facts__barred_until").first()
    return (
        {"barred_until": found[0], "barred_for": "fraud" if found[1] == "revoked" else "false"}
        if found
        else {}
    )


def needed(item: Item, answers: Mapping[str, Any]) -> list[Material]:
    """The materials an applicant with these answers must hand in."""
    return [
        m for m in item.materials
        if m.required and (m.when is None or when_of(m.when).holds(answers))  # type: ignore[union-attr]
    ]  # fmt: skip


def _facts(item: Item, given: Application, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the procedure knows of the application; nothing in it names the applicant."""
    brought = {code for code, papers in given.papers.items() if papers} | given.shown
    decides = decider(item, given.place[:9])
    facts: dict[str, Any] = {
        "item": item.code,
        "item_version": item.version,
        "text": item.name.zh,
        "applicant": digest_of(given.applicant),
        "is_instant": item.kind == Kind.INSTANT,
        "is_by_commitment": item.is_by_commitment,
        "decided_by": decides.level,
        "decider": decides.organ,
        "statutory": [item.statutory.number, item.statutory.unit],
        "promised": [item.promised.number, item.promised.unit],
        "reviewers": item.reviewers,
        "inquiries": {
            q.kind.value: [q.period.number, q.period.unit]
            for q in item.inquiries
            if q.kind != Inquiry.HEARING
        },
        "resolutions": [gate.meeting.value for gate in item.resolutions],
        "counted": [q.kind.value for q in item.inquiries if q.is_counted],
        "is_inspected": item.is_inspected,
        "needs_hearing": any(q.kind == Inquiry.HEARING for q in item.inquiries),
        "joint_organs": list(item.joint_organs),
        "papers": {code: [str(p) for p in papers] for code, papers in given.papers.items() if papers},
        "shown": sorted(given.shown),
        "missing": [m.code for m in needed(item, answers) if m.code not in brought],
        "may_follow": [m.code for m in item.materials if m.may_follow],
        "has_contact": bool(given.applicant.phone.strip()),
    }
    if given.bundle:
        facts["bundle"] = given.bundle
    if given.mandate:
        facts["mandate"] = str(given.mandate)
    elif given.applicant.represented_by.strip():
        facts["authority"] = given.applicant.authority
        facts["authority_papers"] = [str(p) for p in given.applicant.authority_papers]
        facts["authority_is_unseen"] = given.channel == Channel.ONLINE and not given.applicant.is_confirmed
    if given.renews or given.changes:
        facts |= _upon(given, facts["applicant"], item)
    return facts


def _upon(given: Application, applicant: str, item: Item) -> dict[str, Any]:
    """What a renewal or a change rests on: a result in force that is the applicant's own."""
    own = Matter.objects.filter(
        procedure=SERVICE.code, kind=item.code, state="delivered", facts__applicant=applicant
    )
    before = own.filter(id__in=[given.renews, given.changes]).first()
    until = str(before.facts.get("valid_until") or "") if before else ""
    if (
        before is None
        or (until and until < str(today()))
        or not may_build_on(item, until)[bool(given.changes)]
    ):
        raise Refusal.of(
            "service.renews", "没有找到您的、还有效而且可以延续或变更的结果。",
            "There is no result of yours in force that can be renewed or changed.", field="renews",
        )  # fmt: skip
    if given.changes:
        return {"changes": str(before.id), **({"valid_until": until} if until else {})}
    if renewed([before.id], [item.code]):
        raise Refusal.of(
            "service.renewed", "这个结果的延续已经申请过了。", "Its renewal has been applied for already.", field="renews"
        )  # fmt: skip
    facts: dict[str, Any] = {"renews": str(before.id), "renews_until": until}
    days = (date.fromisoformat(until) - today()).days
    if item.power_type == PERMIT and days >= _RENEWAL_DAYS:
        facts["renewal_period"] = [days, "calendar_days"]
    return facts


def renewed(results: Collection[UUID], items: Collection[str]) -> set[UUID]:
    """Which of these results of these items were renewed, or have a renewal in hand."""
    renewals = _renewals().filter(kind__in=items, renews__in=[str(r) for r in results])
    return {UUID(m) for m in renewals.values_list("renews", flat=True)}


def renewals_of(result: OuterRef, item: OuterRef) -> QuerySet[Any]:
    """The same as a condition on rows that hold a result's matter and its item."""
    return _renewals().filter(kind=item, renews=Cast(result, TextField()))


def _renewals() -> QuerySet[Any]:
    """Applications to renew a result that came to something or are in hand; `renews` is the old matter's id."""
    asked = Matter.objects.filter(procedure=SERVICE.code, facts__has_key="renews")
    return asked.exclude(state__in=_CAME_TO_NOTHING).annotate(renews=KT("facts__renews"))


def may_build_on(item: Item, until: str) -> tuple[bool, bool]:
    """Whether a result valid to `until` ("" without an end) may be renewed, and whether it may be changed (第四十九条、第五十条)."""
    return bool(until) and any(r.is_renewable for r in item.results), item.power_type == PERMIT


def act(
    actor: Actor,
    matter_id: UUID,
    step: str,
    given: Mapping[str, object] | None = None,
    *,
    expected_revision: int | None = None,
    at: datetime | None = None,
) -> Moved:
    """Perform a step on an application; raises `Refusal`. Asking joint organs opens an opinion for each, with it; what was
    changed ends when the new result is delivered."""
    with one_act():
        if (given or {}).get("inquiry") == Inquiry.INSPECTION.value:
            expected_revision = _assigned(actor, matter_id, given or {}, expected_revision)
        moved = move(
            actor, matter_id, step, given=given, change=_change(matter_id, step, given or {}),
            expected_revision=expected_revision, at=at,
        )  # fmt: skip
        if step == "ask_opinions":
            _ask_opinions(actor, Matter.objects.get(id=matter_id), given or {})
        elif step == "deliver":
            _replace(Matter.objects.get(id=matter_id))
    return moved


def _assigned(actor: Actor, matter_id: UUID, given: Mapping[str, object], expected: int | None) -> int | None:
    """Who is sent to inspect is assigned by it, where nobody was yet; the revision after it."""
    matter = Matter.objects.filter(id=matter_id, procedure=SERVICE.code).first()
    if matter is None or not matter.facts.get("is_inspected") or matter.facts.get("inspectors"):
        return expected
    staff = {"staff": given.get("staff", "")}
    assigned = move(
        actor, matter_id, "assign_inspectors", given=staff, change=_inspectors(matter, staff), expected_revision=expected
    )  # fmt: skip
    return assigned.revision


def _inspectors(_: Matter, given: Mapping[str, object]) -> Change:
    return Change(facts={"inspectors": str(given.get("staff", ""))})


def _change(matter_id: UUID, step: str, given: Mapping[str, object]) -> Change:
    """What the step alters besides the state, and what its guards should know."""
    if step not in _CHANGES:
        return NO_CHANGE
    matter = Matter.objects.filter(id=matter_id, procedure=SERVICE.code).first()
    return _CHANGES[step](matter, given) if matter else NO_CHANGE


def _corrected(matter: Matter, given: Mapping[str, object]) -> Change:
    missing = [code for code in _DIVIDES.split(str(given.get("missing") or "")) if code]
    known = {m.code for m in item_version(matter.kind, matter.facts["item_version"]).materials}
    return Change(
        facts={"missing": missing, "shown": _there_now(matter, missing)},
        known={"unknown_materials": "、".join(c for c in missing if c not in known)},
    )


def _there_now(matter: Matter, missing: list[str]) -> list[str]:
    """The materials seen at the counter: those of before, and what was missing and is no more."""
    seen = {*(matter.facts.get("shown") or ()), *(matter.facts.get("missing") or ())}
    return sorted(seen - set(missing))


def _inquiry_begun(matter: Matter, given: Mapping[str, object]) -> Change:
    period = matter.facts.get("inquiries", {}).get(str(given.get("inquiry")))
    return Change(facts={"inquiry": given.get("inquiry"), "inquiry_period": period}) if period else NO_CHANGE


def _inquiry_ended(matter: Matter, _: Mapping[str, object]) -> Change:
    done = matter.facts.get("inquiry")
    return Change(
        facts={"inquiries": {k: v for k, v in matter.facts.get("inquiries", {}).items() if k != done}}
    )


def _resolved(matter: Matter, given: Mapping[str, object]) -> Change:
    waiting = matter.facts.get("resolutions") or ()
    return Change(facts={"resolutions": [m for m in waiting if m != given.get("meeting")]})


def _extended(_: Matter, given: Mapping[str, object]) -> Change:
    number = str(given.get("number", ""))
    return Change(extension=int(number) if number.isdecimal() else None)


def _handed_up(matter: Matter, _: Mapping[str, object]) -> Change:
    return Change(organ_code=stands_with(matter).organ, known=_transferred(matter))


def _handed_down(matter: Matter, _: Mapping[str, object]) -> Change:
    return Change(
        organ_code=matter.township_code,
        known={**_opinions(matter), **_transferred(matter), **_earlier(matter)},
    )


def _granted(matter: Matter, _: Mapping[str, object]) -> Change:
    return Change(known={**_opinions(matter), **_transferred(matter), **_earlier(matter)})


def _earlier(matter: Matter) -> dict[str, str]:
    """The number of the application that is to be decided before this one; nothing where the order is free."""
    before = earlier_in_order(matter)
    return {"earlier": before.number} if before else {}


def _transferred(matter: Matter) -> dict[str, str]:
    """Whether another organ decides the application by today; it follows within minutes."""
    return {"transferred": transferred(matter)}


def _on_the_spot(matter: Matter, _: Mapping[str, object]) -> Change:
    return Change(known=_transferred(matter))


def _carried_over(matter: Matter, _: Mapping[str, object]) -> Change:
    becomes = decides_now(matter)
    return Change(
        facts={"decided_by": becomes.level, "decider": becomes.organ},
        organ_code=matter.township_code if matter.state == "handed_up" else None,
        known=_transferred(matter),
    )


def _settled(matter: Matter, given: Mapping[str, object]) -> Change:
    in_use = seals_in_use(today()).filter(organ_code=stands_with(matter).organ)
    unsealed = {"unsealed": "" if in_use.exists() else "yes"}
    return replace(_issued(matter, given), known={**_transferred(matter), **_earlier(matter), **unsealed})


def _opinions(matter: Matter) -> dict[str, str]:
    """Whether an organ that joins in was not asked or has not answered yet, and whether one objected."""
    given = Matter.objects.filter(procedure=JOINT_OPINION.code, related_id=matter.id)
    states = set(given.values_list("state", flat=True))
    was_asked = not matter.facts.get("joint_organs") or bool(states)
    return {
        "open_opinions": "yes" if "asked" in states or not was_asked else "",
        "objected": "yes" if "objected" in states else "",
    }


def _hearing_set(_: Matter, given: Mapping[str, object]) -> Change:
    """The day, hour and place of the hearing, which are announced, and the earliest day that the notice of today allows."""
    earliest = county_calendar().add(today(), _NOTICE_DAYS) + timedelta(days=1)
    told = {
        f"hearing_{k}": str(given.get(v, ""))
        for k, v in (("on", "when"), ("hour", "hour"), ("place", "place"))
    }
    return Change(facts=told, known={"earliest": str(earliest)})


def _refused(matter: Matter, given: Mapping[str, object]) -> Change:
    holder = matter.township_code if matter.state == "handed_up" else None
    facts = _barred(matter, given.get("is_false"), _SAFETY_YEARS)
    return Change(facts=facts, organ_code=holder, known=_transferred(matter))


def _barred(matter: Matter, ticked: object, years: int) -> dict[str, str]:
    """Until when the applicant may not apply again: where the item concerns safety (第七十八条、第七十九条), else not at all."""
    is_safety = item_version(matter.kind, matter.facts["item_version"]).is_safety
    is_ticked = ticked in (True, "true", "on", "1", "yes")
    return {"barred_until": _years_from_today(years)} if is_ticked and is_safety else {}


def _delivered(matter: Matter, given: Mapping[str, object]) -> Change:
    """How the result reached the applicant, for what is counted as answered online. It lies with who decided then."""
    decides = stands_with(matter)
    holder = decides.organ if decides.level == "county" else None
    facts = {"way": given["way"]} if given.get("way") else {}
    return Change(facts=facts, organ_code=holder, known=_unsealed(matter, {"grant", "result"}))


def _signed(matter: Matter, given: Mapping[str, object]) -> Change:
    """Whether a person's consent bears a name that is neither theirs nor that of who acts for them; an organisation's is signed by
    whom it sends."""
    private = matter.unsealed()
    names = {_bare(private.get(who, "")) for who in ("name", "represented_by")} - {""}
    is_others = private.get("id_kind") != "credit" and _bare(given.get("signature", "")) not in names
    return Change(known={"signed_by_another": "yes" if is_others else ""})


def _bare(name: object) -> str:
    return "".join(str(name).split())


def _unsealed(matter: Matter, kinds: set[str]) -> dict[str, str]:
    """Whether one of these papers does not bear its seal yet, be it that it was not even written."""
    are_sealed = kinds <= {d.kind for d in documents_of(matter.id) if d.seal_id}
    return {"unsealed": "" if are_sealed else "yes"}


def _taken_back(matter: Matter, given: Mapping[str, object]) -> Change:
    is_countys = stands_with(matter).level == decides_now(matter).level == "county"
    facts = _barred(matter, given.get("is_fraud"), _FRAUD_YEARS)
    return Change(facts=facts, known={"takes_back": "county" if is_countys else "township"})


def _expired(matter: Matter, _: Mapping[str, object]) -> Change:
    is_permit = item_version(matter.kind, matter.facts["item_version"]).power_type == PERMIT
    ends = is_permit and not renewed([matter.id], [matter.kind])
    return Change(known={"may_expire": "yes" if ends else ""})


def _years_from_today(years: int) -> str:
    on = today()
    try:
        return str(on.replace(year=on.year + years))
    except ValueError:  # 29 February
        return str(on.replace(year=on.year + years, month=3, day=1))


def _issued(matter: Matter, given: Mapping[str, object]) -> Change:
    """The number of the result, and the days of one that ends: a renewed one begins where the old one ends, a changed one
    ends as it would have."""
    item = item_version(matter.kind, matter.facts["item_version"])
    months = next((r.valid_months for r in item.results if r.valid_months), None)
    facts: dict[str, Any] = {"is_granted": True, "result_number": str(given.get("number", "")).strip()}
    if months and not matter.facts.get("changes"):
        ends = str(matter.facts.get("renews_until") or "")
        begins = max(today(), date.fromisoformat(ends) + timedelta(days=1)) if ends else today()
        facts |= {"valid_from": str(begins), "valid_until": str(_months_from(begins, months))}
    return Change(facts=facts)


def _months_from(on: date, months: int) -> date:
    """The last day of a period of months that begins today (民法典 第二百零二条: without a same day, the month's last)."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    longest = monthrange(year, month + 1)[1]
    if on.day > longest:
        return date(year, month + 1, longest)
    return date(year, month + 1, on.day) - timedelta(days=1)


_CHANGES = {
    "correct": _corrected,
    "see_authority": lambda _matter, _given: Change(facts={"authority_is_unseen": False}),
    "supplement": _corrected,
    "ask_opinions": lambda matter, _given: Change(joining=tuple(matter.facts.get("joint_organs", ()))),
    "bring_deferred": _corrected,
    "assign_inspectors": _inspectors,
    "begin_inquiry": _inquiry_begun,
    "look_into": _inquiry_begun,
    "end_inquiry": _inquiry_ended,
    "record_resolution": _resolved,
    "extend": _extended,
    "county_extend": _extended,
    "decline": lambda matter, given: Change(facts=_barred(matter, given.get("is_false"), _SAFETY_YEARS)),
    "notify_hearing": _hearing_set,
    "review": lambda _matter, _given: Change(facts={"is_reviewed_twice": False}),
    "second_review": lambda _matter, _given: Change(facts={"is_reviewed_twice": True}),
    "hand_up": _handed_up,
    "hand_up_again": _handed_up,
    "hand_back": lambda matter, _given: Change(organ_code=matter.township_code),
    "grant": _granted,
    "accept": _on_the_spot,
    "accept_for_county": _on_the_spot,
    "accept_deferred": _on_the_spot,
    "accept_deferred_for_county": _on_the_spot,
    "grant_on_commitment": _granted,
    "county_grant": _handed_down,
    "refuse": _refused,
    "county_refuse": _refused,
    "issue": _issued,
    "settle": _settled,
    "agree_electronic": _signed,
    "deliver": _delivered,
    "deliver_refusal": lambda matter, _given: Change(known=_unsealed(matter, {"refusal"})),
    "expire": _expired,
    **dict.fromkeys(("revoke", "county_revoke", "cancel", "county_cancel"), _taken_back),
    **dict.fromkeys(TRANSFERS, _carried_over),
}


def _replace(matter: Matter) -> None:
    """End the result that this one changes."""
    changed = matter.facts.get("changes")
    if changed and Matter.objects.filter(id=changed, state="delivered").exists():
        move(_HOUSE, UUID(changed), "replace")


def _ask_opinions(actor: Actor, matter: Matter, given: Mapping[str, object]) -> None:
    for organ in matter.facts.get("joint_organs", ()):
        opening = Opening(
            title=f"联办意见 · {matter.title}", kind=matter.kind, channel="joint", place_code=matter.place_code,
            organ_code=organ, facts={"text": matter.number, "of": matter.number}, related_id=matter.id,
        )  # fmt: skip
        open_matter(actor, JOINT_OPINION, "ask", opening, given={"note": given.get("note", "")})


def opened_form(actor: Actor, matter: Matter) -> dict[str, Any]:
    """The applicant's details and answers, for who works on it; each look leaves an entry. Raises `Refusal`."""
    act(actor, matter.id, "open_form")
    private = matter.unsealed()
    if not private:
        return {}
    answers = orjson.loads(private.pop("answers", "{}"))
    return {"applicant": private, "answers": answers}


def may_take_in(actor: Actor, place: str) -> bool:
    """Whether the actor may take applications for a place."""
    return decide(actor, ServicePermission.INTAKE, area=place) is None
