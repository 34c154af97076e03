"""The two procedures of entry control: admitting a task to the grids' list, and pushing a listed task to grids."""

from yimen.domains.duties.permissions import DutyPermission as P
from yimen.domains.duties.rules import (
    ADMISSION_LAW,
    GRID_LAW,
    GRID_REGULATION,
    due_day_is_near,
    objections_are_answered,
    task_is_on_the_list,
    task_may_be_pushed,
    townships_were_heard,
    window_is_over,
)
from yimen.domains.duties.words import ACTIONS, DOMAINS, FREQUENCIES
from yimen.kernel.procedure.language import SAME, Field, LimitSpec, Procedure, Relation, State, Step, Who
from yimen.kernel.words import Text

_REASON = Field("reason", Text("理由", "Reason"), "longtext", required=True, max_length=500)
_APPLICANT = Who(P.APPLY, Relation.ORGAN)
_PUSHER = Who(P.PUSH, Relation.ORGAN)

PROPOSAL = (
    Field("name", Text("事项名称", "Name of the task"), "text", required=True, max_length=40),
    Field("name_en", Text("英文名称", "Name in English"), "text", required=True, max_length=120),
    Field("domain", Text("领域", "Field"), "choice", required=True, choices=tuple(DOMAINS.items())),
    Field("action", Text("网格员做什么", "What the worker does"), "choice", required=True, choices=tuple(ACTIONS.items())),
    Field("what", Text("具体要求", "In detail"), "longtext", required=True, max_length=300),
    Field("what_en", Text("具体要求（英文）", "In detail, in English"), "longtext", required=True, max_length=600),
    Field("frequency", Text("频次", "How often"), "choice", required=True, choices=tuple(FREQUENCIES.items())),
    Field(
        "basis", Text("依据（写到条）", "Basis, with the article"), "text", required=True, max_length=200,
        hint=Text("法律、法规、规章或政策文件的名称和条款。", "The statute or policy paper and its article."),
    ),
    Field(
        "minutes", Text("每个网格每月多少分钟", "Minutes a month for each grid"), "number", required=True,
        hint=Text("如实估算，乡镇据此提意见。", "An honest estimate; townships judge by it."),
    ),
    Field("funds", Text("经费和人员由谁保障", "Who pays and provides people"), "longtext", required=True, max_length=300),
    Field(
        "evidence", Text("要求留存的材料", "Records asked for"), "text", max_length=100,
        hint=Text("能不要就不要；不得以截图、打卡代替工作。", "None beyond need; no screenshots or check-ins."),
    ),
    Field("is_pushable", Text("可以作为专项任务下派", "May be pushed as a round"), "bool"),
)  # fmt: skip
"""What a department says of the task it wants to bring to the grids."""

