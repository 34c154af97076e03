"""划转 on screen: which township's approval organ decides which items since when, by which document, and how to change it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from yimen.design.shapes import Cell, Column
from yimen.domains.catalogue.api import (
    CataloguePermission,
    approval_organs,
    in_force,
    items,
    return_item,
    transfer_items,
    transfers,
)
from yimen.domains.services.api import in_hand
from yimen.faces.console.forms import DAYS
from yimen.faces.console.registers import ask
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import decide
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.org.queries import organ_names

_SHOWN = 100


class TransferForm(forms.Form):
    """Which items go to which organ, from when, by which document."""

    to_organ = forms.ChoiceField(
        label=gettext_lazy("划转给"), help_text=gettext_lazy("乡镇（街道）专门的审批服务机构；还没有的，先在“机构”里登记。")
    )  # fmt: skip
    items = forms.MultipleChoiceField(
        label=gettext_lazy("划转的事项"), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("这些事项现在由县级部门决定。"),
    )  # fmt: skip
    since = forms.DateField(label=gettext_lazy("自哪一天起"), validators=DAYS)
    source = forms.CharField(
        label=gettext_lazy("批准文件"), max_length=120,
        help_text=gettext_lazy("许可事项写省、自治区、直辖市人民政府集中许可权的决定，它要经国务院批准（行政许可法 第二十五条）。"),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"since": today()})
        self.fields["to_organ"].choices = [  # type: ignore[attr-defined]
            (o.code, str(o.called)) for o in approval_organs(today())
        ]
        self.fields["items"].choices = [(i.code, str(i.name)) for i in items() if i.decided_by == "county"]  # type: ignore[attr-defined]


class ReturnForm(forms.Form):
    """From which day on the item is its former organ's again, and by which document."""

    on = forms.DateField(label=gettext_lazy("自哪一天起收回"), validators=DAYS)
    source = forms.CharField(label=gettext_lazy("批准文件"), max_length=120)


@require_safe
@needs(CataloguePermission.READ)
def transfer_list(request: HttpRequest) -> HttpResponse:
    """Every transfer there is or was, with what is still in hand under it."""
    names, offered, on = organ_names(today()), in_force().items, today()
    may_transfer = _may_transfer(actor_of(request))
    every = list(transfers()[:_SHOWN])
    waiting = in_hand([t.item_code for t in every])
    rows = []
    for each in every:
        found = offered.get(each.item_code)
        is_open = each.valid.upper is None
        back = reverse("console:return_item", args=[each.id]) if may_transfer and is_open else ""
        rows.append((
            Cell(str(found.name) if found else each.item_code, href=reverse("console:item", args=[each.item_code])),
            names.get(each.from_organ, each.from_organ), names.get(each.to_organ, each.to_organ),
            each.valid.lower, each.valid.upper or "—", each.source, waiting.get((each.item_code, each.township_code), 0),
            _standing(each.valid, on), Cell(_("收回"), href=back) if back else "",
        ))  # fmt: skip
    context = {
        "may_transfer": may_transfer,
        "columns": (
            Column(_("事项"), "title"), Column(_("原决定单位")), Column(_("划转给")), Column(_("自"), "date"),
            Column(_("至（不含当日）"), "date"), Column(_("批准文件"), "prose"), Column(_("在办"), "number"), Column(_("状态")), Column(""),
        ),
        "rows": rows,
    }  # fmt: skip
    return render(request, "console/transfers.html", context)


def _standing(valid: Any, on: Any) -> Cell:
    if valid.upper is not None and valid.upper <= on:
        return Cell(_("已收回"), tone="neutral")
    return Cell(_("待生效"), tone="amber") if valid.lower > on else Cell(_("已划转"), tone="green")


def _may_transfer(actor: Actor) -> bool:
    return decide(actor, CataloguePermission.TRANSFER, area=current_county().code) is None


@require_http_methods(["GET", "POST"])
@needs(CataloguePermission.TRANSFER)
def transfer(request: HttpRequest) -> HttpResponse:
    """Transfer items to a township's approval organ from a day on."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        transfer_items(
            actor, given["items"], to_organ=given["to_organ"], since=given["since"], source=given["source"]
        )
        return reverse("console:transfers")

    return ask(
        request, _("划转事项"), TransferForm(request.POST or None), act, _("已登记。到那一天，在办的也一起转过去。"),
        back=reverse("console:transfers"),
        note=_("从那一天起由新的机构以自己的名义决定、用自己的印章，原单位不能再决定；正在公示、调查、听证的，结束后转过去。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(CataloguePermission.TRANSFER)
def give_back(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Take an item back: its former organ decides it again from a day on."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        return_item(actor, transfer_id, on=given["on"], source=given["source"])
        return reverse("console:transfers")

    return ask(
        request, _("收回划转的事项"), ReturnForm(request.POST or None, initial={"on": today()}), act,
        _("已登记。到那一天，在办的也一起转回去。"), back=reverse("console:transfers"),
        note=_("从那一天起由原单位决定；已经作出的决定继续有效。"),
    )  # fmt: skip
