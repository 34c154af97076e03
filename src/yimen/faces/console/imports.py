"""Importing a table on screen: upload, map, check, mend, confirm; the worker does the long parts meanwhile."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yimen.design.shapes import Cell, Column, Fact
from yimen.faces.console.import_forms import MappingNameForm, PlanForm, TranslateForm, UploadForm
from yimen.faces.console.tables import csv_answer
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.middleware import actor_of, staff_only
from yimen.kernel.imports import runs
from yimen.kernel.imports.columns import Plan
from yimen.kernel.imports.models import ImportRun
from yimen.kernel.words import Refusal, Text

_SHOWN = 50
_STATES = {
    "mapping": (Text("待对应", "To be mapped"), "amber"),
    "checking": (Text("检查中", "Being checked"), "blue"),
    "checked": (Text("已检查", "Checked"), "blue"),
    "importing": (Text("导入中", "Being imported"), "blue"),
    "done": (Text("已导入", "Imported"), "green"),
    "failed": (Text("没有成功", "Failed"), "red"),
    "given_up": (Text("已放弃", "Given up"), "neutral"),
}


def _importer(actor: Actor, what: str) -> runs.Importer:
    """Something the actor may import; anything else does not exist."""
    found = next((i for i in runs.importers() if i.code == what and runs.may(actor, i)), None)
    if found is None:
        raise Http404
    return found


def _run(request: HttpRequest, run_id: UUID) -> ImportRun:
    run = runs.run_for(actor_of(request), run_id)
    if run is None:
        raise Http404
    return run


@require_http_methods(["GET", "POST"])
@staff_only
def imports(request: HttpRequest, what: str) -> HttpResponse:
    """What was imported, and a file to begin with."""
    actor = actor_of(request)
    importer = _importer(actor, what)
    form = UploadForm(request.POST or None, request.FILES or None)
    findings: Any = ()
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            run = runs.begin(actor, what, upload, upload.name or "")
        except Refusal as refusal:
            findings = refusal.findings
        else:
            return redirect("console:import_run", run_id=run.id)
    context = {
        "importer": importer,
        "form": form,
        "findings": findings,
        "columns": (
            Column(_("文件"), "title"), Column(_("状态")), Column(_("行数"), "number"), Column(_("问题"), "number"),
            Column(_("办理人")), Column(_("时间"), "date"),
        ),
        "rows": [
            (
                Cell(r.file_name, href=reverse("console:import_run", args=[r.id])),
                Cell(_STATES[r.state][0], tone=_STATES[r.state][1]),  # type: ignore[arg-type]
                r.rows or "", r.faults or "", r.who_name, r.created_at,
            )
            for r in runs.runs_of(actor)
            if r.what == what
        ],
    }  # fmt: skip
    return render(request, "console/imports.html", context, status=200 if request.method == "GET" else 422)


@require_safe
@staff_only
def import_template(request: HttpRequest, what: str) -> HttpResponse:
    """An empty table with our own headings and one example."""
    importer = _importer(actor_of(request), what)
    return csv_answer(
        f"{what}.csv", [t.label for t in importer.targets], [[t.example for t in importer.targets]]
    )


@require_http_methods(["GET", "POST"])
@staff_only
def import_run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Where an import stands, and what to do next."""
    actor, run = actor_of(request), _run(request, run_id)
    importer = runs.importer_of(run)
    plan = Plan.read(run.plan)
    saved = runs.mappings(run.what)
    if chosen := next((m for m in saved if str(m.id) == request.GET.get("mapping")), None):
        plan = _kept_headings(Plan.read(chosen.plan), run)
    plan_form = PlanForm(importer, run, plan, request.POST or None)
    words_form = TranslateForm(importer, run, request.POST or None)
    findings: Any = ()
    if plan_form.is_valid() and words_form.is_valid():
        wanted = words_form.added_to(plan_form.chosen())
        try:
            runs.check(actor, run.id, wanted)
        except Refusal as refusal:
            findings = refusal.findings
        else:
            return redirect("console:import_run", run_id=run.id)
    context = {
        **_standing(run),
        "importer": importer,
        "plan_form": plan_form,
        "words_form": words_form if run.unknown else None,
        "name_form": MappingNameForm(auto_id="id_mapping_%s"),  # a column may be called "name" as well
        "saved": saved,
        "findings": findings,
        "sample_columns": [Column(h) for h in run.headings],
        "sample": [[line.get(h, "") for h in run.headings] for line in run.sample],
        "fault_columns": (Column(_("行"), "number"), Column(_("哪一栏")), Column(_("问题"), "prose")),
        "faults": [(f["row"], str(importer.label(f["field"])) if f["field"] else "—", str(Text(f["zh"], f["en"]))) for f in run.shown[:_SHOWN]],
        "more": max(0, run.faults - _SHOWN),
    }  # fmt: skip
    status = 200 if request.method == "GET" else 422
    return render(request, "console/import_run.html", context, status=status)


def _kept_headings(plan: Plan, run: ImportRun) -> Plan:
    """A saved plan without the headings that this file does not have."""
    columns = {field: heading for field, heading in plan.columns.items() if heading in run.headings}
    return Plan(columns, plan.values, plan.settings)


def _standing(run: ImportRun) -> dict[str, Any]:
    """How far it has come."""
    name, tone = _STATES[run.state]
    return {
        "run": run,
        "state": name,
        "tone": tone,
        "stayed": run.rows - run.passed if run.state == "done" else 0,
        "is_busy": run.state in ("checking", "importing"),
        "problem": Text(**run.problem) if run.problem else "",
        "facts": [
            Fact(_("文件"), run.file_name), Fact("SHA-256", run.sha256[:16]), Fact(_("办理人"), run.who_name),
            Fact(_("时间"), run.created_at), Fact(_("行数"), run.rows or "—"),
        ],
    }  # fmt: skip


@require_safe
@staff_only
def import_progress(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The part of the page that is asked for again while the worker is busy."""
    run = _run(request, run_id)
    answer = render(request, "console/import_progress.html", _standing(run))
    if run.state not in ("checking", "importing"):
        answer["HX-Refresh"] = "true"
    return answer


@require_safe
@staff_only
def import_faults(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Every fault kept, as a table for whoever mends the file."""
    run = _run(request, run_id)
    importer = runs.importer_of(run)
    rows = [
        (f["row"], importer.label(f["field"]) if f["field"] else "", Text(f["zh"], f["en"]))
        for f in run.shown
    ]
    return csv_answer("faults.csv", (_("行"), _("哪一栏"), _("问题")), rows)


@require_POST
@staff_only
def import_confirm(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Have it imported."""
    return _done(request, run_id, lambda actor: runs.confirm(actor, run_id), _("已交给后台导入。"))


@require_POST
@staff_only
def import_give_up(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Forget the file."""
    return _done(request, run_id, lambda actor: runs.give_up(actor, run_id), _("已放弃，文件已删除。"))


@require_POST
@staff_only
def import_save_mapping(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Keep the mapping under a name."""
    run = _run(request, run_id)
    return _done(
        request,
        run_id,
        lambda actor: runs.save_mapping(actor, run.what, request.POST.get("name", ""), Plan.read(run.plan)),
        _("对应关系已保存。"),
    )


def _done(request: HttpRequest, run_id: UUID, act: Any, said: str) -> HttpResponse:
    _run(request, run_id)
    try:
        act(actor_of(request))
    except Refusal as refusal:
        for finding in refusal.findings:
            messages.error(request, str(finding.sentence))
    else:
        messages.success(request, said)
    return redirect("console:import_run", run_id=run_id)
