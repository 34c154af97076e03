"""Halls on screen: windows that call, appointments, visits, files passed on, results to collect, the online rates."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yimen.design.shapes import Cell, Column, Fact, Tone
from yimen.design.wording import listed
from yimen.domains.catalogue.api import items
from yimen.domains.hall import api as hall
from yimen.domains.hall.api import HallPermission
from yimen.domains.services.api import SERVICE, ServicePermission, may_take_in
from yimen.faces.console.hall_forms import (
    DayForm,
    EndOnForm,
    FileForm,
    HallForm,
    RatesForm,
    SlotForm,
    VisitForm,
    WindowForm,
)
from yimen.faces.console.registers import ask
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas, decide, holds
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.queries import names_of
from yimen.kernel.words import Finding, Refusal, Text

TICKET_STATES: dict[str, Text] = {
    "waiting": Text("等候", "Waiting"), "called": Text("正在办理", "At a window"), "done": Text("已办结", "Done"),
    "skipped": Text("过号", "Passed over"),
}  # fmt: skip
TICKET_KINDS: dict[str, Text] = {
    "general": Text("普通", "General"), "first": Text("优先", "Served first"), "booked": Text("预约", "Booked"),
}  # fmt: skip
_BOOKING_STATES: dict[str, tuple[Text, Tone]] = {
    "booked": (Text("已预约", "Booked"), "blue"), "arrived": (Text("已到", "Arrived"), "green"),
    "cancelled": (Text("已取消", "Cancelled"), "neutral"), "missed": (Text("未到", "Missed"), "amber"),
}  # fmt: skip
_DASH = "—"
Section = dict[str, Any]


def section(
    title: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]], empty: str, text: str = ""
) -> Section:
    """A table under a heading, as the hall's pages show it."""
    return {"title": title, "columns": columns, "rows": rows, "empty": empty, "text": text}


def townships_and_county() -> list[tuple[str, str]]:
    """The county and its townships by their 12 digits."""
    county = current_county()
    rows = Division.objects.filter(level="township", code__startswith=county.code).order_by("code")
    return [(county.code + "000000", str(county.called)), *names_of(rows).items()]


def villages() -> list[tuple[str, str]]:
    """The villages of the county, each with its township."""
    rows = Division.objects.filter(level__in=("township", "village"), code__startswith=current_county().code)
    names = names_of(rows.order_by("code"))
    return [
        (c, f"{names.get(c[:9] + '000', '')} {n}".strip()) for c, n in names.items() if not c.endswith("000")
    ]


def minutes(number: int | None) -> str:
    """A wait in words."""
    return _DASH if number is None else _("%(n)s 分钟") % {"n": number}


def _mine(actor: Actor, permission: str) -> list[Any]:
    """The halls in the places where the actor holds a permission."""
    held = [area for area, organ in areas(actor, permission) if not organ]
    return [h for h in hall.halls() if any(h.place_code.startswith(a) for a in held)]


def _hall(request: HttpRequest, code: str, permission: str = HallPermission.READ) -> Any:
    found = next((h for h in _mine(actor_of(request), permission) if h.code == code), None)
    if found is None:
        raise Http404
    return found


def _url(hall_code: str) -> str:
    return reverse("console:hall", args=[hall_code])


@require_safe
@needs(HallPermission.READ)
def hall_list(request: HttpRequest) -> HttpResponse:
    """The halls, with how long one waits there now."""
    actor, rows = actor_of(request), []
    for each in _mine(actor, HallPermission.READ):
        queue = hall.queue_of(each)
        rows.append(
            (
                Cell(str(each.called), href=_url(each.code), hint=each.address), queue.waiting, queue.windows,
                minutes(queue.minutes),
            )
        )  # fmt: skip
    columns = (
        Column(_("大厅"), "title"), Column(_("等候人数"), "number"), Column(_("正在叫号的窗口"), "number"), Column(_("现在取号约等")),
    )  # fmt: skip
    may_manage = holds(actor, HallPermission.MANAGE) is None
    context = {
        "title": _("服务大厅"),
        "actions": [(_("新设大厅"), reverse("console:new_hall"), "plus-circle")] if may_manage else [],
        "sections": [section("", columns, rows, _("还没有设大厅。"))],
    }
    return render(request, "console/hall_page.html", context)


