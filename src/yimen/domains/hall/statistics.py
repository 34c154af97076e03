"""Figures of services (服务统计): each is a number of applications that a condition picks, and opens to those applications.

A figure is a condition on the course of an application and, for a rate, on what it is a part of. Everything is counted by the
database in one question per table.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncMonth

from yimen.domains.hall.models import Visit, Window
from yimen.domains.services.api import BAD, LEVELS, Course, Rating, ServicePermission
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas
from yimen.kernel.calendar.today import midnight, now, today
from yimen.kernel.words import Text

_COUNTY_DIGITS = 6
_COLUMNS = {"township": "township_code", "organ": "organ_code", "item": "item_code", "month": "month"}
GROUPS = tuple(_COLUMNS)
"""By what figures are grouped."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of applications: those that `picks` picks. A rate is their part of those that `among` picks."""

    code: str
    name: Text
    counts: Text
    picks: Q
    among: Q | None = None


def _overdue() -> Q:
    return Q(is_decided=False, decide_by__lt=now())


def figures() -> tuple[Figure, ...]:
    """Every figure, in the order in which they are shown."""
    answered, decided, ended = Q(answered_in_time__isnull=False), Q(is_decided=True), Q(is_ended=True)
    accepted, online = Q(was_accepted=True), Q(channel="online")
    return (
        Figure("all", Text("申请", "Applications"), Text("期内提交的", "handed in in the period"), Q()),
        Figure(
            "answered", Text("按期受理", "Answered in time"),
            Text("五个工作日内受理、告知补正或答复的", "accepted, told or answered within five working days"),
            Q(answered_in_time=True), answered,
        ),
        Figure(
            "deemed", Text("视为受理", "Deemed accepted"),
            Text("逾期未告知，依法视为受理的", "nobody answered in time, so the law accepted them"), Q(was_deemed=True), answered,
        ),
        Figure(
            "first", Text("一次受理", "Accepted at once"), Text("没有要求补正就受理的", "accepted without any defect named"),
            accepted & Q(was_deficient=False), accepted,
        ),
        Figure(
            "deficient", Text("告知补正", "Told of defects"), Text("告知过补正的", "whose defects were named"),
            Q(was_deficient=True), Q(),
        ),
        Figure("decided", Text("已决定", "Decided"), Text("已经作出决定的", "that have been decided"), decided),
        Figure(
            "lawful", Text("法定时限内", "Within the law"), Text("在法定时限内决定的", "decided within the statutory limit"),
            Q(decided_in_law=True), Q(decided_in_law__isnull=False),
        ),
        Figure(
            "promised", Text("承诺时限内", "Within the promise"), Text("在承诺时限内决定的", "decided within the promised limit"),
            Q(decided_in_promise=True), Q(decided_in_promise__isnull=False),
        ),
        Figure("overdue", Text("超时未决定", "Overdue"), Text("法定时限已满还没有决定的", "past the statutory limit, undecided"), _overdue()),
        Figure(
            "instant", Text("马上办", "On the spot"), Text("当场办结、当场准予的", "settled or granted on the spot"),
            Q(was_settled=True), Q(),
        ),
        Figure("online", Text("网上办", "Online"), Text("从网上申请的", "applied for online"), online, Q()),
        Figure(
            "near", Text("就近办", "Nearby"), Text("村（社区）服务点和代办的", "at a village service point or by an agent"),
            Q(channel__in=("village", "agent")), Q(),
        ),
        Figure(
            "once", Text("一次办", "Visits as promised"), Text("到场次数不超过承诺的", "with no more visits than were promised"),
            ended & Q(visits__lte=F("promised_visits")), ended,
        ),
        Figure(
            "handled", Text("网上办理", "Handled online"), Text("网上申请、一次没到场办完的", "applied for online and ended without a visit"),
            ended & online & Q(visits=0) & ~Q(way="counter"), ended,
        ),
        Figure(
            "told", Text("网上反馈", "Answered online"), Text("结果电子送达的", "whose result was delivered electronically"),
            ended & Q(way="electronic"), ended,
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Days:
    """Mean working days of what was decided and is counted in working days; None where nothing was."""

    statutory: float | None
    promised: float | None
    used: float | None


@dataclass(frozen=True, slots=True)
class Counted:
    """A group's figures: how many each picks, of how many, and the mean days."""

    parts: Mapping[str, int]
    wholes: Mapping[str, int]
    days: Days


def courses(actor: Actor, since: date, until: date) -> QuerySet[Course]:
    """The applications of a period (both days included) in the places and of the organs whose applications the actor may see."""
    seen = Q(pk__in=[])
    for area, organ in areas(actor, ServicePermission.READ):
        inside = Q() if len(area) <= _COUNTY_DIGITS else Q(place_code__startswith=area)
        if len(area) == 9:
            inside = Q(township_code=area)
        seen |= inside & (Q(organ_code=organ, was_handed_up=True) if organ else Q(day__isnull=False))
    came = (
        Visit.objects.filter(matter_id=OuterRef("matter_id"))
        .order_by()
        .values("matter_id")
        .annotate(n=Count("id"))
    )
    return Course.objects.filter(seen, day__range=(since, until)).annotate(
        visits=Coalesce(Subquery(came.values("n"), output_field=IntegerField()), 0), month=TruncMonth("day")
    )


def counted(actor: Actor, since: date, until: date, *, by: str) -> dict[str, Counted]:
    """Every figure of a period for each township, organ, item or month (`by`, one of `GROUPS`)."""
    known = figures()
    asked: dict[str, Any] = {f"n_{f.code}": Count("matter_id", filter=f.picks) for f in known}
    asked |= {f"of_{f.code}": Count("matter_id", filter=f.among) for f in known if f.among is not None}
    measured = Q(
        is_decided=True, statutory_days__isnull=False, promised_days__isnull=False, used_days__isnull=False
    )
    asked |= {
        f"mean_{name}": Avg(f"{name}_days", filter=measured) for name in ("statutory", "promised", "used")
    }
    rows: Iterable[Mapping[str, Any]] = (
        courses(actor, since, until).values(group=F(_COLUMNS[by])).annotate(**asked).order_by("group")
    )
    return {
        str(row["group"]): Counted(
            {f.code: row[f"n_{f.code}"] for f in known},
            {f.code: row[f"of_{f.code}"] for f in known if f.among is not None},
            Days(row["mean_statutory"], row["mean_promised"], row["mean_used"]),
        )
        for row in rows
    }


def picked(
    actor: Actor, since: date, until: date, *, by: str, group: str, figure: str, is_rest: bool = False
) -> QuerySet[Course]:
    """The applications that a figure counts, the newest first; `is_rest` for what a rate leaves out."""
    found = next((f for f in figures() if f.code == figure), figures()[0])
    rows = courses(actor, since, until)
    if group:
        rows = rows.filter(**{_COLUMNS[by]: group})
    if is_rest and found.among is not None:
        rows = rows.filter(found.among).exclude(matter_id__in=rows.filter(found.picks).values("matter_id"))
    else:
        rows = rows.filter(found.picks)
    return rows.order_by("-matter_id")


BAD_LEVELS = tuple(level for level in LEVELS if level <= BAD)
"""不满意 and 非常不满意: together, the bad ratings (差评)."""


@dataclass(frozen=True, slots=True)
class Levels:
    """How many ratings of each level (5 best, 1 worst)."""

    of: Mapping[int, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.of.values())

    @property
    def bad(self) -> int:
        """The dissatisfied and the very dissatisfied."""
        return sum(self.of.get(level, 0) for level in BAD_LEVELS)


RATING_GROUPS = ("township", "item", "month", "window")


def whole_weeks(since: date, until: date) -> tuple[date, date]:
    """The Mondays between which ratings are counted (the second excluded): no week that still runs, so that no day shows."""
    this_monday = today() - timedelta(days=today().weekday())
    last = min(until + timedelta(days=7 - until.weekday()), this_monday)
    return since - timedelta(days=since.weekday()), last


def ratings(actor: Actor, since: date, until: date) -> QuerySet[Rating]:
    """The ratings of the whole weeks of a period in the places whose applications the actor may see."""
    seen = Q(pk__in=[])
    for area, organ in areas(actor, ServicePermission.READ):
        if not organ:
            seen |= Q(level__isnull=False) if len(area) <= _COUNTY_DIGITS else Q(township_code=area[:9])
    first, last = whole_weeks(since, until)
    return Rating.objects.filter(seen, given_at__gte=midnight(first), given_at__lt=midnight(last))


def levels(actor: Actor, since: date, until: date, *, by: str) -> dict[str, Levels]:
    """The five levels of each township, item, month or window (`by`, one of `RATING_GROUPS`), each rating counted once."""
    rows = ratings(actor, since, until)
    if by == "month":
        rows = rows.annotate(month=TruncMonth("given_at"))
    if by == "window":
        rows = rows.filter(window_id__isnull=False)
    column = {
        "township": "township_code",
        "item": "item_code",
        "month": "month__date",
        "window": "window_id",
    }[by]
    found: dict[str, dict[int, int]] = {}
    for row in rows.values(group=F(column), given=F("level")).annotate(n=Count("id")).order_by("group"):
        found.setdefault(str(row["group"]), dict.fromkeys(LEVELS, 0))[row["given"]] = row["n"]
    return {group: Levels(of) for group, of in found.items()}


def rated(
    actor: Actor, since: date, until: date, *, by: str, group: str, of: Collection[int] = LEVELS
) -> QuerySet[Rating]:
    """The ratings that a number counts: those of a group, at these levels."""
    rows = ratings(actor, since, until)
    match by:
        case "township":
            rows = rows.filter(township_code=group)
        case "item":
            rows = rows.filter(item_code=group)
        case "window":
            rows = rows.filter(window_id=UUID(group))
        case "month":
            rows = rows.annotate(month=TruncMonth("given_at")).filter(month__date=date.fromisoformat(group))
    return rows.filter(level__in=of)


def window_names(ids: list[str]) -> dict[str, str]:
    """Halls and numbers of windows."""
    found = Window.objects.filter(id__in=ids).select_related("hall")
    return {str(w.id): f"{w.hall.name} {w.number}" for w in found}
