"""划转: from a day on, a township's dedicated approval organ decides what another organ decided; the same way back.

One organ may hold the power to grant permits of others only where the province's government, with the State Council's approval,
decided so (行政许可法 第二十五条); what is no permit rests on the policy of 2019.

What is in hand follows on the day (`services.transfers`). Nobody decides what is not theirs on that day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from yimen.domains.catalogue.item import PERMIT, Item
from yimen.domains.catalogue.models import ItemTransfer
from yimen.domains.catalogue.permissions import CataloguePermission
from yimen.domains.catalogue.reference import item as item_of
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.ids import uuid7
from yimen.kernel.org.models import Organ
from yimen.kernel.registers.acts import named, note, period, permit, stream_of, until
from yimen.kernel.words import Refusal

LAW = "关于推进基层整合审批服务执法力量的实施意见 一"
CONCENTRATED = f"行政许可法 第二十五条；{LAW}"
APPROVAL_ORGAN = "approval_organ"
"""The kind of organ that is a dedicated approval organ of a township (专门的审批服务机构)."""

_TOWNSHIP = 9


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides an item in a township on a day. `level`: township or county; `organ`: in whose name."""

    level: str
    organ: str


def decider(item: Item, township_code: str, on: date | None = None) -> Decider:
    """Who decides an item in a township (9 digits) on a day (today): the organ it was transferred to, else its own."""
    rows = ItemTransfer.objects.filter(
        item_code=item.code, township_code=township_code, valid__contains=on or today()
    )
    if to_organ := rows.values_list("to_organ", flat=True).first():
        return Decider("township", to_organ)
    return own_decider(item, township_code)


def own_decider(item: Item, township_code: str) -> Decider:
    """Who decides an item where it was not transferred: its department where it is the county's, else the township."""
    return Decider(item.decided_by, item.organ if item.decided_by == "county" else township_code)


def transfer_items(
    actor: Actor, codes: Sequence[str], *, to_organ: str, since: date, source: str
) -> list[ItemTransfer]:
    """Transfer items to a township's dedicated approval organ from a day on: all of them, or none. Raises `Refusal`."""
    permit(actor, CataloguePermission.TRANSFER, current_county().code)
    why = named(source, "source", 120)
    _refuse_past(since, "since")
    organ = _approval_organ(to_organ, since)
    if not codes:
        raise Refusal.of("transfer.items", "请选择要划转的事项。", "Choose the items.", field="items")
    township, at = organ.place_code[:_TOWNSHIP], now()
    rows = []
    with one_act():
        for code in codes:
            item = item_of(code)
            row = ItemTransfer(
                id=uuid7(at), item_code=code, township_code=township, to_organ=organ.code, source=why,
                from_organ=own_decider(item, township).organ, valid=period(since, None),
            )  # fmt: skip
            row.save(force_insert=True)
            note(
                actor, stream_of("item", code), "transfer_item", at, _law_of(item),
                township=township, was=row.from_organ, to=organ.code, since=str(since), source=why,
            )  # fmt: skip
            rows.append(row)
    return rows


def return_item(actor: Actor, transfer_id: UUID, *, on: date, source: str) -> None:
    """An item goes back to who decided it before: `on` is the first day on which it is theirs again. Raises `Refusal`."""
    permit(actor, CataloguePermission.TRANSFER, current_county().code)
    why = named(source, "source", 120)
    _refuse_past(on, "on")
    with one_act():
        row = ItemTransfer.objects.select_for_update().filter(id=transfer_id, valid__endswith=None).first()
        if row is None:
            raise Refusal.of(
                "transfer.unknown", "没有这项在用的划转。", "There is no such transfer in force.", field="on"
            )
        period(row.valid.lower, on)
        ItemTransfer.objects.filter(id=row.id).update(valid=until(on))
        note(
            actor, stream_of("item", row.item_code), "return_item", now(), _law_of(item_of(row.item_code)),
            township=row.township_code, was=row.to_organ, to=row.from_organ, on=str(on), source=why,
        )  # fmt: skip


def _law_of(item: Item) -> str:
    """On what ground its power moves from organ to organ."""
    return CONCENTRATED if item.power_type == PERMIT else LAW


def _refuse_past(on: date, field: str) -> None:
    if on < today():
        raise Refusal.of(
            "transfer.past", "日期不能早于今天：已经作出的决定不受划转影响。",
            "The day cannot lie in the past: what was decided stands.", field=field,
        )  # fmt: skip


def _approval_organ(code: str, on: date) -> Organ:
    organ = Organ.objects.filter(code=code, kind=APPROVAL_ORGAN, valid__contains=on).first()
    if organ is None or organ.place_code.endswith("000000"):
        raise Refusal.of(
            "transfer.organ", "事项只能划转给乡镇（街道）专门的审批服务机构，请先登记这个机构。",
            "Items go to a township’s dedicated approval organ only; register it first.", field="to_organ",
        )  # fmt: skip
    return organ


def approval_organs(on: date) -> QuerySet[Organ]:
    """The dedicated approval organs of the county's townships on a day."""
    return Organ.objects.filter(kind=APPROVAL_ORGAN, valid__contains=on).order_by("code")


def transfers(item_code: str = "", *, on: date | None = None) -> QuerySet[ItemTransfer]:
    """Transfers ever made, the newest first: of one item where it is named, in force on a day where one is."""
    asked = Q(item_code=item_code) if item_code else Q()
    return ItemTransfer.objects.filter(asked & (Q(valid__contains=on) if on else Q())).order_by("-id")
