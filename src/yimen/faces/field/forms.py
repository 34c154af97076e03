"""The phone's forms: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yimen.design.step_forms import FilesField
from yimen.domains.duties.api import OUTCOMES


class AnswerForm(forms.Form):
    """What came of a task in a grid; what was found is reported with words, place and perhaps a photo."""

    outcome = forms.ChoiceField(
        label=_("结果"), widget=forms.RadioSelect, choices=lambda: [(k, str(w)) for k, w in OUTCOMES.items()]
    )
    note_text = forms.CharField(
        label=_("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("没有发现问题可以不写；发现问题写清是什么，不属于职责的写明理由。"),
    )  # fmt: skip
    photos = FilesField(label=_("照片"), required=False, help_text=_("发现问题时可以附，不要求留痕。"))
    lng = forms.FloatField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        """What was found is described."""
        given = super().clean() or {}
        if given.get("outcome") == "found" and not given.get("note_text", "").strip():
            self.add_error("note_text", _("请写清发现了什么。"))
        return given
