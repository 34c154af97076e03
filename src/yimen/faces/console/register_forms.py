"""Forms for the registers: they check shape; what is lawful the commands say."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yimen.faces.console.forms import DAYS
from yimen.kernel.org.post_kinds import POST_KINDS


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text, validators=DAYS)


def _reason() -> forms.CharField:
    return forms.CharField(label=_("理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


def _post_kinds() -> list[tuple[str, str]]:
    """The declared kinds of post in the reader's language."""
    return [(code, str(kind.name)) for code, kind in POST_KINDS.items()]


_ORGAN_KINDS = (
    ("county_department", _("县级部门")), ("township", _("乡镇政府")), ("subdistrict", _("街道办事处")),
    ("approval_organ", _("乡镇审批服务机构")),
    ("village_committee", _("村（居）民委员会")), ("stationed_agency", _("派驻机构")), ("command_centre", _("指挥中心")),
)  # fmt: skip


class PersonForm(forms.Form):
    """Name and telephone number."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(
        label=_("电话"), max_length=20, required=False, help_text=_("加密保存，列表中只显示首尾几位。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip


class RevealForm(forms.Form):
    """Why somebody's data must be seen."""

    reason = _reason()


class AppointForm(forms.Form):
    """Into which post, from when."""

    post_code = forms.CharField(
        label=_("岗位编码"), max_length=40, help_text=_("在“岗位和网格”页可以查到。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    since = _day(_("自"))
    until = _day(_("至（不含当日）"), required=False, help_text=_("长期任职不用填。"))


class EndForm(forms.Form):
    """From which day on a post is no longer held."""

    on = _day(_("自哪一天起不再任职"))
    reason = _reason()


class StandInForm(forms.Form):
    """Who stands in, when and why."""

    substitute_id = forms.ChoiceField(label=_("由谁顶岗"))
    since = _day(_("自"))
    until = _day(_("至（不含当日）"))
    reason = _reason()

    def __init__(self, *args: Any, colleagues: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["substitute_id"].choices = [("", _("请选择")), *colleagues]  # type: ignore[attr-defined]


class CertificateForm(forms.Form):
    """An enforcement certificate."""

    number = forms.CharField(label=_("执法证号"), max_length=40)
    issuer = forms.CharField(label=_("发证机关"), max_length=60)
    since = _day(_("有效期自"))
    until = _day(_("至（不含当日）"))


class WithdrawForm(forms.Form):
    """From which day on a certificate is withdrawn, and why."""

    on = _day(_("自哪一天起收回"))
    reason = _reason()


class PostForm(forms.Form):
    """A new post of an organ."""

    organ_code = forms.ChoiceField(label=_("单位"))
    code = forms.CharField(
        label=_("岗位编码"), max_length=40, help_text=_("小写字母、数字和连字符，例如 urban-staff-8。")
    )
    name = forms.CharField(label=_("名称"), max_length=60)
    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("类别"), choices=_post_kinds)
    grid_code = forms.CharField(
        label=_("网格编码"), max_length=15, required=False, help_text=_("网格岗位才填，15 位。")
    )
    duty_phone = forms.CharField(
        label=_("工作电话"), max_length=20, required=False, help_text=_("公示用，不填个人号码。")
    )
    since = _day(_("自"))

    def __init__(self, *args: Any, organs: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organ_code"].choices = [("", _("请选择")), *organs]  # type: ignore[attr-defined]


class OrganForm(forms.Form):
    """A new organ."""

    code = forms.CharField(label=_("单位编码"), max_length=40, help_text=_("小写字母、数字和连字符。"))
    name = forms.CharField(label=_("名称"), max_length=60)
    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("类别"), choices=_ORGAN_KINDS)
    place_code = forms.CharField(
        label=_("服务的区划代码"), max_length=12, help_text=_("12 位，例如 339901000000。")
    )
    since = _day(_("自"))


class EnglishNameForm(forms.Form):
    """What an organ or a post is called in English."""

    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)


class DutyPhoneForm(forms.Form):
    """At which number an organ is told what was sent to it."""

    duty_phone = forms.CharField(label=_("值班电话"), max_length=20, required=False)


class HoursForm(forms.Form):
    """Office hours for a period."""

    organ_code = forms.ChoiceField(label=_("单位"), required=False)
    spans = forms.CharField(label=_("办公时间"), max_length=80, help_text=_("例如 8:30-12:00 14:30-18:00"))
    source = forms.CharField(label=_("依据的文件"), max_length=120)
    since = _day(_("自"))
    until = _day(_("至（不含当日）"), required=False, help_text=_("没有期限不用填。"))

    def __init__(self, *args: Any, organs: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organ_code"].choices = [("", _("全县")), *organs]  # type: ignore[attr-defined]


class NoticeForm(forms.Form):
    """The holiday notice as published."""

    text = forms.CharField(
        label=_("通知全文"), max_length=20000, widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("把国务院办公厅的通知从标题到正文完整粘贴进来，连同文号；系统会读出日期并核对星期。"),
    )  # fmt: skip
    checked = forms.BooleanField(required=False, widget=forms.HiddenInput, label=_("已对照通知原文逐条核对"))

    def ask(self) -> None:
        """Offer to say that the questions have been looked up."""
        self.fields["checked"].widget = forms.CheckboxInput()


class ConfirmNoticeForm(forms.Form):
    """Which proposal was seen, and that the questions it raises were looked up."""

    seen = forms.CharField(widget=forms.HiddenInput)
    checked = forms.BooleanField(required=False, label=_("已对照通知原文逐条核对"))

    def __init__(self, *args: Any, has_questions: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_questions:
            del self.fields["checked"]


_UNITS = (
    ("hours", _("小时")), ("working_hours", _("工作小时")), ("working_days", _("工作日")), ("calendar_days", _("日")),
    ("months", _("月")),
)  # fmt: skip


class LimitForm(forms.Form):
    """The length of a limit that the county sets."""

    number = forms.IntegerField(label=_("时限"), min_value=1, max_value=365)
    unit = forms.ChoiceField(label=_("时限单位"), choices=_UNITS)
    source = forms.CharField(label=_("依据的文件"), max_length=120)
    since = _day(_("自"))


class ClassForm(forms.Form):
    """An incident class, or a new version of one."""

    code = forms.CharField(label=_("分类编码"), max_length=4, help_text=_("4 位数字，前两位是大类。"))
    name = forms.CharField(label=_("名称"), max_length=30)
    name_en = forms.CharField(label=_("英文名称"), max_length=80)
    group = forms.CharField(label=_("大类"), max_length=30)
    group_en = forms.CharField(label=_("大类英文名称"), max_length=80)
    kind = forms.ChoiceField(label=_("类别"), choices=(("event", _("事件")), ("component", _("部件"))))
    filing_condition = forms.CharField(
        label=_("立案条件"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    closing_condition = forms.CharField(
        label=_("结案条件"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    limit_number = forms.IntegerField(label=_("处置时限"), min_value=1, max_value=365)
    limit_unit = forms.ChoiceField(label=_("时限单位"), choices=_UNITS)
    keywords = forms.CharField(
        label=_("关键词"),
        max_length=1200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("用空格或顿号分开，用来按文字推荐分类；要同时出现的词用加号连起来，例如：烧+树叶。"),
    )
    source = forms.CharField(label=_("依据的文件"), max_length=120)
    since = _day(_("自"))

    def clean_keywords(self) -> list[str]:
        """Words, however they were separated."""
        return [
            w
            for w in str(self.cleaned_data["keywords"])
            .replace("、", " ")
            .replace("，", " ")
            .replace(",", " ")
            .split()
            if w
        ]


class EndClassForm(forms.Form):
    """From which day on a class is no longer used, and under which paper."""

    on = _day(_("自哪一天起停用"))
    source = forms.CharField(label=_("依据的文件"), max_length=120)


class DutyForm(forms.Form):
    """Which organ answers for what where."""

    class_prefix = forms.CharField(
        label=_("分类编码"), max_length=4, required=False, help_text=_("4 位分类、2 位大类，留空表示全部。")
    )
    area_prefix = forms.CharField(
        label=_("区域代码"), max_length=12, help_text=_("县 6 位、乡镇 9 位、村 12 位。")
    )
    organ_code = forms.ChoiceField(label=_("处置单位"))
    is_automatic = forms.BooleanField(label=_("登记后自动派遣，不经派遣员"), required=False)
    source = forms.CharField(label=_("依据的文件"), max_length=120)
    since = _day(_("自"))

    def __init__(self, *args: Any, organs: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organ_code"].choices = [("", _("请选择")), *organs]  # type: ignore[attr-defined]
