"""Changing the duty list, its editions, the county's standards and party units: from a day on, what was stays readable."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from psycopg.types.range import DateRange

from yimen.domains.duties.loads import STANDARDS
from yimen.domains.duties.models import DutySetting, GridTask, PartyUnit, TaskListEdition
from yimen.domains.duties.permissions import DutyPermission
from yimen.domains.duties.words import ACTIONS, DOMAINS, FREQUENCIES, PARTY_UNIT_KINDS
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.ids import uuid7
from yimen.kernel.org.models import Grid, Organ
from yimen.kernel.registers.acts import named, note, period, permit, stream_of
from yimen.kernel.words import Refusal, Text

TERMS: dict[str, tuple[Decimal, str, str]] = {
    "opinion_days": (Decimal(10), "征求乡镇意见的工作日数", "Working days for townships' opinions"),
    "review_days": (Decimal(5), "审核准入申请的工作日数", "Working days to review an application"),
}
"""Lengths that the county sets, with what holds until it has set them."""
_LONGEST_TERM = 90


def set_task(
    actor: Actor, *, code: str, name: str, name_en: str, actions: Sequence[str], what: str, what_en: str,
    frequency: str, basis: str, organ_code: str, evidence: str, minutes: int, is_pushable: bool, source: str,
    since: date,
) -> GridTask:  # fmt: skip
    """Put a task on the list, or a new version of one, from a day on. `minutes` is a month's for each grid."""
    permit(actor, DutyPermission.MANAGE, current_county().code)
    return lay_task(
        actor, code=code, name=name, name_en=name_en, actions=actions, what=what, what_en=what_en, frequency=frequency,
        basis=basis, organ_code=organ_code, evidence=evidence, minutes=minutes, is_pushable=is_pushable, source=source,
        since=since,
    )  # fmt: skip


def lay_task(
    actor: Actor, *, code: str, name: str, name_en: str, actions: Sequence[str], what: str, what_en: str,
    frequency: str, basis: str, organ_code: str, evidence: str, minutes: int, is_pushable: bool, source: str,
    since: date,
) -> GridTask:  # fmt: skip
    """Write a version of a task once somebody was permitted to: by the list's keeper or by an admission."""
    if not re.fullmatch(r"\d{4}", code) or code[:2] not in DOMAINS:
        raise Refusal.of(
            "task.code",
            "编码是 4 位数字，前两位是领域。",
            "Four digits; the first two name the field.",
            field="code",
        )
    if not actions or set(actions) - ACTIONS.keys() or frequency not in FREQUENCIES:
        raise Refusal.of(
            "task.words",
            "做什么和频次请从列表里选。",
            "Choose actions and frequency from the lists.",
            field="actions",
        )
    if not Organ.objects.filter(code=organ_code, valid__contains=since).exists():
        raise Refusal.of(
            "task.organ", "那天没有这个单位。", "That organ does not exist on that day.", field="organ_code"
        )
    at = now()
    row = GridTask(
        id=uuid7(at), code=code, name=named(name, "name", 40), name_en=named(name_en, "name_en", 120),
        actions=[a for a in ACTIONS if a in actions], what=named(what, "what", 300),
        what_en=named(what_en, "what_en", 600), frequency=frequency, basis=named(basis, "basis", 200),
        organ_code=organ_code, evidence=named(evidence, "evidence", 100) if evidence.strip() else "",
        minutes=max(minutes, 0), is_pushable=is_pushable, source=named(source, "source", 120),
        valid=period(since, None),
    )  # fmt: skip
    with one_act():
        before = _replace(GridTask.objects.filter(code=code), since)
        row.save(force_insert=True)
        note(
            actor, stream_of("grid task", code), "set_task", at, name=row.name, what=row.what, basis=row.basis,
            organ=organ_code, pushable=is_pushable, source=row.source, since=str(since),
            replaces=before.name if before else None,
        )  # fmt: skip
    return row


def end_task(actor: Actor, *, code: str, on: date, source: str) -> None:
    """A task leaves the list: `on` is the first day on which grids no longer have it."""
    permit(actor, DutyPermission.MANAGE, current_county().code)
    why = named(source, "source", 120)
    with one_act():
        row = GridTask.objects.select_for_update().filter(code=code, valid__endswith=None).first()
        if row is None:
            raise Refusal.of(
                "task.unknown", "清单里没有这个事项。", "There is no such task on the list.", field="code"
            )
        GridTask.objects.filter(id=row.id).update(valid=period(row.valid.lower, on))
        note(actor, stream_of("grid task", code), "end_task", now(), on=str(on), source=why)


def next_code(domain: str) -> str:
    """The lowest number of a field that no task has ever had."""
    used = set(GridTask.objects.filter(code__startswith=domain).values_list("code", flat=True))
    free = next((code for n in range(1, 100) if (code := f"{domain}{n:02d}") not in used), None)
    if free is None:
        raise Refusal.of(
            "task.full", "这个领域的编码已用完。", "That field has no codes left.", field="domain"
        )
    return free


