"""The rules an application is judged by: statements about the facts, true when all is well."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from yimen.kernel.calendar.today import LOCAL_ZONE
from yimen.kernel.procedure.language import GuardFacts, rule
from yimen.kernel.words import Text

LICENSING = "行政许可法"
RECEIVE = f"{LICENSING} 第三十二条"
DEEMED = f"{LICENSING} 第三十二条第一款第四项"
REPRESENTED = "行政许可法 第二十九条；民法典 第一百六十一条至第一百六十五条"
REVIEW = f"{LICENSING} 第三十四条"
INTERESTED = f"{LICENSING} 第三十六条"
DECISION = f"{LICENSING} 第三十八条"
JOINT_OPINION = f"{LICENSING} 第二十六条第二款"
LIMIT = f"{LICENSING} 第四十二条"
PRELIMINARY = f"{LICENSING} 第四十三条"
CERTIFICATE = f"{LICENSING} 第四十四条"
NOT_COUNTED = f"{LICENSING} 第四十五条"
HEARING = f"{LICENSING} 第四十七条"
HEARING_HELD = f"{LICENSING} 第四十八条"
CHANGE = f"{LICENSING} 第四十九条"
RENEWAL = f"{LICENSING} 第五十条"
INSPECTED = f"{LICENSING} 第五十五条"
IN_ORDER = f"{LICENSING} 第五十七条"
FALSE_BEFORE = f"{LICENSING} 第七十八条"
FALSE_AFTER = f"{LICENSING} 第七十九条"
REVOKE = f"{LICENSING} 第六十九条"
CANCEL = f"{LICENSING} 第七十条"
EXPIRED = f"{CANCEL}第一项"
SHARED = "国务院关于在线政务服务的若干规定 第七条"
DEFERRED = "安阳市政务服务条例 第二十四条（参照）"
COMMITMENT = "安阳市政务服务条例 第二十五条至第二十九条（参照）"
SEALED = f"{LICENSING} 第三十九条；党政机关公文处理工作条例 第九条第十三项"
DELIVERY = "行政许可法 第四十四条；民事诉讼法 第八十八条至第九十二条（参照）"
PRIVACY = "个人信息保护法 第三十四条、第三十五条"
COUNTY_RULE = "县定规则"
TRANSFER = "行政许可法 第二十五条；关于推进基层整合审批服务执法力量的实施意见 一"

_DIVIDES = re.compile(r"[、,，;；\s]+")
WITHOUT_DELAY = 10
JOINT = 15


@rule(
    "service.not_instant",
    Text("不是即办件，要先受理、审查。", "This is not done on the spot: accept and review it first."),
    REVIEW,
)
def item_is_instant(facts: GuardFacts) -> bool:
    """Only what can be decided on the spot is decided on the spot."""
    return bool(facts.facts.get("is_instant"))


@rule(
    "service.countys",
    Text(
        "这个事项由县级部门决定，请按“受理并初审”办理。",
        "The county decides this: accept it for preliminary review.",
    ),
    PRELIMINARY,
)
def township_decides(facts: GuardFacts) -> bool:
    """The township decides what is its own."""
    return facts.facts.get("decided_by") == "township"


@rule(
    "service.townships",
    Text("这个事项由乡镇决定，不用上报。", "The township decides this itself."),
    PRELIMINARY,
)
def county_decides(facts: GuardFacts) -> bool:
    """Only what is the county's to decide goes up."""
    return facts.facts.get("decided_by") == "county"


@rule(
    "service.transferred",
    Text(
        "这个事项今天起由另一个单位决定，办件正在转过去，几分钟后由它办理。",
        "From today another organ decides this. The application is on its way there: it is theirs in some minutes.",
    ),
    TRANSFER,
)
def decider_is_unchanged(facts: GuardFacts) -> bool:
    """Nobody decides what was transferred to another organ by that day."""
    return not facts.related.get("transferred")


@rule(
    "service.not_transferred",
    Text("这个事项没有划转，或者方向不对。", "This was not transferred, or not that way."),
    TRANSFER,
)
def level_is_unchanged(facts: GuardFacts) -> bool:
    """It goes to another organ of the same level, or no time to decide runs yet."""
    way = facts.related.get("transferred")
    return way == "same" or (bool(way) and facts.state in ("submitted", "deficient"))


