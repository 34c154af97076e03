"""The public notice board: anybody finds who answers for a grid, and nobody finds a private number."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.kernel.registers.test_people import keeper
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.models import Division
from yimen.kernel.org.models import Appointment, Grid, Post
from yimen.kernel.registers import people

pytestmark = pytest.mark.usefixtures("db")


def visitor(language: str = "zh-hans") -> Client:
    """Somebody who has not signed in."""
    return Client(headers={"host": "localhost", "accept-language": language})


def board(grid_code: str, page: str = "grid_board", language: str = "zh-hans") -> str:
    """The board's page."""
    answer = visitor(language).get(reverse(f"portal:{page}", args=[grid_code]))
    assert answer.status_code == 200
    return answer.content.decode()


def a_grid() -> Grid:
    """A grid that the cast does not serve."""
    return Grid.objects.exclude(code__startswith="339901100").order_by("code")[4]


def test_the_board_names_grid_worker_leader_and_numbers() -> None:
    grid = a_grid()
    worker = Appointment.objects.select_related("person", "post").get(post__code=f"grid-{grid.code}")
    for page in ("grid_board", "grid_sheet"):
        shown = board(grid.code, page)
        for words in (
            grid.name,
            worker.person.name,
            worker.post.duty_phone,
            "12345",
            "监督",
            "探访独居老人",
            "打卡",
        ):
            assert words in shown, (page, words)


def test_a_private_number_is_never_shown() -> None:
    grid = a_grid()
    worker = Appointment.objects.select_related("person").get(post__code=f"grid-{grid.code}").person
    people.correct_person(keeper(), person_id=worker.id, name=worker.name, phone="13912345678")
    worker.refresh_from_db()
    for page in ("grid_board", "grid_sheet"):
        shown = board(grid.code, page)
        assert "13912345678" not in shown
        assert worker.phone_masked not in shown
        assert str(worker.id) not in shown


def test_a_stand_in_is_named_with_whom_and_the_reason_is_not() -> None:
    grid, on = a_grid(), today()
    held = Appointment.objects.select_related("person").get(post__code=f"grid-{grid.code}")
    other = (
        Appointment.objects.filter(post__kind="grid_leader").exclude(post__organ_id=grid.place_code).first()
    )
    assert other is not None
    people.note_absence(
        keeper(), person_id=held.person_id, since=on, until=on + timedelta(days=9), reason="住院治疗"
    )
    away = board(grid.code)
    assert "暂时离岗" in away
    people.stand_in(
        keeper(), appointment_id=held.id, substitute_id=other.person_id, since=on, until=on + timedelta(days=9),
        reason="住院治疗",
    )  # fmt: skip
    shown = board(grid.code)
    assert other.person.name in shown
    assert f"代 {held.person.name}" in shown
    assert "住院治疗" not in shown + away


def test_a_grid_without_anybody_says_whom_to_call() -> None:
    grid = a_grid()
    for held in Appointment.objects.filter(post__grid_code=grid.code) | Appointment.objects.filter(
        post__organ_id=grid.place_code, post__grid_code=""
    ):
        people.end_appointment(keeper(), appointment_id=held.id, on=today(), reason="调离")
    assert "请先拨打监督电话" in board(grid.code)


def test_a_grid_is_found_by_village_by_address_and_by_place() -> None:
    grid = a_grid()
    village = Division.objects.get(code=grid.place_code).name
    for asked in (village, f"云溪县{village}幸福路 3 号"):
        assert grid.name in visitor().get(reverse("portal:grids"), {"q": asked}).content.decode()
    found = visitor().get(reverse("portal:grids"), {"lng": grid.lng, "lat": grid.lat})
    assert found["Location"] == reverse("portal:grid_board", args=[grid.code])
    outside = visitor().get(reverse("portal:grids"), {"lng": 0, "lat": 0})
    assert "不在本县" in outside.content.decode()
    assert "没有找到这个地方" in visitor().get(reverse("portal:grids"), {"q": "亚特兰蒂斯"}).content.decode()


def test_hostile_words_and_codes_find_nothing_and_break_nothing() -> None:
    for asked in ("<script>alert(1)</script>", "'; DROP TABLE org_grid; --", "%", "_" * 80):
        page = visitor().get(reverse("portal:grids"), {"q": asked})
        assert page.status_code == 200
        assert "<script>alert(1)" not in page.content.decode()
    for code in ("000000000000000", "nothing", "339901100201001x"):
        assert visitor().get(reverse("portal:grid_board", args=[code])).status_code == 404


def test_the_board_and_the_list_are_complete_in_english() -> None:
    grid = a_grid()
    names = {grid.name, *Post.objects.values_list("organ__name", flat=True)}
    names |= set(Division.objects.values_list("name", flat=True))
    names |= set(Appointment.objects.values_list("person__name", flat=True))
    shown = board(grid.code, "grid_sheet", "en-gb")
    main = re.sub(r"<[^>]+>", " ", shown.partition("<main")[2].partition("</main")[0])
    for name in sorted(names, key=len, reverse=True):
        main = main.replace(name, "")
    main = re.sub(r"党小组|云委办发〔2026〕3号（演示）", "", main)
    assert not re.findall(r"[\u4e00-\u9fff]+", main)


def test_a_board_asks_a_constant_number_of_questions() -> None:
    counts = set()
    board(a_grid().code)
    for grid in Grid.objects.order_by("code")[3:6]:
        with CaptureQueriesContext(connection) as queries:
            board(grid.code)
        counts.add(len(queries))
    assert len(counts) == 1
    assert max(counts) <= 16


def test_the_code_on_the_sheet_leads_to_the_board() -> None:
    shown = board(a_grid().code, "grid_sheet")
    assert "data:image/svg+xml" in shown
    assert re.search(r"http://localhost/grids/\d{15}/", shown)
