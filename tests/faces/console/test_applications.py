"""Applications in the console: taken in at the window, seen by who may, opened with a record, decided by their post."""

import io
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from tests.cast import COUNTY, HERE, THERE, Hired, hired, signed_in
from tests.domains.catalogue.test_registers import officer
from tests.domains.hall.people import ITEM as NEARBY
from tests.domains.hall.people import VILLAGE, a_hall
from tests.domains.hall.test_agents import mandated
from tests.domains.hall.test_queue import a_number
from tests.domains.hall.test_sites import a_site
from tests.domains.services.applying import (
    ALLOWANCE,
    HOUSE_PERMIT,
    ITEMS,
    LIVING_ALLOWANCE,
    SENIOR_CARD,
    TIMBER,
    TWO,
    ZHANG,
    an_answer,
    applied,
    clerk,
    county,
    delivered,
    filled,
    looked_into,
    reviewer,
    village,
)
from tests.faces.portal.test_apply import PERSON, typed_in
from yimen.domains.catalogue.api import Channel, publish_items
from yimen.domains.hall.models import Visit
from yimen.domains.services.api import act, combined
from yimen.faces.console.application_presenting import materials_of
from yimen.faces.console.applications import ApplicantForm
from yimen.kernel.access.standing import load_actor
from yimen.kernel.calendar.today import frozen, now
from yimen.kernel.forms.schema import read_form
from yimen.kernel.ledger.append import BUSY
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter
from yimen.kernel.papers import looks
from yimen.kernel.papers.looks import looks_at
from yimen.kernel.papers.store import keep_upload
from yimen.kernel.words import Refusal

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
    assert taken["Location"].startswith(reverse("console:matter", args=[matter.id]))
    page = window.get(taken["Location"]).content.decode()
    assert "受理" in page
    assert PERSON["id_number"] not in page


def test_who_hands_in_at_a_window_has_come_and_that_is_noted_by_itself() -> None:
    hall, (seat, *_) = a_hall()
    window, address = at_window(), reverse("console:intake", args=[ALLOWANCE])
    given = {**PERSON, "village": village(), **typed_in(filled(ALLOWANCE))}
    assert window.post(address, given).status_code == 302
    assert Visit.objects.count() == 0
    place = reverse("console:window", args=[seat.id])
    for done in ("attend", "call"):
        a_number()
        assert window.post(f"{place}do/{done}/").status_code == 302
    assert window.post(address, given).status_code == 302
    visit = Visit.objects.select_related("matter").get()
    assert (visit.purpose, visit.window_id, visit.place) == ("apply", seat.id, hall.code)
    assert visit.matter.number in window.get(place).content.decode()
    form = reverse("console:note_visit", args=[hall.code])
    assert 'value="BJ-1"' in window.get(form, {"number": "BJ-1"}).content.decode()


def test_where_somebody_lives_is_asked_once_at_the_window() -> None:
    window = at_window()
    own, other = reverse("console:intake", args=[SENIOR_CARD]), reverse("console:intake", args=[ALLOWANCE])
    assert 'name="address"' in window.get(other).content.decode()
    page = window.get(own).content.decode()
    assert 'name="address"' not in page
    assert page.count('name="place"') == 1
    answers = {**filled(SENIOR_CARD), "place": "青石村三组12号"}
    taken = window.post(own, {**PERSON, "village": village(), **typed_in(answers)})
    assert taken.status_code == 302
    private = Matter.objects.get(procedure="service").unsealed()
    assert private["address"] == "青石村三组12号"


def test_what_is_found_first_is_a_key_away() -> None:
    window = at_window()
    page = reverse("console:choose_item")
    assert window.get(page).content.decode().count("autofocus") == 1
    found = window.get(page, {"q": "盖房子"}).content.decode()
    (first,) = re.findall(r'<a href="([^"]+)" autofocus>', found)
    assert found.count("autofocus") == 1
    assert found.index(first) == found.index(reverse("console:intake", args=[HOUSE_PERMIT]))
    assert "autofocus" in window.get(page, {"q": "zzzz"}).content.decode()


