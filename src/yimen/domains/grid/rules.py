"""The rules an incident is judged by: statements about the facts, true when all is well."""

from datetime import datetime

from yimen.kernel.procedure.language import GuardFacts, rule
from yimen.kernel.words import Text

GRID_REGULATION = "滨州市网格化服务管理条例 第十一条"
HOTLINE = "国办发〔2020〕53号"
CLOSING_STANDARD = "GB/T 30428.8"
RETURN_RULE = "安阳市政务服务条例 第五十条（参照）"
ARCHIVE = "滨州市网格化服务管理条例 第十四条"
COUNTY_RULE = "县定规则"
ANSWERS = (
    ("satisfied", Text("满意", "Satisfied")),
    ("content", Text("基本满意", "Fairly satisfied")),
    ("dissatisfied", Text("不满意", "Dissatisfied")),
    ("unreached", Text("没有联系上", "Not reached")),
)


@rule(
    "incident.no_class",
    Text("请先确定事件分类，处置时限由分类决定。", "Settle the class first; it sets the time limit."),
    CLOSING_STANDARD,
    "class",
)
def class_is_settled(facts: GuardFacts) -> bool:
    """An incident is registered under a class, which sets its limit."""
    return bool(facts.facts.get("limit"))


@rule(
    "incident.not_by_table",
    Text(
        "没有按派遣规则派遣，请在说明里写明理由。",
        "This departs from the duty table; give the reason in the note.",
    ),
    HOTLINE,
    "note",
)
def departure_from_the_table_has_a_reason(facts: GuardFacts) -> bool:
    """Who dispatches otherwise than the duty table says why."""
    duty = facts.related.get("duty")
    return not duty or facts.given.get("organ") in (None, duty) or bool(facts.given.get("note"))


@rule(
    "incident.no_such_organ",
    Text("没有这个单位，或它今天已不存在。", "There is no such organ today."),
    HOTLINE,
    "organ",
)
def organ_exists(facts: GuardFacts) -> bool:
    """What is dispatched goes to an organ that exists on the day; the duty table's own choice is checked there."""
    return facts.related.get("organ_exists", "yes") == "yes"


@rule(
    "incident.too_late_to_return",
    Text(
        "派遣后可以退回的时间已过，请处置或申请延期。",
        "The time in which it could be returned after dispatch has passed; handle it, or ask for more time.",
    ),
    RETURN_RULE,
)
def returned_in_time(facts: GuardFacts) -> bool:
    """A wrongly sent incident is returned within the county's limit (24 hours unless it sets another) of its dispatch."""
    until = facts.related.get("return_until", "")
    return bool(until) and facts.at <= datetime.fromisoformat(until)


@rule(
    "incident.post_elsewhere",
    Text(
        "这个岗位不在处置单位里，或今天没有人。",
        "That post is not in the organ that holds this, or nobody is in it today.",
    ),
    GRID_REGULATION,
    "post",
)
def post_is_of_the_organ(facts: GuardFacts) -> bool:
    """Work is given to a post of the organ that holds it, with somebody in it today."""
    return "post" not in facts.given or facts.related.get("post_fits") == "yes"


@rule(
    "incident.extended_already",
    Text("已经延期过一次。", "More time was granted once already."),
    RETURN_RULE,
)
def extended_once(facts: GuardFacts) -> bool:
    """Handling is extended once."""
    return "extend" not in facts.performers


@rule(
    "incident.extension_too_long",
    Text("延期不能超过原来的时限。", "The extension may not exceed the original limit."),
    RETURN_RULE,
    "number",
)
def extension_is_bounded(facts: GuardFacts) -> bool:
    """An extension is at most as long as the limit the class sets."""
    limit = facts.facts.get("limit") or (0, "")
    return "number" not in facts.given or facts.given["number"] <= limit[0]


@rule(
    "incident.not_pressed_for",
    Text(
        "请先督办；督办后没有进展的才挂牌。", "Press for progress first; what that does not move is listed."
    ),
    HOTLINE,
)
def pressed_for_before(facts: GuardFacts) -> bool:
    """What goes on the supervision list was pressed for before."""
    return "supervise" in facts.performers


@rule(
    "incident.no_result",
    Text("请写明处置结果或附上照片。", "Say what was done, or attach a photo."),
    CLOSING_STANDARD,
    "result",
)
def result_is_shown(facts: GuardFacts) -> bool:
    """Handling ends with words or a photo that show what was done."""
    return bool(facts.given.get("result") or facts.given.get("files"))


@rule(
    "incident.merge_target",
    Text(
        "要并入的事件不存在、已办结，或就是这一件。",
        "The incident to merge into is missing, ended, or this one.",
    ),
    HOTLINE,
    "target",
)
def target_is_open(facts: GuardFacts) -> bool:
    """A duplicate is merged into another incident that is still open."""
    target = facts.related.get("target", "")
    return bool(target) and target not in END_STATES and not facts.related.get("is_self")


@rule(
    "incident.top_level",
    Text("处置单位没有上一级，不能再提级。", "The organ that holds this has no level above it."),
    HOTLINE,
)
def there_is_a_level_above(facts: GuardFacts) -> bool:
    """What is escalated goes to the organ above the one that holds it."""
    return facts.related.get("above", "known") != ""


@rule(
    "incident.not_called_back",
    Text("报事人留了电话，结案前请先回访。", "The reporter left a number; call back before closing."),
    HOTLINE,
)
def reporter_was_called_back(facts: GuardFacts) -> bool:
    """Whoever left a number is called back before the incident is closed."""
    return facts.state == "called_back" or not facts.facts.get("has_contact")


@rule(
    "incident.dissatisfied",
    Text(
        "报事人不满意，请退回处置，或在说明里写明为什么仍然结案。",
        "The reporter is dissatisfied: send it back, or say in the note why it is closed all the same.",
    ),
    HOTLINE,
    "note",
)
def dissatisfaction_is_answered(facts: GuardFacts) -> bool:
    """A dissatisfied reporter's incident is closed only with a reason."""
    return facts.facts.get("answer") != "dissatisfied" or bool(facts.given.get("note"))


END_STATES = frozenset({"closed", "self_handled", "merged_duplicate", "not_accepted"})
