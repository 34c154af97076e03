"""The procedure of an application, after the 行政许可法; benefits, confirmations and other services follow the same road.

Two clocks run beside each other from acceptance: what the law allows and what was promised. What the county decides has a
third for the township's preliminary review. The organs' periods are working days (第八十二条); those of the applicant are read in
the applicant's favour.
"""

from yimen.domains.services.permissions import ServicePermission as P
from yimen.domains.services.rules import (
    CANCEL,
    CERTIFICATE,
    CHANGE,
    COMMITMENT,
    COUNTY_RULE,
    DECISION,
    DEEMED,
    DEFERRED,
    DELIVERY,
    EXPIRED,
    HEARING,
    HEARING_HELD,
    INSPECTED,
    INTERESTED,
    LICENSING,
    LIMIT,
    NOT_COUNTED,
    PRELIMINARY,
    PRIVACY,
    RECEIVE,
    RENEWAL,
    REPRESENTED,
    REVIEW,
    REVOKE,
    TRANSFER,
    a_counted_inquiry_is_left,
    a_meeting_is_awaited,
    a_pausing_inquiry_is_left,
    application_is_complete,
    authority_is_unseen,
    authority_was_seen,
    county_decides,
    decider_is_unchanged,
    defects_are_told_once,
    deferred_are_in,
    deferred_come_together,
    delivery_is_shown,
    electronic_delivery_was_agreed,
    electronic_is_not_agreed,
    extended_once,
    extension_is_in_time,
    extension_is_lawful,
    government_approved,
    granted_in_order,
    hearing_day_has_come,
    hearing_day_is_lawful,
    hearing_is_told_once,
    hearing_was_notified,
    hearing_was_offered,
    inquiries_are_done,
    inquiry_is_counted,
    inquiry_stops_the_clock,
    insisted_once,
    inspectors_are_awaited,
    it_can_be_sealed,
    it_is_a_renewal,
    it_is_brought_down,
    it_is_ours_to_take_back,
    it_is_sealed,
    it_is_taken_up,
    item_is_instant,
    item_is_joint,
    item_takes_commitment,
    level_is_unchanged,
    limit_may_grow,
    meeting_is_awaited,
    meeting_was_held,
    meetings_have_resolved,
    missing_are_known,
    missing_may_follow,
    no_false_materials_bar,
    no_fraud_bars,
    nothing_renews_it,
    notice_is_in_time,
    objection_is_answered,
    opinions_are_in,
    record_is_weighed,
    renewal_is_open,
    second_is_needed,
    signature_is_the_applicants,
    something_is_brought,
    something_is_missing,
    something_was_granted,
    the_countys_time_is_not_running,
    the_countys_time_runs,
    township_decides,
    two_are_assigned,
    two_are_sent,
    two_have_reviewed,
    validity_has_run_out,
)
from yimen.domains.services.rules import (
    JOINT_OPINION as JOINT_LAW,
)
from yimen.kernel.procedure.language import SAME, Field, LimitSpec, Procedure, Relation, State, Step, Who
from yimen.kernel.words import Text

_REASON = Field("reason", Text("理由和依据", "Reason and basis"), "longtext", required=True)
_NOTE = Field("note", Text("说明", "Note"), "longtext")
_FILES = Field("files", Text("材料", "Documents"), "files")
_OPINION = Field("opinion", Text("审查意见", "What the review found"), "longtext", required=True)
_RECORD = Field(
    "record", Text("怎样采纳听证笔录", "How the hearing's record was weighed"), "longtext",
    hint=Text("开过听证的必填", "Required after a hearing"),
)  # fmt: skip
_DESPITE = Field(
    "despite", Text("不采纳联办单位反对意见的理由", "Why an objection was not followed"), "longtext",
    hint=Text("有联办单位不同意时必填", "Required where an organ objected"),
)  # fmt: skip
_DEFECTS = Field(
    "defects", Text("需要补正的全部内容", "Everything that must be put right"), "longtext", required=True,
    hint=Text("逐项写明缺什么、怎样才符合。只能告知这一次。", "Each defect, and what would mend it. This can be told only once."),
)  # fmt: skip
_FALSE = Field(
    "is_false", Text("申请人隐瞒情况或者提供虚假材料", "The applicant hid facts or gave false materials"), "bool",
    hint=Text("属于许可的给予警告；涉及安全的，一年内不得再次申请", "For a permit this carries a warning; where safety is concerned, none may be asked for within a year"),
)  # fmt: skip
_SENT = Field(
    "staff", Text("派哪些工作人员", "Who is sent"), "text", max_length=100,
    hint=Text("现场核查、入户调查必填，两人以上，用顿号分开；已经指派检验人员的可以不填", "Required for inspections and visits: two or more, divided by commas; not where inspectors were assigned before"),
)  # fmt: skip
_MISSING = Field(
    "missing", Text("还缺的材料", "Materials still missing"), "text", max_length=400,
    hint=Text("材料代码，用顿号分开；都齐了就留空", "Codes of materials, divided by commas; empty when all are there"),
)  # fmt: skip
_FRAUD = Field("is_fraud", Text("以欺骗、贿赂取得", "Obtained by fraud or bribery"), "bool")
_LONGER = Field("number", Text("延长几个工作日", "How many working days"), "number", required=True)
_RESULT_NUMBER = Field(
    "number",
    Text("证照或文书编号", "Number of the certificate or paper"),
    "text",
    required=True,
    max_length=60,
)
_INQUIRIES = (
    ("inspection", Text("现场核查、检验检测", "Inspection or testing")),
    ("expert_review", Text("专家评审", "Review by experts")),
    ("public_notice", Text("公示", "Public notice")),
    ("household_survey", Text("入户调查", "Visit to the household")),
    ("democratic_appraisal", Text("民主评议", "Democratic appraisal")),
)
_MEETINGS = (
    ("township_head", Text("乡镇长办公会", "Meeting of the township head")),
    ("party_committee", Text("党委会", "Meeting of the party committee")),
)
_DECIDING = (Who(P.DECIDE),)
_HOUSE = (Who("", Relation.HOUSE),)
_HANDING_UP = (Who(P.REVIEW), Who(P.DECIDE, is_waited_for=False))
_AT_A_HEARING = (
    Who("", Relation.PUBLIC),
    Who(P.INTAKE, is_waited_for=False),
    Who(P.REVIEW, is_waited_for=False),
)
_COUNTY = (Who(P.DECIDE_COUNTY, Relation.ORGAN),)

