"""Forms for halls, sites, agents and providers: they check shape; what is lawful the commands say."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yimen.design.step_forms import FilesField
from yimen.domains.hall.api import PROVIDER_KINDS, PURPOSES, SITE_KINDS
from yimen.faces.console.forms import DAYS
from yimen.kernel.calendar.today import today

Choices = Sequence[tuple[str, str]]


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text, validators=DAYS)


def _code() -> forms.CharField:
    return forms.CharField(label=_("编码"), max_length=40, help_text=_("小写字母、数字和连字符。"))


def _degrees(label: Any) -> forms.FloatField:
    return forms.FloatField(label=label, required=False, min_value=-180, max_value=180)


_FOR_EXAMPLE = _("例如 120 或 120.50")


def _yuan(label: Any, help_text: Any = _FOR_EXAMPLE) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=12,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


def _reason() -> forms.CharField:
    return forms.CharField(label=_("理由"), max_length=120)


class Choosing(forms.Form):
    """A form whose lists depend on the county: `choices` names the fields and gives their (value, words)."""

    def __init__(self, *args: Any, choices: dict[str, Choices] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, listed in (choices or {}).items():
            field = self.fields[name]
            is_many = isinstance(field, forms.MultipleChoiceField)
            field.choices = list(listed) if is_many else [("", _("请选择")), *listed]  # type: ignore[attr-defined]


class HallForm(Choosing):
    """A new hall."""

    code = _code()
    name = forms.CharField(label=_("名称"), max_length=60)
    name_en = forms.CharField(label=_("英文名称"), max_length=120)
    place_code = forms.ChoiceField(label=_("服务的乡镇（街道）或县"))
    address = forms.CharField(label=_("地址"), max_length=120)
    telephone = forms.CharField(label=_("电话"), max_length=20, required=False)
    hours = forms.CharField(
        label=_("工作日开放时间"), max_length=80, initial="9:00-12:00 14:00-17:30",
        help_text=_("写成 9:00-12:00 14:00-17:30"),
    )  # fmt: skip
    windows = forms.IntegerField(
        label=_("窗口数"),
        min_value=1,
        max_value=60,
        initial=4,
        help_text=_("每个窗口都能办任何事项；最后一个只出件。"),
    )
    lng = _degrees(_("经度"))
    lat = _degrees(_("纬度"))
    since = _day(_("自"))


class WindowForm(forms.Form):
    """One more window."""

    is_exit = forms.BooleanField(label=_("只出件，不收件"), required=False)
    since = _day(_("自"))


class EndOnForm(forms.Form):
    """From which day on something is no more, and why."""

    on = _day(_("自哪一天起停用"))
    reason = _reason()


class SlotForm(forms.Form):
    """How many may book."""

    capacity = forms.IntegerField(
        label=_("每半小时可约人数"), min_value=0, max_value=200, help_text=_("填 0 停止预约。")
    )
    days_ahead = forms.IntegerField(label=_("可提前几天预约"), min_value=1, max_value=30, initial=7)
    source = forms.CharField(label=_("依据的文件"), max_length=120)
    since = _day(_("自"))


class VisitForm(forms.Form):
    """Somebody came for a matter."""

    number = forms.CharField(label=_("办件编号"), max_length=40, help_text=_("例如 BJ 开头的编号。"))
    purpose = forms.ChoiceField(
        label=_("来办什么"),
        widget=forms.RadioSelect,
        choices=lambda: [(k, str(v)) for k, v in PURPOSES.items()],
    )


class FileForm(forms.Form):
    """A paper file passed on."""

    number = forms.CharField(label=_("办件编号"), max_length=40)
    papers = forms.CharField(
        label=_("交出哪些材料"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    direction = forms.ChoiceField(
        label=_("方向"), widget=forms.RadioSelect,
        choices=(("back", _("前台交后台审查")), ("front", _("后台交前台出件"))),
    )  # fmt: skip


class SiteForm(Choosing):
    """A village site, or a new version of one."""

    code = _code()
    kind = forms.ChoiceField(
        label=_("类别"),
        widget=forms.RadioSelect,
        choices=lambda: [(k, str(v)) for k, v in SITE_KINDS.items()],
    )
    name = forms.CharField(label=_("名称"), max_length=60)
    name_en = forms.CharField(label=_("英文名称"), max_length=120)
    place_code = forms.ChoiceField(label=_("所在村（社区）"))
    village_codes = forms.MultipleChoiceField(
        label=_("还服务哪些村（社区）"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    item_codes = forms.MultipleChoiceField(
        label=_("进驻事项"), required=False, widget=forms.SelectMultiple(attrs={"size": 12}),
        help_text=_("只列事项清单里允许在村（社区）或网上办的。"),
    )  # fmt: skip
    address = forms.CharField(label=_("地址"), max_length=120, required=False)
    telephone = forms.CharField(label=_("电话"), max_length=20, required=False)
    staff = forms.CharField(label=_("公示的工作人员"), max_length=120, required=False)
    hours = forms.CharField(label=_("服务时间"), max_length=120)
    lng = _degrees(_("经度"))
    lat = _degrees(_("纬度"))
    source = forms.CharField(label=_("依据的文件"), max_length=120)
    since = _day(_("自"))


class DayForm(forms.Form):
    """Which day to look at."""

    on = forms.DateField(label=_("日期"), required=False, validators=DAYS)

    def day(self) -> Any:
        """The day that was asked for; today without one."""
        return (self.cleaned_data.get("on") if self.is_valid() else None) or today()


class RatesForm(forms.Form):
    """Which days, and by what."""

    since = forms.DateField(label=_("自"), required=False, validators=DAYS)
    until = forms.DateField(label=_("至"), required=False, validators=DAYS)
    by = forms.ChoiceField(
        label=_("按"), required=False, choices=(("township", _("乡镇（街道）")), ("item", _("事项")))
    )

    def asked(self) -> dict[str, Any]:
        """The period (the last 30 days without one) and by what it is grouped."""
        given = self.cleaned_data if self.is_valid() else {}
        until = given.get("until") or today()
        return {
            "since": given.get("since") or until - timedelta(days=29),
            "until": until,
            "by": given.get("by") or "township",
        }


class StatisticsForm(RatesForm):
    """Which days, and by what the figures of services are grouped."""

    by = forms.ChoiceField(
        label=_("按"),
        required=False,
        choices=(
            ("township", _("乡镇（街道）")),
            ("organ", _("业务主管部门")),
            ("item", _("事项")),
            ("month", _("月份")),
        ),
    )


class MandateForm(Choosing):
    """Who asks an agent for what."""

    item = forms.ChoiceField(label=_("代办的事项"))
    place = forms.ChoiceField(label=_("村（社区）"))
    name = forms.CharField(label=_("委托人姓名"), max_length=60)
    id_number = forms.CharField(
        label=_("证件号码"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(
        label=_("电话"), max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    scope = forms.CharField(label=_("委托办什么"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    until = _day(_("委托到哪一天"), required=False, help_text=_("不填表示办完为止。"))
    papers = FilesField(label=_("委托书签名照片"), required=True)


class CloseDayForm(forms.Form):
    """The count at the end of a day."""

    on = _day(_("哪一天"))
    counted = _yuan(_("清点的现金（元）"), _("数一数手里的代缴款，不含自己的钱。"))


class SettleForm(forms.Form):
    """A difference that nobody could explain otherwise."""

    amount = _yuan(_("差额（元）"))
    direction = forms.ChoiceField(
        label=_("多还是少"),
        widget=forms.RadioSelect,
        choices=(("short", _("现金少了")), ("over", _("现金多了"))),
    )
    reason = _reason()


class ProviderForm(forms.Form):
    """A provider."""

    name = forms.CharField(label=_("名称"), max_length=60)
    credit_code = forms.CharField(label=_("统一社会信用代码"), max_length=18)
    kind = forms.ChoiceField(
        label=_("类别"), choices=lambda: [(k, str(v)) for k, v in PROVIDER_KINDS.items()]
    )
    services = forms.CharField(label=_("提供什么服务"), max_length=200)
    telephone = forms.CharField(label=_("电话"), max_length=20, required=False)
    since = _day(_("自"))


class ContractForm(Choosing):
    """A contract."""

    provider_id = forms.ChoiceField(label=_("服务机构"))
    number = forms.CharField(label=_("合同号"), max_length=40)
    place_code = forms.ChoiceField(label=_("服务的乡镇（街道）或县"))
    service = forms.CharField(label=_("购买的服务"), max_length=100)
    price = _yuan(_("单价（元）"))
    ceiling = _yuan(_("合同总额（元）"))
    source = forms.CharField(label=_("采购方式和文件"), max_length=120)
    since = _day(_("自"))
    until = _day(_("至（不含当日）"))


class OrderForm(Choosing):
    """An order."""

    contract_id = forms.ChoiceField(label=_("合同"))
    place = forms.ChoiceField(label=_("村（社区）"))
    for_whom = forms.CharField(label=_("服务对象"), max_length=60)
    what = forms.CharField(label=_("具体要求"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