ADMISSION = Procedure(
    code="grid_task_admission",
    version=1,
    name=Text("网格事项准入", "Admission of a grid task"),
    prefix="ZR",
    states=(
        State("applied", Text("待审核", "Applied for"), Text("已申请", "Applied for")),
        State("consulting", Text("征求乡镇意见", "Townships are asked"), Text("征求意见", "Being consulted on")),
        State("admitted", Text("已准入", "Admitted"), Text("已准入", "Admitted"), is_end=True),
        State("refused", Text("不予准入", "Refused"), Text("不予准入", "Refused"), is_end=True),
        State("withdrawn", Text("已撤回", "Withdrawn"), Text("已撤回", "Withdrawn"), is_end=True),
    ),
    steps=(
        Step(
            "apply", Text("申请准入", "Apply for admission"), (), "applied", (_APPLICANT,), ADMISSION_LAW,
            description=Text("县级部门把事务交由网格承担的，先申请。", "A department that wants grids to take on its work applies first."),
            fields=PROPOSAL, starts=("review",),
        ),
        Step(
            "consult", Text("征求乡镇（街道）意见", "Ask the townships"), ("applied",), "consulting",
            (Who(P.REVIEW),), ADMISSION_LAW,
            fields=(Field("note", Text("审核意见", "What the review found"), "longtext", required=True, max_length=500),),
            not_same_as=("apply",), stops=("review",), starts=("opinion",),
        ),
        Step(
            "admit", Text("准入", "Admit"), ("consulting",), "admitted", (Who(P.ADMIT),), ADMISSION_LAW,
            description=Text("从生效之日起列入网格事项清单。", "The task joins the list from the day it takes effect."),
            fields=(
                Field("since", Text("生效日期", "In force from"), "date", required=True),
                Field("document", Text("批准文号", "Number of the decision"), "text", required=True, max_length=60),
                Field("answer", Text("对乡镇意见的答复", "Answer to the townships' objections"), "longtext", max_length=1000),
            ),
            guards=(townships_were_heard, window_is_over, objections_are_answered),
            not_same_as=("apply", "consult"), stops=("opinion",),
        ),
        Step(
            "refuse", Text("不予准入", "Refuse"), ("applied", "consulting"), "refused",
            (Who(P.ADMIT), Who(P.REVIEW)), ADMISSION_LAW,
            fields=(_REASON,), not_same_as=("apply",), stops=("review", "opinion"),
        ),
        Step(
            "withdraw", Text("撤回申请", "Withdraw"), ("applied", "consulting"), "withdrawn", (_APPLICANT,),
            ADMISSION_LAW, fields=(_REASON,), stops=("review", "opinion"),
        ),
    ),
    limits=(
        LimitSpec(
            "review", Text("审核", "Review"), ADMISSION_LAW, Text("亮红灯。", "Shown red."), number_from="review_limit",
        ),
        LimitSpec(
            "opinion", Text("征求意见", "Opinions"), ADMISSION_LAW,
            Text("没有答复的记为未答复，不视为同意。", "Silence is recorded as silence; it is not consent."),
            number_from="opinion_limit",
        ),
    ),
    law=ADMISSION_LAW,
)  # fmt: skip

ROUND = Procedure(
    code="grid_task_round",
    version=1,
    name=Text("网格专项任务", "Grid task round"),
    prefix="ZX",
    states=(
        State("running", Text("进行中", "Running"), Text("进行中", "Running")),
        State("finished", Text("已完成", "Finished"), Text("已完成", "Finished"), is_end=True),
        State("recalled", Text("已收回", "Recalled"), Text("已收回", "Recalled"), is_end=True),
    ),
    steps=(
        Step(
            "push", Text("派专项任务", "Push a round"), (), "running", (_PUSHER,), GRID_LAW,
            fields=(
                Field("task", Text("事项", "Task"), "text", required=True, max_length=60),
                Field("area", Text("范围（区划代码）", "Area (division code)"), "text", required=True, max_length=15),
                Field("due_on", Text("截止日期", "Due day"), "date", required=True),
                Field("note", Text("说明", "Note"), "longtext", max_length=500),
            ),
            guards=(task_is_on_the_list, task_may_be_pushed, due_day_is_near), starts=("answer",),
        ),
        Step(
            "finish", Text("结束", "Finish"), ("running",), "finished", (_PUSHER,), GRID_LAW,
            fields=(Field("result", Text("结果和反馈", "Result, and what grids are told"), "longtext", required=True, max_length=500),),
            stops=("answer",),
        ),
        Step(
            "recall", Text("收回", "Recall"), ("running",), "recalled", (_PUSHER, Who(P.ADMIT)), GRID_REGULATION,
            description=Text("派错了，或网格说明不属于其职责的，收回。", "Pushed in error, or shown by grids not to be theirs."),
            fields=(_REASON,), stops=("answer",),
        ),
        Step(
            "remind", Text("提醒", "Remind"), (SAME,), SAME, (_PUSHER,), GRID_LAW, fields=(_REASON,),
        ),
    ),
    limits=(
        LimitSpec(
            "answer", Text("网格答复", "Answers"), GRID_LAW,
            Text("未答复的网格列在任务页上，不作排名。", "Grids that have not answered are listed on the round's page; they are not ranked."),
            number_from="answer_limit",
        ),
    ),
    law=GRID_LAW,
)  # fmt: skip
