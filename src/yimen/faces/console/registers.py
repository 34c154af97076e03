"""Changing the registers on screen: one form, one act, one address each; the commands decide who may."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yimen.design.shapes import Cell, Column
from yimen.design.wording import listed
from yimen.faces.console.people import people_for
from yimen.faces.console.register_forms import (
    AppointForm,
    CertificateForm,
    ConfirmNoticeForm,
    DutyPhoneForm,
    EndForm,
    EnglishNameForm,
    HoursForm,
    NoticeForm,
    OrganForm,
    PersonForm,
    PostForm,
    RevealForm,
    StandInForm,
    WithdrawForm,
)
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import decide, holds
from yimen.kernel.access.middleware import actor_of, needs, staff_only
from yimen.kernel.access.permissions import KernelPermission as P
from yimen.kernel.calendar.notices import (
    ASKED,
    current_calendar,
    missing_year,
    proposed_notices,
    questions_of,
)
from yimen.kernel.calendar.today import today
from yimen.kernel.org.models import Appointment, Person, Post, WorkingHours
from yimen.kernel.org.queries import holders, organ_names, organs
from yimen.kernel.registers import calendar, people
from yimen.kernel.registers import organs as organ_register
from yimen.kernel.words import Finding, Refusal


def ask(
    request: HttpRequest, title: str, form: forms.Form, act: Callable[[Actor, Mapping[str, Any]], str | HttpResponse],
    done: str = "", *, back: str, note: str = "",
) -> HttpResponse:  # fmt: skip
    """Show the form; when it is sent, perform the act and go where it says (`done` tells that it is), or show what it answers
    by itself, or what was refused."""
    findings: tuple[Finding, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            onward = act(actor_of(request), form.cleaned_data)
        except Refusal as refusal:
            findings = refusal.findings
        else:
            if isinstance(onward, HttpResponse):
                return onward
            messages.success(request, done)
            return redirect(onward)
    context = {"title": title, "form": form, "findings": findings, "back": back, "note": note}
    return render(request, "console/ask.html", context, status=200 if request.method == "GET" else 422)


def _person(request: HttpRequest, person_id: UUID) -> Person:
    """Somebody whom the reader may manage; anybody else does not exist."""
    person = people_for(request, P.PEOPLE_MANAGE).filter(id=person_id).first()
    if person is None:
        raise Http404
    return person


def _person_url(person_id: UUID) -> str:
    return reverse("console:person", args=[person_id])


def posts_url(organ_code: str) -> str:
    """The page of an organ's posts."""
    return f"{reverse('console:posts')}?{urlencode({'organ': organ_code} if organ_code else {})}"


