"""Applications for tests: the people of a township, an applicant, and an item's application filled in from its own form."""

import re
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.range import DateRange

from tests.cast import COUNTY, HERE, staff
from yimen.domains.catalogue.api import Channel, Kind, read_files
from yimen.domains.services.api import JOINT_OPINION, Applicant, Application, act, needed, submit
from yimen.domains.services.documents import write
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.roles import permissions_of
from yimen.kernel.calendar.today import now
from yimen.kernel.counties.models import Division
from yimen.kernel.documents.models import Custody, IssuedDocument, OfficialSeal
from yimen.kernel.forms.schema import Question, read_form
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import Moved
from yimen.kernel.notices.models import OutboxMessage

_LONG_AGO = date(2020, 1, 1)
ITEMS = {i.code: i for i in read_files()}
SENIOR_CARD, ALLOWANCE = "332000124001", "330500121001"
HOUSE_PERMIT, LIVING_ALLOWANCE = "330100061001", "330500041001"
TIMBER, PROTECTED, CHRONIC = "330100112001", "330100083001", "330700025001"
_GOOD = {
    "citizen-id": "11010519491231002X", "credit-code": "91350100M000100Y43", "phone": "13800000000",
    "date": "2026-01-05", "email": "a@example.cn", "money": "100.00", "place": "339901100201",
}  # fmt: skip
_PATTERNED = [c * n for n in range(1, 40) for c in "1A"] + ["浙A12345"]
TOILET, PARTY_HELP = "330500091001", "330500103001"
TRACTOR = "330100153001"
OPINION = {"opinion": "材料属实，符合条件"}
TWO = "甲一、乙二"
ZHANG = Applicant("张大爷", "citizen", "11010519491231002X", "13800000000", "青石村一组")


def official(role: str, organ: str = HERE, area: str = HERE, held: str = "") -> Actor:
    """A member of staff in a role."""
    return staff(
        role, Grant(permissions_of(role), area, held, role), post=f"{organ}-{uuid4().hex[:6]}", organ=organ
    )


def clerk() -> Actor:
    """At the window."""
    return official("window_clerk")


def reviewer() -> Actor:
    """Behind the window; another person each time."""
    return official("service_reviewer")


def head() -> Actor:
    """Who decides."""
    return official("service_head")


def county(organ: str = "civil") -> Actor:
    """In the county's department."""
    return official("county_approver", organ, COUNTY, organ)


def village() -> str:
    """A village of the township."""
    return Division.objects.filter(level="village", code__startswith=HERE).values_list("code", flat=True)[0]


def an_answer(question: Question) -> Any:
    """Something the question takes."""
    if question.choices:
        return question.choices[0][0]
    match question.kind:
        case "array":
            row = {q.name: an_answer(q) for q in question.rows if q.when is None}
            return [row] * max(question.fewest_rows, 1)
        case "boolean":
            return True
        case "integer" | "number":
            return int(question.least or 1)
    if question.pattern:
        return next(t for t in _PATTERNED if re.fullmatch(question.pattern, t))
    return _GOOD.get(question.format, "甲" * max(question.shortest, 1))


def filled(code: str) -> dict[str, Any]:
    """Answers to everything that an item's form asks."""
    return {q.name: an_answer(q) for q in read_form(ITEMS[code].form).questions.values()}


def applied(code: str = ALLOWANCE, *, by: Actor | None = None, missing: int = 0, **changes: Any) -> Moved:
    """An application at the window, complete but for `missing` materials."""
    answers = filled(code)
    wanted = [m.code for m in needed(ITEMS[code], answers)]
    given: dict[str, Any] = {
        "item": code, "place": village(), "channel": Channel.WINDOW, "applicant": ZHANG, "answers": answers,
        "shown": frozenset(wanted[missing:]), **changes,
    }  # fmt: skip
    return submit(by or clerk(), Application(**given))


def looked_into(moved: Moved) -> None:
    """Each inquiry of the item, begun and ended; the joint organs asked and agreed; the meeting resolved."""
    matter_id, facts = moved.matter_id, Matter.objects.get(id=moved.matter_id).facts
    for kind in facts["inquiries"]:
        step = "look_into" if kind in facts["counted"] else "begin_inquiry"
        act(reviewer(), matter_id, step, {"inquiry": kind, "staff": TWO})
        act(reviewer(), matter_id, "end_inquiry", {"finding": "属实，无异议"})
    if facts["joint_organs"]:
        act(reviewer(), matter_id, "ask_opinions")
        for each in Matter.objects.filter(procedure=JOINT_OPINION.code, related_id=matter_id):
            act(county(each.organ_code), each.id, "agree", {"opinion": "同意"})
    for meeting in facts["resolutions"]:
        minutes = {"meeting": meeting, "minutes": "〔2026〕12号", "when": "2026-01-05", "files": papers()}
        act(reviewer(), matter_id, "record_resolution", minutes)


def granted(code: str, **changes: Any) -> Moved:
    """An application accepted, looked into, reviewed and granted by who decides it."""
    item, moved = ITEMS[code], applied(code, **changes)
    is_countys = item.decided_by == "county"
    act(clerk(), moved.matter_id, "accept_for_county" if is_countys else "accept")
    looked_into(moved)
    act(reviewer(), moved.matter_id, "review", OPINION)
    if item.reviewers > 1:
        act(reviewer(), moved.matter_id, "second_review", OPINION)
    if not is_countys:
        return act(head(), moved.matter_id, "grant", {"reason": "准予"})
    act(reviewer(), moved.matter_id, "hand_up", OPINION)
    return act(county(item.organ), moved.matter_id, "county_grant", {"reason": "准予"})


def delivered(code: str, **changes: Any) -> Moved:
    """An application carried from the counter to the result in somebody's hands."""
    if ITEMS[code].kind == Kind.INSTANT:
        moved = applied(code, **changes)
        a_seal()
        return act(clerk(), moved.matter_id, "settle", {"number": f"{code}-1", "receipt": "张大爷"})
    moved = granted(code, **changes)
    act(clerk(), moved.matter_id, "issue", {"number": f"{code}-1"})
    return act(clerk(), sealed(moved.matter_id), "deliver", {"way": "counter", "receipt": "张大爷"})


def a_seal(organ: str = HERE) -> OfficialSeal:
    """A seal of the organ that somebody keeps. Only its register is there; what it signs is the documents' own tests' affair."""
    if known := OfficialSeal.objects.filter(organ_code=organ).first():
        return known
    seal = OfficialSeal.objects.create(
        id=uuid4(), organ_code=organ, fingerprint=organ, number_word=organ, valid=DateRange(_LONG_AGO, None)
    )
    Custody.objects.create(id=uuid4(), seal=seal, person_id=uuid4(), valid=DateRange(_LONG_AGO, None))
    return seal


def sealed(matter_id: UUID) -> UUID:
    """The papers of all that was done on an application, written and sealed."""
    for message in OutboxMessage.objects.filter(stream=matter_id).order_by("id"):
        write(message.id, message.payload)
    for paper in IssuedDocument.objects.filter(matter_id=matter_id, seal=None):
        paper.seal, paper.sealed_at, paper.paper_id = a_seal(paper.organ_code), now(), uuid4()
        paper.save()
    return matter_id


def papers(count: int = 1) -> list[str]:
    """Ids of papers."""
    return [str(UUID(int=n + 1)) for n in range(count)]
