"""The rules an incident is judged by: facts in, finding or nothing out."""

from datetime import timedelta

from yimen.kernel.procedure.language import GuardFacts
from yimen.kernel.words import Finding, Text

GRID_REGULATION = "滨州市网格化服务管理条例 第十一条"
HOTLINE = "国办发〔2020〕53号"
CLOSING_STANDARD = "GB/T 30428.8"
RETURN_WITHIN = timedelta(hours=24)


def class_is_settled(facts: GuardFacts) -> Finding | None:
    """An incident is registered under a class, which sets its limit."""
    if facts.facts.get("limit"):
        return None
    return Finding(
        "incident.no_class",
        Text("请先确定事件分类，处置时限由分类决定。", "Settle the class first; it sets the time limit."),
        CLOSING_STANDARD,
        "class",
    )


def departure_from_the_table_has_a_reason(facts: GuardFacts) -> Finding | None:
    """Who dispatches otherwise than the duty table says why."""
    duty = facts.related.get("duty")
    if not duty or facts.given.get("organ") in (None, duty) or facts.given.get("note"):
        return None
    return Finding(
        "incident.not_by_table",
        Text(
            "没有按派遣规则派遣，请在说明里写明理由。",
            "This departs from the duty table; give the reason in the note.",
        ),
        HOTLINE,
        "note",
    )


def returned_in_time(facts: GuardFacts) -> Finding | None:
    """A wrongly sent incident is returned within 24 hours of its dispatch."""
    started = facts.clock_started.get("handle")
    if started is None or facts.at - started <= RETURN_WITHIN:
        return None
    return Finding(
        "incident.too_late_to_return",
        Text(
            "派遣超过 24 小时，不能再退回，请处置或申请延期。",
            "More than 24 hours have passed since dispatch; it can no longer be returned.",
        ),
        HOTLINE,
    )


def result_is_shown(facts: GuardFacts) -> Finding | None:
    """Handling ends with words or a photo that show what was done."""
    if facts.given.get("result") or facts.given.get("files"):
        return None
    return Finding(
        "incident.no_result",
        Text("请写明处置结果或附上照片。", "Say what was done, or attach a photo."),
        CLOSING_STANDARD,
        "result",
    )


def target_is_open(facts: GuardFacts) -> Finding | None:
    """A duplicate is merged into another incident that is still open."""
    target = facts.related.get("target", "")
    if target and target not in END_STATES and not facts.related.get("is_self"):
        return None
    return Finding(
        "incident.merge_target",
        Text(
            "要并入的事件不存在、已办结，或就是这一件。",
            "The incident to merge into is missing, ended, or this one.",
        ),
        HOTLINE,
        "target",
    )


END_STATES = frozenset({"closed", "self_handled", "merged_duplicate", "not_accepted"})