def test_what_is_typed_at_the_window_is_kept_in_its_browser_until_it_is_taken_in() -> None:
    window, address = at_window(), reverse("console:intake", args=[ALLOWANCE])
    kept = re.search(r'data-draft="([^"]+)"', window.get(address).content.decode())
    assert kept
    taken = window.post(address, {**PERSON, "village": village(), **typed_in(filled(ALLOWANCE))})
    page = window.get(taken["Location"]).content.decode()
    assert f'data-draft-done="{kept[1]}"' in page
    assert re.search(r'data-draft="[^"]+-name_defects-1"', page)
    other = at_window(login="linchuang").get(address).content.decode()
    assert kept[0] not in other


def test_a_form_of_five_thousand_questions_is_filled_in_on_one_screen() -> None:
    asked = {f"q{n}": {"type": "string", "title": f"问{n}", "x-title-en": f"Q{n}"} for n in range(5000)}
    long = replace(ITEMS[ALLOWANCE], code="339911112222", form={"type": "object", "properties": asked})
    publish_items(officer(), [long], source="测试")
    given = {**PERSON, "village": village(), **dict.fromkeys(asked, "答")}
    sent = at_window().post(reverse("console:intake", args=[long.code]), given)
    assert sent.status_code == 302
    assert Matter.objects.get(procedure="service").kind == long.code


def test_no_question_of_an_item_is_called_as_a_field_of_the_window_is() -> None:
    fields = set(ApplicantForm.base_fields) | {"shown", "more", "less"}
    for item in ITEMS.values():
        assert not fields & set(item.form["properties"]), item.name.zh


def test_a_permit_is_renewed_or_changed_at_the_window_too() -> None:
    before = delivered(TIMBER)
    window, address = at_window(), reverse("console:intake", args=[TIMBER])
    code = Matter.objects.get(id=before.matter_id).tracking_code
    given = {
        **PERSON,
        "id_number": ZHANG.id_number,
        "village": village(),
        "upon": "changes",
        **typed_in(filled(TIMBER)),
    }
    unknown = window.post(address, {**given, "earlier": "XXXX-XXXX-XXXX"})
    assert unknown.status_code == 422
    assert "没有这个查询码的办件" in unknown.content.decode()
    somebody_elses = window.post(
        address, {**given, "earlier": code, "id_kind": "passport", "id_number": "E1234567"}
    )
    assert somebody_elses.status_code == 422
    assert window.post(address, {**given, "earlier": code}).status_code == 302
    changed = Matter.objects.filter(procedure="service").latest("opened_at")
    assert changed.facts["changes"] == str(before.matter_id)
    assert "原办件的查询码" not in window.get(reverse("console:intake", args=[ALLOWANCE])).content.decode()


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


def test_what_was_brought_at_the_counter_is_unticked_by_its_name() -> None:
    moved = applied(HOUSE_PERMIT, missing=2)
    window, page = at_window(), reverse("console:matter", args=[moved.matter_id])
    missing = Matter.objects.get(id=moved.matter_id).facts["missing"]
    form = window.get(page).content.decode()
    ticked = re.findall(r'type="checkbox" name="correct-missing"[^>]* value="([^"]+)" checked', form)
    assert ticked == missing
    address = reverse("console:act", args=[moved.matter_id, "correct"])
    assert window.post(address, {"correct-missing": missing[:1]}).status_code == 302
    assert Matter.objects.get(id=moved.matter_id).facts["missing"] == missing[:1]
    names = {m.code: m.name for m in ITEMS[HOUSE_PERMIT].materials}
    assert f"还缺的材料：{names[missing[0]]}" in window.get(page).content.decode()
    assert window.post(address, {"correct-missing": ["nothing"]}).status_code == 422
    assert window.post(address, {"correct-note": "都齐了"}).status_code == 302
    assert Matter.objects.get(id=moved.matter_id).facts["missing"] == []
    shown = materials_of(Matter.objects.get(id=moved.matter_id))
    assert all(m.is_there for m in shown if m.name in {names[code] for code in missing})


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
    looked_into(moved)
    act(reviewer(), moved.matter_id, "review", {"opinion": "属实"})
    act(reviewer(), moved.matter_id, "second_review", {"opinion": "属实"})
    act(reviewer(), moved.matter_id, "hand_up", {"opinion": "建议准予"})
    seen = department.get(page).content.decode()
    assert "县级准予" in seen


