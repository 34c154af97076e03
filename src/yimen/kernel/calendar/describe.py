"""A date reckoned for a person at the command line or on a page."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from yimen.kernel.calendar.clocks import Due, Period, Unit, due
from yimen.kernel.calendar.official import WorkingCalendar, shipped
from yimen.kernel.calendar.today import LOCAL_ZONE
from yimen.kernel.words import Refusal


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """When a period ends, the earliest it could turn out to be, and on which calendar that rests."""

    start: datetime
    period: Period
    due: Due

    def as_dict(self) -> dict[str, Any]:
        """For machines; instants in local time with offset."""
        return {
            "start": self.start.isoformat(),
            "number": self.period.number,
            "unit": self.period.unit.value,
            "due": self.due.at.astimezone(LOCAL_ZONE).isoformat(timespec="seconds"),
            "safe": self.due.safe_at.astimezone(LOCAL_ZONE).isoformat(timespec="seconds"),
            "provisional": self.due.is_provisional,
            "calendar": self.due.edition,
        }

    def __str__(self) -> str:
        plain = self.as_dict()
        lines = [
            f"到期 due   {plain['due']}",
            f"保险 safe  {plain['safe']}",
            f"日历 calendar  {self.due.edition}",
        ]
        lines.append(
            "暂定 provisional  是 yes：涉及尚未公布放假安排的年份 (touches a year whose notice is unpublished)"
            if self.due.is_provisional
            else "暂定 provisional  否 no"
        )
        return "\n".join(lines)


def calendar_add(
    start: str, number: int, unit: str, calendar: WorkingCalendar | None = None
) -> CalendarAnswer:
    """Reckon from a date (its start of day) or a local instant; refuses what it cannot read."""
    try:
        begins = datetime.fromisoformat(start)
    except ValueError as error:
        raise Refusal.of(
            "calendar.start", f"日期写成 2026-09-28 这样：{start}", f"Write the date like 2026-09-28: {start}"
        ) from error
    if unit not in set(Unit):
        known = "、".join(Unit)
        raise Refusal.of("calendar.unit", f"单位只有 {known}", f"The units are {known}")
    if begins.tzinfo is None:
        begins = datetime.combine(begins.date(), begins.time() or time(0), LOCAL_ZONE)
    period = Period(number, Unit(unit))
    try:
        end = due(begins, period, calendar or shipped())
    except OverflowError as error:
        covered = calendar or shipped()
        raise Refusal.of(
            "calendar.range", f"超出日历范围（{covered.first} 至 {covered.last}）。",
            f"Outside the calendar ({covered.first} to {covered.last}).",
        ) from error  # fmt: skip
    except ValueError as error:
        raise Refusal.of("calendar.range", "时长不能是负数。", "A period has no negative length.") from error
    return CalendarAnswer(begins, period, end)