_STATES = (
    State("submitted", Text("待受理", "To be accepted"), Text("已提交", "Submitted")),
    State("deficient", Text("待补正", "Defects named"), Text("请您补正材料", "Please put it right")),
    State("accepted", Text("审查中", "Under review"), Text("已受理", "Accepted")),
    State("inquiry", Text("特别程序中", "Special procedure"), Text("正在核查或公示", "Being looked into")),
    State("reviewed", Text("待决定", "To be decided"), Text("审查完毕", "Reviewed")),
    State("hearing_told", Text("已告知听证权利", "Told of the hearing"), Text("您可以申请听证", "You may ask for a hearing")),
    State("hearing_due", Text("待听证", "Hearing to be held"), Text("听证准备中", "A hearing is being prepared")),
    State("handed_up", Text("县级审批中", "With the county"), Text("县级部门审批中", "The county is deciding")),
    State("granted", Text("已准予", "Granted"), Text("已准予，正在制证", "Granted, being issued")),
    State("refused", Text("不予许可，待送达", "Refused, to be delivered"), Text("不予许可", "Refused")),
    State("issued", Text("待送达", "Issued, to be delivered"), Text("结果已出，等待领取", "Ready for you")),
    State("delivered", Text("已办结", "Delivered"), Text("已办结", "Done"), is_end=True),
    State("refusal_delivered", Text("不予许可已送达", "Refusal delivered"), Text("不予许可", "Refused"), is_end=True),
    State("out_of_scope", Text("不属本机关职权", "Not this organ's"), Text("不属本机关，请向告知的机关申请", "Not ours: apply where we said"), is_end=True),
    State("not_required", Text("不需要办理", "Not required"), Text("依法不需要办理", "You need no permission"), is_end=True),
    State("declined", Text("不予受理", "Declined"), Text("不予受理", "Not accepted"), is_end=True),
    State("withdrawn", Text("已撤回", "Withdrawn"), Text("已撤回", "Withdrawn"), is_end=True),
    State("lapsed", Text("视为撤回", "Taken as withdrawn"), Text("逾期未补，视为撤回", "Not put right in time, taken as withdrawn"), is_end=True),
    State("revoked", Text("已撤销", "Revoked"), Text("已撤销", "Revoked"), is_end=True),
    State("replaced", Text("已变更换发", "Replaced"), Text("已变更，由新的结果代替", "Changed: replaced by the new result"), is_end=True),
    State("cancelled", Text("已注销", "Cancelled"), Text("已注销", "Cancelled"), is_end=True),
)  # fmt: skip
BEFORE_DECISION = (
    "submitted",
    "deficient",
    "accepted",
    "inquiry",
    "reviewed",
    "hearing_told",
    "hearing_due",
    "handed_up",
)
TRANSFERS = ("transfer", "transfer_down", "transfer_down_again", "transfer_decision", "transfer_up")
"""What the house does with an application when another organ decides its item from that day on."""
_COMPLETE = (authority_was_seen, application_is_complete, notice_is_in_time, decider_is_unchanged)

