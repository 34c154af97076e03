"""Entry control's two procedures: sound as written, and every step × state × role cell as declared."""

from uuid import UUID

import pytest

from tests.domains.duties.people import COUNTY, ROLES, actor
from yimen.domains.duties.api import ADMISSION, ROUND
from yimen.kernel.access.roles import permissions_of
from yimen.kernel.matters.offers import authorised, may_start
from yimen.kernel.procedure.language import Procedure, Relation, Step


class _Held:
    """A matter of the whole county as the judgement sees it, opened by the civil affairs bureau."""

    def __init__(self, state: str) -> None:
        self.state, self.place_code, self.organ_code = state, COUNTY + "000000", "civil"
        self.post_code, self.grid_code = "", ""
        self.person_id: UUID | None = None
        self.opened_by: UUID | None = None
        self.performers: dict[str, str | None] = {}


@pytest.mark.parametrize("procedure", [ADMISSION, ROUND], ids=lambda p: p.code)
def test_the_procedure_has_no_problems(procedure: Procedure) -> None:
    assert procedure.problems() == []


CELLS = [
    (procedure, step, state.code)
    for procedure in (ADMISSION, ROUND)
    for step in procedure.steps
    for state in procedure.states
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("procedure", "step", "state"), CELLS, ids=lambda x: getattr(x, "code", x))
def test_every_cell_of_step_state_and_role_is_as_declared(
    procedure: Procedure, step: Step, state: str, role: str
) -> None:
    declared = ROLES[role]
    held = permissions_of(declared[0]) if declared else frozenset()

    def fits(relation: Relation, permission: str) -> bool:
        if declared is None or permission not in held:
            return False
        _role, organ, area, only_for = declared
        if relation is Relation.ORGAN:
            return organ == "civil" and only_for in ("", "civil")
        return area == COUNTY and only_for == ""

    lawful = any(fits(w.relation, w.permission) for w in step.who)
    assert (authorised(actor(role), step, _Held(state)) is None) == lawful
    leaves = state in step.sources or (step.sources == ("*",) and not procedure.state(state).is_end)
    assert (bool(step.sources) and may_start(procedure, step, state)) == leaves


@pytest.mark.parametrize(
    ("procedure", "step", "who"),
    [
        (ADMISSION, "apply", {"department"}),
        (ADMISSION, "consult", {"establishment"}),
        (ADMISSION, "admit", {"county"}),
        (ADMISSION, "refuse", {"county", "establishment"}),
        (ADMISSION, "withdraw", {"department"}),
        (ROUND, "push", {"department"}),
        (ROUND, "finish", {"department"}),
        (ROUND, "recall", {"department", "county"}),
    ],
    ids=lambda x: "-".join(sorted(x)) if isinstance(x, set) else getattr(x, "code", x),
)
def test_who_may_take_which_step_is_what_the_roles_say(
    procedure: Procedure, step: str, who: set[str]
) -> None:
    state = procedure.states[0].code
    may = {name for name in ROLES if authorised(actor(name), procedure.step(step), _Held(state)) is None}
    assert may == who
