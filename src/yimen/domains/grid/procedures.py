"""The procedure of an incident, after the seven links of digital urban management (GB/T 30428) and the grid rules.

In the code, `register` is what urban management calls 立案; filing an enforcement case is something else.
"""

from yimen.domains.grid.permissions import GridPermission as P
from yimen.domains.grid.rules import (
    ANSWERS,
    ARCHIVE,
    CLOSING_STANDARD,
    COUNTY_RULE,
    GRID_REGULATION,
    HOTLINE,
    RETURN_RULE,
    class_is_settled,
    departure_from_the_table_has_a_reason,
    dissatisfaction_is_answered,
    extended_once,
    extension_is_bounded,
    organ_exists,
    post_is_of_the_organ,
    pressed_for_before,
    reporter_was_called_back,
    result_is_shown,
    returned_in_time,
    target_is_open,
    there_is_a_level_above,
)
from yimen.kernel.access.permissions import KernelPermission as K
from yimen.kernel.procedure.language import SAME, Field, LimitSpec, Procedure, Relation, State, Step, Who
from yimen.kernel.words import Text

_SEVEN_LINKS = "GB/T 30428.4"
_PRIVACY = "个人信息保护法 第六条"

_REASON = Field("reason", Text("理由", "Reason"), "longtext", required=True)
_SEEN_BY_REPORTER = Text(
    "报事人凭查询码能看到这段话；不要写别人的姓名、电话。",
    "The reporter reads this with the tracking code; name nobody else in it.",
)
_ANSWER = Field("reason", Text("理由", "Reason"), "longtext", required=True, hint=_SEEN_BY_REPORTER)
_FILES = Field("files", Text("照片或文件", "Photos or files"), "files")
_NOTE = Field("note", Text("说明", "Note"), "longtext")
_HOLDER = Who(P.HANDLE, Relation.HOLDER)
_HELD = ("dispatched", "handling", "suspended")

_STATES = (
    State("reported", Text("待受理", "Reported"), Text("已收到", "Received")),
    State("verifying", Text("待核实", "To be verified"), Text("正在核实", "Being verified")),
    State("verified", Text("已核实", "Verified"), Text("已核实", "Verified")),
    State("registered", Text("已登记", "Registered"), Text("已受理", "Accepted")),
    State("dispatched", Text("已派遣", "Dispatched"), Text("已交办", "Passed on")),
    State("returned", Text("已退回", "Returned"), Text("重新交办中", "Being passed on again")),
    State("escalated", Text("提级待派", "Escalated"), Text("已转上级办理", "Passed to the level above")),
    State("handling", Text("处置中", "Being handled"), Text("处理中", "Being dealt with")),
    State("suspended", Text("挂起", "Suspended"), Text("暂缓处理", "On hold")),
    State("handled", Text("待核查", "Handled, to be checked"), Text("等待核实", "Awaiting a check")),
    State("checked", Text("待结案", "Checked"), Text("已核实", "Checked")),
    State("called_back", Text("已回访", "Called back"), Text("已回访", "You were called back")),
    State("closed", Text("已结案", "Closed"), Text("已办结", "Done"), is_end=True),
    State(
        "self_handled",
        Text("自行处置", "Self-handled"),
        Text("已当场解决", "Settled on the spot"),
        is_end=True,
    ),
    State(
        "merged_duplicate",
        Text("已合并", "Merged as duplicate"),
        Text("已并入另一件", "Joined to another"),
        is_end=True,
    ),
    State(
        "not_accepted",
        Text("不予受理", "Not accepted"),
        Text("不属受理范围", "Outside our remit"),
        is_end=True,
    ),
)

