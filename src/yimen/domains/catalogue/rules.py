"""What an item of the catalogue may not say. Pure; each fault cites its article."""

import re
from collections import Counter
from collections.abc import Iterator

from yimen.domains.catalogue.item import PERMIT, Channel, Delivery, Inquiry, Item, Kind, Material, Period
from yimen.kernel.forms.schema import can_be, problems
from yimen.kernel.procedure.language import UNITS
from yimen.kernel.words import Finding, Text

NO_CATCH_ALL = "优化营商环境条例 第四十条；国办发〔2018〕45号"
SHARED = "国务院关于在线政务服务的若干规定 第七条"
LIMITS = "行政许可法 第四十二条"
FEES = "行政许可法 第五十八条"
NOT_COUNTED = "行政许可法 第四十五条"
TWO_REVIEWERS = "行政许可法 第三十四条"
IN_ORDER = "行政许可法 第五十七条"
ENTRUSTING = "行政许可法 第二十四条"
INTERMEDIARIES = "国办发〔2015〕31号"

POWER_TYPES = {
    "01": Text("行政许可", "Administrative permit"), "05": Text("行政给付", "Administrative payment"),
    "07": Text("行政确认", "Administrative confirmation"), "08": Text("行政奖励", "Administrative reward"),
    "09": Text("行政裁决", "Administrative ruling"), "10": Text("其他行政权力", "Other administrative power"),
    "20": Text("公共服务", "Public service"),
}  # fmt: skip
POWER_LEVELS = {
    "1": Text("国家级", "National"), "2": Text("省级", "Provincial"), "3": Text("市级", "Prefectural"),
    "4": Text("县级", "County"), "5": Text("乡镇（街道）级", "Township"), "6": Text("村（社区）级", "Village"),
}  # fmt: skip
POWER_SOURCES = {
    "1": Text("法定本级行使", "Exercised here by statute"), "2": Text("上级下放", "Handed down"),
    "3": Text("上级授权", "Authorised from above"), "4": Text("同级授权", "Authorised at this level"),
    "5": Text("上级委托", "Entrusted from above"), "6": Text("同级委托", "Entrusted at this level"),
}  # fmt: skip
ORGAN_NATURES = {
    "1": Text("法定机关", "Organ by statute"), "2": Text("授权组织", "Authorised organisation"),
    "3": Text("受委托组织", "Entrusted organisation"),
}  # fmt: skip
ENTRUSTED = ("5", "6")
FORMS = ("original", "copy", "shown", "electronic")
SOURCES = ("applicant", "organ", "intermediary")

_STOPS_A_PERMITS_CLOCK = (Inquiry.HEARING, Inquiry.INSPECTION, Inquiry.EXPERT_REVIEW)
_CODE = re.compile(r"[0-9]{12}")
_PAPERS = r"(材料|证明|资料|文件|手续|证件|证照)"
_NEEDED = r"(相关|有关|必要|必需|必须|需要|需|所需|应当|应|申请|补充|辅助|支持性|支撑|佐证|证明|提交|提供|报送|规定|要求|的|、|（|\()"
_CATCH_ALL = re.compile(
    rf"^(其[他它余]|有关|相关)$|其[他它余]{_NEEDED}*{_PAPERS}|(规定|要求|需要)的?其[他它余]|^(有关|相关|所需){_NEEDED}*{_PAPERS}$|等(相关|有关)?{_PAPERS}$"
    r"|(要求|需要|规定)的?(材料|资料|文件)$"
)
_HOURS = {"hours": 1.0, "working_hours": 3.0, "working_days": 34.0, "calendar_days": 24.0, "months": 730.0}
"""A rough length in hours, to compare a promise with the limit of the law where their units differ."""


def faults(item: Item) -> list[Finding]:
    """Everything an item may not say, all at once; empty when it may be published."""
    return [
        *_codes(item), *_entrusted(item), *_form(item), *_materials(item), *_intermediaries(item), *_limits(item), *_handling(item)
    ]  # fmt: skip


def length(period: Period) -> float:
    """About how many hours a period lasts."""
    return period.number * _HOURS[period.unit]


