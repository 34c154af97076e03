"""States, steps, limits and guards as typed, frozen values; `Procedure.problems()` finds what cannot be lawful.

A guard is a rule: a pure statement about `GuardFacts` that holds or does not, with the finding that says so. The
finding's sentence is the one on the sheet and on the officer's screen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from yimen.kernel.calendar.clocks import Unit
from yimen.kernel.words import Finding, Text

SAME = "*"
"""As `Step.to`: the state stays. As the only source: any state that is not an end."""

UNITS = tuple(unit.value for unit in Unit)
KINDS = (
    "text",
    "longtext",
    "choice",
    "organ",
    "post",
    "person",
    "class",
    "point",
    "files",
    "matter",
    "date",
    "number",
    "bool",
)
MOST_NUMBER = 9999
ASSIGNMENTS = ("keep", "organ_field", "post_field", "none")


class Relation(StrEnum):
    """How the one who acts must stand to the matter: responsible for its place, holding it (the organ, and the post
    or person where one is named), of the organ that holds it, of one that has held it or was asked to join in, its
    opener, the public, or the house itself when a limit has run out (these two hold no permissions).
    """

    AREA = "area"
    HOLDER = "holder"
    ORGAN = "organ"
    JOINED = "joined"
    OPENER = "opener"
    PUBLIC = "public"
    HOUSE = "house"


@dataclass(frozen=True, slots=True)
class Who:
    """A permission and a relation; a step lists the ones any of which suffices.

    `is_waited_for` is False for somebody who may take the step though it is another's to take, such as the window that
    notes what an applicant says: it is not among their work.
    """

    permission: str
    relation: Relation = Relation.AREA
    is_waited_for: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """A state with its name for staff and its name for the public."""

    code: str
    name: Text
    public: Text
    is_end: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a step asks for. `kind` is one of `KINDS`; `max_length` counts characters; a number
    is whole and from 1 to `MOST_NUMBER`."""

    code: str
    label: Text
    kind: str
    required: bool = False
    hint: Text | None = None
    choices: tuple[tuple[str, Text], ...] = ()
    max_length: int = 2000
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class GuardFacts:
    """What a guard may know. Instants are aware; `performers` names who last performed each step."""

    state: str
    step: str
    given: Mapping[str, Any]
    facts: Mapping[str, Any]
    performers: Mapping[str, UUID | None]
    clocks: Mapping[str, datetime]
    clock_started: Mapping[str, datetime]
    at: datetime
    opened_at: datetime
    related: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """A statement that must be true before a step; `objection` is what is said when it is not, with `{names}` in its
    sentence filled in from what is related."""

    name: str
    objection: Finding
    holds: Callable[[GuardFacts], bool]

    def __call__(self, facts: GuardFacts) -> Finding | None:
        """The objection, or None when the statement is true."""
        if self.holds(facts):
            return None
        said = self.objection.sentence
        return (
            replace(self.objection, sentence=said.fill(**facts.related)) if "{" in said.zh else self.objection
        )


def rule(
    code: str, sentence: Text, law: str, field: str = ""
) -> Callable[[Callable[[GuardFacts], bool]], Rule]:
    """Make a pure function, named as a statement and true when all is well, into a rule."""
    return lambda holds: Rule(holds.__name__, Finding(code, sentence, law, field), holds)


@dataclass(frozen=True, slots=True)
class Step:
    """One lawful act: from where, to where, by whom, on what ground, with what input, moving which clocks.

    `sources` empty opens a matter; `(SAME,)` starts from any state that is not an end. `not_same_as` names
    steps whose last performer may not perform this one. `only_if` says which matters have the step at all: to the others
    it is not offered (and refused like by a guard). `waits` names waits that must have ended before it may
    be performed. `within` names a period that is no clock: the step's own guard reckons it when the step is taken.
    `counts_from` names a running limit: what the step starts counts from when that one began, not from
    now. `is_work`: who may take it has work to do, though it stops no clock. `awaits`: guards that only what others did
    can satisfy; until then the step is shown as blocked, and is nobody's work yet. `event` is told to the rest of the house.
    """

    code: str
    label: Text
    sources: tuple[str, ...]
    to: str
    who: tuple[Who, ...]
    law: str
    description: Text | None = None
    fields: tuple[Field, ...] = ()
    only_if: tuple[Rule, ...] = ()
    guards: tuple[Rule, ...] = ()
    awaits: tuple[Rule, ...] = ()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    within: str = ""
    not_same_as: tuple[str, ...] = ()
    counts_from: str = ""
    assign: str = "keep"
    is_override: bool = False
    is_correction: bool = False
    is_work: bool = False
    event: str = ""


