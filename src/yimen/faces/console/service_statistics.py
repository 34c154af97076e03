"""Figures of services (服务统计): tables by township, department, item or month, and the applications behind each number."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yimen.design.shapes import Cell, Column
from yimen.design.wording import paired, sentences
from yimen.domains.catalogue.api import FIELD_WORDS, items
from yimen.domains.hall.api import HallPermission, statistics
from yimen.domains.services.api import LEVEL_NAMES, LEVELS, SERVICE, Rating, ServicePermission
from yimen.faces.console.hall_forms import StatisticsForm
from yimen.faces.console.halls import section, townships_and_county
from yimen.kernel.access.decide import holds
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.calendar.today import LOCAL_ZONE, today
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.queries import organ_names
from yimen.kernel.words import Text

_PAGE = 50
_DASH = "—"
_TABLES = (
    (Text("受理", "Acceptance"), ("all", "answered", "deemed", "first", "deficient")),
    (Text("决定", "Decision"), ("decided", "lawful", "promised", "overdue")),
    (Text("马上办、网上办、就近办、一次办", "On the spot, online, nearby, in one visit"), ("instant", "online", "near", "once")),
    (Text("网上三率", "The three online rates"), ("online", "handled", "told")),
)  # fmt: skip


@require_safe
@needs(ServicePermission.READ)
def figures(request: HttpRequest) -> HttpResponse:
    """Every figure of a period; each number opens to its applications or ratings."""
    actor, asked = actor_of(request), StatisticsForm(request.GET).asked()
    since, until, by = asked["since"], asked["until"], asked["by"]
    found = statistics.counted(actor, since, until, by=by)
    names = _names(by)
    known = {f.code: f for f in statistics.figures()}
    behind = _url("statistics_matters", asked)
    total = sum(counted.parts["all"] for counted in found.values())
    sections = [
        section(
            str(title),
            (_heading(by), *(Column(str(known[code].name)) for code in codes)),
            [
                (names.get(group, group), *(_cell(behind, group, known[code], counted) for code in codes))
                for group, counted in found.items()
            ],
            _("这段时间没有办件。"),
            sentences(paired(known[code].name, known[code].counts) for code in codes),
        )
        for title, codes in _TABLES
    ]
    sections.insert(2, _days(by, names, found))
    sections += _ratings(request, asked)
    context = {
        "title": _("服务统计"),
        "actions": [(_("村级服务覆盖"), reverse("console:sites"), "geo-alt")]
        if holds(actor, HallPermission.READ) is None
        else [],
        "stats": [(total, _("件申请"), "", "")],
        "narrowing": StatisticsForm(initial=asked),
        "sections": sections,
    }
    return render(request, "console/hall_page.html", context)


def _heading(by: str) -> Column:
    words = {
        "township": _("乡镇（街道）"),
        "organ": _("业务主管部门"),
        "item": _("事项"),
        "month": _("月份"),
        "window": _("窗口"),
    }
    return Column(words[by], "title")


def _names(by: str) -> Mapping[str, str]:
    match by:
        case "item":
            return {i.code: str(i.name) for i in items()}
        case "organ":
            return organ_names(today())
        case "month":
            return _Months()
    return {code[:9]: name for code, name in townships_and_county()}


class _Months(dict[str, str]):
    """A month under its first day is shown without that day."""

    def get(self, key: str, default: Any = None) -> Any:
        """The year and month of a day."""
        return key[:7]


def _url(name: str, asked: Mapping[str, Any], **more: str | int) -> str:
    return f"{reverse(f'console:{name}')}?{urlencode({**{k: str(v) for k, v in asked.items()}, **more})}"


def _cell(behind: str, group: str, figure: statistics.Figure, counted: statistics.Counted) -> Cell:
    """A number that opens to what it counts; `behind` is the address of all that is counted."""
    part, whole = counted.parts[figure.code], counted.wholes.get(figure.code)
    said = str(part) if whole is None else f"{part}/{whole}" + (f" · {part / whole:.0%}" if whole else "")
    return Cell(said, href=f"{behind}&group={group}&figure={figure.code}" if part else "")


def _days(by: str, names: Mapping[str, str], found: Mapping[str, statistics.Counted]) -> Any:
    rows = [
        (names.get(group, group), _mean(c.days.statutory), _mean(c.days.promised), _mean(c.days.used))
        for group, c in found.items()
    ]
    columns = (
        _heading(by), Column(_("法定时限")), Column(_("承诺时限")), Column(_("实际用时"))
    )  # fmt: skip
    text = _("已决定的办件的平均工作日；按月计时限的不在内，依法不计时的特别程序已扣除。")
    return section(_("时限（平均工作日）"), columns, rows, _("这段时间没有办件。"), text)


def _mean(days: float | None) -> str:
    return _DASH if days is None else f"{days:.1f}"


def _ratings(request: HttpRequest, asked: Mapping[str, Any]) -> list[Any]:
    """The ratings by the same groups (a department's are read by item), and by window."""
    actor, since, until = actor_of(request), asked["since"], asked["until"]
    by = asked["by"] if asked["by"] in statistics.RATING_GROUPS else "item"
    first, after = statistics.whole_weeks(since, until)
    text = _("按整周统计（%(first)s 至 %(last)s），本周的下周一起计入，以免从日期看出是谁评的。每条评价只计一次，回评不改变等级。") % {
        "first": first, "last": after - timedelta(days=1),
    }  # fmt: skip
    sections = []
    for kind, title in ((by, _("好差评")), ("window", _("各窗口的好差评"))):
        found = statistics.levels(actor, since, until, by=kind)
        names = statistics.window_names(list(found)) if kind == "window" else _names(kind)
        rows = [
            (
                names.get(group, group),
                *(_rated_cell(asked, kind, group, each, given.of[each]) for each in reversed(LEVELS)),
                Cell(f"{given.bad}/{given.total} · {given.bad / given.total:.0%}", href=_url("statistics_ratings", {**asked, "by": kind}, group=group, level="bad") if given.bad else ""),
            )
            for group, given in found.items()
        ]  # fmt: skip
        columns = (
            _heading(kind),
            *(Column(str(LEVEL_NAMES[n])) for n in reversed(LEVELS)),
            Column(_("差评率")),
        )
        sections.append(section(title, columns, rows, _("这段时间没有评价。"), text))
    return sections


def _rated_cell(asked: Mapping[str, Any], by: str, group: str, level: int, number: int) -> Cell:
    href = _url("statistics_ratings", {**asked, "by": by}, group=group, level=level) if number else ""
    return Cell(str(number), href=href)


@require_safe
@needs(ServicePermission.READ)
def matters(request: HttpRequest) -> HttpResponse:
    """The applications that a figure counts, the newest first, paged by key."""
    asked, group = StatisticsForm(request.GET).asked(), request.GET.get("group", "")[:20]
    figure = next((f for f in statistics.figures() if f.code == request.GET.get("figure", "all")), None)
    if figure is None:
        raise Http404
    rows = statistics.picked(
        actor_of(request), asked["since"], asked["until"], by=asked["by"], group=group, figure=figure.code
    )
    before = _key(request.GET.get("before", ""))
    ids = list(
        (rows.filter(matter_id__lt=before) if before else rows).values_list("matter_id", flat=True)[
            : _PAGE + 1
        ]
    )
    shown = Matter.objects.filter(id__in=ids[:_PAGE]).order_by("-id")
    kept = {"group": group, "figure": figure.code}
    actions = (
        [(_("更早的"), _url("statistics_matters", asked, **kept, before=str(ids[_PAGE - 1])), "chevron-down")]
        if len(ids) > _PAGE
        else []
    )
    names = {i.code: str(i.name) for i in items()}
    columns = (
        Column(_("办件"), "title"),
        Column(_("事项")),
        Column(_("状态")),
        Column(_("申请时间"), "date"),
    )
    context = {
        "title": f"{_names(asked['by']).get(group, group)} · {figure.name}",
        "back": (_url("statistics", asked), _("服务统计")),
        "actions": actions,
        "stats": [(rows.count(), str(figure.counts), "", "")],
        "sections": [section("", columns, [
            (
                Cell(m.number, href=reverse("console:matter", args=[m.id])), names.get(m.kind, m.kind),
                SERVICE.state(m.state).name, m.opened_at,
            )
            for m in shown
        ], _("没有这样的办件。"))],
    }  # fmt: skip
    return render(request, "console/hall_page.html", context)


def _key(typed: str) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise Http404 from None


@require_safe
@needs(ServicePermission.READ)
def ratings(request: HttpRequest) -> HttpResponse:
    """The ratings that a number counts: with their application where signed, with field and week where not."""
    asked = {**StatisticsForm(request.GET).asked(), "by": request.GET.get("by", "township")}
    group, level = request.GET.get("group", "")[:40], request.GET.get("level", "")
    if asked["by"] not in statistics.RATING_GROUPS:
        raise Http404
    chosen = {"bad": (_("差评"), statistics.BAD_LEVELS)} | {
        str(n): (str(LEVEL_NAMES[n]), (n,)) for n in LEVELS
    }
    words, levels = chosen.get(level, (_("好差评"), LEVELS))
    try:
        rows = statistics.rated(
            actor_of(request), asked["since"], asked["until"], by=asked["by"], group=group, of=levels
        )
    except ValueError:
        raise Http404 from None
    names = statistics.window_names([group]) if asked["by"] == "window" else _names(asked["by"])
    sections = [_signed(rows.filter(is_anonymous=False).order_by("-given_at")[:_PAGE])]
    unsigned = rows.filter(is_anonymous=True)
    if asked["by"] in ("township", "month"):
        sections.append(_unsigned(unsigned))
    back = {**asked, "by": asked["by"] if asked["by"] != "window" else "township"}
    context = {
        "title": f"{names.get(group, group)} · {words}",
        "back": (_url("statistics", back), _("服务统计")),
        "stats": [(rows.count(), _("条评价"), "", ""), (unsigned.count(), _("其中匿名"), "", "")],
        "sections": sections,
    }
    return render(request, "console/hall_page.html", context)


def _signed(found: Iterable[Rating]) -> Any:
    rows = list(found)
    names = {i.code: str(i.name) for i in items()}
    numbers = dict(Matter.objects.filter(id__in=[r.matter_id for r in rows]).values_list("id", "number"))
    columns = (
        Column(_("办件"), "title"), Column(_("事项")), Column(_("评价")), Column(_("想说的话")), Column(_("时间"), "date"), Column(_("回评")),
    )  # fmt: skip
    shown = [
        (
            Cell(numbers[r.matter_id], href=reverse("console:matter", args=[r.matter_id])), names.get(r.item_code, r.item_code),
            str(LEVEL_NAMES[r.level]), r.words or _DASH, r.given_at, str(LEVEL_NAMES[r.again_level]) if r.again_level else _DASH,
        )
        for r in rows
    ]  # fmt: skip
    return section(
        _("署名评价"), columns, shown, _("没有署名的评价。"), _("最近的 %(n)s 条。") % {"n": _PAGE}
    )


def _unsigned(rows: Any) -> Any:
    """Nothing by which one could tell who it was: the field of work and the week, in an order that tells no more."""
    fields = {i.code: str(FIELD_WORDS[i.fields[0]]) for i in items()}
    told = sorted(
        ((_monday(r), fields.get(r.item_code, _DASH), r.level, r.words) for r in rows.order_by("-given_at")[:_PAGE]),
        key=lambda row: (row[0], row[1], row[2], row[3]), reverse=True,
    )  # fmt: skip
    columns = (Column(_("哪一周"), "title"), Column(_("领域")), Column(_("评价")), Column(_("想说的话")))
    shown = [
        (_("%(day)s 起的一周") % {"day": week}, kind, str(LEVEL_NAMES[level]), words or _DASH)
        for week, kind, level, words in told
    ]
    text = _("匿名评价只显示领域和哪一周，不显示事项、村、办件和日期。")
    return section(_("匿名评价"), columns, shown, _("没有匿名的评价。"), text)


def _monday(row: Rating) -> date:
    on = row.given_at.astimezone(LOCAL_ZONE).date()
    return on - timedelta(days=on.weekday())
