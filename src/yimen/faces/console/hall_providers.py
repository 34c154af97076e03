"""Bought services on screen: providers, contracts and orders."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yimen.design.shapes import Cell, Column, Fact
from yimen.domains.hall import api as hall
from yimen.domains.hall.api import PROVIDER_KINDS, RATINGS, SERVICE_ORDER, HallPermission, yuan
from yimen.faces.console.hall_forms import ContractForm, OrderForm, ProviderForm
from yimen.faces.console.hall_matters import TONES, act_on, matter_shown
from yimen.faces.console.halls import section, townships_and_county, villages
from yimen.faces.console.registers import ask
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas, holds
from yimen.kernel.access.middleware import actor_of, needs, staff_only
from yimen.kernel.calendar.today import now, today
from yimen.kernel.matters.models import Matter

_PARTS = (HallPermission.PROVIDERS, HallPermission.ORDER, HallPermission.CHECK, HallPermission.PAY)
_MOST = 200


def _needs_a_part(request: HttpRequest) -> None:
    if all(holds(actor_of(request), p) for p in _PARTS):
        raise Http404


@require_safe
@staff_only
def provider_list(request: HttpRequest) -> HttpResponse:
    """Orders, contracts and providers."""
    _needs_a_part(request)
    actor = actor_of(request)
    may_sign, may_order = (holds(actor, p) is None for p in (HallPermission.PROVIDERS, HallPermission.ORDER))
    actions = [(_("下单"), reverse("console:new_order"), "cart-plus")] if may_order else []
    if may_sign:
        actions += [
            (_("登记合同"), reverse("console:new_contract"), "file-earmark-text"),
            (_("登记服务机构"), reverse("console:new_provider"), "building-add"),
        ]
    context = {
        "title": _("购买服务"),
        "actions": actions,
        "sections": [_order_table(actor), _contract_table(), _provider_table(actor)],
    }
    return render(request, "console/hall_page.html", context)


def _order_table(actor: Actor) -> dict[str, Any]:
    at = now()
    columns = (
        Column(_("编号")), Column(_("服务"), "title"), Column(_("服务机构")), Column(_("状态")), Column(_("评价")), Column(_("到期"), "date"),
    )  # fmt: skip
    said = dict(RATINGS)
    rows = [
        (
            Cell(m.number, href=reverse("console:order", args=[m.id])), m.titled, m.facts["provider"],
            Cell(SERVICE_ORDER.state(m.state).name, tone=TONES.get(m.state, "blue")), said.get(str(m.facts.get("rating")), "—"),
            Cell(m.due_at, light=m.light(at)),
        )
        for m in hall.visible_orders(actor).order_by("-id")[:_MOST]
    ]  # fmt: skip
    return section(_("订单"), columns, rows, _("还没有订单。"))


def _contract_table() -> dict[str, Any]:
    columns = (
        Column(_("合同号"), "title"), Column(_("服务机构")), Column(_("服务")), Column(_("单价（元）"), "number"),
        Column(_("合同总额（元）"), "number"), Column(_("已订（元）"), "number"), Column(_("已付（元）"), "number"), Column(_("至（不含当日）"), "date"),
    )  # fmt: skip
    rows = [
        (c.number, c.provider.name, c.service, yuan(c.price), yuan(c.ceiling), yuan(c.bound), yuan(c.paid), c.valid.upper)
        for c in hall.contracts()
    ]  # fmt: skip
    return section(_("合同"), columns, rows, _("还没有合同。"))


def _provider_table(actor: Actor) -> dict[str, Any]:
    columns = (
        Column(_("服务机构"), "title"), Column(_("类别")), Column(_("提供什么服务")), Column(_("订单"), "number"), Column(_("平均评价"), "number"),
        Column(_("已付（元）"), "number"),
    )  # fmt: skip
    rows = [
        (
            Cell(r.provider.name, hint=r.provider.credit_code), PROVIDER_KINDS[r.provider.kind], r.provider.services, r.orders,
            f"{r.mean:.1f}" if r.mean is not None else "—", yuan(r.paid),
        )
        for r in hall.providers(actor)
    ]  # fmt: skip
    return section(_("服务机构"), columns, rows, _("还没有服务机构。"))


@require_http_methods(["GET", "POST"])
@needs(HallPermission.PROVIDERS)
def new_provider(request: HttpRequest) -> HttpResponse:
    """Register a provider."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        hall.register_provider(actor, **given)
        return reverse("console:providers")

    form = ProviderForm(request.POST or None, initial={"since": today()})
    return ask(request, _("登记服务机构"), form, act, _("已登记。"), back=reverse("console:providers"))


@require_http_methods(["GET", "POST"])
@needs(HallPermission.PROVIDERS)
def new_contract(request: HttpRequest) -> HttpResponse:
    """Enter a contract."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        hall.sign_contract(actor, **{**given, "provider_id": UUID(given["provider_id"])})
        return reverse("console:providers")

    known = [(str(r.provider.id), r.provider.name) for r in hall.providers(actor_of(request))]
    form = ContractForm(
        request.POST or None, initial={"since": today()},
        choices={"provider_id": known, "place_code": townships_and_county()},
    )  # fmt: skip
    note = _("订单总额和付款都不会超过合同总额。")
    return ask(request, _("登记合同"), form, act, _("已登记。"), back=reverse("console:providers"), note=note)


@require_http_methods(["GET", "POST"])
@needs(HallPermission.ORDER)
def new_order(request: HttpRequest) -> HttpResponse:
    """Order a service."""
    held = [a for a, _organ in areas(actor_of(request), HallPermission.ORDER)]

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        moved = hall.order_service(actor, **{**given, "contract_id": UUID(given["contract_id"])})
        return reverse("console:order", args=[moved.matter_id])

    current = [
        (str(c.id), f"{c.number} {c.provider.name} · {c.service} · {yuan(c.price)}")
        for c in hall.contracts()
        if today() in c.valid
    ]
    places = [v for v in villages() if any(v[0].startswith(a) for a in held)]
    form = OrderForm(request.POST or None, choices={"contract_id": current, "place": places})
    return ask(request, _("下单"), form, act, _("已下单。"), back=reverse("console:providers"))


def _order(request: HttpRequest, matter_id: UUID) -> Matter:
    _needs_a_part(request)
    matter = hall.visible_orders(actor_of(request)).filter(id=matter_id).first()
    if matter is None:
        raise Http404
    return matter


def _details(matter: Matter) -> dict[str, Any]:
    return {
        "back": (reverse("console:providers"), _("购买服务")),
        "usual": {"amount": yuan(int(matter.facts["price"])).replace(",", "")},
        "facts": [
            Fact(_("编号"), matter.number), Fact(_("服务机构"), matter.facts["provider"]),
            Fact(_("合同"), matter.facts["contract_number"]), Fact(_("单价（元）"), yuan(int(matter.facts["price"]))),
            Fact(_("具体要求"), matter.facts.get("text", "")), Fact(_("评价"), dict(RATINGS).get(str(matter.facts.get("rating")), "—")),
        ],
    }  # fmt: skip


@require_safe
@staff_only
def order_page(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """One order."""
    return matter_shown(request, _order(request, matter_id), "console:act_on_order", _details)


@require_POST
@staff_only
def order_act(request: HttpRequest, matter_id: UUID, step_code: str) -> HttpResponse:
    """Perform one step on an order."""
    names = ("console:order", "console:act_on_order")
    return act_on(request, _order(request, matter_id), step_code, hall.act_on_order, names, _details)
