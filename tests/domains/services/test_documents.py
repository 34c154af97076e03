"""Each act that the law wants on paper makes its paper, in the right name, and says what the record says."""

import io
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.cast import COUNTY, HERE, THERE, hired, signed_in
from tests.domains.services.applying import (
    ALLOWANCE,
    HOUSE_PERMIT,
    ITEMS,
    LIVING_ALLOWANCE,
    PARTY_HELP,
    TIMBER,
    TWO,
    ZHANG,
    applied,
    clerk,
    county,
    head,
    papers,
    reviewer,
)
from tests.domains.services.test_service import RESOLVED
from tests.kernel.documents.sealing_office import keys_in, sealed_office
from yimen.domains.catalogue.api import Basis, cited
from yimen.domains.services.api import SERVICE, WRITTEN, act
from yimen.domains.services.letters import HEARD
from yimen.domains.services.models import SupervisedObject
from yimen.kernel.calendar.today import LOCAL_ZONE, frozen, now
from yimen.kernel.documents.document import Listing, Rows
from yimen.kernel.documents.issuing import document_of, documents_of, organ_name
from yimen.kernel.documents.models import IssuedDocument
from yimen.kernel.documents.sealing import seal_waiting
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.breaches import act_on_breaches
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import clocks_of
from yimen.kernel.notices.models import OutboxMessage
from yimen.kernel.words import Text

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def office(tmp_path: Path, settings: LazySettings) -> None:
    settings.DATA = tmp_path
    keys_in(tmp_path, settings)
    sealed_office()


def heard(matter_id: UUID) -> list[IssuedDocument]:
    """What the matter's events made, sealed."""
    for message in OutboxMessage.objects.filter(stream=matter_id).order_by("id"):
        HEARD[message.topic](message.id, message.payload)
    seal_waiting()
    return documents_of(matter_id)


def kinds(matter_id: UUID) -> list[str]:
    return [d.kind for d in heard(matter_id)]


def text_of(row: IssuedDocument) -> str:
    """Every word that a document says, as kept."""
    return re.sub(r"\s", "", str(document_of(row)))


def test_every_step_that_writes_is_a_step_with_an_event() -> None:
    steps = {s.code: s for s in SERVICE.steps}
    assert set(WRITTEN) <= set(steps)
    assert all(steps[code].event for code in WRITTEN)


def test_the_straight_road_makes_its_papers_once() -> None:
    matter_id = applied(ALLOWANCE).matter_id
    act(clerk(), matter_id, "accept")
    act(reviewer(), matter_id, "review", {"opinion": "属实"})
    act(head(), matter_id, "grant", {"reason": "按月发放{甲}"})
    act(clerk(), matter_id, "issue", {"number": "云青1号"})
    heard(matter_id)
    act(clerk(), matter_id, "deliver", {"way": "counter", "receipt": "张大爷"})
    assert kinds(matter_id) == ["receipt", "acceptance", "grant", "result", "delivery"]
    rows = heard(matter_id)
    assert len(rows) == 5
    by_kind = {d.kind: d for d in rows}
    assert by_kind["grant"].title == "准予决定书"
    assert "按月发放{甲}" in text_of(by_kind["grant"])
    assert "六十日" in text_of(by_kind["grant"])
    assert "云青1号" in text_of(by_kind["result"])
    assert {d.organ_code for d in rows} == {HERE}
    assert all(d.number and d.holder == "张*爷" for d in rows)
    assert "张大爷" not in "".join(str(d.__dict__) for d in rows)
    assert "service_head" in by_kind["grant"].asked_by


def test_an_organisation_goes_by_its_name_and_a_person_by_its_ends() -> None:
    shop = replace(ZHANG, name="云溪山货店", id_kind="credit", id_number="91350100M000100Y43")
    for who, told in ((shop, "云溪山货店"), (ZHANG, "张*爷")):
        moved = applied(TIMBER, applicant=who)
        act(clerk(), moved.matter_id, "grant_on_commitment", {"files": papers()})
        act(clerk(), moved.matter_id, "issue", {"number": "林采1"})
        assert {d.holder for d in heard(moved.matter_id)} == {told}
        act(clerk(), moved.matter_id, "deliver", {"way": "counter", "receipt": "本人"})
        heard(moved.matter_id)
        assert SupervisedObject.objects.get(matter_id=moved.matter_id).holder == told
        assert Matter.objects.get(id=moved.matter_id).title.endswith(f" · {told}")