def _fault(code: str, field: str, zh: str, en: str, law: str = "") -> Finding:
    return Finding(f"item.{code}", Text(zh, en), law, field)


def _codes(item: Item) -> Iterator[Finding]:
    if not _CODE.fullmatch(item.code):
        yield _fault(
            "code", "code", "基本编码是 12 位数字。", "The basic code has 12 digits.", "GB/T 39554.1"
        )
    for field, given, known in (
        ("power_type", item.power_type, POWER_TYPES), ("power_level", item.power_level, POWER_LEVELS),
        ("power_source", item.power_source, POWER_SOURCES), ("organ_nature", item.organ_nature, ORGAN_NATURES),
    ):  # fmt: skip
        if given not in known:
            yield _fault(
                field, field, f"没有“{given}”这个代码。", f"There is no code “{given}”.", "GB/T 39554.1"
            )
    if item.decided_by not in ("township", "county"):
        yield _fault(
            "decided_by", "decided_by", "由 township 或 county 决定。", "Decided by township or county."
        )
    if not item.fields:
        yield _fault("fields", "fields", "至少属于一个领域。", "It belongs to one field at least.")
    if not item.basis:
        yield _fault("basis", "basis", "要写明设定依据。", "Its basis must be named.", "行政许可法 第四条")


def _entrusted(item: Item) -> Iterator[Finding]:
    """Who entrusts a power is published with it; nobody does where it was not entrusted."""
    if (item.power_source in ENTRUSTED) != (item.entrusted_by is not None):
        yield _fault(
            "entrusted", "entrusted_by", "权力来源是委托的，写明委托部门；不是委托的，不写。",
            "Say who entrusts the power where it is entrusted, and only there.", ENTRUSTING,
        )  # fmt: skip


def _form(item: Item) -> Iterator[Finding]:
    """The form is one, and what materials hang on is asked in it."""
    if found := problems(item.form):
        yield _fault(
            "form",
            "form",
            f"申请表有误：{'；'.join(found[:10])}",
            f"The form is wrong: {'; '.join(found[:10])}",
        )
        return
    questions = item.form["properties"]
    for n, material in enumerate(item.materials):
        if material.when is None:
            continue
        answer, values = material.when.get("answer"), material.when.get("is")
        if not isinstance(answer, str) or answer not in questions:
            yield _fault(
                "when", f"materials[{n}]", f"“{material.name.zh}”的条件问的是表里没有的问题。",
                f"The condition of “{material.name.en}” asks a question the form does not have.",
            )  # fmt: skip
        elif not isinstance(values, list) or not values or not can_be(questions[answer], values):
            yield _fault(
                "when", f"materials[{n}]", f"“{material.name.zh}”的条件里有“{answer}”这一问答不出的答案。",
                f"The condition of “{material.name.en}” has an answer that “{answer}” cannot be given.",
            )  # fmt: skip


def _materials(item: Item) -> Iterator[Finding]:
    twice = [code for code, times in Counter(m.code for m in item.materials).items() if times > 1]
    if twice:
        yield _fault(
            "material_twice",
            "materials",
            f"材料代码重复：{'、'.join(twice)}。",
            f"Materials come twice: {', '.join(twice)}.",
        )
    for n, material in enumerate(item.materials):
        yield from _material(material, f"materials[{n}]")


def _is_catch_all(name: Text) -> bool:
    """Blanks inside do not hide it."""
    zh = "".join(name.zh.split())
    return bool(_CATCH_ALL.search(zh) or re.search(r"\bother (documents|materials|papers)\b", name.en, re.I))


