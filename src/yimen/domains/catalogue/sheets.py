"""The national layout (政务服务事项实施清单, GB/T 39554.1) as a table: one row an item, one column a field of the standard.

The same columns are the spreadsheet that is given out and taken in, the form on screen, and the lines in which two
versions are compared. A column that a table does not have keeps what the item's version before says.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import xlsxwriter

from yimen.domains.catalogue.cells import (
    Bilingual,
    Blocks,
    Cited,
    Codec,
    Coded,
    Condition,
    Flag,
    Json,
    Lasting,
    Lines,
    MaybeBilingual,
    MaybeNumber,
    Misread,
    Number,
    Organ,
    Organs,
    Part,
    Plain,
    Several,
    Words,
)
from yimen.domains.catalogue.item import Item
from yimen.domains.catalogue.reading import document_of
from yimen.domains.catalogue.rules import ORGAN_NATURES, POWER_LEVELS, POWER_SOURCES, POWER_TYPES
from yimen.domains.catalogue.words import (
    CHANNEL_WORDS,
    DECIDER_WORDS,
    DELIVERY_WORDS,
    DEPTH_WORDS,
    FIELD_WORDS,
    FORM_WORDS,
    INQUIRY_WORDS,
    KIND_WORDS,
    MEETING_WORDS,
    RESULT_WORDS,
    SERVED_WORDS,
    SOURCE_WORDS,
    UNIT_WORDS,
)
from yimen.kernel.words import Finding, Text

_MATERIAL = (
    Part("编码", "code"), Part("名称", "name", Bilingual()), Part("形式", "form", Coded(FORM_WORDS)),
    Part("份数", "copies", Number(), 1), Part("依据", "basis", Cited()), Part("受理标准", "standard", Bilingual()),
    Part("来源", "source", Coded(SOURCE_WORDS), "applicant"), Part("共享自", "shared_from", MaybeBilingual(), None),
    Part("必要", "required", Flag(), True), Part("条件", "when", Condition(), None),
    Part("可容缺", "may_follow", Flag(), False), Part("可承诺", "by_commitment", Flag(), False), Part("样表", "sample", Plain(), ""),
    Part("填报须知", "fill_note", MaybeBilingual(), None),
)  # fmt: skip
_FEE = (
    Part("名称", "name", Bilingual()), Part("标准", "amount", Bilingual()), Part("依据", "basis", Cited()),
    Part("减免", "reduction", MaybeBilingual(), None),
)  # fmt: skip
_RESULT = (
    Part("类型", "kind", Coded(RESULT_WORDS)), Part("名称", "name", Bilingual()), Part("有效月数", "valid_months", MaybeNumber(), None),
    Part("可延续", "is_renewable", Flag(), False), Part("结果样本", "sample", MaybeBilingual(), None),
)  # fmt: skip
_INQUIRY = (
    Part("程序", "kind", Coded(INQUIRY_WORDS)), Part("时间", "period", Lasting()), Part("依据", "basis", Cited()),
    Part("计入时限", "is_counted", Flag(), False),
)  # fmt: skip
_GATE = (Part("会议", "meeting", Coded(MEETING_WORDS)), Part("依据", "basis", Cited()))
_INTERMEDIARY = (
    Part("名称", "name", Bilingual()),
    Part("依据", "basis", Cited()),
    Part("材料编码", "material", Plain(), ""),
)
_QUESTION = (Part("问", "question", Bilingual()), Part("答", "answer", Bilingual()))


Shape = Literal["choice", "several", "organ", "organs", "flag", "lines", "blocks", "words"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the layout: its national name, its heading, the key it fills (`part` of a pair), and how."""

    code: str
    label: Text
    key: str
    codec: Codec
    part: int | None = None
    is_long: bool = False

    @property
    def shape(self) -> Shape:
        """How somebody fills it in: a choice or several, an organ or several, yes or no, lines, blocks, or plain words."""
        match self.codec:
            case Several(each=Coded()):
                return "several"
            case Coded():
                return "choice"
            case Flag():
                return "flag"
            case Blocks():
                return "blocks"
            case Lines():
                return "lines"
            case Organs():
                return "organs"
            case Organ():
                return "organ"
        return "words"

    @property
    def choices(self) -> tuple[Text, ...]:
        """The words to choose from; none where anything may be written."""
        match self.codec:
            case Coded(words=words) | Several(each=Coded(words=words)):
                return tuple(words.values())
        return ()

    def written(self, document: Mapping[str, Any]) -> str:
        """The cell of a document."""
        value = document[self.key]
        return self.codec.write(value if self.part is None else value[self.part])

    def said(self, document: Mapping[str, Any]) -> Text:
        """The cell to be read, in each language."""
        value = document[self.key]
        return self.codec.say(value if self.part is None else value[self.part])


