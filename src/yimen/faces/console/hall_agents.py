"""Agents' tasks on screen: mandate, papers, cash, what is handed back; and the cash of a day."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yimen.design.shapes import Cell, Column, Fact
from yimen.design.wording import listed
from yimen.domains.catalogue.api import Channel, items
from yimen.domains.hall import api as hall
from yimen.domains.hall.api import AGENT_TASK, HallPermission, Mandate, yuan
from yimen.faces.console.hall_forms import CloseDayForm, DayForm, MandateForm, SettleForm
from yimen.faces.console.hall_matters import TONES, act_on, matter_shown
from yimen.faces.console.halls import section, villages
from yimen.faces.console.registers import ask
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas, holds
from yimen.kernel.access.middleware import actor_of, needs, staff_only
from yimen.kernel.calendar.today import now, today
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import history
from yimen.kernel.papers.store import keep_upload
from yimen.kernel.words import Text

WAYS: dict[str, Text] = {
    "received": Text("代收", "Received"), "paid": Text("缴付", "Paid"), "returned": Text("退还", "Returned"),
    "settled": Text("差额处理", "Difference settled"),
}  # fmt: skip
SHEET_TITLES: dict[str, Text] = {
    "record_mandate": Text("代办委托书", "Mandate"),
    "receive_items": Text("材料、证件收据", "Receipt for papers"),
    "receive_cash": Text("代收现金收据", "Receipt for cash"),
    "pay_cash": Text("代为缴付凭据", "Proof of payment"),
    "return_cash": Text("退还现金收据", "Receipt for cash returned"),
    "hand_back": Text("交还签收单", "Sheet of what is handed back"),
}
"""The acts that leave something on paper with the resident."""
_MOST = 200


def _needs_agent_or_checker(request: HttpRequest) -> None:
    actor = actor_of(request)
    if all(holds(actor, p) for p in (HallPermission.AGENT, HallPermission.BALANCE)):
        raise Http404


@require_safe
@staff_only
def task_list(request: HttpRequest) -> HttpResponse:
    """The tasks, the newest first."""
    _needs_agent_or_checker(request)
    actor, at = actor_of(request), now()
    is_agent = holds(actor, HallPermission.AGENT) is None
    columns = (
        Column(_("编号")), Column(_("代办"), "title"), Column(_("状态")), Column(_("代管现金（元）"), "number"), Column(_("到期"), "date"),
    )  # fmt: skip
    rows = [
        (
            Cell(m.number, href=reverse("console:agent_task", args=[m.id])), m.titled,
            Cell(AGENT_TASK.state(m.state).name, tone=TONES.get(m.state, "blue")), yuan(int(m.facts.get("held", 0))),
            Cell(m.due_at, light=m.light(at)),
        )
        for m in hall.visible_tasks(actor).order_by("-id")[:_MOST]
    ]  # fmt: skip
    actions = [
        (_("登记委托"), reverse("console:new_mandate"), "pen"), (_("空白委托书"), reverse("console:blank_mandate"), "printer"), (_("现金账"), reverse("console:cash"), "cash-coin"),
    ]  # fmt: skip
    context = {
        "title": _("村级代办"),
        "actions": actions if is_agent else [],
        "sections": [section("", columns, rows, _("还没有代办。")), *_accounts(actor)],
    }
    return render(request, "console/hall_page.html", context)


def _accounts(actor: Actor) -> list[dict[str, Any]]:
    """What each agent holds, for who checks the accounts."""
    if holds(actor, HallPermission.BALANCE) is not None:
        return []
    columns = (
        Column(_("代办员"), "title"),
        Column(_("手上现金（元）"), "number"),
        Column(_("没结账的日子")),
        Column(""),
    )
    rows = [
        (
            name, yuan(fen), Cell(listed(map(str, days)), tone="red") if days else Cell(_("都结清了"), tone="green"),
            Cell(_("处理差额"), href=reverse("console:settle", args=[agent])),
        )
        for agent, name, fen, days in hall.agents_with_cash(actor)
    ]  # fmt: skip
    return [section(_("代办员的现金"), columns, rows, _("没有代办员代收现金。"))]


@require_http_methods(["GET", "POST"])
@needs(HallPermission.AGENT)
def new_mandate(request: HttpRequest) -> HttpResponse:
    """Record a mandate."""
    held = [a for a, _organ in areas(actor_of(request), HallPermission.AGENT)]

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        papers = tuple(keep_upload(u, by=actor.account_id).id for u in given["papers"])
        moved = hall.record_mandate(actor, Mandate(**{**given, "papers": papers}))
        return reverse("console:agent_task", args=[moved.matter_id])

    form = MandateForm(
        request.POST or None, request.FILES or None,
        choices={
            "item": [(i.code, str(i.name)) for i in items() if Channel.AGENT in i.channels],
            "place": [v for v in villages() if any(v[0].startswith(a) for a in held)],
        },
    )  # fmt: skip
    note = _("先请委托人在委托书上签名并拍照；登记后才能收材料、收钱、提交。")
    return ask(
        request, _("登记委托"), form, act, _("已登记。"), back=reverse("console:agent_tasks"), note=note
    )


def task_of(request: HttpRequest, matter_id: UUID) -> Matter:
    """The agent's task as far as the asker may see it; else 404. For agents and for who checks them."""
    _needs_agent_or_checker(request)
    matter = hall.visible_tasks(actor_of(request)).filter(id=matter_id).first()
    if matter is None:
        raise Http404
    return matter


