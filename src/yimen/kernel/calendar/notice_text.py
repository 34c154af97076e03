"""Reading the State Council's holiday notice as it is published, so that nobody copies dates by hand. Pure.

Every date with a weekday beside it is checked against the year, so a wrong year or a slip of the pen shows.
"""

import re
from datetime import date, timedelta

from yimen.kernel.calendar.official import OfficialYear

_TITLE = re.compile(r"(\d{4})\s*年部分节假日安排")
_DOCUMENT = re.compile(r"国办发明电\s*[〔\[［(（]\s*(\d{4})\s*[〕\]］)）]\s*(\d+)\s*号")
_CLAUSE = re.compile(r"[。；;\n]")
_DAY = r"(?:(\d{4})\s*年\s*)?(?:(\d{1,2})\s*月\s*)?(\d{1,2})\s*日\s*(?:[（(]([^）)]*)[）)])?"
_ONE = re.compile(_DAY)
_RANGE = re.compile(_DAY + r"\s*(?:至|到|—|-|－|~)\s*" + _DAY)
_WEEKDAYS = "一二三四五六日"
_SATURDAY = 5


def read_notice_text(text: str) -> OfficialYear:
    """The year that a notice's text arranges; ValueError says what in it cannot be right."""
    title, document = _TITLE.search(text), _DOCUMENT.search(text)
    if title is None:
        raise ValueError("没有写明是哪一年的安排 (no “…年部分节假日安排”)")
    if document is None:
        raise ValueError("没有文号 (no “国办发明电〔…〕…号”)")
    year = int(title[1])
    rest: set[date] = set()
    worked: set[date] = set()
    for clause in _CLAUSE.split(text):
        if "上班" in clause:
            worked.update(_days(clause, year))
        elif "放假" in clause and (span := _RANGE.search(clause)):
            first = _date(span[1] or year, span[2], span[3], span[4])
            last = _date(span[5] or year, span[6] or span[2], span[7], span[8])
            if last < first:
                raise ValueError(f"{first} 至 {last}")
            rest.update(first + timedelta(days=n) for n in range((last - first).days + 1))
        elif "放假" in clause:
            rest.update(_days(clause, year))
    if not rest:
        raise ValueError("没有找到放假的日子 (no day of rest)")
    return OfficialYear(
        year,
        (f"国办发明电〔{document[1]}〕{document[2]}号",),
        frozenset(d for d in rest if d.weekday() < _SATURDAY),
        frozenset(worked),
    )


def _days(clause: str, year: int) -> list[date]:
    """The single dates of a clause; a day without a month is in the month named before it."""
    found: list[date] = []
    month, own_year = "", str(year)
    for match in _ONE.finditer(clause):
        own_year, month = match[1] or own_year, match[2] or month
        if month:
            found.append(_date(own_year, month, match[3], match[4]))
    return found


def _date(year: int | str, month: str, day: str, beside: str | None) -> date:
    """The date; what stands beside it in brackets may name its weekday, which must be right."""
    found = date(int(year), int(month), int(day))
    said = re.search(r"(?:周|星期)([一二三四五六日])", beside or "")
    if said and _WEEKDAYS.index(said[1]) != found.weekday():
        raise ValueError(f"{found} 是周{_WEEKDAYS[found.weekday()]}，通知里写的是周{said[1]}")
    return found
