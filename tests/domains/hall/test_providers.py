"""A bought visit is ordered, done, accepted, rated and paid by different people, never above its contract."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from tests.domains.hall.people import SINCE, VILLAGE, someone
from yimen.domains.hall.api import (
    AGENT_TASK,
    SERVICE_ORDER,
    act_on_order,
    order_service,
    providers,
    register_provider,
    sign_contract,
    visible_orders,
)
from yimen.domains.hall.models import Contract, Provider
from yimen.kernel.access.actors import Actor
from yimen.kernel.counties.tenancy import in_county
from yimen.kernel.matters.moving import Moved
from yimen.kernel.words import Refusal

CREDIT_CODE = "91350211M000100Y46"
COUNTY_OFFICER = "339901"


def a_contract(price: str = "80", ceiling: str = "160", until: date = date(2030, 1, 1)) -> UUID:
    """A contract over two visits."""
    buyer = someone("purchasing_officer", COUNTY_OFFICER)
    found = register_provider(
        buyer, name="夕阳红服务社", credit_code=CREDIT_CODE, kind="social", services="居家养老", telephone="", since=SINCE
    )  # fmt: skip
    return sign_contract(
        buyer, provider_id=found.id, number="云采〔2026〕1号", place_code=VILLAGE[:9] + "000", service="居家养老上门",
        price=price, ceiling=ceiling, source="竞争性磋商", since=SINCE, until=until,
    ).id  # fmt: skip


def ordered(contract: UUID, by: Actor | None = None) -> Moved:
    buyer = by or someone("purchasing_officer")
    return order_service(
        buyer, contract_id=contract, place=VILLAGE, for_whom="张奶奶", what="助浴、打扫，两小时"
    )


def done(order: Moved) -> None:
    given = {"served_on": "2026-11-23", "note": "助浴一次，打扫两小时"}
    act_on_order(someone("purchasing_officer"), order.matter_id, "report_done", given)


def accepted(order: Moved) -> None:
    act_on_order(someone("service_checker"), order.matter_id, "accept", {"rating": "5", "note": "入户核实"})


@pytest.mark.usefixtures("db")
class TestOrders:
    """From the order to the payment."""

    def test_a_visit_is_ordered_done_accepted_rated_and_paid(self) -> None:
        contract = a_contract()
        order = ordered(contract)
        done(order)
        accepted(order)
        paid = act_on_order(someone("paymaster"), order.matter_id, "pay", {"amount": "80", "voucher": "记-1"})
        assert paid.state == "paid"
        row = Contract.objects.get(id=contract)
        assert (row.bound, row.paid) == (8000, 8000)
        rated = providers(someone("purchasing_officer"))[0]
        assert (rated.orders, rated.mean, rated.paid, rated.ceiling) == (1, 5.0, 8000, 16000)

    def test_payment_is_never_above_the_price_and_never_before_acceptance(self) -> None:
        order = ordered(a_contract())
        payer = someone("paymaster")
        with pytest.raises(Refusal):
            act_on_order(payer, order.matter_id, "pay", {"amount": "80", "voucher": "记-1"})
        done(order)
        accepted(order)
        with pytest.raises(Refusal) as refused:
            act_on_order(payer, order.matter_id, "pay", {"amount": "80.01", "voucher": "记-1"})
        assert refused.value.code == "order.above_price"
        assert Contract.objects.get().paid == 0

    def test_orders_stop_at_the_ceiling_and_one_called_off_frees_its_price(self) -> None:
        contract = a_contract()
        first, _ = ordered(contract), ordered(contract)
        with pytest.raises(Refusal) as refused:
            ordered(contract)
        assert refused.value.code == "order.ceiling"
        act_on_order(someone("purchasing_officer"), first.matter_id, "call_off", {"reason": "老人住院"})
        assert ordered(contract).state == "ordered"

    def test_no_order_under_a_contract_that_has_ended_and_nothing_stays_bound(self) -> None:
        contract = a_contract(until=date(2026, 2, 1))
        with pytest.raises(Refusal) as refused:
            ordered(contract)
        assert refused.value.code == "order.no_contract"
        assert Contract.objects.get().bound == 0

    def test_who_orders_neither_accepts_nor_pays(self) -> None:
        order = ordered(a_contract())
        done(order)
        for step, given in (
            ("accept", {"rating": "5", "note": "好"}),
            ("pay", {"amount": "1", "voucher": "x"}),
        ):
            with pytest.raises(Refusal):
                act_on_order(someone("purchasing_officer"), order.matter_id, step, given)

    def test_orders_of_another_township_are_not_seen(self) -> None:
        ordered(a_contract())
        assert visible_orders(someone("service_checker")).count() == 1
        assert not visible_orders(someone("service_checker", "339901001")).exists()

    def test_the_database_itself_refuses_what_passes_the_contract(self) -> None:
        contract = a_contract()
        with pytest.raises(Exception, match="payment_within_the_contract"):
            Contract.objects.filter(id=contract).update(paid=1)

    def test_a_wrong_credit_code_is_refused(self) -> None:
        with pytest.raises(Refusal) as refused:
            register_provider(
                someone("purchasing_officer", COUNTY_OFFICER), name="甲", credit_code=CREDIT_CODE[:-1] + "9", kind="social",
                services="养老", telephone="", since=SINCE,
            )  # fmt: skip
        assert refused.value.code == "provider.code"
        assert not Provider.objects.exists()


def test_two_orders_at_once_do_not_pass_the_ceiling_together(fresh_database: str) -> None:
    contract = a_contract(ceiling="80")
    together = Barrier(2)

    def order(_: int) -> str:
        with in_county("yunxi"):
            together.wait()
            try:
                return ordered(contract).state
            except Refusal as refusal:
                return refusal.code
            finally:
                connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(order, range(2))) == ["order.ceiling", "ordered"]


@pytest.mark.parametrize("procedure", [AGENT_TASK, SERVICE_ORDER], ids=lambda p: p.code)
def test_the_procedures_are_sound(procedure: object) -> None:
    assert procedure.problems() == []  # type: ignore[attr-defined]