@rule(
    "service.not_brought_down",
    Text("这个事项没有划转给乡镇审批机构。", "This was not transferred to a township’s approval organ."),
    TRANSFER,
)
def it_is_brought_down(facts: GuardFacts) -> bool:
    """The county decided it, the township's approval organ does now."""
    return facts.related.get("transferred") == "down"


@rule(
    "service.not_taken_up",
    Text("这个事项没有收回县级。", "The county has not taken this back."),
    TRANSFER,
)
def it_is_taken_up(facts: GuardFacts) -> bool:
    """The township's approval organ decided it, the county does now."""
    return facts.related.get("transferred") == "up"


@rule(
    "service.late_notice",
    Text(
        "收到申请已满五个工作日，不能再告知补正，自收到之日起即为受理。",
        "Five working days have passed since it was received: it counts as accepted from that day.",
    ),
    DEEMED,
)
def notice_is_in_time(facts: GuardFacts) -> bool:
    """Defects are told within five working days of receipt, or it is accepted from the day it came."""
    return "accept" not in facts.clocks or facts.at <= facts.clocks["accept"]


@rule(
    "service.told_already",
    Text(
        "补正只能一次告知全部内容，已经告知过了。", "Defects are told once, all of them; that has been done."
    ),
    DEEMED,
)
def defects_are_told_once(facts: GuardFacts) -> bool:
    """All defects are told at once, and once."""
    return "name_defects" not in facts.performers


@rule(
    "service.incomplete",
    Text(
        "还缺必要的材料。请当场补正、一次告知补正，或按容缺受理；告知过仍没有全部补正的，可以不予受理。",
        "Needed materials are missing. Have them put right, name the defects, or accept with deferred materials; where they were named "
        "and not all was put right, it may be declined.",
    ),
    RECEIVE,
)
def application_is_complete(facts: GuardFacts) -> bool:
    """What is accepted is complete."""
    return not facts.facts.get("missing")


@rule(
    "service.not_deferrable",
    Text(
        "缺的材料不都是可以容缺的，或者没有书面承诺。",
        "What is missing may not all follow later, or no promise was given.",
    ),
    DEFERRED,
)
def missing_may_follow(facts: GuardFacts) -> bool:
    """Only materials that may follow are deferred, on a written promise."""
    missing = set(facts.facts.get("missing") or ())
    return bool(missing) and missing <= set(facts.facts.get("may_follow") or ())


@rule(
    "service.no_commitment",
    Text("这个事项不适用告知承诺。", "This item cannot be decided on a commitment."),
    COMMITMENT,
)
def item_takes_commitment(facts: GuardFacts) -> bool:
    """A decision on a commitment is for the items that say so."""
    return bool(facts.facts.get("is_by_commitment"))


@rule(
    "service.one_reviewer",
    Text(
        "法律要求两人以上核查，请由第二名审查人员核查后再决定。",
        "The law asks two to verify: a second reviewer first.",
    ),
    REVIEW,
)
def two_have_reviewed(facts: GuardFacts) -> bool:
    """Where the item needs two reviewers, two have reviewed."""
    return facts.facts.get("reviewers", 1) < 2 or bool(facts.facts.get("is_reviewed_twice"))


@rule(
    "service.second_not_needed",
    Text("不用（再）第二人审查。", "No second review is needed, or it was made."),
    REVIEW,
)
def second_is_needed(facts: GuardFacts) -> bool:
    """A second review is made where the law asks for it, once."""
    return not two_have_reviewed.holds(facts)


@rule(
    "service.two_sent",
    Text(
        "现场核查、入户调查要派两名以上工作人员，请写明姓名。",
        "Two or more are sent to inspect or visit: name them.",
    ),
    REVIEW,
    "staff",
)
def two_are_sent(facts: GuardFacts) -> bool:
    """Two or more, who are named, inspect a place or visit a household; inspectors may have been assigned before."""
    inquiry = facts.given.get("inquiry")
    if inquiry not in ("inspection", "household_survey"):
        return True
    assigned = facts.facts.get("inspectors", "") if inquiry == "inspection" else ""
    return _are_two(facts.given.get("staff") or assigned)