@require_safe
@needs(HallPermission.READ)
def hall_page(request: HttpRequest, code: str) -> HttpResponse:
    """One hall on a day: its figures, windows and appointments."""
    found, form = _hall(request, code), DayForm(request.GET)
    on, actor = form.day(), actor_of(request)
    day = hall.hall_day(found, on)
    may_manage = decide(actor, HallPermission.MANAGE, area=found.place_code) is None
    tickets = reverse("console:hall_tickets", args=[code])

    def rows_url(**narrowed: str) -> str:
        return f"{tickets}?{urlencode({'on': str(on), **narrowed})}"

    tones: dict[str, Tone] = {"waiting": "amber", "called": "blue", "done": "green", "skipped": "neutral"}
    context = {
        "title": str(found.called),
        "back": (reverse("console:halls"), _("服务大厅")),
        "actions": _hall_actions(
            code, may_manage=may_manage, may_show=decide(actor, HallPermission.SCREEN, area=found.place_code) is None
        ),
        "narrowing": DayForm(initial={"on": on}),
        "stats": [
            (day.taken, _("取号"), rows_url(), ""),
            *((n, TICKET_STATES[s], rows_url(state=s), tones[s]) for s, n in day.by_state.items()),
        ],
        "facts": [
            Fact(_("等候中位数"), minutes(day.median_wait)), Fact(_("最长等候"), minutes(day.longest_wait)),
            Fact(_("地址"), found.address), Fact(_("电话"), found.telephone or _DASH),
            Fact(_("工作日开放时间"), listed("–".join(s) for s in found.hours)),
        ],
        "sections": [_window_table(found, may_manage=may_manage), _booking_table(found, on)],
    }  # fmt: skip
    return render(request, "console/hall_page.html", context)


def _hall_actions(code: str, *, may_manage: bool, may_show: bool) -> list[tuple[str, str, str]]:
    managing = [
        (_("增加窗口"), reverse("console:add_window", args=[code]), "plus-circle"),
        (_("设定预约"), reverse("console:set_slots", args=[code]), "calendar-plus"),
    ]
    screens = [
        (_("叫号屏"), reverse("wall:hall_display", args=[code]), "display"),
        (_("取号机"), reverse("wall:kiosk", args=[code]), "ticket-perforated"),
    ]
    return (managing if may_manage else []) + (screens if may_show else [])


def _window_table(found: Any, *, may_manage: bool) -> Section:
    busy = {t.window_id: t.number for t in hall.tickets_on(found).filter(state="called")}
    columns = [Column(_("窗口"), "title"), Column(_("类别")), Column(_("谁在办公")), Column(_("手上的号"))]
    rows = []
    for w in hall.windows_of(found):
        cells: list[Any] = [
            Cell(_("%(n)s 号窗口") % {"n": w.number}, href=reverse("console:window", args=[w.id])),
            _("出件") if w.is_exit else _("综合"), w.attendant or _("无人"), busy.get(w.id, _DASH),
        ]  # fmt: skip
        if may_manage:
            cells.append(Cell(_("停用"), href=reverse("console:close_window", args=[w.id])))
        rows.append(cells)
    if may_manage:
        columns.append(Column(""))
    return section(_("窗口"), columns, rows, _("没有窗口。"))


def _booking_table(found: Any, on: Any) -> Section:
    names = {i.code: i.name for i in items()}
    columns = (Column(_("时间"), "date"), Column(_("预约人"), "title"), Column(_("事项")), Column(_("状态")))
    rows = [
        (b.starts_at, b.holder, names.get(b.item_code, _DASH), Cell(_BOOKING_STATES[b.state][0], tone=_BOOKING_STATES[b.state][1]))
        for b in hall.bookings_on(found, on)
    ]  # fmt: skip
    return section(_("预约"), columns, rows, _("这一天没有预约。"))


