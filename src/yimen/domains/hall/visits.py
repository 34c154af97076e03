"""Counting visits against the promise (一次办), having them rated at the counter, and passing paper files between front and back office."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from yimen.domains.catalogue.api import item_version
from yimen.domains.hall.halls import halls, person_of, standing_hall
from yimen.domains.hall.models import Hall, Handover, Ticket, Visit
from yimen.domains.hall.permissions import HallPermission
from yimen.domains.hall.tickets import seat_of, ticket_in_hand
from yimen.domains.services.api import SERVICE, Rating, ServicePermission, rate_at_counter
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas, decide
from yimen.kernel.calendar.today import midnight, now, today
from yimen.kernel.constraints import one_act, one_at_a_time
from yimen.kernel.ids import uuid7
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import visible_to
from yimen.kernel.registers.acts import named, note, permit, stream_of
from yimen.kernel.words import Refusal, Text

ONCE = "国办发〔2018〕45号（最多跑一次）"
RATED = "国办发〔2019〕51号（现场服务一次一评）"
FILES = "国发〔2022〕5号（收件、办理、出件分离）"
PURPOSES = {
    "apply": Text("申请", "To apply"), "complete": Text("补材料", "To complete"),
    "collect": Text("取结果", "To collect"), "other": Text("其他", "Other"),
}  # fmt: skip


def note_visit(actor: Actor, *, hall_code: str, number: str, purpose: str) -> Visit:
    """Somebody came for a matter today, with the ticket in hand at the window where the actor sits, if any.

    Coming twice in a day for one matter is one visit: the first is returned, rated from now on where it is served now.
    """
    hall = standing_hall(hall_code)
    permit(actor, HallPermission.CALL, hall.place_code)
    if purpose not in PURPOSES:
        raise Refusal.of("visit.purpose", "请选择来办什么。", "Choose what they came for.", field="purpose")
    matter, at, on = _service(actor, number), now(), today()
    seat = seat_of(actor)
    window = seat if seat and seat.hall_id == hall.code else None
    ticket = ticket_in_hand(window) if window else None
    served = {"window": window, "ticket_id": ticket.id if ticket else None}
    with one_act():
        one_at_a_time(f"visit/{matter.id}")
        known = Visit.objects.filter(matter=matter, on=on).first()
        if known is not None:
            if window:
                Visit.objects.filter(id=known.id).update(**served)
            return known
        row = Visit(
            id=uuid7(at), matter=matter, on=on, purpose=purpose, place=hall.code, place_code=hall.place_code, noted_at=at, **served
        )  # fmt: skip
        row.save(force_insert=True)
        note(
            actor, stream_of("visit", str(matter.id)), "note_visit", at, ONCE, number=matter.number, purpose=purpose,
            place=hall.code,
        )  # fmt: skip
    return row


def note_at_seat(actor: Actor, numbers: Sequence[str]) -> bool:
    """Who hands in at a window has come: noted by itself where the clerk sits at one. Returns whether it was."""
    seat = seat_of(actor)
    if seat is None or decide(actor, HallPermission.CALL, area=seat.hall.place_code):
        return False
    if not halls().filter(code=seat.hall_id).exists():
        return False
    for number in numbers:
        note_visit(actor, hall_code=seat.hall_id, number=number, purpose="apply")
    return True


def noted_for(ticket: Ticket) -> list[Visit]:
    """The visits that were noted for whoever holds a ticket, in their order."""
    return list(Visit.objects.filter(ticket_id=ticket.id).select_related("matter").order_by("noted_at"))


def rate_visit(visit_id: UUID, *, level: int, words: str = "", is_anonymous: bool = False) -> Rating:
    """Rate a visit at the counter on its day, once; a bad rating is answered. Raises `Refusal`.

    Whoever came rates, so nobody's permission is asked; the screen at the counter shows the visit that is being served.
    """
    visit = Visit.objects.filter(id=visit_id).select_related("matter").first()
    if visit is None:
        raise Refusal.of(
            "rating.no_visit", "没有这次来访，请窗口先登记来访。", "There is no such visit: note it first."
        )
    if visit.on != today():
        raise Refusal.of(
            "rating.late", "窗口评价在当天；办结以后还可以用查询码评价。",
            "The counter is rated on the day; once it is done, rate it with the tracking code.", RATED,
        )  # fmt: skip
    return rate_at_counter(
        visit.matter, visit_id=visit.id, window_id=visit.window_id, level=level, words=words, is_anonymous=is_anonymous
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Served:
    """Whom a window serves, for the screen on its counter: by what number they were called ("" without one), the visit to
    rate now, and whether it was rated."""

    number: str
    visit: Visit | None
    is_rated: bool


def served_at(hall: Hall, window_number: int) -> Served | None:
    """Whom a window serves, until it calls the next: whose ticket it called last, or who came without one since; None for nobody.

    One ticket rates once, though its holder came for several matters: the first of them that is rated is the rating.
    """
    here = {"window__hall": hall, "window__number": window_number, "on": today()}
    called = Ticket.objects.filter(state__in=("called", "done"), **here).order_by("-last_called_at").first()
    theirs = Q(ticket_id=None, **here)
    if called is not None:
        theirs = Q(ticket_id=called.id) | theirs & Q(noted_at__gte=called.last_called_at)
    visits = Visit.objects.filter(theirs).order_by("-noted_at")
    newest = visits.first()
    if newest is None:
        return Served(called.number, None, is_rated=False) if called else None
    of_theirs = visits.filter(ticket_id=newest.ticket_id) if newest.ticket_id else [newest]
    is_rated = Rating.objects.filter(visit_id__in=[v.id for v in of_theirs]).exists()
    number = called.number if called and newest.ticket_id else ""
    return Served(number, None if is_rated else newest, is_rated)


def rate_at_window(
    hall: Hall, window_number: int, *, visit_id: str, level: int, is_anonymous: bool = False
) -> Rating:
    """Rate the visit that a window's screen showed, while the window still serves it. Raises `Refusal`."""
    served = served_at(hall, window_number)
    if served is None or served.visit is None or str(served.visit.id) != visit_id:
        raise Refusal.of(
            "rating.moved_on", "这一位已经评价过，或者窗口已经叫了下一位。",
            "This visit has been rated, or the window has called the next.", RATED,
        )  # fmt: skip
    return rate_visit(served.visit.id, level=level, is_anonymous=is_anonymous)