@rule(
    "service.two_assigned",
    Text("要指派两名以上工作人员检验，请写明姓名。", "Two or more are assigned to inspect: name them."),
    INSPECTED,
    "staff",
)
def two_are_assigned(facts: GuardFacts) -> bool:
    """Two or more, who are named, are assigned to test, inspect or quarantine."""
    return "staff" not in facts.given or _are_two(facts.given["staff"])


@rule(
    "service.none_to_assign",
    Text("不需要指派检验人员，或者已经指派。", "No inspectors are needed, or they were assigned."),
    INSPECTED,
)
def inspectors_are_awaited(facts: GuardFacts) -> bool:
    """Inspectors are assigned where an inspection is called for, once."""
    return bool(facts.facts.get("is_inspected")) and not facts.facts.get("inspectors")


@rule(
    "service.out_of_order",
    Text(
        "有数量限制的，按受理的先后作出决定：{earlier} 受理在先，请先决定它。",
        "Only so many are granted, in the order of acceptance: {earlier} was accepted earlier, decide it first.",
    ),
    IN_ORDER,
)
def granted_in_order(facts: GuardFacts) -> bool:
    """Where only so many are granted, who was accepted first is decided first."""
    return not facts.related.get("earlier")


@rule(
    "service.authority_unseen",
    Text(
        "这是替别人在网上提交的，还没有核验凭什么代办：先看委托书或身份证明，办“核验代办依据”；没有的，一次告知补正。",
        "This was handed in online for another, and by what authority was not checked: see the paper and take “Check the authority”; "
        "where there is none, name it among the defects.",
    ),
    REPRESENTED,
)
def authority_was_seen(facts: GuardFacts) -> bool:
    """What is handed in online for another is accepted once a clerk has seen by what authority."""
    return not facts.facts.get("authority_is_unseen")


@rule("service.authority_seen", Text("没有要核验的代办依据。", "No authority is to be checked."), REPRESENTED)
def authority_is_unseen(facts: GuardFacts) -> bool:
    """An authority is checked where one was said and not seen."""
    return bool(facts.facts.get("authority_is_unseen"))


def _are_two(staff: object) -> bool:
    return len({name for name in _DIVIDES.split(str(staff)) if name}) >= 2


@rule(
    "service.inquiry",
    Text(
        "这个事项没有这项不计时的特别程序，或者已经做过。",
        "The item has no such procedure that stops the clock, or it has been done.",
    ),
    NOT_COUNTED,
    "inquiry",
)
def inquiry_stops_the_clock(facts: GuardFacts) -> bool:
    """Only the special procedures that the law does not count stop the clock, each once."""
    return facts.given.get("inquiry") is None or facts.given["inquiry"] in inquiries_left(
        facts.facts, is_counted=False
    )


@rule(
    "service.counted_inquiry",
    Text("这个事项没有这项核查，或者已经做过。", "The item has no such inquiry, or it has been done."),
    REVIEW,
    "inquiry",
)
def inquiry_is_counted(facts: GuardFacts) -> bool:
    """An inquiry whose days count is one of the item's, made once."""
    return facts.given.get("inquiry") is None or facts.given["inquiry"] in inquiries_left(
        facts.facts, is_counted=True
    )


@rule(
    "service.inquiry",
    Text("没有要做的不计时的特别程序。", "No procedure that stops the clock is left."),
    NOT_COUNTED,
)
def a_pausing_inquiry_is_left(facts: GuardFacts) -> bool:
    """A special procedure that stops the clock is begun where the item still has one."""
    return bool(inquiries_left(facts.facts, is_counted=False))


@rule("service.counted_inquiry", Text("没有要做的核查、调查。", "No inquiry is left."), REVIEW)
def a_counted_inquiry_is_left(facts: GuardFacts) -> bool:
    """An inquiry whose days count is begun where the item still has one."""
    return bool(inquiries_left(facts.facts, is_counted=True))


def inquiries_left(facts: Mapping[str, Any], *, is_counted: bool) -> set[str]:
    """The item's inquiries that are still to be made, of those that count or of those that do not."""
    counted = set(facts.get("counted") or ())
    return {kind for kind in facts.get("inquiries") or {} if (kind in counted) == is_counted}