_STEPS = (
    Step(
        "submit", Text("提交申请", "Submit"), (), "submitted",
        (Who(P.INTAKE), Who("", Relation.PUBLIC)), RECEIVE,
        fields=(_FILES,), guards=(no_false_materials_bar, no_fraud_bars, renewal_is_open), starts=("accept",), event="service.submitted",
    ),
    Step(
        "settle", Text("当场办结", "Settle on the spot"), ("submitted",), "delivered",
        (Who(P.INTAKE),), REVIEW,
        description=Text("材料齐全、可以当场决定的即办件：收下、决定、发给结果，一次完成。", "Instant items: taken in, decided and handed over in one act."),
        fields=(_RESULT_NUMBER, Field("receipt", Text("签收人", "Received by"), "text", required=True, max_length=60, is_private=True), _FILES),
        only_if=(item_is_instant,), guards=(authority_was_seen, application_is_complete, decider_is_unchanged, granted_in_order, it_can_be_sealed), event="service.delivered",
    ),
    Step(
        "accept", Text("受理", "Accept"), ("submitted",), "accepted",
        (Who(P.INTAKE),), RECEIVE,
        fields=(_NOTE,), only_if=(township_decides,), guards=_COMPLETE,
        stops=("accept",), starts=("decide", "promise", "assign"), event="service.accepted",
    ),
    Step(
        "accept_for_county", Text("受理并初审", "Accept for preliminary review"), ("submitted",), "accepted",
        (Who(P.INTAKE),), PRELIMINARY,
        fields=(_NOTE,), only_if=(county_decides,), guards=_COMPLETE,
        stops=("accept",), starts=("preliminary", "promise", "assign"), event="service.accepted",
    ),
    Step(
        "accept_deferred", Text("容缺受理", "Accept with deferred materials"), ("submitted",), "accepted",
        (Who(P.INTAKE),), DEFERRED,
        description=Text("申请人书面承诺在期限内补齐；逾期不补的，视为撤回。", "On a written promise; if it is not kept, the application counts as withdrawn."),
        fields=(Field("files", Text("书面承诺", "The written promise"), "files", required=True),),
        only_if=(township_decides, missing_may_follow), guards=(authority_was_seen, notice_is_in_time, decider_is_unchanged),
        stops=("accept",), starts=("decide", "promise", "deferred", "assign"), event="service.accepted",
    ),
    Step(
        "accept_deferred_for_county", Text("容缺受理并初审", "Accept for preliminary review with deferred materials"), ("submitted",), "accepted",
        (Who(P.INTAKE),), DEFERRED,
        description=Text("申请人书面承诺在期限内补齐；逾期不补的，视为撤回。", "On a written promise; if it is not kept, the application counts as withdrawn."),
        fields=(Field("files", Text("书面承诺", "The written promise"), "files", required=True),),
        only_if=(county_decides, missing_may_follow), guards=(authority_was_seen, notice_is_in_time, decider_is_unchanged),
        stops=("accept",), starts=("preliminary", "promise", "deferred", "assign"), event="service.accepted",
    ),
    Step(
        "grant_on_commitment", Text("告知承诺，当场准予", "Grant on commitment"), ("submitted",), "granted",
        (Who(P.INTAKE),), COMMITMENT,
        description=Text("申请人书面承诺符合条件的，当场决定，事后核查。", "Decided on the written commitment, checked afterwards."),
        fields=(Field("files", Text("书面承诺", "The written commitment"), "files", required=True),),
        only_if=(item_takes_commitment, township_decides), guards=(authority_was_seen, notice_is_in_time, decider_is_unchanged, opinions_are_in, granted_in_order),
        stops=("accept", "renewal"), starts=("issue",), event="service.granted",
    ),
    Step(
        "name_defects", Text("一次告知补正", "Name all defects"), ("submitted",), "deficient",
        (Who(P.INTAKE),), DEEMED,
        fields=(_DEFECTS,), only_if=(defects_are_told_once,), guards=(notice_is_in_time,),
        stops=("accept",), starts=("supplement",), event="service.deficient",
    ),
    Step(
        "correct", Text("当场更正、补齐", "Put right on the spot"), ("submitted",), SAME,
        (Who(P.INTAKE),), RECEIVE, fields=(_MISSING, _NOTE, _FILES), guards=(missing_are_known,),
    ),
    Step(
        "see_authority", Text("核验代办依据", "Check the authority"), ("submitted", "accepted", "reviewed"), SAME,
        (Who(P.INTAKE), Who(P.REVIEW)), REPRESENTED,
        description=Text("看过委托书、监护证明或法定代表人身份证明，确认可以替申请人办理。", "The mandate, proof of guardianship or of being the legal representative was seen: one may act for the applicant."),
        fields=(Field("shown", Text("看了什么证明", "What was seen"), "text", required=True, max_length=100),),
        only_if=(authority_is_unseen,),
    ),
    Step(
        "redirect", Text("不属本机关职权", "Not this organ's"), ("submitted",), "out_of_scope",
        (Who(P.INTAKE),), RECEIVE,
        fields=(_REASON, Field("where", Text("应当向哪个机关申请", "Where to apply"), "text", required=True, max_length=100)), event="service.answered",
    ),
    Step(
        "not_needed", Text("依法不需要办理", "Not required"), ("submitted",), "not_required",
        (Who(P.INTAKE),), RECEIVE, fields=(_REASON,), event="service.answered",
    ),
    Step(
        "decline", Text("不予受理", "Decline"), ("submitted", "deficient"), "declined",
        (Who(P.INTAKE),), RECEIVE,
        description=Text("只用于依法不得受理的情形，和告知补正后仍没有全部补正的；没有告知过补正的，先告知。", "Only where the law forbids to accept, or where not all was put right after the defects were named; they are named first."),
        fields=(_REASON, _FALSE), event="service.answered",
    ),
    Step(
        "supplement", Text("补正材料", "Put it right"), ("deficient",), "submitted",
        (Who(P.INTAKE, is_waited_for=False), Who("", Relation.PUBLIC)), DEEMED,
        fields=(_MISSING, _NOTE, _FILES), guards=(something_is_brought, missing_are_known), stops=("supplement",), starts=("accept",), event="service.submitted",
    ),
    Step(
        "bring_deferred", Text("补齐所缺材料", "Bring what is missing"), ("accepted", "inquiry", "reviewed", "handed_up"), SAME,
        (Who(P.INTAKE), Who("", Relation.PUBLIC)), DEFERRED,
        fields=(_MISSING, Field("files", Text("所缺的材料", "What was missing"), "files", required=True)),
        only_if=(something_is_missing,), guards=(missing_are_known, deferred_come_together), stops=("deferred",),
    ),
    Step(
        "deem_accepted", Text("逾期未告知，视为受理", "Deemed accepted"), ("submitted",), "accepted",
        _HOUSE, DEEMED,
        only_if=(township_decides,),
        stops=("accept",), counts_from="accept", starts=("decide", "promise", "assign"), event="service.accepted",
    ),
    Step(
        "deem_accepted_for_county", Text("逾期未告知，视为受理", "Deemed accepted"), ("submitted",), "accepted",
        _HOUSE, DEEMED,
        only_if=(county_decides,),
        stops=("accept",), counts_from="accept", starts=("preliminary", "promise", "assign"), event="service.accepted",
    ),
    Step(
        "lapse", Text("逾期未补，视为撤回", "Taken as withdrawn"), ("deficient", "accepted", "inquiry", "reviewed", "handed_up"), "lapsed",
        _HOUSE, DEFERRED, event="service.answered",
    ),
    Step(
        "ask_opinions", Text("征求联办单位意见", "Ask the joint organs"), ("accepted", "reviewed"), SAME,
        (Who(P.REVIEW),), LIMIT, fields=(_NOTE,), only_if=(item_is_joint,),
    ),
    Step(
        "assign_inspectors", Text("指派检验人员", "Assign inspectors"), ("accepted", "inquiry", "reviewed", "handed_up"), SAME,
        (Who(P.REVIEW), Who(P.DECIDE, is_waited_for=False)), INSPECTED,
        description=Text("受理之日起五个工作日内，指派两名以上工作人员检验、检测、检疫。", "Within five working days of acceptance two or more are assigned to test, inspect or quarantine."),
        fields=(Field("staff", Text("派哪些工作人员", "Who is sent"), "text", required=True, max_length=100, hint=Text("两人以上，用顿号分开", "Two or more, divided by commas")),),
        only_if=(inspectors_are_awaited,), guards=(two_are_assigned,), stops=("assign",),
    ),
    Step(
        "begin_inquiry", Text("进入特别程序", "Begin a special procedure"), ("accepted", "reviewed"), "inquiry",
        (Who(P.REVIEW),), NOT_COUNTED,
        description=Text("所需时间不计入办理时限，并书面告知申请人。", "Its time does not count; the applicant is told in writing how long it takes."),
        fields=(
            Field("inquiry", Text("做什么", "Which"), "choice", required=True, choices=_INQUIRIES),
            _SENT,
            _NOTE,
        ),
        only_if=(a_pausing_inquiry_is_left,), guards=(inquiry_stops_the_clock, two_are_sent), is_work=True, pauses=("decide", "promise", "preliminary"), starts=("inquiry",), event="service.paused",
    ),
    Step(
        "look_into", Text("核查、调查（计入时限）", "Look into it (time counts)"), ("accepted", "reviewed"), "inquiry",
        (Who(P.REVIEW),), REVIEW,
        description=Text("现场核查、入户调查等，派两名以上工作人员；所需时间计入办理时限。", "Inspections and visits by two or more; their time counts."),
        fields=(Field("inquiry", Text("做什么", "Which"), "choice", required=True, choices=_INQUIRIES), _SENT, _NOTE),
        only_if=(a_counted_inquiry_is_left,), guards=(inquiry_is_counted, two_are_sent), is_work=True, starts=("inquiry",), event="service.paused",
    ),
    Step(
        "end_inquiry", Text("特别程序结束", "Special procedure done"), ("inquiry",), "accepted",
        (Who(P.REVIEW),), NOT_COUNTED,
        fields=(Field("finding", Text("结果", "What it found"), "longtext", required=True), _FILES),
        resumes=("decide", "promise", "preliminary"), stops=("inquiry",),
    ),
    Step(
        "count_again", Text("超过告知的时间，继续计时", "Told time is over: the clocks run on"), ("inquiry", "hearing_due"), SAME,
        _HOUSE, NOT_COUNTED,
        description=Text("不计入时限的只有书面告知的时间和组织听证的二十日，超过的部分计入。", "Only the time that was told, and the twenty days for a hearing, do not count; what goes beyond does."),
        resumes=("decide", "promise", "preliminary"), stops=("inquiry", "hold_hearing"),
    ),
    Step(
        "review", Text("审查", "Review"), ("accepted",), "reviewed",
        (Who(P.REVIEW),), REVIEW, fields=(_OPINION, _FILES), is_work=True,
    ),
    Step(
        "second_review", Text("第二人核查", "Second review"), ("reviewed",), SAME,
        (Who(P.REVIEW),), REVIEW, fields=(_OPINION, _FILES), only_if=(second_is_needed,), not_same_as=("review",), is_work=True,
    ),
    Step(
        "review_again", Text("退回审查", "Back to review"), ("reviewed",), "accepted",
        (Who(P.DECIDE), Who(P.REVIEW)), REVIEW, fields=(_REASON,),
    ),
    Step(
        "record_resolution", Text("登记会议决议", "Record a meeting's resolution"), ("accepted", "reviewed"), SAME,
        (Who(P.REVIEW), Who(P.DECIDE, is_waited_for=False)), COUNTY_RULE,
        description=Text("事项规定要经会议研究的，会后登记会议纪要；没有决议不能决定或上报。", "Where the item asks for a meeting; without its resolution nothing is decided or handed up."),
        fields=(
            Field("meeting", Text("哪个会议", "Which meeting"), "choice", required=True, choices=_MEETINGS),
            Field("minutes", Text("会议纪要编号", "Number of its minutes"), "text", required=True, max_length=60),
            Field("when", Text("会议日期", "Day of the meeting"), "date", required=True),
            Field("files", Text("会议纪要", "The minutes"), "files", required=True),
        ),
        only_if=(a_meeting_is_awaited,), guards=(meeting_is_awaited, meeting_was_held), is_work=True,
    ),
    Step(
        "tell_hearing", Text("告知听证权利", "Tell of the right to a hearing"), ("reviewed",), "hearing_told",
        (Who(P.REVIEW), Who(P.DECIDE)), HEARING,
        fields=(_REASON,), guards=(hearing_is_told_once,),
        pauses=("decide", "promise", "preliminary"), starts=("ask_hearing",), event="service.hearing_told",
    ),
    Step(
        "ask_hearing", Text("申请听证", "Ask for a hearing"), ("hearing_told",), "hearing_due",
        _AT_A_HEARING, HEARING,
        fields=(_NOTE, _FILES), stops=("ask_hearing",), starts=("hold_hearing",),
    ),
    Step(
        "waive_hearing", Text("放弃听证", "Waive the hearing"), ("hearing_told",), "reviewed",
        _AT_A_HEARING, HEARING,
        fields=(_NOTE, _FILES), stops=("ask_hearing",), resumes=("decide", "promise", "preliminary"),
    ),
    Step(
        "no_hearing_asked", Text("逾期未申请听证", "No hearing asked for"), ("hearing_told",), "reviewed",
        _HOUSE, HEARING,
        stops=("ask_hearing",), resumes=("decide", "promise", "preliminary"),
    ),
    Step(
        "notify_hearing", Text("通知并公告听证", "Give notice of the hearing"), ("hearing_due",), SAME,
        (Who(P.HOST), Who(P.REVIEW)), HEARING_HELD,
        fields=(
            Field("when", Text("听证日期", "Day of the hearing"), "date", required=True),
            Field("hour", Text("几点开始", "Begins at"), "text", required=True, max_length=20, hint=Text("例如：上午9时30分", "Such as 9:30")),
            Field("place", Text("听证地点", "Place"), "text", required=True, max_length=100),
        ),
        guards=(hearing_day_is_lawful,), starts=("hearing_notice",), event="service.hearing",
    ),
    Step(
        "hold_hearing", Text("举行听证", "Hold the hearing"), ("hearing_due",), "reviewed",
        (Who(P.HOST),), HEARING_HELD,
        description=Text("公开举行；主持人不得是本件的审查人员；笔录由参加人签字。", "In public; not hosted by who reviewed; the record is signed."),
        fields=(
            Field("summary", Text("听证情况", "What was said"), "longtext", required=True),
            Field("files", Text("听证笔录", "The signed record"), "files", required=True),
        ),
        guards=(hearing_was_notified, hearing_day_has_come), waits=("hearing_notice",), not_same_as=("review", "second_review"),
        stops=("hold_hearing", "hearing_notice"), resumes=("decide", "promise", "preliminary"),
    ),
    Step(
        "hand_up", Text("报县级部门", "Hand up to the county"), ("reviewed",), "handed_up",
        _HANDING_UP, PRELIMINARY,
        fields=(_OPINION, _FILES), only_if=(county_decides, the_countys_time_is_not_running),
        awaits=(two_have_reviewed, inquiries_are_done, meetings_have_resolved), guards=(decider_is_unchanged,),
        stops=("preliminary",), starts=("decide",), event="service.handed_up",
    ),
    Step(
        "hand_up_again", Text("补充后再报县级部门", "Hand up again"), ("reviewed",), "handed_up",
        _HANDING_UP, PRELIMINARY,
        description=Text("县级的决定时限从第一次上报起算，退回补充不重新计算。", "The county’s time counts from the first handing up; it does not begin anew."),
        fields=(_OPINION, _FILES), only_if=(county_decides, the_countys_time_runs),
        awaits=(two_have_reviewed, inquiries_are_done, meetings_have_resolved), guards=(decider_is_unchanged,), stops=("preliminary",), event="service.handed_up",
    ),
    Step(
        "hand_back", Text("退回乡镇补充", "Hand back to the township"), ("handed_up",), "accepted",
        _COUNTY, PRELIMINARY,
        description=Text("初审意见或材料要补充的，退回乡镇；不得要求申请人重复提供，决定时限不停。", "For more from the township; the applicant may not be asked for the same again, and the time to decide runs on."),
        fields=(_REASON,), starts=("preliminary",), event="service.handed_back",
    ),
    Step(
        "county_grant", Text("县级准予", "County grants"), ("handed_up",), "granted",
        _COUNTY, DECISION,
        fields=(Field("reason", Text("决定内容", "The decision"), "longtext", required=True), _RECORD, _DESPITE),
        guards=(
            decider_is_unchanged, inquiries_are_done, hearing_was_offered, opinions_are_in, objection_is_answered, deferred_are_in,
            record_is_weighed, granted_in_order,
        ),
        stops=("decide", "promise", "renewal"), starts=("issue",), event="service.granted",
    ),
    Step(
        "county_refuse", Text("县级不予许可", "County refuses"), ("handed_up",), "refused",
        _COUNTY, DECISION, fields=(_REASON, _FALSE, _RECORD),
        guards=(decider_is_unchanged, hearing_was_offered, record_is_weighed), stops=("decide", "promise", "deferred", "renewal", "assign"), starts=("issue",), event="service.refused",
    ),
    Step(
        "transfer", Text("事项划转，换由新的单位决定", "Transferred: another organ decides"),
        ("submitted", "deficient", "accepted", "reviewed"), SAME, _HOUSE, TRANSFER, guards=(level_is_unchanged,),
        description=Text("划转文件规定的日期到了；已经走过的程序继续有效。", "On the day the document names; what was done stands."),
        event="service.transferred",
    ),
    Step(
        "transfer_down", Text("事项划转，由乡镇审批机构决定", "Transferred: the township’s approval organ decides"),
        ("accepted", "reviewed"), SAME, _HOUSE, TRANSFER,
        description=Text("不再上报县级；决定时限自划转之日起算，不会比上报更晚。", "It goes up no more. The time to decide begins that day: never later than had it gone up."),
        guards=(it_is_brought_down, the_countys_time_is_not_running), stops=("preliminary",), starts=("decide",), event="service.transferred",
    ),
    Step(
        "transfer_down_again", Text("县级退回后划转，由乡镇审批机构决定", "Transferred after it was handed back: the township’s approval organ decides"),
        ("accepted", "reviewed"), SAME, _HOUSE, TRANSFER,
        description=Text("曾经上报过的，决定时限接着算，不重新计算。", "Once handed up, its time to decide goes on and does not begin anew."),
        guards=(it_is_brought_down, the_countys_time_runs), stops=("preliminary",), event="service.transferred",
    ),
    Step(
        "transfer_decision", Text("事项划转，由县级转回乡镇审批机构决定", "Transferred: back from the county to the township’s approval organ"),
        ("handed_up",), "reviewed", _HOUSE, TRANSFER, guards=(it_is_brought_down,),
        description=Text("县级部门不再决定；决定时限接着算。", "The county decides no more; the time to decide goes on."), event="service.transferred",
    ),
    Step(
        "transfer_up", Text("划转收回，由县级部门决定", "Taken back: the county decides"),
        ("accepted", "reviewed"), SAME, _HOUSE, TRANSFER,
        guards=(it_is_taken_up,), stops=("decide",), starts=("preliminary",), event="service.transferred",
    ),
    Step(
        "extend", Text("批准延长", "Grant more time"), ("accepted", "inquiry", "reviewed"), SAME,
        (Who(P.DECIDE),), LIMIT,
        description=Text("由负责人批准，理由告知申请人。", "By the head; the applicant is told why."),
        fields=(_LONGER, _REASON), only_if=(township_decides, limit_may_grow), awaits=(extended_once, extension_is_in_time),
        guards=(extension_is_lawful,), extends=("decide",), event="service.extended",
    ),
    Step(
        "county_extend", Text("县级批准延长", "County grants more time"), ("handed_up",), SAME,
        _COUNTY, LIMIT,
        description=Text("由本机关负责人批准；联合办理的由县人民政府负责人批准，附批准文书。理由告知申请人。", "By the organ’s head; where several handle it, by the head of the county’s government: keep the approval here. The applicant is told why."),
        fields=(_LONGER, _REASON, Field("files", Text("批准文书", "The approval"), "files")),
        only_if=(limit_may_grow,), awaits=(extended_once, extension_is_in_time), guards=(extension_is_lawful, government_approved),
        extends=("decide",), event="service.extended",
    ),
    Step(
        "grant", Text("准予", "Grant"), ("reviewed",), "granted",
        _DECIDING, DECISION,
        fields=(Field("reason", Text("决定内容", "The decision"), "longtext", required=True), _RECORD, _DESPITE),
        only_if=(township_decides,), awaits=(two_have_reviewed, inquiries_are_done, meetings_have_resolved),
        guards=(
            decider_is_unchanged, hearing_was_offered, opinions_are_in, objection_is_answered,
            deferred_are_in, record_is_weighed, granted_in_order,
        ),
        stops=("decide", "promise", "renewal"), starts=("issue",), event="service.granted",
    ),
    Step(
        "refuse", Text("不予许可", "Refuse"), ("reviewed",), "refused",
        _DECIDING, DECISION,
        description=Text("写明理由；系统在决定书里告知复议和诉讼的权利。", "Say why; the paper tells of review and litigation."),
        fields=(_REASON, _FALSE, _RECORD),
        only_if=(township_decides,), awaits=(two_have_reviewed,), guards=(decider_is_unchanged, hearing_was_offered, record_is_weighed),
        stops=("decide", "promise", "deferred", "renewal", "assign"), starts=("issue",), event="service.refused",
    ),
    Step(
        "deem_renewed", Text("逾期未决定，视为准予延续", "Deemed renewed"), ("submitted", "accepted", "inquiry", "reviewed", "hearing_told", "hearing_due", "handed_up"), "granted",
        _HOUSE, RENEWAL,
        stops=(
            "accept", "decide", "promise", "preliminary", "inquiry", "deferred", "ask_hearing", "hold_hearing", "hearing_notice", "renewal",
            "assign",
        ), starts=("issue",), event="service.granted",
    ),
    Step(
        "count_to_expiry", Text("原结果到期前须决定", "Decide before the old result ends"), ("submitted",), SAME,
        _HOUSE, RENEWAL, only_if=(it_is_a_renewal,), starts=("renewal",),
    ),
    Step(
        "issue", Text("制发结果", "Issue the result"), ("granted",), "issued",
        (Who(P.ISSUE),), CERTIFICATE,
        fields=(_RESULT_NUMBER, _FILES), stops=("issue",), counts_from="issue", starts=("deliver",), event="service.issued",
    ),
    Step(
        "deliver", Text("送达", "Deliver"), ("issued",), "delivered",
        (Who(P.ISSUE), Who(P.INTAKE)), DELIVERY,
        fields=(
            Field(
                "way", Text("怎样送达", "How"), "choice", required=True,
                choices=(
                    ("counter", Text("窗口领取", "At the counter")), ("post", Text("邮寄", "By post")),
                    ("electronic", Text("电子送达（已签字同意）", "Electronically, with signed consent")),
                ),
            ),
            Field("receipt", Text("签收人、邮寄单号或到达时间", "Received by, postal number, or time of arrival"), "text", max_length=100, is_private=True),
            _FILES,
        ),
        guards=(it_is_sealed, delivery_is_shown, electronic_delivery_was_agreed), stops=("deliver",), event="service.delivered",
    ),
    Step(
        "agree_electronic", Text("同意电子送达", "Agree to electronic delivery"), (SAME,), SAME,
        (Who("", Relation.PUBLIC),), DELIVERY,
        description=Text("签名确认后，决定和结果到达系统即为送达；也可以到窗口领取。", "Once signed, papers are delivered when they arrive here; you can still fetch them at the counter."),
        fields=(
            Field("signature", Text("签名（姓名全称）", "Signature (full name)"), "text", required=True, max_length=60, is_private=True),
            _FILES,
        ),
        only_if=(electronic_is_not_agreed,), guards=(signature_is_the_applicants,),
    ),
    Step(
        "deliver_refusal", Text("送达不予许可决定", "Deliver the refusal"), ("refused",), "refusal_delivered",
        (Who(P.ISSUE), Who(P.INTAKE)), DELIVERY,
        fields=(Field("receipt", Text("签收人、邮寄单号或到达时间", "Received by, postal number, or time of arrival"), "text", required=True, max_length=100, is_private=True), _FILES),
        guards=(it_is_sealed,), stops=("issue",), event="service.answered",
    ),
    Step(
        "withdraw", Text("撤回申请", "Withdraw"), BEFORE_DECISION, "withdrawn",
        (Who("", Relation.PUBLIC), Who(P.INTAKE)), LICENSING + " 第二十九条",
        description=Text("决定作出前，申请人随时可以撤回。", "Until it is decided, the applicant may withdraw."),
        fields=(_NOTE,), event="service.answered",
    ),
    Step(
        "revoke", Text("撤销", "Revoke"), ("issued", "delivered"), "revoked",
        _DECIDING, REVOKE,
        description=Text("由作出决定的机关撤销违法作出或以欺骗取得的；涉及安全的许可以欺骗取得的，三年内不得再申请。", "By who decided: what was unlawful or obtained by fraud. Fraud bars for three years where the permit concerns safety."),
        fields=(_REASON, _FRAUD),
        only_if=(something_was_granted,), guards=(it_is_ours_to_take_back,), is_correction=True, event="service.revoked",
    ),
    Step(
        "county_revoke", Text("县级撤销", "County revokes"), ("delivered",), "revoked",
        _COUNTY, REVOKE, fields=(_REASON, _FRAUD), only_if=(something_was_granted,), is_correction=True, event="service.revoked",
    ),
    Step(
        "cancel", Text("注销", "Cancel"), ("delivered",), "cancelled",
        (Who(P.DECIDE), Who(P.ISSUE)), CANCEL,
        fields=(_REASON,), only_if=(something_was_granted,), guards=(it_is_ours_to_take_back,), is_correction=True, event="service.revoked",
    ),
    Step(
        "county_cancel", Text("县级注销", "County cancels"), ("delivered",), "cancelled",
        _COUNTY, CANCEL, fields=(_REASON,), only_if=(something_was_granted,), is_correction=True, event="service.revoked",
    ),
    Step(
        "expire", Text("有效期届满未延续，注销", "Ran out, cancelled"), ("issued", "delivered"), "cancelled",
        _HOUSE, EXPIRED,
        description=Text("许可的有效期届满、没有延续申请在办也没有延续的，由系统注销。", "A permit that ran out is cancelled, unless it was renewed or its renewal is in hand."),
        only_if=(something_was_granted,), guards=(validity_has_run_out, nothing_renews_it), is_correction=True, event="service.revoked",
    ),
    Step(
        "replace", Text("已变更，由新的结果代替", "Changed: replaced by the new result"), ("delivered",), "replaced",
        _HOUSE, CHANGE, only_if=(something_was_granted,), is_correction=True, event="service.revoked",
    ),
    Step(
        "open_form", Text("查看申请表", "Open the form"), tuple(s.code for s in _STATES), SAME,
        (Who(P.INTAKE), Who(P.REVIEW), Who(P.DECIDE), Who(P.HOST), Who(P.DECIDE_COUNTY, Relation.ORGAN), Who(P.OPINION, Relation.JOINED)), PRIVACY,
        description=Text("申请表里有个人信息，每次查看都有记录。", "It holds personal data: each look is recorded."), is_correction=True,
    ),
    Step(
        "note", Text("添加记录", "Add a note"), (SAME,), SAME,
        (Who(P.READ), Who(P.DECIDE_COUNTY, Relation.ORGAN)), INTERESTED,
        fields=(Field("note", Text("内容", "Note"), "longtext", required=True), _FILES),
    ),
)  # fmt: skip

