"""Reckon a date: yimen calendar add 2026-09-28 10 working_days

Prints the due date, the safe date, and whether the date is provisional (it touches a year whose holiday notice is
not published yet). Units: hours, working_hours, working_days, calendar_days, months. Where there is a database, the
notices confirmed in it count; with --county, that county's own rest days as well.
"""

import argparse
import json

from django.db import connection

from yimen.kernel.calendar.describe import calendar_add
from yimen.kernel.calendar.notices import current_calendar
from yimen.kernel.calendar.official import WorkingCalendar, shipped
from yimen.kernel.counties.calendars import county_calendar
from yimen.kernel.counties.tenancy import in_county, stand_in_public
from yimen.kernel.words import Refusal
from yimen.site.cli import ready


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("what", choices=["add"])
    parser.add_argument("start", help="a date, or an instant such as 2026-09-28T10:30")
    parser.add_argument("number", type=int, help="how many")
    parser.add_argument("unit", help="hours, working_hours, working_days, calendar_days or months")
    parser.add_argument("--county", help="a county's schema: its own rest days count too")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(options: argparse.Namespace) -> int:
    """Reckon and print."""
    try:
        answer = calendar_add(options.start, options.number, options.unit, _calendar(options.county))
    except Refusal as refusal:
        ready.refuse(refusal)
        return 2
    print(json.dumps(answer.as_dict(), ensure_ascii=False) if options.json else str(answer))
    return 0


def _calendar(county: str | None) -> WorkingCalendar:
    """The calendar in force in the installation; where there is none yet, the one this release ships."""
    if county is None and not ready.has_database():
        return shipped()
    with ready.database():
        if county is not None:
            with in_county(county):
                return county_calendar()
        stand_in_public()
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('public.calendar_notice') IS NOT NULL")
            is_ready = cursor.fetchone()[0]
        return current_calendar() if is_ready else shipped()
