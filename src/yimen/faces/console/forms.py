"""The console's own forms: filters and the staff's report."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from yimen.design.step_forms import FilesField
from yimen.domains.grid.api import LONGEST_TEXT
from yimen.faces.console.presenting import channels
from yimen.kernel.calendar.today import midnight, today
from yimen.kernel.matters.queries import Filters
from yimen.kernel.procedure.language import State

DAYS = (MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31)))
"""Days that can be reckoned with: a form takes no others, so that no sum of days leaves the calendar."""
_LIGHTS = (
    ("", _("全部")),
    ("open", _("未办结")),
    ("red", _("已超期")),
    ("amber", _("将到期")),
    ("green", _("期限内")),
)
_DONE = (
    ("", _("全部")),
    ("register", _("立案")),
    ("dispatch", _("派遣")),
    ("finish", _("处置完成")),
    ("closed", _("办结")),
)


class FilterForm(forms.Form):
    """What a list is narrowed to."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=40)
    state = forms.ChoiceField(label=_("状态"), required=False)
    township = forms.ChoiceField(label=_("乡镇（街道）"), required=False)
    light = forms.ChoiceField(label=_("红绿灯"), required=False, choices=_LIGHTS)
    kind = forms.ChoiceField(label=_("事件分类"), required=False)
    organ = forms.ChoiceField(label=_("处置单位"), required=False)
    channel = forms.ChoiceField(label=_("来源"), required=False, choices=channels)
    grid = forms.ChoiceField(label=_("网格"), required=False)
    opened_from = forms.DateField(label=_("上报日期从"), required=False, validators=DAYS)
    opened_to = forms.DateField(label=_("到"), required=False, validators=DAYS)
    done = forms.ChoiceField(label=_("今天"), required=False, choices=_DONE)
    within = forms.RegexField(r"^-?\d+\.\d+(,-?\d+\.\d+){3}$", required=False, widget=forms.HiddenInput)
    view = forms.ChoiceField(required=False, choices=(("", ""), ("map", "")), widget=forms.HiddenInput)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, states: Sequence[State], choices: Mapping[str, Sequence[Any]], **kwargs: Any
    ) -> None:
        """`choices` are those of the fields that depend on the county: township, kind, organ, grid."""
        super().__init__(*args, **kwargs)
        choices = {**choices, "state": [(s.code, str(s.name)) for s in states]}
        for name, listed in choices.items():
            self.fields[name].choices = [("", _("全部")), *listed]  # type: ignore[attr-defined]

    @property
    def narrows(self) -> int:
        """How many conditions besides the words looked for are set: what a phone says on the folded filter."""
        visible = {field.name for field in self.visible_fields()} - {"q"}
        return sum(1 for name, value in self.cleaned_data.items() if name in visible and value)

    def narrowing(self) -> Filters:
        """What the list is narrowed to; a form with a fault narrows to what is sound in it."""
        self.is_valid()
        given: dict[str, Any] = self.cleaned_data
        last, done = given.get("opened_to"), given.get("done", "")
        since = midnight(today())
        return Filters(
            states=(given["state"],) if given.get("state") else (),
            kinds=(given["kind"],) if given.get("kind") else (),
            township=given.get("township", ""),
            grid=given.get("grid", ""),
            organ=given.get("organ", ""),
            channel=given.get("channel", ""),
            light=given.get("light", ""),
            text=given.get("q", ""),
            opened_from=midnight(given["opened_from"]) if given.get("opened_from") else None,
            opened_to=midnight(last + timedelta(days=1)) if last else None,
            closed_from=since if done == "closed" else None,
            acted="" if done == "closed" else done,
            acted_from=since if done else None,
            within=_box(given.get("within", "")),
        )


def _box(typed: str) -> tuple[float, float, float, float] | None:
    """West, south, east, north as the map's own links write them."""
    if not typed:
        return None
    west, south, east, north = (float(each) for each in typed.split(","))
    return west, south, east, north


class PeopleFilterForm(forms.Form):
    """Whose name to look for, and after whom the page begins."""

    q = forms.CharField(required=False, max_length=40)
    after = forms.CharField(required=False, max_length=120)


class PostsFilterForm(forms.Form):
    """Which organ's posts."""

    organ = forms.RegexField(r"^[a-z0-9][a-z0-9-]{1,39}$", required=False)


class StaffReportForm(forms.Form):
    """A report by a member of staff: photo, place, class, words."""

    photos = FilesField(label=_("照片"), required=False)
    kind = forms.ChoiceField(label=_("分类"), required=False)
    text = forms.CharField(label=_("情况"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}))
    result = forms.CharField(
        label=_("已当场解决的，写明怎么解决的"), max_length=LONGEST_TEXT, required=False,
        help_text=_("没有解决就不填，交指挥中心派遣。"), widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    address = forms.CharField(
        label=_("地点说明"),
        max_length=200,
        required=False,
        help_text=_("门牌、路口或标志物。不用地图也行：写明哪个镇、哪个村。"),
    )
    lng = forms.FloatField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)
    request_key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    is_another = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, classes: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("待定分类")), *classes]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A place must have been picked or written down."""
        given = super().clean() or {}
        if (given.get("lng") is None or given.get("lat") is None) and not given.get("address"):
            self.add_error("address", _("请在地图上点一下位置，或写明是哪个镇、哪个村。"))
        return given
