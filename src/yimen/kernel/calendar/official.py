"""The official working calendar, year by year, and what to assume for a year not yet published. Pure.

Published years are data (`data/<year>.json`) with the document number of the State Council's notice: rest
days that fall on weekdays, and weekends that are worked. An unpublished year is computed from the statute
(全国年节及纪念日放假办法, 2024): statutory days and weekends rest, nothing is shifted; such dates are provisional.
"""

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from lunardate import LunarDate

from yimen.kernel.words import Text

HORIZON_YEARS = 6
SAFE_DAYS = 10
"""Around a statutory holiday of an unpublished year, weekends this near may turn out to be worked."""

DECEMBER_FROM = 20
"""From this day of December on, the next year's notice may arrange days."""

STATUTE_FROM = 2025
"""The first year under the statute's 13 days."""

EARLIEST_YEAR, LATEST_YEAR = 2000, 2090
"""The lunar tables end in 2099; the calendar reaches some years beyond the last notice."""

_DAY = timedelta(days=1)
_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class OfficialYear:
    """One year's notice. `rest_weekdays` fall on Monday to Friday, `working_weekends` on Saturday or Sunday."""

    year: int
    documents: tuple[str, ...]
    rest_weekdays: frozenset[date]
    working_weekends: frozenset[date]

    @classmethod
    def read(cls, raw: Mapping[str, object]) -> "OfficialYear":
        """From the shipped or imported JSON object; ValueError or KeyError when it is not one."""
        days = {name: _dates(raw[name]) for name in ("rest_weekdays", "working_weekends")}
        documents = raw["documents"]
        if not isinstance(documents, list) or not documents:
            raise ValueError("documents")
        year = int(str(raw["year"]))
        if not EARLIEST_YEAR <= year <= LATEST_YEAR or not all(
            isinstance(d, str) and d.isprintable() and len(d) < 100 for d in documents
        ):
            raise ValueError(f"year {year}")
        return cls(
            year,
            tuple(map(str, documents)),
            days["rest_weekdays"],
            days["working_weekends"],
        )


def _dates(raw: object) -> frozenset[date]:
    if not isinstance(raw, list):
        raise ValueError("a list of dates is expected")
    return frozenset(date.fromisoformat(str(each)) for each in raw)


def statutory_days(year: int) -> frozenset[date]:
    """The 13 statutory holidays of a year (放假办法 第二条), by the lunar and solar calendars."""
    return frozenset(day for _, day in statutory_holidays(year))


def statutory_holidays(year: int) -> list[tuple[Text, date]]:
    """The statutory days with their holidays; the Mid-Autumn day may fall on National Day, and counts for both."""
    spring, labour, national = (
        Text("春节", "Spring Festival"), Text("劳动节", "Labour Day"), Text("国庆节", "National Day"),
    )  # fmt: skip
    first = LunarDate(year, 1, 1).to_solar_date()
    return [
        (Text("元旦", "New Year"), date(year, 1, 1)),
        *((spring, first + _DAY * n) for n in (-1, 0, 1, 2)),
        (Text("清明节", "Qingming"), date(year, 4, _qingming(year))),
        *((labour, date(year, 5, day)) for day in (1, 2)),
        (Text("端午节", "Dragon Boat Festival"), LunarDate(year, 5, 5).to_solar_date()),
        (Text("中秋节", "Mid-Autumn Festival"), LunarDate(year, 8, 15).to_solar_date()),
        *((national, date(year, 10, day)) for day in (1, 2, 3)),
    ]


def _qingming(year: int) -> int:
    """The day of April on which Qingming falls, 2000-2099 (the usual solar-term approximation)."""
    y = year % 100
    return int(y * 0.2422 + 4.81) - y // 4


def statutory_only(year: int) -> frozenset[date]:
    """Weekdays that surely rest in an unpublished year: statutory days, weekend ones made up (第六条)."""
    days = sorted(statutory_days(year))
    rest = {d for d in days if d.weekday() < 5}
    for day in days:
        if day.weekday() >= 5:
            made_up = day + _DAY
            while made_up.weekday() >= 5 or made_up in rest or made_up in days:
                made_up += _DAY
            rest.add(made_up)
    return frozenset(rest)


