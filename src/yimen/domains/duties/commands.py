"""What is done about entry control: applying, giving an opinion, deciding; pushing a round and answering it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from yimen.domains.duties.models import GridTask, Opinion, RoundAnswer
from yimen.domains.duties.permissions import DutyPermission
from yimen.domains.duties.procedures import ADMISSION, ROUND
from yimen.domains.duties.registers import lay_task, next_code, tasks_on, term_on
from yimen.domains.duties.rules import ADMISSION_LAW, GRID_REGULATION
from yimen.domains.duties.words import OUTCOMES, STANCES
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act, one_at_a_time
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.ids import uuid7
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import NO_CHANGE, Change, Moved, Opening, move, open_matter
from yimen.kernel.org.models import Grid
from yimen.kernel.registers.acts import named, note, permit, stream_of
from yimen.kernel.words import Refusal

_COUNTY_WIDE = "000000"


def apply_for_admission(actor: Actor, proposal: Mapping[str, object]) -> Moved:
    """A department asks that grids take on a task: what, on which basis, how much work, at whose cost."""
    on = today()
    return open_matter(
        actor,
        ADMISSION,
        "apply",
        Opening(
            title=str(proposal.get("name", "")).strip()[:40],
            kind=str(proposal.get("domain", "")),
            channel="console",
            place_code=current_county().code + _COUNTY_WIDE,
            organ_code=actor.organ,
            facts={
                **{k: v for k, v in proposal.items() if v not in (None, "")},
                "review_limit": [term_on("review_days", on), "working_days"],
                "opinion_limit": [term_on("opinion_days", on), "working_days"],
            },
        ),
        given=proposal,
    )


def townships() -> list[Division]:
    """The county's townships and sub-districts, by code."""
    parent = current_county().code + _COUNTY_WIDE
    return list(Division.objects.filter(level="township", parent_code=parent).order_by("code"))


def give_opinion(
    actor: Actor, *, admission_id: UUID, township_code: str, stance: str, reason: str
) -> Opinion:
    """A township says once, while it is asked, whether grids should take the task on, and why."""
    permit(actor, DutyPermission.OPINE, township_code)
    if stance not in STANCES:
        raise Refusal.of("opinion.stance", "请选择意见。", "Choose a stance.", field="stance")
    if township_code not in {t.code[:9] for t in townships()}:
        raise Refusal.of(
            "opinion.township",
            "本县没有这个乡镇（街道）。",
            "The county has no such township.",
            field="township",
        )
    at = now()
    row = Opinion(
        id=uuid7(at), admission_id=admission_id, township_code=township_code, stance=stance,
        reason=named(reason, "reason", 500), given_by=actor.name, given_at=at,
    )  # fmt: skip
    with one_act():
        asked = Matter.objects.select_for_update().filter(id=admission_id, procedure=ADMISSION.code).first()
        if asked is None or asked.state != "consulting":
            raise Refusal.of(
                "opinion.not_asked",
                "现在不在征求意见。",
                "Opinions are not being asked for now.",
                ADMISSION_LAW,
            )
        row.save(force_insert=True)
        note(
            actor, stream_of("opinion", f"{admission_id}/{township_code}"), "give_opinion", at, ADMISSION_LAW,
            admission=asked.number, township=township_code, stance=stance, reason=row.reason,
        )  # fmt: skip
    return row


def act_on_admission(
    actor: Actor, matter_id: UUID, step: str, given: Mapping[str, object] | None = None, *,
    expected_revision: int | None = None,
) -> Moved:  # fmt: skip
    """Perform a step on an admission; an admitted task joins the list in the same act. Raises `Refusal`."""
    with one_act():
        heard = _heard(matter_id) if step == "admit" else NO_CHANGE
        moved = move(actor, matter_id, step, given=given, change=heard, expected_revision=expected_revision)
        if moved.state == "admitted":
            _list(actor, matter_id, given or {})
    return moved


def _heard(matter_id: UUID) -> Change:
    """What the townships said so far, as the guards need it."""
    said = list(Opinion.objects.filter(admission_id=matter_id).values_list("stance", flat=True))
    return Change(
        known={
            "opinions": str(len(said)),
            "objections": str(sum(s != "agree" for s in said)),
            "silent": str(len(townships()) - len(said)),
        }
    )


def _list(actor: Actor, matter_id: UUID, given: Mapping[str, object]) -> GridTask:
    """Put an admitted task on the list from the day that the decision names."""
    matter = Matter.objects.get(id=matter_id)
    asked = matter.facts
    since = date.fromisoformat(str(given["since"]))
    if since < today():
        raise Refusal.of(
            "admission.past", "生效日期不能早于今天。", "It cannot take effect before today.", field="since"
        )
    return lay_task(
        actor, code=next_code(asked["domain"]), name=asked["name"], name_en=asked["name_en"],
        actions=[asked["action"]], what=asked["what"], what_en=asked["what_en"], frequency=asked["frequency"],
        basis=asked["basis"], organ_code=matter.organ_code, evidence=asked.get("evidence", ""),
        minutes=int(asked["minutes"]), is_pushable=bool(asked.get("is_pushable")), source=str(given["document"]),
        since=since,
    )  # fmt: skip


