"""Changing incident classes and the duty table: a change begins on a day, what was before stays readable."""

import re
from collections.abc import Sequence
from datetime import date

from yimen.domains.grid import reference
from yimen.domains.grid.models import DutyRule, IncidentClass
from yimen.domains.grid.permissions import GridPermission
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.ids import uuid7
from yimen.kernel.org.models import Organ
from yimen.kernel.procedure.language import UNITS
from yimen.kernel.registers.acts import begin_version, named, note, period, permit, stream_of, until
from yimen.kernel.words import Refusal

KINDS = ("event", "component")
TOWNSHIP = "{township}"
_LONGEST_LIMIT = 365
MOST_KEYWORDS = 60


def set_class(
    actor: Actor, *, code: str, name: str, name_en: str, group: str, group_en: str, kind: str, filing_condition: str,
    closing_condition: str, limit_number: int, limit_unit: str, keywords: Sequence[str], source: str, since: date,
) -> IncidentClass:  # fmt: skip
    """Enter a class, or a new version of one that begins on `since`; running matters keep the limit they have."""
    permit(actor, GridPermission.CLASSES_MANAGE, current_county().code)
    if not re.fullmatch(r"\d{4}", code):
        raise Refusal.of(
            "class.code",
            "编码是 4 位数字，前两位是大类。",
            "Four digits; the first two name the group.",
            field="code",
        )
    if kind not in KINDS or limit_unit not in UNITS or not 0 < limit_number <= _LONGEST_LIMIT:
        raise Refusal.of(
            "class.limit", f"时限是 1 到 {_LONGEST_LIMIT}，单位和类别请从列表里选。",
            f"The limit is 1 to {_LONGEST_LIMIT}; choose unit and kind from the lists.", field="limit_number",
        )  # fmt: skip
    at = now()
    row = IncidentClass(
        id=uuid7(at), code=code, name=named(name, "name", 30), name_en=named(name_en, "name_en", 80),
        group=named(group, "group", 30), group_en=named(group_en, "group_en", 80), kind=kind,
        filing_condition=named(filing_condition, "filing_condition", 300),
        closing_condition=named(closing_condition, "closing_condition", 300), limit_number=limit_number,
        limit_unit=limit_unit, keywords=[named(k, "keywords", 20) for k in keywords][:MOST_KEYWORDS],
        source=named(source, "source", 120), valid=period(since, None),
    )  # fmt: skip
    with one_act():
        before = begin_version(IncidentClass.objects.filter(code=code), since)
        row.save(force_insert=True)
        note(
            actor, stream_of("class", code), "set_class", at, name=row.name, limit=[limit_number, limit_unit],
            was=[before.limit_number, before.limit_unit] if before else None, source=row.source, since=str(since),
        )  # fmt: skip
    reference.in_force.forget()
    return row


def end_class(actor: Actor, *, code: str, on: date, source: str) -> None:
    """A class is no longer used from a day on."""
    permit(actor, GridPermission.CLASSES_MANAGE, current_county().code)
    why = named(source, "source", 120)
    with one_act():
        row = IncidentClass.objects.select_for_update().filter(code=code, valid__endswith=None).first()
        if row is None:
            raise Refusal.of(
                "class.unknown", "没有这个在用的分类。", "There is no such class in use.", field="code"
            )
        period(row.valid.lower, on)
        IncidentClass.objects.filter(id=row.id).update(valid=until(on))
        note(actor, stream_of("class", code), "end_class", now(), on=str(on), source=why)
    reference.in_force.forget()


def set_duty(
    actor: Actor,
    *,
    class_prefix: str,
    area_prefix: str,
    organ_code: str,
    is_automatic: bool,
    source: str,
    since: date,
) -> DutyRule:
    """Say which organ answers for a class (or a group) in an area from a day on; it replaces the rule before."""
    permit(actor, GridPermission.CLASSES_MANAGE, area_prefix)
    if not re.fullmatch(r"\d{2}(\d{2})?|", class_prefix):
        raise Refusal.of(
            "duty.class",
            "填 4 位分类、2 位大类，或留空表示全部。",
            "A class, a group, or empty for all.",
            field="class_prefix",
        )
    known = Division.objects.filter(code=area_prefix.ljust(12, "0"), code__startswith=current_county().code)
    if len(area_prefix) not in (6, 9, 12) or not known.exists():
        raise Refusal.of(
            "duty.area", "本县没有这个区划代码。", "The county has no such division.", field="area_prefix"
        )
    if organ_code != TOWNSHIP and not Organ.objects.filter(code=organ_code, valid__contains=since).exists():
        raise Refusal.of(
            "duty.organ", "那天没有这个单位。", "That organ does not exist on that day.", field="organ_code"
        )
    at = now()
    row = DutyRule(
        id=uuid7(at), class_prefix=class_prefix, area_prefix=area_prefix, organ_code=organ_code,
        is_automatic=is_automatic, source=named(source, "source", 120), valid=period(since, None),
    )  # fmt: skip
    same = DutyRule.objects.filter(class_prefix=class_prefix, area_prefix=area_prefix)
    with one_act():
        before = begin_version(same, since)
        row.save(force_insert=True)
        note(
            actor, stream_of("duty", f"{class_prefix}@{area_prefix}"), "set_duty", at, organ=organ_code,
            was=before.organ_code if before else None, automatic=is_automatic, source=row.source, since=str(since),
        )  # fmt: skip
    reference.in_force.forget()
    return row


def classes_on(on: date) -> list[IncidentClass]:
    """The classes in force on a day, by code."""
    return list(IncidentClass.objects.filter(valid__contains=on).order_by("code"))


def versions_of(code: str) -> list[IncidentClass]:
    """Every version of a class, the newest first."""
    return list(IncidentClass.objects.filter(code=code).order_by("-valid"))


def duties_on(on: date) -> list[DutyRule]:
    """The duty rules in force on a day."""
    return list(DutyRule.objects.filter(valid__contains=on).order_by("class_prefix", "area_prefix"))