COLUMNS = (
    Column("catalog_code", Text("基本编码", "Basic code"), "code", Plain()),
    Column("task_handle_item", Text("业务办理项编码", "Handling code"), "handling_code", Plain()),
    Column("task_name", Text("事项名称", "Name"), "name", Bilingual()),
    Column("task_summary", Text("简介", "Summary"), "summary", Bilingual(), is_long=True),
    Column("task_field", Text("服务领域", "Fields"), "fields", Several(Coded(FIELD_WORDS))),
    Column("task_type", Text("事项类型", "Type of power"), "power_type", Coded(POWER_TYPES)),
    Column("use_level", Text("行使层级", "Level"), "power_level", Coded(POWER_LEVELS)),
    Column("power_source", Text("权力来源", "Source of power"), "power_source", Coded(POWER_SOURCES)),
    Column("dept_code", Text("实施主体", "Organ in charge"), "organ", Organ()),
    Column("dept_type", Text("实施主体性质", "Nature of the organ"), "organ_nature", Coded(ORGAN_NATURES)),
    Column("entrust_name", Text("委托部门", "Entrusted by"), "entrusted_by", MaybeBilingual()),
    Column("decide_by", Text("决定机关", "Decided by"), "decided_by", Coded(DECIDER_WORDS)),
    Column("other_dept", Text("联办机构", "Joint organs"), "joint_organs", Organs(Organ())),
    Column("project_type", Text("办件类型", "Kind of handling"), "kind", Coded(KIND_WORDS)),
    Column("server_type", Text("服务对象", "Who is served"), "served", Several(Coded(SERVED_WORDS))),
    Column("by_law", Text("设定依据", "Basis"), "basis", Lines(Cited()), is_long=True),
    Column("accept_condition", Text("受理条件", "Conditions"), "conditions", Lines(Bilingual()), is_long=True),
    Column("limit_explain", Text("数量限制", "Quota"), "quota_note", MaybeBilingual(), is_long=True),
    Column("limit_order", Text("按受理先后决定", "Decided in order"), "is_limited", Flag()),
    Column("material", Text("申请材料", "Materials"), "materials", Blocks(_MATERIAL), is_long=True),
    Column("service_type", Text("中介服务", "Intermediaries"), "intermediaries", Blocks(_INTERMEDIARY), is_long=True),
    Column("anticipate_day", Text("法定办结时限", "Statutory limit"), "statutory", Number(), 0),
    Column("anticipate_type", Text("法定时限单位", "Unit of the statutory limit"), "statutory", Coded(UNIT_WORDS), 1),
    Column("anticipate_explain", Text("法定时限说明", "On the statutory limit"), "statutory_note", MaybeBilingual(), is_long=True),
    Column("promise_day", Text("承诺办结时限", "Promised limit"), "promised", Number(), 0),
    Column("promise_type", Text("承诺时限单位", "Unit of the promised limit"), "promised", Coded(UNIT_WORDS), 1),
    Column("promise_explain", Text("承诺时限说明", "On the promised limit"), "promised_note", MaybeBilingual(), is_long=True),
    Column("special_procedure", Text("特别程序", "Special procedures"), "inquiries", Blocks(_INQUIRY), is_long=True),
    Column("meeting", Text("会议决议", "Resolutions of meetings"), "resolutions", Blocks(_GATE), is_long=True),
    Column("review_people", Text("审查人数", "Reviewers"), "reviewers", Number()),
    Column("limit_scene_num", Text("到办事现场次数", "Visits"), "visits", Number()),
    Column("limit_scene_explain", Text("到现场的原因", "Why a visit"), "visits_note", MaybeBilingual(), is_long=True),
    Column("fee", Text("收费", "Fees"), "fees", Blocks(_FEE), is_long=True),
    Column("result", Text("审批结果", "Results"), "results", Blocks(_RESULT), is_long=True),
    Column("handle_type", Text("办理渠道", "Channels"), "channels", Several(Coded(CHANNEL_WORDS))),
    Column("express_type", Text("送达方式", "Delivery"), "deliveries", Several(Coded(DELIVERY_WORDS))),
    Column("link_way", Text("咨询方式", "Where to ask"), "consult", MaybeBilingual(), is_long=True),
    Column("supervise_way", Text("监督投诉方式", "Where to complain"), "complain", MaybeBilingual(), is_long=True),
    Column("online_handle_depth", Text("网上办理深度", "Online depth"), "online_depth", Coded(DEPTH_WORDS)),
    Column("is_pay_online", Text("是否支持网上支付", "Paid online"), "pays_online", Flag()),
    Column("is_schedule", Text("是否支持预约办理", "By appointment"), "by_appointment", Flag()),
    Column("is_service_terminals", Text("是否支持自助终端办理", "At terminals"), "at_terminals", Flag()),
    Column("handle_area", Text("全县通办", "Anywhere in the county"), "county_wide", Flag()),
    Column("is_promise", Text("告知承诺", "By commitment"), "is_by_commitment", Flag()),
    Column("is_safety", Text("涉及安全", "Concerns safety"), "is_safety", Flag()),
    Column("supervise_as", Text("审管衔接", "Supervised as"), "supervised_as", MaybeBilingual()),
    Column("qa", Text("常见问题", "Questions and answers"), "questions", Blocks(_QUESTION), is_long=True),
    Column("keywords", Text("关键词", "Keywords"), "keywords", Words(Plain()), is_long=True),
    Column("form", Text("申请表", "Application form"), "form", Json(), is_long=True),
    Column("plan_effective_date", Text("生效日期", "In force from"), "valid_from", Plain()),
)  # fmt: skip
SECTIONS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (
        Text("是什么", "What it is"),
        ("catalog_code", "task_handle_item", "task_name", "task_summary", "task_field", "task_type", "project_type", "server_type", "keywords"),
    ),
    (Text("由谁办", "Who handles it"), ("use_level", "power_source", "dept_code", "dept_type", "entrust_name", "decide_by", "other_dept", "review_people", "meeting")),
    (Text("依据和条件", "Basis and conditions"), ("by_law", "accept_condition", "limit_explain", "limit_order", "material", "service_type", "form")),
    (
        Text("多久、几次、多少钱", "How long, how often, how much"),
        (
            "anticipate_day", "anticipate_type", "anticipate_explain", "promise_day", "promise_type", "promise_explain",
            "special_procedure", "limit_scene_num", "limit_scene_explain", "fee", "is_pay_online",
        ),
    ),
    (
        Text("怎么申请、得到什么", "How one applies and what one receives"),
        (
            "handle_type", "express_type", "online_handle_depth", "handle_area", "is_schedule", "is_service_terminals", "is_promise",
            "result", "link_way", "supervise_way", "qa",
        ),
    ),
    (Text("办好以后", "Afterwards"), ("is_safety", "supervise_as")),
)  # fmt: skip
"""The columns in the order in which somebody fills them in; the day has its own place."""
_BY_CODE = {c.code: c for c in COLUMNS}
_LABEL_OF = {c.key: c.code for c in reversed(COLUMNS)}

