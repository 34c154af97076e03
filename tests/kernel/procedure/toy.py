"""A small procedure with everything the language has: waits, pauses, extensions, corrections, an override."""

from collections.abc import Iterator
from contextlib import contextmanager

from yimen.kernel.procedure import registry
from yimen.kernel.procedure.language import (
    SAME,
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

MAY = "incident.supervise"
LAW = "某法 第一条"


def words(text: str) -> Text:
    """The same in both languages."""
    return Text(text, text)


@rule("toy.no_reason", words("写明理由"), LAW, "reason")
def has_a_reason(facts: GuardFacts) -> bool:
    """Whoever decides says why."""
    return bool(facts.given.get("reason"))


ANYONE = (Who(MAY),)
REASON = Field("reason", words("理由"), "longtext")

TOY = Procedure(
    code="toy",
    version=1,
    name=words("玩具"),
    prefix="WJ",
    states=(
        State("told", words("已告知"), words("已告知")),
        State("paused", words("中止"), words("中止")),
        State("decided", words("已决定"), words("已决定"), is_end=True),
    ),
    steps=(
        Step("tell", words("告知"), (), "told", ANYONE, LAW, starts=("decide", "notice", "hours", "days")),
        Step("pause", words("中止"), ("told",), "paused", ANYONE, LAW, pauses=("decide", "hours", "days")),
        Step("resume", words("恢复"), ("paused",), "told", ANYONE, LAW, resumes=("decide", "hours", "days")),
        Step("announce", words("重新公告"), ("told",), SAME, ANYONE, LAW, starts=("notice",)),
        Step("extend", words("延期"), ("told",), SAME, ANYONE, LAW, extends=("decide",)),
        Step(
            "decide", words("决定"), ("told",), "decided", ANYONE, LAW,
            fields=(REASON,), guards=(has_a_reason,), waits=("notice",), stops=("decide", "notice"),
        ),
        Step("revoke", words("撤销"), ("decided",), "told", ANYONE, LAW, is_correction=True, starts=("decide",)),
    ),
    limits=(
        LimitSpec("decide", words("决定"), LAW, words("超期"), 20, "working_days"),
        LimitSpec("hours", words("办理"), LAW, words("超期"), 8, "working_hours"),
        LimitSpec("days", words("公示"), LAW, words("超期"), 15, "calendar_days", rolls=True),
        LimitSpec("notice", words("听证告知"), LAW, words("不得提前"), 5, "working_days", is_wait=True),
    ),
)  # fmt: skip


@contextmanager
def known() -> Iterator[Procedure]:
    """The toy, registered while a test runs."""
    registry.register(TOY)
    try:
        yield TOY
    finally:
        registry._known.pop((TOY.code, TOY.version))
