"""A resident sees what a village's site takes, books a half hour, gives it up, and follows a number by its code."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import HERE, THERE, hired, signed_in
from tests.domains.hall.people import VILLAGE, a_hall
from tests.domains.hall.test_queue import MORNING, a_number, at_a_window, opened_for_booking
from tests.domains.hall.test_sites import a_site, applied
from yimen.domains.catalogue.api import Channel
from yimen.domains.hall.api import call_next, finish, note_visit, slots
from yimen.domains.hall.models import Appointment, Ticket
from yimen.domains.services.models import Rating
from yimen.kernel.calendar.today import frozen, today

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def resident() -> Client:
    return Client(headers={"host": "localhost"})


def test_a_village_is_told_what_its_site_takes_and_when(resident: Client) -> None:
    a_hall()
    a_site()
    page = resident.get(f"/halls/?village={VILLAGE}").text
    assert "周一至周五 8:30-17:00" in page
    assert "/services/332000023001/" in page
    assert "城关镇便民服务中心" in page


def test_a_booking_is_made_shown_and_given_up(resident: Client) -> None:
    with frozen(MORNING):
        at = slots(opened_for_booking(), today())[0].starts_at.isoformat()
        assert at in unescape(resident.get("/halls/chengguan/book/").text)
        made = resident.post(
            "/halls/chengguan/book/", {"starts_at": at, "name": "王小明", "phone": "13800000001"}
        )
        assert made.status_code == 302, made.text
        code = Appointment.objects.get().code
        shown = resident.get(made["Location"]).text
        assert code in shown
        assert "王小明" not in shown
        assert resident.post(f"/appointments/{code}/cancel/").status_code == 302
        assert resident.post(f"/appointments/{code}/cancel/").status_code == 422
        assert "预约已取消" in resident.get(f"/appointments/{code}/").text


def test_a_screen_account_finds_its_own_halls_screens() -> None:
    a_hall()
    screen = signed_in(hired("screen", role="hall_screen", area=HERE))
    assert reverse("wall:hall_screens") in screen.get(reverse("console:my_work")).text
    page = screen.get(reverse("wall:hall_screens")).text
    assert reverse("wall:hall_display", args=["chengguan"]) in page
    assert reverse("wall:kiosk", args=["chengguan"]) in page
    elsewhere = signed_in(hired("elsewhere", role="hall_screen", area=THERE))
    assert "没有可以显示的大厅" in elsewhere.get(reverse("wall:hall_screens")).text
    assert signed_in(hired("newcomer")).get(reverse("wall:hall_screens")).status_code == 403


def test_the_kiosk_gives_a_number_that_its_holder_follows(resident: Client) -> None:
    a_hall()
    screen = signed_in(hired("screen", role="hall_screen", area=HERE))
    assert "取号办事" in screen.get("/wall/halls/chengguan/kiosk/").text
    taken = screen.post("/wall/halls/chengguan/kiosk/", {"kind": "general"})
    assert "A001" in screen.get(taken["Location"]).text
    a_number()
    second = Ticket.objects.get(number="A002")
    assert "前面还有 1 人" in resident.get(f"/tickets/{second.code}/").text
    assert "A001" in screen.get("/wall/halls/chengguan/").text
    assert "A002" in screen.get("/wall/halls/chengguan/now/").text
    wrong = screen.post("/wall/halls/chengguan/kiosk/", {"appointment": "XXXX"})
    assert wrong.status_code == 422
    assert resident.post("/wall/halls/chengguan/kiosk/", {"kind": "general"}).status_code in (302, 403)
    assert Ticket.objects.count() == 2
    assert screen.get("/console/halls/").status_code == 403


def test_the_screen_on_a_counter_has_a_visit_rated_once_until_the_next_is_called() -> None:
    hall, (window, *_) = a_hall()
    clerk = at_a_window(window)
    screen = signed_in(hired("screen", role="hall_screen", area=HERE))
    address = reverse("wall:rating", args=["chengguan", window.number])
    assert address in screen.get(reverse("wall:hall_screens")).text
    assert "办完以后，请在这里评价" in screen.get(address).text
    a_number()
    a_number()
    served = call_next(clerk, window_id=window.id)
    first, second = applied(Channel.WINDOW), applied(Channel.WINDOW, "13800000002")
    for made in (first, second):
        visit = note_visit(clerk, hall_code=hall.code, number=made.number, purpose="apply")
    assert visit.ticket_id == served.id
    page = screen.get(address)
    assert served.number in page.text
    assert "data-live=" not in page.text
    assert str(visit.id) in page.text
    shown = page.context["shown"]
    assert screen.get(address + "now/", {"shown": shown}).status_code == 204
    assert "非常不满意" in screen.get(address + "now/", {"shown": ""}).text

    assert screen.post(address, {"visit": str(visit.id), "level": "9"}).status_code == 422
    assert screen.post(address, {"visit": "x", "level": "5"}).status_code == 422
    assert Rating.objects.count() == 0
    given = screen.post(address, {"visit": str(visit.id), "level": "2", "is_anonymous": "on"})
    assert given.status_code == 302
    row = Rating.objects.get()
    assert (row.level, row.window_id, row.is_anonymous) == (2, window.id, True)
    assert "谢谢您的评价" in screen.get(address).text
    assert screen.post(address, {"visit": str(visit.id), "level": "5"}).status_code == 422

    finish(clerk, window_id=window.id)
    call_next(clerk, window_id=window.id)
    third = applied(Channel.WINDOW, "13800000003")
    left = note_visit(clerk, hall_code=hall.code, number=third.number, purpose="apply")
    finish(clerk, window_id=window.id)
    a_number()
    call_next(clerk, window_id=window.id)
    late = screen.post(address, {"visit": str(left.id), "level": "1"})
    assert late.status_code == 422
    assert "已经叫了下一位" in late.text
    assert Rating.objects.count() == 1
    elsewhere = signed_in(hired("elsewhere", role="hall_screen", area=THERE))
    assert elsewhere.get(address).status_code == 404
    assert screen.get(reverse("wall:rating", args=["chengguan", 99])).status_code == 404
    assert Client(headers={"host": "localhost"}).get(address).status_code in (302, 403)


def test_who_came_without_a_number_rates_at_the_counter_too() -> None:
    hall, (window, other, *_) = a_hall()
    clerk, colleague = at_a_window(window), at_a_window(other)
    screen = signed_in(hired("screen", role="hall_screen", area=HERE))
    address = reverse("wall:rating", args=["chengguan", window.number])
    a_number()
    call_next(clerk, window_id=window.id)
    finish(clerk, window_id=window.id)
    assert "办完以后，请在这里评价" in screen.get(address).text
    first, second = applied(Channel.WINDOW), applied(Channel.WINDOW, "13800000002")
    for made in (first, second):
        visit = note_visit(clerk, hall_code=hall.code, number=made.number, purpose="apply")
        assert screen.post(address, {"visit": str(visit.id), "level": "4"}).status_code == 302
        assert "谢谢您的评价" in screen.get(address).text
    assert set(Rating.objects.values_list("window_id", flat=True)) == {window.id}
    third = applied(Channel.WINDOW, "13800000003")
    note_visit(clerk, hall_code=hall.code, number=third.number, purpose="apply")
    a_number()
    call_next(clerk, window_id=window.id)
    assert "办完以后，请在这里评价" in screen.get(address).text
    note_visit(colleague, hall_code=hall.code, number=third.number, purpose="complete")
    asked = screen.get(reverse("wall:rating", args=["chengguan", other.number])).text
    assert "这次服务您满意吗" in asked
