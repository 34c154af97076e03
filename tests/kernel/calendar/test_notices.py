"""A year's notice counts once a second person has confirmed it."""

import json
from datetime import date
from importlib import resources
from typing import Any

import pytest

from tests.kernel.calendar.test_notice_text import NOTICE_2026
from tests.kernel.registers.test_people import keeper
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.notices import (
    confirm_notice,
    current_calendar,
    missing_year,
    propose_notice,
    questions_of,
    read_notice,
)
from yimen.kernel.calendar.official import OfficialYear, statutory_only
from yimen.kernel.calendar.questions import questions
from yimen.kernel.ledger.models import Entry
from yimen.kernel.registers import calendar
from yimen.kernel.registers.acts import stream_of
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")

NOTICE_2027 = """国务院办公厅关于2027年部分节假日安排的通知 国办发明电〔2026〕99号
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至12日（周五）放假调休，共8天。1月31日（周日）、2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天。
六、中秋节：9月15日（周三）放假1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
"""


GOOD: dict[str, Any] = json.loads(
    resources.files("yimen.kernel.calendar").joinpath("data/2026.json").read_text("utf-8")
)


def test_a_proposed_notice_changes_nothing_until_another_confirms_it() -> None:
    before = current_calendar().edition
    propose_notice("甲", NOTICE_2027.encode())
    assert current_calendar().edition == before
    with pytest.raises(Refusal) as refused:
        confirm_notice("甲", 2027)
    assert refused.value.code == "calendar.two_people"
    edition = confirm_notice("乙", 2027)
    assert edition == current_calendar().edition != before
    assert not current_calendar().is_working_day(date(2027, 2, 8))
    assert current_calendar().is_working_day(date(2027, 2, 14))
    assert missing_year() is None
    for again in (lambda: confirm_notice("丙", 2027), lambda: propose_notice("丙", NOTICE_2027.encode())):
        with pytest.raises(Refusal):
            again()


def test_the_acts_on_a_notice_need_their_permissions_and_leave_entries() -> None:
    enter, confirm = KernelPermission.CALENDAR_PROPOSE, KernelPermission.CALENDAR_CONFIRM
    with pytest.raises(Refusal):
        calendar.enter_notice(keeper("339901", confirm), NOTICE_2027.encode())
    calendar.enter_notice(keeper("339901", enter), NOTICE_2027.encode())
    with pytest.raises(Refusal):
        calendar.put_in_force(keeper("339901", enter), 2027)
    calendar.put_in_force(keeper("339901", confirm), 2027)
    entries = Entry.objects.filter(stream=stream_of("calendar", "2027")).order_by("seq")
    acts = list(entries.values_list("act", flat=True))
    assert acts == ["enter_notice", "confirm_notice"]


def test_the_person_who_entered_it_cannot_confirm_it_under_another_role() -> None:
    both = keeper("339901")
    calendar.enter_notice(both, NOTICE_2027.encode())
    with pytest.raises(Refusal) as refused:
        calendar.put_in_force(both, 2027)
    assert refused.value.code == "calendar.two_people"


@pytest.mark.parametrize(
    "change",
    [
        {"rest_weekdays": ["2026-02-14"]},
        {"rest_weekdays": ["2025-01-01"]},
        {"working_weekends": ["2026-02-16"]},
        {"documents": []},
        {"documents": "文"},
        {"year": "二〇二六"},
        {"rest_weekdays": "2026-01-01"},
        {"working_weekends": ["2026-02-31"]},
        {"rest_weekdays": ["2026-01-01"]},
        {
            "rest_weekdays": sorted(
                GOOD["rest_weekdays"] + [f"2026-03-{d:02}" for d in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)]
            )
        },
    ],
)
def test_a_file_with_a_day_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    assert read_notice(json.dumps(GOOD).encode()).year == 2026
    with pytest.raises(Refusal):
        read_notice(json.dumps({**GOOD, **change}).encode())