@rule("service.no_renewal", Text("这不是延续申请。", "This is no renewal."), RENEWAL)
def it_is_a_renewal(facts: GuardFacts) -> bool:
    """Only a renewal counts to the end of what it renews."""
    return bool(facts.facts.get("renewal_period"))


@rule(
    "service.inquiries_wait",
    Text(
        "还有没做的特别程序：公示、调查或评议等完成后再决定或上报。",
        "Special procedures of the item are still to be done before it is decided or handed up.",
    ),
    REVIEW,
)
def inquiries_are_done(facts: GuardFacts) -> bool:
    """A grant, and the handing up for one, follows the notice, survey or appraisal that the item prescribes."""
    return not facts.facts.get("inquiries")


@rule(
    "service.resolution_wait",
    Text(
        "这个事项要先经会议研究：请先登记会议决议，再决定或上报。",
        "A meeting resolves on this first: record its resolution before it is decided or handed up.",
    ),
    COUNTY_RULE,
)
def meetings_have_resolved(facts: GuardFacts) -> bool:
    """Where a meeting's resolution is asked for, it is there before the decision."""
    return not facts.facts.get("resolutions")


@rule(
    "service.no_meeting",
    Text(
        "这个事项不用这个会议研究，或者已经登记过决议。",
        "No resolution of that meeting is asked for, or it has been recorded.",
    ),
    COUNTY_RULE,
    "meeting",
)
def meeting_is_awaited(facts: GuardFacts) -> bool:
    """A resolution is recorded of the meetings that the item names, once each."""
    return "meeting" not in facts.given or facts.given["meeting"] in (facts.facts.get("resolutions") or ())


@rule(
    "service.meeting_to_come",
    Text(
        "会议日期还没有到，开过会再登记决议。",
        "The meeting is still to come: record what it resolved afterwards.",
    ),
    COUNTY_RULE,
    "when",
)
def meeting_was_held(facts: GuardFacts) -> bool:
    """A resolution is recorded after its meeting."""
    held = facts.given.get("when")
    return held is None or date.fromisoformat(str(held)) <= facts.at.astimezone(LOCAL_ZONE).date()


@rule("service.meetings_done", Text("没有等待的会议决议。", "No resolution is awaited."), COUNTY_RULE)
def a_meeting_is_awaited(facts: GuardFacts) -> bool:
    """Resolutions are recorded where an item asks for one that is not there yet."""
    return bool(facts.facts.get("resolutions"))


@rule(
    "service.objection",
    Text(
        "有联办单位不同意。确要准予的，由负责人写明为什么不采纳；否则应当不予许可。",
        "An organ objected. To grant it all the same, the head says why the objection is not followed; otherwise refuse.",
    ),
    JOINT_OPINION,
    "despite",
)
def objection_is_answered(facts: GuardFacts) -> bool:
    """A grant that an organ objected to says why the objection was not followed."""
    return not facts.related.get("objected") or bool(facts.given.get("despite"))


@rule(
    "service.hearing_told",
    Text(
        "听证权利已经告知过，不能再次停止计时。",
        "The right to a hearing was told already; it does not stop the clocks twice.",
    ),
    HEARING,
)
def hearing_is_told_once(facts: GuardFacts) -> bool:
    """The right to a hearing is told once."""
    return "tell_hearing" not in facts.performers


@rule(
    "service.hearing_day",
    Text(
        "听证要在通知满七个工作日以后举行，请改定日期。",
        "A hearing is held when seven working days have passed since its notice: name a later day.",
    ),
    HEARING_HELD,
    "when",
)
def hearing_day_is_lawful(facts: GuardFacts) -> bool:
    """The day that is announced leaves seven working days."""
    return str(facts.given.get("when", "9999")) >= facts.related.get("earliest", "")


@rule(
    "service.hearing_to_come",
    Text("还没有到通知的听证日期。", "The day announced for the hearing has not come."),
    HEARING_HELD,
)
def hearing_day_has_come(facts: GuardFacts) -> bool:
    """A hearing is held no earlier than announced."""
    return str(facts.facts.get("hearing_on", "")) <= str(facts.at.astimezone(LOCAL_ZONE).date())


