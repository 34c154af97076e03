"""Indicators on screen: figures of a period, each open to its matters, with their formulas; and as a spreadsheet's text."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from yimen.design.shapes import Cell, Column, Figure, Series
from yimen.domains.command.api import (
    FORMULA_VERSION,
    MEASURES,
    MINUTES,
    RATES,
    Assessment,
    CommandPermission,
    Measure,
    Number,
    Period,
    Rate,
    by_day,
    counts,
    left_out_of,
    matters_behind,
    scope_of,
    table,
)
from yimen.domains.grid.api import grouped, in_force
from yimen.faces.console.forms import DAYS
from yimen.faces.console.presenting import LIST_COLUMNS, list_rows
from yimen.faces.console.tables import csv_answer
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas, decide
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.calendar.today import now, today
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.matters.queries import page
from yimen.kernel.org.models import Grid, Person
from yimen.kernel.org.queries import grid_names, names_of, organ_names, post_names

AREAS = ("county", "township", "village", "grid")
ROWS = (
    ("township", gettext_lazy("乡镇（街道）")), ("village", gettext_lazy("村（社区）")), ("grid", gettext_lazy("网格")),
    ("organ", gettext_lazy("处置单位")), ("post", gettext_lazy("岗位")), ("person", gettext_lazy("上报人")),
)  # fmt: skip
_MOST_SHOWN = 500
_TILES = (
    Measure.REPORTED,
    Measure.REGISTERED,
    Measure.HANDLED,
    Measure.CLOSED,
    Measure.OVERDUE,
    Measure.REWORK,
)
_LONGEST = 800
_SHOWN = (
    Measure.REPORTED, Measure.ACCEPTED, Measure.REGISTERED, Measure.DISPATCHED, Measure.HANDLED, Measure.OVERDUE,
    Measure.REWORK, Measure.DUE_TO_CLOSE, Measure.CLOSED_ON_TIME, Measure.CLOSED,
)  # fmt: skip
_RATES_SHOWN = ("right_dispatch_rate", "on_time_handle_rate", "rework_rate", "on_time_close_rate")


class PeriodForm(forms.Form):
    """Which days, whose figures, by what, in which class."""

    first = forms.DateField(
        label=gettext_lazy("自"),
        required=False,
        validators=DAYS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    last = forms.DateField(
        label=gettext_lazy("至"),
        required=False,
        validators=DAYS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    rows = forms.ChoiceField(label=gettext_lazy("分列"), required=False, choices=ROWS)
    class_code = forms.ChoiceField(label=gettext_lazy("分类"), required=False)
    code = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes = grouped(list(in_force().classes.values()))
        self.fields["class_code"].choices = [("", _("全部")), *classes]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The month so far unless said otherwise; never backwards, never endless."""
        given = super().clean() or {}
        last = given.get("last") or today()
        first = given.get("first") or min(today().replace(day=1), last)
        if first > last:
            self.add_error("last", _("结束日期不能早于开始日期。"))
        elif (last - first).days > _LONGEST:
            self.add_error("first", _("一次最多查看 800 天。"))
        return {**given, "first": first, "last": last, "rows": given.get("rows") or ""}


def may_see(actor: Actor, scope: str, code: str) -> bool:
    """Whether the reader's permission reaches the heading: an area it covers, its own organ, or all of the county's."""
    county = current_county().code
    if scope in AREAS:
        return decide(actor, CommandPermission.INDICATORS, area=code) is None
    if scope == "organ" and any(organ == code for _, organ in areas(actor, CommandPermission.INDICATORS)):
        return True
    return decide(actor, CommandPermission.INDICATORS, area=county) is None


def _own_heading(actor: Actor) -> tuple[str, str]:
    """The widest heading the reader may see: an area, or else the own organ."""
    reach = areas(actor, CommandPermission.INDICATORS)
    whole = sorted((area for area, organ in reach if not organ), key=len)
    if whole:
        return scope_of(whole[0]), whole[0]
    return "organ", reach[0][1]


def _heading(request: HttpRequest, code: str) -> tuple[str, str]:
    """The heading asked for, if the reader may see it; otherwise it does not exist."""
    actor = actor_of(request)
    if not code:
        return _own_heading(actor)
    scope = scope_of(code) if code.isdecimal() and len(code) in (6, 9, 12, 15) else "organ"
    if not may_see(actor, scope, code):
        raise Http404
    return scope, code


def heading_names(scope: str, codes: Iterable[str]) -> dict[str, str]:
    """Code → name of a scope's headings. One query."""
    wanted = list(codes)
    match scope:
        case "county" | "township" | "village":
            long = {code.ljust(12, "0"): code for code in wanted}
            return {
                long[code]: name for code, name in names_of(Division.objects.filter(code__in=long)).items()
            }
        case "grid":
            return grid_names(Grid.objects.filter(code__in=wanted, valid__contains=today()))
        case "organ":
            return organ_names(today())
        case "post":
            return post_names(wanted)
    return {str(i): name for i, name in Person.objects.filter(id__in=wanted).values_list("id", "name")}