_OVERDUE = Text("亮红灯，公开说明超时理由。", "Shown red; the reason is published.")
_COUNTS_AGAIN = Text("时限继续计算。", "The clocks run on.")

_LIMITS = (
    LimitSpec("accept", Text("受理或告知补正", "Accept or name defects"), DEEMED, Text("自收到之日起视为受理。", "Deemed accepted from receipt."), 5, "working_days", then=("deem_accepted", "deem_accepted_for_county")),
    LimitSpec("supplement", Text("申请人补正", "Putting it right"), COUNTY_RULE, Text("视为撤回。", "Taken as withdrawn."), 30, "calendar_days", rolls=True, is_local=True, then=("lapse",)),
    LimitSpec("deferred", Text("容缺补齐", "Deferred materials"), DEFERRED, Text("视为撤回。", "Taken as withdrawn."), 10, "working_days", is_local=True, then=("lapse",)),
    LimitSpec("preliminary", Text("乡镇初审", "Preliminary review"), PRELIMINARY, _OVERDUE, 20, "working_days"),
    LimitSpec("decide", Text("作出决定（法定）", "Decision (statutory)"), LIMIT, _OVERDUE, number_from="statutory"),
    LimitSpec("promise", Text("作出决定（承诺）", "Decision (promised)"), COUNTY_RULE, _OVERDUE, number_from="promised"),
    LimitSpec("inquiry", Text("特别程序", "Special procedure"), NOT_COUNTED, _COUNTS_AGAIN, number_from="inquiry_period", then=("count_again",)),
    LimitSpec("assign", Text("指派检验人员", "Assigning inspectors"), INSPECTED, _OVERDUE, 5, "working_days", only_with="is_inspected"),
    LimitSpec("ask_hearing", Text("申请听证", "Asking for a hearing"), HEARING, Text("视为不要求听证。", "Taken as not wanted."), 5, "working_days", then=("no_hearing_asked",)),
    LimitSpec("hold_hearing", Text("组织听证", "Holding the hearing"), HEARING, _COUNTS_AGAIN, 20, "working_days", then=("count_again",)),
    LimitSpec("hearing_notice", Text("听证通知", "Notice of the hearing"), HEARING_HELD, Text("未满七日不得举行。", "Not held before."), 7, "working_days", is_wait=True),
    LimitSpec("issue", Text("颁发", "Issue"), CERTIFICATE, _OVERDUE, 10, "working_days"),
    LimitSpec("deliver", Text("送达（自决定之日起）", "Deliver (from the decision)"), CERTIFICATE, _OVERDUE, 10, "working_days"),
    LimitSpec("renewal", Text("原结果到期", "End of the old result"), RENEWAL, Text("视为准予延续。", "Deemed renewed."), number_from="renewal_period", unit="calendar_days", then=("deem_renewed",)),
)  # fmt: skip

