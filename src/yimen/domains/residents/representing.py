"""Acting for a child, a parent, a spouse or a company: said by the resident, confirmed by a clerk, ended by either."""

from datetime import date, timedelta
from uuid import UUID

import orjson
from django.db.models import QuerySet
from psycopg.types.range import DateRange

from yimen.domains.residents.accounts import LAW as PRIVACY
from yimen.domains.residents.accounts import acting, details_of, digest_for, judge_id, locked
from yimen.domains.residents.models import Representation, Resident
from yimen.domains.residents.permissions import ResidentPermission
from yimen.domains.services.api import called, drafts
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.clocks import add_months
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act
from yimen.kernel.forms.identifiers import birthday_in
from yimen.kernel.ids import uuid7
from yimen.kernel.registers.acts import named, note, permit, until
from yimen.kernel.sealing import masked, seal, unseal
from yimen.kernel.words import Refusal, Text

LAW = "民法典 第一百六十一条、第一百六十三条"
MINORS = "民法典 第十七条、第二十七条"
RELATIONS = {
    "child": Text("未成年子女", "A child under age"), "parent": Text("父母", "A parent"), "spouse": Text("配偶", "Spouse"),
    "ward": Text("被监护人", "A ward"), "company": Text("单位（法定代表人或受托人）", "A company, as its representative"),
}  # fmt: skip


_AUTHORITY = {
    "child": "guardianship", "ward": "guardianship", "parent": "mandate", "spouse": "mandate", "company": "mandate",
}  # fmt: skip
"""The relation → by what one acts; for a company a clerk sees whether it is the legal representative or somebody mandated."""


_ONE_DAY = timedelta(days=1)
_OF_AGE = 18 * 12
"""Months. Then a child acts by itself (民法典 第十七条、第十八条) and its parents represent it no longer."""


def _last_day(relation: str, id_kind: str, number: str, ends: date | None) -> date | None:
    """The last day on which it holds (民法典 第二百零三条), None for no end; a child's is the eve of its eighteenth birthday at the
    latest. Refuses who is no child any more."""
    if (relation == "company") != (id_kind == "credit"):
        raise Refusal.of(
            "represent.kind", "替单位办的填统一社会信用代码，替人办的填人的证件。",
            "For a company give its credit code, for a person theirs.", field="id_kind",
        )  # fmt: skip
    if relation != "child":
        return ends
    if id_kind != "citizen":
        if ends is None:
            raise Refusal.of(
                "represent.ends", "请填孩子满十八周岁的日期。", "Give the day on which the child turns eighteen.", MINORS, field="ends"
            )  # fmt: skip
        return ends
    grown = add_months(birthday_in(number), _OF_AGE)
    if grown <= today():
        raise Refusal.of(
            "represent.grown", "已满十八周岁，由本人办理；要替他办的，带委托书到窗口。",
            "Eighteen or older: they act for themselves. To act for them, bring a written mandate to a window.", MINORS, field="id_number",
        )  # fmt: skip
    return min(grown - _ONE_DAY, ends or grown)


def represent(
    resident: Resident,
    *,
    relation: str,
    name: str,
    id_kind: str,
    id_number: str,
    ends: date | None,
    evidence: UUID | None,
) -> Representation:
    """Say for whom one acts. It helps filling in at once; the other's matters open when a clerk has confirmed it."""
    if relation not in RELATIONS:
        raise Refusal.of("represent.relation", "请选择关系。", "Choose the relation.", field="relation")
    number = id_number.strip().upper()
    judge_id(id_kind, number)
    if not number:
        raise Refusal.of(
            "represent.number", "请填写证件号码。", "Give the identity number.", field="id_number"
        )
    last = _last_day(relation, id_kind, number, ends)
    if last is not None and last < today():
        raise Refusal.of(
            "represent.ends", "结束日期不能早于今天。", "It must not end before today.", field="ends"
        )
    at, tidy = now(), named(name, "name")
    row = Representation(
        id=uuid7(at), resident=resident, relation=relation, name_masked=called(tidy, id_kind), evidence=evidence,
        private=seal(orjson.dumps({"name": tidy, "id_kind": id_kind, "id_number": number})),
        person_digest=digest_for(id_kind, number), valid=DateRange(today(), last + _ONE_DAY if last else None),
    )  # fmt: skip
    with one_act():
        row.save(force_insert=True)
        note(acting(resident), resident.id, "represent", at, LAW, relation=relation, name=row.name_masked)
    return row


