"""Service items that come in as a table in the national layout: checked whole, row by row, published all or none."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orjson import JSONDecodeError, loads

from yimen.domains.catalogue.item import Item
from yimen.domains.catalogue.models import ServiceItem
from yimen.domains.catalogue.permissions import CataloguePermission
from yimen.domains.catalogue.reading import read_item, read_kept
from yimen.domains.catalogue.registers import publish_items, unknown_organs
from yimen.domains.catalogue.sheets import COLUMNS, Change, changes, column_of, document_from
from yimen.kernel.access.actors import Actor
from yimen.kernel.imports.columns import Fault, Plan, Target, moment
from yimen.kernel.imports.runs import Importer
from yimen.kernel.imports.tables import opened
from yimen.kernel.words import Finding, Refusal, Text

TARGETS = tuple(Target(c.code, c.label, c.code == "catalog_code", (c.key,)) for c in COLUMNS)
SETTINGS = (
    Target("source", Text("依据的文件", "Document it rests on"), True),
    Target("since", Text("生效日期（表里没有写的）", "In force from (where the table does not say)")),
)
_TWICE = Text("这个基本编码在表里前面已有。", "This code occurs above in the table.")
_ORGAN = Text("本县没有单位 {codes}。", "The county has no organ {codes}.")
_EARLY = Text(
    "{code}：{day} 起已有一个版本，新版本要晚于它。", "{code}: a version begins on {day}; the new one must begin later."
)  # fmt: skip
_DAY = Text("写明生效日期，例如 2026-12-01。", "Say from which day it holds, such as 2026-12-01.")


def judge(
    actor: Actor, plan: Plan, rows: Sequence[tuple[int, Mapping[str, str]]], seen: set[str]
) -> list[Item | list[Fault]]:
    """Each row as an item, or its faults by column. What the table has no column for stays as it is."""
    before = latest([given["catalog_code"] for _, given in rows])
    there = [code for code, heading in plan.columns.items() if heading]
    found: list[Item | list[Fault]] = []
    for number, given in rows:
        cells = {code: given.get(code, "") for code in there}
        became = _judged(cells, before.get(cells["catalog_code"]), plan.settings.get("since", ""), seen)
        found.append(became if isinstance(became, Item) else [Fault(number, f.field, f) for f in became])
    unknown = unknown_organs([i for i in found if isinstance(i, Item)])
    return [_with_known_organs(number, i, unknown) for (number, _), i in zip(rows, found, strict=True)]


def latest(codes: Iterable[str]) -> dict[str, Item]:
    """The newest version of each of these items, in one question."""
    rows = ServiceItem.objects.filter(code__in=set(codes)).order_by("code", "-version").distinct("code")
    return {row.code: read_kept(row.document) for row in rows}


def _judged(cells: dict[str, str], before: Item | None, since: str, seen: set[str]) -> Item | list[Finding]:
    day = moment(cells.pop("plan_effective_date", "") or since)
    document, wrong = document_from(cells, before)
    if day is None:
        wrong.append(Finding("item.day", _DAY, field="plan_effective_date"))
    if cells["catalog_code"] in seen:
        wrong.append(Finding("item.twice", _TWICE, field="catalog_code"))
    seen.add(cells["catalog_code"])
    if wrong or day is None:
        return wrong
    try:
        return read_item(document | {"valid_from": day.date().isoformat()})
    except Refusal as refused:
        return [Finding(f.code, _of_column(f), f.law, column_of(f.field)) for f in refused.findings]


def _with_known_organs(number: int, became: Item | list[Fault], unknown: set[str]) -> Item | list[Fault]:
    if isinstance(became, Item) and (missing := {became.organ, *became.joint_organs} & unknown):
        return [Fault(number, "dept_code", _no_organ(missing))]
    return became


def _no_organ(codes: set[str]) -> Finding:
    return Finding("catalogue.organ", _ORGAN.fill(codes="、".join(sorted(codes))), field="dept_code")


def write(actor: Actor, items: Iterable[Item], told: Callable[[int], None], plan: Plan) -> int:
    """Publish them all, in the caller's transaction; how many began in a new version."""
    taken = list(items)
    done = publish_items(actor, taken, source=plan.settings.get("source", ""))
    told(len(taken))
    return len(done.began)


SERVICE_ITEMS = Importer(
    code="service_items",
    title=Text("政务服务事项（国家实施清单）", "Service items (the national list)"),
    permission=CataloguePermission.MANAGE,
    targets=TARGETS,
    settings=SETTINGS,
    translations=lambda field: [],
    judge=judge,
    write=write,
)


