"""What agents do for residents: a mandate first, then papers, cash, the application, and everything back, signed for.

The task is a matter; the cash is a book beside it. Both change in one act, so that the book's sum and what the task
holds cannot differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from yimen.domains.catalogue.api import Channel, Item
from yimen.domains.catalogue.api import item as item_of
from yimen.domains.hall.halls import person_of
from yimen.domains.hall.models import CashDay, CashEntry
from yimen.domains.hall.permissions import HallPermission
from yimen.domains.hall.procedures import AGENT_TASK
from yimen.domains.hall.rules import AGENTS, END_OF_MANDATE, MANDATE, fen_of, yuan
from yimen.domains.services.api import Application, submit
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act, one_at_a_time
from yimen.kernel.forms.identifiers import is_citizen_id, is_credit_code
from yimen.kernel.ids import uuid7
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import NO_CHANGE, Change, Moved, Opening, move, open_matter
from yimen.kernel.matters.queries import visible_to
from yimen.kernel.org.models import Person
from yimen.kernel.registers.acts import named, note, permit, phone_number, stream_of
from yimen.kernel.sealing import masked
from yimen.kernel.words import Refusal

_CASH = {"receive_cash": ("received", 1), "pay_cash": ("paid", -1), "return_cash": ("returned", -1)}


_ID_LENGTH = 18


@dataclass(frozen=True, slots=True)
class Mandate:
    """Who asks, for what, in which village, until when; `papers` are the photographs of the signed mandate."""

    name: str
    phone: str
    id_number: str
    item: str
    place: str
    scope: str
    papers: tuple[UUID, ...]
    until: date | None = None


def record_mandate(actor: Actor, given: Mandate) -> Moved:
    """Record a mandate; the agent's task begins with it. Refuses one without a signature, or for no item.

    What is as long as an identity number or a credit code is one, and right: nothing could be handed in under a wrong one.
    """
    person, number = named(given.name, "name"), phone_number(given.phone)
    item = _for_agents(given.item)
    identity = named(given.id_number, "id_number", 20).upper()
    if len(identity) == _ID_LENGTH and not (is_citizen_id(identity) or is_credit_code(identity)):
        raise Refusal.of("mandate.id", "证件号码不对，请逐位核对。", "This identity number is wrong: check each character.", MANDATE, field="id_number")  # fmt: skip
    if given.until is not None and given.until < today():
        raise Refusal.of("mandate.until", "委托期限已经过去。", "That day is over.", END_OF_MANDATE, field="until")  # fmt: skip
    opening = Opening(
        title=f"代办 · {item.name.zh} · {masked(person)}",
        kind=item.code,
        channel=Channel.AGENT.value,
        place_code=given.place,
        organ_code=actor.organ,
        person_id=actor.person_id,
        facts={
            "item": item.code,
            "text": given.scope.strip(),
            "held": 0,
            **({"until": str(given.until)} if given.until else {}),
        },
        private={
            "name": person,
            "phone": number,
            "id_number": identity,
        },
    )
    fields = {"scope": given.scope, "until": given.until, "files": [str(p) for p in given.papers]}
    return open_matter(
        actor, AGENT_TASK, "record_mandate", opening, given={k: v for k, v in fields.items() if v}
    )


def _for_agents(code: str) -> Item:
    item = item_of(code)
    if Channel.AGENT not in item.channels:
        raise Refusal.of(
            "agent.item", "这个事项要本人办理，不能代办。", "This must be done in person; no agent may do it.", MANDATE, field="item"
        )  # fmt: skip
    return item


def act_on_task(
    actor: Actor, matter_id: UUID, step: str, given: Mapping[str, object] | None = None, *,
    expected_revision: int | None = None,
) -> Moved:  # fmt: skip
    """Perform a step on a task; cash is written into the agent's book in the same act. Raises `Refusal`."""
    given = given or {}
    with one_act():
        if step in _CASH:
            one_at_a_time(f"cash/{person_of(actor)}")
        task = Matter.objects.select_for_update().get(id=matter_id, procedure=AGENT_TASK.code)
        change = _with_cash(actor, task, step, given) if step in _CASH else NO_CHANGE
        moved = move(actor, matter_id, step, given=given, change=change, expected_revision=expected_revision)
        if step in _CASH:
            _enter(actor, task, step, given)
    return moved