_NEW: Mapping[str, Any] = {
    "version": 1, "power_level": "5", "power_source": "1", "decided_by": "township", "served": ["person"], "conditions": [],
    "materials": [], "keywords": [], "visits": 1, "channels": ["window"], "deliveries": ["counter"],
    "form": {
        "type": "object",
        "properties": {"request": {"type": "string", "title": "申请内容", "x-title-en": "What you apply for", "maxLength": 1000}},
        "required": ["request"],
    },
}  # fmt: skip
"""What holds for a new item where a table has no column for it."""


def cells_of(item: Item) -> dict[str, str]:
    """An item as a row: column → cell."""
    document = document_of(item)
    return {c.code: c.written(document) for c in COLUMNS}


def said_of(item: Item) -> dict[str, Text]:
    """An item to be read: column → what it says in each language."""
    document = document_of(item)
    return {c.code: c.said(document) for c in COLUMNS}


def document_from(
    cells: Mapping[str, str], before: Item | None = None
) -> tuple[dict[str, Any], list[Finding]]:
    """The document that a row describes, and what could not be read of it, by column.

    Columns that are not among the cells say what the version before says, or for a new item what is usual.
    """
    document = document_of(before) if before else dict(_NEW)
    wrong: list[Finding] = []
    for code, cell in cells.items():
        column = _BY_CODE[code]
        try:
            value = column.codec.read(cell.strip())
        except Misread as found:
            wrong.append(Finding("item.cell", found.sentence, field=code))
            continue
        if column.part is None:
            document[column.key] = value
        else:
            pair = list(document.get(column.key, (0, "working_days")))
            pair[column.part] = value
            document[column.key] = pair
    return document, wrong


def column_of(field: str) -> str:
    """The column of a place in a document, such as `materials[2].name`; empty for one that has none."""
    return _LABEL_OF.get(field.partition(".")[0].partition("[")[0], "")


@dataclass(frozen=True, slots=True)
class Change:
    """A field in which two versions differ, with the lines that went and those that came."""

    label: Text
    gone: tuple[str, ...]
    new: tuple[str, ...]


def changes(before: Item | None, after: Item) -> list[Change]:
    """What differs, in the words of the layout; everything for an item that was not there before."""
    was = cells_of(before) if before else {}
    found = []
    for code, cell in cells_of(after).items():
        one, other = was.get(code, "").splitlines(), cell.splitlines()
        if one != other and code != "plan_effective_date":
            found.append(
                Change(
                    _BY_CODE[code].label,
                    tuple(line for line in one if line and line not in other),
                    tuple(line for line in other if line and line not in one),
                )
            )
    return found


_WIDE, _NARROW = 48, 18


def workbook(items: Sequence[Item]) -> bytes:
    """The items as an XLSX workbook in the national layout: a heading row that stays, cells of text only."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(
        held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("实施清单")
        bold = book.add_format({"bold": True, "bg_color": "#DCE6F1", "text_wrap": True, "valign": "top"})
        body = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        for n, column in enumerate(COLUMNS):
            sheet.set_column(n, n, _WIDE if column.is_long else _NARROW)
            sheet.write_string(0, n, column.label.zh, bold)
        for row, item in enumerate(items, 1):
            for n, cell in enumerate(cells_of(item).values()):
                sheet.write_string(row, n, cell, body)
        sheet.freeze_panes(1, 2)
    return held.getvalue()
