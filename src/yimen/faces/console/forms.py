"""The console's own forms: filters and the staff's report."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yimen.design.step_forms import FilesField
from yimen.domains.grid.api import LONGEST_TEXT
from yimen.kernel.procedure.language import State

_LIGHTS = (("", _("全部")), ("red", _("已超期")), ("amber", _("将到期")), ("green", _("期限内")))


class FilterForm(forms.Form):
    """What a list is narrowed to."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=40)
    state = forms.ChoiceField(label=_("状态"), required=False)
    township = forms.ChoiceField(label=_("乡镇（街道）"), required=False)
    light = forms.ChoiceField(label=_("红绿灯"), required=False, choices=_LIGHTS)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, townships: Sequence[tuple[str, str]], states: Sequence[State], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["township"].choices = [("", _("全部")), *townships]  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", _("全部")), *((s.code, str(s.name)) for s in states)]  # type: ignore[attr-defined]


class PeopleFilterForm(forms.Form):
    """Whose name to look for, and after whom the page begins."""

    q = forms.CharField(required=False, max_length=40)
    after = forms.CharField(required=False, max_length=120)


class PostsFilterForm(forms.Form):
    """Which village's posts."""

    village = forms.RegexField(r"^\d{12}$", required=False)


class StaffReportForm(forms.Form):
    """A report by a member of staff: photo, place, class, words."""

    photos = FilesField(label=_("照片"), required=False)
    kind = forms.ChoiceField(label=_("分类"), required=False)
    text = forms.CharField(label=_("情况"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}))
    result = forms.CharField(
        label=_("已当场解决的，写明怎么解决的"), max_length=LONGEST_TEXT, required=False,
        help_text=_("没有解决就不填，交指挥中心派遣。"), widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    address = forms.CharField(label=_("地点说明"), max_length=200, required=False)
    lng = forms.FloatField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, classes: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("待定分类")), *classes]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A place must have been picked."""
        given = super().clean() or {}
        if given.get("lng") is None or given.get("lat") is None:
            self.add_error("address", _("请在地图上点一下位置。"))
        return given