def test_a_permits_papers_name_the_article_they_rest_on_and_others_do_not() -> None:
    permit, benefit = applied(TIMBER, missing=1).matter_id, applied(ALLOWANCE, missing=1).matter_id
    for matter_id in (permit, benefit):
        act(clerk(), matter_id, "name_defects", {"defects": "缺照片"})
    cited_by = {
        d.kind: "《中华人民共和国行政许可法》第三十二条第一款第四项" in text_of(d) for d in heard(permit)
    }
    assert cited_by["defects"]
    assert all("许可" not in text_of(d) for d in heard(benefit))


def test_defects_are_listed_in_full_with_their_day() -> None:
    matter_id = applied(ALLOWANCE, missing=1).matter_id
    act(clerk(), matter_id, "name_defects", {"defects": "一、缺照片\n\n二、没有签名"})
    notice = heard(matter_id)[-1]
    said = text_of(notice)
    assert notice.kind == "defects"
    assert "缺照片" in said
    assert "没有签名" in said
    assert Matter.objects.get(id=matter_id).due_at is not None
    assert "视为撤回" in said


def test_defects_are_numbered_once() -> None:
    moved = applied(HOUSE_PERMIT, missing=2)
    act(
        clerk(),
        moved.matter_id,
        "name_defects",
        {"defects": "1. 缺少甲\n2、缺少乙\n（3）缺少丙\n4.5 米要写清\n五、有图"},
    )
    told = next(d for d in heard(moved.matter_id) if d.kind == "defects")
    listed = next(b for b in document_of(told).body if isinstance(b, Listing))
    assert [str(line.zh) for line in listed.words] == ["缺少甲", "缺少乙", "缺少丙", "4.5 米要写清", "有图"]


def test_an_acceptance_on_a_promise_says_what_is_to_follow_and_by_when() -> None:
    item = ITEMS[HOUSE_PERMIT]
    follows = next(m for m in item.materials if m.may_follow)
    others = frozenset(m.code for m in item.materials if m is not follows)
    moved = applied(HOUSE_PERMIT, shown=others)
    at = signed_in(hired("bu", role="window_clerk", area=HERE, organ=HERE))
    before = at.get(reverse("console:matter", args=[moved.matter_id])).content.decode()
    draft = at.post(reverse("console:preview_document", args=[moved.matter_id, "accept_deferred"])).content
    act(clerk(), moved.matter_id, "accept_deferred", {"files": papers()})
    words = text_of(next(d for d in heard(moved.matter_id) if d.kind == "acceptance"))
    assert "容缺受理" in words
    assert follows.name.zh in words
    ends = {c.limit_code: c.due_at.astimezone(LOCAL_ZONE) for c in clocks_of(moved.matter_id)}
    assert f"请于{ends['deferred']:%Y年%-m月%-d日}前补齐" in words
    assert f"{ends['promise']:%Y年%-m月%-d日}" in words
    assert f"容缺补齐最迟到 {ends['deferred']:%Y-%m-%d}" in before
    drawn = re.sub(r"\s", "", pypdfium2.PdfDocument(draft)[0].get_textpage().get_text_range())
    assert f"请于{ends['deferred']:%Y年%-m月%-d日}前补齐" in drawn


def test_each_law_is_cited_once_with_its_articles_in_both_languages() -> None:
    law = Text("中华人民共和国社会救助法", "Social Assistance Law")
    measures = Text("最低生活保障审核确认办法（民发〔2021〕57号）", "Measures (Minfa [2021] No. 57)")
    found = cited([Basis(law, "第十八条"), Basis(law, "第一百零二条第一款第四项"), Basis(measures, "")])
    assert (
        found.zh
        == "《中华人民共和国社会救助法》第十八条、第一百零二条第一款第四项；《最低生活保障审核确认办法》（民发〔2021〕57号）"
    )
    assert found.en == (
        "Social Assistance Law, Article 18, Article 102 paragraph 1 item 4; Measures (Minfa [2021] No. 57)"
    )


