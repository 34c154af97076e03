"""Applications in the console: taken in at the window, seen by who may, opened with a record, decided by their post."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from tests.cast import COUNTY, HERE, THERE, hired, signed_in
from tests.domains.services.applying import (
    ALLOWANCE,
    HOUSE_PERMIT,
    ITEMS,
    LIVING_ALLOWANCE,
    an_answer,
    applied,
    clerk,
    filled,
    papers,
    reviewer,
    village,
)
from tests.faces.portal.test_apply import PERSON, typed_in
from yimen.domains.catalogue.api import Channel
from yimen.domains.services.api import act, combined
from yimen.faces.console.applications import ApplicantForm
from yimen.kernel.forms.schema import read_form
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: LazySettings) -> None:
    settings.YIMEN_FILES = tmp_path


def at_window(area: str = HERE, login: str = "chuangkou") -> Client:
    """The window clerk's browser."""
    return signed_in(hired(login, role="window_clerk", area=area, organ=area))


def test_an_application_is_taken_in_on_one_screen() -> None:
    window = at_window()
    assert "农村宅基地" in window.get(reverse("console:choose_item"), {"q": "盖房子"}).content.decode()
    address = reverse("console:intake", args=[ALLOWANCE])
    assert window.get(address).status_code == 200
    empty = window.post(address, {})
    assert empty.status_code == 422
    taken = window.post(address, {**PERSON, "village": village(), **typed_in(filled(ALLOWANCE))})
    matter = Matter.objects.get(procedure="service")
    assert taken["Location"] == reverse("console:matter", args=[matter.id])
    page = window.get(taken["Location"]).content.decode()
    assert "受理" in page
    assert PERSON["id_number"] not in page


def test_no_question_of_an_item_is_called_as_a_field_of_the_window_is() -> None:
    fields = set(ApplicantForm([]).fields) | {"shown", "more"}
    for item in ITEMS.values():
        assert not fields & set(item.form["properties"]), item.name.zh


def test_a_place_that_is_not_the_clerks_is_not_offered_and_is_refused() -> None:
    window = at_window(THERE)
    answer = window.post(
        reverse("console:intake", args=[ALLOWANCE]),
        {**PERSON, "village": village(), **typed_in(filled(ALLOWANCE))},
    )
    assert answer.status_code == 422
    assert not Matter.objects.filter(procedure="service").exists()


def test_the_notice_of_defects_names_what_is_missing_in_two_clicks() -> None:
    moved = applied(HOUSE_PERMIT, missing=2)
    window = at_window()
    page = window.get(reverse("console:matter", args=[moved.matter_id])).content.decode()
    assert "1. 缺少“" in page
    assert "2. 缺少“" in page
    sent = window.post(
        reverse("console:act", args=[moved.matter_id, "name_defects"]),
        {"name_defects-defects": "1. 缺少材料", "name_defects-revision": moved.revision},
    )
    assert sent.status_code == 302


def test_the_form_is_opened_by_who_works_on_it_and_the_look_is_recorded() -> None:
    moved = applied()
    address = reverse("console:application_form", args=[moved.matter_id])
    shown = at_window().post(address)
    assert "11010519491231002X" in shown.content.decode()
    assert Entry.objects.filter(stream=moved.matter_id, act="open_form").count() == 1
    assert at_window(THERE, "bieren").post(address).status_code == 404
    reader = signed_in(hired("wanggeyi", role="grid_worker", area=HERE, organ=HERE))
    assert reader.post(address).status_code == 404
    assert Client(headers={"host": "localhost"}).post(address).status_code == 302


def test_each_sees_what_is_theirs() -> None:
    moved = applied(LIVING_ALLOWANCE)
    page = reverse("console:matter", args=[moved.matter_id])
    department = signed_in(
        hired("minzheng", role="county_approver", area=COUNTY, organ="civil", only_for_organ=True)
    )
    assert department.get(page).status_code == 404
    act(clerk(), moved.matter_id, "accept_for_county")
    act(reviewer(), moved.matter_id, "review", {"opinion": "属实"})
    act(reviewer(), moved.matter_id, "second_review", {"opinion": "属实"})
    minutes = {"meeting": "township_head", "minutes": "12号", "when": "2026-08-03", "files": papers()}
    act(reviewer(), moved.matter_id, "record_resolution", minutes)
    act(reviewer(), moved.matter_id, "hand_up", {"opinion": "建议准予"})
    seen = department.get(page).content.decode()
    assert "县级准予" in seen


def test_a_life_event_is_taken_in_on_one_screen_for_every_item() -> None:
    window = at_window()
    address = reverse("console:intake_bundle", args=["very-old"])
    assert address in window.get(reverse("console:choose_item"), {"q": "高龄"}).content.decode()
    whole = combined("very-old", Channel.WINDOW)
    answers = {q.name: an_answer(q) for q in read_form(whole.whole.form).questions.values()}
    assert window.post(address, {}).status_code == 422
    taken = window.post(address, {**PERSON, "village": village(), **typed_in(answers)})
    matters = list(Matter.objects.filter(procedure="service").order_by("id"))
    assert [m.kind for m in matters] == [p.item.code for p in whole.parts]
    assert taken["Location"] == reverse("console:matter", args=[matters[0].id])
    page = window.get(taken["Location"]).content.decode()
    assert all(m.tracking_code in page for m in matters)
    assert "高龄老人一件事" in window.get(reverse("console:matter", args=[matters[1].id])).content.decode()
    assert window.get(reverse("console:intake_bundle", args=["nothing"])).status_code == 404
