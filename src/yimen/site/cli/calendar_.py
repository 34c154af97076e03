"""Reckon a date: yimen calendar add 2026-09-28 10 working_days

Prints the due date, the safe date, and whether the date is provisional (it touches a year whose holiday
notice is not published yet). Units: hours, working_hours, working_days, calendar_days, months.
"""

import argparse
import json

from yimen.kernel.calendar.describe import calendar_add
from yimen.kernel.words import Refusal


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("what", choices=["add"])
    parser.add_argument("start", help="a date, or an instant such as 2026-09-28T10:30")
    parser.add_argument("number", type=int)
    parser.add_argument("unit")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(options: argparse.Namespace) -> int:
    """Reckon and print."""
    try:
        answer = calendar_add(options.start, options.number, options.unit)
    except (Refusal, ValueError) as error:
        print(error)
        return 2
    print(json.dumps(answer.as_dict(), ensure_ascii=False) if options.json else str(answer))
    return 0
