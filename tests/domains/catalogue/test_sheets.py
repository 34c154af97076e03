"""The national layout loses nothing: what is written as a table is read back the same, and what is wrong is named by its column."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from tests.domains.catalogue.test_registers import officer
from yimen.domains.catalogue.api import changes, item, read_documents, read_files, workbook
from yimen.domains.catalogue.cells import Blocks, Coded, Condition, Flag, Json, Lasting, Misread, Number, Part
from yimen.domains.catalogue.importing import SERVICE_ITEMS, judge
from yimen.domains.catalogue.item import Item, Kind, Period
from yimen.domains.catalogue.reading import document_of, read_item
from yimen.domains.catalogue.sheets import COLUMNS, SECTIONS, cells_of, column_of, document_from, said_of
from yimen.domains.catalogue.words import UNIT_WORDS
from yimen.kernel.calendar.today import today
from yimen.kernel.imports.columns import Plan, suggested
from yimen.kernel.imports.tables import opened
from yimen.kernel.words import Refusal, Text

ITEMS = read_files()


def judged(*rows: dict[str, str], **settings: str) -> list[Any]:
    """Rows under a plan whose headings are the columns of the first row."""
    plan = Plan({code: code for code in rows[0]}, {}, {"source": "甲", **settings})
    return judge(officer(), plan, list(enumerate(rows, 2)), set())


def faults(*rows: dict[str, str], **settings: str) -> list[tuple[int, str, str]]:
    """(row, column, code) of everything that is wrong."""
    found = [each for each in judged(*rows, **settings) if isinstance(each, list)]
    return [(f.row, f.field, f.finding.code) for each in found for f in each]


@pytest.mark.parametrize("one", ITEMS, ids=[i.code for i in ITEMS])
def test_an_item_is_read_back_as_it_was_written(one: Item) -> None:
    document, wrong = document_from(cells_of(one))
    assert wrong == []
    assert read_item(document) == one


def test_what_a_result_looks_like_may_be_an_address_and_how_to_fill_in_is_kept_in_both_languages() -> None:
    looks = Text("https://yimen.example/式样.pdf", "https://yimen.example/sample.pdf")
    how = Text("逐项填写", "Fill in each line")
    one = next(i for i in ITEMS if i.materials)
    told = replace(
        one,
        materials=(replace(one.materials[0], fill_note=how), *one.materials[1:]),
        results=(replace(one.results[0], sample=looks), *one.results[1:]),
    )
    cells = cells_of(told)
    assert "填报须知：逐项填写 // Fill in each line" in cells["material"]
    assert "结果样本：https://yimen.example/式样.pdf // https://" in cells["result"]
    document, wrong = document_from(cells)
    assert wrong == []
    assert read_item(document) == told
    only = cells["result"].replace(" // https://yimen.example/sample.pdf", "")
    again = read_item(document_from({**cells, "result": only})[0])
    assert again.results[0].sample == Text(looks.zh, looks.zh)
    assert {str(c.label) for c in changes(one, told)} == {"申请材料", "审批结果"}


def test_a_workbook_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "list.xlsx").write_bytes(workbook(ITEMS))
    with opened(tmp_path / "list.xlsx") as table:
        columns = suggested(SERVICE_ITEMS.targets, table.headings)
        rows = [Plan(columns).laid(line.cells) for line in table.lines]
    assert columns == {c.code: c.label.zh for c in COLUMNS}
    assert [read_item(document_from(row)[0]) for row in rows] == ITEMS


def test_a_cell_that_begins_like_a_formula_stays_text(tmp_path: Path) -> None:
    (tmp_path / "list.xlsx").write_bytes(
        workbook([replace(ITEMS[0], keywords=('=HYPERLINK("http://x")', "+1"))])
    )
    with opened(tmp_path / "list.xlsx") as table:
        assert next(table.lines).cells["关键词"] == '=HYPERLINK("http://x")、+1'


@pytest.mark.parametrize(
    ("codec", "cell"),
    [
        (Number(), "几天"),
        (Number(), "-1"),
        (Flag(), "也许"),
        (Lasting(), "二十天"),
        (Lasting(), "5 年"),
        (Coded(UNIT_WORDS), "天"),
        (Condition(), "有老屋"),
        (Condition(), "a=[}"),
        (Json(), "{"),
        (Json(), "[" * 100_000),
        (Blocks((Part("名称", "name"),)), "价格：3"),
        (Blocks((Part("名称", "name"), Part("份数", "n", Number()))), "名称：甲"),
        (Blocks((Part("名称", "name"), Part("份数", "n", Number()))), "名称：甲\n份数：多"),
    ],
)
def test_what_cannot_be_read_is_told_in_both_languages(codec: Any, cell: str) -> None:
    with pytest.raises(Misread) as misread:
        codec.read(cell)
    assert misread.value.sentence.zh
    assert misread.value.sentence.en


def test_words_and_codes_of_other_systems_are_understood() -> None:
    kinds = Coded({"01": Text("行政许可", "Permit")})
    assert [kinds.read(cell) for cell in ("行政许可", "Permit", "01", "1")] == ["01"] * 4
    assert document_from({"task_name": "办证"})[0]["name"] == {"zh": "办证", "en": "办证"}


def test_every_column_stands_in_a_section_of_the_form() -> None:
    placed = [code for _heading, codes in SECTIONS for code in codes]
    assert len(placed) == len(set(placed))
    assert {c.code for c in COLUMNS} - set(placed) == {"plan_effective_date"}


def test_the_national_columns_are_there_by_their_national_names() -> None:
    assert {c.code for c in COLUMNS} >= {
        "catalog_code", "task_handle_item", "task_name", "task_type", "by_law", "use_level", "power_source", "dept_code", "dept_type",
        "entrust_name", "project_type", "server_type", "accept_condition", "anticipate_day", "anticipate_type", "anticipate_explain",
        "promise_day", "promise_type", "promise_explain", "limit_scene_num", "limit_scene_explain", "special_procedure", "handle_type",
        "link_way", "supervise_way", "online_handle_depth", "is_pay_online", "is_schedule", "is_service_terminals", "handle_area",
        "other_dept", "service_type", "limit_explain", "plan_effective_date",
    }  # fmt: skip


def test_a_place_in_a_document_has_its_column() -> None:
    assert column_of("materials[2].name") == "material"
    assert column_of("promised") == "promise_day"
    assert column_of("version") == ""


@pytest.mark.usefixtures("db")
def test_a_table_changes_what_it_has_columns_for_and_leaves_the_rest() -> None:
    before = ITEMS[0]
    (after,) = judged({"catalog_code": before.code, "limit_scene_num": "3"}, since="2027-01-01")
    assert after == replace(item(before.code), visits=3, valid_from=after.valid_from)
    assert after.valid_from.isoformat() == "2027-01-01"


@pytest.mark.usefixtures("db")
def test_every_fault_of_a_row_is_named_by_its_column() -> None:
    good = cells_of(ITEMS[0])
    assert faults(good, good) == [(3, "catalog_code", "item.twice")]
    assert faults(good | {"promise_day": "快", "is_safety": "?"}) == [
        (2, "promise_day", "item.cell"), (2, "is_safety", "item.cell"),
    ]  # fmt: skip
    assert faults(good | {"plan_effective_date": "哪天"}) == [(2, "plan_effective_date", "item.day")]
    assert faults(good | {"dept_code": "nowhere"}) == [(2, "dept_code", "catalogue.organ")]
    blocks = good["material"].split("\n")
    blocks[1] = "名称：法律法规规定的其他材料 // More"
    assert faults(good | {"material": "\n".join(blocks)}) == [(2, "material", "item.catch_all")]


@pytest.mark.usefixtures("db")
def test_a_fault_of_a_row_is_said_in_the_words_of_the_table() -> None:
    (faulty,) = judged(cells_of(ITEMS[0]) | {"task_name": ""})
    assert isinstance(faulty, list)
    assert [str(f.finding.sentence.zh) for f in faulty] == ["缺少“事项名称”。"]


@pytest.mark.usefixtures("db")
def test_a_new_item_needs_no_more_columns_than_the_law_asks() -> None:
    (new,) = judged({
        "catalog_code": "339900000009", "task_name": "证明盖章", "task_summary": "村里的证明，镇里盖章。", "task_field": "户籍管理",
        "task_type": "公共服务", "dept_code": "civil", "project_type": "即办件", "by_law": "村民委员会组织法", "anticipate_day": "1",
        "anticipate_type": "工作日", "promise_day": "1", "promise_type": "工作日", "result": "类型：答复\n名称：盖章的证明",
        "plan_effective_date": "2027年1月1日",
    })  # fmt: skip
    assert isinstance(new, Item)
    assert (new.kind, new.promised, new.visits) == (Kind.INSTANT, Period(1, "working_days"), 1)
    assert new.form["required"] == ["request"]


@pytest.mark.usefixtures("db")
def test_three_hundred_items_come_in_within_seconds(tmp_path: Path) -> None:
    many = [
        replace(ITEMS[n % len(ITEMS)], code=f"3399{n:08d}", valid_from=today() + timedelta(days=1))
        for n in range(300)
    ]
    (tmp_path / "list.xlsx").write_bytes(workbook(many))
    started = perf_counter()
    with opened(tmp_path / "list.xlsx") as table:
        plan = Plan(suggested(SERVICE_ITEMS.targets, table.headings), {}, {"source": "甲"})
        rows = [(line.number, plan.laid(line.cells)) for line in table.lines]
    found = judge(officer(), plan, rows, set())
    assert not [f for f in found if isinstance(f, list)]
    assert SERVICE_ITEMS.write(officer(), found, lambda _: None, plan) == 300
    assert perf_counter() - started < 20
    assert item("339900000299", today() + timedelta(days=1)).name == many[299].name


@pytest.mark.usefixtures("db")
def test_a_json_file_is_one_item_or_many_and_names_the_item_that_is_wrong() -> None:
    one, other = (document_of(i) for i in ITEMS[:2])
    assert read_documents(one) == ITEMS[:1]
    assert read_documents([one, other]) == ITEMS[:2]
    for wrong in ([], [one, one], [one, {"code": "7"}], 7):
        with pytest.raises(Refusal) as refused:
            read_documents(wrong)
        assert refused.value.sentence.en
    assert any(f.sentence.zh.startswith("7：") for f in _refused([one, {"code": "7"}]).findings)


def _refused(given: object) -> Refusal:
    with pytest.raises(Refusal) as refused:
        read_documents(given)
    return refused.value


def test_changes_are_told_in_lines_that_went_and_came() -> None:
    one = next(i for i in ITEMS if len(i.conditions) > 1)
    (only,) = changes(one, replace(one, conditions=(*one.conditions[1:], Text("新条件", "New"))))
    assert only.label.zh == "受理条件"
    assert only.gone == (f"{one.conditions[0].zh} // {one.conditions[0].en}",)
    assert only.new == ("新条件 // New",)
    assert changes(one, one) == []
    assert len(changes(None, one)) > 15


@pytest.mark.usefixtures("db")
def test_a_form_that_is_none_is_a_fault_of_its_column() -> None:
    assert faults(cells_of(ITEMS[0]) | {"form": '{"type":"object"}'}) == [(2, "form", "item.form")]


def test_an_item_is_read_in_one_language_at_a_time() -> None:
    for each in read_files():
        for code, said in said_of(each).items():
            if code != "form":
                assert "//" not in said.zh, (each.code, code)
                assert "//" not in said.en, (each.code, code)
    house = said_of(next(i for i in read_files() if i.code == "330100061001"))
    assert "Kind: Approval\nName: Homestead approval\n" in house["result"].en
    assert "类型：批文\n名称：农村宅基地批准书\n" in house["result"].zh
    assert "build" in house["keywords"].en.split(", ")
    assert "建房" in house["keywords"].zh.split("、")
    assert "build" not in house["keywords"].zh