def test_what_the_joint_organs_said_is_read_on_the_applications_page_by_all_who_work_on_it() -> None:
    moved = applied(HOUSE_PERMIT)
    page = reverse("console:matter", args=[moved.matter_id])
    act(clerk(), moved.matter_id, "accept")
    act(reviewer(), moved.matter_id, "ask_opinions", {"note": "是否占用永久基本农田"})
    farm, resources = Matter.objects.filter(procedure="joint_opinion").order_by("organ_code")
    act(county("farm"), farm.id, "agree", {"opinion": "不在永久基本农田内"})
    department = signed_in(
        hired("nongye", role="county_approver", area=COUNTY, organ="farm", only_for_organ=True)
    )
    office = signed_in(hired("shencha", role="service_reviewer", area=HERE, organ=HERE))
    theirs, ours = (at.get(page).content.decode() for at in (department, office))
    for seen in (theirs, ours):
        assert "不在永久基本农田内" in seen
        assert "待答复" in seen
    link = reverse("console:matter", args=[resources.id])
    assert link in ours
    assert link not in theirs


def test_who_works_on_a_renewal_sees_what_it_renews() -> None:
    before = Matter.objects.get(id=delivered(TIMBER).matter_id)
    renewal = applied(TIMBER, renews=before.id)
    page = at_window().get(reverse("console:matter", args=[renewal.matter_id])).content.decode()
    address = reverse("console:matter", args=[before.id])
    assert f'href="{address}">{before.facts["result_number"]}</a>' in page
    assert f"有效期至 {before.facts['valid_until']}" in page


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
    assert taken["Location"].startswith(reverse("console:matter", args=[matters[0].id]))
    page = window.get(taken["Location"]).content.decode()
    assert all(m.tracking_code in page for m in matters)
    assert "高龄老人一件事" in window.get(reverse("console:matter", args=[matters[1].id])).content.decode()
    assert window.get(reverse("console:intake_bundle", args=["nothing"])).status_code == 404


def at_village(site_items: list[str]) -> tuple[Hired, Client]:
    """A village agent's browser, at a service site that takes these items."""
    a_site(item_codes=site_items)
    agent = hired("cundaiban", role="village_agent", area=VILLAGE, organ=HERE)
    return agent, signed_in(agent)


def test_a_village_site_takes_what_it_may_and_says_where_else_to_go() -> None:
    _agent, browser = at_village([NEARBY])
    refused = browser.get(reverse("console:intake", args=[HOUSE_PERMIT]))
    assert refused.status_code == 422
    assert "请到" in refused.content.decode()
    page = reverse("console:intake", args=[NEARBY])
    assert browser.get(page).status_code == 200
    assert browser.post(page, {**PERSON, "village": VILLAGE, **typed_in(filled(NEARBY))}).status_code == 302
    assert Matter.objects.get(procedure="service").channel == Channel.VILLAGE


def test_an_agent_submits_under_a_mandate_and_both_name_each_other() -> None:
    agent, browser = at_village([])
    actor = load_actor(agent.account_id, second_factor=True)
    task = mandated(actor)
    shown = browser.get(reverse("console:agent_task", args=[task.matter_id])).content.decode()
    page = reverse("console:agent_intake", args=[task.matter_id])
    assert page in shown
    asked = browser.get(page).content.decode()
    assert "人员 cundaiban" in asked
    for once in ("王小明", "11010519491231002X", "13800000001"):  # recorded with the mandate, not typed again
        assert f'value="{once}"' in asked
    sent = browser.post(page, {**PERSON, "village": VILLAGE, **typed_in(filled(NEARBY))})
    assert sent.status_code == 302
    made = Matter.objects.get(procedure="service")
    assert made.channel == Channel.AGENT
    assert Matter.objects.get(id=task.matter_id).related_id == made.id
    assert browser.get(page).status_code == 404
    other = signed_in(hired("biecun", role="village_agent", area=THERE + "201", organ=THERE))
    assert other.get(page).status_code == 404