def test_a_department_writes_itself_in_full_and_english_begins_with_a_capital() -> None:
    assert organ_name("civil").zh == "云溪县民政局"
    moved = applied(ALLOWANCE)
    act(clerk(), moved.matter_id, "withdraw")
    closing = document_of(heard(moved.matter_id)[-1])
    assert str(closing.body[0].words.en).startswith("Your application")  # type: ignore[union-attr]


def test_each_notice_tells_the_day_of_its_own_limit() -> None:
    moved = applied(HOUSE_PERMIT)
    act(clerk(), moved.matter_id, "accept")
    for kind in Matter.objects.get(id=moved.matter_id).facts["inquiries"]:
        step = (
            "look_into"
            if kind in Matter.objects.get(id=moved.matter_id).facts["counted"]
            else "begin_inquiry"
        )
        act(reviewer(), moved.matter_id, step, {"inquiry": kind, "staff": TWO})
        act(reviewer(), moved.matter_id, "end_inquiry", {"finding": "属实"})
    act(reviewer(), moved.matter_id, "review", {"opinion": "有争议"})
    act(head(), moved.matter_id, "extend", {"number": 10, "reason": "要核实"})
    act(head(), moved.matter_id, "tell_hearing", {"reason": "涉及邻居"})
    act(clerk(), moved.matter_id, "ask_hearing")
    when = now().astimezone(LOCAL_ZONE).date() + timedelta(days=20)
    act(
        head(),
        moved.matter_id,
        "notify_hearing",
        {"when": str(when), "hour": "上午9时30分", "place": "会议室"},
    )
    told = {d.kind: text_of(d) for d in heard(moved.matter_id)}
    ends = {
        c.limit_code: f"{c.due_at.astimezone(LOCAL_ZONE):%Y年%-m月%-d日}" for c in clocks_of(moved.matter_id)
    }
    assert f"最迟于{ends['decide']}前" in told["extension"]
    assert ends["decide"] != ends["promise"]
    assert f"请于{ends['ask_hearing']}前提出" in told["hearing_right"]
    assert f"{when:%Y年%-m月%-d日}上午9时30分" in told["hearing_notice"]


def test_what_a_party_organisation_refuses_is_appealed_within_the_party() -> None:
    matter_id = applied(PARTY_HELP).matter_id
    act(clerk(), matter_id, "decline", {"reason": "不是中共党员"})
    told = text_of(next(d for d in heard(matter_id) if d.kind == "no_acceptance"))
    assert "上级党组织" in told
    assert "行政复议" not in told
    assert "行政诉讼" not in told


def test_a_refusal_tells_reasons_and_remedies() -> None:
    matter_id = applied(TIMBER).matter_id
    act(clerk(), matter_id, "accept")
    act(reviewer(), matter_id, "review", {"opinion": "不符"})
    if Matter.objects.get(id=matter_id).facts["reviewers"] > 1:
        act(reviewer(), matter_id, "second_review", {"opinion": "不符"})
    act(head(), matter_id, "refuse", {"reason": "超出采伐限额"})
    rows = heard(matter_id)
    refusal = next(d for d in rows if d.kind == "refusal")
    assert refusal.title == "不予行政许可决定书"
    for words in ("超出采伐限额", "六十日", "六个月", "行政复议", "行政诉讼"):
        assert words in text_of(refusal)
    assert [d.kind for d in rows][-1] == "delivery"
    table = next(b for b in document_of(rows[-1]).body if isinstance(b, Rows))
    assert {what.zh: value.zh for what, value in table.rows}["送达的文书"] == "不予行政许可决定书"


