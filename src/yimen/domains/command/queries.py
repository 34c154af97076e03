"""Questions about figures. All are answered from sums by day, so they cost the same at any number of incidents."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet, Sum

from yimen.domains.command.indicators import OF_A_LIMIT, Measure
from yimen.domains.command.models import Fact, Tally
from yimen.domains.grid.api import visible_incidents
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import today
from yimen.kernel.matters.models import Matter

SCOPES = {6: "county", 9: "township", 12: "village", 15: "grid"}
"""Digits of an area's code → the level it names."""


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included."""

    first: date
    last: date

    @property
    def before(self) -> "Period":
        """The period of the same length just before; a whole calendar month's is the month before."""
        if self.first.day == 1 and (self.last + timedelta(days=1)).day == 1:
            end = self.first - timedelta(days=1)
            months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
            year, month = divmod(self.first.year * 12 + self.first.month - 1 - months - 1, 12)
            return Period(date(year, month + 1, 1), end)
        days = (self.last - self.first).days + 1
        return Period(self.first - timedelta(days=days), self.first - timedelta(days=1))


def scope_of(code: str) -> str:
    """The scope of an area code. Raises KeyError for a code of another length."""
    return SCOPES[len(code)]


def _in(period: Period) -> Q:
    """The days of the period; what a limit counts is certain only when the day of its end is over."""
    days = Q(day__range=(period.first, period.last))
    return days & (~Q(measure__in=OF_A_LIMIT) | Q(day__lt=today()))


def counts(scope: str, code: str, period: Period, class_code: str = "") -> dict[str, int]:
    """Measure → number under one heading; every measure is there. One query."""
    rows = Tally.objects.filter(_in(period), scope=scope, code=code, class_code=class_code)
    found = dict(rows.values_list("measure").annotate(n=Sum("number")).order_by())
    return {m.value: int(found.get(m, 0)) for m in Measure}


def table(scope: str, period: Period, *, under: str = "", class_code: str = "") -> dict[str, dict[str, int]]:
    """Code → its counts, for every heading of a scope (areas: those under the prefix `under`), by code. One query."""
    rows = Tally.objects.filter(_in(period), scope=scope, class_code=class_code, number__gt=0)
    if under:
        rows = rows.filter(code__gte=under, code__lte=under.ljust(15, "9"))
    found: dict[str, dict[str, int]] = defaultdict(lambda: {m.value: 0 for m in Measure})
    for code, measure, number in (
        rows.values_list("code", "measure").annotate(n=Sum("number")).order_by("code")
    ):
        found[code][measure] = int(number)
    return dict(found)


def by_class(scope: str, code: str, period: Period) -> dict[str, dict[str, int]]:
    """Class → its counts under one heading. One query."""
    rows = Tally.objects.filter(_in(period), scope=scope, code=code, number__gt=0).exclude(class_code="")
    found: dict[str, dict[str, int]] = defaultdict(lambda: {m.value: 0 for m in Measure})
    sums = rows.values_list("class_code", "measure").annotate(n=Sum("number")).order_by("class_code")
    for class_code, measure, number in sums:
        found[class_code][measure] = int(number)
    return dict(found)


def by_day(scope: str, code: str, period: Period, class_code: str = "") -> dict[date, dict[str, int]]:
    """Day → its counts under one heading; every day of the period is there. One query."""
    rows = Tally.objects.filter(_in(period), scope=scope, code=code, class_code=class_code)
    days = (period.last - period.first).days + 1
    found: dict[date, dict[str, int]] = {period.first + timedelta(days=n): {} for n in range(days)}
    for day, measure, number in rows.values_list("day", "measure", "number").order_by("day"):
        found[day][measure] = number
    return found


@dataclass(frozen=True, slots=True)
class Number:
    """Which number is meant: a measure under a heading in a period."""

    measure: str
    scope: str
    code: str
    period: Period
    class_code: str = ""


def facts_behind(number: Number) -> QuerySet[Fact]:
    """The facts that a number adds up."""
    facts = Fact.objects.filter(_in(number.period), measure=number.measure)
    if number.class_code:
        facts = facts.filter(class_code=number.class_code)
    if number.scope in SCOPES.values():
        return facts.filter(area__gte=number.code, area__lte=number.code.ljust(15, "9"))
    column: Mapping[str, str] = {"organ": "organ", "post": "post", "person": "person"}
    return facts.filter(**{column[number.scope]: number.code})


def matters_behind(actor: Actor, number: Number) -> QuerySet[Matter]:
    """The matters a number adds up, as far as the actor may see them; each once."""
    return visible_incidents(actor).filter(id__in=facts_behind(number).order_by().values("matter_id"))
