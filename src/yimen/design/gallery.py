"""What the gallery shows: one invented example for every component, in both languages."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from yimen.design.shapes import (
    Cell,
    Chrome,
    Column,
    Crumb,
    Fact,
    Figure,
    Happening,
    MapPoint,
    MapShape,
    MapSheet,
    NavItem,
    Photo,
    Series,
    Tab,
)
from yimen.kernel.words import Finding, Text

_LOCAL = ZoneInfo("Asia/Shanghai")
_REPORTED = datetime(2026, 11, 20, 9, 32, tzinfo=_LOCAL)
_CENTRE = (119.4102, 29.2035)
_CELL = 0.004
_PICTURE = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 160 120'%3E"
    "%3Crect width='160' height='120' fill='%23{sky}'/%3E%3Cpath d='M0 84h160v36H0z' fill='%23566'/%3E"
    "%3Cpath d='M{post} 20h4v70h-4zm0 0h26v4h-26z' fill='%23333'/%3E%3C/svg%3E"
)


class _MorePhotos(forms.FileInput):
    """Several photographs at once."""

    allow_multiple_selected = True


class SampleForm(forms.Form):
    """One field of every kind."""

    kind = forms.ChoiceField(
        label=_("问题类别"), choices=[("", "—"), ("road", _("占道经营")), ("lamp", _("路灯损坏"))]
    )
    urgency = forms.ChoiceField(
        label=_("着急程度"),
        help_text=_("有人受伤或正在起火，请直接拨打 110、119、120。"),
        choices=[("usual", _("一般")), ("soon", _("比较急")), ("now", _("很急"))],
        widget=forms.RadioSelect,
    )
    phone = forms.RegexField(
        r"^1\d{10}$",
        label=_("联系电话"),
        help_text=_("只用来告诉您办理结果。"),
        error_messages={"invalid": _("请输入 11 位手机号码")},
    )
    seen_on = forms.DateField(label=_("发现日期"), required=False, widget=forms.DateInput)
    story = forms.CharField(
        label=_("说说情况"), help_text=_("什么地方、什么问题，一两句话就可以。"), widget=forms.Textarea
    )
    wishes = forms.MultipleChoiceField(
        label=_("希望怎样答复"),
        required=False,
        choices=[("sms", _("短信")), ("call", _("电话"))],
        widget=forms.CheckboxSelectMultiple,
    )
    photos = forms.FileField(
        label=_("照片"),
        required=False,
        help_text=_("拍清楚位置和问题，最多 9 张。"),
        widget=_MorePhotos(attrs={"accept": "image/*"}),
    )
    paper = forms.FileField(label=_("证明材料"), required=False, help_text=_("PDF 或图片。"))
    agrees = forms.BooleanField(label=_("我所说的属实"))


class SamplePlace(forms.Form):
    """Where something happened."""

    lng = forms.FloatField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)
    address = forms.CharField(label=_("地址"), help_text=_("写清楚路名、门牌或旁边的店名。"))


class SampleReason(forms.Form):
    """A reason for an act."""

    reason = forms.CharField(label=_("理由"), widget=forms.Textarea)


def _cell(column: int, row: int) -> dict[str, Any]:
    """A square of an invented grid."""
    west, south = _CENTRE[0] + (column - 2) * _CELL, _CENTRE[1] + (row - 1.5) * _CELL
    east, north = west + _CELL, south + _CELL
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _sheet() -> MapSheet:
    """An invented neighbourhood of twelve grids."""
    west, south = _CENTRE[0] - 2 * _CELL, _CENTRE[1] - 1.5 * _CELL
    east, north = west + 4 * _CELL, south + 3 * _CELL
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    grids = [
        MapShape(
            _cell(column, row),
            Text(f"第 {row * 4 + column + 1} 网格", f"Grid {row * 4 + column + 1}"),
            tone="amber" if (column, row) == (1, 1) else "",
        )
        for row in range(3)
        for column in range(4)
    ]
    return MapSheet(
        *_CENTRE,
        zoom=15,
        shapes=[*grids, MapShape({"type": "Polygon", "coordinates": [ring]}, kind="outline")],
        points=[
            MapPoint(
                _CENTRE[0] - 0.002, _CENTRE[1] + 0.001, Text("路灯不亮", "Street lamp out"), "#map", "amber"
            ),
            MapPoint(
                _CENTRE[0] + 0.003,
                _CENTRE[1] - 0.002,
                Text("井盖缺失", "Manhole cover missing"),
                "#map",
                "red",
            ),
        ],
    )


def _photos() -> tuple[Photo, ...]:
    """Two drawn photographs."""
    return (
        Photo(
            _PICTURE.format(sky="9bb7d4", post="60"),
            Text("路边一盏不亮的路灯", "A street lamp that is out"),
            caption=Text("上报时", "When reported"),
            taken_at=_REPORTED,
        ),
        Photo(
            _PICTURE.format(sky="f2d48a", post="90"),
            Text("修好后的路灯", "The lamp, repaired"),
            caption=Text("处置后", "When handled"),
            taken_at=_REPORTED + timedelta(hours=27),
        ),
    )


def _happenings() -> tuple[Happening, ...]:
    """The story of one lamp, newest first."""
    return (
        Happening(
            _REPORTED + timedelta(hours=27),
            Text("处置完成，等待核查", "Handled, waiting to be checked"),
            who=Text("赵师傅", "Mr Zhao"),
            organ=Text("县城管局", "County Urban Management Bureau"),
            note=Text("更换灯泡和镇流器，已亮灯。", "Bulb and ballast replaced, lamp on."),
            law=Text("《城市道路照明设施管理规定》第二十六条", "Street Lighting Rules, art. 26"),
            hash="9f2c5be17a6d40e8b1c3" + "0" * 44,
            tone="green",
            icon="check2",
            photos=_photos(),
        ),
        Happening(
            _REPORTED + timedelta(minutes=21),
            Text("派遣到县城管局", "Dispatched to the County Urban Management Bureau"),
            who=Text("陈晓", "Chen Xiao"),
            post=Text("坐席员", "Duty officer"),
            organ=Text("县指挥中心", "County command centre"),
            hash="51aa07c2d9e3f4b68d70" + "0" * 44,
            icon="send",
        ),
        Happening(
            _REPORTED,
            Text("居民反映", "Reported by a resident"),
            tone="neutral",
            icon="megaphone",
            hash="e07b11f3528c99a40d12" + "0" * 44,
        ),
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column(Text("编号", "Number")),
        Column(Text("事项", "Matter"), "title"),
        Column(Text("提交时间", "Submitted"), "date"),
        Column(Text("时限", "Limit")),
        Column(Text("状态", "State")),
        Column(Text("照片", "Photos"), "number"),
    )


def _rows() -> tuple[tuple[Cell | Text | str | int | datetime, ...], ...]:
    return (
        (
            Cell("QS20261120-0042", href="#table"),
            Cell(
                Text("路灯损坏（东街 12 号）", "Street lamp out (12 East Street)"),
                hint=Text("城关镇东街社区", "Dongjie, Chengguan"),
            ),
            _REPORTED,
            Cell("", light="green"),
            Cell(Text("办理中", "Under way"), tone="blue"),
            2,
        ),
        (
            Cell("QS20261119-0017", href="#table"),
            Text("占道经营", "Street trading on the pavement"),
            _REPORTED - timedelta(days=1),
            Cell("", light="amber"),
            Cell(Text("待核查", "To be checked"), tone="amber"),
            1,
        ),
        (
            Cell("QS20261103-0008", href="#table"),
            Text("井盖缺失", "Manhole cover missing"),
            _REPORTED - timedelta(days=17),
            Cell("", light="red"),
            Cell(Text("返工", "Rework"), tone="red"),
            12_480,
        ),
    )


def _figures() -> tuple[Figure, ...]:
    days = ("11-17", "11-18", "11-19", "11-20", "11-21", "11-22", "11-23")
    reported = Series(Text("受理", "Accepted"), (88, 103, 96, 140, 121, 99, 128))
    closed = Series(Text("办结", "Closed"), (80, 98, 99, 118, 126, 104, 117))
    villages = (
        Text("青山社区", "Qingshan"),
        Text("东街村", "Dongjie"),
        Text("西河村", "Xihe"),
        Text("李家村", "Lijia"),
    )
    classes = (
        Text("市容环境", "Streets"),
        Text("矛盾纠纷", "Disputes"),
        Text("安全隐患", "Hazards"),
        Text("设施损坏", "Facilities"),
    )
    return (
        Figure(
            Text("近 7 日事件", "Incidents, last 7 days"),
            "line",
            days,
            (reported, closed),
            Text("件", "incidents"),
        ),
        Figure(
            Text("按期办结率", "Closed in time"),
            "bars",
            villages,
            (Series(Text("按期办结率", "Closed in time"), (99, 97, 95, 88)),),
            "%",
        ),
        Figure(
            Text("事件类别", "Incidents by class"),
            "donut",
            classes,
            (Series(Text("件数", "Incidents"), (48, 25, 21, 15)),),
            Text("件", "incidents"),
        ),
        Figure(
            Text("各渠道受理", "Accepted by channel"),
            "columns",
            (Text("网格员", "Grid worker"), Text("居民", "Resident"), "12345"),
            (Series(Text("件数", "Incidents"), (62, 44, 22)),),
            Text("件", "incidents"),
        ),
    )


BLOCKED = Finding(
    "incident.photo_missing",
    Text(
        "还没有处置后的照片，不能报完成。",
        "There is no photograph after handling yet, so it cannot be completed.",
    ),
    "GB/T 30428.3",
)


def gallery_context() -> dict[str, Any]:
    """Everything the gallery's template names."""
    wrong = SampleForm({"phone": "1380013", "kind": "road", "urgency": "usual", "story": "…", "agrees": "on"})
    return {
        "chrome": Chrome(
            title=_("界面样式库"),
            subtitle=_("每个部件一份样子、一份说明"),
            home_url="#content",
            navigation=(
                NavItem(_("首页"), "#home", "house", is_current=True),
                NavItem(_("我要反映"), "#report", "megaphone"),
                NavItem(_("查进度"), "#track", "search"),
                NavItem(_("办事"), "#services", "card-checklist", count=3),
                NavItem(_("公示"), "#disclosure", "megaphone-fill"),
            ),
            organiser=Text("云溪县人民政府", "Yunxi County Government"),
            telephone="12345",
        ),
        "crumbs": (Crumb(_("首页"), "#home"), Crumb(_("我的反映"), "#mine"), Crumb("QS20261120-0042")),
        "suggestions": (Crumb(_("路灯损坏"), "#lamp"), Crumb(_("占道经营"), "#road")),
        "tabs_shown": (
            Tab(_("待办"), "#todo", 7, is_current=True),
            Tab(_("已办"), "#done", 128),
            Tab(_("我关注的"), "#watched"),
        ),
        "due_at": _REPORTED + timedelta(days=5),
        "safe_at": _REPORTED + timedelta(days=2),
        "sample": SampleForm(auto_id="sample_%s"),
        "wrong": SimpleLazyObject(lambda: wrong),
        "place": SamplePlace(
            {"address": "东街 12 号", "lng": _CENTRE[0], "lat": _CENTRE[1]}, auto_id="place_%s"
        ),
        "reason": SampleReason(auto_id="reason_%s"),
        "act_reason": SampleReason(auto_id="act_%s"),
        "blocked": (BLOCKED,),
        "consequences": (
            Text("上报人会收到短信。", "The reporter receives a text message."),
            Text("这一步记入存证，不能删除。", "The step is recorded in the ledger and cannot be deleted."),
        ),
        "facts_shown": (
            Fact(_("编号"), "QS20261120-0042"),
            Fact(_("地点"), Text("城关镇东街 12 号", "12 East Street, Chengguan"), href="#map"),
            Fact(_("提交时间"), _REPORTED),
            Fact(_("承办单位"), Text("县城管局", "County Urban Management Bureau"), hint=_("首接负责")),
            Fact(_("联系电话"), "138****0013"),
            Fact(_("备注"), None),
        ),
        "happenings": _happenings(),
        "photos": _photos(),
        "steps": (_("上报"), _("受理"), _("派遣"), _("处置"), _("核查")),
        "columns": _columns(),
        "rows": _rows(),
        "figures": _figures(),
        "sheet": _sheet(),
    }
