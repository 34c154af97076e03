"""A month's assessment: published once, appealed against figure by figure, corrected by a further edition."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from yimen.domains.command.indicators import FORMULA_VERSION, RATES, Measure
from yimen.domains.command.models import Assessment, LeftOut, Scheme
from yimen.domains.command.permissions import CommandPermission as P
from yimen.domains.command.procedures import APPEAL
from yimen.domains.command.queries import Number, Period, facts_behind, table
from yimen.domains.command.rollups import catch_up
from yimen.domains.grid.api import visible_incidents
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.ids import uuid7
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import Change, Moved, Opening, move, open_matter
from yimen.kernel.matters.queries import visible_to
from yimen.kernel.registers.acts import named, note, period, permit, stream_of
from yimen.kernel.words import Refusal

SCOPES = ("township", "organ")
_SCORED = {rate.code: rate for rate in RATES if rate.unit == "percent"}


def month_of(day: date) -> Period:
    """The calendar month that the day lies in."""
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def set_scheme(
    actor: Actor, *, points: Mapping[str, int], appeal_days: int, decide_days: int, source: str, since: date
) -> Scheme:
    """Set how the county assesses from a day on; what was in force ends the day before."""
    permit(actor, P.PUBLISH, current_county().code)
    if set(points) - set(_SCORED) or sum(points.values()) != 100 or min(points.values()) <= 0:
        raise Refusal.of(
            "scheme.points", "各项分值应为正数，合计 100 分。", "Points are positive and add up to 100.", field="points"
        )  # fmt: skip
    if min(appeal_days, decide_days) < 1:
        raise Refusal.of("scheme.days", "期限至少一天。", "A limit is at least a day.", field="appeal_days")
    scheme = Scheme(
        id=uuid7(now()), points=dict(points), appeal_days=appeal_days, decide_days=decide_days,
        source=named(source, "source", 120), valid=period(since, None),
    )  # fmt: skip
    with one_act():
        before = Scheme.objects.select_for_update().filter(valid__contains=since).first()
        if before is not None and before.valid.lower < since:
            Scheme.objects.filter(id=before.id).update(valid=period(before.valid.lower, since))
        scheme.save(force_insert=True)
        note(
            actor, stream_of("scheme", current_county().code), "set_scheme", now(),
            points=dict(points), appeal_days=appeal_days, decide_days=decide_days, source=source, since=str(since),
        )  # fmt: skip
    return scheme


def scored(counts: Mapping[str, Mapping[str, int]], points: Mapping[str, int]) -> list[dict[str, Any]]:
    """Code, counts, score and rank, the best first. Pure.

    A rate earns its share of its points, at most all of them; one that had nothing to divide is left out, and the
    score is of 100 for the rest. Equal scores share a rank.
    """
    rows = [{"code": code, "counts": dict(c), "score": _score(c, points)} for code, c in counts.items()]
    rows = [row for row in rows if row["score"] is not None]
    rows.sort(key=lambda row: (-row["score"], row["code"]))  # type: ignore[operator]
    scores = [row["score"] for row in rows]
    return [{**row, "rank": scores.index(row["score"]) + 1} for row in rows]


def _score(counts: Mapping[str, int], points: Mapping[str, int]) -> float | None:
    earned = possible = 0.0
    for code, worth in points.items():
        rate = _SCORED[code]
        percent = rate.of(counts)
        if percent is None:
            continue
        share = min(percent, 100.0) / 100
        earned += worth * (share if rate.more_is_better else 1 - share)
        possible += worth
    return round(earned / possible * 100, 2) if possible else None


def publish(actor: Actor, *, month: date, scope: str) -> Assessment:
    """Freeze a month that is over, as counted now, under the scheme in force on its last day. Raises `Refusal`."""
    permit(actor, P.PUBLISH, current_county().code)
    if scope not in SCOPES:
        raise Refusal.of("assessment.scope", "没有这种考核对象。", "There is no such scope.", field="scope")
    span = month_of(month)
    if span.last >= today():
        raise Refusal.of(
            "assessment.too_early", "这个月还没有过完，下月起才能发布。",
            "The month is not over; it can be published from the next month on.", field="month",
        )  # fmt: skip
    scheme = Scheme.objects.filter(valid__contains=span.last).first()
    if scheme is None:
        raise Refusal.of(
            "assessment.no_scheme", "这个月没有考核方案，请先设定。", "No scheme covers the month; set one first.",
            field="month",
        )  # fmt: skip
    catch_up()
    return _write(
        actor, span.first, scope, 1, scheme.points, scheme.source,
        (scheme.appeal_days, scheme.decide_days), table(scope, span), "",
    )  # fmt: skip


def correct(actor: Actor, *, assessment: Assessment) -> Assessment:
    """Publish a further edition, without what upheld appeals left out since. Raises `Refusal`."""
    permit(actor, P.PUBLISH, current_county().code)
    latest = editions(assessment.month, assessment.scope).first()
    if latest is None or latest.id != assessment.id:
        raise Refusal.of("assessment.old", "已有更新的一版。", "There is a newer edition.")
    fresh = _not_yet_left_out(latest)
    if not fresh:
        raise Refusal.of(
            "assessment.nothing_upheld",
            "没有新的成立的申诉，不用更正。",
            "No appeal was upheld since; nothing to correct.",
        )
    counts = {row["code"]: Counter(row["counts"]) for row in latest.rows}
    for left in fresh:
        if left.code in counts:
            counts[left.code].subtract(left.counts)
    kept = {code: {m: max(n, 0) for m, n in c.items()} for code, c in counts.items()}
    reason = " ".join(sorted(_said(latest) | {str(o.id) for o in fresh}))
    return _write(
        actor, latest.month, latest.scope, latest.edition + 1, latest.points, latest.source,
        (0, latest.decide_days), kept, reason,
    )  # fmt: skip


def awaits_correction(assessment: Assessment) -> bool:
    """Whether it is the latest edition and an appeal was upheld since."""
    latest = editions(assessment.month, assessment.scope).first()
    return latest is not None and latest.id == assessment.id and bool(_not_yet_left_out(latest))


def _not_yet_left_out(latest: Assessment) -> list[LeftOut]:
    """What upheld appeals took out since the edition."""
    out = LeftOut.objects.filter(month=latest.month, scope=latest.scope).order_by("id")
    return [o for o in out if str(o.id) not in _said(latest)]


def _said(assessment: Assessment) -> set[str]:
    """The ids of what an edition already left out."""
    return set(assessment.reason.split())


def left_out_of(assessment: Assessment, code: str) -> list[UUID]:
    """The incidents that an edition leaves out of the figures of one of those assessed."""
    out = LeftOut.objects.filter(month=assessment.month, scope=assessment.scope, code=code)
    return [o.incident for o in out if str(o.id) in _said(assessment)]


def _write(
    actor: Actor, month: date, scope: str, edition: int, points: Mapping[str, int], source: str,
    days: tuple[int, int], counts: Mapping[str, Mapping[str, int]], reason: str,
) -> Assessment:  # fmt: skip
    at = now()
    if actor.person_id is None:
        raise Refusal.of(
            "assessment.nobody", "考核由具体的人发布。", "An assessment is published by a person."
        )
    rows = scored(counts, points)
    made = Assessment(
        id=uuid7(at), month=month, scope=scope, edition=edition, formula_version=FORMULA_VERSION, points=dict(points),
        source=source, appeal_until=at + timedelta(days=days[0]), decide_days=days[1], rows=rows, reason=reason,
        published_at=at, published_by=actor.person_id,
    )  # fmt: skip
    with one_act():
        made.save(force_insert=True)
        note(
            actor, stream_of("assessment", f"{month}/{scope}"), "publish_assessment", at, assessment=str(made.id),
            edition=edition, formula=FORMULA_VERSION, points=dict(points), source=source, rows=rows,
            left_out=reason.split(),
        )  # fmt: skip
    return made


def editions(month: date, scope: str) -> QuerySet[Assessment]:
    """All editions of a month's assessment, the latest first."""
    return Assessment.objects.filter(month=month, scope=scope).order_by("-edition")


