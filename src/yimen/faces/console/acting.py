"""The acts on a matter's page, each with its form, and the doing of one: the same for every kind of matter."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.design.step_forms import step_form
from yimen.kernel.access.middleware import actor_of
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import MOVED_ON, Moved
from yimen.kernel.matters.offers import Offer
from yimen.kernel.matters.queries import allowed_steps
from yimen.kernel.papers.store import keep_upload
from yimen.kernel.words import Finding, Refusal

Failed = tuple[str, forms.Form, Sequence[Finding]]
"""The step that was refused, its form with what was typed, and why."""


def form_of(offer: Offer) -> type[forms.Form]:
    """The form of a step whose choices are all declared with it."""
    return step_form(offer.step)


def acts(
    matter: Matter, offers: Iterable[Offer], act_url: str, failed: Failed | None = None, *,
    form_of: Callable[[Offer], type[forms.Form]] = form_of, usual: Callable[[Offer], Mapping[str, Any]] = lambda _: {},
) -> list[dict[str, Any]]:  # fmt: skip
    """Each step on offer with its form, or with what blocks it; `usual` is what a form holds before anybody typed."""
    shown = []
    for offer in offers:
        code = offer.step.code
        form = form_of(offer)(initial={"revision": matter.revision, **usual(offer)}, prefix=code)
        was_refused = failed is not None and failed[0] == code
        _step, form, blocked = failed if failed and was_refused else (code, form, offer.blocked)
        shown.append(
            {
                "label": offer.step.label, "text": str(offer.step.description or ""), "law": offer.step.law,
                "url": reverse(act_url, args=[matter.id, code]), "form": None if offer.blocked else form,
                "blocked": blocked, "is_open": was_refused, "draft": f"{matter.id}-{code}-{matter.revision}",
            }
        )  # fmt: skip
    return shown


def perform(
    request: HttpRequest, matter: Matter, step_code: str, act: Callable[..., Moved], page: str,
    shown: Callable[[Failed], HttpResponse], form_of: Callable[[Offer], type[forms.Form]] = form_of,
) -> HttpResponse:  # fmt: skip
    """Do one step by `act` and go back to the matter's `page` (the name of its URL).

    A refusal comes back beside what was typed: `shown` makes that page. Who was overtaken by somebody else is told so.
    """
    actor = actor_of(request)
    offer = next((o for o in allowed_steps(actor, matter) if o.step.code == step_code), None)
    if offer is None:
        if request.POST.get(f"{step_code}-revision", "") in ("", str(matter.revision)):
            raise PermissionDenied
        messages.error(request, str(MOVED_ON.sentence))
        return redirect(page, matter.id)
    form = form_of(offer)(request.POST, request.FILES, prefix=step_code)
    findings: Sequence[Finding] = ()
    if form.is_valid():
        given = {k: v for k, v in form.cleaned_data.items() if k != "revision" and v not in (None, "", [])}
        try:
            if uploads := given.pop("files", None):
                given["files"] = [str(keep_upload(u, by=actor.account_id).id) for u in uploads]
            act(actor, matter.id, step_code, given, expected_revision=form.cleaned_data.get("revision"))
        except Refusal as refusal:
            findings = refusal.findings
        else:
            messages.success(request, _("已办理：%(step)s") % {"step": offer.step.label})
            return redirect(page, matter.id)
    return shown((step_code, form, findings))
