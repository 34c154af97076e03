"""Applying online: kept as one goes, one's own, handed in once; then followed, put right, withdrawn and rated by its code."""

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.domains.services.applying import (
    ALLOWANCE,
    HOUSE_PERMIT,
    ITEMS,
    SENIOR_CARD,
    TIMBER,
    an_answer,
    applied,
    clerk,
    filled,
    head,
    reviewer,
    sealed,
    village,
)
from tests.domains.services.applying import delivered as carried
from yimen.design.answer_forms import AnswerForm
from yimen.domains.services.api import SERVICE, act, drafts
from yimen.domains.services.models import Draft, Rating
from yimen.kernel.access.throttle import PUBLIC_REPORTS
from yimen.kernel.forms.schema import LONGEST, read_form
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import move
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")
PERSON = {
    "name": "张大爷",
    "id_kind": "citizen",
    "id_number": "11010519491231002X",
    "phone": "13800000000",
    "address": "",
}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000" "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)  # fmt: skip


def browser() -> Client:
    """Somebody at a phone."""
    return Client(headers={"host": "localhost"})


def errors(answer: Any) -> list[str]:
    """What a page says is wrong."""
    return re.findall(r'href="#id_([^"]+)"', answer.content.decode())


def begun(at: Client, item: str = ALLOWANCE, upon: dict[str, str] | None = None) -> str:
    """The code of a draft that has just been begun."""
    answer = at.post(reverse("portal:apply", args=[item]), upon or {})
    assert answer.status_code == 302
    return str(answer["Location"]).strip("/").split("/")[-1]


def typed_in(answers: dict[str, Any]) -> dict[str, Any]:
    """Answers as a page sends them."""
    flat: dict[str, Any] = {}
    for name, value in answers.items():
        if isinstance(value, list):
            flat |= {f"{name}.{n}.{k}": v for n, row in enumerate(value) for k, v in row.items()}
        else:
            flat[name] = value
    return {k: ("yes" if v else "no") if isinstance(v, bool) else v for k, v in flat.items()}


def filled_in(at: Client, item: str = ALLOWANCE, upon: dict[str, str] | None = None) -> str:
    """A draft with everything in it but the papers."""
    code = begun(at, item, upon)
    at.post(reverse("portal:apply_person", args=[code]), {**PERSON, "place": village()})
    for n, page in enumerate(read_form(ITEMS[item].form).pages, 1):
        given = {k: v for k, v in filled(item).items() if k in page.questions}
        answer = at.post(reverse("portal:apply_page", args=[code, n]), typed_in(given))
        assert answer.status_code == 302, errors(answer)
    return code


def test_a_permit_is_renewed_or_changed_from_the_page_that_follows_it() -> None:
    before, at = Matter.objects.get(id=carried(TIMBER).matter_id), browser()
    page = at.get(reverse("portal:tracked", args=[before.tracking_code])).content.decode()
    assert 'value="renews"' in page
    assert 'value="changes"' in page
    given = {"upon": "changes", "before": before.tracking_code}
    code = filled_in(at, TIMBER, given)
    assert "· 变更" in at.get(reverse("portal:apply_check", args=[code])).content.decode()
    assert at.post(reverse("portal:apply_check", args=[code])).status_code == 302
    assert Matter.objects.get(procedure=SERVICE.code, state="submitted").facts["changes"] == str(before.id)
    renewal = filled_in(at, TIMBER, {"upon": "renews", "before": before.tracking_code})
    assert at.post(reverse("portal:apply_check", args=[renewal])).status_code == 302
    again = at.get(reverse("portal:tracked", args=[before.tracking_code])).content.decode()
    assert 'value="renews"' not in again  # its renewal is in hand
    other = Matter.objects.get(id=carried(ALLOWANCE).matter_id)
    assert 'name="upon"' not in at.get(reverse("portal:tracked", args=[other.tracking_code])).content.decode()


def test_where_one_lives_is_asked_once_and_known_to_who_answers_letters() -> None:
    at = browser()
    code = begun(at, SENIOR_CARD)
    assert 'name="address"' not in at.get(reverse("portal:apply_person", args=[code])).content.decode()
    matter = handed_in(SENIOR_CARD)
    assert matter.unsealed()["address"] == filled(SENIOR_CARD)["place"]