def test_what_the_county_decides_is_in_its_name_and_waits_for_its_seal() -> None:
    matter_id = applied(LIVING_ALLOWANCE).matter_id
    organ = "civil"
    act(clerk(), matter_id, "accept_for_county")
    for kind in list(Matter.objects.get(id=matter_id).facts["inquiries"]):
        counted = kind in Matter.objects.get(id=matter_id).facts["counted"]
        act(
            reviewer(),
            matter_id,
            "look_into" if counted else "begin_inquiry",
            {"inquiry": kind, "staff": TWO},
        )
        act(reviewer(), matter_id, "end_inquiry", {"finding": "属实"})
    act(reviewer(), matter_id, "review", {"opinion": "属实"})
    act(reviewer(), matter_id, "second_review", {"opinion": "属实"})
    act(reviewer(), matter_id, "record_resolution", RESOLVED)
    act(reviewer(), matter_id, "hand_up", {"opinion": "建议确认"})
    act(county(organ), matter_id, "county_grant", {"reason": "确认"})
    rows = heard(matter_id)
    grant = next(d for d in rows if d.kind == "grant")
    assert grant.organ_code == organ
    assert grant.paper_id is None
    assert all(d.paper_id for d in rows if d.organ_code == HERE)
    sealed_office(organ, words="云溪县民政局", number_word="云民")
    seal_waiting()
    assert IssuedDocument.objects.get(id=grant.id).number.startswith("云民准予字")


def test_a_deemed_acceptance_is_told_on_paper_too() -> None:
    with frozen(now() - timedelta(days=20)):
        matter_id = applied(ALLOWANCE).matter_id
    act_on_breaches()
    acceptance = heard(matter_id)[-1]
    assert acceptance.kind == "acceptance"
    assert "逾期未告知补正" in text_of(acceptance)


def test_a_revoked_result_is_taken_back_where_it_is_checked() -> None:
    matter_id = applied(TIMBER).matter_id
    act(clerk(), matter_id, "grant_on_commitment", {"files": papers()})
    act(clerk(), matter_id, "issue", {"number": "林采〔2026〕1号"})
    heard(matter_id)
    act(clerk(), matter_id, "deliver", {"way": "counter", "receipt": "张大爷"})
    heard(matter_id)
    certificate = next(d for d in documents_of(matter_id) if d.kind == "result")
    assert certificate.title == "林木采伐许可证"
    page = reverse("portal:checked", args=[certificate.check_code])
    assert "登记簿里有这份文书" in Client().get(page).content.decode()
    act(head(), matter_id, "revoke", {"reason": "以欺骗手段取得"})
    heard(matter_id)
    shown = Client().get(page).content.decode()
    assert "已经收回" in shown
    assert "以欺骗手段取得" in shown


@pytest.mark.parametrize(
    ("step", "given", "kind"),
    [
        ("redirect", {"reason": "不属本机关", "where": "县水利局"}, "no_acceptance"),
        ("not_needed", {"reason": "依法不需要"}, "no_acceptance"),
        ("decline", {"reason": "依法不受理"}, "no_acceptance"),
        ("withdraw", {}, "closing"),
    ],
)
def test_what_ends_early_is_told_on_paper(step: str, given: dict[str, Any], kind: str) -> None:
    matter_id = applied(ALLOWANCE).matter_id
    act(clerk(), matter_id, step, given)
    last = heard(matter_id)[-1]
    assert last.kind == kind
    assert all(str(v) in text_of(last) for v in given.values())


def the_receipt() -> tuple[Matter, IssuedDocument]:
    matter_id = applied(ALLOWANCE).matter_id
    return Matter.objects.get(id=matter_id), heard(matter_id)[0]


def test_the_applicant_opens_it_with_the_code_and_nobody_without() -> None:
    matter, row = the_receipt()
    other, _ = the_receipt()
    resident = Client()
    page = resident.get(reverse("portal:tracked", args=[matter.tracking_code])).content.decode()
    address = reverse("portal:document", args=[matter.tracking_code, row.id])
    assert address in page
    answer = resident.get(address)
    assert answer["Content-Type"] == "application/pdf"
    pages = pypdfium2.PdfDocument(io.BytesIO(answer.content))
    assert row.number in re.sub(r"\s", "", pages[0].get_textpage().get_text_range())
    assert resident.get(address + "?en").status_code == 200
    assert resident.get(reverse("portal:document", args=[other.tracking_code, row.id])).status_code == 404


def test_an_officer_opens_it_and_the_look_is_recorded() -> None:
    matter, row = the_receipt()
    address = reverse("console:document", args=[matter.id, row.id])
    officer = signed_in(hired("kan", role="window_clerk", area=HERE, organ=HERE))
    assert address in officer.get(reverse("console:matter", args=[matter.id])).content.decode()
    assert officer.get(address).status_code == 405
    assert officer.post(address).status_code == 200
    assert Entry.objects.filter(stream=row.id, act="read_document").count() == 1
    stranger = signed_in(hired("wai", role="window_clerk", area=THERE, organ=THERE))
    assert stranger.post(address).status_code == 404