def test_nothing_is_handed_in_for_another_without_the_authority_and_its_paper() -> None:
    window = at_window()
    address = reverse("console:intake", args=[ALLOWANCE])
    given = {**PERSON, "village": village(), **typed_in(filled(ALLOWANCE)), "represented_by": "张小明"}
    bare = window.post(address, given)
    assert bare.status_code == 422
    assert {"authority", "authority_papers"} <= set(bare.context["person"].errors)
    wrong = window.post(address, {**given, "authority": "legal_representative", "authority_papers": _scan()})
    assert set(wrong.context["person"].errors) == {"authority"}  # a person has no legal representative
    assert not Matter.objects.exists()
    sent = window.post(address, {**given, "authority": "guardianship", "authority_papers": _scan()})
    assert sent.status_code == 302
    shown = window.get(sent["Location"]).content.decode()
    paper = re.search(r'href="([^"]+[?]view)"[^>]*>\s*监护证明', shown)
    assert paper
    assert window.get(paper[1]).status_code == 200


def _scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF")


def test_scans_of_what_could_not_be_taken_in_yet_are_not_made_again() -> None:
    window = at_window()
    address, code = reverse("console:intake", args=[ALLOWANCE]), ITEMS[ALLOWANCE].materials[0].code
    given = {**PERSON, "village": village(), **typed_in(filled(ALLOWANCE))}
    lacking = window.post(address, {**given, "name": "", f"paper-{code}": _scan()})
    boxes = re.findall(
        rf'name="paper-{code}-waiting"[^>]*value="([0-9a-f]{{48}})" checked', lacking.content.decode()
    )
    assert len(boxes) == 1
    assert window.post(address, {**given, f"paper-{code}-waiting": boxes}).status_code == 302
    assert len(Matter.objects.get().facts["papers"][code]) == 1


def test_scans_are_seen_beside_the_review() -> None:
    window = at_window()
    code = next(m.code for m in ITEMS[ALLOWANCE].materials)
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "PNG")
    scans = [SimpleUploadedFile("a.png", out.getvalue()), SimpleUploadedFile("b.pdf", b"%PDF-1.4\n%%EOF")]
    window.post(
        reverse("console:intake", args=[ALLOWANCE]),
        {**PERSON, "village": village(), **typed_in(filled(ALLOWANCE)), f"paper-{code}": scans},
    )
    page = window.get(reverse("console:matter", args=[Matter.objects.get().id])).content.decode()
    picture = re.search(r'<img src="([^"]+\?view)"', page)
    assert picture
    seen = window.get(picture[1])
    assert seen["Content-Type"] == "image/png"
    assert "attachment" not in seen.get("Content-Disposition", "")
    assert page.count("?view") >= 3
    pdf = re.search(r'<iframe src="([^"]+[?]view)"', page)
    assert pdf, "a PDF is looked at beside the review as a picture is"
    framed = window.get(pdf[1])
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]
    kept = window.get(picture[1].partition("?")[0])
    assert kept["Content-Disposition"].startswith("attachment")


def test_the_page_of_an_application_is_not_listed_under_incidents() -> None:
    moved = applied(ALLOWANCE)
    page = at_window().get(reverse("console:matter", args=[moved.matter_id])).content.decode()
    current = re.findall(r'<a[^>]*aria-current="page"[^>]*>', page)
    assert not any(reverse("console:matters") in link for link in current)


def test_what_was_found_is_read_by_who_decides_and_only_what_is_left_is_offered() -> None:
    moved = applied(LIVING_ALLOWANCE)
    act(clerk(), moved.matter_id, "accept_for_county")
    behind = signed_in(hired("shencha", role="service_reviewer", area=HERE, organ=HERE))
    page = reverse("console:matter", args=[moved.matter_id])
    offered = lambda step: re.findall(  # noqa: E731
        rf'name="{step}-inquiry"[^>]* value="([^"]+)"', behind.get(page).content.decode()
    )
    assert offered("look_into") == ["household_survey", "democratic_appraisal"]
    assert offered("begin_inquiry") == ["public_notice"]
    assert "核查、调查（计入时限）</span>" in behind.get(page).content.decode()
    act(reviewer(), moved.matter_id, "look_into", {"inquiry": "household_survey", "staff": TWO})
    act(reviewer(), moved.matter_id, "end_inquiry", {"finding": "三口人，人均月收入 412 元"})
    assert offered("look_into") == ["democratic_appraisal"]
    act(reviewer(), moved.matter_id, "look_into", {"inquiry": "democratic_appraisal"})
    act(reviewer(), moved.matter_id, "end_inquiry", {"finding": "全票同意"})
    assert (
        "核查、调查（计入时限）</span>" not in behind.get(page).content.decode()
    )  # nothing is left to look into
    act(reviewer(), moved.matter_id, "review", {"opinion": "建议纳入低保"})
    story = behind.get(page).content.decode()
    for said in ("入户调查", TWO, "三口人，人均月收入 412 元", "建议纳入低保"):
        assert said in story


