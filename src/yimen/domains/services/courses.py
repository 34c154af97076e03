"""Keeping the figures' view of each application, and the published one of each permit, current from its ledger.

The mark of what is in a course stands on it (`Course.seq` beside `Matter.revision`), so an act that commits late or is dated
back is never missed. A matter that moved on has its course made again; a crash leaves the old one.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from yimen.domains.catalogue.api import Item, Period, item_version
from yimen.domains.services.models import Course
from yimen.domains.services.procedures import SERVICE
from yimen.domains.services.publishing import GRANTING, keep_permits
from yimen.kernel.calendar.today import LOCAL_ZONE, now
from yimen.kernel.constraints import one_at_a_time
from yimen.kernel.counties.calendars import county_calendar
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Clock, Matter

BATCH = 500
_RECENT = timedelta(hours=2)
_ACCEPTING = frozenset({
    "accept", "accept_for_county", "accept_deferred", "accept_deferred_for_county", "deem_accepted", "deem_accepted_for_county", "grant_on_commitment", "settle",
})  # fmt: skip
_DEEMING = frozenset({"deem_accepted", "deem_accepted_for_county"})
_ON_THE_SPOT = frozenset({"settle", "grant_on_commitment"})
_DECIDING = GRANTING | {"refuse", "county_refuse"}
_ENDED = frozenset({"delivered", "refusal_delivered", "revoked", "cancelled", "replaced"})
_FIELDS = tuple(f.name for f in Course._meta.concrete_fields if not f.primary_key)


def follow() -> int:
    """Bring up to date the courses of applications with an act in the last two hours; returns how many."""
    recent = Entry.objects.filter(at__gte=now() - _RECENT).values("stream")
    return _keep_up(_behind().filter(id__in=recent))


def catch_up() -> int:
    """The same for every application, whenever its acts are dated; returns how many."""
    return _keep_up(_behind())


def _behind() -> QuerySet[Matter]:
    mark = Course.objects.filter(matter_id=OuterRef("id")).values("seq")[:1]
    behind = Matter.objects.filter(procedure=SERVICE.code).annotate(mark=Subquery(mark))
    return behind.filter(Q(mark__isnull=True) | ~Q(mark=F("revision"))).order_by("id")


def _keep_up(behind: QuerySet[Matter]) -> int:
    done = 0
    while True:
        with transaction.atomic():
            one_at_a_time("courses")
            matters = list(behind[:BATCH])
            _keep(matters)
        done += len(matters)
        if len(matters) < BATCH:
            return done


def _keep(matters: Sequence[Matter]) -> None:
    ids = [m.id for m in matters]
    entries = _by_id(Entry.objects.filter(stream__in=ids).order_by("stream", "seq"), "stream")
    clocks = _by_id(Clock.objects.filter(matter_id__in=ids).order_by("matter_id", "started_at"), "matter_id")
    Course.objects.bulk_create(
        [course_of(m, entries.get(m.id, []), clocks.get(m.id, [])) for m in matters],
        update_conflicts=True, unique_fields=["matter_id"], update_fields=_FIELDS,
    )  # fmt: skip
    keep_permits(matters, entries)


def _by_id(rows: QuerySet[Any], key: str) -> Mapping[UUID, list[Any]]:
    return {found: list(group) for found, group in groupby(rows, key=attrgetter(key))}


def course_of(matter: Matter, entries: Sequence[Entry], clocks: Sequence[Clock]) -> Course:
    """How an application went so far, from its ledger and its clocks."""
    acts = {e.act for e in entries}
    decided = next((e.at for e in entries if e.act in _DECIDING), None)
    running = [c.due_at for c in clocks if c.limit_code == "decide" and c.stopped_at is None]
    item = item_version(matter.kind, int(matter.facts["item_version"]))
    on_the_spot = bool(acts & _ON_THE_SPOT)
    return Course(
        matter_id=matter.id,
        seq=matter.revision,
        item_code=matter.kind,
        organ_code=item.organ,
        township_code=matter.township_code,
        place_code=matter.place_code,
        channel=matter.channel,
        day=_day(matter.opened_at),
        was_accepted=bool(acts & _ACCEPTING),
        was_deemed=bool(acts & _DEEMING),
        was_deficient="name_defects" in acts,
        was_settled=on_the_spot,
        was_handed_up="hand_up" in acts,
        answered_in_time=False if acts & _DEEMING else _in_time(clocks, "accept"),
        is_decided=decided is not None,
        decided_in_law=None if decided is None else on_the_spot or _in_time(clocks, "decide"),
        decided_in_promise=None if decided is None else on_the_spot or _in_time(clocks, "promise"),
        decide_by=running[-1] if running else None,
        **_lengths(item, decided, clocks, on_the_spot=on_the_spot),
        is_ended=matter.state in _ENDED,
        way=str(matter.facts.get("way", "")),
        promised_visits=item.visits,
    )


def _lengths(
    item: Item, decided: datetime | None, clocks: Sequence[Clock], *, on_the_spot: bool
) -> dict[str, int | None]:
    """The statutory, the promised and the used length in working days."""
    began = next((c for c in clocks if c.limit_code == "promise"), None)
    used = _used(began, decided) if began and decided else 0 if on_the_spot else None
    return {
        "statutory_days": _working_days(item.statutory), "promised_days": _working_days(item.promised), "used_days": used,
    }  # fmt: skip


def _in_time(clocks: Sequence[Clock], limit: str) -> bool | None:
    """Whether each clock of a limit was stopped before its end; None while one runs or none ever did."""
    ran = [c for c in clocks if c.limit_code == limit]
    if not ran or any(c.stopped_at is None for c in ran):
        return None
    return all(c.stopped_at is not None and c.stopped_at <= c.due_at for c in ran)


def _working_days(period: Period) -> int | None:
    return period.number if period.unit == "working_days" else None


def _used(clock: Clock, decided: datetime) -> int:
    """Working days from the clock's start to the decision, without those in which it stood still."""
    calendar = county_calendar()
    paused = sum(
        calendar.between(_day(datetime.fromisoformat(since)), _day(datetime.fromisoformat(until)))
        for since, until in clock.pauses
        if until is not None
    )
    return max(calendar.between(_day(clock.started_at), _day(decided)) - paused, 0)


def _day(at: datetime) -> date:
    return at.astimezone(LOCAL_ZONE).date()