_STEPS = (
    Step(
        "report", Text("上报", "Report"), (), "reported",
        (Who(P.REPORT), Who("", Relation.PUBLIC)), GRID_REGULATION,
        fields=(_FILES,), starts=("register",), event="incident.reported",
    ),
    Step(
        "self_handle", Text("自行处置上报", "Report as settled on the spot"), (), "self_handled",
        (Who(P.HANDLE),), GRID_REGULATION,
        fields=(Field("result", Text("处置结果", "What was done"), "longtext", required=True), _FILES),
    ),
    Step(
        "take_over", Text("接收历史案卷", "Take over a settled one"), (), "closed",
        (Who(P.IMPORT),), ARCHIVE,
        description=Text("从其他系统移入、在那里已经办结的事件。", "Brought in from another system, where it was settled."),
        fields=(Field("result", Text("处置结果", "What was done"), "longtext"),),
    ),
    Step(
        "classify", Text("更正分类", "Correct the class"), ("reported", "verifying", "verified", "registered", "returned"), SAME,
        (Who(P.REGISTER),), CLOSING_STANDARD,
        fields=(Field("class", Text("分类", "Class"), "class", required=True),),
    ),
    Step(
        "ask_verification", Text("派员核实", "Have it verified"), ("reported",), "verifying",
        (Who(P.REGISTER),), CLOSING_STANDARD,
        description=Text("请网格员到现场看情况是否属实，再决定立案。", "A grid worker looks on site before it is registered."),
        fields=(_NOTE,), pauses=("register",), starts=("verify",), event="incident.to_verify",
    ),
    Step(
        "verify", Text("核实属实", "Verified as reported"), ("verifying",), "verified",
        (Who(P.CHECK),), CLOSING_STANDARD,
        fields=(_NOTE, _FILES), stops=("verify",), resumes=("register",),
    ),
    Step(
        "find_nothing", Text("核实不属实", "Nothing found"), ("verifying",), "reported",
        (Who(P.CHECK),), CLOSING_STANDARD,
        fields=(_REASON, _FILES), stops=("verify",), resumes=("register",),
    ),
    Step(
        "register", Text("登记立案", "Register"), ("reported", "verified"), "registered",
        (Who(P.REGISTER),), _SEVEN_LINKS,
        fields=(_NOTE,), guards=(class_is_settled,),
        stops=("register",), starts=("dispatch",),
    ),
    Step(
        "refuse", Text("不予受理", "Do not accept"), ("reported", "verified"), "not_accepted",
        (Who(P.REGISTER),), HOTLINE,
        fields=(_ANSWER,), event="incident.answered",
    ),
    Step(
        "merge", Text("合并重复", "Merge as duplicate"),
        ("reported", "verified", "registered", "dispatched", "returned"), "merged_duplicate",
        (Who(P.MERGE),), HOTLINE,
        description=Text(
            "开始处置以前都可以合并，由派遣规则自动派遣的也一样。",
            "Until handling begins, also where the duty table dispatched it at once.",
        ),
        fields=(Field("target", Text("并入的事件编号", "Number of the incident to join"), "text", required=True, max_length=40),),
        guards=(target_is_open,), event="incident.merged",
    ),
    Step(
        "dispatch", Text("派遣", "Dispatch"), ("registered", "returned", "escalated"), "dispatched",
        (Who(P.DISPATCH),), _SEVEN_LINKS,
        fields=(Field("organ", Text("处置单位", "Organ to handle it"), "organ", required=True), _NOTE),
        guards=(class_is_settled, organ_exists, departure_from_the_table_has_a_reason),
        assign="organ_field", stops=("dispatch",), starts=("handle",), event="incident.dispatched",
    ),
    Step(
        "return", Text("退回", "Return"), ("dispatched",), "returned",
        (_HOLDER,), RETURN_RULE,
        fields=(_REASON,), guards=(returned_in_time,), within="return",
        assign="none", stops=("handle",), starts=("dispatch",),
    ),
    Step(
        "escalate", Text("提级办理", "Escalate a level"), ("dispatched", "handling"), "escalated",
        (_HOLDER, Who(P.SUPERVISE)), HOTLINE,
        description=Text("本级解决不了的，转上一级单位牵头，由其所在层级重新派遣。", "What this level cannot solve goes to the organ above, where it is dispatched anew."),
        fields=(_REASON,), guards=(there_is_a_level_above,), stops=("handle",), starts=("dispatch",),
        event="incident.escalated",
    ),
    Step(
        "assign_post", Text("交办到岗", "Give to a post"), ("dispatched", "handling"), SAME,
        (Who(P.HANDLE, Relation.ORGAN),), _SEVEN_LINKS,
        fields=(Field("post", Text("岗位", "Post"), "post", required=True), _NOTE),
        guards=(post_is_of_the_organ,), assign="post_field",
    ),
    Step(
        "begin", Text("开始处置", "Begin handling"), ("dispatched",), "handling",
        (_HOLDER,), _SEVEN_LINKS,
    ),
    Step(
        "finish", Text("处置完成", "Handling finished"), ("handling",), "handled",
        (_HOLDER,), _SEVEN_LINKS,
        fields=(Field("result", Text("处置结果", "What was done"), "longtext", hint=_SEEN_BY_REPORTER), _FILES),
        guards=(result_is_shown,), stops=("handle", "listed"), starts=("check",), event="incident.handled",
    ),
    Step(
        "suspend", Text("批准挂起", "Allow to suspend"), ("handling",), "suspended",
        (Who(P.SUPERVISE), Who(P.SUPERVISE, Relation.ORGAN)), CLOSING_STANDARD,
        description=Text("等待配件、天气或季节等客观原因；办理单位自己不能挂起。", "For outward causes; who handles it may not suspend it alone."),
        fields=(_REASON,), not_same_as=("begin",), pauses=("handle",), starts=("suspension",),
    ),
    Step(
        "resume", Text("恢复处置", "Resume"), ("suspended",), "handling",
        (_HOLDER, Who(P.SUPERVISE)), CLOSING_STANDARD, resumes=("handle",), stops=("suspension",),
    ),
    Step(
        "extend", Text("批准延期", "Grant more time"), ("handling", "suspended"), SAME,
        (Who(P.SUPERVISE),), RETURN_RULE,
        description=Text("处置单位确有困难的，可延期一次，不超过原时限。", "Once, and by no more than the original limit."),
        fields=(
            Field("number", Text("延长多少（按原时限的单位）", "By how many, in the limit's own unit"), "number", required=True),
            _REASON,
        ),
        guards=(extended_once, extension_is_bounded), extends=("handle",),
    ),
    Step(
        "pass", Text("核查通过", "Check passed"), ("handled",), "checked",
        (Who(P.CHECK),), CLOSING_STANDARD,
        fields=(_NOTE, _FILES), not_same_as=("finish",), stops=("check",), starts=("close",),
    ),
    Step(
        "rework", Text("返工", "Send back for rework"), ("handled",), "handling",
        (Who(P.CHECK),), CLOSING_STANDARD,
        fields=(_REASON, _FILES), not_same_as=("finish",), stops=("check",), starts=("handle",),
        event="incident.rework",
    ),
    Step(
        "call_back", Text("回访", "Call back"), ("checked",), "called_back",
        (Who(P.REGISTER), Who(P.CLOSE)), HOTLINE,
        fields=(Field("answer", Text("报事人怎么说", "What the reporter says"), "choice", required=True, choices=ANSWERS), _NOTE),
    ),
    Step(
        "send_back", Text("回访后退回处置", "Send back after the call"), ("called_back",), "handling",
        (Who(P.CLOSE),), HOTLINE,
        fields=(_REASON,), stops=("close",), starts=("handle",), event="incident.rework",
    ),
    Step(
        "close", Text("结案", "Close"), ("checked", "called_back"), "closed",
        (Who(P.CLOSE),), CLOSING_STANDARD,
        guards=(reporter_was_called_back, dissatisfaction_is_answered),
        fields=(_NOTE,), stops=("close",), event="incident.answered",
    ),
    Step(
        "reopen", Text("撤销结案", "Revoke the closing"), ("closed", "not_accepted", "merged_duplicate"), "registered",
        (Who(P.CLOSE),), HOTLINE,
        description=Text("结案后发现问题没有解决时更正。", "Corrects a closing when the problem proves unsolved."),
        fields=(_REASON,), starts=("dispatch",), assign="none", is_correction=True,
    ),
    Step(
        "withdraw_dispatch", Text("改派", "Take back to dispatch again"), ("dispatched", "handling", "suspended"), "returned",
        (Who(P.SUPERVISE),), HOTLINE,
        fields=(_REASON,), assign="none", stops=("handle", "suspension"), starts=("dispatch",), is_override=True,
    ),
    Step(
        "urge", Text("催办", "Remind"), _HELD, SAME,
        (Who(P.DISPATCH), Who(P.SUPERVISE)), HOTLINE,
        description=Text("提醒处置单位抓紧办。", "Reminds the organ that holds it."),
        fields=(_NOTE,), event="incident.urged",
    ),
    Step(
        "supervise", Text("督办", "Press for progress"), (SAME,), SAME,
        (Who(P.SUPERVISE),), HOTLINE, fields=(_REASON,), event="incident.supervised",
    ),
    Step(
        "list", Text("挂牌督办", "Put on the supervision list"), _HELD, SAME,
        (Who(P.SUPERVISE),), HOTLINE,
        description=Text("督办后仍没有进展的，限期办结；处置完成即摘牌。", "For what was pressed for in vain; it ends when handling is finished."),
        fields=(_REASON,), guards=(pressed_for_before,), starts=("listed",), event="incident.listed",
    ),
    Step(
        "note", Text("添加记录", "Add a note"), (SAME,), SAME,
        (Who(P.READ), _HOLDER), _SEVEN_LINKS,
        fields=(Field("note", Text("内容", "Note"), "longtext", required=True), _FILES),
    ),
    Step(
        "reveal", Text("查看联系方式", "Reveal contact details"), tuple(s.code for s in _STATES), SAME,
        (Who(K.MATTER_REVEAL), Who(K.MATTER_REVEAL, Relation.HOLDER)), _PRIVACY,
        description=Text("每次查看都记录理由。", "Each look is recorded with its reason."),
        fields=(_REASON,), is_correction=True,
    ),
)  # fmt: skip