@rule(
    "service.hearing_wait",
    Text(
        "这个事项作出决定前要告知听证权利。",
        "For this item the right to a hearing is told before it is decided.",
    ),
    "行政许可法 第四十六条、第四十七条",
)
def hearing_was_offered(facts: GuardFacts) -> bool:
    """What needs a hearing is decided after one was offered."""
    return not facts.facts.get("needs_hearing") or "tell_hearing" in facts.performers


@rule(
    "service.opinions_wait",
    Text(
        "联办单位还没有全部答复；没有征求过意见的，先征求。",
        "Not every organ that joins in has answered; ask them first where nobody has.",
    ),
    LIMIT,
)
def opinions_are_in(facts: GuardFacts) -> bool:
    """What is handled jointly is granted when every organ was asked and has answered."""
    return not facts.related.get("open_opinions")


@rule(
    "service.deferred_wait",
    Text("缺的材料还没有补齐。", "What is missing has not been brought yet."),
    DECISION,
)
def deferred_are_in(facts: GuardFacts) -> bool:
    """What was missing, be it on a promise or as no defects were named in time, is there before it is granted."""
    return "deferred" not in facts.clocks and not facts.facts.get("missing")


@rule("service.nothing_missing", Text("没有缺的材料。", "Nothing is missing."), DEFERRED)
def something_is_missing(facts: GuardFacts) -> bool:
    """What is missing is brought where something is."""
    return bool(facts.facts.get("missing"))


@rule(
    "service.deferred_in_part",
    Text(
        "容缺的材料要在期限内一次补齐：请连同还缺的一起交。",
        "What may follow comes all together within its limit: bring it with what is still missing.",
    ),
    DEFERRED,
    "missing",
)
def deferred_come_together(facts: GuardFacts) -> bool:
    """Bringing one of several deferred materials does not end the wait for the others."""
    return not facts.given.get("missing")


@rule(
    "service.nothing_brought",
    Text("请上传补正的材料，或者写明更正了什么。", "Add what was missing, or say what was put right."),
    DEEMED,
    "files",
)
def something_is_brought(facts: GuardFacts) -> bool:
    """What is put right comes with a paper or with words; nothing at all puts nothing right."""
    return bool(facts.given.get("files") or facts.given.get("note"))


@rule(
    "service.unknown_material",
    Text("有的代码不是这个事项的材料，请核对。", "A code is none of the item’s materials: check them."),
    RECEIVE,
    "missing",
)
def missing_are_known(facts: GuardFacts) -> bool:
    """What is said to be missing is something the item asks for."""
    return not facts.related.get("unknown_materials")


@rule(
    "service.countys_time_runs",
    Text("县级的决定时限已经在走，请按“补充后再报”办理。", "The county’s time is running: hand it up again."),
    PRELIMINARY,
)
def the_countys_time_is_not_running(facts: GuardFacts) -> bool:
    """The county's time to decide begins once."""
    return "decide" not in facts.clocks


@rule(
    "service.first_time",
    Text("还没有上报过，请按“报县级部门”办理。", "It has not been handed up yet: hand it up."),
    PRELIMINARY,
)
def the_countys_time_runs(facts: GuardFacts) -> bool:
    """What was handed back goes up again in the time that is running."""
    return "decide" in facts.clocks


@rule(
    "service.no_notice",
    Text(
        "听证要先通知申请人并公告，满七个工作日后举行。",
        "A hearing is notified and announced first, and held seven working days later.",
    ),
    HEARING_HELD,
)
def hearing_was_notified(facts: GuardFacts) -> bool:
    """No hearing is held without notice."""
    return "notify_hearing" in facts.performers


@rule("service.not_joint", Text("这个事项没有联办单位。", "No other organ joins in this item."), LIMIT)
def item_is_joint(facts: GuardFacts) -> bool:
    """Opinions are asked of the organs the item names, once."""
    return bool(facts.facts.get("joint_organs")) and "ask_opinions" not in facts.performers