def rate_text(rate: Rate, found: Mapping[str, int]) -> str:
    """A rate as shown: percent with one decimal, or hours and minutes; a dash where nothing was there to divide."""
    number = rate.of(found)
    if number is None:
        return "—"
    if rate.unit == "percent":
        return f"{number:.1f}%"
    hours, minutes = divmod(round(number), 60)
    return _("%(hours)s 小时 %(minutes)s 分") % {"hours": hours, "minutes": minutes}


def behind_url(number: Number, edition: Assessment | None = None) -> str:
    """Where the matters of a number are listed; of an assessment's figure, without what its edition left out."""
    asked = {
        "measure": number.measure, "scope": number.scope, "code": number.code, "first": number.period.first,
        "last": number.period.last, "class_code": number.class_code,
        "edition": edition.id if edition else "",
    }  # fmt: skip
    return f"{reverse('console:indicator_matters')}?{urlencode({k: v for k, v in asked.items() if v})}"


@require_safe
@needs(CommandPermission.INDICATORS)
def indicators(request: HttpRequest) -> HttpResponse:
    """The figures of a period: numbers, course, comparison, rows, rates with their formulas."""
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return render(request, "console/indicators.html", {"form": form}, status=422)
    given = form.cleaned_data
    scope, code = _heading(request, given["code"])
    period, class_code = Period(given["first"], given["last"]), given["class_code"]
    rows_by = _rows_by(scope, given["rows"])
    rows = _rows(scope, code, rows_by, period, class_code)
    if request.GET.get("as") == "csv":
        return _spreadsheet(rows_by, rows)
    found, before = counts(scope, code, period, class_code), counts(scope, code, period.before, class_code)
    kept = {k: str(v) for k, v in request.GET.items() if v and k != "as"}
    shown_form = PeriodForm(initial={**given, "rows": rows_by})
    names = heading_names(scope, [code])
    context = {
        "form": shown_form,
        "heading": names.get(code, code),
        "period": period,
        "tiles": [_tile(m, Number(m, scope, code, period, class_code), found, before) for m in _TILES],
        "figure": _course(scope, code, period, class_code),
        "columns": _columns(rows_by),
        "rows": _shown(rows_by, dict(islice(rows.items(), _MOST_SHOWN)), period, class_code, request),
        "more": max(0, len(rows) - _MOST_SHOWN),
        "rate_columns": (
            Column(_("指标"), "title"), Column(_("本期"), "number"), Column(_("上期"), "number"), Column(_("公式")),
            Column(_("来源")),
        ),
        "rates": [
            (str(r.name), rate_text(r, found), rate_text(r, before), str(r.formula()), r.source) for r in RATES
        ],
        "measure_columns": (
            Column(_("数"), "title"), Column(_("本期"), "number"), Column(_("上期"), "number"), Column(_("怎样计数")),
            Column(_("计入谁")),
        ),
        "measures": [
            (
                Cell(str(spec.name), href="" if m in MINUTES else behind_url(Number(m, scope, code, period, class_code))),
                found[m], before[m], str(spec.counts), str(spec.belongs),
            )
            for m, spec in MEASURES.items()
        ],
        "version": FORMULA_VERSION,
        "csv_url": f"?{urlencode({**kept, 'as': 'csv'})}",
        "up_url": "" if (scope, code) == _own_heading(actor_of(request)) else reverse("console:indicators"),
    }  # fmt: skip
    return render(request, "console/indicators.html", context)


def _rows_by(scope: str, asked: str) -> str:
    """What the table lists: what was asked where it can be had, else the next level down."""
    if scope == "county":
        return asked or "township"
    below = {"township": ("village", "grid"), "village": ("grid",)}.get(scope, (scope,))
    return asked if asked in below else below[0]


def _rows(scope: str, code: str, rows_by: str, period: Period, class_code: str) -> dict[str, dict[str, int]]:
    under = code if scope in AREAS and rows_by in AREAS else ""
    rows = table(rows_by, period, under=under, class_code=class_code)
    if scope == "organ":
        return {code: rows[code]} if code in rows else {}
    return rows


def _tile(
    measure: Measure, number: Number, found: Mapping[str, int], before: Mapping[str, int]
) -> dict[str, Any]:
    change = found[measure] - before[measure]
    return {
        "number": found[measure],
        "label": str(MEASURES[measure].name),
        "href": behind_url(number),
        "tone": "red" if measure is Measure.OVERDUE and found[measure] else "",
        "hint": _("上期 %(before)s（%(change)+d）") % {"before": before[measure], "change": change},
    }


def _course(scope: str, code: str, period: Period, class_code: str) -> Figure:
    """Reported, handled and closed along the period: by day, or by month where that is long."""
    days = by_day(scope, code, period, class_code)
    by_month = len(days) > 62
    sums: dict[str, dict[str, int]] = {}
    for day, found in days.items():
        label = f"{day:%Y-%m}" if by_month else f"{day:%m-%d}"
        into = sums.setdefault(label, {})
        for measure, number in found.items():
            into[measure] = into.get(measure, 0) + number
    drawn = (Measure.REPORTED, Measure.HANDLED, Measure.CLOSED)
    series = [Series(MEASURES[m].name, [found.get(m, 0) for found in sums.values()]) for m in drawn]
    return Figure(_("走势"), "columns" if by_month else "line", list(sums), series, _("件"))


