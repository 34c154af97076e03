"""Incidents from another system: what is still open is reported here, what was settled there is taken over as history."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from yimen.domains.grid.commands import LONGEST_TEXT, Place, title_of
from yimen.domains.grid.permissions import GridPermission
from yimen.domains.grid.procedures import INCIDENT
from yimen.domains.grid.reference import ClassRef, Reference, in_force
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import LOCAL_ZONE, now
from yimen.kernel.imports.columns import Fault, Plan, Target, moment
from yimen.kernel.imports.runs import Importer
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import OpenedBy, Opening, open_matters
from yimen.kernel.org.addresses import village_of
from yimen.kernel.org.coordinates import system_choices, to_wgs84
from yimen.kernel.org.grids import OUTSIDE, locate_many
from yimen.kernel.registers.acts import phone_number
from yimen.kernel.words import Finding, Refusal, Text, unprintable

_LONGEST_VALUE = 200
_EARLIEST = datetime(2000, 1, 1, tzinfo=LOCAL_ZONE)
_SETTLED = frozenset({"已结案", "已办结", "结案", "办结", "已完成", "已处置", "closed", "done"})
_OPEN = frozenset({"", "待受理", "已受理", "受理", "处理中", "处置中", "办理中", "未结案", "open"})

TARGETS = (
    Target("external_number", Text("原编号", "Number there"), True, ("案件编号", "事件编号", "工单编号", "编号", "案卷号", "工单流水号", "id", "case id"), example="SZCG20240001"),
    Target("reported_at", Text("上报时间", "Reported at"), True, ("上报日期", "发现时间", "受理时间", "创建时间", "登记时间", "created at", "opened"), example="2024-03-05 08:30"),
    Target("text", Text("情况", "What was reported"), True, ("问题描述", "事件描述", "案件描述", "描述", "内容", "诉求内容", "description"), example="桥头垃圾堆了三天"),
    Target("class", Text("分类", "Class"), aliases=("事件类别", "案件类别", "小类", "小类名称", "问题小类", "事件小类", "类别", "category", "type"), is_coded=True, example="0101"),
    Target("lng", Text("经度", "Longitude"), aliases=("坐标x", "x坐标", "x", "lon", "lng"), example="119.12345"),
    Target("lat", Text("纬度", "Latitude"), aliases=("坐标y", "y坐标", "y", "lat"), example="28.12345"),
    Target("address", Text("地点", "Address"), aliases=("地址", "位置描述", "事发地点", "发生地点", "地点描述", "location"), example="青石镇青石村桥头"),
    Target("state", Text("状态", "State"), aliases=("案件状态", "工单状态", "当前状态", "办理状态", "当前环节", "status"), is_coded=True, example="已结案"),
    Target("closed_at", Text("结案时间", "Closed at"), aliases=("办结时间", "结案日期", "完成时间", "closed"), example="2024-03-06 10:00"),
    Target("result", Text("处置结果", "What was done"), aliases=("处理结果", "办理结果", "办理意见", "答复内容", "resolution"), example="已清理"),
    Target("reporter", Text("报事人", "Reporter"), aliases=("上报人", "反映人", "诉求人", "来电人", "姓名", "联系人"), example="林先生"),
    Target("phone", Text("电话", "Telephone"), aliases=("联系电话", "手机", "手机号", "来电号码", "联系方式"), example="13800000000"),
)  # fmt: skip
SETTINGS = (
    Target("source", Text("来源系统", "System it comes from"), True),
    Target("crs", Text("坐标系", "Coordinates"), is_coded=True, needed_with="lng"),
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row while it is looked at."""

    number: int
    given: Mapping[str, str]

    def fault(self, field: str, code: str, zh: str, en: str, unknown: str = "") -> Fault:
        """What is wrong with it; `unknown` is a value to be translated, which nobody does for whole paragraphs."""
        unknown = unknown if len(unknown) <= _LONGEST_VALUE else ""
        return Fault(self.number, field, Finding(code, Text(zh, en), field=field), unknown)

    def get(self, field: str) -> str:
        """The text of a field, empty when the file has none."""
        return self.given.get(field, "")


def judge(
    actor: Actor, plan: Plan, rows: Sequence[tuple[int, Mapping[str, str]]], seen: set[str]
) -> list[OpenedBy | list[Fault]]:
    """What each row becomes, or what is wrong with it."""
    source = plan.settings.get("source", "").strip()[:40]
    numbers = [given["external_number"] for _, given in rows]
    here = set(
        Matter.objects.filter(source=source, external_number__in=numbers).values_list(
            "external_number", flat=True
        )
    )
    table = _Table(in_force(), source, plan.settings.get("crs", ""), now())
    looked_at = [_Row(number, given) for number, given in rows]
    found: list[OpenedBy | list[Fault]] = []
    for row, place in zip(looked_at, table.places(looked_at), strict=True):
        known = row.get("external_number")
        if known in here or known in seen:
            where = "库里已有" if known in here else "文件里前面已有"
            found.append(
                [row.fault("external_number", "import.twice", f"这个原编号{where}一件。", "An incident with this number is already here or above.")]
            )  # fmt: skip
            continue
        seen.add(known)
        found.append(table.opened(row, place))
    return found


