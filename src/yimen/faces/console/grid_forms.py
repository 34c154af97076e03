"""Forms for drawing grids and for old systems' codes."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _
from shapely import Polygon

from yimen.kernel.calendar.today import today
from yimen.kernel.org import drafts
from yimen.kernel.org.coordinates import system_choices
from yimen.kernel.org.drafts import Proposal
from yimen.kernel.org.tilings import Flaw
from yimen.kernel.registers import grids as register
from yimen.kernel.words import Refusal

_LINE = re.compile(r"-?\d{1,3}(\.\d+)?,-?\d{1,2}(\.\d+)?(\s+-?\d{1,3}(\.\d+)?,-?\d{1,2}(\.\d+)?)*")
_LONGEST_LINE = 4000


class DrawForm(forms.Form):
    """What is drawn, what to do with it, and from when it shall hold."""

    act = forms.ChoiceField(choices=[(a, a) for a in ("check", "join", "cut", "keep")], initial="check")
    chosen = forms.TypedMultipleChoiceField(coerce=int, required=False)
    line = forms.CharField(
        label=_("分割线"), required=False, max_length=_LONGEST_LINE, help_text=_("经度,纬度，点之间用空格隔开；也可以在地图上点。"),
        widget=forms.TextInput(attrs={"data-draw-line": "", "autocomplete": "off"}),
    )  # fmt: skip
    geojson = forms.CharField(
        label=_("网格（GeoJSON，WGS84）"),
        required=False,
        widget=forms.Textarea(attrs={"data-draw-geojson": "", "rows": 6, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("GeoJSON 文件"), required=False,
        help_text=_("一个村（社区）或几个村（社区）的全部网格。属性 code、name、village、households 都可以不写。最大 8 MB。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,.geojson"}),
    )  # fmt: skip
    crs = forms.ChoiceField(label=_("文件的坐标系"), required=False, choices=system_choices)
    source = forms.CharField(
        label=_("依据的文件"), max_length=120, required=False, help_text=_("例如 云政办〔2026〕9号。")
    )
    since = forms.DateField(label=_("生效日期"))
    over = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    view = forms.CharField(
        required=False, max_length=80, widget=forms.HiddenInput(attrs={"data-draw-view": ""})
    )

    def __init__(
        self,
        begun: Sequence[Proposal],
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        village: str = "",
    ) -> None:
        """`begun` is what stands, for a page that is opened; `village` has what says of no village."""
        super().__init__(data, files)
        self.village = village
        self.fields["chosen"].choices = [(n, n) for n in range(drafts.MOST_GRIDS)]  # type: ignore[attr-defined]
        self.initial = {
            "since": today() + timedelta(days=1),
            "geojson": drafts.as_geojson(begun) if begun else "",
            "over": register.mark_of({p.village_code for p in begun}),
        }

    def clean_line(self) -> list[tuple[float, float]]:
        """The points of the line."""
        typed: str = self.cleaned_data["line"].strip()
        if not typed:
            return []
        if not _LINE.fullmatch(typed):
            raise forms.ValidationError(_("写成“119.10,28.10 119.12,28.11”这样。"))
        return [(float(x), float(y)) for x, y in (pair.split(",") for pair in typed.split())]

    def clean(self) -> dict[str, Any]:
        """Keeping wants a document."""
        given = super().clean() or self.cleaned_data
        if given.get("act") == "keep" and not given.get("source"):
            self.add_error("source", _("确定之前要写明依据的文件。"))
        return given

    def drawn(self, village_at: Callable[[Polygon], str]) -> tuple[list[Proposal], list[Flaw]]:
        """The grids of the file or the text box under the names typed, and features that are none.

        Refuses what cannot be read.
        """
        given = self.cleaned_data
        upload = given.get("file")
        content = upload.read(drafts.MOST_BYTES + 1) if upload else given["geojson"]
        crs = given["crs"] if upload else "wgs84"
        proposals, wrong = drafts.read(content, crs, lambda shape: self.village or village_at(shape))
        if not upload:
            proposals = [
                drafts.renamed(p, self.data.get(f"name-{n}", p.name)) for n, p in enumerate(proposals)
            ]
        return proposals, wrong

    def changed(self, proposals: list[Proposal]) -> list[Proposal]:
        """The grids after joining or cutting, if that was asked for; refuses what cannot be joined or cut."""
        given = self.cleaned_data
        if given["act"] == "join":
            return drafts.joined(proposals, [n for n in given["chosen"] if n < len(proposals)])
        if given["act"] == "cut":
            return drafts.cut(proposals, self._one(len(proposals)), given["line"])
        return proposals

    def _one(self, count: int) -> int:
        chosen = [n for n in self.cleaned_data["chosen"] if n < count]
        if len(chosen) != 1:
            raise Refusal.of(
                "grids.one", "请只勾选要分开的那一个网格。", "Choose the one grid to be cut.", field="chosen"
            )
        return int(chosen[0])

    def carrying(self, proposals: Sequence[Proposal]) -> Self:
        """The same form with the grids as they are now in its text box; features that are no grids stay in the file.

        A file is drawn over what stands when it is read.
        """
        read_anew = bool(self.cleaned_data.get("file"))
        data = {
            **{k: self.data[k] for k in ("source", "since", "view") if k in self.data},
            "act": self.cleaned_data["act"],
            "over": register.mark_of({p.village_code for p in proposals})
            if read_anew
            else self.cleaned_data["over"],
            "geojson": drafts.as_geojson(proposals),
        }
        carried = type(self)([], data, village=self.village)
        carried.full_clean()
        return carried


class CallOffForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("理由"), max_length=120)


class LegacyFilterForm(forms.Form):
    """What the list of old grids is narrowed to."""

    q = forms.CharField(label=_("编码"), required=False, max_length=60)
    system = forms.ChoiceField(label=_("旧系统"), required=False)
    undecided = forms.BooleanField(label=_("只看待定的"), required=False)
    after = forms.CharField(required=False, max_length=130, widget=forms.HiddenInput)

    def __init__(self, *args: Any, systems: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["system"].choices = [("", _("全部")), *((s, s) for s in systems)]  # type: ignore[attr-defined]


class MapLegacyForm(forms.Form):
    """The grid an old one goes into."""

    grid_code = forms.RegexField(
        r"^\d{15}$", label=_("并入的网格编码"), max_length=15, help_text=_("15 位。")
    )
    reason = forms.CharField(label=_("理由"), max_length=120)
