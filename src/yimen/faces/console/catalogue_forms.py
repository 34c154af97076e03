"""Forms of the catalogue: an item in the columns of the national layout, a file of items, the end of an item."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yimen.design.wording import listed
from yimen.domains.catalogue.api import COLUMNS, SECTIONS, Column, Item, cells_of
from yimen.faces.console.forms import DAYS
from yimen.kernel.words import Text

_APART = ("catalog_code", "plan_effective_date")
_BETWEEN = "、"
_HINTS = {
    "blocks": _("一件一段，中间空一行；每行写“栏目：内容”。"),
    "lines": _("一行一条；中文后面可以写 // English。"),
}
_ROWS = {"blocks": 14, "lines": 6}
_MOST_BYTES = 8 * 1024 * 1024


class ItemForm(forms.Form):
    """One item, a field for each column; what a field says is read as a cell of the table is."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        before: Item | None = None,
        organs: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(data)
        if before is None:
            self.fields["catalog_code"] = forms.CharField(
                label=_("基本编码"), max_length=12, help_text=_("12 位数字。")
            )
        written = cells_of(before) if before else {}
        for column in COLUMNS:
            if column.code not in _APART:
                self.fields[column.code] = _field(column, organs)
                self.initial[column.code] = _initial(column, written.get(column.code, ""))
        self.fields["since"] = forms.DateField(label=_("生效日期"), validators=DAYS)
        self.fields["source"] = forms.CharField(label=_("依据的文件"), max_length=120)

    def sections(self) -> list[tuple[Text, str]]:
        """The fields in groups, each as a heading and the names of its fields."""
        return [(heading, " ".join(c for c in codes if c in self.fields)) for heading, codes in SECTIONS]

    def cells(self) -> dict[str, str]:
        """What was filled in, as the cells of a row; for a new item only what was filled in."""
        given = self.cleaned_data
        is_new = "catalog_code" in given
        cells = {c.code: _cell(given[c.code], self.initial.get(c.code)) for c in COLUMNS if c.code in given}
        return {code: cell for code, cell in cells.items() if cell or not is_new}

    @property
    def since(self) -> date:
        """The first day on which it holds."""
        return self.cleaned_data["since"]  # type: ignore[no-any-return]


def _field(column: Column, organs: Sequence[tuple[str, str]]) -> forms.Field:
    """A list to choose from where the codes are known, else lines to write in."""
    label, choices = str(column.label), [(words.zh, str(words)) for words in column.choices] or list(organs)
    match column.shape:
        case "choice" | "organ":
            return forms.ChoiceField(label=label, choices=[("", _("请选择")), *choices], required=False)
        case "several" | "organs":
            return forms.MultipleChoiceField(
                label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
            )
        case "flag":
            return forms.ChoiceField(label=label, choices=[("否", _("否")), ("是", _("是"))], required=False)
    if not column.is_long:
        return forms.CharField(label=label, max_length=400, required=False)
    rows = _ROWS.get(column.shape, 3)
    return forms.CharField(
        label=label,
        help_text=_HINTS.get(column.shape, ""),
        required=False,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _initial(column: Column, cell: str) -> str | list[str]:
    if column.code == "keywords":
        return listed(cell.split(_BETWEEN))
    return [part for part in cell.split(_BETWEEN) if part] if column.shape in ("several", "organs") else cell


def _cell(given: str | list[str], before: str | list[str] | None) -> str:
    """Several that were chosen stand in the order they had before: boxes come back in the order of the page."""
    if not isinstance(given, list):
        return given
    kept = [each for each in before if each in given] if isinstance(before, list) else []
    return _BETWEEN.join([*kept, *(each for each in given if each not in kept)])


class ItemsFileForm(forms.Form):
    """Items as a JSON file, the document they rest on, and the day they begin where it is not the file's."""

    file = forms.FileField(
        label=_("JSON 文件"),
        help_text=_("一个事项，或者事项的列表；字段名同“导出 JSON”。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )
    source = forms.CharField(label=_("依据的文件"), max_length=120)
    since = forms.DateField(
        label=_("生效日期"), validators=DAYS, required=False, help_text=_("不填就按文件里写的日期。")
    )

    def clean_file(self) -> Any:
        """Not larger than a county's whole list several times over."""
        upload = self.cleaned_data["file"]
        if upload.size > _MOST_BYTES:
            raise forms.ValidationError(_("文件超过 8 MB，请分成几个。"))
        return upload


class PublishForm(forms.Form):
    """What was previewed, once more: the documents and what they rest on."""

    documents = forms.CharField(widget=forms.HiddenInput, strip=False)
    source = forms.CharField(widget=forms.HiddenInput, max_length=120)


class WithdrawForm(forms.Form):
    """From which day on an item is no longer offered, and by which document."""

    on = forms.DateField(label=_("自哪一天起停用"), validators=DAYS)
    source = forms.CharField(label=_("依据的文件"), max_length=120)