@require_safe
@needs(HallPermission.READ)
def hall_tickets(request: HttpRequest, code: str) -> HttpResponse:
    """The tickets that a figure counts."""
    found, on = _hall(request, code), DayForm(request.GET).day()
    state = request.GET.get("state", "")
    names = {i.code: i.name for i in items()}
    columns = (
        Column(_("号码"), "title"), Column(_("类别")), Column(_("事项")), Column(_("状态")), Column(_("窗口")), Column(_("取号"), "date"),
        Column(_("首次叫号"), "date"), Column(_("叫了几次"), "number"), Column(_("结束"), "date"),
    )  # fmt: skip
    rows = [
        (
            t.number, TICKET_KINDS[t.kind], names.get(t.item_code, _DASH), TICKET_STATES[t.state], t.window.number if t.window else _DASH,
            t.taken_at, t.called_at, t.calls, t.ended_at,
        )
        for t in hall.tickets(found, on, state)
    ]  # fmt: skip
    title = _("%(day)s 的号") % {"day": on}
    context = {
        "title": title,
        "back": (f"{_url(code)}?{urlencode({'on': str(on)})}", str(found.called)),
        "sections": [section(str(TICKET_STATES.get(state, "")), columns, rows, _("没有这样的号。"))],
    }
    return render(request, "console/hall_page.html", context)


def _window(request: HttpRequest, window_id: UUID) -> tuple[Any, Any]:
    """A window of a hall where the reader calls, and the hall."""
    for each in _mine(actor_of(request), HallPermission.READ):
        for window in hall.windows_of(each):
            if window.id == window_id:
                return window, each
    raise Http404


@require_safe
@needs(HallPermission.READ)
def window_page(request: HttpRequest, window_id: UUID) -> HttpResponse:
    """A window: who is called, who waits."""
    return _window_shown(request, window_id)


def _window_shown(request: HttpRequest, window_id: UUID, findings: Sequence[Finding] = ()) -> HttpResponse:
    window, found = _window(request, window_id)
    actor = actor_of(request)
    today_all = hall.tickets_on(found)
    ticket = today_all.filter(window=window, state="called").first()
    names = {i.code: i.name for i in items()}

    def to(act: str) -> str:
        return reverse("console:window_act", args=[window_id, act])

    context = {
        "title": _("%(n)s 号窗口") % {"n": window.number},
        "hall": found,
        "hall_name": found.called,
        "window": window,
        "is_mine": window.attended_by is not None and window.attended_by == actor.person_id,
        "ticket": ticket,
        "ticket_words": " · ".join(
            str(w) for w in (TICKET_KINDS[ticket.kind], names.get(ticket.item_code, "")) if str(w)
        ) if ticket else "",
        "others": [w for w in hall.windows_of(found) if w.id != window.id and w.attended_by],
        "queue": hall.queue_of(found),
        "may_call": decide(actor, HallPermission.CALL, area=found.place_code) is None,
        "free_url": to("free") if window.attended_by and decide(actor, HallPermission.MANAGE, area=found.place_code) is None else "",
        "attend_url": to("attend"), "leave_url": to("leave"), "call_url": to("call"), "recall_url": to("recall"),
        "skip_url": to("skip"), "finish_url": to("finish"), "hand_over_url": to("hand-over"),
        "visit_url": reverse("console:note_visit", args=[found.code]),
        "visits": [(v.matter, hall.PURPOSES[v.purpose]) for v in hall.noted_for(ticket)] if ticket else (),
        "intake_url": reverse("console:choose_item") if may_take_in(actor, found.place_code) else "",
        "columns": (Column(_("号码"), "title"), Column(_("类别")), Column(_("事项")), Column(_("取号"), "date")),
        "rows": [(t.number, TICKET_KINDS[t.kind], names.get(t.item_code, _DASH), t.taken_at) for t in hall.waiting(found)[:50]],
        "skipped": list(today_all.filter(state="skipped", rank__gt=0)[:20]),
        "findings": findings,
    }  # fmt: skip
    return render(request, "console/hall_window.html", context, status=422 if findings else 200)


_WINDOW_ACTS: Mapping[str, Callable[..., Any]] = {
    "attend": hall.attend, "leave": hall.leave, "call": hall.call_next, "recall": hall.recall, "skip": hall.skip,
    "finish": hall.finish, "free": hall.free_window,
}  # fmt: skip


