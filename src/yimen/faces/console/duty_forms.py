"""Forms for grid posts, the duty list, admissions and rounds: they check shape; what is lawful the commands say."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yimen.domains.duties.api import (
    ACTIONS,
    FREQUENCIES,
    GAP_KINDS,
    PARTY_UNIT_KINDS,
    STANCES,
    STANDARDS,
    TERMS,
)
from yimen.faces.console.forms import DAYS
from yimen.kernel.org.post_kinds import GRID_KINDS, POST_KINDS
from yimen.kernel.words import Text


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day, picked with the device's own picker."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        validators=DAYS,
    )


def _long(label: Any, longest: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, widget=forms.Textarea(attrs={"rows": 2}), **more)


def _listed(words: Any) -> Any:
    """Declared words as choices, asked for each time so that they are in the reader's language."""
    return lambda: [(code, str(text)) for code, text in words.items()]


def _source() -> forms.CharField:
    return forms.CharField(label=_("依据的文件"), max_length=120)


class PlaceForm(forms.Form):
    """Of which village or township, and as of which day."""

    village = forms.RegexField(r"^\d{12}$", required=False)
    township = forms.RegexField(r"^\d{9}$", required=False)
    on = forms.DateField(required=False, validators=DAYS)
    kind = forms.ChoiceField(required=False, choices=[("", ""), *((k, k) for k in GAP_KINDS)])
    after = forms.RegexField(r"^\d{15}$", required=False)


class PersonToPostForm(forms.Form):
    """Who takes the post, from when and for how long."""

    person_id = forms.ChoiceField(
        label=_("人员"), help_text=_("名单里是本乡镇（街道）在岗的人和没有岗位的人；新来的先在“人员”里登记。")
    )
    since = day_field(_("自"))
    until = day_field(_("至（不含当日）"), required=False, help_text=_("有任期的填任期届满日。"))

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = [("", _("请选择")), *people]  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    """Who takes over, on which day and why."""

    person_id = forms.ChoiceField(label=_("接任人"))
    on = day_field(_("交接日期"), help_text=_("前任到前一天为止，接任人从这一天起。"))
    reason = _long(_("理由"), 200)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = [("", _("请选择")), *people]  # type: ignore[attr-defined]


class AbsenceForm(forms.Form):
    """When somebody is away and why."""

    since = day_field(_("自"))
    until = day_field(_("至（不含当日）"))
    reason = _long(_("理由"), 200)


class PostPhoneForm(forms.Form):
    """The number of a post."""

    duty_phone = forms.CharField(label=_("工作电话"), max_length=20, required=False)


class GridPostForm(forms.Form):
    """A new post of a grid."""

    kind = forms.ChoiceField(
        label=_("类别"), choices=lambda: [(k, str(POST_KINDS[k].name)) for k in GRID_KINDS]
    )
    name = forms.CharField(label=_("名称"), max_length=60)
    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    code = forms.CharField(
        label=_("岗位编码"),
        max_length=40,
        help_text=_("小写字母、数字和连字符，例如 guide-339901100201001。"),
    )
    duty_phone = forms.CharField(
        label=_("工作电话"), max_length=20, required=False, help_text=_("公示用，不填个人号码。")
    )
    since = day_field(_("自"))


class PartyUnitForm(forms.Form):
    """The party branch or group of a grid."""

    kind = forms.ChoiceField(label=_("类别"), choices=_listed(PARTY_UNIT_KINDS))
    name = forms.CharField(label=_("名称"), max_length=60)
    source = _source()
    since = day_field(_("自"))


class TaskForm(forms.Form):
    """A task of the list, or a new version of one."""

    code = forms.CharField(label=_("事项编码"), max_length=4, help_text=_("4 位数字，前两位是领域。"))
    name = forms.CharField(label=_("事项名称"), max_length=40)
    name_en = forms.CharField(label=_("英文名称"), max_length=120)
    actions = forms.MultipleChoiceField(
        label=_("网格员做什么"), choices=_listed(ACTIONS), widget=forms.CheckboxSelectMultiple
    )
    what = _long(_("具体要求"), 300)
    what_en = _long(_("具体要求（英文）"), 600)
    frequency = forms.ChoiceField(label=_("频次"), choices=_listed(FREQUENCIES))
    basis = forms.CharField(label=_("法律政策依据（写到条）"), max_length=200)
    organ_code = forms.ChoiceField(label=_("责任单位"))
    evidence = forms.CharField(
        label=_("要求留存的材料"), max_length=100, required=False, help_text=_("能不要就不要。")
    )
    minutes = forms.IntegerField(label=_("每个网格每月多少分钟"), min_value=0, max_value=9999)
    is_pushable = forms.BooleanField(label=_("可以作为专项任务下派"), required=False)
    source = _source()
    since = day_field(_("自"))

    def __init__(self, *args: Any, organs: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organ_code"].choices = [("", _("请选择")), *organs]  # type: ignore[attr-defined]


class EndTaskForm(forms.Form):
    """From which day on a task is no longer on the list, and under which paper."""

    on = day_field(_("自哪一天起移出清单"))
    source = _source()


class EditionForm(forms.Form):
    """A publication of the list."""

    number = forms.CharField(label=_("文号"), max_length=60)
    title = forms.CharField(label=_("标题"), max_length=120)
    since = day_field(_("生效日期"))


class StandardForm(forms.Form):
    """One of the county's numbers."""

    name = forms.ChoiceField(label=_("标准"))
    value = forms.DecimalField(label=_("数值"), max_digits=9, decimal_places=3)
    source = _source()
    since = day_field(_("自"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(code, str(text)) for code, text in STANDARDS.items()]
        listed += [(code, str(Text(zh, en))) for code, (_value, zh, en) in TERMS.items()]
        self.fields["name"].choices = listed  # type: ignore[attr-defined]


class OpinionForm(forms.Form):
    """What a township says."""

    township_code = forms.ChoiceField(label=_("乡镇（街道）"))
    stance = forms.ChoiceField(label=_("意见"), choices=_listed(STANCES), widget=forms.RadioSelect)
    reason = _long(_("理由和条件"), 500)

    def __init__(self, *args: Any, townships: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["township_code"].choices = list(townships)  # type: ignore[attr-defined]


class PushForm(forms.Form):
    """What is pushed to which grids until when."""

    task = forms.ChoiceField(label=_("网格事项"), required=False)
    other = forms.CharField(
        label=_("清单里没有的工作"), max_length=40, required=False,
        help_text=_("只有清单里的事项能派到网格；写在这里的会告诉您怎样申请准入。"),
    )  # fmt: skip
    area = forms.ChoiceField(label=_("范围"))
    due_on = day_field(_("截止日期"))
    note_text = _long(_("说明"), 500, required=False)

    def __init__(
        self, *args: Any, tasks: Sequence[tuple[str, str]], places: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].choices = [("", _("请选择")), *tasks]  # type: ignore[attr-defined]
        self.fields["area"].choices = list(places)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Either a listed task or the name of something else."""
        given = super().clean() or {}
        if bool(given.get("task")) == bool(given.get("other", "").strip()):
            self.add_error("task", _("请从清单里选一项，或写明清单外的工作，二者只填一个。"))
        return given
