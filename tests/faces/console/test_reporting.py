"""Reporting at the command centre's desk: what was reported nearby is shown first, and a double tap is taken once."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import hired, signed_in
from tests.domains.grid.test_incident import actor
from yimen.domains.grid.api import act
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.models import Grid

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def desk() -> Client:
    """The browser of an intake clerk."""
    return signed_in(hired("clerk", role="command_clerk", area="339901"))


def given(**changes: object) -> dict[str, object]:
    """A whole report."""
    here = Grid.objects.order_by("code")[0]
    return {
        "text": "桥头垃圾堆了三天没人管", "kind": "", "lng": here.lng, "lat": here.lat,
        "request_key": uuid4().hex, **changes,
    }  # fmt: skip


def test_a_report_like_one_nearby_is_shown_it_first_and_taken_when_it_is_another(desk: Client) -> None:
    url = reverse("console:report")
    assert desk.post(url, given()).status_code == 302
    first = Matter.objects.get()
    asked = desk.post(url, given(text="桥头垃圾堆了三天"))
    assert asked.status_code == 422
    assert first.number in asked.content.decode()
    assert reverse("console:matter", args=[first.id]) in asked.content.decode()
    assert Matter.objects.count() == 1
    assert desk.post(url, given(text="桥头垃圾堆了三天", is_another="on")).status_code == 302
    assert desk.post(url, given(text="路灯不亮晚上很黑")).status_code == 302
    assert Matter.objects.count() == 3


def test_the_same_page_sent_twice_reports_once(desk: Client) -> None:
    same = given(is_another="on")
    first, second = (desk.post(reverse("console:report"), same) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Matter.objects.count() == 1


def test_a_refused_act_comes_back_with_what_was_typed(desk: Client) -> None:
    desk.post(reverse("console:report"), given())
    matter = Matter.objects.get()
    act(actor("clerk"), matter.id, "classify", {"class": "0101"})
    act(actor("clerk"), matter.id, "register")
    dispatcher = signed_in(hired("sender", role="command_dispatcher", area="339901"))
    url = reverse("console:act", args=[matter.id, "dispatch"])
    typed = {"dispatch-organ": "water", "dispatch-note": "", "dispatch-revision": "3"}
    refused = dispatcher.post(url, typed)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "请在说明里写明理由" in page
    assert 'name="dispatch-organ"' in page
    assert '<option value="water" selected' in page
    assert "现在还不能办" not in page
    assert "按派遣规则推荐：分类" in page
    assert dispatcher.post(url, {**typed, "dispatch-note": "由水利局管养"}).status_code == 302
