"""A grid worker's report: sent once however often it is tapped, placed even without a position, classed from its words."""

import io
import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.cast import HERE_VILLAGE, hired, signed_in
from yimen.kernel.counties.models import Division
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.models import Grid
from yimen.kernel.papers.models import Paper

pytestmark = pytest.mark.usefixtures("db")
URL = "/field/report/"


@pytest.fixture
def worker() -> Client:
    """The phone of a grid worker of the first village."""
    return signed_in(hired("worker", role="grid_worker", area=HERE_VILLAGE))


def home() -> Grid:
    """A grid of the worker's."""
    grid = Grid.objects.filter(code__startswith=HERE_VILLAGE).order_by("code").first()
    assert grid is not None
    return grid


def photo() -> SimpleUploadedFile:
    """A small photograph."""
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "#7a5").save(content, "JPEG")
    return SimpleUploadedFile("现场.jpg", content.getvalue(), "image/jpeg")


def given(**parts: object) -> dict[str, object]:
    """A whole report."""
    here = home()
    return {
        "text": "桥头井盖不见了",
        "lng": here.lng,
        "lat": here.lat,
        "likely": "0801",
        "key": str(uuid4()),
        **parts,
    }


def test_a_report_with_a_photo_becomes_a_matter_of_the_suggested_class(
    worker: Client, settings: object, tmp_path: object
) -> None:
    settings.YIMEN_FILES = tmp_path  # type: ignore[attr-defined]
    answer = worker.post(URL, given(photos=photo()), follow=True)
    matter = Matter.objects.get()
    assert (matter.kind, matter.channel) == ("0801", "grid_worker")
    assert answer.redirect_chain == [(f"/field/report/sent/{matter.id}/", 302)]
    assert matter.number in answer.content.decode()


def test_the_same_page_sent_twice_reports_once(worker: Client) -> None:
    same = given()
    first, second = worker.post(URL, same), worker.post(URL, same)
    assert first["Location"] == second["Location"]
    assert Matter.objects.count() == 1


def test_a_class_chosen_by_hand_goes_before_the_suggestion(worker: Client) -> None:
    worker.post(URL, given(kind="0101"))
    assert Matter.objects.get().kind == "0101"


def test_a_class_offered_for_half_the_words_gives_way_to_that_of_the_whole(worker: Client) -> None:
    """Whoever writes and sends in one go is faster than the suggestion."""
    half = worker.get("/field/report/classes/", {"text": "桥头"}).content.decode()
    offered = re.findall(r'name="offered" value="(\d+)"', half)[0]
    whole = given(text="桥头路灯不亮，晚上看不清路", likely=offered, offered=offered)
    worker.post(URL, whole)
    assert (offered, Matter.objects.get().kind) == ("0406", "0802")
    worker.post(URL, {**whole, "likely": "0101", "key": str(uuid4())})
    assert Matter.objects.latest("id").kind == "0101", "one picked by hand stays"


def test_without_a_position_the_chosen_grid_is_the_place(worker: Client) -> None:
    here = home()
    worker.post(URL, given(lng="", lat="", grid=here.code))
    assert Matter.objects.get().grid_code == here.code


def test_without_any_place_nothing_is_reported_and_what_was_typed_stays(worker: Client) -> None:
    answer = worker.post(URL, given(lng="", lat="", grid=""))
    assert answer.status_code == 422
    assert "桥头井盖不见了" in answer.content.decode()
    assert not Matter.objects.exists()


def test_with_what_was_done_it_is_settled_on_the_spot(worker: Client) -> None:
    answer = worker.post(URL, given(result="已把井盖盖好"), follow=True)
    assert Matter.objects.get().state == "self_handled"
    assert "已记为当场解决" in answer.content.decode()


def test_the_likeliest_class_is_chosen_while_typing_and_one_picked_by_hand_stays(worker: Client) -> None:
    typed = worker.get("/field/report/classes/", {"text": "路上井盖不见了"}).content.decode()
    assert typed.index('value="0801" checked') > 0
    picked = worker.get(
        "/field/report/classes/", {"text": "路上井盖不见了", "picked": "0109"}
    ).content.decode()
    assert 'value="0109" checked' in picked
    assert picked.count("checked") == 1


@pytest.mark.parametrize("junk", ["\0", "9" * 500, "<script>", "'; --"])
def test_junk_in_the_suggestion_is_answered_calmly(worker: Client, junk: str) -> None:
    answer = worker.get("/field/report/classes/", {"text": junk, "picked": junk, "likely": junk})
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode()


def test_what_became_of_anothers_report_is_not_told(worker: Client) -> None:
    worker.post(URL, given())
    stranger = signed_in(hired("elsewhere", role="grid_worker", area="339901200"))
    assert stranger.get(f"/field/report/sent/{Matter.objects.get().id}/").status_code == 404


def test_who_may_not_report_has_no_such_page() -> None:
    assert signed_in(hired("auditor", role="audit_admin")).get(URL).status_code == 403
    assert Client(headers={"host": "localhost"}).get(URL).status_code == 302


def test_the_page_does_as_many_queries_however_many_there_are(
    worker: Client, django_assert_max_num_queries: object
) -> None:
    worker.get(URL)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        worker.get(URL)


def test_what_was_reported_nearby_is_shown_before_sending_to_who_may_see_it(worker: Client) -> None:
    worker.post(URL, given(text="桥头垃圾堆了三天没人管", likely="0101"))
    here, number = home(), Matter.objects.get().number
    asked = {"text": "桥头垃圾堆了三天", "lng": here.lng, "lat": here.lat}
    assert number in worker.get("/field/report/classes/", asked).content.decode()
    assert number not in worker.get("/field/report/classes/", {**asked, "text": "路灯不亮"}).content.decode()
    assert number not in worker.get("/field/report/classes/", {"text": asked["text"]}).content.decode()
    assert worker.get("/field/report/classes/", {**asked, "lng": "nan"}).status_code == 200
    stranger = signed_in(hired("elsewhere", role="grid_worker", area="339901200"))
    assert number not in stranger.get("/field/report/classes/", asked).content.decode()


def test_a_photograph_of_a_report_that_lacked_words_is_not_taken_again(
    worker: Client, settings: object, tmp_path: object
) -> None:
    settings.YIMEN_FILES = tmp_path  # type: ignore[attr-defined]
    report = given(text="", photos=photo())
    shown = worker.post(URL, report).content.decode()
    [box] = re.findall(r'name="photos-waiting"[^>]*value="([0-9a-f]{48})" checked', shown)
    del report["photos"]
    assert worker.post(URL, report | {"text": "桥头井盖不见了", "photos-waiting": box}).status_code == 302
    assert Paper.objects.get().original_name == "现场.jpg"


def test_an_english_reader_finds_the_grids_in_english_on_the_list_and_on_the_map(worker: Client) -> None:
    place = home().place_code
    Division.objects.filter(code=place).update(name_en="Qingshan Village")
    page = worker.get("/field/report/", headers={"accept-language": "en"}).content.decode()
    assert "Grid 1, Qingshan Village" in page
    assert home().name not in page
