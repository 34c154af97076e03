"""Buying services for residents (购买服务): providers, contracts, and orders that are accepted before they are paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet

from yimen.domains.hall.models import Contract, Provider
from yimen.domains.hall.models.providers import KINDS
from yimen.domains.hall.permissions import HallPermission
from yimen.domains.hall.procedures import SERVICE_ORDER
from yimen.domains.hall.rules import CONTRACT, PURCHASE, fen_of
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.forms.identifiers import is_credit_code
from yimen.kernel.ids import uuid7
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import NO_CHANGE, Change, Moved, Opening, move, open_matter
from yimen.kernel.matters.queries import visible_to
from yimen.kernel.registers.acts import named, note, period, permit, phone_number, stream_of
from yimen.kernel.sealing import masked
from yimen.kernel.words import Refusal, Text

PROVIDER_KINDS = {
    "enterprise": Text("企业", "Enterprise"), "institution": Text("公益二类事业单位", "Public institution"),
    "social": Text("社会组织", "Social organisation"), "individual": Text("个体工商户", "Sole trader"),
}  # fmt: skip


def register_provider(
    actor: Actor, *, name: str, credit_code: str, kind: str, services: str, telephone: str, since: date
) -> Provider:
    """Register a provider by its unified social credit code, whose check digit must be right."""
    permit(actor, HallPermission.PROVIDERS, current_county().code)
    code, at = credit_code.strip().upper(), now()
    if not is_credit_code(code):
        raise Refusal.of(
            "provider.code", "统一社会信用代码不对，请逐位核对。", "The credit code is wrong: check each character.", field="credit_code"
        )  # fmt: skip
    if kind not in KINDS:
        raise Refusal.of("provider.kind", "请选择类别。", "Choose a kind.", field="kind")
    if Provider.objects.filter(credit_code=code).exists():
        raise Refusal.of("provider.known", "这个机构已经登记。", "It is registered already.", field="credit_code")  # fmt: skip
    row = Provider(
        id=uuid7(at), name=named(name, "name"), credit_code=code, kind=kind, services=named(services, "services", 200),
        telephone=phone_number(telephone, "telephone"), valid=period(since, None),
    )  # fmt: skip
    with one_act():
        row.save(force_insert=True)
        note(actor, row.id, "register_provider", at, PURCHASE, name=row.name, code=code, kind=kind)
    return row


def sign_contract(
    actor: Actor, *, provider_id: UUID, number: str, place_code: str, service: str, price: str, ceiling: str,
    source: str, since: date, until: date,
) -> Contract:  # fmt: skip
    """Enter a contract: a price for each order and a ceiling for all of them (both in yuan)."""
    permit(actor, HallPermission.PROVIDERS, place_code)
    each, most, at = fen_of(price), fen_of(ceiling), now()
    if each is None or most is None:
        raise Refusal.of(
            "contract.amount", "金额写成 120 或 120.50。", "Write amounts as 120 or 120.50.",
            field="price" if each is None else "ceiling",
        )  # fmt: skip
    if not Provider.objects.filter(id=provider_id, valid__contains=since).exists():
        raise Refusal.of("contract.provider", "那天没有这个机构。", "There is no such provider on that day.", field="provider_id")  # fmt: skip
    if not Division.objects.filter(code=place_code, code__startswith=current_county().code).exists():
        raise Refusal.of("contract.place", "本县没有这个区划代码。", "The county has no such division.", field="place_code")  # fmt: skip
    row = Contract(
        id=uuid7(at), number=named(number, "number", 40), provider_id=provider_id, place_code=place_code,
        organ_code=actor.organ, service=named(service, "service", 100), price=each, ceiling=most,
        source=named(source, "source", 120), valid=period(since, until),
    )  # fmt: skip
    with one_act():
        if Contract.objects.filter(number=row.number).exists():
            raise Refusal.of("contract.known", "这个合同号已经用过。", "That number is in use.", field="number")  # fmt: skip
        row.save(force_insert=True)
        note(
            actor, stream_of("contract", str(row.id)), "sign_contract", at, CONTRACT, number=row.number,
            provider=str(provider_id), price=each, ceiling=most, source=row.source, since=str(since), until=str(until),
        )  # fmt: skip
    return row


def order_service(actor: Actor, *, contract_id: UUID, place: str, for_whom: str, what: str) -> Moved:
    """Order one service under a contract; its price is bound at once, so that orders never pass the ceiling."""
    with one_act():
        contract = Contract.objects.select_for_update().select_related("provider").get(id=contract_id)
        if not place.startswith(contract.place_code.rstrip("0")):
            raise Refusal.of(
                "order.place", "合同不包括这个地方。", "The contract does not reach that place.", CONTRACT, field="place"
            )  # fmt: skip
        if contract.bound + contract.price > contract.ceiling:
            raise Refusal.of(
                "order.ceiling", "订单总额会超过合同总额，不能再下单。", "The orders would pass the contract's ceiling.", CONTRACT
            )  # fmt: skip
        Contract.objects.filter(id=contract.id).update(bound=F("bound") + contract.price)
        opening = Opening(
            title=f"{contract.service} · {masked(named(for_whom, 'for_whom'))}",
            kind="bought_service",
            channel="console",
            place_code=place,
            organ_code=contract.organ_code,
            facts={
                "contract": str(contract.id),
                "contract_number": contract.number,
                "provider": contract.provider.name,
                "price": contract.price,
                "text": what.strip(),
                "contract_is_in_force": today() in contract.valid,
            },
        )
        return open_matter(actor, SERVICE_ORDER, "order", opening, given={"for_whom": for_whom, "what": what})


def act_on_order(
    actor: Actor, matter_id: UUID, step: str, given: Mapping[str, object] | None = None, *,
    expected_revision: int | None = None,
) -> Moved:  # fmt: skip
    """Perform a step on an order; what it binds and what is paid stand in the contract in the same act."""
    given = given or {}
    with one_act():
        order = Matter.objects.select_for_update().get(id=matter_id, procedure=SERVICE_ORDER.code)
        moved = move(
            actor,
            matter_id,
            step,
            given=given,
            change=_change(step, given),
            expected_revision=expected_revision,
        )
        contract, price = Contract.objects.filter(id=order.facts["contract"]), int(order.facts["price"])
        if step == "call_off":
            contract.update(bound=F("bound") - price)
        if step == "pay":
            fen = fen_of(given["amount"]) or 0
            contract.update(paid=F("paid") + fen, bound=F("bound") - price + fen)
    return moved


def _change(step: str, given: Mapping[str, object]) -> Change:
    if step == "accept" and str(given.get("rating", "")).isdecimal():
        return Change(facts={"rating": int(str(given["rating"]))})
    if step == "pay" and (fen := fen_of(given.get("amount", ""))):
        return Change(facts={"paid": fen})
    return NO_CHANGE


def visible_orders(actor: Actor) -> QuerySet[Matter]:
    """The orders that the actor may see: those who order, accept or pay them."""
    seen = Matter.objects.none()
    for permission in (
        HallPermission.ORDER,
        HallPermission.CHECK,
        HallPermission.PAY,
        HallPermission.PROVIDERS,
    ):
        seen = seen | visible_to(actor, permission, procedure=SERVICE_ORDER.code)
    return seen


@dataclass(frozen=True, slots=True)
class Rated:
    """A provider with its contracts' sums (in fen), its orders, and the mean of its ratings (None: none yet)."""

    provider: Provider
    ceiling: int
    bound: int
    paid: int
    orders: int
    mean: float | None


def providers(actor: Actor) -> list[Rated]:
    """Every provider, by name, as its contracts and the orders the actor may see show it."""
    ratings: dict[str, list[int]] = {}
    counts: dict[str, int] = {}
    for name, rating in visible_orders(actor).values_list("facts__provider", "facts__rating"):
        counts[name] = counts.get(name, 0) + 1
        if rating is not None:
            ratings.setdefault(name, []).append(int(rating))
    found = []
    for each in (
        Provider.objects.filter(valid__contains=today()).prefetch_related("contracts").order_by("name")
    ):
        mine, given = list(each.contracts.all()), ratings.get(each.name, [])
        found.append(
            Rated(
                each, sum(c.ceiling for c in mine), sum(c.bound for c in mine), sum(c.paid for c in mine),
                counts.get(each.name, 0), sum(given) / len(given) if given else None,
            )
        )  # fmt: skip
    return found


def contracts() -> list[Contract]:
    """The contracts, the newest first."""
    return list(Contract.objects.select_related("provider").order_by("-id"))
