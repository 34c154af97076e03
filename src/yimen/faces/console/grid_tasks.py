"""The grids' duty list on screen, with its entry control: tasks, editions, admissions and rounds."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yimen.design.shapes import Cell, Column, Fact, Tone
from yimen.design.step_forms import step_form
from yimen.design.wording import chinese, listed
from yimen.domains.duties.api import (
    ACTIONS,
    ADMISSION,
    DOMAINS,
    FREQUENCIES,
    OUTCOMES,
    PROPOSAL,
    STANCES,
    DutyPermission,
    act_on_admission,
    act_on_round,
    answer_counts,
    answers_of,
    apply_for_admission,
    edition_on,
    editions,
    end_task,
    give_opinion,
    grids_of_round,
    opinions_of,
    publish_list,
    push_round,
    set_task,
    task_versions,
    tasks_on,
    townships,
    visible_admissions,
    visible_rounds,
)
from yimen.faces.console import acting
from yimen.faces.console.acting import Failed
from yimen.faces.console.duty_forms import (
    EditionForm,
    EndTaskForm,
    OpinionForm,
    PlaceForm,
    PushForm,
    TaskForm,
)
from yimen.faces.console.presenting import clock_rows, timeline_of
from yimen.faces.console.registers import ask
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas, holds
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.calendar.clocks import remaining
from yimen.kernel.calendar.today import now, today
from yimen.kernel.counties.calendars import county_calendar
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import allowed_steps, clocks_of, history, page, procedure_of
from yimen.kernel.org.queries import grid_names, organ_names, post_names
from yimen.kernel.words import Finding, Refusal, Text

_TONES: dict[str, Tone] = {
    "admitted": "green", "refused": "red", "withdrawn": "neutral", "finished": "green", "recalled": "neutral",
}  # fmt: skip
_DAYS_AHEAD = timedelta(days=14)
_DASH = Text("—", "—")


@require_safe
@needs(DutyPermission.READ)
def task_list(request: HttpRequest) -> HttpResponse:
    """The list as it stands on a day, by field, and its editions."""
    form = PlaceForm(request.GET)
    if not form.is_valid():
        raise BadRequest
    on = form.cleaned_data["on"] or today()
    organs, tasks, actor = organ_names(on), list(tasks_on(on)), actor_of(request)
    context = {
        "on": on,
        "edition": edition_on(on),
        "columns": (
            Column(_("编码")), Column(_("网格事项"), "title"), Column(_("做什么")), Column(_("频次")),
            Column(_("责任单位")), Column(_("可下派")),
        ),
        "groups": [
            (words, [_task_row(t, organs) for t in tasks if t.code.startswith(code)])
            for code, words in DOMAINS.items()
        ],
        "total": len(tasks),
        "edition_columns": (Column(_("文号"), "title"), Column(_("标题")), Column(_("自"), "date"), Column(_("至（不含当日）"), "date")),
        "editions": [
            (Cell(e.number, href=f"?{urlencode({'on': str(e.valid.lower)})}"), e.title, e.valid.lower, e.valid.upper or "—")
            for e in editions()
        ],
        "may_change": holds(actor, DutyPermission.MANAGE) is None,
        "may_apply": holds(actor, DutyPermission.APPLY) is None,
    }  # fmt: skip
    return render(request, "console/grid_tasks.html", context)


def _task_row(task: Any, organs: Mapping[str, str]) -> tuple[Any, ...]:
    return (
        Cell(task.code, href=reverse("console:grid_task", args=[task.code])),
        Cell(task.called, hint=chinese(task.basis)),
        listed(ACTIONS[a] for a in task.actions),
        FREQUENCIES.get(task.frequency, task.frequency),
        organs.get(task.organ_code, task.organ_code),
        _("是") if task.is_pushable else _("否"),
    )


@require_safe
@needs(DutyPermission.READ)
def task_page(request: HttpRequest, code: str) -> HttpResponse:
    """One task in all its versions."""
    versions = task_versions(code)
    if not versions:
        raise Http404
    newest = versions[0]
    context = {
        "newest": newest,
        "name": newest.called,
        "what": Text(newest.what, newest.what_en),
        "may_change": holds(actor_of(request), DutyPermission.MANAGE) is None,
        "columns": (
            Column(_("名称"), "title"), Column(_("做什么")), Column(_("每月分钟"), "number"),
            Column(_("留存材料")), Column(_("自"), "date"), Column(_("至（不含当日）"), "date"),
        ),
        "rows": [
            (
                Cell(v.called, hint=chinese(f"{v.basis} · {v.source}")), listed(ACTIONS[a] for a in v.actions), v.minutes,
                v.evidence or _("不要求"), v.valid.lower, v.valid.upper or "—",
            )
            for v in versions
        ],
    }  # fmt: skip
    return render(request, "console/grid_task.html", context)


@require_http_methods(["GET", "POST"])
@needs(DutyPermission.MANAGE)
def change_task(request: HttpRequest, code: str = "") -> HttpResponse:
    """Enter a task, or a new version of one."""
    initial: dict[str, Any] = {"since": today() + timedelta(days=1)}
    if code:
        versions = task_versions(code)
        if not versions:
            raise Http404
        kept = set(TaskForm.base_fields) - {"since", "source"}
        initial |= {name: getattr(versions[0], name) for name in kept}

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        return reverse("console:grid_task", args=[set_task(actor, **given).code])

    back = reverse("console:grid_task", args=[code]) if code else reverse("console:grid_tasks")
    form = TaskForm(request.POST or None, initial=initial, organs=list(organ_names(today()).items()))
    return ask(
        request, _("修改事项") if code else _("新增事项"), form, act, _("已保存。"), back=back,
        note=_("从“自”那一天起列入清单；改好后请公布新的一版。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(DutyPermission.MANAGE)
def stop_task(request: HttpRequest, code: str) -> HttpResponse:
    """A task leaves the list."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        end_task(actor, code=code, **given)
        return reverse("console:grid_tasks")

    form = EndTaskForm(request.POST or None, initial={"on": today() + timedelta(days=1)})
    title = _("把 %(code)s 移出清单") % {"code": code}
    return ask(request, title, form, act, _("已移出。"), back=reverse("console:grid_tasks"))


