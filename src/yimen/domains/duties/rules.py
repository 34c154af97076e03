"""The rules of entry control: statements about an admission or a round, true when all is well."""

from datetime import date

from yimen.kernel.procedure.language import GuardFacts, rule
from yimen.kernel.words import Text

ADMISSION_LAW = "关于推进基层整合审批服务执法力量的实施意见 五"
GRID_LAW = "关于推进基层整合审批服务执法力量的实施意见 三"
GRID_REGULATION = "滨州市网格化服务管理条例 第十一条"
LONGEST_ROUND = 180
"""Days; a round that lasts longer is routine work and belongs on the list with a frequency."""


@rule(
    "admission.nobody_heard",
    Text(
        "还没有一个乡镇（街道）提出意见，不能准入。",
        "No township has given its opinion yet; the task cannot be admitted.",
    ),
    ADMISSION_LAW,
)
def townships_were_heard(facts: GuardFacts) -> bool:
    """A task is admitted only after townships were heard; silence is not consent."""
    return int(facts.related.get("opinions", "0")) > 0


@rule(
    "admission.window_open",
    Text(
        "征求意见还没有到期，也还有乡镇（街道）没有答复，不能决定。",
        "The time for opinions still runs and not every township has answered; nothing can be decided yet.",
    ),
    ADMISSION_LAW,
)
def window_is_over(facts: GuardFacts) -> bool:
    """Townships have the whole window, unless all have answered before."""
    until = facts.clocks.get("opinion")
    return facts.related.get("silent") == "0" or until is None or facts.at >= until


@rule(
    "admission.objections_unanswered",
    Text(
        "有乡镇（街道）不同意或附了条件，请写明如何答复和处理。",
        "Townships object or agree on conditions; say in writing how this is met.",
    ),
    ADMISSION_LAW,
    "answer",
)
def objections_are_answered(facts: GuardFacts) -> bool:
    """Whoever admits a task against objections answers them in writing."""
    return facts.related.get("objections", "0") == "0" or bool(facts.given.get("answer"))


@rule(
    "round.unlisted",
    Text(
        "这项工作不在现行网格事项清单里，不能派到网格。确需网格协助的，请先申请准入：写明依据、工作量和经费，听取乡镇意见并获批准后再派。",
        "This work is not on the grids' duty list in force and cannot be pushed to grids. If grids are needed, apply for "
        "admission first, with basis, workload and funds; it can be pushed once townships were heard and it is admitted.",
    ),
    f"{GRID_LAW}、五",
    "task",
)
def task_is_on_the_list(facts: GuardFacts) -> bool:
    """Only a task of the list in force may be pushed to grids (entry control)."""
    return bool(facts.facts.get("listed"))


@rule(
    "round.not_pushable",
    Text(
        "清单写明这项由网格员日常发现报告，不另派专项任务。",
        "The list says that workers do this in the course of their rounds; it is not pushed.",
    ),
    GRID_LAW,
    "task",
)
def task_may_be_pushed(facts: GuardFacts) -> bool:
    """The list says of each task whether it may be pushed."""
    return not facts.facts.get("listed") or bool(facts.facts.get("pushable"))


@rule(
    "round.due_day",
    Text(
        f"截止日期要在明天以后、{LONGEST_ROUND} 天以内。",
        f"The due day lies after today and within {LONGEST_ROUND} days.",
    ),
    GRID_LAW,
    "due_on",
)
def due_day_is_near(facts: GuardFacts) -> bool:
    """A round ends on a day to come, soon enough to be a round."""
    pushed, due = facts.facts.get("pushed_on"), facts.facts.get("due_on")
    if not pushed or not due:
        return False
    return 0 < (date.fromisoformat(str(due)) - date.fromisoformat(str(pushed))).days <= LONGEST_ROUND
