"""Figures, assessment and appeal on screen, as the people who use them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import COUNTY, Hired, hired, signed_in
from tests.domains.command.test_assessments import SCHEME, a_month_of_work, publisher
from tests.domains.command.test_rollups import walked
from yimen.domains.command.api import Assessment, catch_up, set_scheme
from yimen.domains.command.models import Tally
from yimen.kernel.calendar.today import today
from yimen.kernel.imports.tables import harmless
from yimen.kernel.matters.models import Matter

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def chief(_in_first_county: None, db: None) -> Client:
    """The duty chief, who sees the county's figures and publishes."""
    return signed_in(hired("chief", role="command_chief", organ="command"))


def test_a_tile_opens_to_its_incident(chief: Client) -> None:
    moved = walked("register")
    catch_up()
    page = chief.get(reverse("console:indicators")).content.decode()
    assert "立案数" in page
    assert "按期结案数÷应结案数" in page
    day = today().isoformat()
    behind = chief.get(
        reverse("console:indicator_matters"),
        {"measure": "reported", "scope": "county", "code": COUNTY, "first": day, "last": day},
    )
    assert moved.number in behind.content.decode()


def test_a_reader_of_one_township_sees_no_other() -> None:
    mine, other = "339901100", "339901200"
    leader = signed_in(hired("leader", role="township_leader", area=mine, organ="339901100"))
    assert leader.get(reverse("console:indicators"), {"code": mine}).status_code == 200
    for hidden in (other, COUNTY, "urban"):
        assert leader.get(reverse("console:indicators"), {"code": hidden}).status_code == 404
    asked = {
        "measure": "reported",
        "scope": "township",
        "code": other,
        "first": "2026-01-01",
        "last": "2026-12-31",
    }
    assert leader.get(reverse("console:indicator_matters"), asked).status_code == 404


def test_a_table_is_downloaded_without_formulas(chief: Client) -> None:
    walked("register")
    catch_up()
    answer = chief.get(reverse("console:indicators"), {"as": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    assert "上报数" in answer.content.decode("utf-8-sig")
    assert [harmless(t) for t in ("=1+1", "+86", "-2", "@x", "青石镇")] == [
        "'=1+1",
        "'+86",
        "'-2",
        "'@x",
        "青石镇",
    ]


def test_the_page_asks_as_many_questions_for_many_incidents_as_for_one(
    chief: Client, django_assert_max_num_queries: object
) -> None:
    walked()
    catch_up()
    with django_assert_max_num_queries(30) as one:  # type: ignore[operator]
        chief.get(reverse("console:indicators"))
    for _ in range(4):
        walked("register")
    catch_up()
    assert Tally.objects.count() > 20
    with django_assert_max_num_queries(len(one)):  # type: ignore[operator]
        chief.get(reverse("console:indicators"))


def test_a_backward_period_is_refused_in_words(chief: Client) -> None:
    answer = chief.get(reverse("console:indicators"), {"first": "2026-05-02", "last": "2026-05-01"})
    assert answer.status_code == 422
    assert "结束日期不能早于开始日期" in answer.content.decode()


def test_a_month_is_published_appealed_and_corrected(chief: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    moved, month = a_month_of_work(monkeypatch)
    town = Matter.objects.get(id=moved.matter_id).township_code
    set_scheme(publisher(), **SCHEME)
    sent = chief.post(
        reverse("console:publish_assessment"),
        {"month": (month + timedelta(days=3)).isoformat(), "scope": "township"},
    )
    assert sent.status_code == 302
    published = Assessment.objects.get()
    page = reverse("console:assessment", args=[published.id])
    assert "按期结案率" in chief.get(page).content.decode()

    leader = signed_in(hired("leader", role="township_leader", area=town, organ=town))
    assert reverse("console:new_appeal", args=[published.id, town]) in leader.get(page).content.decode()
    sent = leader.post(
        reverse("console:new_appeal", args=[published.id, town]),
        {"measure": "handled", "incident_number": moved.number, "reason": "停电"},
    )
    assert sent.status_code == 302
    raised = Matter.objects.get(procedure="appeal")
    reviewer_is: Hired = hired("reviewer", role="assessment_reviewer", organ="command")
    reviewer = signed_in(reviewer_is)
    for step, given in (("accept", {}), ("uphold", {"uphold-reason": "属实"})):
        raised.refresh_from_db()
        answer = reviewer.post(
            reverse("console:act_on_appeal", args=[raised.id, step]),
            {f"{step}-revision": raised.revision, **given},
        )
        assert answer.status_code == 302, answer.content.decode()
    assert "申诉成立" in leader.get(reverse("console:appeal", args=[raised.id])).content.decode()
    assert chief.post(reverse("console:correct_assessment", args=[published.id])).status_code == 302
    corrected = Assessment.objects.get(edition=2)
    for edition in (published, corrected):
        assert chief.get(reverse("console:assessment", args=[edition.id])).status_code == 200
    behind = {
        "measure": "handled",
        "scope": "township",
        "code": town,
        "first": month.isoformat(),
        "last": (month + timedelta(days=27)).isoformat(),
    }
    for edition, listed in ((published, True), (corrected, False)):
        figure = chief.get(
            reverse("console:indicator_matters"), {**behind, "edition": str(edition.id)}
        ).content.decode()
        assert (moved.number in figure) is listed
    wrong = chief.get(
        reverse("console:indicator_matters"),
        {**behind, "code": "339901", "scope": "county", "edition": str(corrected.id)},
    )
    assert wrong.status_code == 404
    elsewhere = "339901200" if town != "339901200" else "339901100"
    stranger = signed_in(hired("elsewhere", role="township_leader", area=elsewhere, organ=elsewhere))
    assert stranger.get(reverse("console:appeal", args=[raised.id])).status_code == 404