def test_a_file_that_is_no_picture_is_a_link_in_what_happened(tmp_path: Path) -> None:
    moved = applied()
    act(clerk(), moved.matter_id, "accept")
    pdf = keep_upload(SimpleUploadedFile("minutes.pdf", b"%PDF-1.4\n%%EOF\n"), by=None)
    act(reviewer(), moved.matter_id, "review", {"opinion": "属实", "files": [str(pdf.id)]})
    page = at_window().get(reverse("console:matter", args=[moved.matter_id])).content.decode()
    assert reverse("console:paper", args=[moved.matter_id, pdf.id]) in page
    assert reverse("console:thumbnail", args=[moved.matter_id, pdf.id]) not in page


def test_who_looks_at_a_persons_paper_is_recorded_once_a_day_before_it_is_shown() -> None:
    moved = applied()
    act(clerk(), moved.matter_id, "accept")
    pdf = keep_upload(SimpleUploadedFile("minutes.pdf", b"%PDF-1.4\n%%EOF\n"), by=None)
    act(reviewer(), moved.matter_id, "review", {"opinion": "属实", "files": [str(pdf.id)]})
    person = hired("chuangkou", role="window_clerk", area=HERE, organ=HERE)
    window, shown = signed_in(person), reverse("console:paper", args=[moved.matter_id, pdf.id])
    assert window.get(shown).status_code == window.get(shown + "?view").status_code == 200
    (look,) = looks_at([pdf.id])[pdf.id]
    assert (look.act, look.seq) == ("look", 1)
    ledger = window.get(reverse("console:matter_ledger", args=[moved.matter_id])).content.decode()
    assert "minutes.pdf" in ledger
    assert look.who_name in ledger
    with frozen(now() + timedelta(days=1)):
        assert signed_in(person).get(shown).status_code == 200
    assert len(looks_at([pdf.id])[pdf.id]) == 2


def test_what_cannot_be_recorded_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    moved = applied()
    act(clerk(), moved.matter_id, "accept")
    pdf = keep_upload(SimpleUploadedFile("minutes.pdf", b"%PDF-1.4\n%%EOF\n"), by=None)
    act(reviewer(), moved.matter_id, "review", {"opinion": "属实", "files": [str(pdf.id)]})
    monkeypatch.setattr(looks, "record", Mock(side_effect=Refusal(BUSY)))
    with pytest.raises(Refusal):
        at_window().get(reverse("console:paper", args=[moved.matter_id, pdf.id]))


def test_a_damaged_photo_with_an_act_is_refused_beside_what_was_typed() -> None:
    moved = applied(ALLOWANCE)
    damaged = SimpleUploadedFile("现场.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 64, "image/jpeg")
    given = {"note-files": [damaged], "note-note": "现场看过"}
    answer = at_window().post(reverse("console:act", args=[moved.matter_id, "note"]), given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "照片打不开" in page
    assert "现场看过" in page


def test_who_comes_too_late_with_an_act_is_told_that_another_was_first() -> None:
    moved = applied(ALLOWANCE)
    act(clerk(), moved.matter_id, "accept")
    window, address = at_window(), reverse("console:act", args=[moved.matter_id, "accept"])
    late = window.post(address, {"accept-revision": str(moved.revision)}, follow=True)
    assert "刚刚由别人办过了" in late.content.decode()
    assert window.post(address, {}).status_code == 403