def _service(actor: Actor, number: str) -> Matter:
    """A visible application by its number."""
    matter = visible_services(actor).filter(number=number.strip().upper()).first()
    if matter is None:
        raise Refusal.of("visit.matter", "没有这个编号的办件。", "There is no such application.", field="number")  # fmt: skip
    return matter


def visible_services(actor: Actor) -> QuerySet[Matter]:
    """The applications the actor may see."""
    return visible_to(actor, ServicePermission.READ, procedure=SERVICE.code)


@dataclass(frozen=True, slots=True)
class Visited:
    """A matter, how often its applicant came, and how often at most the guide promised."""

    matter: Matter
    times: int
    promised: int

    @property
    def is_breach(self) -> bool:
        """Whether the promise was broken."""
        return self.times > self.promised


def visits_by_matter(actor: Actor, most: int = 500) -> list[Visited]:
    """The newest matters that somebody came for, with visits and promise; those that break it first."""
    seen = visible_services(actor)
    counts = dict(
        Visit.objects.filter(matter__in=seen.order_by())
        .values_list("matter_id")
        .annotate(n=Count("id"))
        .order_by("-matter_id")[:most]
    )
    promises: dict[tuple[str, int], int] = {}
    found = []
    for matter in Matter.objects.filter(id__in=counts).order_by("-id"):
        key = (matter.kind, int(matter.facts["item_version"]))
        if key not in promises:
            promises[key] = item_version(*key).visits
        found.append(Visited(matter, counts[matter.id], promises[key]))
    return sorted(found, key=lambda v: not v.is_breach)


def _in_a_row(papers: str) -> str:
    """A list typed one paper a line, as one line."""
    return "；".join(line.strip() for line in papers.splitlines() if line.strip())


def send_file(actor: Actor, *, number: str, papers: str, to_back: bool) -> Handover:
    """Pass the paper file of a matter on; it is under way until the other side signs for it."""
    permission = ServicePermission.INTAKE if to_back else ServicePermission.REVIEW
    matter, at = _service(actor, number), now()
    permit(actor, permission, matter.place_code)
    row = Handover(
        id=uuid7(at), matter=matter, to_back=to_back, papers=named(_in_a_row(papers), "papers", 300), place_code=matter.place_code,
        sent_by=person_of(actor), sender=actor.name, sent_at=at,
    )  # fmt: skip
    with one_act():
        row.save(force_insert=True)
        note(
            actor, stream_of("file", str(matter.id)), "send_file", at, FILES, number=matter.number, papers=row.papers,
            to_back=to_back,
        )  # fmt: skip
    return row


def sign_for_file(actor: Actor, *, handover_id: UUID) -> None:
    """Confirm that the file came; whoever sent it cannot."""
    with one_act():
        row = Handover.objects.select_for_update().filter(id=handover_id).first()
        if row is None:
            raise Refusal.of("file.unknown", "没有这份交接。", "There is no such hand-over.")
        permit(actor, ServicePermission.REVIEW if row.to_back else ServicePermission.INTAKE, row.place_code)
        if row.received_at is not None:
            raise Refusal.of("file.signed", "已经签收过了。", "It was signed for already.")
        if row.sent_by == actor.person_id:
            raise Refusal.of(
                "file.own", "交出和签收不能是同一个人。", "The sender cannot sign for it.", FILES
            )
        at = now()
        Handover.objects.filter(id=row.id).update(
            received_by=actor.person_id, receiver=actor.name, received_at=at
        )
        note(actor, stream_of("file", str(row.matter_id)), "sign_for_file", at, FILES, papers=row.papers)


def files_under_way(actor: Actor, most: int = 100) -> list[Handover]:
    """Files passed on in the actor's places that nobody has signed for yet, then the newest that were."""
    rows = Handover.objects.none()
    for area, _ in areas(actor, ServicePermission.READ):
        rows = rows | Handover.objects.filter(place_code__startswith=area)
    return list(
        rows.select_related("matter")
        .filter(Q(received_at__isnull=True) | Q(sent_at__gte=midnight(today())))
        .order_by("received_at", "-id")[:most]
    )


def to_be_collected(actor: Actor) -> QuerySet[Matter]:
    """Results that wait for whoever collects them: the single exit's list."""
    return visible_services(actor).filter(state__in=("issued", "refused"))
