"""Who may do what with a matter now: one judgement for the buttons and for the act itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import decide
from yimen.kernel.calendar.today import LOCAL_ZONE
from yimen.kernel.procedure.language import SAME, GuardFacts, Procedure, Relation, Rule, Step, Who
from yimen.kernel.words import Finding, Text


class Standing(Protocol):
    """What the judgement needs to know of a matter."""

    state: str
    place_code: str
    grid_code: str
    organ_code: str
    organs: list[str]
    post_code: str
    person_id: UUID | None
    opened_by: UUID | None
    performers: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Offer:
    """A step this actor could take; blocked when a guard objects (shown with the reason and article)."""

    step: Step
    blocked: tuple[Finding, ...] = ()


WRONG_STATE = Finding(
    "step.wrong_state",
    Text("这件事现在的状态不能这样办。", "This matter is not in a state where this can be done."),
)


def _stands(actor: Actor, who: Who, matter: Standing) -> bool:
    """Whether the actor stands to the matter as `who` asks, and holds its permission."""
    area = matter.grid_code or matter.place_code
    match who.relation:
        case Relation.PUBLIC:
            return actor.kind == "resident"
        case Relation.HOUSE:
            return actor.kind == "system"
        case Relation.OPENER:
            return matter.opened_by is not None and actor.account_id == matter.opened_by
        case Relation.HOLDER | Relation.ORGAN:
            named = matter.post_code in ("", actor.post) and matter.person_id in (None, actor.person_id)
            mine = bool(matter.organ_code) and actor.organ == matter.organ_code
            return (
                mine
                and (named or who.relation is Relation.ORGAN)
                and decide(actor, who.permission, area=area, organ=matter.organ_code) is None
            )
        case Relation.JOINED:
            mine = bool(actor.organ) and actor.organ in matter.organs
            return mine and decide(actor, who.permission, area=area, organ=actor.organ) is None
        case Relation.AREA:
            return decide(actor, who.permission, area=area) is None


def authorised(actor: Actor, step: Step, matter: Standing) -> Finding | None:
    """None when one of the step's `who` fits the actor; otherwise the finding that refuses."""
    if any(_stands(actor, who, matter) for who in step.who):
        return None
    return Finding(
        "step.not_yours",
        Text("您的岗位不能办理“{step}”。", "Your post may not perform “{step}”.").fill(step=step.label),
        step.law,
    )


def separated(actor: Actor, procedure: Procedure, step: Step, matter: Standing) -> Finding | None:
    """The finding when one person would do two steps that the procedure keeps apart."""
    for other in step.not_same_as:
        performer = matter.performers.get(other)
        if performer and actor.person_id and performer == str(actor.person_id):
            return Finding(
                "step.same_person",
                Text(
                    "“{other}”是您办的，“{step}”须由另一人办理。",
                    "You performed “{other}”; another person must perform “{step}”.",
                ).fill(other=procedure.step(other).label, step=step.label),
                step.law,
            )
    return None


def may_start(procedure: Procedure, step: Step, state: str) -> bool:
    """Whether the step leaves from this state."""
    if step.sources == (SAME,):
        return not procedure.state(state).is_end
    return state in step.sources


def too_early(procedure: Procedure, step: Step, facts: GuardFacts) -> tuple[Finding, ...]:
    """The waits that have not ended yet."""
    return tuple(
        Finding(
            "step.too_early",
            Text("“{wait}”到 {until} 才满，之前不能办理。", "“{wait}” ends on {until}; not before.").fill(
                wait=procedure.limit(code).name,
                until=f"{facts.clocks[code].astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}",
            ),
            procedure.limit(code).law,
        )
        for code in step.waits
        if code in facts.clocks and facts.at < facts.clocks[code]
    )


def not_yet(procedure: Procedure, step: Step, facts: GuardFacts) -> tuple[Finding, ...]:
    """The waits that still run, and what others have not done yet."""
    return (*too_early(procedure, step, facts), *_objecting(step.awaits, facts))


def _objecting(rules: Iterable[Rule], facts: GuardFacts) -> tuple[Finding, ...]:
    return tuple(f for f in (rule(facts) for rule in rules) if f is not None)


def is_turn_of(actor: Actor, procedure: Procedure, step: Step, matter: Standing, facts: GuardFacts) -> bool:
    """Whether the matter waits for this actor to take this step: it is theirs, the matter has it, and others have done theirs."""
    return (
        may_start(procedure, step, matter.state)
        and any(_stands(actor, who, matter) for who in step.who if who.is_waited_for)
        and separated(actor, procedure, step, matter) is None
        and not _objecting((*step.only_if, *step.awaits), facts)
    )


def not_run_out(procedure: Procedure, step: Step, facts: GuardFacts) -> tuple[Finding, ...]:
    """What the house takes when a limit has run out, it takes no earlier."""
    limits = [x for x in procedure.limits if step.code in x.then]
    if not limits or any(x.code in facts.clocks and facts.clocks[x.code] < facts.at for x in limits):
        return ()
    return (Finding("step.not_run_out", Text("时限还没有届满。", "The limit has not run out."), step.law),)


def objections(procedure: Procedure, step: Step, facts: GuardFacts) -> tuple[Finding, ...]:
    """The waits that still run, then what the step's guards find, in their order."""
    early = (*too_early(procedure, step, facts), *not_run_out(procedure, step, facts))
    return (*early, *_objecting((*step.only_if, *step.awaits, *step.guards), facts))


def offers(
    actor: Actor, procedure: Procedure, matter: Standing, facts_for: "FactsFor", at: datetime
) -> list[Offer]:
    """The steps this actor may take on this matter now, blocked ones included with their findings.

    Guards of a step that asks for input are judged when the input is there; what it awaits of others is judged at once.
    """
    found: list[Offer] = []
    for step in procedure.steps_from(matter.state):
        if authorised(actor, step, matter) is not None:
            continue
        facts = facts_for(step, at)
        if any(rule(facts) for rule in step.only_if):
            continue
        apart = separated(actor, procedure, step, matter)
        if apart is not None:
            found.append(Offer(step, (apart,)))
        else:
            judge = not_yet if step.fields else objections
            found.append(Offer(step, judge(procedure, step, facts)))
    return found


class FactsFor(Protocol):
    """Gives the guard facts of a step as if taken at an instant, without input."""

    def __call__(self, step: Step, at: datetime) -> GuardFacts: ...