def read_table(actor: Actor, path: Path, *, since: str = "") -> list[Item]:
    """The items of a CSV or XLSX file whose headings are those of the layout, or its national names.

    Refuses with every fault of every row.
    """
    with opened(path) as table:
        plan = Plan(_columns(table.headings), {}, {"since": since})
        rows = [(line.number, plan.laid(line.cells)) for line in table.lines]
    items: list[Item] = []
    wrong: list[Finding] = []
    for became in judge(actor, plan, rows, set()):
        if isinstance(became, Item):
            items.append(became)
        else:
            wrong += [_of_row(fault) for fault in became]
    if wrong:
        raise Refusal(*wrong)
    return items


def _columns(headings: Sequence[str]) -> dict[str, str]:
    """Column → heading, by exact name: nobody is there to see a guess. Refuses headings that name no column."""
    names = {name: t.code for t in TARGETS for name in (t.code, t.label.zh, t.label.en)}
    if unknown := [h for h in headings if h not in names]:
        raise Refusal.of(
            "items.heading", f"不认识这些表头：{'、'.join(unknown)}。改名或删去，或者在页面上导入、对应各栏。",
            f"These headings name no column: {', '.join(unknown)}. Rename or remove them, or import on screen, where columns are mapped.",
            field="file",
        )  # fmt: skip
    found = {names[h]: h for h in headings}
    if "catalog_code" not in found:
        raise Refusal.of(
            "items.no_code", "表里没有“基本编码”一列。", "The table has no column 基本编码.", field="file"
        )
    return found


def _of_column(finding: Finding) -> Text:
    """The sentence, with the column's heading in place of a document's path."""
    said, label = finding.sentence, SERVICE_ITEMS.label(column_of(finding.field))
    path = f"“{finding.field}”"
    return Text(said.zh.replace(path, f"“{label.zh}”"), said.en.replace(path, f"“{label.en}”"))


def _of_row(fault: Fault) -> Finding:
    label, said = SERVICE_ITEMS.label(fault.field), fault.finding.sentence
    words = Text(f"第 {fault.row} 行“{label.zh}”：{said.zh}", f"Row {fault.row}, “{label.en}”: {said.en}")
    return Finding(fault.finding.code, words, fault.finding.law, fault.field)


@dataclass(frozen=True, slots=True)
class Draft:
    """An item that is about to be published, the version before it, and what differs; nothing when it stays as it is."""

    item: Item
    before: Item | None
    changes: tuple[Change, ...]


def drafts(items: Sequence[Item]) -> list[Draft]:
    """What publishing these items would change."""
    before = latest(i.code for i in items)
    return [Draft(i, was, tuple(changes(was, i))) for i in items for was in (before.get(i.code),)]


def obstacles(given: Sequence[Draft]) -> list[Finding]:
    """Why these drafts could not be published as they stand: organs that are not there, days that are too early."""
    found = []
    if unknown := unknown_organs([d.item for d in given]):
        found.append(_no_organ(unknown))
    for draft in given:
        if draft.changes and draft.before and draft.before.valid_from >= draft.item.valid_from:
            said = _EARLY.fill(code=draft.item.code, day=draft.before.valid_from)
            found.append(Finding("register.version", said, field="since"))
    return found


def read_json(raw: bytes) -> list[Item]:
    """The items of a JSON file, see `read_documents`."""
    try:
        given = loads(raw)
    except JSONDecodeError as trouble:
        raise Refusal.of(
            "item.json",
            f"这不是 JSON 文件（{trouble}）。",
            f"This is no JSON file ({trouble}).",
            field="file",
        ) from None
    return read_documents(given)


def read_documents(given: Any) -> list[Item]:
    """The items of a JSON file: one, or a list of them. Refuses with every fault of every item, named by its code."""
    documents = given if isinstance(given, list) else [given]
    items: list[Item] = []
    wrong: list[Finding] = []
    for n, document in enumerate(documents, 1):
        try:
            items.append(read_item(document))
        except Refusal as refused:
            name = str(document.get("code", n))[:20] if isinstance(document, Mapping) else str(n)
            wrong += [_of_document(name, f) for f in refused.findings]
    codes = [i.code for i in items]
    wrong += [
        _of_document(c, Finding("item.twice", _TWICE))
        for c in sorted({c for c in codes if codes.count(c) > 1})
    ]
    if not documents:
        wrong = [Finding("item.none", Text("文件里没有事项。", "The file has no items."), field="file")]
    if wrong:
        raise Refusal(*wrong)
    return items


def _of_document(name: str, found: Finding) -> Finding:
    said = Text(f"{name}：{found.sentence.zh}", f"{name}: {found.sentence.en}")
    return Finding(found.code, said, found.law, found.field)