def _with_cash(actor: Actor, task: Matter, step: str, given: Mapping[str, object]) -> Change:
    """What the task holds afterwards; refuses while an earlier day has not been closed."""
    if owing := open_days(person_of(actor)):
        raise Refusal.of(
            "cash.day_open", f"{owing[0]} 的账还没有结，请先结账。", f"The cash of {owing[0]} has not been closed: close it first.", AGENTS
        )  # fmt: skip
    _refuse_closed(person_of(actor))
    fen = (fen_of(given.get("amount", "")) or 0) * _CASH[step][1]
    return Change(facts={"held": int(task.facts.get("held", 0)) + fen})


def _refuse_closed(agent_id: UUID) -> None:
    """What a day was counted at stays what it was counted at."""
    if CashDay.objects.filter(agent_id=agent_id, on=today()).exists():
        raise Refusal.of(
            "cash.day_closed", "今天的账已经结了，现金明天再收付。", "Today is closed: take or pay cash tomorrow.", AGENTS
        )  # fmt: skip


def _enter(actor: Actor, task: Matter, step: str, given: Mapping[str, object]) -> None:
    way, sign = _CASH[step]
    at = now()
    count = CashEntry.objects.filter(matter=task).count() + 1
    CashEntry(
        id=uuid7(at), agent_id=person_of(actor), on=today(), matter=task, way=way,
        fen=sign * (fen_of(given["amount"]) or 0), receipt=f"{task.number}-{count:02d}", words=str(given["what"]), at=at,
    ).save(force_insert=True)  # fmt: skip


def submit_for(actor: Actor, *, task_id: UUID, application: Application) -> Moved:
    """Submit the application that a mandate names; the task and the application name each other.

    `submit` refuses one without a mandate that waits for it; here one for anybody but who gave it is.
    """
    with one_act():
        task = Matter.objects.select_for_update().filter(id=task_id, procedure=AGENT_TASK.code).first()
        if task and application.applicant.id_number.strip().upper() != task.unsealed().get("id_number"):
            raise Refusal.of(
                "mandate.other", "申请人不是委托人：证件号码要与登记的委托一致；替别人办的，先登记他的委托。",
                "Whoever applies gave no mandate: the identity number is not the recorded one. Record their mandate first.",
                MANDATE, field="id_number",
            )  # fmt: skip
        made = submit(actor, replace(application, channel=Channel.AGENT, mandate=task_id))
        move(
            actor,
            task_id,
            "submit",
            given={"reference": made.number},
            change=Change(related_id=made.matter_id),
        )
    return made


def visible_tasks(actor: Actor) -> QuerySet[Matter]:
    """The actor's own tasks, and those of the places whose accounts the actor checks."""
    return visible_to(actor, HallPermission.BALANCE, procedure=AGENT_TASK.code)


@dataclass(frozen=True, slots=True)
class CashBook:
    """An agent's cash on a day, in fen: what was there, what came and went, and what should be there now."""

    on: date
    opening: int
    came: int
    went: int
    entries: tuple[CashEntry, ...]

    @property
    def expected(self) -> int:
        """What a count should find."""
        return self.opening + self.came - self.went


def cash_book(agent_id: UUID, on: date) -> CashBook:
    """An agent's book of a day."""
    mine = CashEntry.objects.filter(agent_id=agent_id)
    before = mine.filter(on__lt=on).aggregate(n=Sum("fen"))["n"] or 0
    entries = tuple(mine.filter(on=on).select_related("matter").order_by("id"))
    came = sum(e.fen for e in entries if e.fen > 0)
    return CashBook(on, before, came, -sum(e.fen for e in entries if e.fen < 0), entries)


def cash_of(task_id: UUID) -> list[CashEntry]:
    """The receipts of a task, in their order."""
    return list(CashEntry.objects.filter(matter_id=task_id).order_by("id"))


def counted_on(agent_id: UUID, on: date) -> int | None:
    """What an agent counted when a day was closed, in fen; None while it is open."""
    return CashDay.objects.filter(agent_id=agent_id, on=on).values_list("counted", flat=True).first()


def open_days(agent_id: UUID) -> list[date]:
    """Days before today on which cash moved and that were not closed, the oldest first."""
    closed = CashDay.objects.filter(agent_id=agent_id).values("on")
    moved = CashEntry.objects.filter(agent_id=agent_id, on__lt=today()).exclude(on__in=closed)
    return sorted(set(moved.values_list("on", flat=True)))