SERVICE = Procedure(
    code="service",
    version=1,
    name=Text("政务服务办件", "Application for a service"),
    prefix="BJ",
    states=_STATES,
    steps=_STEPS,
    limits=_LIMITS,
    law=LICENSING,
)

JOINT_OPINION = Procedure(
    code="joint_opinion",
    version=1,
    name=Text("联办意见", "Opinion in joint handling"),
    prefix="LB",
    states=(
        State("asked", Text("待答复", "To be answered"), Text("征求意见中", "Being asked")),
        State("agreed", Text("同意", "Agreed"), Text("已答复", "Answered"), is_end=True),
        State("objected", Text("不同意", "Objected"), Text("已答复", "Answered"), is_end=True),
    ),
    steps=(
        Step(
            "ask", Text("征求意见", "Ask"), (), "asked", (Who(P.REVIEW),), JOINT_LAW,
            fields=(_NOTE,), starts=("answer",), event="service.opinion_asked",
        ),
        Step(
            "agree", Text("同意", "Agree"), ("asked",), "agreed", (Who(P.OPINION, Relation.ORGAN),), JOINT_LAW,
            fields=(Field("opinion", Text("意见", "Opinion"), "longtext", required=True), _FILES), stops=("answer",),
        ),
        Step(
            "object", Text("不同意", "Object"), ("asked",), "objected", (Who(P.OPINION, Relation.ORGAN),), JOINT_LAW,
            fields=(_REASON, _FILES), stops=("answer",),
        ),
    ),
    limits=(
        LimitSpec("answer", Text("答复", "Answer"), COUNTY_RULE, _OVERDUE, 5, "working_days", is_local=True),
    ),
    law=JOINT_LAW,
)  # fmt: skip

