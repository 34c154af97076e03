"""The papers of an application (行政许可法 第三十二条: 加盖专用印章和注明日期的书面凭证): which act makes which, and what each says.

Heard from the outbox after the act; composed once for each act, then sealed by the kernel under the organ's one seal.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

import orjson

from yimen.domains.catalogue.api import PERMIT, Basis, Field, Item, Period, cited, item_version
from yimen.domains.services import rules
from yimen.domains.services.deciders import decides_now, stands_with
from yimen.domains.services.holders import holder_of
from yimen.kernel.calendar.today import LOCAL_ZONE
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.documents.document import Block, Document, Listing, Paragraph, Rows, said
from yimen.kernel.documents.issuing import compose, organ_name, withdraw_documents
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import begun_by, clocks_of, procedure_of
from yimen.kernel.org.models import Post
from yimen.kernel.words import Text

_REMEDY = Text(
    "如不服本决定，可以自收到本决定书之日起六十日内向{county}人民政府申请行政复议，也可以自收到之日起六个月内依法向有管辖权的人民法院提起行政诉讼。",
    "Whoever disagrees may apply to the people’s government of {county} for review within sixty days of receiving this, "
    "or sue in the people’s court that has jurisdiction within six months.",
)
_WITHIN_THE_PARTY = Text(
    "如不同意本决定，可以依照《中国共产党章程》第四条向上级党组织提出请求、申诉，并要求给以负责的答复。",
    "Whoever disagrees may put their request or appeal to the Party organisation above, under article 4 of the Party’s constitution, "
    "and ask for a responsible answer.",
)
"""A Party organisation's decision is no administrative act: neither review nor suit is open against it (行政诉讼法 第二条)."""
_LICENSING_LAW = Text("中华人民共和国行政许可法", "Administrative Licensing Law")
_UNITS = {
    "working_days": Text("{n}个工作日", "{n} working days"), "calendar_days": Text("{n}日", "{n} days"),
    "months": Text("{n}个月", "{n} months"), "working_hours": Text("{n}个工作小时", "{n} working hours"),
    "hours": Text("{n}小时", "{n} hours"),
}  # fmt: skip
_INQUIRIES = {
    "inspection": Text("现场核查、检验检测", "inspection or testing"), "expert_review": Text("专家评审", "review by experts"),
    "public_notice": Text("公示", "public notice"), "household_survey": Text("入户调查", "a visit to the household"),
    "democratic_appraisal": Text("民主评议", "democratic appraisal"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """What a paper is written from: the application, the act that asks for it, and when each limit ends that it started."""

    matter: Matter
    item: Item
    act: Entry
    given: Mapping[str, Any]
    holder: str
    ends: Mapping[str, date]

    @property
    def is_permit(self) -> bool:
        """Whether the item is an administrative permit."""
        return self.item.power_type == PERMIT

    @property
    def on(self) -> date:
        """The day of the act."""
        return self.act.at.astimezone(LOCAL_ZONE).date()

    @property
    def filed_on(self) -> date:
        """The day the application was handed in."""
        return self.matter.opened_at.astimezone(LOCAL_ZONE).date()

    @property
    def intro(self) -> Text:
        """Which application this is about, as a clause."""
        return Text(
            "你（单位）于{day}提出的“{item}”申请（编号{number}）", "your application of {day_en} for “{item}” (number {number})"
        ).fill(day=_day(self.filed_on).zh, day_en=_day(self.filed_on).en, item=self.item.name, number=self.matter.number)  # fmt: skip


def _day(on: date) -> Text:
    return Text(f"{on:%Y年%-m月%-d日}", f"{on:%-d %B %Y}")


def _length(period: Period) -> Text:
    return _UNITS[period.unit].fill(n=period.number)


def _paragraph(sentence: Text, /, **values: object) -> Paragraph:
    said = sentence.fill(**values)
    return Paragraph(Text(said.zh, said.en[:1].upper() + said.en[1:]))


_OWN_NUMBER = re.compile(
    r"^\s*(?:\d{1,2}\s*(?:[.．](?!\d)|[、)）])|[一二三四五六七八九十]{1,3}、|[（(][\d一二三四五六七八九十]{1,3}[)）])\s*"
)
"""The number a clerk wrote before a line; the paper numbers its lines itself."""


def _paper(case: Case, title: Text, word: str, *body: Block) -> Document:
    return Document(
        title=title, word=word, to=case.holder, body=body, on=case.on, holder=holder_of(case.matter)[0]
    )


def receipt(case: Case) -> Document:
    """What was received, when, and until when it is accepted or its defects named."""
    there = {*(case.matter.facts.get("papers") or {}), *(case.matter.facts.get("shown") or ())}
    received = tuple(m.name for m in case.item.materials if m.code in there)
    rows = Rows((
        (Text("申请事项", "Item"), case.item.name),
        (Text("申请编号", "Number"), said(case.matter.number)),
        (Text("查询码", "Tracking code"), said(case.matter.tracking_code)),
        (Text("收件时间", "Received"), said(f"{case.act.at.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}")),
    ))  # fmt: skip
    listed: tuple[Block, ...] = (
        _paragraph(Text("收到的材料：", "Received:")), Listing(received),
    ) if received else (_paragraph(Text("收到申请表，没有其他材料。", "The form was received, without other documents.")),)  # fmt: skip
    end = _paragraph(
        Text(
            "收到之日起五个工作日内决定受理或者一次告知需要补正的全部内容；逾期不告知的，自收到之日起即为受理。",
            "Within five working days it is accepted, or all that must be put right is named at once; otherwise it counts as accepted from this day.",
        )
    )
    return _paper(
        case,
        Text("申请材料收件凭证", "Receipt of application"),
        "收件",
        rows,
        *listed,
        end,
        *_by(case, rules.RECEIVE),
    )


def acceptance(case: Case) -> Document:
    """That it is accepted, and how long it may take."""
    is_late = case.act.act.startswith("deem_accepted")
    is_deferred = case.act.act.startswith("accept_deferred")
    why = (
        Text(
            "{intro}，经审查，属于本机关职权范围，主要材料符合要求，依你（单位）的书面承诺容缺受理。",
            "We accept {intro} on your written promise: it is within our powers, and its main materials are there.",
        )
        if is_deferred
        else
        Text(
            "因逾期未告知补正，{intro}自收到之日起即为受理。",
            "As no defects were named in time, {intro} counts as accepted from the day it was received.",
        )
        if is_late
        else Text(
            "{intro}，经审查，属于本机关职权范围，材料符合受理要求，现予受理。", "We accept {intro}: it is within our powers and complete."
        )
    )  # fmt: skip
    finish = case.ends.get("promise")
    times = Rows((
        (Text("法定办结时限", "Statutory limit"), _length(case.item.statutory)),
        (Text("承诺办结时限", "Promised limit"), _length(case.item.promised)),
        *(((Text("最迟办结", "At the latest"), _day(finish)),) if finish else ()),
        (Text("收费", "Fees"), Text("；".join(f.name.zh for f in case.item.fees), "; ".join(f.name.en for f in case.item.fees)) if case.item.fees else Text("不收费", "None")),
    ))  # fmt: skip
    note = _paragraph(
        Text(
            "依法不计入办理时限的特别程序（听证、检验、检测、鉴定、专家评审等），需要时另行书面告知所需时间。",
            "What the law does not count (hearings, tests, expert reviews and the like) is told to you in writing, with its length.",
        )
    )
    return _paper(case, Text("受理通知书", "Notice of acceptance"), "受理", _paragraph(why, intro=case.intro), *(_deferred(case) if is_deferred else ()), times, note, *_by(case, rules.DEEMED if is_late else rules.RECEIVE))  # fmt: skip


def _deferred(case: Case) -> tuple[Block, ...]:
    """What was promised to follow, by when, and what happens otherwise (容缺受理)."""
    missing = set(case.matter.facts.get("missing") or ())
    names = tuple(m.name for m in case.item.materials if m.code in missing)
    asked = _paragraph(
        Text("请于{due}前补齐所缺的材料；逾期未补的，视为撤回申请。", "Please bring what is missing by {due}; otherwise it counts as withdrawn."),
        due=_told(case, "deferred"),
    )  # fmt: skip
    return (asked, Listing(names)) if names else (asked,)


def _told(case: Case, limit: str) -> Text:
    """The day on which a limit runs out, in words; a dash where only the act will say, as in the preview of more time."""
    return _day(case.ends[limit]) if limit in case.ends else said("—")


def defects(case: Case) -> Document:
    """Everything that must be put right, once."""
    written = (_OWN_NUMBER.sub("", line) for line in str(case.given.get("defects", "")).splitlines())
    lines = tuple(said(line) for line in written if line.strip())
    return _paper(
        case, Text("补正材料告知书", "Notice of defects"), "补正",
        _paragraph(Text("{intro}，材料不齐全或者不符合法定形式，需要补正的全部内容如下：", "For {intro}, the following must be put right; this is all of it:"), intro=case.intro),
        Listing(lines),
        _paragraph(
            Text("请于{due}前一次补齐；逾期未补的，视为撤回申请，不影响再次申请。", "Please do so by {due}; otherwise it counts as withdrawn, and you may apply again."),
            due=_told(case, "supplement"),
        ),
        *_by(case, rules.DEEMED),
    )  # fmt: skip


def no_acceptance(case: Case) -> Document:
    """Why it is not accepted, and where to go."""
    opening = {
        "redirect": Text("{intro}，不属于本机关职权范围，决定不予受理。请向{where}申请。", "{intro} is not within our powers and is not accepted. Please apply to {where}."),
        "not_needed": Text("{intro}，依法不需要取得许可或者办理手续，不予受理。", "{intro} is not accepted, as the law asks no such step of you."),
        "decline": Text("{intro}，依法不予受理。", "{intro} is not accepted."),
    }[case.act.act]  # fmt: skip
    return _paper(
        case, Text("不予受理决定书", "Decision not to accept"), "不受",
        _paragraph(opening, intro=case.intro, where=case.given.get("where", "")),
        _reason(case), *_warning(case), *_by(case, rules.RECEIVE), _remedy(case),
    )  # fmt: skip


def special_procedure(case: Case) -> Document:
    """That a procedure begins whose time does not count, and how long it takes."""
    kind = str(case.given.get("inquiry", ""))
    return _paper(
        case, Text("特别程序告知书", "Notice of a special procedure"), "特程",
        _paragraph(
            Text("{intro}，依法需要进行{what}，所需时间不计入办理时限，预计于{due}前完成。", "{intro} needs {what}; its time does not count. It should be done by {due}."),
            intro=case.intro, what=_INQUIRIES.get(kind, said(kind)), due=_told(case, "inquiry"),
        ),
        *([Paragraph(said(str(case.given["note"])))] if case.given.get("note") else []),
        *_by(case, rules.NOT_COUNTED),
    )  # fmt: skip


def extension(case: Case) -> Document:
    """That more time was granted, by whom and why."""
    return _paper(
        case, Text("延长办理期限告知书", "Notice of more time"), "延期",
        _paragraph(
            Text("{intro}，不能在规定期限内作出决定，经本机关负责人批准，延长{n}个工作日，最迟于{due}前作出决定。", "{intro} cannot be decided in time. With the head’s approval it takes {n} working days more, until {due} at the latest."),
            intro=case.intro, n=case.given.get("number", ""), due=_told(case, "decide"),
        ),
        _reason(case), *_by(case, rules.LIMIT),
    )  # fmt: skip


def hearing_right(case: Case) -> Document:
    """That a hearing may be asked for within five working days."""
    return _paper(
        case, Text("听证权利告知书", "Notice of the right to a hearing"), "听告",
        _paragraph(
            Text("{intro}，直接涉及你（单位）或者他人的重大利益。你（单位）有权要求听证，请于{due}前提出；逾期不提出的，视为放弃。听证不收费用。", "{intro} affects important interests of yours or of others. You may ask for a hearing until {due}; otherwise it is taken as not wanted. A hearing costs nothing."),
            intro=case.intro, due=_told(case, "ask_hearing"),
        ),
        _reason(case), *_by(case, rules.HEARING),
    )  # fmt: skip


def hearing_notice(case: Case) -> Document:
    """When and where the hearing is held."""
    rows = Rows((
        (Text("时间", "When"), _hearing_time(case)),
        (Text("地点", "Place"), said(str(case.given.get("place", "")))),
    ))  # fmt: skip
    return _paper(
        case, Text("听证通知书", "Notice of hearing"), "听通",
        _paragraph(Text("{intro}，定于下列时间和地点公开举行听证。", "A public hearing is held about {intro}."), intro=case.intro),
        rows,
        _paragraph(Text("你（单位）可以亲自参加，也可以委托代理人；认为主持人与本件有直接利害关系的，有权申请回避；可以申辩和质证。", "You may come or send a representative, object to a host who has an interest in it, and speak and question the evidence.")),
        *_by(case, rules.HEARING_HELD),
    )  # fmt: skip


def _hearing_time(case: Case) -> Text:
    if not case.given.get("when"):
        return said("")
    day, hour = _day(date.fromisoformat(str(case.given["when"]))), str(case.given.get("hour", ""))
    return Text(f"{day.zh}{hour}", f"{day.en}, {hour}")


def grant(case: Case) -> Document:
    """The decision to grant."""
    title = Text("准予行政许可决定书", "Decision to grant a permit") if case.is_permit else Text("准予决定书", "Decision to grant")  # fmt: skip
    opening = {
        "deem_renewed": Text("{intro}，因在原结果有效期届满前未作出决定，依法视为准予延续。", "As it was not decided before the old result ended, {intro} counts as granted."),
        "grant_on_commitment": Text("{intro}，你（单位）已书面承诺符合条件，现决定准予；事后核查与承诺不符的，依法撤销。", "On your written commitment we grant {intro}; if a later check shows otherwise, it is revoked."),
    }.get(case.act.act, Text("{intro}，经审查，符合法定条件、标准，决定准予{permit}。", "Having been examined, {intro} meets the conditions and is granted."))  # fmt: skip
    decision = str(case.given.get("reason", ""))
    told = (
        (_paragraph(Text("决定内容：{words}", "The decision: {words}"), words=decision),) if decision else ()
    )
    return _paper(
        case, title, "准许" if case.is_permit else "准予", _paragraph(opening, intro=case.intro, permit="行政许可" if case.is_permit else ""), *told, _basis(case, rules.DECISION), _remedy(case)
    )  # fmt: skip


def refusal(case: Case) -> Document:
    """The decision to refuse, with reasons and remedies (第三十八条第二款)."""
    title = Text("不予行政许可决定书", "Decision to refuse a permit") if case.is_permit else Text("不予批准决定书", "Decision to refuse")  # fmt: skip
    return _paper(
        case, title, "不许" if case.is_permit else "不予",
        _paragraph(Text("{intro}，经审查，决定不予{permit}。", "Having been examined, {intro} is refused."), intro=case.intro, permit="行政许可" if case.is_permit else "批准"),
        _reason(case), *_warning(case), _basis(case, rules.DECISION), _remedy(case),
    )  # fmt: skip


def result(case: Case) -> Document:
    """The certificate, where the result is an approval that is set here; else the notice of what was made."""
    number = str(case.matter.facts.get("result_number", ""))
    until = case.matter.facts.get("valid_until")
    since = str(case.matter.facts.get("valid_from") or case.on)
    valid = Text("自{a}起至{b}", "{a} to {b}").fill(a=_day(date.fromisoformat(since)), b=_day(date.fromisoformat(until))) if until else Text("长期", "Without an end")  # fmt: skip
    first = case.item.results[0]
    is_set_here = first.kind == "approval"
    title = first.name if is_set_here else Text("办理结果通知书", "Notice of result")
    names = Text("、".join(r.name.zh for r in case.item.results), ", ".join(r.name.en for r in case.item.results))  # fmt: skip
    opening = Text("经审查，准予“{item}”。", "“{item}” is granted.") if is_set_here else Text("{intro}已经办结，结果为：{names}。", "{intro} is done. The result: {names}.")  # fmt: skip
    rows = Rows((
        (Text("编号", "Number"), said(number)),
        (Text("持有人", "Holder"), said(case.holder)),
        (Text("事项", "Item"), case.item.name),
        (Text("有效期", "Valid"), valid),
    ))  # fmt: skip
    return _paper(
        case, title, "证" if is_set_here else "办结",
        _paragraph(opening, intro=case.intro, item=case.item.name, names=names), rows, _basis(case, rules.CERTIFICATE),
    )  # fmt: skip


def delivery_sheet(case: Case) -> Document:
    """The receipt that is signed when the result is handed over (送达回证)."""
    blank = Text("　", " ")
    number = str(case.matter.facts.get("result_number", "")) or case.matter.number
    names = Text("、".join(r.name.zh for r in case.item.results), ", ".join(r.name.en for r in case.item.results))  # fmt: skip
    what = refusal(case).title if "refuse" in case.act.act else names
    rows = Rows((
        (Text("受送达人", "Addressee"), said(case.holder)),
        (Text("送达的文书", "Delivered"), what),
        (Text("编号", "Number"), said(number)),
        (Text("送达方式", "How"), Text("□ 窗口领取　□ 邮寄　□ 电子送达（已同意）", "□ counter  □ post  □ electronic (consented)")),
        (Text("收件人签名", "Signature of the receiver"), blank),
        (Text("收到日期", "Day of receipt"), Text("　　年　　月　　日", " ")),
        (Text("代收人签名和理由", "Signature of who receives for another, and why"), blank),
        (Text("送达人签名", "Signature of who delivers"), blank),
    ))  # fmt: skip
    return _paper(case, Text("送达回证", "Proof of delivery"), "送达", rows)


def closing(case: Case) -> Document:
    """That the application ended without a decision, and why."""
    why = Text("申请人撤回申请", "the applicant withdrew it") if case.act.act == "withdraw" else Text("逾期未补齐材料，视为撤回申请", "it was not completed in time and counts as withdrawn")  # fmt: skip
    return _paper(
        case, Text("终止办理告知书", "Notice of closing"), "终止",
        _paragraph(Text("{intro}，因{why}，现终止办理。你（单位）可以再次申请。", "{intro} is closed, as {why}. You may apply again."), intro=case.intro, why=why),
    )  # fmt: skip


def revocation(case: Case) -> Document:
    """That the result is revoked or cancelled."""
    is_revoked = case.act.act.endswith("revoke")
    title = (
        Text("撤销决定书", "Decision to revoke") if is_revoked else Text("注销决定书", "Decision to cancel")
    )
    what = Text("撤销", "revoked") if is_revoked else Text("注销", "cancelled")
    return _paper(
        case, title, "撤销" if is_revoked else "注销",
        _paragraph(
            Text("{intro}的结果（编号{result}），现依法予以{what}。", "The result ({result}) of {intro} is {what}."),
            intro=case.intro, result=case.matter.facts.get("result_number", ""), what=what,
        ),
        *((_expiry(case),) if case.act.act == "expire" else (_reason(case), *_fraud(case), *_by(case, rules.REVOKE if is_revoked else rules.CANCEL))),
        _remedy(case),
    )  # fmt: skip


def _expiry(case: Case) -> Paragraph:
    until = _day(date.fromisoformat(str(case.matter.facts["valid_until"])))
    return _paragraph(
        Text(
            "理由和依据：有效期于{day}届满，未延续（行政许可法第七十条第一项）。",
            "Reasons and basis: it ended on {day_en} and was not renewed (article 70 (1) of the Licensing Law).",
        ),
        day=until.zh, day_en=until.en,
    )  # fmt: skip


def _reason(case: Case) -> Paragraph:
    return _paragraph(Text("理由和依据：{words}", "Reasons and basis: {words}"), words=case.given.get("reason", ""))  # fmt: skip


def _warning(case: Case) -> tuple[Paragraph, ...]:
    """The warning to who gave false materials for a permit, and until when none may be asked for (第七十八条)."""
    if not case.given.get("is_false") or not case.is_permit:
        return ()
    told = _paragraph(Text("申请人隐瞒有关情况或者提供虚假材料，依照《行政许可法》第七十八条给予警告。", "Facts were hidden or false materials given: this is a warning under article 78 of the Licensing Law."))  # fmt: skip
    until = str(case.matter.facts.get("barred_until", ""))
    barred = Text("本事项直接关系公共安全、人身健康、生命财产安全，{day}以前不得再次申请。", "As it concerns public safety, health or life and property, it may not be applied for again before {day}.")  # fmt: skip
    return (told, _paragraph(barred, day=_day(date.fromisoformat(until)))) if until else (told,)


def _fraud(case: Case) -> tuple[Paragraph, ...]:
    """To who obtained a permit by fraud where safety is concerned: until when they may not ask for it again (第七十九条)."""
    until = str(case.matter.facts.get("barred_until", ""))
    if not case.given.get("is_fraud") or not until:
        return ()
    barred = Text("以欺骗、贿赂等不正当手段取得直接关系公共安全、人身健康、生命财产安全的许可，依照《行政许可法》第七十九条，{day}以前不得再次申请。", "Obtained by fraud or bribery where public safety, health or life and property are concerned: under article 79 of the Licensing Law it may not be applied for again before {day}.")  # fmt: skip
    return (_paragraph(barred, day=_day(date.fromisoformat(until))),)


def _basis(case: Case, article: str) -> Paragraph:
    """What the item rests on, and for a permit the article of the Licensing Law that the paper rests on."""
    return _resting_on(*case.item.basis, *_licensing(case, article))


def _by(case: Case, article: str) -> tuple[Paragraph, ...]:
    """The article of the Licensing Law that asks for the paper; nothing where the item is no permit."""
    found = _licensing(case, article)
    return (_resting_on(*found),) if found else ()


def _licensing(case: Case, article: str) -> tuple[Basis, ...]:
    return (Basis(_LICENSING_LAW, article.removeprefix(rules.LICENSING).strip()),) if case.is_permit else ()


def _resting_on(*bases: Basis) -> Paragraph:
    return _paragraph(Text("依据：{laws}。", "Basis: {laws}."), laws=cited(bases))


def _remedy(case: Case) -> Paragraph:
    if Field.PARTY in case.item.fields:
        return _paragraph(_WITHIN_THE_PARTY)
    return _paragraph(_REMEDY, county=current_county().called)


_Written = tuple[str, str, Callable[[Case], Document]]

_GRANT: _Written = ("grant", rules.DECISION, grant)
_REFUSAL: _Written = ("refusal", rules.DECISION, refusal)
_RESULT: _Written = ("result", rules.CERTIFICATE, result)
_ACCEPTANCE: _Written = ("acceptance", rules.RECEIVE, acceptance)
_DELIVERY: _Written = ("delivery", rules.DELIVERY, delivery_sheet)
_RECEIPT: _Written = ("receipt", rules.RECEIVE, receipt)
_NO_ACCEPTANCE: _Written = ("no_acceptance", rules.RECEIVE, no_acceptance)
_EXTENSION: _Written = ("extension", rules.LIMIT, extension)
_CLOSING: _Written = ("closing", rules.LICENSING, closing)

WRITTEN: Mapping[str, tuple[_Written, ...]] = {
    "submit": (_RECEIPT,),
    "supplement": (_RECEIPT,),
    "accept": (_ACCEPTANCE,),
    "accept_for_county": (_ACCEPTANCE,),
    "accept_deferred": (_ACCEPTANCE,),
    "accept_deferred_for_county": (_ACCEPTANCE,),
    "deem_accepted": (_ACCEPTANCE,),
    "deem_accepted_for_county": (_ACCEPTANCE,),
    "name_defects": (("defects", rules.DEEMED, defects),),
    "redirect": (_NO_ACCEPTANCE,),
    "not_needed": (_NO_ACCEPTANCE,),
    "decline": (_NO_ACCEPTANCE,),
    "begin_inquiry": (("special_procedure", rules.NOT_COUNTED, special_procedure),),
    "extend": (_EXTENSION,),
    "county_extend": (_EXTENSION,),
    "tell_hearing": (("hearing_right", rules.HEARING, hearing_right),),
    "notify_hearing": (("hearing_notice", rules.HEARING_HELD, hearing_notice),),
    "grant": (_GRANT,),
    "county_grant": (_GRANT,),
    "grant_on_commitment": (_GRANT,),
    "deem_renewed": (_GRANT,),
    "refuse": (_REFUSAL, _DELIVERY),
    "county_refuse": (_REFUSAL, _DELIVERY),
    "issue": (_RESULT, _DELIVERY),
    "settle": (_RESULT,),
    "withdraw": (_CLOSING,),
    "lapse": (_CLOSING,),
    "revoke": (("revocation", rules.REVOKE, revocation),),
    "county_revoke": (("revocation", rules.REVOKE, revocation),),
    "cancel": (("revocation", rules.CANCEL, revocation),),
    "county_cancel": (("revocation", rules.CANCEL, revocation),),
    "expire": (("revocation", rules.EXPIRED, revocation),),
}
"""Step → the papers it makes: kind, the article it stands on, and what it says."""

_OF_WHO_DECIDES = frozenset({"grant", "refusal", "result", "revocation"})
_TAKING_BACK = frozenset({"revoke", "county_revoke", "cancel", "county_cancel", "expire", "replace"})
_TAKEN_BACK = ("grant", "result")


def write(message_id: UUID, payload: Mapping[str, Any]) -> None:
    """Hear of an act on an application: compose the papers it makes, each once; a revocation takes the result's back."""
    step = str(payload["step"])
    written = WRITTEN.get(step, ())
    if not written and step not in _TAKING_BACK:
        return
    case = _case(UUID(str(payload["matter"])), int(payload["revision"]))
    who = "·".join(part for part in (case.act.who_name, _post_name(case.act.post)) if part)
    for kind, law, made in written:
        compose(
            made(case), key=uuid5(message_id, kind), matter_id=case.matter.id, kind=kind,
            organ_code=_organ(case, kind), asked_by=who, law=law, at=case.act.at,
        )  # fmt: skip
    if step in _TAKING_BACK:
        by_the_house = "有效期届满，未延续" if step == "expire" else "已变更，由新的结果代替"
        why = str(case.given.get("reason") or by_the_house)
        withdraw_documents(case.matter.id, _TAKEN_BACK, why, case.act.at)


def _post_name(code: str) -> str:
    return Post.objects.filter(code=code).values_list("name", flat=True).first() or code


def preview(
    matter: Matter, step: str, given: Mapping[str, Any], at: datetime
) -> tuple[Document, Text] | None:
    """The first paper that a step would make, as it would be written now, and in whose name; None when it makes none."""
    if step not in WRITTEN:
        return None
    kind, _law, made = WRITTEN[step][0]
    entry = Entry(act=step, at=at)
    begun = begun_by(matter, procedure_of(matter).step(step), at)
    ends = {limit.code: end.astimezone(LOCAL_ZONE).date() for limit, end in begun}
    case = Case(matter, item_version(matter.kind, int(matter.facts["item_version"])), entry, given, _holder(matter), ends)  # fmt: skip
    return made(case), organ_name(_organ(case, kind))


def _case(matter_id: UUID, revision: int) -> Case:
    matter = Matter.objects.get(id=matter_id)
    entry = Entry.objects.get(stream=matter_id, seq=revision)
    ends = {c.limit_code: c.due_at.astimezone(LOCAL_ZONE).date() for c in clocks_of(matter_id)}
    item = item_version(matter.kind, int(matter.facts["item_version"]))
    return Case(matter, item, entry, orjson.loads(entry.payload).get("given") or {}, _holder(matter), ends)


def _holder(matter: Matter) -> str:
    private = matter.unsealed()
    return str(private.get("name", ""))


def _organ(case: Case, kind: str) -> str:
    """In whose name: of who decided (who decides today, for what takes a result back); what comes before, of the township, or of
    its approval organ where that has the power (行政许可法 第二十五条). The hall receives for all of them."""
    if kind not in _OF_WHO_DECIDES:
        standing = stands_with(case.matter)
        is_its_own = standing.level == "township" and kind != "receipt"
        return standing.organ if is_its_own else case.matter.township_code
    found = decides_now(case.matter) if kind == "revocation" else stands_with(case.matter)
    if kind == "revocation" and (found.level == "county") != case.act.act.startswith("county"):
        found = stands_with(case.matter)
    return found.organ