@rule(
    "service.record",
    Text(
        "开过听证的，决定要根据听证笔录作出，请写明怎样采纳。",
        "After a hearing the decision rests on its record: say how it was weighed.",
    ),
    HEARING_HELD,
    "record",
)
def record_is_weighed(facts: GuardFacts) -> bool:
    """After a hearing, the decision says how the record was weighed."""
    return "hold_hearing" not in facts.performers or bool(facts.given.get("record"))


@rule("service.extended", Text("已经延长过一次。", "More time was granted once already."), LIMIT)
def extended_once(facts: GuardFacts) -> bool:
    """The limit is extended once."""
    return not {"extend", "county_extend"} & facts.performers.keys()


@rule(
    "service.not_extended",
    Text("法定时限按月计的，法律没有给延长。", "The law gives no more time where its limit is in months."),
    LIMIT,
)
def limit_may_grow(facts: GuardFacts) -> bool:
    """Only a limit in working days is one that the article lets grow."""
    return str(facts.facts.get("statutory", ("", ""))[1]) == "working_days"


@rule(
    "service.extension",
    Text(
        "最多延长十个工作日，联合办理的最多十五个。",
        "It may grow by ten working days, or fifteen where several organs handle it.",
    ),
    LIMIT,
    "number",
)
def extension_is_lawful(facts: GuardFacts) -> bool:
    """Ten working days more, or fifteen for joint handling."""
    most = JOINT if facts.facts.get("joint_organs") else WITHOUT_DELAY
    return "number" not in facts.given or bool(facts.given["number"] <= most)


@rule(
    "service.extension_late",
    Text(
        "法定时限没有在走，或者已经超过，不能再批准延长。",
        "The statutory limit is not running or has run out: it can be extended no more.",
    ),
    LIMIT,
)
def extension_is_in_time(facts: GuardFacts) -> bool:
    """More time is granted before the limit has run out; one that stands still is judged by when it stopped."""
    if "decide" not in facts.clocks:
        return False
    is_still = "inquiry" in facts.clocks and facts.facts.get("inquiry") not in (
        facts.facts.get("counted") or ()
    )
    return (facts.clock_started["inquiry"] if is_still else facts.at) <= facts.clocks["decide"]


@rule(
    "service.government",
    Text(
        "联合办理的，延长由县人民政府负责人批准，请附批准文书。",
        "Where several handle it, the head of the county’s government approves: add the approval.",
    ),
    LIMIT,
    "files",
)
def government_approved(facts: GuardFacts) -> bool:
    """For joint handling the head of the government approves, and the approval is there."""
    return (
        "number" not in facts.given or not facts.facts.get("joint_organs") or bool(facts.given.get("files"))
    )


@rule(
    "service.countys_result",
    Text(
        "这个结果是县级部门决定的，由它撤销、注销。",
        "The county’s department granted this: it revokes or cancels it.",
    ),
    REVOKE,
)
def it_is_ours_to_take_back(facts: GuardFacts) -> bool:
    """Who decided takes the result back (第六十九条), not the township on the county's behalf."""
    return facts.related.get("takes_back") != "county"


@rule(
    "service.no_consent",
    Text(
        "电子送达要先有受送达人签名确认的同意：由申请人在网上同意，或者附上签字的确认书。",
        "Electronic delivery needs signed consent first: the applicant agrees online, or a signed paper is added.",
    ),
    DELIVERY,
    "files",
)
def electronic_delivery_was_agreed(facts: GuardFacts) -> bool:
    """What is delivered electronically was agreed to, signed."""
    is_agreed = "agree_electronic" in facts.performers or bool(facts.given.get("files"))
    return facts.given.get("way") != "electronic" or is_agreed


@rule(
    "service.signed_by_another",
    Text(
        "签名要写申请人（或者代办人）的姓名全称，和申请时填的一致。",
        "Sign with the full name of the applicant, or of who acts for them, as it was given when applying.",
    ),
    DELIVERY,
    "signature",
)
def signature_is_the_applicants(facts: GuardFacts) -> bool:
    """Who agrees signs with the name under which it was applied for."""
    return not facts.related.get("signed_by_another")


