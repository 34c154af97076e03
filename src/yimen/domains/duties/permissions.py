"""What may be permitted around the grids' duty list."""

from collections.abc import Mapping
from enum import StrEnum

from yimen.kernel.words import Text


class DutyPermission(StrEnum):
    """The permissions of this field."""

    READ = "grid_tasks.read"
    MANAGE = "grid_tasks.manage"
    APPLY = "grid_tasks.apply"
    REVIEW = "grid_tasks.review"
    OPINE = "grid_tasks.opine"
    ADMIT = "grid_tasks.admit"
    PUSH = "grid_tasks.push"
    ANSWER = "grid_tasks.answer"


DUTY_WORDS: Mapping[DutyPermission, Text] = {
    DutyPermission.READ: Text(
        "查看网格事项清单、准入申请和专项任务", "See the grids' duty list, admissions and task rounds"
    ),
    DutyPermission.MANAGE: Text("维护并公布网格事项清单和配置标准", "Maintain and publish the grids' duty list and staffing standards"),
    DutyPermission.APPLY: Text("申请把事项准入网格", "Apply for a task to be admitted to the grids"),
    DutyPermission.REVIEW: Text("审核准入申请并征求乡镇意见", "Review applications for admission and ask the townships"),
    DutyPermission.OPINE: Text("代表乡镇（街道）对准入提意见", "Give a township's opinion on an admission"),
    DutyPermission.ADMIT: Text("决定准入或不准入", "Decide on an admission"),
    DutyPermission.PUSH: Text("向网格派清单内的专项任务", "Push a listed task to grids"),
    DutyPermission.ANSWER: Text("在网格里办理并答复专项任务", "Carry out a pushed task in a grid and answer it"),
}  # fmt: skip
