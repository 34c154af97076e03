"""The catalogue on screen: the county's items with their versions, changing them with a preview, giving them out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import orjson
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yimen.design.shapes import Cell, Column
from yimen.design.wording import length_of, listed
from yimen.domains.catalogue.api import (
    COLUMNS,
    FIELD_WORDS,
    KIND_WORDS,
    CataloguePermission,
    Field,
    Item,
    Kind,
    changes,
    column_of,
    document_from,
    document_of,
    drafts,
    in_force,
    item_version,
    items,
    newest_versions,
    obstacles,
    publish_items,
    read_item,
    read_json,
    said_of,
    versions,
    withdraw_item,
    workbook,
)
from yimen.faces.console.catalogue_forms import ItemForm, ItemsFileForm, PublishForm, WithdrawForm
from yimen.faces.console.registers import ask
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import decide
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.org.queries import organ_names, organs
from yimen.kernel.words import Finding, Refusal, Text

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN = 100


def _may_manage(actor: Actor) -> bool:
    return decide(actor, CataloguePermission.MANAGE, area=current_county().code) is None


@require_safe
@needs(CataloguePermission.READ)
def item_list(request: HttpRequest) -> HttpResponse:
    """Every item there is or was: how it stands, in which version, who answers for it."""
    asked, field = request.GET.get("q", "").strip()[:80], request.GET.get("field", "")
    after = request.GET.get("after", "")
    offered, names, on = in_force().items, organ_names(today()), today()
    found = [
        row
        for row in newest_versions()
        if (not asked or asked.casefold() in f"{row.code} {row.name} {row.name_en}".casefold())
        and (not field or (row.code in offered and field in offered[row.code].fields))
    ]
    page = [row for row in found if row.code > after][: _SHOWN + 1]
    rows = [_line(row, offered.get(row.code), names, on) for row in page[:_SHOWN]]
    here = reverse("console:items")
    kept = {"q": asked, "field": field}
    context = {
        "asked": asked,
        "field": field,
        "fields": [(f.value, str(words)) for f, words in FIELD_WORDS.items()],
        "may_manage": _may_manage(actor_of(request)),
        "total": len(found),
        "shown": len(rows),
        "next_url": f"{here}?{urlencode({**kept, 'after': page[_SHOWN - 1].code})}" if len(page) > _SHOWN else "",
        "columns": (
            Column(_("名称"), "title"), Column(_("基本编码")), Column(_("服务领域"), "prose"), Column(_("承诺时限")), Column(_("主管部门")),
            Column(_("版本"), "number"), Column(_("自"), "date"), Column(_("状态")),
        ),
        "rows": rows,
    }  # fmt: skip
    return render(request, "console/items.html", context)


def _line(row: Any, offered: Item | None, names: Mapping[str, str], on: date) -> Sequence[Any]:
    """An item as it stands today; one that is not offered, in its newest version."""
    address = reverse("console:item", args=[row.code])
    name = offered.name if offered else row.called
    fields = listed(FIELD_WORDS[f] for f in offered.fields) if offered else "—"
    state = _standing(row, on)
    if offered and row.valid.lower > on:
        state = Cell(_("在用，%(day)s 起换新版本") % {"day": row.valid.lower}, tone="amber")
    return (
        Cell(str(name), href=address), row.code, fields, _promise(offered) if offered else "—",
        names.get(row.organ_code, row.organ_code), offered.version if offered else row.version,
        offered.valid_from if offered else row.valid.lower, state,
    )  # fmt: skip


def _promise(found: Item) -> str:
    if found.kind == Kind.INSTANT:
        return str(KIND_WORDS[Kind.INSTANT])
    return length_of(found.promised.number, found.promised.unit)


def _standing(row: Any, on: date) -> Cell:
    """Whether a version holds, will hold, or held."""
    if row.valid.upper is not None and row.valid.upper <= on:
        return Cell(_("已停用"), tone="neutral")
    if row.valid.lower > on:
        return Cell(_("待生效"), tone="amber")
    return Cell(_("在用"), tone="green")


@require_safe
@needs(CataloguePermission.READ)
def item_page(request: HttpRequest, code: str) -> HttpResponse:
    """One item: its versions, what differs between two of them, and every field of the newest."""
    every = versions(code)
    if not every:
        raise Http404
    now_shown = _version(request.GET.get("now", ""), every[0].version)
    was_shown = _version(request.GET.get("was", ""), now_shown - 1)
    numbers = {row.version for row in every}
    if now_shown not in numbers or (was_shown and was_shown not in numbers):
        raise Http404
    shown = item_version(code, now_shown)
    compared = changes(item_version(code, was_shown), shown) if was_shown else []
    context = {
        "item": shown,
        "newest": every[0],
        "now_shown": now_shown,
        "was_shown": was_shown,
        "numbers": sorted(numbers, reverse=True),
        "changes": compared,
        "is_offered": code in in_force().items,
        "just_published": "published" in request.GET,
        "is_open": every[0].valid.upper is None,
        "may_manage": _may_manage(actor_of(request)),
        "cells": _cells(shown),
        "questions": len(shown.form["properties"]),
        "columns": (
            Column(_("版本"), "number"), Column(_("自"), "date"), Column(_("至（不含当日）"), "date"), Column(_("依据的文件"), "prose"),
            Column(_("状态")),
        ),
        "rows": [
            (
                Cell(str(row.version), href=f"?{urlencode({'now': row.version})}"), row.valid.lower, row.valid.upper or "—",
                row.source, _standing(row, today()),
            )
            for row in every
        ],
    }  # fmt: skip
    return render(request, "console/item.html", context)


def _cells(shown: Item) -> list[tuple[Text, str]]:
    """Every column but the form with its cell; organs by name."""
    names = organ_names(today())
    cells = said_of(shown) | {
        "dept_code": names.get(shown.organ, shown.organ),
        "other_dept": listed(names.get(code, code) for code in shown.joint_organs),
    }
    return [(c.label, str(cells[c.code])) for c in COLUMNS if c.code != "form"]


def _version(typed: str, otherwise: int) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else otherwise


@require_http_methods(["GET", "POST"])
@needs(CataloguePermission.MANAGE)
def change_item(request: HttpRequest, code: str = "") -> HttpResponse:
    """Write a new version of an item, or a new item, and see what it changes before it is published."""
    before = None
    if code:
        every = versions(code)
        if not every:
            raise Http404
        before = item_version(code, every[0].version)
    form = ItemForm(request.POST or None, before=before, organs=_departments())
    form.initial.setdefault("since", today())
    findings: Sequence[Finding] = ()
    if request.method == "POST" and form.is_valid():
        try:
            made = _read(form, before)
            findings = obstacles(drafts([made]))
            if not findings:
                return _preview(request, [made], form.cleaned_data["source"])
        except Refusal as refused:
            findings = refused.findings
    context = {
        "form": form,
        "findings": findings,
        "before": before,
        "sections": form.sections(),
        "back": reverse("console:item", args=[code]) if code else reverse("console:items"),
    }
    return render(request, "console/item_form.html", context, status=200 if request.method == "GET" else 422)


def _departments() -> list[tuple[str, str]]:
    """The county's departments by code, in the reader's language."""
    return [(o.code, str(o.called)) for o in organs(today()) if o.kind == "county_department"]


def _read(form: ItemForm, before: Item | None) -> Item:
    """The item as filled in; refuses with each fault at its field."""
    document, wrong = document_from(form.cells(), before)
    if wrong:
        raise Refusal(*wrong)
    try:
        return read_item(document | {"valid_from": form.since.isoformat()})
    except Refusal as refused:
        raise Refusal(*(replace(f, field=column_of(f.field)) for f in refused.findings)) from None


@require_http_methods(["GET", "POST"])
@needs(CataloguePermission.MANAGE)
def publish_file(request: HttpRequest) -> HttpResponse:
    """Take in a JSON file of items and see what it changes before it is published."""
    form = ItemsFileForm(request.POST or None, request.FILES or None)
    findings: Sequence[Finding] = ()
    if request.method == "POST" and form.is_valid():
        try:
            given = read_json(form.cleaned_data["file"].read())
            if since := form.cleaned_data["since"]:
                given = [replace(each, valid_from=since) for each in given]
            return _preview(request, given, form.cleaned_data["source"])
        except Refusal as refused:
            findings = refused.findings
    context = {"form": form, "findings": findings}
    return render(request, "console/items_file.html", context, status=200 if request.method == "GET" else 422)


def _preview(
    request: HttpRequest, given: Sequence[Item], source: str, findings: Sequence[Finding] = ()
) -> HttpResponse:
    """What publishing would change; a page to say yes on. Nothing has been written."""
    every = drafts(given)
    hindered = findings or obstacles(every)
    changed = [d for d in every if d.changes]
    form = PublishForm(
        initial={"documents": orjson.dumps([document_of(d.item) for d in changed]).decode(), "source": source}
    )
    context = {
        "drafts": changed,
        "stayed": len(every) - len(changed),
        "source": source,
        "findings": hindered,
        "may_publish": bool(changed) and not hindered,
        "form": form,
    }
    return render(request, "console/items_preview.html", context, status=422 if hindered else 200)


@require_POST
@needs(CataloguePermission.MANAGE)
def publish(request: HttpRequest) -> HttpResponse:
    """Publish what was previewed."""
    form = PublishForm(request.POST)
    if not form.is_valid():
        return redirect("console:publish_items")
    source = form.cleaned_data["source"]
    given: list[Item] = []
    try:
        given = read_json(form.cleaned_data["documents"].encode())
        done = publish_items(actor_of(request), given, source=source)
    except Refusal as refused:
        return _preview(request, given, source, refused.findings)
    n = len(done.began)
    messages.success(request, ngettext("已发布 %(n)s 个事项。", "已发布 %(n)s 个事项。", n) % {"n": n})
    if n != 1:
        return redirect("console:items")
    return redirect(f"{reverse('console:item', args=[done.began[0]])}?{urlencode({'published': 1})}")


@require_http_methods(["GET", "POST"])
@needs(CataloguePermission.MANAGE)
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """An item is no longer offered from a day on."""
    every = versions(code)
    if not every:
        raise Http404

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        withdraw_item(actor, code=code, **given)
        return reverse("console:item", args=[code])

    return ask(
        request,
        _("停用事项：%(name)s") % {"name": every[0].called},
        WithdrawForm(request.POST or None, initial={"on": today()}),
        act,
        _("已停用。"),
        back=reverse("console:item", args=[code]),
        note=_("从那一天起不再受理新的申请；之前受理的照原来的版本办完。"),
    )


@require_safe
@needs(CataloguePermission.READ)
def export_xlsx(request: HttpRequest) -> HttpResponse:
    """The items in force as a workbook in the national layout, all or those of a field."""
    return _file(workbook(_chosen(request)), _XLSX, "items.xlsx")


@require_safe
@needs(CataloguePermission.READ)
def export_json(request: HttpRequest) -> HttpResponse:
    """The items in force as JSON, as `publish_file` reads it."""
    documents = [document_of(each) for each in _chosen(request)]
    return _file(orjson.dumps(documents, option=orjson.OPT_INDENT_2), "application/json", "items.json")


@require_safe
@needs(CataloguePermission.READ)
def item_json(request: HttpRequest, code: str) -> HttpResponse:
    """One item in its newest version as JSON."""
    every = versions(code)
    if not every:
        raise Http404
    found = document_of(item_version(code, every[0].version))
    return _file(orjson.dumps(found, option=orjson.OPT_INDENT_2), "application/json", f"{code}.json")


def _chosen(request: HttpRequest) -> Sequence[Item]:
    field = request.GET.get("field", "")
    if field and field not in set(Field):
        raise Http404
    return items(field=field)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
