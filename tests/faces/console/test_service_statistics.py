"""The page of services' figures: numbers that open to what they count, and nobody to be told from a rating without a name."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import HERE, THERE
from tests.domains.services.applying import SENIOR_CARD, a_seal, applied, clerk
from tests.faces.console.test_halls import browser
from yimen.domains.services.api import act, answer_anonymous, courses, rate, rate_at_counter
from yimen.kernel.calendar.today import frozen, now
from yimen.kernel.matters.models import Matter

pytestmark = pytest.mark.usefixtures("db")


def settled() -> Matter:
    """A senior card given out at the counter ten days ago, or eleven: not on a Monday, whose date is the name of its week."""
    ago = now() - timedelta(days=10)
    with frozen(ago if ago.weekday() else ago - timedelta(days=1)):
        made = applied(SENIOR_CARD)
        a_seal()
        act(clerk(), made.matter_id, "settle", {"number": "1", "receipt": "张"})
        courses.catch_up()
    return Matter.objects.get(id=made.matter_id)


def links(page: str, name: str) -> list[str]:
    """Where a page's numbers lead."""
    return [a.replace("&amp;", "&") for a in re.findall(rf'href="([^"]*/statistics/{name}/[^"]*)"', page)]


def test_each_number_opens_to_its_applications() -> None:
    matter, head = settled(), browser("service_head")
    for by in ("township", "organ", "item", "month"):
        page = head.get(f"/console/statistics/?by={by}").text
        opened = links(page, "matters")
        assert opened
        for address in opened:
            assert matter.number in head.get(address).text, address
    assert matter.number not in browser("service_head", THERE).get(opened[0]).text
    assert head.get("/console/statistics/matters/?figure=nothing").status_code == 404
    assert head.get("/console/statistics/matters/?before=nothing").status_code == 404


def test_a_rating_without_a_name_points_at_nobody() -> None:
    matter, head = settled(), browser("service_head")
    with frozen(now() - timedelta(days=9)):
        rate(matter, level=1, words="态度差", is_anonymous=True)
        rate_at_counter(matter, visit_id=uuid4(), window_id=None, level=4, words="很快")
    opened = links(head.get("/console/statistics/").text, "ratings")
    assert opened
    bad = next(link for link in opened if "level=bad" in link)
    assert "差评" in (only := head.get(bad.replace("&amp;", "&")).text)
    assert "态度差" in only
    assert "很快" not in only
    page = head.get(f"/console/statistics/ratings/?group={HERE}&by=township").text
    unsigned = page[page.index("匿名评价") :]
    assert "态度差" in unsigned
    assert "很快" not in unsigned
    for secret in (matter.number, "老年人优待证", f"{matter.closed_at:%m-%d}"):
        assert secret not in unsigned, secret
    assert "态度差" not in head.get(f"/console/statistics/ratings/?group={SENIOR_CARD}&by=item").text
    assert head.get("/console/statistics/ratings/?by=window&group=nothing").status_code == 404
    assert head.get("/console/statistics/ratings/?by=nothing").status_code == 404


def test_the_page_asks_as_much_of_the_database_for_many_as_for_one() -> None:
    head: Any = browser("service_head")
    settled()
    head.get("/console/statistics/")
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert head.get("/console/statistics/").status_code == 200
        asked.append(len(seen))
        settled()
        settled()
    assert asked[0] == asked[1]


def test_what_answers_a_rating_without_a_name_opens_and_names_field_and_township() -> None:
    head = browser("service_head")
    with frozen(datetime(2026, 11, 24, 2, tzinfo=UTC)):
        matter = settled()
        rate(matter, level=1, is_anonymous=True)
    with frozen(datetime(2026, 11, 30, 2, tzinfo=UTC)):  # a Monday on which people work
        assert answer_anonymous() == 1
    answering = Matter.objects.get(procedure="rectification")
    page = head.get(f"/console/matters/{answering.id}/")
    assert page.status_code == 200
    assert "青石镇" in page.text
    assert matter.number not in page.text