def _material(material: Material, field: str) -> Iterator[Finding]:
    name = material.name
    if _is_catch_all(name):
        yield _fault(
            "catch_all", field, f"“{name.zh}”是兜底条款：要哪些材料，逐件写明。",
            f"“{name.en}” is a catch-all: name each document that is needed.", NO_CATCH_ALL,
        )  # fmt: skip
    if material.shared_from is not None and material.required:
        yield _fault(
            "shared", field, f"“{name.zh}”可以通过数据共享取得，不得要求申请人提供。",
            f"“{name.en}” is obtained by sharing; it may not be demanded.", SHARED,
        )  # fmt: skip
    if material.form not in FORMS or material.source not in SOURCES or not 0 <= material.copies <= 20:
        yield _fault(
            "material",
            field,
            f"“{name.zh}”的形式、来源或份数不对。",
            f"Form, source or copies of “{name.en}” are wrong.",
        )


def _intermediaries(item: Item) -> Iterator[Finding]:
    """What somebody else is paid for has a basis, and makes a material of the item if it makes one."""
    codes = {m.code for m in item.materials}
    for n, each in enumerate(item.intermediaries):
        if not each.basis.law.zh or (each.material and each.material not in codes):
            yield _fault(
                "intermediary", f"intermediaries[{n}]", f"中介服务“{each.name.zh}”要有依据，对应的材料代码要在申请材料里。",
                f"“{each.name.en}” needs a basis, and the material it makes is one of the item’s.", INTERMEDIARIES,
            )  # fmt: skip


def _limits(item: Item) -> Iterator[Finding]:
    for field, period in (("statutory", item.statutory), ("promised", item.promised)):
        if period.unit not in UNITS or not 0 < period.number <= 730:
            yield _fault(
                "period",
                field,
                "时限是 1 到 730，单位从五种里选。",
                "A limit is 1 to 730 of one of the five units.",
            )
            return
    if length(item.promised) > length(item.statutory):
        yield _fault(
            "promise", "promised", "承诺时限不得长于法定时限。", "What is promised may not exceed the statutory limit.", LIMITS
        )  # fmt: skip
    counting = [q for q in item.inquiries if not q.is_counted and q.kind not in _STOPS_A_PERMITS_CLOCK]
    if item.power_type == PERMIT and counting:
        yield _fault(
            "counted", "inquiries", "许可的办理时限只扣除听证、检验检测和专家评审的时间；公示、入户调查、民主评议要计入。",
            "Of a permit’s time only hearings, tests and expert reviews are left out; notices, visits and appraisals count.", NOT_COUNTED,
        )  # fmt: skip
    if item.kind == Kind.INSTANT and item.inquiries:
        yield _fault("instant", "kind", "即办件没有特别程序。", "An instant item has no special procedure.")
    if item.resolutions and (item.kind == Kind.INSTANT or item.is_by_commitment):
        yield _fault(
            "meeting",
            "resolutions",
            "当场决定的事项不能等会议决议。",
            "What is decided on the spot waits for no meeting.",
        )
    if len({g.meeting for g in item.resolutions}) < len(item.resolutions):
        yield _fault("meeting_twice", "resolutions", "同一个会议只列一次。", "A meeting is named once.")


def _handling(item: Item) -> Iterator[Finding]:
    if item.reviewers not in (1, 2):
        yield _fault(
            "reviewers", "reviewers", "审查人员是 1 人或 2 人。", "One or two people review.", TWO_REVIEWERS
        )
    if not item.channels or not item.deliveries or not item.results:
        yield _fault(
            "doors",
            "channels",
            "要写明怎么申请、怎么送达、得到什么。",
            "Say how one applies, receives, and what.",
        )
    comes = item.visits == 0 and (
        Channel.ONLINE not in item.channels or set(item.deliveries) == {Delivery.COUNTER}
    )
    if item.visits < 0 or comes:
        yield _fault(
            "visits", "visits", "到现场 0 次的事项，要能网上申请，并能邮寄或电子送达。",
            "No visit means one can apply online and receive by post or electronically.",
        )  # fmt: skip
    if item.is_limited and item.quota_note is None:
        yield _fault(
            "quota", "quota_note", "有数量限制的，写明限制多少、怎么算。", "Where only so many are granted, say how many.", IN_ORDER
        )  # fmt: skip
    for n, fee in enumerate(item.fees):
        if not fee.basis.law.zh:
            yield _fault("fee", f"fees[{n}]", "收费要有依据。", "A fee has a basis.", FEES)
