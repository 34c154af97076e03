"""What in a year's notice looks like a slip and is not impossible: asked of whoever enters or confirms it. Pure.

The statute (全国年节及纪念日放假办法, 2024) gives each holiday its days, makes up those that fall on a weekend (第六条), and
lets nobody work more than six days in a row around one (第七条). Whatever a notice takes off beyond that is worked on
weekends: a holiday's weekdays off less its worked weekends are its statutory days. The State Council may give more, as in
January 2020, so that a difference is asked about and not refused.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from yimen.kernel.calendar.official import STATUTE_FROM, OfficialYear, statutory_holidays
from yimen.kernel.words import Finding, Text

_DAY = timedelta(days=1)
_MADE_UP = "全国年节及纪念日放假办法 第六条"
_IN_A_ROW = "全国年节及纪念日放假办法 第七条"
_MOST_IN_A_ROW = 6
_ONE_BLOCK = 8
"""Holidays this near to each other are given off in one block, and share their worked weekends."""
_FAR = 10
"""No notice of 2015 to 2026 has moved a day further from its holiday."""
_YEAR_OF_DOCUMENT = re.compile(r"[〔\[［(（]\s*(\d{4})\s*[〕\]］)）]")


def questions(year: OfficialYear) -> tuple[Finding, ...]:
    """Each thing that the published notice should be looked at again for; none for years before the statute's 13 days."""
    if year.year < STATUTE_FROM:
        return ()
    return (*_balances(year), *_far_away(year), *_long_runs(year), *_documents(year))


def _balances(year: OfficialYear) -> Iterator[Finding]:
    """A holiday that takes off more or fewer working days than the statute gives."""
    blocks = _blocks(year.year)
    off = _by_block(year.rest_weekdays, blocks)
    worked = _by_block(year.working_weekends, blocks)
    for n, block in enumerate(blocks):
        given, due = len(off[n]) - len(worked[n]), len(block)
        name = Text("、".join(h[0].zh for h in _named(block)), ", ".join(h[0].en for h in _named(block)))
        said = {"name": name, "off": len(off[n]), "worked": len(worked[n]), "given": given, "due": due}
        if given > due:
            yield Finding(
                "calendar.ask_worked",
                Text(
                    "{name}：放 {off} 个工作日，补 {worked} 天班，净放 {given} 天，比法定的 {due} 天多。是否漏了补班的日子？",
                    "{name}: {off} weekdays off and {worked} weekends worked make {given} days, more than the {due} of the statute. Is a worked weekend missing?",
                ).fill(**said),
                _MADE_UP,
            )  # fmt: skip
        elif given < due:
            yield Finding(
                "calendar.ask_rest",
                Text(
                    "{name}：放 {off} 个工作日，补 {worked} 天班，净放 {given} 天，不到法定的 {due} 天。是否漏了放假或补休的日子？",
                    "{name}: {off} weekdays off and {worked} weekends worked make {given} days, fewer than the {due} of the statute. Is a day of rest missing?",
                ).fill(**said),
                _MADE_UP,
            )  # fmt: skip


_Block = tuple[tuple[Text, date], ...]


def _blocks(year: int) -> list[_Block]:
    """The statutory days of a year, each with its holiday's name; those of neighbouring holidays together."""
    blocks: list[list[tuple[Text, date]]] = []
    for each in sorted(statutory_holidays(year), key=lambda h: h[1]):
        if blocks and each[1] - blocks[-1][-1][1] <= _ONE_BLOCK * _DAY:
            blocks[-1].append(each)
        else:
            blocks.append([each])
    return [tuple(block) for block in blocks]


def _named(block: _Block) -> list[tuple[Text, date]]:
    """The first day of each holiday of a block."""
    return [h for n, h in enumerate(block) if h[0] not in [before[0] for before in block[:n]]]


def _by_block(days: frozenset[date], blocks: list[_Block]) -> list[list[date]]:
    """The days, each with the block it is nearest to."""
    found: list[list[date]] = [[] for _ in blocks]
    for day in sorted(days):
        found[min(range(len(blocks)), key=lambda n: _distance(day, blocks[n]))].append(day)
    return found


def _distance(day: date, block: _Block) -> int:
    return min(abs((day - holiday).days) for _, holiday in block)


def _far_away(year: OfficialYear) -> Iterator[Finding]:
    """A day moved that lies near no statutory holiday."""
    blocks = _blocks(year.year)
    for day in sorted(year.rest_weekdays | year.working_weekends):
        if min(_distance(day, block) for block in blocks) > _FAR:
            yield Finding(
                "calendar.ask_far",
                Text(
                    "{day} 前后 {far} 天内没有法定节假日。日期是否写错？",
                    "No statutory holiday lies within {far} days of {day}. Is the date right?",
                ).fill(day=day, far=_FAR),
            )


def _long_runs(year: OfficialYear) -> Iterator[Finding]:
    """More than six days worked in a row, one of them a weekend."""
    run: list[date] = []
    day = date(year.year, 1, 1)
    while day.year == year.year:
        is_weekend = day.weekday() >= 5
        if day in year.working_weekends or not (is_weekend or day in year.rest_weekdays):
            run.append(day)
        else:
            run = []
        if len(run) == _MOST_IN_A_ROW + 1:
            yield Finding(
                "calendar.ask_run",
                Text(
                    "自 {first} 起连续工作超过 {most} 天。补班的日子是否写错？",
                    "From {first} on more than {most} days are worked in a row. Is the worked weekend right?",
                ).fill(first=run[0], most=_MOST_IN_A_ROW),
                _IN_A_ROW,
            )
        day += _DAY


def _documents(year: OfficialYear) -> Iterator[Finding]:
    """A document number of another year: notices come out in the autumn before, corrections in the year itself."""
    for document in year.documents:
        said = _YEAR_OF_DOCUMENT.search(document)
        if said and int(said[1]) not in (year.year - 1, year.year):
            yield Finding(
                "calendar.ask_document",
                Text(
                    "文号“{document}”不是 {before} 年或 {year} 年的。年份是否写错？",
                    "The document number “{document}” is not of {before} or {year}. Is the year right?",
                ).fill(document=document, before=year.year - 1, year=year.year),
            )
