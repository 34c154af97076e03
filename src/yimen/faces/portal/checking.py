"""Checking a document: by the code on it or by its file; and the published list of certificates that hold no longer."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yimen.design.shapes import Fact
from yimen.faces.portal.codes import by_code
from yimen.kernel.access.throttle import CHECKS, address_of, use
from yimen.kernel.documents.models import IssuedDocument, OfficialSeal
from yimen.kernel.documents.seals import revoked_certificates
from yimen.kernel.documents.verifying import MOST_BYTES, Checked, Verdict, check_code, check_file
from yimen.kernel.words import Refusal

_SAID = {
    Verdict.ISSUED: (gettext_lazy("这份文件是真的"), gettext_lazy("与签发的文件一字不差。"), "success"),
    Verdict.ALTERED: (gettext_lazy("这份文件被改动过"), gettext_lazy("签章是本县的，但内容与签章时不一致，不能作为凭据。"), "danger"),
    Verdict.OURS_UNKNOWN: (gettext_lazy("签章有效，但登记簿里没有这份文件"), gettext_lazy("请联系签发机关核实。"), "warning"),
    Verdict.FOREIGN: (gettext_lazy("不是本县的签章"), gettext_lazy("文件上有签名，但不是本县登记的印章。"), "warning"),
    Verdict.UNSIGNED: (gettext_lazy("文件上没有电子签章"), gettext_lazy("打印、截图、另存都会丢掉签章。请上传收到的原文件，或者输入纸上的查验码。"), "warning"),
    Verdict.UNREADABLE: (gettext_lazy("读不出这份文件"), gettext_lazy("请上传收到的 PDF 原文件。"), "warning"),
}  # fmt: skip


class CheckForm(forms.Form):
    """A code or a file."""

    code = forms.CharField(
        label=gettext_lazy("查验码"), max_length=20, required=False,
        help_text=gettext_lazy("印在二维码旁边，十二位，例如 7K2M-9QXA-3HTD"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("或者上传文件"), required=False, help_text=gettext_lazy("收到的 PDF 原文件，不超过 10 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """One of the two is needed."""
        given = self.cleaned_data
        if not given.get("code") and not given.get("file"):
            raise forms.ValidationError(_("请输入查验码，或者上传文件。"))
        if given.get("file") and given["file"].size > MOST_BYTES:
            self.add_error("file", _("文件超过 10 MB。"))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Ask by code or file."""
    form = CheckForm(request.POST, request.FILES) if request.method == "POST" else CheckForm()
    if request.method != "POST" or not form.is_valid():
        return render(request, "portal/check.html", {"form": form}, status=422 if form.errors else 200)
    try:
        use(CHECKS, address_of(request))
    except Refusal as refused:
        return render(request, "portal/check.html", {"form": form, "findings": refused.findings}, status=429)
    if form.cleaned_data["file"]:
        return _answer(request, form, check_file(form.cleaned_data["file"].read()))
    if found := check_code(form.cleaned_data["code"]):
        return redirect("portal:checked", code=found.check_code)
    form.add_error("code", _("没有这个查验码，请逐位核对。"))
    return render(request, "portal/check.html", {"form": form}, status=422)


@require_safe
@by_code
def checked(request: HttpRequest, code: str) -> HttpResponse:
    """What the register says of the document with a code: who holds the paper compares the two."""
    found = check_code(code)
    if found is None:
        raise Http404
    said = (_("登记簿里有这份文书"), _("请与手里的文书逐项核对，不一致的不能作为凭据。"), "success")
    return render(request, "portal/check.html", {"form": CheckForm(), **_page(said, found, found.seal)})


def _answer(request: HttpRequest, form: CheckForm, found: Checked) -> HttpResponse:
    return render(
        request,
        "portal/check.html",
        {"form": form, **_page(_SAID[found.verdict], found.document, found.seal)},
    )


def _page(said: Any, row: IssuedDocument | None, seal: OfficialSeal | None) -> dict[str, Any]:
    """The answer in words, with the document's facts; nobody is named in full."""
    title, words, kind = said
    if row is not None and row.withdrawn_at is not None:
        title, words, kind = _("这份文书已经收回"), row.withdrawn_because, "danger"
    facts = [Fact(_("印章"), str(seal))] if seal else []
    if row is not None:
        is_english = (get_language() or "").startswith("en")
        facts = [
            Fact(_("文书"), row.title_en if is_english else row.title),
            Fact(_("文号"), row.number),
            Fact(_("持有人"), row.holder),
            *facts,
            Fact(_("签章时间"), row.sealed_at),
        ]
    return {"title": title, "words": words, "kind": kind, "facts": facts}


@require_safe
def revoked(request: HttpRequest) -> HttpResponse:
    """The revocation list (X.509 CRL, DER) that certificates of our own authority name."""
    return HttpResponse(revoked_certificates(), content_type="application/pkix-crl")