def appeal(
    actor: Actor, *, assessment: Assessment, code: str, measure: str, incident_number: str, reason: str
) -> Moved:
    """Appeal against a figure by naming an incident that should not have been in it. Raises `Refusal`.

    An incident is left out of every figure of the month or of none, so it is appealed against once an edition; what it
    had added is kept with the appeal, whatever becomes of it before the decision.
    """
    place = code + "000" if assessment.scope == "township" else current_county().code + "000000"
    if assessment.scope == "organ" and actor.organ != code:
        raise Refusal.of(
            "appeal.not_yours", "只能对本单位的数字申诉。", "Only one's own figures may be appealed."
        )
    if measure not in set(Measure) or not any(row["code"] == code for row in assessment.rows):
        raise Refusal.of(
            "appeal.figure", "考核里没有这个数字。", "The assessment has no such figure.", field="measure"
        )
    incident = visible_incidents(actor).filter(number=incident_number.strip().upper()).first()
    number = Number(measure, assessment.scope, code, month_of(assessment.month))
    if incident is None or not facts_behind(number).filter(matter_id=incident.id).exists():
        raise Refusal.of(
            "appeal.incident", "这个数字里没有这件事件，请点数字查看它包括哪些。",
            "The figure does not include that incident; open it to see which it does.", field="incident_number",
        )  # fmt: skip
    if LeftOut.objects.filter(
        month=assessment.month, scope=assessment.scope, code=code, incident=incident.id
    ).exists():
        raise Refusal.of(
            "left_out_once", "这件事件已经从这个月的考核中剔除。", "The incident is already left out of that month.",
            field="incident_number",
        )  # fmt: skip
    return open_matter(
        actor,
        APPEAL,
        "raise",
        Opening(
            title=f"{assessment.month:%Y-%m} {incident.number}",
            kind=measure,
            channel="console",
            place_code=place,
            organ_code=code,
            facts={
                "assessment": str(assessment.id), "code": code, "measure": measure, "incident": str(incident.id),
                "incident_number": incident.number, "publisher": str(assessment.published_by),
                "added": _added(assessment, code, incident.id), "until": assessment.appeal_until.isoformat(), "limit": [assessment.decide_days, "working_days"],
            },
            request_key=f"{assessment.id}/{code}/{incident.id}",
        ),
        given={"reason": reason},
    )  # fmt: skip