_RATING = "国办发〔2019〕51号"
_CONTACT = "安阳市政务服务条例 第五十二条（参照）"
_LEVEL = Field(
    "number", Text("满意度（5 最满意，1 最不满意）", "How content (5 most, 1 least)"), "number", required=True
)

RECTIFICATION = Procedure(
    code="rectification",
    version=1,
    name=Text("差评整改", "Answering a bad rating"),
    prefix="ZG",
    states=(
        State("opened", Text("待联系", "To be contacted"), Text("已收到评价", "Rating received")),
        State("contacted", Text("整改中", "Being put right"), Text("正在整改", "Being put right")),
        State("answered", Text("已答复，待评价人回评", "Answered, to be rated again"), Text("已整改，请您回评", "Put right: please rate it again")),
        State("unfounded", Text("核实为误评，待评价人回评", "Found mistaken, to be rated again"), Text("已核实并答复，请您回评", "Looked into and answered: please rate it again")),
        State("closed", Text("已办结", "Closed"), Text("已办结", "Closed"), is_end=True),
    ),
    steps=(
        Step(
            "open", Text("差评转整改", "Open"), (), "opened", _HOUSE, _RATING,
            starts=("contact", "answer"),
        ),
        Step(
            "contact", Text("联系评价人", "Contact"), ("opened",), "contacted", (Who(P.RECTIFY),), _CONTACT,
            description=Text(
                "写下要对评价人说的话，系统转给评价人；匿名的也能收到，您看不到是谁。",
                "Write what to tell who rated. The house passes it on; who rated without a name hears it too, unseen by you.",
            ),
            fields=(Field("words", Text("对评价人说的话", "What to tell who rated"), "longtext", required=True),),
            stops=("contact",), event="rectification.contacted",
        ),
        Step(
            "answer", Text("整改完成并答复", "Put right and answered"), ("contacted",), "answered", (Who(P.RECTIFY),), _RATING,
            fields=(Field("result", Text("怎样整改（告知评价人）", "What was put right (who rated is told)"), "longtext", required=True), _FILES),
            stops=("answer",), starts=("rate_again",), event="rectification.answered",
        ),
        Step(
            "find_mistaken", Text("核实为误评", "Found mistaken"), ("contacted",), "unfounded", (Who(P.RECTIFY),), _RATING,
            fields=(Field("result", Text("核实情况（告知评价人）", "What was found (who rated is told)"), "longtext", required=True), _FILES),
            stops=("answer",), starts=("rate_again",), event="rectification.answered",
        ),
        Step(
            "insist", Text("评价人仍不满意", "Still not content"), ("answered", "unfounded"), "contacted",
            (Who("", Relation.PUBLIC),), _RATING,
            fields=(_LEVEL,), guards=(insisted_once,), stops=("rate_again",), starts=("answer",),
        ),
        Step(
            "close_rated", Text("评价人回评，办结", "Rated again and closed"), ("answered", "unfounded"), "closed",
            (Who("", Relation.PUBLIC),), _RATING, fields=(_LEVEL,),
        ),
        Step(
            "close", Text("期满未回评，办结", "Not rated again in time, closed"), ("answered", "unfounded"), "closed",
            _HOUSE, _RATING,
        ),
    ),
    limits=(
        LimitSpec("contact", Text("联系评价人", "Contact"), _CONTACT, _OVERDUE, 1, "working_days", is_local=True),
        LimitSpec("answer", Text("整改答复", "Answer"), COUNTY_RULE, _OVERDUE, 5, "working_days", is_local=True),
        LimitSpec("rate_again", Text("回评", "Rating again"), COUNTY_RULE, Text("视为接受答复，办结。", "Taken as content and closed."), 10, "working_days", is_local=True, then=("close",)),
    ),
    law=_RATING,
)  # fmt: skip
