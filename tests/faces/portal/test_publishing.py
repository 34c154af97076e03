"""Granted permits and running public notices are read by anybody, with no more of a person than the law shows."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.domains.services.applying import (
    HOUSE_PERMIT,
    LIVING_ALLOWANCE,
    OPINION,
    TIMBER,
    ZHANG,
    applied,
    clerk,
    delivered,
    head,
    papers,
    reviewer,
)
from tests.faces.portal.test_guides import text_of
from yimen.domains.services.api import Applicant, PublicPermit, act, courses
from yimen.kernel.calendar.today import frozen
from yimen.kernel.matters.breaches import act_on_breaches
from yimen.kernel.matters.models import Matter

pytestmark = pytest.mark.usefixtures("db")
BEGAN = datetime(2026, 8, 3, 2, tzinfo=UTC)
COMPANY = Applicant("青石木业有限公司", "credit", "91350100M000100Y43", "13800000000")


def test_a_granted_permit_is_published_with_its_number_and_no_more_of_a_person_than_a_masked_name() -> None:
    with frozen(BEGAN):
        matter = Matter.objects.get(id=delivered(TIMBER).matter_id)
        delivered(LIVING_ALLOWANCE)  # a benefit is no permit
        courses.follow()
        row = PublicPermit.objects.get()
        listed, shown = text_of("permits"), text_of("permit", row.id)
    for said in (listed, shown):
        assert row.number in said
        assert "张*爷" in said
        for secret in (
            ZHANG.name,
            ZHANG.id_number,
            ZHANG.phone,
            ZHANG.address,
            matter.tracking_code,
            matter.number,
        ):
            assert secret not in said
        assert "2026-08-03" in said
        assert "2027-02-02" in said
        assert "有效" in said
    assert text_of("permits", q="张大爷").count("张*爷") == 0
    assert row.name_en in text_of("permit", row.id, language="en")


def test_an_organisation_is_named_and_found_by_its_name_and_a_number_finds_one() -> None:
    delivered(TIMBER, applicant=COMPANY)
    courses.follow()
    row = PublicPermit.objects.get()
    for asked in ("青石木业", row.number, "林木采伐"):
        assert COMPANY.name in text_of("permits", q=asked), asked
    assert COMPANY.name not in text_of("permits", q="宅基地")
    assert COMPANY.id_number not in text_of("permit", row.id)


def test_what_was_taken_back_or_has_ended_stays_and_says_so() -> None:
    with frozen(BEGAN):
        kept, taken = delivered(TIMBER), delivered(TIMBER, applicant=COMPANY)
        courses.follow()
        first = set(PublicPermit.objects.values_list("id", flat=True))
        act(head(), taken.matter_id, "revoke", {"reason": "违法作出"})
        courses.follow()
        rows = {r.matter_id: r for r in PublicPermit.objects.all()}
        assert {r.id for r in rows.values()} == first  # its address stays
        assert "已撤销" in text_of("permit", rows[taken.matter_id].id)
        assert "已撤销" not in text_of("permit", rows[kept.matter_id].id)
    with frozen(BEGAN + timedelta(days=300)):
        assert "已到期" in text_of("permit", rows[kept.matter_id].id)


def test_permits_are_paged_by_key_and_a_wrong_key_is_no_page() -> None:
    browser = Client(headers={"host": "localhost"})
    with frozen(BEGAN):
        for n in range(27):
            moved = applied(
                TIMBER, applicant=Applicant(f"林木{n:02d}公司", "credit", "91350100M000100Y43", "")
            )
            Matter.objects.filter(id=moved.matter_id).update(
                facts={
                    **Matter.objects.get(id=moved.matter_id).facts,
                    "is_granted": True,
                    "result_number": f"采{n:02d}号",
                }
            )
        courses.follow()
        page = browser.get(reverse("portal:permits"))
        more = browser.get(reverse("portal:permits") + page.context["next_url"])
    assert (len(page.context["rows"]), len(more.context["rows"])) == (25, 2)
    assert not more.context["next_url"]
    for name in ("permits", "notices"):
        assert browser.get(reverse(f"portal:{name}"), {"before": "x"}).status_code == 404


def test_a_public_notice_is_listed_while_it_runs_with_how_to_object() -> None:
    with frozen(BEGAN):
        moved = applied(HOUSE_PERMIT)
        act(clerk(), moved.matter_id, "accept")
        act(reviewer(), moved.matter_id, "review", OPINION)
        assert "张*爷" not in text_of("notices")
        act(reviewer(), moved.matter_id, "look_into", {"inquiry": "public_notice"})
        said = text_of("notices")
        for words in ("农村宅基地", "张*爷", "2026-08-03", "有不同意见怎么提", "12345"):
            assert words in said
        for secret in (ZHANG.name, ZHANG.phone, ZHANG.address, moved.tracking_code, moved.number):
            assert secret not in said
    with frozen(BEGAN + timedelta(days=40)):
        act_on_breaches()
        assert Matter.objects.get(id=moved.matter_id).state == "inquiry"
        assert "张*爷" not in text_of("notices")


def test_a_hearing_is_announced_with_its_time_and_place_until_it_is_held() -> None:
    with frozen(BEGAN):
        moved = applied(TIMBER)
        act(clerk(), moved.matter_id, "accept")
        act(reviewer(), moved.matter_id, "review", OPINION)
        act(head(), moved.matter_id, "tell_hearing", {"reason": "涉及邻居的林木"})
        act(clerk(), moved.matter_id, "ask_hearing")
        assert "听证公告" not in text_of("notices")
        told = {"when": "2026-08-17", "hour": "上午9时30分", "place": "镇会议室"}
        act(head(), moved.matter_id, "notify_hearing", told)
        said = text_of("notices")
        for words in (
            "听证公告",
            "林木采伐",
            "张*爷",
            "2026-08-17",
            "上午9时30分",
            "镇会议室",
            "任何人都可以旁听",
        ):
            assert words in said
        assert not [
            secret
            for secret in (ZHANG.name, ZHANG.phone, moved.tracking_code, moved.number)
            if secret in said
        ]
    with frozen(BEGAN + timedelta(days=14)):
        assert "听证公告" in text_of("notices")
        act(head(), moved.matter_id, "hold_hearing", {"summary": "陈述", "files": papers()})
        assert "听证公告" not in text_of("notices")


def test_the_home_page_and_every_foot_lead_there() -> None:
    browser = Client(headers={"host": "localhost"})
    for name in ("permits", "notices"):
        for page in ("portal:home", "portal:services"):
            assert reverse(f"portal:{name}") in browser.get(reverse(page)).content.decode()
