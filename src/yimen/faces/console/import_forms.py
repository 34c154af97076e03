"""Forms of an import, made from what is imported and from the file's own headings."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from yimen.kernel.imports.columns import Plan
from yimen.kernel.imports.models import ImportRun
from yimen.kernel.imports.runs import Importer


class UploadForm(forms.Form):
    """A table to import."""

    file = forms.FileField(
        label=_("表格文件"),
        help_text=_("CSV（UTF-8 或 GB18030）或 XLSX，最多 20 万行；第一行是表头。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )


class PlanForm(forms.Form):
    """Which heading fills which field, and what holds for the whole file."""

    def __init__(
        self, importer: Importer, run: ImportRun, plan: Plan, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data)
        self.importer, self.plan = importer, plan
        for setting in importer.settings:
            self.fields[f"set-{setting.code}"] = (
                forms.ChoiceField(
                    label=str(setting.label),
                    choices=[("", _("请选择")), *importer.translations(setting.code)],
                    required=setting.is_required,
                )
                if setting.is_coded
                else forms.CharField(label=str(setting.label), max_length=40, required=setting.is_required)
            )
            self.initial[f"set-{setting.code}"] = plan.settings.get(setting.code, "")
        first = run.sample[0] if run.sample else {}
        headings = [(h, f"{h}（{first[h][:20]}）" if first.get(h) else h) for h in run.headings]
        for target in importer.targets:
            self.fields[target.code] = forms.ChoiceField(
                label=str(target.label),
                choices=[("", _("不导入")), *headings],
                required=target.is_required,
            )
            self.initial[target.code] = plan.columns.get(target.code, "")

    def chosen(self) -> Plan:
        """The plan as filled in; values translated before are kept."""
        given = self.cleaned_data
        return Plan(
            {t.code: given[t.code] for t in self.importer.targets if given.get(t.code)},
            self.plan.values,
            {s.code: given[f"set-{s.code}"] for s in self.importer.settings if given.get(f"set-{s.code}")},
        )


class TranslateForm(forms.Form):
    """What another system's words mean here."""

    def __init__(self, importer: Importer, run: ImportRun, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.asked: dict[str, tuple[str, str]] = {}
        for field, counted in run.unknown.items():
            label = importer.label(field)
            for value, times in sorted(counted.items(), key=lambda pair: -pair[1]):
                name = f"v{len(self.asked)}"
                self.asked[name] = (field, value)
                self.fields[name] = forms.ChoiceField(
                    label=ngettext(
                        "%(field)s“%(value)s”，%(times)s 行", "%(field)s“%(value)s”，%(times)s 行", times
                    )
                    % {"field": label, "value": value, "times": times},
                    choices=[("", _("请选择")), *importer.translations(field)],
                    required=False,
                )

    def added_to(self, plan: Plan) -> Plan:
        """The plan with the translations given."""
        values = {field: dict(known) for field, known in plan.values.items()}
        for name, (field, value) in self.asked.items():
            if meant := self.cleaned_data.get(name):
                values.setdefault(field, {})[value] = meant
        return Plan(plan.columns, values, plan.settings)


class MappingNameForm(forms.Form):
    """Under which name the mapping is kept."""

    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("下次导入同样格式的文件时直接选用。"))