def close_day(actor: Actor, *, on: date, counted: str) -> CashDay:
    """Close a day of one's own: it closes only when what was counted is what the book says.

    `counted` is in yuan. A difference is refused, and settled by whoever checks the accounts (`settle_difference`).
    """
    place, person = _own_place(actor), person_of(actor)
    permit(actor, HallPermission.AGENT, place)
    found = fen_of(counted) if counted.strip() not in ("0", "0.0", "0.00") else 0
    if found is None:
        raise Refusal.of("cash.amount", "金额写成 120 或 120.50。", "Write the amount as 120 or 120.50.", field="counted")  # fmt: skip
    at = now()
    with one_act():
        one_at_a_time(f"cash/{person}")
        earlier = [d for d in open_days(person) if d < on]
        if earlier or on > today():
            raise Refusal.of(
                "cash.order", "请从最早没结的那天开始结。", "Close the earliest open day first.", field="on"
            )
        book = cash_book(person, on)
        if found != book.expected:
            raise Refusal.of(
                "cash.differs",
                f"清点 {yuan(found)} 元，账面应有 {yuan(book.expected)} 元，差 {yuan(found - book.expected)} 元。"
                "请逐笔核对；查不清的，报负责人处理差额。",
                f"Counted {yuan(found)}, the book says {yuan(book.expected)}: a difference of {yuan(found - book.expected)}. "
                "Go through the entries; what cannot be found is settled by whoever checks the accounts.",
                AGENTS, field="counted",
            )  # fmt: skip
        row = CashDay(
            id=uuid7(at), agent_id=person, agent=actor.name, place_code=place, on=on, opening=book.opening,
            came=book.came, went=book.went, counted=found, closed_at=at,
        )  # fmt: skip
        row.save(force_insert=True)
        note(
            actor, stream_of("cash", str(person)), "close_cash_day", at, AGENTS, on=str(on), counted=found,
            opening=book.opening, came=book.came, went=book.went,
        )  # fmt: skip
    return row


def _own_place(actor: Actor) -> str:
    """Where the agent acts: the area of the grant."""
    own = [g.area for g in actor.grants if HallPermission.AGENT in g.permissions]
    return max(own, key=len) if own else "-"


def settle_difference(actor: Actor, *, agent_id: UUID, place: str, amount: str, is_short: bool, reason: str) -> CashEntry:  # fmt: skip
    """Whoever checks the accounts enters what is short or over, with the reason; never for oneself."""
    permit(actor, HallPermission.BALANCE, place)
    fen, why, at = fen_of(amount), named(reason, "reason", 200), now()
    if fen is None:
        raise Refusal.of("cash.amount", "金额写成 120 或 120.50。", "Write the amount as 120 or 120.50.", field="amount")  # fmt: skip
    if agent_id == actor.person_id:
        raise Refusal.of(
            "cash.own", "不能处理自己账上的差额。", "Nobody settles a difference of their own.", AGENTS
        )
    with one_act():
        one_at_a_time(f"cash/{agent_id}")
        waiting = open_days(agent_id)
        if not waiting:
            _refuse_closed(agent_id)
        row = CashEntry(
            id=uuid7(at), agent_id=agent_id, on=waiting[0] if waiting else today(), matter=None, way="settled",
            fen=-fen if is_short else fen, receipt=f"CE-{uuid7(at).hex[-8:]}", words=why, at=at,
        )  # fmt: skip
        row.save(force_insert=True)
        note(actor, stream_of("cash", str(agent_id)), "settle_difference", at, AGENTS, fen=row.fen, on=str(row.on), reason=why)  # fmt: skip
    return row


def agents_with_cash(actor: Actor) -> list[tuple[UUID, str, int, list[date]]]:
    """(person, name, fen in hand, days not closed) of the agents in the places whose accounts the actor checks."""
    tasks = visible_tasks(actor).order_by()
    found = (
        CashEntry.objects.filter(
            Q(matter__in=tasks)
            | Q(agent_id__in=CashEntry.objects.filter(matter__in=tasks).values("agent_id"))
        )
        .values_list("agent_id")
        .annotate(n=Sum("fen"))
        .order_by("agent_id")
    )
    names = dict(Person.objects.filter(id__in=[a for a, _ in found]).values_list("id", "name"))
    return [(agent, names.get(agent, ""), fen, open_days(agent)) for agent, fen in found]