def push_round(actor: Actor, *, task: str, area: str, due_on: date, note_text: str = "") -> Moved:
    """Push a task to the grids of an area (division code of 6, 9 or 12 digits, or a grid's 15) until a day.

    `task` is the code of a listed task; any other name is refused with what to do (`round.unlisted`).
    """
    on, county = today(), current_county().code
    found = tasks_on(on).filter(code=task.strip()).first()
    if (
        not area.startswith(county)
        or not Grid.objects.filter(code__startswith=area, valid__contains=on).exists()
    ):
        raise Refusal.of(
            "round.area", "这个范围里没有网格。", "There are no grids in that area.", field="area"
        )
    days = max((due_on - on).days, 1)
    facts: dict[str, Any] = {
        "area": area, "pushed_on": str(on), "due_on": str(due_on), "listed": found is not None,
        "pushable": bool(found and found.is_pushable), "answer_limit": [days, "calendar_days"],
    }  # fmt: skip
    if note_text.strip():
        facts["text"] = note_text.strip()
    opening = Opening(
        title=found.name if found else task.strip()[:40],
        kind=found.code if found else "",
        channel="console",
        place_code=area[:12].ljust(12, "0"),
        organ_code=actor.organ,
        facts=facts,
    )
    given = {"task": task, "area": area, "due_on": str(due_on), "note": note_text}
    with one_act():
        one_at_a_time(f"round {opening.kind}")
        if found and _is_running(found.code, area):
            raise Refusal.of(
                "round.running", "这个范围里同一事项正在进行，不重复下派。",
                "The same task is running in that area; it is not pushed twice.", field="task",
            )  # fmt: skip
        return open_matter(actor, ROUND, "push", opening, given=given)


def _is_running(task: str, area: str) -> bool:
    """Whether a round of the task asks grids of the area: there, in a part of it, or all around it."""
    around = [area[:digits] for digits in (6, 9, 12, 15) if digits <= len(area)]
    running = Matter.objects.filter(procedure=ROUND.code, state="running", kind=task)
    return running.filter(Q(facts__area__in=around) | Q(facts__area__startswith=area)).exists()


def act_on_round(
    actor: Actor, matter_id: UUID, step: str, given: Mapping[str, object] | None = None, *,
    expected_revision: int | None = None,
) -> Moved:  # fmt: skip
    """Perform a step on a round; raises `Refusal`."""
    return move(actor, matter_id, step, given=given, expected_revision=expected_revision)


def answer_round(
    actor: Actor,
    *,
    round_id: UUID,
    grid_code: str,
    outcome: str,
    note_text: str = "",
    incident_number: str = "",
) -> RoundAnswer:
    """A grid answers once: nothing found, found and reported (with the incident's number), or not its duty and why."""
    permit(actor, DutyPermission.ANSWER, grid_code)
    if not Grid.objects.filter(code=grid_code, valid__contains=today()).exists():
        raise Refusal.of("answer.grid", "没有这个网格。", "There is no such grid.", field="grid_code")
    if outcome not in OUTCOMES:
        raise Refusal.of("answer.outcome", "请选择结果。", "Choose what came of it.", field="outcome")
    if outcome == "found" and not incident_number:
        raise Refusal.of(
            "answer.unreported", "发现问题的，请同时上报事件。", "What was found is reported as an incident.",
            GRID_REGULATION, "incident_number",
        )  # fmt: skip
    if incident_number and not Matter.objects.filter(number=incident_number).exists():
        raise Refusal.of(
            "answer.incident", "没有这个编号的事件。", "There is no incident of that number.", field="incident_number"
        )  # fmt: skip
    said = named(note_text, "note", 500) if note_text.strip() or outcome == "not_ours" else ""
    at = now()
    row = RoundAnswer(
        id=uuid7(at), round_id=round_id, grid_code=grid_code, outcome=outcome, note=said,
        incident_number=incident_number, answered_by=actor.name, answered_at=at,
    )  # fmt: skip
    with one_act():
        running = Matter.objects.select_for_update().filter(id=round_id, procedure=ROUND.code).first()
        if running is None or running.state != "running" or not grid_code.startswith(running.facts["area"]):
            raise Refusal.of(
                "answer.not_asked", "这项任务没有派给这个网格，或已经结束。",
                "This round was not pushed to that grid, or it has ended.", field="grid_code",
            )  # fmt: skip
        row.save(force_insert=True)
        note(
            actor, stream_of("round answer", f"{round_id}/{grid_code}"), "answer_round", at, GRID_REGULATION,
            round=running.number, grid=grid_code, outcome=outcome, note=said or None,
            incident=incident_number or None,
        )  # fmt: skip
    return row