def representations(resident: Resident) -> QuerySet[Representation]:
    """For whom the resident acts today."""
    return Representation.objects.filter(resident=resident, valid__contains=today()).order_by("id")


def last_day(found: Representation) -> date | None:
    """The last day on which it holds; None for no end."""
    return found.valid.upper - _ONE_DAY if found.valid.upper else None


def represented_details(found: Representation) -> dict[str, str]:
    """Name and number of who is represented, to fill in with."""
    return dict(orjson.loads(unseal(bytes(found.private))))


def acting_for(resident: Resident, id_kind: str, id_number: str) -> drafts.Acting | None:
    """By what the resident hands in for the holder of a document, where they said they act for them."""
    digest = digest_for(id_kind, id_number)
    found = representations(resident).filter(person_digest=digest).order_by("confirmed_at", "id").first()
    if found is None or digest == resident.person_digest:
        return None
    by = details_of(resident).get("name") or resident.contact_masked
    papers = (found.evidence,) if found.evidence else ()
    return drafts.Acting(by, _AUTHORITY[found.relation], papers, is_confirmed=found.confirmed_at is not None)


def end(resident: Resident, found: Representation) -> None:
    """Act for somebody no longer."""
    with one_act():
        Representation.objects.filter(id=found.id, resident=resident).update(
            valid=until(max(today(), found.valid.lower))
        )
        note(acting(resident), resident.id, "end_representation", now(), LAW, name=found.name_masked)


def waiting_for(resident: Resident, id_kind: str, id_number: str) -> Representation:
    """The representation that a resident declared and a clerk is to confirm; refuses when there is none."""
    digest = digest_for(id_kind, id_number.strip().upper())
    found = representations(resident).filter(confirmed_at=None, person_digest=digest).first()
    if found is None:
        raise Refusal.of("represent.unknown", "本人没有登记过这个代理关系，或证件号码不一致。", "The resident declared no such relation, or the number differs.", field="id_number")  # fmt: skip
    return found


def confirm_representation(actor: Actor, found: Representation, place: str, shown: str) -> None:
    """A clerk has seen the evidence (`shown` says which): from now on the other's matters open as well."""
    permit(actor, ResidentPermission.CONFIRM, place)
    with one_act():
        Representation.objects.filter(id=found.id).update(confirmed_at=now())
        note(actor, found.resident_id, "confirm_representation", now(), LAW, name=found.name_masked, shown=named(shown, "shown", 100))  # fmt: skip


def confirm_identity(
    actor: Actor, resident: Resident, place: str, *, name: str, id_kind: str, id_number: str
) -> None:
    """A clerk has seen the document: the account is this person's, and all of their applications show in it. Evidence seen for
    whom the account was before says nothing of this person: what they represent waits for a clerk again."""
    permit(actor, ResidentPermission.CONFIRM, place)
    number, tidy = id_number.strip().upper(), named(name, "name")
    judge_id(id_kind, number)
    digest = digest_for(id_kind, number)
    with one_act():
        before = locked(resident)
        kept = {
            **orjson.loads(unseal(bytes(before.private))),
            "name": tidy,
            "id_kind": id_kind,
            "id_number": number,
        }
        Resident.objects.filter(id=resident.id).update(
            private=seal(orjson.dumps(kept)), person_digest=digest, confirmed_at=now()
        )
        if before.person_digest not in ("", digest):
            Representation.objects.filter(resident=resident).update(confirmed_at=None)
        note(actor, resident.id, "confirm_identity", now(), PRIVACY, name=masked(tidy))