def _details_for(request: HttpRequest) -> Callable[[Matter], dict[str, Any]]:
    return partial(_details, is_agent=holds(actor_of(request), HallPermission.AGENT) is None)


def _details(matter: Matter, *, is_agent: bool) -> dict[str, Any]:
    entries = hall.cash_of(matter.id)
    return {
        "back": (reverse("console:agent_tasks"), _("村级代办")),
        "next": (reverse("console:agent_intake", args=[matter.id]), _("填写并提交申请"))
        if matter.state == "mandated" and is_agent
        else None,
        "facts": [
            Fact(_("编号"), matter.number), Fact(_("委托办什么"), matter.facts.get("text", "")),
            Fact(_("委托到哪一天"), matter.facts.get("until") or _("办完为止")),
            Fact(_("代管现金（元）"), yuan(int(matter.facts.get("held", 0)))),
        ],
        "sheets": [
            (SHEET_TITLES[e.act], reverse("console:agent_sheet", args=[matter.id, e.seq]))
            for e in history(matter.id)
            if e.act in SHEET_TITLES
        ],
        "table_title": _("现金收据"),
        "columns": cash_columns(),
        "rows": cash_rows(entries),
    }  # fmt: skip


def cash_columns() -> tuple[Column, ...]:
    """What is shown of a receipt."""
    return (
        Column(_("收据号"), "title"), Column(_("类别")), Column(_("金额（元）"), "number"), Column(_("用途")), Column(_("时间"), "date"),
    )  # fmt: skip


def cash_rows(entries: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Entries of the cash book as rows of its table; the amounts in yuan."""
    return [(e.receipt, WAYS[e.way], yuan(e.fen), e.words, e.at) for e in entries]


@require_safe
@staff_only
def task_page(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """One task."""
    return matter_shown(request, task_of(request, matter_id), "console:act_on_task", _details_for(request))


@require_POST
@staff_only
def task_act(request: HttpRequest, matter_id: UUID, step_code: str) -> HttpResponse:
    """Perform one step on a task."""
    names = ("console:agent_task", "console:act_on_task")
    return act_on(
        request, task_of(request, matter_id), step_code, hall.act_on_task, names, _details_for(request)
    )


@require_safe
@needs(HallPermission.AGENT)
def cash(request: HttpRequest) -> HttpResponse:
    """My cash of a day."""
    actor, on = actor_of(request), DayForm(request.GET).day()
    person = actor.person_id
    if person is None:
        raise Http404
    book, owing = hall.cash_book(person, on), hall.open_days(person)
    columns = cash_columns()
    context = {
        "title": _("%(day)s 的现金账") % {"day": on},
        "back": (reverse("console:agent_tasks"), _("村级代办")),
        "actions": [
            (_("清点结账"), f"{reverse('console:close_cash')}?on={owing[0] if owing else on}", "check2-square"),
            (_("打印日结单"), f"{reverse('console:cash_sheet')}?on={on}", "printer"),
        ],
        "note": _("还没有结账：%(days)s。结清以前不能再收付现金。") % {"days": listed(map(str, owing))} if owing else "",
        "narrowing": DayForm(initial={"on": on}),
        "facts": [
            Fact(_("上日结余"), yuan(book.opening)), Fact(_("当日收入"), yuan(book.came)), Fact(_("当日支出"), yuan(book.went)),
            Fact(_("应有现金"), yuan(book.expected)),
        ],
        "sections": [section(_("收据"), columns, cash_rows(book.entries), _("这一天没有收付。"))],
    }  # fmt: skip
    return render(request, "console/hall_page.html", context)


@require_http_methods(["GET", "POST"])
@needs(HallPermission.AGENT)
def close_cash(request: HttpRequest) -> HttpResponse:
    """Count and close a day."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        row = hall.close_day(actor, **given)
        return f"{reverse('console:cash')}?on={row.on}"

    form = CloseDayForm(request.POST or None, initial={"on": _day_of(request.GET.get("on", ""))})
    note = _("清点数和账面一致才能结账。当天结账后，当天不能再收付。")
    return ask(
        request, _("清点结账"), form, act, _("账目相符，已结账。"), back=reverse("console:cash"), note=note
    )


def _day_of(typed: str) -> date:
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return today()
    return found if abs(found - today()) < timedelta(days=3650) else today()


@require_http_methods(["GET", "POST"])
@needs(HallPermission.BALANCE)
def settle(request: HttpRequest, agent_id: UUID) -> HttpResponse:
    """Settle a difference in an agent's cash."""
    known = {a: name for a, name, _fen, _days in hall.agents_with_cash(actor_of(request))}
    if agent_id not in known:
        raise Http404
    place = min(a for a, _organ in areas(actor_of(request), HallPermission.BALANCE))

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        hall.settle_difference(
            actor, agent_id=agent_id, place=place, amount=given["amount"], is_short=given["direction"] == "short",
            reason=given["reason"],
        )  # fmt: skip
        return reverse("console:agent_tasks")

    title = _("处理 %(name)s 的现金差额") % {"name": known[agent_id]}
    return ask(
        request, title, SettleForm(request.POST or None), act, _("已处理。"), back=reverse("console:agent_tasks"),
        note=_("写明原因；记入台账，不能修改。"),
    )  # fmt: skip