def handed_in(item: str = ALLOWANCE) -> Matter:
    """An application that came online."""
    at = browser()
    answer = at.post(reverse("portal:apply_check", args=[filled_in(at, item)]))
    assert answer.status_code == 302, errors(answer)
    return Matter.objects.get(tracking_code=str(answer["Location"]).strip("/").split("/")[-2])


def test_an_application_is_filled_in_page_by_page_and_handed_in_once() -> None:
    at = browser()
    code = filled_in(at)
    check = at.get(reverse("portal:apply_check", args=[code])).content.decode()
    assert "张大爷" in check
    handed = at.post(reverse("portal:apply_check", args=[code]))
    receipt = at.get(handed["Location"]).content.decode()
    assert "高龄津贴" in receipt
    assert re.search(rf'href="{reverse("portal:track")}"[^>]*aria-current="page"', receipt)
    assert at.post(reverse("portal:apply_check", args=[code]))["Location"] == reverse("portal:resume")
    matter = Matter.objects.get(procedure=SERVICE.code)
    assert (matter.channel, matter.state, matter.kind) == ("online", "submitted", ALLOWANCE)
    assert Draft.objects.get(code=code).private is None


def test_where_nothing_is_to_be_handed_in_no_page_asks_for_it() -> None:
    at = browser()
    for item, asks in ((ALLOWANCE, False), (TIMBER, True)):
        code = filled_in(at, item)
        last = len(read_form(ITEMS[item].form).pages)
        given = {
            k: v for k, v in filled(item).items() if k in read_form(ITEMS[item].form).pages[-1].questions
        }
        onward = at.post(reverse("portal:apply_page", args=[code, last]), typed_in(given))["Location"]
        papers = reverse("portal:apply_papers", args=[code])
        assert (onward == papers) is asks
        check = at.get(reverse("portal:apply_check", args=[code])).content.decode()
        assert (papers in check) is asks


def test_a_question_that_hangs_on_an_answer_appears_once_that_is_sent() -> None:
    at = browser()
    code = begun(at, HOUSE_PERMIT)
    page = reverse("portal:apply_page", args=[code, 2])
    assert re.search(r'data-when="has_old_house"[^>]* hidden', at.get(page).content.decode())
    sent = at.post(page, {"has_old_house": "yes"})
    shown = re.findall(r'<(?:div|fieldset)[^>]*data-when="has_old_house"[^>]*>', sent.content.decode())
    assert shown
    assert not any(" hidden" in part for part in shown)
    assert {"old_land_area", "old_house_fate_0"} <= set(errors(sent))
    answered = {"has_old_house": "yes", "old_land_area": "80"} | {
        "old_house_fate": ITEMS[HOUSE_PERMIT].form["properties"]["old_house_fate"]["enum"][0]
    }
    assert at.post(page, answered).status_code == 302


def test_every_question_of_the_catalogue_that_hangs_on_another_can_be_reached() -> None:
    for item in ITEMS.values():
        declared = read_form(item.form)
        pages = {name: n for n, each in enumerate(declared.pages) for name in each.questions}
        for question in declared.questions.values():
            answers, hangs = {}, question.when
            while hangs is not None:
                answers[hangs.answer] = hangs.values[0]
                hangs = declared.questions[hangs.answer].when
            for page in (pages[question.name], None):
                form = AnswerForm(declared, typed_in(answers), page=page)
                fields = [f for n, f in form.fields.items() if n.split(".")[0] == question.name]
                assert fields, f"{item.name.zh}: {question.name}"
                assert all("hidden" not in f.shown_when for f in fields)


def test_rows_are_added_and_taken_out_and_what_else_was_typed_stays() -> None:
    at = browser()
    page = reverse("portal:apply_page", args=[begun(at, HOUSE_PERMIT), 1])
    typed = {"members.0.name": "张大爷", "members.0.is_collective_member": "yes"}
    more = at.post(page, {**typed, "more": "members"}).content.decode()
    assert re.search(r'name="members.1.name"[^>]* autofocus', more)
    second = {"members.1.name": "李大妈", "members.1.is_collective_member": "no"}
    less = at.post(page, {**typed, **second, "less": "members.0"}).content.decode()
    assert re.search(r'name="members.0.name" value="李大妈"', less)
    assert "张大爷" not in less
    assert 'name="members.1.name"' not in less
    assert 'name="less"' not in less, "the form wants one row"