class _Table:
    """What holds for the whole file."""

    def __init__(self, reference: Reference, source: str, crs: str, at: datetime) -> None:
        self.reference, self.source, self.crs, self.at = reference, source, crs, at
        self.by_name = {c.name.zh: c for c in reference.classes.values()}

    def opened(self, row: _Row, place: Place | Fault) -> OpenedBy | list[Fault]:
        """The matter a row becomes, or its faults, all of them."""
        faults: list[Fault] = []
        text = self._words(row, "text", LONGEST_TEXT, faults)
        result = self._words(row, "result", LONGEST_TEXT, faults)
        address = self._words(row, "address", 200, faults)
        reporter = self._words(row, "reporter", 50, faults)
        number = self._words(row, "external_number", 80, faults)
        began = self._moment(row, "reported_at", faults)
        closed = self._moment(row, "closed_at", faults)
        if began and closed and closed < began:
            faults.append(
                row.fault(
                    "closed_at",
                    "import.order",
                    "结案时间早于上报时间。",
                    "It was closed before it was reported.",
                )
            )
        kind = self._class(row, faults)
        settled = self._settled(row, closed, faults)
        if isinstance(place, Fault):
            faults.append(place)
        phone = ""
        try:
            phone = phone_number(row.get("phone"))
        except Refusal as refusal:
            faults.append(Fault(row.number, "phone", refusal.findings[0]))
        if faults or began is None or isinstance(place, Fault):
            return faults
        facts: dict[str, object] = {"text": text}
        if address:
            facts["address"] = address
        if kind:
            facts["limit"] = list(kind.limit)
        if phone:
            facts["has_contact"] = True
        opening = Opening(
            title=title_of(text, kind), kind=kind.code if kind else "", channel="import", place_code=place.village_code,
            grid_code=place.grid_code, lng=place.lng, lat=place.lat, facts=facts,
            private={k: v for k, v in (("reporter", reporter), ("phone", phone)) if v}, source=self.source,
            external_number=number, opened_at=began, closed_at=(closed or began) if settled else None,
        )  # fmt: skip
        given = {"result": result} if result else {}
        return OpenedBy("take_over" if settled else "report", opening, given if settled else {})

    def _words(self, row: _Row, field: str, longest: int, faults: list[Fault]) -> str:
        words = row.get(field)
        if len(words) > longest:
            faults.append(
                row.fault(field, "input.too_long", f"最多 {longest} 个字。", f"At most {longest} characters.")
            )
        if unprintable(words):
            faults.append(
                row.fault(
                    field, "input.control", "含有不能保存的字符。", "It has characters that cannot be kept."
                )
            )
        return words

    def _moment(self, row: _Row, field: str, faults: list[Fault]) -> datetime | None:
        words = row.get(field)
        if not words:
            return None
        found = moment(words)
        if found is None or not _EARLIEST <= found <= self.at:
            faults.append(
                row.fault(
                    field, "import.moment", f"“{words[:30]}”不是 2000 年以来、现在以前的时间；写成 2024-03-05 08:30。",
                    f"“{words[:30]}” is no time between 2000 and now; write 2024-03-05 08:30.",
                )
            )  # fmt: skip
            return None
        return found

    def _class(self, row: _Row, faults: list[Fault]) -> ClassRef | None:
        words = row.get("class")
        found = self.reference.classes.get(words) or self.by_name.get(words)
        if words and found is None:
            faults.append(
                row.fault(
                    "class", "import.class", f"不认识分类“{words[:30]}”，请指定它是哪一类。",
                    f"The class “{words[:30]}” is not known; say which it is.", words,
                )
            )  # fmt: skip
        return found

    def _settled(self, row: _Row, closed: datetime | None, faults: list[Fault]) -> bool:
        words = row.get("state")
        if words not in _SETTLED and words not in _OPEN:
            faults.append(
                row.fault(
                    "state", "import.state", f"不认识状态“{words[:30]}”，请指定是已结案还是在办。",
                    f"The state “{words[:30]}” is not known; say whether it is closed or open.", words,
                )
            )  # fmt: skip
        return words in _SETTLED or (words == "" and closed is not None)

    def places(self, rows: Sequence[_Row]) -> list[Place | Fault]:
        """Village, grid and point of each row: by coordinates where there are any, else by the address."""
        found: list[Place | Fault] = []
        points: dict[int, tuple[float, float]] = {}
        for n, row in enumerate(rows):
            lng, lat = row.get("lng"), row.get("lat")
            try:
                if lng or lat:
                    points[n] = to_wgs84(degrees(lng), degrees(lat), self.crs)
                    found.append(Fault(row.number, "lng", OUTSIDE))
                else:
                    found.append(Place(village_of(row.get("address"))))
            except Refusal as refusal:
                finding = refusal.findings[0]
                field = "lng" if finding.field in ("point", "crs") else finding.field
                found.append(Fault(row.number, field, finding))
        for (n, point), grid in zip(points.items(), locate_many([*points.values()]), strict=True):
            if grid:
                found[n] = Place(grid.place_code, grid.code, round(point[0], 6), round(point[1], 6))
        return found


def degrees(words: str) -> float:
    """A coordinate as typed; refuses what is no number."""
    try:
        return float(words)
    except ValueError:
        raise Refusal.of(
            "import.degrees",
            f"“{words[:30]}”不是经纬度。",
            f"“{words[:30]}” is no coordinate.",
            field="point",
        ) from None


def write(actor: Actor, opened: Iterable[OpenedBy], told: Callable[[int], None], plan: Plan) -> int:
    """Open them all, in the caller's transaction."""
    return open_matters(actor, INCIDENT, opened, told=told)


def translations(field: str) -> list[tuple[str, str]]:
    """What a coded field may hold: (our value, words)."""
    match field:
        case "class":
            return [(c.code, str(c.name)) for c in in_force().classes.values()]
        case "crs":
            return system_choices()
    return [("已结案", str(Text("已结案", "Closed"))), ("处理中", str(Text("在办", "Open")))]


INCIDENTS = Importer(
    code="incidents",
    title=Text("网格事件", "Grid incidents"),
    permission=GridPermission.IMPORT,
    targets=TARGETS,
    settings=SETTINGS,
    translations=translations,
    judge=judge,
    write=write,
)