def test_a_year_in_force_is_changed_by_a_later_notice_and_only_once_confirmed() -> None:
    """As in January 2020, when the State Council prolonged the Spring Festival."""
    assert current_calendar().is_working_day(date(2026, 9, 28))
    propose_notice(
        "甲",
        NOTICE_2026.replace("至27日（周日）", "至28日（周一）").replace("7号", "9号").encode(),
        checked=True,
    )
    assert current_calendar().is_working_day(date(2026, 9, 28))
    confirm_notice("乙", 2026, checked=True)
    assert not current_calendar().is_working_day(date(2026, 9, 28))
    year = next(y for y in current_calendar().years if y.year == 2026)
    assert year.documents == ("国办发明电〔2025〕9号",)


def test_entering_what_is_in_force_already_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        propose_notice("甲", NOTICE_2026.encode())
    assert refused.value.code == "calendar.in_force"


_SLIPS = {
    "a worked weekend left out": (("1月31日（周日）、2月14日（周日）上班", "1月31日（周日）上班"), "calendar.ask_worked", "春节"),
    "days made up left out": (("5月1日（周六）至5日（周三）", "5月1日（周六）至3日（周一）"), "calendar.ask_rest", "劳动节"),
    "a worked weekend too many": (("5月8日（周六）上班", "4月25日（周日）、5月8日（周六）上班"), "calendar.ask_rest", "劳动节"),
    "a wrong month": (("9月26日（周日）", "8月22日（周日）"), "calendar.ask_far", "2027-08-22"),
    "a week without rest": (("2月14日（周日）上班", "2月13日（周六）、2月14日（周日）上班"), "calendar.ask_run", "2027-02-13"),
    "a number of another year": (("〔2026〕99号", "〔2024〕99号"), "calendar.ask_document", "2024"),
}  # fmt: skip


@pytest.mark.parametrize("slip", _SLIPS)
def test_what_looks_like_a_slip_is_asked_of_who_enters_and_of_who_confirms(slip: str) -> None:
    (right, wrong), code, named = _SLIPS[slip]
    content = NOTICE_2027.replace(right, wrong).encode()
    assert content != NOTICE_2027.encode()
    with pytest.raises(Refusal) as refused:
        propose_notice("甲", content)
    assert refused.value.code == "calendar.asked"
    assert code in [f.code for f in refused.value.findings]
    assert any(named in f.sentence.zh for f in refused.value.findings)
    notice = propose_notice("甲", content, checked=True)
    assert code in [f.code for f in questions_of(notice)]
    with pytest.raises(Refusal) as unconfirmed:
        confirm_notice("乙", 2027)
    assert unconfirmed.value.code == "calendar.asked"
    confirm_notice("乙", 2027, checked=True)
    assert missing_year() is None


def test_the_years_as_published_raise_no_question() -> None:
    asked = {y.year: questions(y) for y in current_calendar().years}
    assert asked == dict.fromkeys(asked, ())
    assert questions(read_notice(NOTICE_2027.encode())) == ()


def test_a_mid_autumn_on_national_day_is_given_both_their_days() -> None:
    """As in 2031: 1 October is the Mid-Autumn day, and four days are given."""
    rest = [date(2031, 10, d) for d in (1, 2, 3, 6)]
    others = [d for d in statutory_only(2031) if d.month < 9]
    year = OfficialYear(2031, ("国办发明电〔2030〕9号",), frozenset([*others, *rest]), frozenset())
    assert questions(year) == ()
    short = OfficialYear(2031, year.documents, year.rest_weekdays - {rest[-1]}, frozenset())
    assert [f.code for f in questions(short)] == ["calendar.ask_rest"]


def test_what_was_asked_and_looked_up_is_in_the_entries() -> None:
    enter, confirm = KernelPermission.CALENDAR_PROPOSE, KernelPermission.CALENDAR_CONFIRM
    content = NOTICE_2027.replace("1月31日（周日）、", "").encode()
    calendar.enter_notice(keeper("339901", enter), content, checked=True)
    calendar.put_in_force(keeper("339901", confirm), 2027, checked=True)
    entries = Entry.objects.filter(stream=stream_of("calendar", "2027"))
    assert all(json.loads(e.payload)["asked"] == ["calendar.ask_worked"] for e in entries)
