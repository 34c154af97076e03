"""At the window: confirming by document who a resident's account belongs to, and for whom one acts."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from yimen.design.wording import ID_KINDS
from yimen.domains.residents.api import ResidentPermission, accounts, representing
from yimen.kernel.access.decide import areas
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.words import Refusal

_BY_SIGN_ON = gettext_lazy("用单点登录的，填“我的一门”里 SSO 开头的账号。")


class IdentityForm(forms.Form):
    """The account, and what its owner's document says."""

    contact = forms.CharField(
        label=gettext_lazy("居民账号的手机号或邮箱"), max_length=100, help_text=_BY_SIGN_ON
    )
    name = forms.CharField(label=gettext_lazy("证件上的姓名"), max_length=60)
    id_kind = forms.ChoiceField(label=gettext_lazy("证件"), choices=ID_KINDS)
    id_number = forms.CharField(
        label=gettext_lazy("证件号码"), max_length=18, help_text=gettext_lazy("可以直接刷证或扫码录入")
    )


class RepresentationForm(forms.Form):
    """Whose account, whom the evidence names, and what was shown."""

    contact = forms.CharField(
        label=gettext_lazy("居民账号的手机号或邮箱"), max_length=100, help_text=_BY_SIGN_ON
    )
    id_kind = forms.ChoiceField(label=gettext_lazy("被代理人的证件"), choices=ID_KINDS)
    id_number = forms.CharField(label=gettext_lazy("被代理人的证件号码"), max_length=18)
    shown = forms.CharField(label=gettext_lazy("看了什么证明"), max_length=100, help_text=gettext_lazy("例如户口簿、出生医学证明、委托书、营业执照"))  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ResidentPermission.CONFIRM)
def confirm(request: HttpRequest) -> HttpResponse:
    """Confirm an identity or a representation; the document is compared, nothing of the account is shown."""
    actor = actor_of(request)
    place = areas(actor, ResidentPermission.CONFIRM)[0][0]
    is_person, is_other = "person" in request.POST, "other" in request.POST
    person = IdentityForm(request.POST if is_person else None, prefix="p")
    other = RepresentationForm(request.POST if is_other else None, prefix="r")
    form: Any = person if is_person else other
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            resident = accounts.of_contact(given["contact"])
            if is_person:
                representing.confirm_identity(
                    actor, resident, place, name=given["name"], id_kind=given["id_kind"], id_number=given["id_number"]
                )  # fmt: skip
            else:
                found = representing.waiting_for(resident, given["id_kind"], given["id_number"])
                representing.confirm_representation(actor, found, place, given["shown"])
        except Refusal as refused:
            for finding in refused.findings:
                form.add_error(finding.field if finding.field in form.fields else None, str(finding.sentence))
        else:
            messages.success(request, _("已核验。"))
            return redirect("console:confirm_resident")
    context = {"person": person, "other": other}
    return render(request, "console/confirm_resident.html", context, status=422 if form.errors else 200)