def test_a_group_without_a_row_says_so_at_its_first_box() -> None:
    at = browser()
    answer = at.post(reverse("portal:apply_page", args=[begun(at, HOUSE_PERMIT), 1]), {"work": "rebuild"})
    assert "members.0.name" in errors(answer)
    assert "请填写“申请户成员”。" in answer.content.decode()


def test_what_lacks_at_the_check_leads_to_the_page_that_asks_it() -> None:
    at = browser()
    code = begun(at, HOUSE_PERMIT)
    at.post(reverse("portal:apply_person", args=[code]), {**PERSON, "place": village()})
    answer = at.post(reverse("portal:apply_check", args=[code])).content.decode()
    page = reverse("portal:apply_page", args=[code, 1])
    assert f'<a href="{page}?check">请填写“建房类型”。</a>' in answer
    assert "没有填写" in answer


def test_enter_goes_on_and_does_not_add_a_row() -> None:
    at = browser()
    page = at.get(reverse("portal:apply_page", args=[begun(at, HOUSE_PERMIT), 1])).content.decode()
    buttons = re.findall(r"<button[^>]*type=\"submit\"[^>]*>", page[page.index("form-sheet") :])
    assert any('name="more"' in button for button in buttons)
    assert 'name="more"' not in buttons[0]


def test_what_is_typed_when_the_session_has_ended_is_not_lost() -> None:
    at = browser()
    code = begun(at, HOUSE_PERMIT)
    at.cookies.clear()
    first = at.post(reverse("portal:apply_person", args=[code]), {**PERSON, "place": village()})
    code = re.findall(r"/apply/([A-Z0-9]+)/1/", first["Location"])[0]
    at.cookies.clear()
    page = reverse("portal:apply_page", args=[code, 2])
    sent = at.post(page, {"has_old_house": "yes", "old_land_area": "81.5"})
    assert sent["Location"] == reverse("portal:resume")
    resume = at.get(reverse("portal:resume")).content.decode()
    assert "刚才填的没有丢" in resume
    assert f'value="{code}"' in resume
    stranger = {"code": code, "phone": "13900000000"}
    assert at.post(reverse("portal:resume"), stranger).status_code == 422
    assert drafts.held(Draft.objects.get(code=code)).answers == {}
    opened = at.post(reverse("portal:resume"), {"code": code, "phone": PERSON["phone"]})
    assert opened["Location"] == page
    assert 'value="81.5"' in at.get(page).content.decode()


def test_endless_answers_are_neither_kept_nor_set_aside_and_nothing_is_set_aside_without_end() -> None:
    at = browser()
    code = begun(at, HOUSE_PERMIT)
    at.post(reverse("portal:apply_person", args=[code]), {**PERSON, "place": village()})
    page = reverse("portal:apply_page", args=[code, 2])
    endless = {"has_old_house": "yes", "old_land_area": "8" * 2_000_000}
    assert at.post(page, endless).status_code == 422
    assert len(drafts.held(Draft.objects.get(code=code)).answers["old_land_area"]) == LONGEST + 1
    before = Session.objects.count()
    for _ in range(PUBLIC_REPORTS.uses + 5):
        assert Client(headers={"host": "localhost"}).post(page, endless)["Location"] == reverse(
            "portal:resume"
        )
    made = Session.objects.order_by("expire_date")
    assert before < made.count() <= before + PUBLIC_REPORTS.uses
    assert max(len(s.session_data) for s in made) < 20_000


def test_a_draft_that_another_began_is_nobody_elses_to_fill_in() -> None:
    code = begun(browser())
    victim = browser()
    sent = victim.post(reverse("portal:apply_person", args=[code]), {**PERSON, "place": village()})
    assert code not in sent["Location"]
    assert drafts.held(Draft.objects.get(code=code)).person == {}