def visible_appeals(actor: Actor) -> QuerySet[Matter]:
    """The appeals the actor may see."""
    return visible_to(actor, P.INDICATORS, procedure=APPEAL.code)


def act_on_appeal(
    actor: Actor,
    appeal_id: UUID,
    step: str,
    given: Mapping[str, object],
    *,
    expected_revision: int | None = None,
) -> Moved:
    """Take up, uphold or reject; upholding leaves the incident out of the month's next edition. Raises `Refusal`."""
    with one_act():
        facts = (
            Matter.objects.filter(id=appeal_id, procedure=APPEAL.code).values_list("facts", flat=True).first()
        )
        is_publisher = facts is not None and str(actor.person_id) == facts["publisher"]
        moved = move(
            actor, appeal_id, step, given=given, expected_revision=expected_revision,
            change=Change(known={"is_publisher": "yes" if is_publisher else ""}),
        )  # fmt: skip
        if moved.state == "upheld" and facts is not None:
            _leave_out(appeal_id, facts)
    return moved


def _added(assessment: Assessment, code: str, incident_id: UUID) -> dict[str, int]:
    """What an incident adds to the month's figures of a heading: measure to number."""
    added: dict[str, int] = {}
    for measure in Measure:
        number = Number(measure, assessment.scope, code, month_of(assessment.month))
        found = facts_behind(number).filter(matter_id=incident_id).aggregate(n=Sum("number"))["n"]
        if found:
            added[measure.value] = int(found)
    return added


def _leave_out(appeal_id: UUID, facts: Mapping[str, Any]) -> None:
    """Take the incident out of the month with what it had added when the appeal was raised."""
    assessment = Assessment.objects.get(id=facts["assessment"])
    LeftOut.objects.create(
        id=uuid7(now()), month=assessment.month, scope=assessment.scope, code=facts["code"],
        incident=facts["incident"], appeal=appeal_id, counts=facts["added"],
    )  # fmt: skip
