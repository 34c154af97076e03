"""The portal's forms: shape only; the door judges the rest."""

from django import forms
from django.utils.translation import gettext_lazy as _

from yimen.design.step_forms import FilesField
from yimen.domains.grid.api import LONGEST_TEXT


class ReportForm(forms.Form):
    """What is wrong, where, and how to reach you if you like."""

    text = forms.CharField(
        label=_("发生了什么？"),
        max_length=LONGEST_TEXT,
        help_text=_("写清楚是什么、在哪里，例如“青石村桥头垃圾堆了三天”。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    lng = forms.FloatField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)
    address = forms.CharField(
        label=_("地点说明"),
        max_length=200,
        required=False,
        help_text=_("门牌、路口或标志物。不用地图也行：写明哪个镇、哪个村。"),
    )
    photos = FilesField(
        label=_("照片"), required=False, help_text=_("可以拍照或从相册选择，每个不超过 10 MB")
    )
    reporter = forms.CharField(label=_("怎么称呼您"), max_length=50, required=False)
    phone = forms.CharField(
        label=_("联系电话"), max_length=30, required=False, help_text=_("只用于核实和答复，公开页面看不到")
    )

    request_key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    is_another = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, object]:
        """A place must have been picked on the map or written down."""
        given = super().clean() or {}
        if (given.get("lng") is None or given.get("lat") is None) and not given.get("address"):
            self.add_error("address", _("请在地图上点一下位置，或写明是哪个镇、哪个村。"))
        return given


class TrackForm(forms.Form):
    """The code on the receipt."""

    code = forms.CharField(label=_("查询码"), max_length=40, help_text=_("提交时给您的 12 位字母数字"))


class PlaceSearchForm(forms.Form):
    """Where one lives: in words, or as a point."""

    q = forms.CharField(
        label=_("村（社区）或地址"), max_length=80, required=False, help_text=_("例如 青山村、城关街道")
    )
    lng = forms.FloatField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)