@rule("service.agreed", Text("已经同意过电子送达。", "Electronic delivery was agreed to."), DELIVERY)
def electronic_is_not_agreed(facts: GuardFacts) -> bool:
    """One agrees once."""
    return "agree_electronic" not in facts.performers


@rule(
    "service.not_signed",
    Text(
        "请填签收人、邮寄单号或者到达时间。", "Say who received it, the postal number or the time of arrival."
    ),
    DELIVERY,
    "receipt",
)
def delivery_is_shown(facts: GuardFacts) -> bool:
    """A delivery is shown: by a signature, a postal number, or the consent and the moment of arrival."""
    return bool(facts.given.get("receipt") or facts.given.get("files")) or facts.step != "deliver"


@rule(
    "service.unsealed",
    Text(
        "决定书或者结果还没有盖章，不能送达。一般几秒钟就盖好，请稍后再办；一直没有盖好的，请印章管理员处理。",
        "The decision or the result is not sealed yet and cannot be delivered. That takes seconds; where it does not come, ask who manages "
        "the seals.",
    ),
    SEALED,
)
def it_is_sealed(facts: GuardFacts) -> bool:
    """What is delivered is a paper that bears the seal of who decided."""
    return not facts.related.get("unsealed")


@rule(
    "service.no_seal",
    Text(
        "决定的单位今天没有启用并且有人保管的印章，当场出不了盖章的结果：请印章管理员先登记印章。",
        "Who decides has no seal today that somebody keeps: no sealed result can be handed over. Have the seal registered first.",
    ),
    SEALED,
)
def it_can_be_sealed(facts: GuardFacts) -> bool:
    """What is handed over in the act that grants it can be sealed at once."""
    return not facts.related.get("unsealed")


@rule(
    "service.no_result",
    Text("没有要收回的结果。", "There is no result to take back."),
    REVOKE,
)
def something_was_granted(facts: GuardFacts) -> bool:
    """Only what was granted can be revoked or cancelled."""
    return bool(facts.facts.get("is_granted"))


@rule(
    "service.in_force",
    Text("结果没有期限，或者有效期还没有届满。", "The result does not end, or not yet."),
    EXPIRED,
)
def validity_has_run_out(facts: GuardFacts) -> bool:
    """A result is in force to the end of its last day."""
    until = facts.facts.get("valid_until")
    return bool(until) and str(until) < str(facts.at.astimezone(LOCAL_ZONE).date())


@rule(
    "service.renewing",
    Text(
        "这不是许可，或者已经延续，或者延续申请还在办。",
        "It is no permit, or was renewed, or its renewal is in hand.",
    ),
    f"{EXPIRED}、第五十条",
)
def nothing_renews_it(facts: GuardFacts) -> bool:
    """A permit ends with its days where it was not renewed and no renewal is being decided."""
    return bool(facts.related.get("may_expire"))


@rule(
    "service.too_early_to_renew",
    Text(
        "只有有期限的结果可以延续，且要在期满前提出。",
        "Only a result that ends may be renewed, before it does.",
    ),
    RENEWAL,
)
def renewal_is_open(facts: GuardFacts) -> bool:
    """A renewal is applied for before the result ends."""
    until = facts.facts.get("renews_until")
    return until is None or facts.opened_at.astimezone(LOCAL_ZONE).date() <= date.fromisoformat(until)


_BARRED = Text(
    "{barred_until} 以前不能再申请这个事项。", "This may not be applied for again before {barred_until}."
)


@rule("service.barred", _BARRED, FALSE_BEFORE)
def no_false_materials_bar(facts: GuardFacts) -> bool:
    """Who gave false materials where safety is concerned does not apply again for a year."""
    return facts.related.get("barred_for") != "false"


@rule("service.barred", _BARRED, FALSE_AFTER)
def no_fraud_bars(facts: GuardFacts) -> bool:
    """Who obtained a permit by fraud where safety is concerned does not apply again for three years."""
    return facts.related.get("barred_for") != "fraud"


@rule(
    "rectification.insisted",
    Text("已经要求再整改过一次，请回评办结。", "It was sent back once already: rate the answer to close it."),
    "国办发〔2019〕51号",
)
def insisted_once(facts: GuardFacts) -> bool:
    """An answer is sent back once."""
    return "insist" not in facts.performers