@dataclass(frozen=True, slots=True)
class LimitSpec:
    """A period: its length and unit (or the facts key that carries `[number, unit]`), its law, its breach.

    `rolls` says whether an end on a rest day moves to the next working day. A wait (`is_wait`) is a period before
    whose end a step may not be performed, such as the days between a hearing's notice and the hearing; nothing
    is due at its end. `then` names the steps of which the house takes the first that is allowed when it has run out,
    such as a deemed acceptance; before that it may not. `only_with` names the fact without which the limit does not run
    on a matter.
    `is_local` marks a length that no statute gives: the county sets it by a dated row with its
    source, and the number here holds until it does.
    """

    code: str
    name: Text
    law: str
    on_breach: Text
    number: int | None = None
    unit: str = "working_days"
    number_from: str = ""
    rolls: bool = False
    is_wait: bool = False
    is_local: bool = False
    then: tuple[str, ...] = ()
    only_with: str = ""


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure in one version. A change is a new version; a matter keeps its version to the end."""

    code: str
    version: int
    name: Text
    prefix: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    limits: tuple[LimitSpec, ...]
    law: str = ""
    _states: Mapping[str, State] = field(init=False, repr=False, compare=False)
    _steps: Mapping[str, Step] = field(init=False, repr=False, compare=False)
    _limits: Mapping[str, LimitSpec] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index by code."""
        object.__setattr__(self, "_states", {s.code: s for s in self.states})
        object.__setattr__(self, "_steps", {s.code: s for s in self.steps})
        object.__setattr__(self, "_limits", {x.code: x for x in self.limits})

    def state(self, code: str) -> State:
        """The state of a code; KeyError when there is none."""
        return self._states[code]

    def step(self, code: str) -> Step:
        """The step of a code; KeyError when there is none."""
        return self._steps[code]

    def limit(self, code: str) -> LimitSpec:
        """The limit of a code; KeyError when there is none."""
        return self._limits[code]

    def opening(self) -> tuple[Step, ...]:
        """The steps that open a matter."""
        return tuple(s for s in self.steps if not s.sources)

    def answers(self) -> tuple[Step, ...]:
        """The steps that a running clock waits for, and those that say so: who is waited for has work. Not corrections,
        not overrides."""
        return tuple(
            s
            for s in self.steps
            if s.sources not in ((), (SAME,))
            and not (s.is_correction or s.is_override)
            and (s.is_work or any(not self.limit(x).is_wait for x in s.stops))
        )

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """The steps that leave from a state, in the order they were declared."""
        is_end = self.state(state).is_end
        return tuple(s for s in self.steps if state in s.sources or (s.sources == (SAME,) and not is_end))

    def problems(self) -> list[str]:
        """Everything that keeps this from being a lawful procedure; empty when it is sound."""
        return [
            *_repeated("state", [s.code for s in self.states]),
            *_repeated("step", [s.code for s in self.steps]),
            *_repeated("limit", [x.code for x in self.limits]),
            *(problem for step in self.steps for problem in self._problems_of(step)),
            *(f"limit {x.code}: no law" for x in self.limits if not x.law),
            *(f"limit {x.code}: unknown unit {x.unit!r}" for x in self.limits if x.unit not in UNITS),
            *(f"limit {x.code}: no length" for x in self.limits if not (x.number or x.number_from)),
            *(
                f"limit {x.code}: a wait that no step waits for"
                for x in self.limits
                if x.is_wait and not any(x.code in s.waits for s in self.steps)
            ),
            *(
                f"limit {x.code}: never starts"
                for x in self.limits
                if not any(x.code in s.starts or x.code == s.within for s in self.steps)
            ),
            *(
                f"limit {x.code}: nothing the house may do is called {code!r}"
                for x in self.limits
                for code in x.then
                if not self._is_of_the_house(code)
            ),
            *([] if self.opening() else ["no step opens it"]),
            *(f"state {code}: cannot be reached" for code in self._states.keys() - self._reachable()),
            *(f"state {s.code}: a dead end that is not an end" for s in self.states if self._is_dead_end(s)),
        ]

    def _problems_of(self, step: Step) -> list[str]:
        here = f"step {step.code}: "
        states = {*self._states, SAME}
        clocks = (*step.starts, *step.stops, *step.pauses, *step.resumes, *step.extends, *step.waits)
        clocks += tuple(x for x in (step.counts_from, step.within) if x)
        found = [f"{here}unknown state {s!r}" for s in (*step.sources, step.to) if s not in states]
        found += [f"{here}unknown limit {x!r}" for x in clocks if x not in self._limits]
        found += [
            f"{here}unknown step {s!r} in not_same_as" for s in step.not_same_as if s not in self._steps
        ]
        found += [
            f"{here}field {f.code} has unknown kind {f.kind!r}" for f in step.fields if f.kind not in KINDS
        ]
        found += [f"{here}{x}" for x in _repeated("field", [f.code for f in step.fields])]
        found += [
            f"{here}waits for {x!r}, which is no wait"
            for x in step.waits
            if x in self._limits and not self._limits[x].is_wait
        ]
        found += [
            f"{here}the public and the house hold no permission, everybody else needs one"
            for w in step.who
            if (w.relation in (Relation.PUBLIC, Relation.HOUSE)) == bool(w.permission)
        ]
        if not step.who:
            found.append(f"{here}nobody may perform it")
        if not step.law:
            found.append(f"{here}no law")
        if step.assign not in ASSIGNMENTS:
            found.append(f"{here}unknown assignment {step.assign!r}")
        if not step.sources and step.to == SAME:
            found.append(f"{here}an opening step names its state")
        ends = [s for s in step.sources if s in self._states and self._states[s].is_end]
        if ends and not step.is_correction:
            found.append(f"{here}leaves the end state {ends[0]!r} without being a correction")
        return found

    def _is_of_the_house(self, code: str) -> bool:
        return code in self._steps and any(w.relation is Relation.HOUSE for w in self._steps[code].who)

    def _reachable(self) -> set[str]:
        seen = {s.to for s in self.opening()}
        while True:
            more = {
                step.to
                for step in self.steps
                if step.to != SAME and (step.sources == (SAME,) or seen & set(step.sources))
            }
            if more <= seen:
                return seen
            seen |= more

    def _is_dead_end(self, state: State) -> bool:
        leaves = (
            s for s in self.steps_from(state.code) if s.to not in (SAME, state.code) and not s.is_override
        )
        return not state.is_end and not any(leaves)


def _repeated(what: str, codes: list[str]) -> list[str]:
    return [f"{what} {code}: declared twice" for code in sorted({c for c in codes if codes.count(c) > 1})]