@dataclass(frozen=True)
class WorkingCalendar:
    """Every working day from the first published year to the horizon, as sorted ordinals.

    `provisional_from` is 20 December before the first year without a notice, because that year's notice may still
    arrange those days. `safe` holds the working days when every weekend within ten days of a statutory holiday of an
    unpublished year is worked as well.
    """

    years: tuple[OfficialYear, ...]
    local_rest_days: frozenset[date] = frozenset()
    edition: str = field(init=False)
    first: date = field(init=False)
    last: date = field(init=False)
    provisional_from: date = field(init=False)
    working: tuple[int, ...] = field(init=False, repr=False)
    safe: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Lay out the days."""
        known = {y.year: y for y in self.years}
        begin, published = min(known), max(known)
        years = range(begin, published + HORIZON_YEARS + 1)
        missing = next(y for y in years if y not in known)
        # A notice may arrange the last days of December before its year, as those for 2012 and 2019 did.
        rest = {d for y in self.years for d in y.rest_weekdays}
        worked = {d for y in self.years for d in y.working_weekends}
        maybe: set[date] = set()
        for year in (y for y in years if y not in known):
            rest |= statutory_only(year)
            maybe |= _near_holidays(year)
        working: list[int] = []
        safe: list[int] = []
        day, last = date(begin, 1, 1), date(published + HORIZON_YEARS, 12, 31)
        while day <= last:
            if day not in self.local_rest_days:
                is_working = day in worked or (day.weekday() < 5 and day not in rest)
                if is_working:
                    working.append(day.toordinal())
                if is_working or day in maybe:
                    safe.append(day.toordinal())
            day += _DAY
        said = json.dumps(
            [
                [y.year, y.documents, sorted(map(str, y.rest_weekdays | y.working_weekends))]
                for y in self.years
            ]
            + [sorted(map(str, self.local_rest_days))],
            ensure_ascii=False,
        )
        put = object.__setattr__
        put(self, "first", date(begin, 1, 1))
        put(self, "last", last)
        put(self, "provisional_from", date(missing - 1, 12, DECEMBER_FROM))
        put(self, "working", tuple(working))
        put(self, "safe", tuple(safe))
        put(self, "edition", f"{begin}-{published}-{hashlib.sha256(said.encode()).hexdigest()[:8]}")

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on that day, as far as is known."""
        at = bisect_left(self.working, day.toordinal())
        return at < len(self.working) and self.working[at] == day.toordinal()

    def add(self, start: date, number: int, *, safe: bool = False) -> date:
        """The `number`-th working day after `start` (which does not count); number ≥ 0.

        With `safe`, the earliest day it could turn out to be. OverflowError beyond the calendar's end.
        """
        days = self.safe if safe else self.working
        index = bisect_right(days, start.toordinal()) + number - 1
        if number == 0:
            return start
        if not self.first <= start or index >= len(days):
            raise OverflowError(f"the calendar covers {self.first} to {self.last}")
        return date.fromordinal(days[index])

    def next_working(self, day: date) -> date:
        """That day if it is worked, else the next one that is. OverflowError outside the calendar."""
        at = bisect_left(self.working, day.toordinal())
        if day < self.first or at == len(self.working):
            raise OverflowError(f"the calendar covers {self.first} to {self.last}")
        return date.fromordinal(self.working[at])

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        return bisect_right(self.working, end.toordinal()) - bisect_right(self.working, start.toordinal())

    def with_local_rest_days(self, days: Iterable[date]) -> "WorkingCalendar":
        """The same calendar with a county's own rest days (放假办法 第四条: ethnic festivals)."""
        return WorkingCalendar(self.years, self.local_rest_days | frozenset(days))

    def with_year(self, year: OfficialYear) -> "WorkingCalendar":
        """The calendar once a further year's notice is in force."""
        others = tuple(y for y in self.years if y.year != year.year)
        return WorkingCalendar(tuple(sorted((*others, year), key=lambda y: y.year)), self.local_rest_days)


def _near_holidays(year: int) -> frozenset[date]:
    """Weekend days within ten days of a statutory holiday of a year, the December before included."""
    holidays = [h for y in (year - 1, year, year + 1) for h in statutory_days(y)]
    near = {h + _DAY * n for h in holidays for n in range(-SAFE_DAYS, SAFE_DAYS + 1)}
    first = date(year - 1, 12, DECEMBER_FROM)
    own = statutory_days(year)
    return frozenset(
        d for d in near if first <= d <= date(year, 12, 31) and d.weekday() >= 5 and d not in own
    )


@cache
def shipped() -> WorkingCalendar:
    """The calendar of the years this release ships."""
    files = sorted(_DATA.glob("*.json"))
    return WorkingCalendar(tuple(OfficialYear.read(json.loads(f.read_text(encoding="utf-8"))) for f in files))
