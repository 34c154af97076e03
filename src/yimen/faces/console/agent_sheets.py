"""What an agent prints: a mandate to be signed, receipts for papers and cash, the sheet of what is handed back, the day's cash."""

from uuid import UUID

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from yimen.design.shapes import Said
from yimen.domains.hall import api as hall
from yimen.domains.hall.api import AGENT_TASK, HallPermission, in_capitals, yuan
from yimen.faces.console.hall_agents import SHEET_TITLES, WAYS, cash_columns, cash_rows, task_of
from yimen.faces.console.hall_forms import DayForm
from yimen.kernel.access.middleware import actor_of, needs, staff_only
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import history

Line = tuple[Said, Said]
_SIGNED = (gettext_lazy("委托人签名（手印）"), gettext_lazy("代办员签名"), gettext_lazy("日期"))
_CASH = {"receive_cash": "received", "pay_cash": "paid", "return_cash": "returned"}


@require_safe
@needs(HallPermission.AGENT)
def blank_mandate(request: HttpRequest) -> HttpResponse:
    """A mandate to be filled in and signed by hand, before it is recorded."""
    words: list[Line] = [
        (_("委托人姓名"), ""), (_("身份证号"), ""), (_("手机号"), ""), (_("住址"), ""), (_("代办员"), actor_of(request).name),
        (_("委托办什么"), ""), (_("委托到哪一天"), ""),
    ]  # fmt: skip
    note = _(
        "我委托上述代办员替我办理，并如实提供材料。代办不收费；我可以随时撤回委托，交出的材料和钱款凭收据取回。"
    )
    return _sheet(request, SHEET_TITLES["record_mandate"], "", words, note=note)


@require_safe
@staff_only
def act_sheet(request: HttpRequest, matter_id: UUID, seq: int) -> HttpResponse:
    """What is given to the resident at one act of a task."""
    task = task_of(request, matter_id)
    entries = history(task.id)
    entry = next((e for e in entries if e.seq == seq and e.act in SHEET_TITLES), None)
    if entry is None:
        raise Http404
    given = orjson.loads(entry.payload).get("given", {})
    number = task.number
    lines: list[Line] = [(_("代办"), task.title.removeprefix("代办 · ")), (_("代办员"), entry.who_name)]
    if way := _CASH.get(entry.act):
        receipt = _receipt(task, entries, entry)
        number = receipt.receipt
        lines += [
            (_("类别"), WAYS[way]), (_("金额（元）"), yuan(abs(receipt.fen))), (_("金额大写"), in_capitals(receipt.fen)),
        ]  # fmt: skip
    fields = AGENT_TASK.step(entry.act).fields
    lines += [
        (f.label, given[f.code]) for f in fields if f.kind != "files" and f.code != "amount" and given.get(f.code)
    ]  # fmt: skip
    return _sheet(request, SHEET_TITLES[entry.act], number, lines, at=entry.at)


def _receipt(task: Matter, entries: list[Entry], entry: Entry) -> hall.CashEntry:
    """The line of the cash book that an act wrote: they stand in the same order."""
    acts = [e.seq for e in entries if e.act in _CASH]
    return hall.cash_of(task.id)[acts.index(entry.seq)]


@require_safe
@needs(HallPermission.AGENT)
def day_sheet(request: HttpRequest) -> HttpResponse:
    """My cash of a day, to be signed and kept."""
    person, on = actor_of(request).person_id, DayForm(request.GET).day()
    if person is None:
        raise Http404
    book = hall.cash_book(person, on)
    counted = hall.counted_on(person, on)
    lines: list[Line] = [
        (_("代办员"), actor_of(request).name), (_("日期"), str(on)), (_("上日结余"), yuan(book.opening)), (_("当日收入"), yuan(book.came)),
        (_("当日支出"), yuan(book.went)), (_("应有现金"), yuan(book.expected)), (_("金额大写"), in_capitals(book.expected)),
        (_("清点"), _("还没有结账") if counted is None else yuan(counted)),
    ]  # fmt: skip
    signed = (gettext_lazy("代办员签名"), gettext_lazy("核对人签名"), gettext_lazy("日期"))
    table = {"columns": cash_columns(), "rows": cash_rows(book.entries)}
    return _sheet(request, _("代办现金日结单"), "", lines, signed=signed, **table)


def _sheet(
    request: HttpRequest, title: Said, number: str, lines: list[Line], signed: tuple[Said, ...] = _SIGNED, **more: object
) -> HttpResponse:  # fmt: skip
    page = {"title": title, "number": number, "lines": lines, "signed": signed, **more}
    return render(request, "console/agent_sheet.html", page)