def test_a_decision_is_previewed_before_it_is_made() -> None:
    matter_id = applied(ALLOWANCE).matter_id
    act(clerk(), matter_id, "accept")
    act(reviewer(), matter_id, "review", {"opinion": "属实"})
    boss = signed_in(hired("zhang", role="service_head", area=HERE, organ=HERE))
    address = reverse("console:preview_document", args=[matter_id, "grant"])
    assert address in boss.get(reverse("console:matter", args=[matter_id])).content.decode()
    answer = boss.post(address, {"grant-reason": "准予发放"})
    text = re.sub(r"\s", "", pypdfium2.PdfDocument(answer.content)[0].get_textpage().get_text_range())
    assert "准予发放" in text
    assert "预览" in text
    assert Matter.objects.get(id=matter_id).state == "reviewed"
    clerks = signed_in(hired("bu", role="window_clerk", area=HERE, organ=HERE))
    assert clerks.post(address, {"grant-reason": "x"}).status_code == 403


def test_anyone_checks_a_file_and_a_code() -> None:
    matter, row = the_receipt()
    pdf = Client().get(reverse("portal:document", args=[matter.tracking_code, row.id])).content
    page = reverse("portal:check")

    def asked(content: bytes) -> str:
        return Client().post(page, {"file": SimpleUploadedFile("a.pdf", content)}).content.decode()

    assert "这份文件是真的" in asked(pdf)
    assert "张*爷" in asked(pdf)
    assert "张大爷" not in asked(pdf)
    assert "没有电子签章" not in asked(pdf[:200])
    assert "读不出" in asked(b"%PDF-1.4 junk")
    assert Client().post(page, {"code": row.check_code}).status_code == 302
    assert Client().post(page, {"code": "AAAA-AAAA-AAAA"}).status_code == 422
    assert Client().post(page, {}).status_code == 422
    assert Client().get(reverse("portal:checked", args=["' OR 1=1"])).status_code == 404
    assert Client().get(reverse("portal:revoked_certificates"))["Content-Type"] == "application/pkix-crl"


def test_guessing_codes_is_held_back() -> None:
    guesser = Client(REMOTE_ADDR="203.0.113.7")
    page = reverse("portal:check")
    answers = {guesser.post(page, {"code": f"AAAA-AAAA-A{n:03d}"}).status_code for n in range(125)}
    assert answers == {422, 429}


def test_seals_are_managed_on_screen() -> None:
    boss = hired("yin", role="seal_manager", area=COUNTY)
    browser = signed_in(boss)
    assert "审批服务专用章" in browser.get(reverse("console:seals")).content.decode()
    page = reverse("console:new_seal") + "?organ=civil"
    hired("guan", organ="civil")
    assert browser.get(reverse("console:new_seal")).status_code == 200
    keeper = re.search(r'value="([0-9a-f-]{36})"[^>]*>人员 guan', browser.get(page).content.decode())
    assert keeper
    given = {"words": "云溪县民政局", "purpose": "审批专用章", "number_word": "云民", "basis": "文件1号", "custodian": keeper[1], "since": "2026-11-20"}  # fmt: skip
    assert browser.post(page, {**given, "words": ""}).status_code == 422
    made = browser.post(page, given)
    assert made.status_code == 302
    shown = browser.get(made["Location"]).content.decode()
    assert "人员 guan" in shown
    assert browser.get(made["Location"] + "picture.svg")["Content-Type"] == "image/svg+xml"
    ended = browser.post(made["Location"], {"end": "1", "end-on": "2030-01-01", "end-reason": "撤并"})
    assert ended.status_code == 302
    assert browser.post(made["Location"], {"end": "1", "end-on": "2031-01-01", "end-reason": "撤并"}).status_code == 422  # fmt: skip
    reader = signed_in(hired("du", role="service_head", area=HERE, organ=HERE))
    assert reader.get(made["Location"]).status_code == 404
    assert reader.get(page).status_code == 403
