"""What anybody may read: permits that were granted (行政许可法 第四十条), and what is announced before it is decided (公示、听证).

Of a person no more is told than the name with its middle hidden; an organisation goes by its name. A person's permit is not
found by the name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from yimen.domains.catalogue.api import PERMIT, Basis, Inquiry, Item, item_version
from yimen.domains.services.deciders import stands_with
from yimen.domains.services.holders import holder_of
from yimen.domains.services.models import PublicPermit
from yimen.domains.services.procedures import SERVICE
from yimen.kernel.calendar.today import LOCAL_ZONE, today
from yimen.kernel.ids import uuid7
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.queries import matching
from yimen.kernel.matters.search import folded, terms_of
from yimen.kernel.words import Text

PAGE = 25
GRANTING = frozenset({"grant", "county_grant", "grant_on_commitment", "settle", "deem_renewed"})
_ENDED = ("revoked", "cancelled", "replaced")
_FIELDS = tuple(
    f.name for f in PublicPermit._meta.concrete_fields if f.name not in ("id", "matter_id")
)  # the key stays what it was first


def keep_permits(matters: Sequence[Matter], entries: Mapping[UUID, Sequence[Entry]]) -> None:
    """Write what is to be read of these applications, as far as they are permits that were granted."""
    rows = [
        permit_of(m, item, entries.get(m.id, ()))
        for m in matters
        if m.facts.get("is_granted")
        and (item := item_version(m.kind, int(m.facts["item_version"]))).power_type == PERMIT
    ]
    PublicPermit.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["matter_id"], update_fields=_FIELDS
    )


def permit_of(matter: Matter, item: Item, entries: Sequence[Entry]) -> PublicPermit:
    """A granted permit as it is published, from its matter and its ledger."""
    decided = next((e.at for e in entries if e.act in GRANTING), matter.changed_at)
    ended = next(
        (e.at for e in reversed(entries) if e.to_state in _ENDED and e.to_state != e.from_state), None
    )
    holder, is_person = holder_of(matter)
    number = str(matter.facts.get("result_number", ""))
    text = folded(number, item.name.zh, item.name.en, "" if is_person else holder)
    return PublicPermit(
        id=uuid7(decided), matter_id=matter.id, item_code=item.code, name=item.name.zh, name_en=item.name.en, number=number, holder=holder,
        township_code=matter.township_code, organ_code=stands_with(matter).organ, granted_on=_day(decided),
        valid_from=_read(matter.facts.get("valid_from")), valid_until=_read(matter.facts.get("valid_until")),
        ended=matter.state if matter.state in _ENDED else "", ended_on=_day(ended) if ended and matter.state in _ENDED else None,
        folded=text, terms=terms_of(text),
    )  # fmt: skip


def _day(at: datetime) -> date:
    return at.astimezone(LOCAL_ZONE).date()


def _read(day: object) -> date | None:
    return date.fromisoformat(str(day)) if day else None


def public_permits(asked: str = "") -> QuerySet[PublicPermit]:
    """The published permits, the latest decision first; of some words, those that they find."""
    rows = PublicPermit.objects.order_by("-id")
    return rows.filter(matching(asked)) if asked else rows


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """A matter that is announced before it is decided: what, whose, where, from when until when, and on what ground."""

    id: UUID
    item: Item
    holder: str
    place_code: str
    organ_code: str
    since: datetime
    until: datetime
    basis: Basis | None

    @property
    def name(self) -> Text:
        """What was applied for."""
        return self.item.name


def public_notices(before: UUID | None = None, size: int = PAGE) -> list[PublicNotice]:
    """The public notices that run now, the newest first, `size` and one more of them; older than the key `before`."""
    running = Clock.objects.filter(limit_code="inquiry", stopped_at__isnull=True)
    rows = Matter.objects.filter(
        procedure=SERVICE.code, state="inquiry", facts__inquiry=Inquiry.PUBLIC_NOTICE.value, id__in=running.values("matter_id")
    )  # fmt: skip
    if before:
        rows = rows.filter(id__lt=before)
    matters = list(rows.order_by("-id")[: size + 1])
    clocks = {c.matter_id: c for c in running.filter(matter_id__in=[m.id for m in matters])}
    return list(_notices(matters, clocks))


@dataclass(frozen=True, slots=True)
class PublicHearing:
    """A hearing that anybody may attend (行政许可法 第四十八条): about what, whose, when and where."""

    id: UUID
    item: Item
    holder: str
    place_code: str
    organ_code: str
    on: date
    hour: str
    where: str


def public_hearings(most: int = PAGE) -> list[PublicHearing]:
    """The hearings that were announced and are still to be held, the next first."""
    due = Matter.objects.filter(
        procedure=SERVICE.code, state="hearing_due", facts__hearing_on__gte=str(today())
    )
    return [
        PublicHearing(
            m.id, item_version(m.kind, int(m.facts["item_version"])), holder_of(m)[0], m.place_code, stands_with(m).organ,
            date.fromisoformat(m.facts["hearing_on"]), str(m.facts.get("hearing_hour", "")), str(m.facts.get("hearing_place", "")),
        )
        for m in due.order_by("facts__hearing_on", "id")[:most]
    ]  # fmt: skip


def _notices(matters: Iterable[Matter], clocks: Mapping[UUID, Clock]) -> Iterable[PublicNotice]:
    for matter in matters:
        if clock := clocks.get(matter.id):
            item = item_version(matter.kind, int(matter.facts["item_version"]))
            basis = next((q.basis for q in item.inquiries if q.kind == Inquiry.PUBLIC_NOTICE), None)
            yield PublicNotice(
                matter.id, item, holder_of(matter)[0], matter.place_code, stands_with(matter).organ, clock.started_at, clock.due_at, basis
            )  # fmt: skip