_OVERDUE = Text("亮红灯，计入超期。", "Shown red and counted as overdue.")

_LIMITS = (
    LimitSpec("register", Text("受理", "Intake"), COUNTY_RULE, _OVERDUE, 4, "working_hours", is_local=True),
    LimitSpec("verify", Text("核实", "Verification"), COUNTY_RULE, _OVERDUE, 4, "working_hours", is_local=True),
    LimitSpec("dispatch", Text("派遣", "Dispatch"), COUNTY_RULE, _OVERDUE, 24, "hours", is_local=True),
    LimitSpec(
        "return", Text("退回", "Return"), RETURN_RULE,
        Text("此后不能退回，只能处置或申请延期。", "After that it is handled, or more time is asked for."), 24, "hours", is_local=True,
    ),
    LimitSpec("handle", Text("处置", "Handling"), CLOSING_STANDARD, _OVERDUE, number_from="limit"),
    LimitSpec("suspension", Text("挂起", "Suspension"), COUNTY_RULE, _OVERDUE, 15, "working_days", is_local=True),
    LimitSpec("listed", Text("挂牌督办", "Supervision list"), COUNTY_RULE, _OVERDUE, 5, "working_days", is_local=True),
    LimitSpec("check", Text("核查", "Check"), COUNTY_RULE, _OVERDUE, 2, "working_days", is_local=True),
    LimitSpec("close", Text("回访结案", "Calling back and closing"), COUNTY_RULE, _OVERDUE, 7, "calendar_days", rolls=True, is_local=True),
)  # fmt: skip

INCIDENT = Procedure(
    code="incident",
    version=1,
    name=Text("网格事件", "Grid incident"),
    prefix="SJ",
    states=_STATES,
    steps=_STEPS,
    limits=_LIMITS,
    law="GB/T 30428",
)