def test_what_is_wrong_is_said_and_what_was_typed_stays() -> None:
    at = browser()
    code = begun(at)
    answer = at.post(
        reverse("portal:apply_person", args=[code]),
        {**PERSON, "id_number": "110105194912310021", "place": village()},
    )
    assert answer.status_code == 422
    assert "张大爷" in answer.content.decode()
    at.post(reverse("portal:apply_person", args=[code]), {**PERSON, "place": village()})
    page = reverse("portal:apply_page", args=[code, 1])
    wrong = at.post(page, {"elder_name": "一个名字", "nonsense": "x"})
    assert wrong.status_code == 422
    assert at.get(page).status_code == 200


def test_a_draft_is_opened_again_by_its_code_and_number_and_by_nobody_else() -> None:
    first, other = browser(), browser()
    code = filled_in(first)
    for name in ("apply_person", "apply_papers", "apply_check"):
        assert other.get(reverse(f"portal:{name}", args=[code]))["Location"] == reverse("portal:resume")
    for wrong in (
        {"code": code, "phone": "13900000000"},
        {"code": "AAAAAAAAAAAA", "phone": PERSON["phone"]},
        {"code": code, "phone": ""},
    ):
        assert other.post(reverse("portal:resume"), wrong).status_code in (200, 422)
        assert other.get(reverse("portal:apply_check", args=[code]))["Location"] == reverse("portal:resume")
    # The session is lost with the phone; the answers are not.
    opened = other.post(reverse("portal:resume"), {"code": code, "phone": "138-0000-0000"})
    assert opened["Location"] == reverse("portal:apply_check", args=[code])
    assert "张大爷" in other.get(opened["Location"]).content.decode()


def test_nothing_of_a_draft_lies_open_in_the_database() -> None:
    at = browser()
    code = filled_in(at)
    row = Draft.objects.get(code=code)
    assert "张大爷".encode() not in bytes(row.private or b"")


def test_what_is_not_offered_online_cannot_be_begun() -> None:
    assert browser().post(reverse("portal:apply", args=["330700055001"])).status_code == 404
    assert browser().post(reverse("portal:apply", args=["000000000000"])).status_code == 404
    assert browser().get(reverse("portal:apply", args=[ALLOWANCE])).status_code == 405


def test_defects_are_shown_to_the_applicant_who_puts_them_right() -> None:
    matter = handed_in(HOUSE_PERMIT)
    act(clerk(), matter.id, "name_defects", {"defects": "缺少宅基地使用承诺书"})
    at = browser()
    page = reverse("portal:tracked", args=[matter.tracking_code])
    said = at.get(page).content.decode()
    assert "缺少宅基地使用承诺书" in said
    revision = re.search(r'name="supplement-revision" value="(\d+)"', said)
    assert revision
    upload = SimpleUploadedFile("承诺书.png", PNG, "image/png")
    sent = at.post(
        reverse("portal:follow_up", args=[matter.tracking_code, "supplement"]),
        {"supplement-revision": revision[1], "supplement-files": upload},
    )
    assert sent.status_code == 302, errors(sent)
    matter.refresh_from_db()
    assert matter.state == "submitted"
    assert at.post(reverse("portal:follow_up", args=[matter.tracking_code, "accept"])).status_code == 404


@pytest.mark.parametrize(("missing", "ticked"), [(1, 1), (2, 0)])
def test_a_single_material_that_is_missing_is_ticked_as_brought(missing: int, ticked: int) -> None:
    moved = applied(HOUSE_PERMIT, missing=missing)
    act(clerk(), moved.matter_id, "name_defects", {"defects": "请补交"})
    page = browser().get(reverse("portal:tracked", args=[moved.tracking_code]))
    boxes = re.findall(r'<input[^>]*name="supplement-missing"[^>]*>', page.content.decode())
    assert (len(boxes), sum("checked" in b for b in boxes)) == (missing, ticked)


