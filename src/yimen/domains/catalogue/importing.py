"""Service items that come in as a table in the national layout: checked whole, row by row, published all or none."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from orjson import loads

from yimen.domains.catalogue.item import Item
from yimen.domains.catalogue.models import ServiceItem
from yimen.domains.catalogue.permissions import CataloguePermission
from yimen.domains.catalogue.reading import read_item
from yimen.domains.catalogue.registers import publish_items, unknown_organs
from yimen.domains.catalogue.sheets import COLUMNS, column_of, document_from
from yimen.kernel.access.actors import Actor
from yimen.kernel.imports.columns import Fault, Plan, Target, moment
from yimen.kernel.imports.runs import Importer
from yimen.kernel.words import Finding, Refusal, Text

TARGETS = tuple(Target(c.code, c.label, c.code == "catalog_code", (c.key,)) for c in COLUMNS)
SETTINGS = (
    Target("source", Text("依据的文件", "Document it rests on"), True),
    Target("since", Text("生效日期（表里没有写的）", "In force from (where the table does not say)")),
)
_TWICE = Text("这个基本编码在表里前面已有。", "This code occurs above in the table.")
_ORGAN = Text("本县没有单位 {codes}。", "The county has no organ {codes}.")
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
    return {row.code: read_item(loads(row.document)) for row in rows}


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
        return [Finding(f.code, f.sentence, f.law, column_of(f.field)) for f in refused.findings]


def _with_known_organs(number: int, became: Item | list[Fault], unknown: set[str]) -> Item | list[Fault]:
    if isinstance(became, Item) and (missing := {became.organ, *became.joint_organs} & unknown):
        said = _ORGAN.fill(codes="、".join(sorted(missing)))
        return [Fault(number, "dept_code", Finding("catalogue.organ", said, field="dept_code"))]
    return became


def write(actor: Actor, items: Iterable[Item], told: Callable[[int], None], plan: Plan) -> int:
    """Publish them all, in the caller's transaction."""
    taken = list(items)
    publish_items(actor, taken, source=plan.settings.get("source", ""))
    told(len(taken))
    return len(taken)


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