@require_POST
@needs(HallPermission.READ)
def window_act(request: HttpRequest, window_id: UUID, act: str) -> HttpResponse:
    """One act at a window."""
    _window(request, window_id)
    actor = actor_of(request)
    try:
        if act == "hand-over":
            hall.hand_over(actor, window_id=window_id, to_window=_id_of(request.POST.get("to_window", "")))
        elif act in _WINDOW_ACTS:
            _WINDOW_ACTS[act](actor, window_id=window_id)
        else:
            raise Http404
    except Refusal as refusal:
        return _window_shown(request, window_id, refusal.findings)
    return redirect("console:window", window_id)


def _id_of(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise Http404 from None


@require_POST
@needs(HallPermission.CALL)
def ticket_back(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Somebody who was passed over is here now."""
    window_id = _id_of(request.POST.get("window", ""))
    _window(request, window_id)
    try:
        hall.come_back(actor_of(request), ticket_id=ticket_id)
    except Refusal as refusal:
        return _window_shown(request, window_id, refusal.findings)
    messages.success(request, _("下一个就叫这个号。"))
    return redirect("console:window", window_id)


@require_http_methods(["GET", "POST"])
@needs(HallPermission.MANAGE)
def new_hall(request: HttpRequest) -> HttpResponse:
    """Open a hall."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        return _url(hall.open_hall(actor, **given).code)

    form = HallForm(
        request.POST or None, initial={"since": today()}, choices={"place_code": townships_and_county()}
    )
    return ask(request, _("新设大厅"), form, act, _("已设立。"), back=reverse("console:halls"))


@require_http_methods(["GET", "POST"])
@needs(HallPermission.MANAGE)
def add_window(request: HttpRequest, code: str) -> HttpResponse:
    """One more window."""
    _hall(request, code, HallPermission.MANAGE)

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        hall.add_window(actor, hall_code=code, **given)
        return _url(code)

    form = WindowForm(request.POST or None, initial={"since": today()})
    return ask(request, _("增加窗口"), form, act, _("已增加。"), back=_url(code))


@require_http_methods(["GET", "POST"])
@needs(HallPermission.MANAGE)
def close_window(request: HttpRequest, window_id: UUID) -> HttpResponse:
    """A window is no more."""
    window, found = _window(request, window_id)

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        hall.close_window(actor, window_id=window_id, **given)
        return _url(found.code)

    form = EndOnForm(request.POST or None, initial={"on": today()})
    title = _("停用 %(n)s 号窗口") % {"n": window.number}
    return ask(request, title, form, act, _("已停用。"), back=_url(found.code))


@require_http_methods(["GET", "POST"])
@needs(HallPermission.MANAGE)
def set_slots(request: HttpRequest, code: str) -> HttpResponse:
    """How many may book."""
    _hall(request, code, HallPermission.MANAGE)

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        hall.set_slots(actor, hall_code=code, **given)
        return _url(code)

    form = SlotForm(request.POST or None, initial={"since": today()})
    return ask(
        request, _("设定预约"), form, act, _("已保存。"), back=_url(code), note=_("已经约好的不受影响。")
    )


@require_http_methods(["GET", "POST"])
@needs(HallPermission.CALL)
def note_visit(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody came for a matter."""
    _hall(request, code, HallPermission.CALL)

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        row = hall.note_visit(actor, hall_code=code, **given)
        return reverse("console:matter", args=[row.matter_id])

    note = _("同一件事同一天来几次，只算一次到场。在窗口收件的已经自动记下。")
    form = VisitForm(request.POST or None, initial={"number": request.GET.get("number", "")[:40]})
    return ask(request, _("记到场"), form, act, _("已记下。"), back=_url(code), note=note)  # fmt: skip


@require_safe
@needs(ServicePermission.READ)
def visits(request: HttpRequest) -> HttpResponse:
    """How often people came for each matter, against the promise; what breaks it comes first."""
    names = {i.code: i.name for i in items()}
    found = hall.visits_by_matter(actor_of(request))
    columns = (
        Column(_("办件"), "title"), Column(_("事项")), Column(_("到场次数"), "number"), Column(_("承诺最多"), "number"), Column(_("是否守诺")),
    )  # fmt: skip
    rows = [
        (
            _application(v.matter), names.get(v.matter.kind, v.matter.kind), v.times, v.promised,
            Cell(_("超过承诺"), tone="red") if v.is_breach else Cell(_("守诺"), tone="green"),
        )
        for v in found
    ]  # fmt: skip
    context = {
        "title": _("到场次数"),
        "stats": [(len(found), _("有人到场的办件"), "", ""), (sum(v.is_breach for v in found), _("超过承诺"), "", "red")],
        "sections": [section("", columns, rows, _("还没有记下到场。"), _("一次办：承诺跑几次，就不能让人多跑。"))],
    }  # fmt: skip
    return render(request, "console/hall_page.html", context)


@require_safe
@needs(ServicePermission.READ)
def files(request: HttpRequest) -> HttpResponse:
    """Paper files on their way between front and back office, and today's that arrived."""
    actor = actor_of(request)
    columns = (
        Column(_("办件"), "title"), Column(_("方向")), Column(_("材料"), "prose"), Column(_("交出")), Column(_("时间"), "date"), Column(_("签收")),
    )  # fmt: skip

    def signed(row: Any) -> Cell:
        if row.received_at:
            return Cell(row.receiver, tone="green")
        needed = ServicePermission.REVIEW if row.to_back else ServicePermission.INTAKE
        may = decide(actor, needed, area=row.place_code) is None and row.sent_by != actor.person_id
        return Cell(_("签收"), href=reverse("console:sign_file", args=[row.id])) if may else Cell(_("在途"), tone="amber")  # fmt: skip

    rows = [
        (
            _application(f.matter),
            _("交后台") if f.to_back else _("交前台"),
            f.papers,
            f.sender,
            f.sent_at,
            signed(f),
        )
        for f in hall.files_under_way(actor)
    ]
    context = {
        "title": _("材料交接"),
        "actions": [(_("交出材料"), reverse("console:send_file"), "arrow-left-right")],
        "sections": [section("", columns, rows, _("没有在途的材料。"))],
    }
    return render(request, "console/hall_page.html", context)


@require_http_methods(["GET", "POST"])
@needs(ServicePermission.READ)
def send_file(request: HttpRequest) -> HttpResponse:
    """Pass a paper file on."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        hall.send_file(
            actor, number=given["number"], papers=given["papers"], to_back=given["direction"] == "back"
        )
        return reverse("console:files")

    form = FileForm(request.POST or None, initial={"number": request.GET.get("number", "")[:40]})
    return ask(request, _("交出材料"), form, act, _("已交出，等待签收。"), back=reverse("console:files"))


@require_http_methods(["GET", "POST"])
@needs(ServicePermission.READ)
def sign_file(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """Sign for a file."""
    row = next((f for f in hall.files_under_way(actor_of(request)) if f.id == handover_id), None)
    if row is None:
        raise Http404
    findings: Sequence[Finding] = ()
    if request.method == "POST":
        try:
            hall.sign_for_file(actor_of(request), handover_id=handover_id)
        except Refusal as refusal:
            findings = refusal.findings
        else:
            messages.success(request, _("已签收。"))
            return redirect("console:files")
    context = {
        "row": row,
        "findings": findings,
        "title": _("签收 %(number)s 的材料") % {"number": row.matter.number},
    }
    return render(request, "console/hall_sign.html", context, status=422 if findings else 200)


@require_safe
@needs(ServicePermission.READ)
def collect(request: HttpRequest) -> HttpResponse:
    """The single exit: results that wait for whoever collects them, the longest waiting first."""
    names = {i.code: i.name for i in items()}
    waiting = list(hall.to_be_collected(actor_of(request)).order_by("changed_at")[:200])
    columns = (
        Column(_("办件"), "title"), Column(_("事项")), Column(_("申请人")), Column(_("结果")), Column(_("出件"), "date"), Column(_("送达期限"), "date"),
    )  # fmt: skip
    rows = [
        (
            _application(m), names.get(m.kind, m.kind), m.title.rpartition(" · ")[2],
            SERVICE.state(m.state).name, m.changed_at, m.due_at,
        )
        for m in waiting
    ]  # fmt: skip
    text = _("任何窗口出的结果都在这里取：核对身份，请领取人签名，再办“送达”。")
    context = {
        "title": _("出件"),
        "stats": [(len(waiting), _("等人领取"), "", "amber")],
        "sections": [section("", columns, rows, _("没有等人领取的结果。"), text)],
    }
    return render(request, "console/hall_page.html", context)


def _application(matter: Matter) -> Cell:
    """An application's number, leading to its page."""
    return Cell(matter.number, href=reverse("console:matter", args=[matter.id]))


_RATE_WORDS: dict[str, Text] = {
    "accepted": Text("网上受理", "Accepted online"), "handled": Text("网上办理", "Handled online"),
    "answered": Text("网上反馈", "Answered online"),
}  # fmt: skip


@require_safe
@needs(HallPermission.READ)
def rates(request: HttpRequest) -> HttpResponse:
    """The three online rates, apart, by township or item; each number leads to its applications."""
    asked = RatesForm(request.GET).asked()
    names = _group_names(asked["by"])

    def cell(group: str, rate: str, part: int, whole: int) -> Cell:
        query = urlencode({**{k: str(v) for k, v in asked.items()}, "group": group, "rate": rate})
        said = f"{part}/{whole}" + (f" · {part / whole:.0%}" if whole else "")
        return Cell(said, href=f"{reverse('console:rate_matters')}?{query}")

    rows = [
        (
            names.get(group, group), cell(group, "", o.total, o.total), cell(group, "accepted", o.accepted, o.total),
            cell(group, "handled", o.handled, o.ended), cell(group, "answered", o.answered, o.ended),
        )
        for group, o in hall.online_rates(actor_of(request), asked["since"], asked["until"], by=asked["by"]).items()
    ]  # fmt: skip
    columns = (
        Column(_("乡镇（街道）") if asked["by"] == "township" else _("事项"), "title"), Column(_("办件")),
        *(Column(str(w)) for w in _RATE_WORDS.values()),
    )  # fmt: skip
    text = _(
        "网上受理：从网上申请的；网上办理：从网上申请、一次没有到场就办完的；网上反馈：结果电子送达的。后两项以办完的为分母。"
    )
    context = {
        "title": _("网上三率"),
        "narrowing": RatesForm(initial=asked),
        "sections": [section("", columns, rows, _("这段时间没有办件。"), text)],
    }
    return render(request, "console/hall_page.html", context)


def _group_names(by: str) -> dict[str, str]:
    if by == "item":
        return {i.code: str(i.name) for i in items()}
    return {code[:9]: name for code, name in townships_and_county()}


@require_safe
@needs(HallPermission.READ)
def rate_matters(request: HttpRequest) -> HttpResponse:
    """The applications that a rate counts."""
    asked = RatesForm(request.GET).asked()
    group, rate = request.GET.get("group", "")[:20], request.GET.get("rate", "")
    found = hall.counted_online(
        actor_of(request), asked["since"], asked["until"], by=asked["by"], group=group, rate=rate
    )
    columns = (
        Column(_("办件"), "title"),
        Column(_("事项")),
        Column(_("状态")),
        Column(_("申请时间"), "date"),
    )
    names = {i.code: i.name for i in items()}
    rows = [
        (_application(m), names.get(m.kind, m.kind), SERVICE.state(m.state).name, m.opened_at)
        for m in found[:500]
    ]
    back = f"{reverse('console:rates')}?{urlencode({k: str(v) for k, v in asked.items()})}"
    title = f"{_group_names(asked['by']).get(group, group)} · {_RATE_WORDS.get(rate, Text('办件', 'Applications'))}"
    context = {
        "title": title,
        "back": (back, _("网上三率")),
        "stats": [(len(found), _("件"), "", "")],
        "sections": [section("", columns, rows, _("没有这样的办件。"))],
    }
    return render(request, "console/hall_page.html", context)