def test_of_two_materials_named_the_one_that_came_is_there_and_the_other_still_missing() -> None:
    moved = applied(HOUSE_PERMIT, missing=2)
    came, owed = Matter.objects.get(id=moved.matter_id).facts["missing"]
    act(clerk(), moved.matter_id, "name_defects", {"defects": "缺两件"})
    at, page = browser(), reverse("portal:tracked", args=[moved.tracking_code])
    said = at.get(page).content.decode()
    revision = re.search(r'name="supplement-revision" value="(\d+)"', said)
    assert revision
    assert f'value="{came}"' in said
    follow_up = reverse("portal:follow_up", args=[moved.tracking_code, "supplement"])
    empty = at.post(follow_up, {"supplement-revision": revision[1]})
    assert empty.status_code == 422
    assert re.search(r'<details class="act" open>\s*<summary>.*?补正材料', empty.content.decode(), re.S)
    assert "请上传补正的材料" in empty.content.decode()
    upload = SimpleUploadedFile("一件.png", PNG, "image/png")
    given = {"supplement-revision": revision[1], "supplement-missing": came, "supplement-files": upload}
    sent = at.post(follow_up, given)
    assert sent.status_code == 302, errors(sent)
    facts = Matter.objects.get(id=moved.matter_id).facts
    assert facts["missing"] == [owed]
    assert came in facts["shown"]
    assert owed not in facts["shown"]
    told = at.get(page).content.decode().split("经过</h2>")[1]
    assert told.index("补正材料") < told.index("请您补正材料") < told.index("已提交")
    with pytest.raises(Refusal, match="还缺必要的材料"):
        act(clerk(), moved.matter_id, "accept")
    assert act(clerk(), moved.matter_id, "decline", {"reason": "告知后仍没有补全"}).state == "declined"


def test_the_applicant_reads_what_was_done_how_long_it_grew_and_at_what_hour_the_hearing_is() -> None:
    matter = handed_in(HOUSE_PERMIT)
    two = {"inquiry": "inspection", "staff": "甲一、乙二"}
    hearing = {"when": "2099-03-10", "hour": "下午2时", "place": "镇政府三楼"}
    for who, step, given in (
        (clerk(), "correct", {}), (clerk(), "accept", {}), (reviewer(), "look_into", two),
        (reviewer(), "end_inquiry", {"finding": "内部意见"}), (reviewer(), "review", {"opinion": "内部意见"}),
        (head(), "extend", {"number": 15, "reason": "要核对四至"}), (reviewer(), "tell_hearing", {"reason": "邻居有异议"}),
        (clerk(), "ask_hearing", {}), (reviewer(), "notify_hearing", hearing),
    ):  # fmt: skip
        act(who, matter.id, step, given)
    page = browser().get(reverse("portal:tracked", args=[matter.tracking_code])).content.decode()
    for said in (
        "做什么：现场核查、检验检测", "批准延长", "延长几个工作日：15；要核对四至", "通知并公告听证",
        "听证日期：2099-03-10；几点开始：下午2时；听证地点：镇政府三楼",
    ):  # fmt: skip
        assert said in page, said
    assert "内部意见" not in page
    assert "甲一" not in page


def delivered() -> Matter:
    """An application carried to its end."""
    matter = handed_in()
    for who, step, given in (
        (clerk(), "accept", {}), (reviewer(), "review", {"opinion": "属实"}), (head(), "grant", {"reason": "准予"}),
        (clerk(), "issue", {"number": "1号"}), (clerk(), "deliver", {"way": "counter", "receipt": "张大爷"}),
    ):  # fmt: skip
        act(who, sealed(matter.id), step, given)
    matter.refresh_from_db()
    return matter


