"""Forms for accounts and rights: they check shape; who may give what to whom the commands say."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yimen.design.wording import listed
from yimen.faces.console.forms import DAYS
from yimen.kernel.access.accounts import LONGEST_LOGIN
from yimen.kernel.access.roles import roles

Choices = Sequence[tuple[str, str]]


def _reason() -> forms.CharField:
    return forms.CharField(label=_("理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


def _until(help_text: Any = "", *, required: bool = False) -> forms.DateField:
    return forms.DateField(label=_("至（不含当日）"), required=required, help_text=help_text, validators=DAYS)


class AccountFilterForm(forms.Form):
    """Which login or name to look for, and after which login the page begins."""

    q = forms.CharField(required=False, max_length=40)
    after = forms.CharField(required=False, max_length=LONGEST_LOGIN)


class AccountForm(forms.Form):
    """A new account."""

    login = forms.CharField(
        label=_("登录名"), max_length=LONGEST_LOGIN, help_text=_("不分大小写，以后不能改。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    valid_until = forms.DateField(
        label=_("最后可用的一天"), required=False, validators=DAYS, help_text=_("临时账号才填。")
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = _reason()


class ResetForm(forms.Form):
    """Whether the telephone goes too."""

    also_second_factor = forms.BooleanField(
        label=_("同时解除动态口令和备用码"), required=False, help_text=_("手机丢失或更换时勾选，下次登录重新绑定。")
    )  # fmt: skip


class _FromToday(forms.Form):
    since = forms.DateField(
        label=_("自"), required=False, validators=DAYS, help_text=_("不填或填今天的，立即生效。")
    )


class GrantForm(_FromToday):
    """Which role, where, from when until when."""

    role = forms.ChoiceField(label=_("角色"), widget=forms.RadioSelect)
    area = forms.ChoiceField(label=_("范围"))
    grid = forms.RegexField(
        r"^\d{15}$", label=_("网格编码"), required=False, help_text=_("只限一个网格时填，15 位；填了就不看上面的范围。"),
    )  # fmt: skip
    organ_code = forms.ChoiceField(label=_("单位"), required=False)
    post_code = forms.ChoiceField(
        label=_("岗位"), required=False, help_text=_("选了岗位的，只在以这个岗位办事时有效。")
    )
    until = _until(_("没有期限不用填。"))
    field_order = ("role", "area", "grid", "organ_code", "post_code", "since", "until")

    def __init__(self, *args: Any, areas: Choices, organs: Choices, posts: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = [
            (code, _("%(what)s：%(value)s") % {"what": role.name, "value": role.description})
            for code, role in roles().items()
        ]
        self.fields["role"].choices = told  # type: ignore[attr-defined]
        self.fields["area"].choices = areas  # type: ignore[attr-defined]
        needing = listed(role.name for role in roles().values() if role.is_for_an_organ)
        self.fields["organ_code"].help_text = _(
            "选了单位的，只对这个单位经手的有效；授予%(roles)s必须选。"
        ) % {"roles": needing}
        self.fields["organ_code"].choices = [("", _("不限")), *organs]  # type: ignore[attr-defined]
        self.fields["post_code"].choices = [("", _("不限")), *posts]  # type: ignore[attr-defined]


class LendForm(_FromToday):
    """To whom a role is lent, and why."""

    login = forms.CharField(label=_("委托给谁（登录名）"), max_length=LONGEST_LOGIN)
    until = _until(required=True)
    reason = _reason()
    field_order = ("login", "since", "until", "reason")


class KeyForm(forms.Form):
    """What a key is for, and until when."""

    label = forms.CharField(label=_("用途"), max_length=60)
    until = _until(_("没有期限不用填。"))
