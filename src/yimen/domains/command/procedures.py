"""The procedure of an appeal against a figure of a month's assessment.

How long one may appeal and how long a decision may take, no statute says: the county's assessment scheme does, and each
appeal carries what the scheme in force set.
"""

from yimen.domains.command.permissions import CommandPermission as P
from yimen.kernel.procedure.language import (
    Field,
    GuardFacts,
    LimitSpec,
    Procedure,
    State,
    Step,
    Who,
    rule,
)
from yimen.kernel.words import Text

_SCHEME = "本县考核方案"
_REASON = Field("reason", Text("理由", "Reason"), "longtext", required=True)


@rule(
    "appeal.too_late",
    Text("申诉期限已过。", "The time to appeal is over."),
    _SCHEME,
)
def raised_in_time(facts: GuardFacts) -> bool:
    """An appeal comes within the days that the scheme gives after publication."""
    return facts.at.isoformat() <= str(facts.facts["until"])


@rule(
    "appeal.own_publication",
    Text(
        "发布考核的人不能审核对它的申诉。", "Who published the assessment may not decide appeals against it."
    ),
    _SCHEME,
)
def decided_by_another(facts: GuardFacts) -> bool:
    """Who published does not decide."""
    return facts.related.get("is_publisher") != "yes"


APPEAL = Procedure(
    code="appeal",
    version=1,
    name=Text("考核申诉", "Appeal against an assessment"),
    prefix="SS",
    states=(
        State("raised", Text("待受理", "Raised"), Text("已收到", "Received")),
        State("examining", Text("审核中", "Being examined"), Text("审核中", "Being examined")),
        State("upheld", Text("申诉成立", "Upheld"), Text("申诉成立", "Upheld"), is_end=True),
        State("rejected", Text("申诉不成立", "Rejected"), Text("申诉不成立", "Rejected"), is_end=True),
    ),
    steps=(
        Step(
            "raise", Text("提出申诉", "Appeal"), (), "raised", (Who(P.APPEAL),), _SCHEME,
            fields=(_REASON,), guards=(raised_in_time,), starts=("decide",),
        ),
        Step(
            "accept", Text("受理申诉", "Take up"), ("raised",), "examining", (Who(P.DECIDE),), _SCHEME,
            guards=(decided_by_another,), not_same_as=("raise",),
        ),
        Step(
            "uphold", Text("申诉成立", "Uphold"), ("examining",), "upheld", (Who(P.DECIDE),), _SCHEME,
            description=Text("这件事件从考核中剔除，由发布人发布更正版。", "The incident is left out; a corrected edition is published."),
            fields=(_REASON,), guards=(decided_by_another,), not_same_as=("raise",), stops=("decide",),
        ),
        Step(
            "reject", Text("申诉不成立", "Reject"), ("examining",), "rejected", (Who(P.DECIDE),), _SCHEME,
            fields=(_REASON,), guards=(decided_by_another,), not_same_as=("raise",), stops=("decide",),
        ),
    ),
    limits=(
        LimitSpec(
            "decide", Text("审核", "Decision"), _SCHEME, Text("亮红灯。", "Shown red."), number_from="limit"
        ),
    ),
    law=_SCHEME,
)  # fmt: skip
