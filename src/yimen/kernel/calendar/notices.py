"""The calendar in force: what this release ships, and the notices confirmed since."""

import json
from datetime import date, datetime
from time import monotonic

from yimen.kernel.calendar.models import CalendarNotice
from yimen.kernel.calendar.notice_text import read_notice_text
from yimen.kernel.calendar.official import (
    DECEMBER_FROM,
    STATUTE_FROM,
    OfficialYear,
    WorkingCalendar,
    shipped,
    statutory_days,
)
from yimen.kernel.calendar.questions import questions
from yimen.kernel.calendar.today import now, today
from yimen.kernel.ids import uuid7
from yimen.kernel.words import Finding, Refusal, Text

_LAW = "全国年节及纪念日放假办法"
_SECONDS = 30.0
_MOST_REST = 20
"""A notice that takes more weekdays off than this, worked weekends deducted, has a slip in it."""
_cache: dict[str, tuple[float, WorkingCalendar]] = {}


def current_calendar() -> WorkingCalendar:
    """The calendar in force; asks the database at most twice a minute."""
    kept = _cache.get("current")
    if kept and monotonic() - kept[0] < _SECONDS:
        return kept[1]
    calendar = shipped()
    for notice in CalendarNotice.objects.filter(confirmed_at__isnull=False).order_by("confirmed_at"):
        calendar = calendar.with_year(_official(notice))
    if kept and kept[1].edition == calendar.edition:
        calendar = kept[1]
    _cache["current"] = (monotonic(), calendar)
    return calendar


def forget() -> None:
    """Read the notices afresh next time."""
    _cache.clear()


def _official(notice: CalendarNotice) -> OfficialYear:
    return OfficialYear.read(
        {
            "year": notice.year,
            "documents": notice.documents,
            "rest_weekdays": notice.rest_weekdays,
            "working_weekends": notice.working_weekends,
        }
    )


def read_notice(content: bytes) -> OfficialYear:
    """A notice: its published text, or JSON as in `data/2026.json`; UTF-8 or GB18030. Refuses with what is wrong."""
    try:
        text = _decoded(content).strip()
        year = OfficialYear.read(json.loads(text)) if text.startswith("{") else read_notice_text(text)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise Refusal.of(
            "calendar.unreadable", f"通知文件读不懂：{error}", f"The notice file cannot be read: {error}"
        ) from error
    december = date(year.year - 1, 12, DECEMBER_FROM) if year.year > 1 else date.min
    wrong_year = [
        d for d in year.rest_weekdays | year.working_weekends if not december <= d <= date(year.year, 12, 31)
    ]
    wrong_rest = [d for d in year.rest_weekdays if d.weekday() >= 5]
    wrong_work = [d for d in year.working_weekends if d.weekday() < 5]
    holidays = statutory_days(year.year) if year.year >= STATUTE_FROM else frozenset()
    wrong_holiday = [
        d for d in holidays if d in year.working_weekends or (d.weekday() < 5 and d not in year.rest_weekdays)
    ]
    for days, zh, en in (
        (wrong_year, "不在这一年", "is not in that year"),
        (wrong_rest, "本来就是周末，不用列为放假", "is a weekend and needs no listing as rest"),
        (wrong_work, "本来就上班，不是调休上班日", "is a working day anyway"),
        (wrong_holiday, "是法定节假日，却没有放假", "is a statutory holiday and is not listed as rest"),
    ):
        if days:
            raise Refusal.of("calendar.wrong_day", f"{min(days)} {zh}。", f"{min(days)} {en}.", _LAW)
    if len(year.rest_weekdays) - len(year.working_weekends) > _MOST_REST:
        raise Refusal.of(
            "calendar.too_much_rest",
            f"放假 {len(year.rest_weekdays)} 个工作日，补班 {len(year.working_weekends)} 天，放假过多，请核对。",
            f"{len(year.rest_weekdays)} weekdays of rest against {len(year.working_weekends)} worked weekends: too many.",
            _LAW,
        )
    return year


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


ASKED = Finding(
    "calendar.asked",
    Text(
        "请对照通知原文逐条核对下面的问题；原文确实如此的，勾选“已核对”再提交。",
        "Please look each of these up in the published notice; where it does say so, tick “checked” and send again.",
    ),
)


def questions_of(notice: CalendarNotice) -> tuple[Finding, ...]:
    """What the confirmer should look up in the published notice."""
    return questions(_official(notice))


def _ask(year: OfficialYear, *, checked: bool) -> None:
    """Refuse with the questions that a year raises, unless they have been looked up."""
    if not checked and (found := questions(year)):
        raise Refusal(ASKED, *found)


def propose_notice(by: str, content: bytes, *, checked: bool = False) -> CalendarNotice:
    """Enter a notice; it changes nothing until another person confirms it.

    What looks like a slip is asked (`questions`): refused `calendar.asked` unless `checked` says that it was looked up.
    """
    year = read_notice(content)
    known = {y.year for y in current_calendar().years}
    following = next(y for y in range(min(known), max(known) + 2) if y not in known)
    if year.year not in known and year.year != following:
        raise Refusal.of(
            "calendar.wrong_year", f"现在可以录入的是 {following} 年，或更正已公布的年份。",
            f"The next year to enter is {following}; published years may be corrected.", _LAW,
        )  # fmt: skip
    if year in current_calendar().years:
        raise Refusal.of("calendar.in_force", "这份安排已经生效。", "This notice is in force already.", _LAW)
    _ask(year, checked=checked)
    at = now()
    said = {
        "documents": list(year.documents),
        "rest_weekdays": sorted(map(str, year.rest_weekdays)),
        "working_weekends": sorted(map(str, year.working_weekends)),
        "proposed_by": by,
        "proposed_at": at,
    }
    notice, _ = CalendarNotice.objects.update_or_create(
        year=year.year, confirmed_at=None, defaults=said, create_defaults={"id": uuid7(at), **said}
    )
    return notice


def confirm_notice(by: str, year: int, seen: datetime | None = None, *, checked: bool = False) -> str:
    """Put a proposed notice in force; returns the new calendar edition. Running clocks are then recalculated.

    Who confirms is asked the same questions as who entered it. `seen` is the proposal's instant as the confirmer saw it: what was entered anew since is not confirmed unseen.
    """
    notice = CalendarNotice.objects.filter(year=year, confirmed_at__isnull=True).first()
    if notice is None:
        raise Refusal.of(
            "calendar.nothing_to_confirm", "没有待确认的安排。", "There is no notice to confirm."
        )
    if notice.proposed_by == by:
        raise Refusal.of(
            "calendar.two_people", "录入和确认须由两个人办理。", "Another person must confirm it."
        )
    _ask(_official(notice), checked=checked)
    changed = CalendarNotice.objects.filter(
        id=notice.id, confirmed_at__isnull=True, proposed_at=seen or notice.proposed_at
    ).update(confirmed_by=by, confirmed_at=now())
    if not changed:
        raise Refusal.of(
            "calendar.entered_anew",
            "这份安排刚刚重新录入过，请重新核对。",
            "The notice was entered anew; please look again.",
        )
    forget()
    return current_calendar().edition


def missing_year() -> int | None:
    """Next year, when its notice is not in force although it is due (from 1 November)."""
    day = today()
    following = day.year + 1
    published = {y.year for y in current_calendar().years}
    return following if day.month >= 11 and following not in published else None


def proposed_notices() -> list[CalendarNotice]:
    """The notices entered and not confirmed yet, by year."""
    return list(CalendarNotice.objects.filter(confirmed_at__isnull=True).order_by("year"))