def test_a_life_event_is_applied_for_once_and_followed_together() -> None:
    at = browser()
    guide = at.get(reverse("portal:bundle", args=["very-old"])).content.decode()
    items = re.findall(r'name="items" value="(\d{12})"', guide)
    assert len(items) > 1
    answer = at.post(reverse("portal:apply_bundle", args=["very-old"]), {"items": items})
    code = str(answer["Location"]).strip("/").split("/")[-1]
    at.post(reverse("portal:apply_person", args=[code]), {**PERSON, "place": village()})
    draft = Draft.objects.get(code=code)
    whole = drafts.item_of(draft)
    declared = read_form(whole.form)
    answers = {q.name: an_answer(q) for q in declared.questions.values()}
    for n, page in enumerate(declared.pages, 1):
        given = typed_in({k: v for k, v in answers.items() if k in page.questions})
        sent = at.post(reverse("portal:apply_page", args=[code, n]), given)
        assert sent.status_code == 302, errors(sent)
    for name, number in (("apply_person", 1), ("apply_papers", 3), ("apply_check", 4)):
        shown = at.get(reverse(f"portal:{name}", args=[code])).context
        assert (len(shown["steps"]), shown["step_number"]) == (4, number)
    last = at.get(reverse("portal:apply_page", args=[code, len(declared.pages)])).context
    assert last["step_number"] == 2
    check = at.get(reverse("portal:apply_check", args=[code])).content.decode()
    assert check.count("居民身份证") <= 2  # the kind of paper, and the material once
    answer = at.post(reverse("portal:apply_check", args=[code]))
    matters = list(Matter.objects.order_by("id"))
    assert [m.kind for m in matters] == items
    page = at.get(reverse("portal:tracked", args=[matters[0].tracking_code])).content.decode()
    receipt = at.get(answer["Location"]).content.decode()
    for other in matters[1:]:
        for told in (page, receipt):
            assert other.number in told
            assert other.tracking_code in told
    assert at.post(reverse("portal:apply_bundle", args=["nothing"])).status_code == 404


def test_a_matter_is_rated_once_and_a_bad_rating_is_answered_in_time() -> None:
    early = handed_in()
    at = browser()
    at.post(reverse("portal:rate", args=[early.tracking_code]), {"level": "5"})
    assert not Rating.objects.exists()
    matter = delivered()
    address = reverse("portal:rate", args=[matter.tracking_code])
    at.post(address, {"level": "9"})
    at.post(address, {"level": "1", "words": "等得太久", "is_anonymous": "on"})
    at.post(address, {"level": "5"})
    rating = Rating.objects.get()
    assert (rating.level, rating.is_anonymous, rating.rectification_id) == (1, True, None)
    assert "等得太久" in at.get(reverse("portal:tracked", args=[matter.tracking_code])).content.decode()


def test_who_rated_badly_reads_the_answer_and_rates_it_in_turn() -> None:
    matter, at = delivered(), browser()
    page = reverse("portal:tracked", args=[matter.tracking_code])
    at.post(reverse("portal:rate", args=[matter.tracking_code]), {"level": "2"})
    rating = Rating.objects.get()
    again = reverse("portal:rate_again", args=[matter.tracking_code, rating.id])
    assert rating.rectification_id is not None
    assert again not in at.get(page).content.decode()
    move(head(), rating.rectification_id, "contact", given={"words": "我们正在核实。"})
    move(head(), rating.rectification_id, "answer", given={"result": "加开了一个窗口。"})
    shown = at.get(page).content.decode()
    assert "我们正在核实。" in shown
    assert "加开了一个窗口。" in shown
    assert again in shown
    at.post(again, {f"{rating.id}-level": "4"})
    assert Matter.objects.get(id=rating.rectification_id).state == "closed"
    assert again not in at.get(page).content.decode()
    other = delivered()
    assert at.post(reverse("portal:rate_again", args=[other.tracking_code, rating.id])).status_code == 404


def test_what_was_typed_is_sent_again_with_one_tap_though_every_cookie_went_meanwhile() -> None:
    at = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    code = begun(browser())
    address = reverse("portal:apply_person", args=[code])
    sent = {**PERSON, "place": village()}
    answer = at.post(address, sent, headers={"origin": "http://localhost"})
    text = answer.content.decode()
    assert answer.status_code == 403
    assert "还没有提交" in text
    again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))
    assert sent.items() <= again.items()
    onward = at.post(address, again, headers={"origin": "http://localhost"})
    assert onward.status_code == 302
    assert re.fullmatch(r"/apply/\w+/1/", onward["Location"])


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_what_another_site_sent_is_never_offered_to_be_sent_again(origin: str) -> None:
    at = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    address = reverse("portal:apply_person", args=[begun(browser())])
    answer = at.post(address, PERSON, headers={"origin": origin} if origin else {})
    assert answer.status_code == 403
    assert PERSON["name"] not in answer.content.decode()
