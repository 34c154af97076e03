"""A grid worker's tasks on the phone: five fields on one screen, and an answer that carries its incident."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import hired, signed_in
from tests.domains.duties.people import VILLAGE, actor
from yimen.domains.duties import api
from yimen.domains.duties.models import RoundAnswer
from yimen.kernel.calendar.today import today
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.models import Grid

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def worker(_in_first_county: None, db: None) -> Client:
    """A grid worker of one village."""
    return signed_in(hired("worker", role="grid_worker", area=VILLAGE, organ=VILLAGE))


def pushed(area: str = VILLAGE) -> UUID:
    """A round that runs."""
    due = today() + timedelta(days=5)
    return api.push_round(actor("department"), task="0505", area=area, due_on=due).matter_id


def home() -> Grid:
    """The village's first grid."""
    return Grid.objects.filter(place_code=VILLAGE).order_by("code")[0]


def test_five_fields_and_more_stand_on_one_screen(worker: Client) -> None:
    page = worker.get(reverse("field:tasks")).content.decode()
    for field in ("党的建设", "社会保障", "综合治理", "应急管理", "社会救助"):
        assert field in page
    assert "不要求留存材料" in page


def test_nothing_found_takes_one_tap_and_is_answered_once(worker: Client) -> None:
    asked = reverse("field:answer", args=[pushed(), home().code])
    assert home().name in worker.get(reverse("field:tasks")).content.decode()
    assert worker.post(asked, {"outcome": "nothing"}).status_code == 302
    again = worker.post(asked, {"outcome": "nothing"})
    assert again.status_code == 422
    assert RoundAnswer.objects.count() == 1


def test_what_was_found_becomes_an_incident_with_its_number_in_the_answer(worker: Client) -> None:
    asked = reverse("field:answer", args=[pushed(), home().code])
    assert worker.post(asked, {"outcome": "found"}).status_code == 422
    said = {"outcome": "found", "note_text": "东头老人家没有取暖", "lng": home().lng, "lat": home().lat}
    assert worker.post(asked, said).status_code == 302
    incident = Matter.objects.get(procedure="incident")
    assert RoundAnswer.objects.get().incident_number == incident.number
    assert "东头老人家没有取暖" in incident.facts["text"]


def test_an_answer_that_is_refused_leaves_no_incident(worker: Client) -> None:
    asked = reverse("field:answer", args=[pushed(), home().code])
    assert worker.post(asked, {"outcome": "nothing"}).status_code == 302
    said = {"outcome": "found", "note_text": "补报", "lng": home().lng, "lat": home().lat}
    assert worker.post(asked, said).status_code == 422
    assert not Matter.objects.filter(procedure="incident").exists()


def test_not_my_duty_is_explained(worker: Client) -> None:
    asked = reverse("field:answer", args=[pushed(), home().code])
    assert worker.post(asked, {"outcome": "not_ours"}).status_code == 422
    assert worker.post(asked, {"outcome": "not_ours", "note_text": "网格里没有独居老人"}).status_code == 302


def test_a_round_of_another_grid_is_not_there(worker: Client) -> None:
    elsewhere = Grid.objects.exclude(place_code=VILLAGE).order_by("code")[0]
    for round_id, code in ((pushed("339901"), elsewhere.code), (UUID(int=0), home().code)):
        assert worker.get(reverse("field:answer", args=[round_id, code])).status_code == 404
    clerk = signed_in(hired("clerk", role="command_clerk"))
    assert clerk.get(reverse("field:tasks")).status_code == 403