def _columns(rows_by: str) -> tuple[Column, ...]:
    rates = {r.code: r for r in RATES}
    return (
        Column(str(dict(ROWS).get(rows_by, rows_by)), "title"),
        *(Column(str(MEASURES[m].name), "number") for m in _SHOWN),
        *(Column(str(rates[code].name), "number") for code in _RATES_SHOWN),
    )


def _shown(
    rows_by: str, rows: Mapping[str, Mapping[str, int]], period: Period, class_code: str, request: HttpRequest
) -> list[tuple[Cell | str, ...]]:
    names, rates = heading_names(rows_by, rows), [r for r in RATES if r.code in _RATES_SHOWN]
    kept = {k: str(v) for k, v in request.GET.items() if v and k not in ("as", "code", "rows")}
    shown: list[tuple[Cell | str, ...]] = []
    for code, found in rows.items():
        inward = (
            f"?{urlencode({**kept, 'code': code})}" if rows_by in ("township", "village", "organ") else ""
        )
        numbers = [
            Cell(found[m], href=behind_url(Number(m, rows_by, code, period, class_code)) if found[m] else "")
            for m in _SHOWN
        ]
        shown.append(
            (Cell(names.get(code, code), href=inward), *numbers, *(rate_text(r, found) for r in rates))
        )
    return shown


def _spreadsheet(rows_by: str, rows: Mapping[str, Mapping[str, int]]) -> HttpResponse:
    """The table with every measure and rate, as spreadsheets of the office read it."""
    names = heading_names(rows_by, rows)
    header = [_("编码"), _("名称"), *(s.name for s in MEASURES.values()), *(r.name for r in RATES)]
    # A sign before the code keeps a spreadsheet from rounding fifteen digits.
    return csv_answer(
        "indicators.csv",
        header,
        (
            (
                f"#{code}",
                names.get(code, code),
                *(found[m] for m in MEASURES),
                *(rate_text(r, found) for r in RATES),
            )
            for code, found in rows.items()
        ),
    )


class NumberForm(forms.Form):
    """Which number is to be opened."""

    measure = forms.ChoiceField(choices=[(m.value, m.value) for m in Measure])
    scope = forms.ChoiceField(choices=[(s, s) for s in (*AREAS, "organ", "post", "person")])
    code = forms.CharField(max_length=40)
    first = forms.DateField(validators=DAYS)
    last = forms.DateField(validators=DAYS)
    class_code = forms.CharField(required=False, max_length=20)
    edition = forms.UUIDField(required=False)
    before = forms.UUIDField(required=False)


def _as_published(edition_id: UUID, number: Number) -> tuple[int, list[UUID]]:
    """A figure as an edition of an assessment says it, and the incidents that edition leaves out of it."""
    edition = Assessment.objects.filter(id=edition_id, scope=number.scope, month=number.period.first).first()
    row = next((r for r in edition.rows if r["code"] == number.code), None) if edition else None
    if edition is None or row is None:
        raise Http404
    return int(row["counts"].get(number.measure, 0)), left_out_of(edition, number.code)


@require_safe
@needs(CommandPermission.INDICATORS)
def indicator_matters(request: HttpRequest) -> HttpResponse:
    """Exactly the matters that a number adds up, as far as the reader may see them."""
    form = NumberForm(request.GET)
    if not form.is_valid():
        raise Http404
    given = form.cleaned_data
    actor, scope, code = actor_of(request), given["scope"], given["code"]
    if not may_see(actor, scope, code):
        raise Http404
    period = Period(given["first"], given["last"])
    number = Number(given["measure"], scope, code, period, given["class_code"])
    total, left_out = (
        _as_published(given["edition"], number)
        if given["edition"]
        else (counts(scope, code, period, number.class_code)[number.measure], [])
    )
    found = page(matters_behind(actor, number).exclude(id__in=left_out), given["before"])
    kept = {k: str(v) for k, v in request.GET.items() if k != "before" and v}
    spec = MEASURES[Measure(number.measure)]
    context = {
        "title": str(spec.name),
        "heading": heading_names(scope, [code]).get(code, code),
        "period": period,
        "spec": str(spec.counts),
        "sum": total,
        "left_out": len(left_out),
        "columns": LIST_COLUMNS,
        "rows": list_rows(found.matters, organ_names(today()), now()),
        "next_url": f"?{urlencode({**kept, 'before': str(found.next_key)})}" if found.next_key else "",
        "first_url": f"?{urlencode(kept)}" if given["before"] else "",
    }
    return render(request, "console/indicator_matters.html", context)


def last_month() -> date:
    """The first day of the month before this one."""
    return (today().replace(day=1) - timedelta(days=1)).replace(day=1)