@require_http_methods(["GET", "POST"])
@needs(DutyPermission.MANAGE)
def publish(request: HttpRequest) -> HttpResponse:
    """Publish an edition of the list."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        publish_list(actor, **given)
        return reverse("console:grid_tasks")

    form = EditionForm(request.POST or None, initial={"since": today() + timedelta(days=1)})
    return ask(
        request, _("公布清单"), form, act, _("已公布。"), back=reverse("console:grid_tasks"),
        note=_("公布的是生效那一天在清单里的全部事项，群众在网格公示牌上看得到。"),
    )  # fmt: skip


def _list_page(
    request: HttpRequest,
    matters: QuerySet[Matter],
    columns: Sequence[Column],
    rows: Callable[[Sequence[Matter]], list[Sequence[Any]]],
) -> dict[str, Any]:
    try:
        before = UUID(request.GET["before"]) if request.GET.get("before") else None
    except ValueError as error:
        raise BadRequest from error
    found = page(matters, before)
    return {
        "columns": columns,
        "rows": rows(found.matters),
        "next_url": f"?{urlencode({'before': str(found.next_key)})}" if found.next_key else "",
    }


def _state_cell(matter: Matter) -> Cell:
    return Cell(procedure_of(matter).state(matter.state).name, tone=_TONES.get(matter.state, "blue"))


@require_safe
@needs(DutyPermission.READ)
def admissions(request: HttpRequest) -> HttpResponse:
    """The applications, the newest first."""
    organs, at = organ_names(today()), now()
    columns = (
        Column(_("编号")), Column(_("网格事项"), "title"), Column(_("申请单位")), Column(_("状态")), Column(_("到期"), "date"),
    )  # fmt: skip

    def row(m: Matter) -> Sequence[Any]:
        return (
            Cell(m.number, href=reverse("console:admission", args=[m.id])), m.titled, organs.get(m.organ_code, ""),
            _state_cell(m), Cell(m.due_at, light=m.light(at)),
        )  # fmt: skip

    context = _list_page(
        request, visible_admissions(actor_of(request)), columns, lambda matters: [row(m) for m in matters]
    )
    context["may_apply"] = holds(actor_of(request), DutyPermission.APPLY) is None
    return render(request, "console/admissions.html", context)


@require_http_methods(["GET", "POST"])
@needs(DutyPermission.APPLY)
def apply(request: HttpRequest) -> HttpResponse:
    """A department applies for a task to be admitted."""
    form = step_form(ADMISSION.step("apply"))(
        request.POST or None, initial={"name": request.GET.get("name", "")[:40]}
    )

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        proposal = {f.code: given[f.code] for f in PROPOSAL}
        return reverse("console:admission", args=[apply_for_admission(actor, proposal).matter_id])

    return ask(
        request, _("申请网格事项准入"), form, act, _("已提交，等待编办审核。"), back=reverse("console:admissions"),
        note=_("审核后征求各乡镇（街道）意见，听取意见并由县里批准后，从生效之日起列入清单。"),
    )  # fmt: skip


def _page_of(
    request: HttpRequest, matter: Matter, act_url: str, failed: Failed | None = None
) -> dict[str, Any]:
    """What the pages of an admission and of a round share: state, clocks, what can be done, what happened."""
    procedure, clocks, entries = procedure_of(matter), clocks_of(matter.id), history(matter.id)
    at, calendar, organs = now(), county_calendar(), organ_names(today())
    posts = post_names(e.post for e in entries)
    running = clock_rows(procedure, clocks)
    for each in running:
        each["left"] = remaining(each["due_at"], at, each["unit"], calendar, each["hours"])
    return {
        "matter": matter,
        "state": procedure.state(matter.state),
        "tone": _TONES.get(matter.state, "blue"),
        "light": matter.light(at),
        "clocks": running,
        "acts": acting.acts(matter, allowed_steps(actor_of(request), matter, clocks), act_url, failed),
        "happenings": timeline_of(procedure, entries, organs, posts, matter.channel),
        "organ": organs.get(matter.organ_code, "—"),
    }


def _admission(request: HttpRequest, matter_id: UUID) -> Matter:
    matter = visible_admissions(actor_of(request)).filter(id=matter_id).first()
    if matter is None:
        raise Http404
    return matter


def _proposed(matter: Matter) -> list[Fact]:
    """What was asked for, field by field, under the words of the form."""
    shown = []
    for field in PROPOSAL:
        value = matter.facts.get(field.code)
        said = dict(field.choices).get(str(value), value)
        if field.kind == "bool":
            said = _("是") if value else _("否")
        shown.append(Fact(field.label, said if said not in (None, "") else _DASH))
    return shown


def _my_townships(actor: Actor, matter: Matter) -> list[tuple[str, str]]:
    """The townships for which the reader may still speak on an admission."""
    if matter.state != "consulting":
        return []
    spoken = {o.township_code for o in opinions_of(matter.id)}
    mine = [area for area, organ in areas(actor, DutyPermission.OPINE) if not organ]
    return [
        (t.code[:9], str(t.called))
        for t in townships()
        if t.code[:9] not in spoken and any(t.code[:9].startswith(a) for a in mine)
    ]


def _admission_page(
    request: HttpRequest, matter: Matter, failed: Failed | None = None, opinion: Any = None,
    findings: Sequence[Finding] = (),
) -> HttpResponse:  # fmt: skip
    said = opinions_of(matter.id)
    asked = {t.code[:9]: str(t.called) for t in townships()}
    mine = _my_townships(actor_of(request), matter)
    context = {
        **_page_of(request, matter, "console:act_on_admission", failed),
        "facts": [Fact(_("编号"), matter.number), Fact(_("申请单位"), organ_names(today()).get(matter.organ_code, "—")), *_proposed(matter)],
        "back": (reverse("console:admissions"), _("准入申请")),
        "columns": (Column(_("乡镇（街道）"), "title"), Column(_("意见")), Column(_("时间"), "date")),
        "rows": [
            (Cell(asked.get(o.township_code, o.township_code), hint=o.reason), Cell(STANCES[o.stance], tone=_stance_tone(o.stance)), o.given_at)
            for o in said
        ],
        "table_title": _("乡镇（街道）意见：%(said)s / %(asked)s") % {"said": len(said), "asked": len(asked)},
        "table_empty": _("还没有乡镇（街道）提出意见。"),
        "opinion": opinion or (OpinionForm(townships=mine) if mine else None),
        "opinion_findings": findings,
        "opinion_url": reverse("console:opinion", args=[matter.id]),
    }  # fmt: skip
    return render(request, "console/duty_matter.html", context, status=422 if failed or findings else 200)


def _stance_tone(stance: str) -> Tone:
    return {"agree": "green", "conditional": "amber"}.get(stance, "red")  # type: ignore[return-value]


@require_safe
@needs(DutyPermission.READ)
def admission(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """One application: what is asked, what townships say, what can be done."""
    return _admission_page(request, _admission(request, matter_id))


@require_POST
@needs(DutyPermission.READ)
def act_on_an_admission(request: HttpRequest, matter_id: UUID, step_code: str) -> HttpResponse:
    """Perform one step on an application."""
    matter = _admission(request, matter_id)
    return acting.perform(
        request, matter, step_code, act_on_admission, "console:admission",
        lambda failed: _admission_page(request, matter, failed),
    )  # fmt: skip


@require_POST
@needs(DutyPermission.OPINE)
def opinion(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """A township says what it thinks."""
    matter = _admission(request, matter_id)
    form = OpinionForm(request.POST, townships=_my_townships(actor_of(request), matter))
    findings: Sequence[Finding] = ()
    if form.is_valid():
        try:
            give_opinion(actor_of(request), admission_id=matter_id, **form.cleaned_data)
        except Refusal as refusal:
            findings = refusal.findings
        else:
            messages.success(request, _("意见已提交。"))
            return redirect("console:admission", matter_id)
    answer = _admission_page(request, matter, opinion=form, findings=findings)
    answer.status_code = 422
    return answer


def _place_names() -> dict[str, str]:
    county = current_county()
    rows = Division.objects.filter(level__in=("township", "village"), code__startswith=county.code).order_by(
        "code"
    )
    return {county.code: str(county.called)} | {
        d.code[:9] if d.level == "township" else d.code: str(d.called) for d in rows
    }


@require_safe
@needs(DutyPermission.READ)
def rounds(request: HttpRequest) -> HttpResponse:
    """The rounds, the newest first, with how many grids have answered."""
    organs, names, at = organ_names(today()), _place_names(), now()
    columns = (
        Column(_("编号")), Column(_("网格事项"), "title"), Column(_("单位")), Column(_("范围")), Column(_("状态")),
        Column(_("已答复"), "number"), Column(_("到期"), "date"),
    )  # fmt: skip

    def rows(matters: Sequence[Matter]) -> list[Sequence[Any]]:
        counts = answer_counts(matters)
        return [
            (
                Cell(m.number, href=reverse("console:round", args=[m.id])), m.titled, organs.get(m.organ_code, ""),
                names.get(m.facts["area"], m.facts["area"]), _state_cell(m), counts.get(m.id, 0),
                Cell(m.due_at, light=m.light(at)),
            )
            for m in matters
        ]  # fmt: skip

    context = _list_page(request, visible_rounds(actor_of(request)), columns, rows)
    context["may_push"] = holds(actor_of(request), DutyPermission.PUSH) is None
    return render(request, "console/rounds.html", context)


@require_http_methods(["GET", "POST"])
@needs(DutyPermission.PUSH)
def push(request: HttpRequest) -> HttpResponse:
    """Push a listed task to the grids of an area; something unlisted is refused with the way to admission."""
    tasks = [(t.code, f"{t.code} {t.called}") for t in tasks_on(today()).filter(is_pushable=True)]
    form = PushForm(
        request.POST or None, initial={"due_on": today() + _DAYS_AHEAD, "area": current_county().code},
        tasks=tasks, places=list(_place_names().items()),
    )  # fmt: skip
    findings: Sequence[Finding] = ()
    unlisted = ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            moved = push_round(
                actor_of(request), task=given["task"] or given["other"], area=given["area"], due_on=given["due_on"],
                note_text=given["note_text"],
            )  # fmt: skip
        except Refusal as refusal:
            findings = refusal.findings
            unlisted = given["other"] if refusal.code == "round.unlisted" else ""
        else:
            messages.success(request, _("已派到网格：%(number)s") % {"number": moved.number})
            return redirect("console:round", moved.matter_id)
    context = {
        "form": form,
        "findings": findings,
        "apply_url": f"{reverse('console:apply')}?{urlencode({'name': unlisted})}" if unlisted else "",
    }
    return render(request, "console/push.html", context, status=200 if request.method == "GET" else 422)


def _round(request: HttpRequest, matter_id: UUID) -> Matter:
    matter = visible_rounds(actor_of(request)).filter(id=matter_id).first()
    if matter is None:
        raise Http404
    return matter


def _round_page(request: HttpRequest, matter: Matter, failed: Failed | None = None) -> HttpResponse:
    answers, area = answers_of(matter.id), matter.facts["area"]
    grids = list(grid_names(grids_of_round(matter, today())).items())
    waiting = [(code, name) for code, name in grids if code not in answers]
    answered = [(answers[code], name) for code, name in grids if code in answers]
    context = {
        **_page_of(request, matter, "console:act_on_round", failed),
        "facts": [
            Fact(_("编号"), matter.number), Fact(_("单位"), organ_names(today()).get(matter.organ_code, "—")),
            Fact(_("事项编码"), matter.kind, href=reverse("console:grid_task", args=[matter.kind])),
            Fact(_("范围"), _place_names().get(area, area)), Fact(_("截止日期"), matter.facts["due_on"]),
            Fact(_("说明"), matter.facts.get("text", "—")),
            *(Fact(words, sum(a.outcome == code for a in answers.values())) for code, words in OUTCOMES.items()),
            Fact(_("还没有答复"), len(waiting)),
        ],
        "back": (reverse("console:rounds"), _("专项任务")),
        "columns": (
            Column(_("网格"), "title"), Column(_("结果")), Column(_("事件编号")), Column(_("时间"), "date"),
        ),
        "rows": [
            (Cell(name, hint=a.note), OUTCOMES[a.outcome], a.incident_number or "—", a.answered_at) for a, name in answered
        ],
        "table_title": _("网格答复：%(said)s / %(asked)s") % {"said": len(answered), "asked": len(grids)},
        "table_empty": _("还没有网格答复。"),
        "waiting": [name for _code, name in waiting[:100]],
    }  # fmt: skip
    return render(request, "console/duty_matter.html", context, status=422 if failed else 200)


@require_safe
@needs(DutyPermission.READ)
def round_page(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """One round: what was asked of which grids, and what they answered."""
    return _round_page(request, _round(request, matter_id))


@require_POST
@needs(DutyPermission.READ)
def act_on_a_round(request: HttpRequest, matter_id: UUID, step_code: str) -> HttpResponse:
    """Perform one step on a round."""
    matter = _round(request, matter_id)
    return acting.perform(
        request,
        matter,
        step_code,
        act_on_round,
        "console:round",
        lambda failed: _round_page(request, matter, failed),
    )
