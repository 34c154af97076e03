"""Everything a person has with the township, on one page and in one file; and what is kept for the next time."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.db.models import Q, QuerySet

from yimen.domains.residents.accounts import acting, details_of, entered_with
from yimen.domains.residents.models import Followed, Resident, SavedAnswers
from yimen.domains.residents.representing import last_day, representations, represented_details
from yimen.domains.services.api import SERVICE
from yimen.kernel.calendar.today import now
from yimen.kernel.constraints import one_act
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import by_tracking_code
from yimen.kernel.registers.acts import note
from yimen.kernel.sealing import seal, unseal
from yimen.kernel.words import Refusal

CONSENT = "个人信息保护法 第十三条第一款第一项、第十五条"
COPY = "个人信息保护法 第四十五条"


def _own(resident: Resident) -> Q:
    """What the resident opened and, once confirmed, every application of theirs and of whom they represent."""
    digests = [r.person_digest for r in representations(resident).exclude(confirmed_at=None)]
    if resident.person_digest:
        digests.append(resident.person_digest)
    own = Q(opened_by=resident.id)
    if digests:
        own |= Q(
            id__in=Matter.objects.filter(procedure=SERVICE.code, facts__applicant__in=digests).values("id")
        )
    return own


def matters_of(resident: Resident) -> QuerySet[Matter]:
    """What is the resident's own, and what they added."""
    added = Followed.objects.filter(resident_id=resident.id).values_list("matter_id", flat=True)
    return Matter.objects.filter(_own(resident) | Q(id__in=list(added))).order_by("-id")


def follow(resident: Resident, number: str, code: str) -> Matter:
    """Add a matter by its number and tracking code."""
    found = by_tracking_code(code)
    if found is None or found.number != number.strip().upper():
        raise Refusal.of(
            "resident.follow",
            "没有找到：编号或查询码不对。",
            "Not found: the number or code is wrong.",
            field="code",
        )
    Followed.objects.bulk_create(
        [Followed(resident_id=resident.id, matter_id=found.id, since=now())], ignore_conflicts=True
    )
    return found


def consent(resident: Resident, *, is_given: bool) -> None:
    """Let the house keep answers for the next time, or no longer; taking it back erases what was kept."""
    at = now()
    with one_act():
        Resident.objects.filter(id=resident.id).update(keeps_answers=is_given)
        if not is_given:
            SavedAnswers.objects.filter(resident=resident).update(private=None, changed_at=at)
        note(acting(resident), resident.id, "consent" if is_given else "withdraw_consent", at, CONSENT)


def remember(resident: Resident, answers: Mapping[str, Any], papers: Mapping[str, Sequence[str]]) -> None:
    """Keep what was handed in for the next time, where the resident has agreed to it."""
    if not resident.keeps_answers:
        return
    held = saved(resident)
    content = {
        "answers": {**held["answers"], **{k: v for k, v in answers.items() if v not in (None, "", [])}},
        "papers": {**held["papers"], **{k: list(v) for k, v in papers.items() if v}},
    }
    SavedAnswers.objects.update_or_create(
        resident=resident, defaults={"private": seal(orjson.dumps(content)), "changed_at": now()}
    )


def saved(resident: Resident) -> dict[str, dict[str, Any]]:
    """What is kept for the next time: answers by question, papers by material."""
    row = SavedAnswers.objects.filter(resident=resident).first()
    if row is None or row.private is None or not resident.keeps_answers:
        return {"answers": {}, "papers": {}}
    return dict(orjson.loads(unseal(bytes(row.private))))


def revealed(resident: Resident) -> dict[str, str]:
    """The resident's own details in full; the look is recorded."""
    note(acting(resident), resident.id, "reveal_details", now(), COPY)
    return details_of(resident)


def export(resident: Resident) -> dict[str, Any]:
    """A copy of everything the account holds, in a form that machines read; the export is recorded.

    Of a matter that was added by its code it tells what the code opens, never what somebody else gave in it.
    """
    note(acting(resident), resident.id, "export", now(), COPY)
    own = set(Matter.objects.filter(_own(resident)).values_list("id", flat=True))
    return {
        "account": {"contact": entered_with(resident), "opened": resident.created_at.isoformat(), **details_of(resident)},
        "confirmed": resident.confirmed_at.isoformat() if resident.confirmed_at else None,
        "represents": [
            {"relation": r.relation, **represented_details(r), "from": str(r.valid.lower), "to": str(last_day(r) or ""), "confirmed": r.confirmed_at is not None}
            for r in representations(resident)
        ],
        "kept_answers": saved(resident),
        "matters": [_matter(m, is_own=m.id in own) for m in matters_of(resident)[:1000]],
        "acts": [
            {"at": e.at.isoformat(), "act": e.act, "by": e.who_name}
            for e in Entry.objects.filter(stream=resident.id).order_by("seq")
        ],
    }  # fmt: skip


def _matter(matter: Matter, *, is_own: bool) -> dict[str, Any]:
    given = matter.unsealed() if is_own else {}
    return {
        "number": matter.number, "tracking_code": matter.tracking_code, "title": matter.title, "procedure": matter.procedure,
        "state": matter.state, "opened": matter.opened_at.isoformat(),
        "closed": matter.closed_at.isoformat() if matter.closed_at else None, "given": given,
    }  # fmt: skip