def publish_list(actor: Actor, *, number: str, title: str, since: date) -> TaskListEdition:
    """Publish the list as it stands on a day under a document; it replaces the edition before from that day on."""
    permit(actor, DutyPermission.MANAGE, current_county().code)
    at, held = now(), list(tasks_on(since))
    if not held:
        raise Refusal.of(
            "edition.empty", "那天清单是空的，不能公布。", "The list is empty on that day; there is nothing to publish.",
            field="since",
        )  # fmt: skip
    row = TaskListEdition(
        id=uuid7(at), number=named(number, "number"), title=named(title, "title", 120), published_on=today(),
        valid=period(since, None),
    )  # fmt: skip
    if TaskListEdition.objects.filter(number=row.number).exists():
        raise Refusal.of(
            "edition.known", "这个文号已经公布过。", "That document is published.", field="number"
        )
    with one_act():
        _replace(TaskListEdition.objects.all(), since)
        row.save(force_insert=True)
        note(
            actor, stream_of("grid task list", "county"), "publish_list", at, number=row.number, title=row.title,
            since=str(since), tasks=[t.code for t in held],
        )  # fmt: skip
    return row


def set_standard(actor: Actor, *, name: str, value: Decimal, source: str, since: date) -> DutySetting:
    """Set one of the county's numbers from a day on, under a source."""
    permit(actor, DutyPermission.MANAGE, current_county().code)
    lowest = Decimal(0) if name.startswith("weight_") else Decimal("0.001")
    highest = Decimal(_LONGEST_TERM) if name in TERMS else Decimal(99999)
    if name not in STANDARDS.keys() | TERMS.keys() or not lowest <= value <= highest:
        raise Refusal.of(
            "standard.value", f"标准请从列表里选，数值在 {lowest} 到 {highest} 之间。",
            f"Choose from the list; the value lies from {lowest} to {highest}.", field="value",
        )  # fmt: skip
    if name in TERMS and value != value.to_integral_value():
        raise Refusal.of("standard.whole", "天数是整数。", "Days are whole.", field="value")
    at = now()
    row = DutySetting(
        id=uuid7(at), name=name, value=value, source=named(source, "source", 120), valid=period(since, None)
    )
    with one_act():
        before = _replace(DutySetting.objects.filter(name=name), since)
        row.save(force_insert=True)
        note(
            actor, stream_of("duty setting", name), "set_standard", at, value=str(value), source=row.source,
            was=str(before.value) if before else None, since=str(since),
        )  # fmt: skip
    return row


def set_party_unit(
    actor: Actor, *, grid_code: str, name: str, kind: str, source: str, since: date
) -> PartyUnit:
    """Enter the party branch or group that is set up on a grid from a day on; it replaces the one before."""
    grid = Grid.objects.filter(code=grid_code, valid__contains=since).first()
    if grid is None:
        raise Refusal.of(
            "party_unit.grid", "那天没有这个网格。", "There is no such grid on that day.", field="grid_code"
        )
    permit(actor, KernelPermission.ORGANS_MANAGE, grid_code)
    if kind not in PARTY_UNIT_KINDS:
        raise Refusal.of("party_unit.kind", "请选择党支部或党小组。", "Choose branch or group.", field="kind")
    at = now()
    row = PartyUnit(
        id=uuid7(at), grid_code=grid_code, name=named(name, "name"), kind=kind,
        source=named(source, "source", 120), valid=period(since, None),
    )  # fmt: skip
    with one_act():
        before = _replace(PartyUnit.objects.filter(grid_code=grid_code), since)
        row.save(force_insert=True)
        note(
            actor, stream_of("party unit", grid_code), "set_party_unit", at, name=row.name, kind=kind,
            was=before.name if before else None, source=row.source, since=str(since),
        )  # fmt: skip
    return row


def _replace(rows: QuerySet[Any], since: date) -> Any:
    """End the open version on the day the new one begins, and give it; it must have begun before that day."""
    before = rows.select_for_update().filter(valid__endswith=None).first()
    if before is None:
        return None
    if before.valid.lower >= since:
        raise Refusal.of(
            "register.version", f"{before.valid.lower} 起已有一个版本，新版本要晚于它。",
            f"A version begins on {before.valid.lower}; the new one must begin later.", field="since",
        )  # fmt: skip
    rows.filter(id=before.id).update(valid=DateRange(before.valid.lower, since))
    return before


def tasks_on(on: date) -> QuerySet[GridTask]:
    """The tasks on the list on a day, by code."""
    return GridTask.objects.filter(valid__contains=on).order_by("code")


def task_name(code: str) -> Text | None:
    """What a task is called now, or was called last."""
    found = GridTask.objects.filter(code=code).order_by("-valid").first()
    return found.called if found else None


def task_versions(code: str) -> list[GridTask]:
    """Every version of a task, the newest first."""
    return list(GridTask.objects.filter(code=code).order_by("-valid"))


def editions() -> list[TaskListEdition]:
    """Every edition of the list, the newest first."""
    return list(TaskListEdition.objects.order_by("-valid"))


def edition_on(on: date) -> TaskListEdition | None:
    """The edition in force on a day."""
    return TaskListEdition.objects.filter(valid__contains=on).first()


def standards_on(on: date) -> list[DutySetting]:
    """The county's numbers on a day, each with its source."""
    return list(DutySetting.objects.filter(valid__contains=on).order_by("name"))


def term_on(name: str, on: date) -> int:
    """A length that the county has set, or what holds until it has."""
    kept = DutySetting.objects.filter(name=name, valid__contains=on).values_list("value", flat=True).first()
    return int(kept if kept is not None else TERMS[name][0])
