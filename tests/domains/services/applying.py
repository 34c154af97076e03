"""Applications for tests: the people of a township, an applicant, and an item's application filled in from its own form."""

import re
from typing import Any
from uuid import UUID, uuid4

from tests.cast import COUNTY, HERE, staff
from yimen.domains.catalogue.api import Channel, read_files
from yimen.domains.services.api import Applicant, Application, needed, submit
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.roles import permissions_of
from yimen.kernel.counties.models import Division
from yimen.kernel.forms.schema import Question, read_form
from yimen.kernel.matters.moving import Moved

ITEMS = {i.code: i for i in read_files()}
SENIOR_CARD, ALLOWANCE = "332000124001", "330500121001"
HOUSE_PERMIT, LIVING_ALLOWANCE = "330100061001", "330500041001"
TIMBER, PROTECTED, CHRONIC = "330100112001", "330100083001", "330700025001"
_GOOD = {
    "citizen-id": "11010519491231002X", "credit-code": "91350100M000100Y43", "phone": "13800000000",
    "date": "2026-01-05", "email": "a@example.cn", "money": "100.00", "place": "339901100201",
}  # fmt: skip
_PATTERNED = [c * n for n in range(1, 40) for c in "1A"] + ["浙A12345"]
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


def papers(count: int = 1) -> list[str]:
    """Ids of papers."""
    return [str(UUID(int=n + 1)) for n in range(count)]