@require_http_methods(["GET", "POST"])
@needs(P.PEOPLE_MANAGE)
def new_person(request: HttpRequest) -> HttpResponse:
    """Register a person."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        return _person_url(people.register_person(actor, **given).id)

    return ask(
        request,
        _("登记人员"),
        PersonForm(request.POST or None),
        act,
        _("已登记。"),
        back=reverse("console:people"),
    )


@require_http_methods(["GET", "POST"])
@needs(P.PEOPLE_MANAGE)
def correct_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Correct a name or number."""
    person = _person(request, person_id)

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        people.correct_person(actor, person_id=person_id, **given)
        return _person_url(person_id)

    form = PersonForm(request.POST or None, initial={"name": person.name})
    return ask(
        request, _("更正 %(name)s 的信息") % {"name": person.name}, form, act, _("已更正。"), back=_person_url(person_id),
        note=_("电话留空表示不变。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(P.PEOPLE_REVEAL)
def reveal_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show a colleague's sealed data once a reason is given; the look enters the ledger."""
    person = people_for(request, P.PEOPLE_REVEAL).filter(id=person_id).first()
    if person is None:
        raise Http404
    form = RevealForm(request.POST or None)
    shown: dict[str, str] = {}
    findings: tuple[Finding, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            shown = people.reveal_person(
                actor_of(request), person_id=person_id, reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            findings = refusal.findings
    context = {
        "person": person,
        "form": form,
        "shown": shown,
        "findings": findings,
        "back": _person_url(person_id),
    }
    return render(request, "console/reveal_person.html", context, status=422 if findings else 200)


@require_http_methods(["GET", "POST"])
@needs(P.PEOPLE_MANAGE)
def appoint(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Appoint a person to a post."""
    person = _person(request, person_id)

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        people.appoint(actor, person_id=person_id, **given)
        return _person_url(person_id)

    form = AppointForm(
        request.POST or None, initial={"since": today(), "post_code": request.GET.get("post", "")[:40]}
    )
    return ask(
        request,
        _("任命 %(name)s") % {"name": person.name},
        form,
        act,
        _("已任命。"),
        back=_person_url(person_id),
    )


def appointment_for(request: HttpRequest, appointment_id: UUID) -> Appointment:
    """An appointment the reader may change; any other does not exist."""
    found = Appointment.objects.select_related("post__organ", "person").filter(id=appointment_id).first()
    if found is None or decide(
        actor_of(request), P.PEOPLE_MANAGE, area=found.post.organ.place_code, organ=found.post.organ_id
    ):
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@needs(P.PEOPLE_MANAGE)
def end_appointment(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """A person leaves a post."""
    held = appointment_for(request, appointment_id)

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        people.end_appointment(actor, appointment_id=appointment_id, **given)
        return _person_url(held.person_id)

    title = _("免去 %(name)s 的 %(post)s") % {"name": held.person.name, "post": held.post.called}
    form = EndForm(request.POST or None, initial={"on": today()})
    return ask(request, title, form, act, _("已免去。"), back=_person_url(held.person_id))


@require_http_methods(["GET", "POST"])
@needs(P.PEOPLE_MANAGE)
def stand_in(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Say who stands in: a colleague of the same organ or its superior."""
    held = appointment_for(request, appointment_id)
    near = holders(today(), organ_id=held.post.organ_id)
    if held.post.organ.parent_code:
        near += holders(today(), organ_id=held.post.organ.parent_code)
    colleagues = {
        str(h.person.id): _("%(name)s（%(post)s）") % {"name": h.person.name, "post": h.post.called}
        for h in near
        if h.person.id != held.person_id
    }

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        whom = UUID(given["substitute_id"])
        people.stand_in(actor, appointment_id=appointment_id, **{**given, "substitute_id": whom})
        return _person_url(held.person_id)

    title = _("安排 %(name)s 的 %(post)s 顶岗") % {"name": held.person.name, "post": held.post.called}
    form = StandInForm(request.POST or None, initial={"since": today()}, colleagues=list(colleagues.items()))
    return ask(request, title, form, act, _("已安排顶岗。"), back=_person_url(held.person_id))


@require_http_methods(["GET", "POST"])
@needs(P.PEOPLE_MANAGE)
def add_certificate(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Enter an enforcement certificate."""
    person = _person(request, person_id)

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        people.add_certificate(actor, person_id=person_id, **given)
        return _person_url(person_id)

    title = _("登记 %(name)s 的执法证") % {"name": person.name}
    return ask(
        request, title, CertificateForm(request.POST or None), act, _("已登记。"), back=_person_url(person_id)
    )


@require_http_methods(["GET", "POST"])
@needs(P.PEOPLE_MANAGE)
def withdraw_certificate(request: HttpRequest, person_id: UUID, number: str) -> HttpResponse:
    """End an enforcement certificate before its time."""
    person = _person(request, person_id)
    held = next((c for c in people.all_certificates_of(person_id) if c.number == number), None)
    if held is None:
        raise Http404

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        people.withdraw_certificate(actor, person_id=person_id, number=number, **given)
        return _person_url(person_id)

    title = _("收回 %(name)s 的执法证 %(number)s") % {"name": person.name, "number": number}
    form = WithdrawForm(request.POST or None, initial={"on": today()})
    return ask(
        request, title, form, act, _("已收回。"), back=_person_url(person_id),
        note=_("有效期 %(since)s 至 %(until)s（不含当日）。收回以前凭此证办的仍然有效。") % {"since": held.valid.lower, "until": held.valid.upper},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(P.ORGANS_MANAGE)
def new_post(request: HttpRequest) -> HttpResponse:
    """Set up a post."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        return posts_url(people.open_post(actor, **given).organ_id)

    form = PostForm(
        request.POST or None, initial={"since": today()}, organs=list(organ_names(today()).items())
    )
    return ask(request, _("设立岗位"), form, act, _("已设立。"), back=reverse("console:posts"))


@require_http_methods(["GET", "POST"])
@needs(P.ORGANS_MANAGE)
def close_post(request: HttpRequest, post_code: str) -> HttpResponse:
    """End a post with its appointments."""
    organ = Post.objects.filter(code=post_code).values_list("organ_id", flat=True).first()
    back = posts_url(organ or "")

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        people.close_post(actor, code=post_code, on=given["on"])
        return back

    form = EndForm(request.POST or None, initial={"on": today()})
    title = _("撤销岗位 %(post)s") % {"post": post_code}
    return ask(
        request,
        title,
        form,
        act,
        _("已撤销。"),
        back=back,
        note=_("在这个岗位上的任职同时结束。"),
    )


@require_safe
@needs(P.PEOPLE_READ)
def organ_list(request: HttpRequest) -> HttpResponse:
    """The organs there are today, villages left out, and the hours in which they work."""
    on, may_change = today(), holds(actor_of(request), P.ORGANS_MANAGE) is None
    rows = [o for o in organs(on) if o.kind != "village_committee"]
    hours = WorkingHours.objects.filter(valid__contains=on).order_by("organ_code")
    names = organ_names(on)
    context = {
        "columns": (
            Column(_("名称"), "title"), Column(_("编码")), Column(_("区划代码")), Column(_("值班电话")), Column(_("自"), "date"),
            *((Column(_("英文名称"), "prose"),) if may_change else ()),
        ),
        "rows": [
            (
                names[o.code], o.code, o.place_code,
                Cell(o.duty_phone or "—", href=reverse("console:set_duty_phone", args=[o.code]) if may_change else ""),
                o.valid.lower,
                *((Cell(o.name_en or "—", href=reverse("console:call_organ", args=[o.code])),) if may_change else ()),
            )
            for o in rows
        ],
        "hours_columns": (Column(_("单位"), "title"), Column(_("办公时间")), Column(_("依据的文件"), "prose"), Column(_("自"), "date")),
        "hours": [
            (names.get(h.organ_code, _("全县")), "　".join("-".join(s) for s in h.spans), h.source, h.valid.lower)
            for h in hours
        ],
        "may_change": may_change,
    }  # fmt: skip
    return render(request, "console/organs.html", context)


@require_http_methods(["GET", "POST"])
@needs(P.ORGANS_MANAGE)
def set_duty_phone(request: HttpRequest, organ_code: str) -> HttpResponse:
    """Set the number at which an organ is told what was sent to it."""
    organ = organs(today()).filter(code=organ_code).first()
    if organ is None:
        raise Http404

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        organ_register.set_duty_phone(actor, code=organ_code, **given)
        return reverse("console:organs")

    title = _("%(name)s 的值班电话") % {"name": organ.called}
    form = DutyPhoneForm(request.POST or None, initial={"duty_phone": organ.duty_phone})
    return ask(
        request,
        title,
        form,
        act,
        _("已设定。"),
        back=reverse("console:organs"),
        note=_("派遣、返工和督办的短信发到这个号码。"),
    )


@require_http_methods(["GET", "POST"])
@needs(P.ORGANS_MANAGE)
def call_organ(request: HttpRequest, organ_code: str) -> HttpResponse:
    """Set what an organ is called in English."""
    organ = organs(today()).filter(code=organ_code).first()
    if organ is None:
        raise Http404

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        organ_register.call_organ(actor, code=organ_code, **given)
        return reverse("console:organs")

    title = _("%(name)s 的英文名称") % {"name": organ.called}
    form = EnglishNameForm(request.POST or None, initial={"name_en": organ.name_en})
    return ask(request, title, form, act, _("已设定。"), back=reverse("console:organs"))


@require_http_methods(["GET", "POST"])
@needs(P.ORGANS_MANAGE)
def new_organ(request: HttpRequest) -> HttpResponse:
    """Register an organ."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        organ_register.open_organ(actor, **given)
        return reverse("console:organs")

    form = OrganForm(request.POST or None, initial={"since": today()})
    return ask(request, _("登记机构"), form, act, _("已登记。"), back=reverse("console:organs"))


@require_http_methods(["GET", "POST"])
@needs(P.ORGANS_MANAGE)
def set_hours(request: HttpRequest) -> HttpResponse:
    """Set office hours."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        organ_register.set_hours(actor, **given)
        return reverse("console:organs")

    choices = [(o.code, str(o.called)) for o in organs(today()) if o.kind != "village_committee"]
    form = HoursForm(request.POST or None, initial={"since": today()}, organs=choices)
    return ask(
        request, _("设定办公时间"), form, act, _("已设定。"), back=reverse("console:organs"),
        note=_("按工作小时计算的时限，从生效起按新的办公时间计算；已在走的时限不变。"),
    )  # fmt: skip


@require_safe
@staff_only
def calendar_page(request: HttpRequest) -> HttpResponse:
    """The years in force with their documents, what waits to be confirmed, and what is missing."""
    in_force = current_calendar()
    actor = actor_of(request)
    waiting = [
        (n, asked, ConfirmNoticeForm(initial={"seen": n.proposed_at.isoformat()}, has_questions=bool(asked)))
        for n in proposed_notices()
        for asked in [questions_of(n)]
    ]
    context = {
        "columns": (Column(_("年份"), "number"), Column(_("文号"), "title"), Column(_("放假的工作日"), "number"), Column(_("上班的周末"), "number")),
        "rows": [
            (str(y.year), listed(y.documents), len(y.rest_weekdays), len(y.working_weekends)) for y in reversed(in_force.years)
        ],
        "edition": in_force.edition,
        "waiting": waiting,
        "missing_year": missing_year(),
        "may_enter": holds(actor, P.CALENDAR_PROPOSE) is None,
        "may_confirm": holds(actor, P.CALENDAR_CONFIRM) is None,
    }  # fmt: skip
    return render(request, "console/calendar.html", context)


@require_http_methods(["GET", "POST"])
@needs(P.CALENDAR_PROPOSE)
def enter_notice(request: HttpRequest) -> HttpResponse:
    """Enter a year's notice; what looks like a slip is asked, and entered once it has been looked up."""
    form = NoticeForm(request.POST or None)

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        try:
            calendar.enter_notice(actor, given["text"].encode(), checked=given["checked"])
        except Refusal as refusal:
            if refusal.code == ASKED.code:
                form.ask()
            raise
        return reverse("console:calendar")

    return ask(
        request, _("录入放假安排"), form, act, _("已录入，待另一人确认。"), back=reverse("console:calendar")
    )


@require_POST
@needs(P.CALENDAR_CONFIRM)
def confirm_notice(request: HttpRequest, year: int) -> HttpResponse:
    """Put another person's notice in force."""
    try:
        seen = datetime.fromisoformat(request.POST.get("seen", ""))
        calendar.put_in_force(actor_of(request), year, seen, checked=request.POST.get("checked") == "on")
    except ValueError as error:
        raise BadRequest from error
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, _("%(year)s 年的安排已生效，在走的时限将重新计算。") % {"year": year})
    return redirect("console:calendar")
