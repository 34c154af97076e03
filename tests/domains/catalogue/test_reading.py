"""An item's document is read strictly: what is wrong is named with its place, all of it, and what is unlawful with its article."""

import copy
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yimen.domains.catalogue.files import FOLDER, read_files
from yimen.domains.catalogue.item import Inquiry, Intermediary
from yimen.domains.catalogue.reading import document_of, read_item, read_kept
from yimen.domains.catalogue.rules import faults
from yimen.kernel.words import Refusal, Text

SAMPLE = orjson.loads((FOLDER / "chronic-illness.json").read_bytes())


def changed(path: str, value: object) -> dict[str, Any]:
    """The sample with one place changed; `path` is dotted, numbers for places in lists."""
    document = copy.deepcopy(SAMPLE)
    *way, last = path.split(".")
    inside: Any = document
    for each in way:
        inside = inside[int(each)] if each.isdigit() else inside[each]
    inside[int(last) if last.isdigit() else last] = value
    return document


def refusals(document: object) -> dict[str, str]:
    """Code → field of what is refused."""
    with pytest.raises(Refusal) as refused:
        read_item(document)
    assert all(f.sentence.zh and f.sentence.en for f in refused.value.findings)
    return {f.code: f.field for f in refused.value.findings}


def test_every_item_that_comes_with_the_house_is_read_and_written_back_the_same() -> None:
    for item in read_files():
        assert read_item(orjson.loads(orjson.dumps(document_of(item)))) == item


def test_codes_of_the_files_come_once() -> None:
    codes = [i.code for i in read_files()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("path", "value", "code", "field"),
    [
        ("code", "12", "item.code", "code"),
        ("code", "\uff13" * 12, "item.code", "code"),
        ("power_type", "99", "item.power_type", "power_type"),
        ("fields", [], "item.fields", "fields"),
        ("basis", [], "item.basis", "basis"),
        ("materials.1.name", {"zh": "其他材料", "en": "More"}, "item.catch_all", "materials[1]"),
        (
            "materials.1.name",
            {"zh": "法律法规规定的其他材料", "en": "More"},
            "item.catch_all",
            "materials[1]",
        ),
        ("materials.1.name", {"zh": "需要的其它证明", "en": "More"}, "item.catch_all", "materials[1]"),
        ("materials.1.name", {"zh": "材料", "en": "Any other documents"}, "item.catch_all", "materials[1]"),
        ("materials.1.when", {"answer": ["a"], "is": [True]}, "item.when", "materials[1]"),
        ("materials.0.required", True, "item.shared", "materials[0]"),
        ("materials.1.form", "papyrus", "item.material", "materials[1]"),
        ("materials.1.code", "identity_card", "item.material_twice", "materials"),
        ("promised", [9, "months"], "item.promise", "promised"),
        ("promised", [0, "months"], "item.period", "promised"),
        ("promised", [5, "moons"], "item.period", "promised"),
        ("kind", "instant", "item.instant", "kind"),
        ("reviewers", 3, "item.reviewers", "reviewers"),
        ("decided_by", "nobody", "item.decided_by", "decided_by"),
        ("channels", ["window"], "item.visits", "visits"),
        ("results", [], "item.doors", "channels"),
    ],
)
def test_what_an_item_may_not_say_is_refused(path: str, value: object, code: str, field: str) -> None:
    assert refusals(changed(path, value)) == {code: field}


@pytest.mark.parametrize(
    "name",
    ["其他", "其它证件", "其 他 材 料", "其他申请材料", "其他需要提交的材料", "其他（材料）", "有关材料", "相关证明材料", "窗口要求的材料"],
)  # fmt: skip
def test_a_catch_all_is_refused_however_it_is_put(name: str) -> None:
    found = refusals(changed("materials.1.name", {"zh": name, "en": "More"}))
    assert found == {"item.catch_all": "materials[1]"}


@pytest.mark.parametrize(
    "name", ["其他共有人身份证明", "其他继承人放弃继承的声明", "房屋安全鉴定材料", "有关部门的批准文件"]
)
def test_a_paper_that_is_named_is_no_catch_all(name: str) -> None:
    read_item(changed("materials.1.name", {"zh": name, "en": "A paper"}))


def test_a_material_hangs_on_an_answer_that_can_be_given() -> None:
    form = {
        "type": "object",
        "properties": {"land": {"type": "string", "title": "地", "x-title-en": "Land", "enum": ["farmland"], "x-labels": {"farmland": {"zh": "耕地", "en": "Farmland"}}}},
    }  # fmt: skip
    document = changed("form", form)
    document["materials"] = [m | {"when": None} for m in document["materials"]]
    document["materials"][1]["when"] = {"answer": "land", "is": ["farmland"]}
    read_item(document)
    document["materials"][1]["when"] = {"answer": "land", "is": ["framland"]}
    assert refusals(document) == {"item.when": "materials[1]"}


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("name", "门诊", "name"),
        ("name", {"zh": "", "en": "x"}, "name.zh"),
        ("name", {"zh": "坏\0", "en": "x"}, "name.zh"),
        ("kind", "slow", "kind"),
        ("visits", True, "visits"),
        ("valid_from", "2026-13-01", "valid_from"),
        ("materials", "all", "materials"),
        ("materials.0", 7, "materials[0]"),
        ("materials.0.basis", None, "materials[0].basis"),
        ("materials.0.copies", "one", "materials[0].copies"),
        ("statutory", [1.5, "months"], "statutory"),
        ("form", [], "form"),
        ("colour", "red", "colour"),
    ],
)
def test_what_is_misshapen_is_named_with_its_place(path: str, value: object, field: str) -> None:
    assert list(refusals(changed(path, value)).values()) == [field]


def test_everything_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(Refusal) as refused:
        read_item({"code": "1"})
    assert len(refused.value.findings) > 15


@settings(max_examples=80, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*SAMPLE, "x"]), inner, max_size=5), max_leaves=12))  # fmt: skip
def test_whatever_is_handed_in_gets_words(document: object) -> None:
    with pytest.raises(Refusal):
        read_item(document)


def test_who_entrusts_is_named_where_a_power_is_entrusted_and_only_there() -> None:
    entrusted = next(i for i in read_files() if i.power_source == "5")
    own = next(i for i in read_files() if i.power_source == "1")
    assert [f.code for f in faults(replace(entrusted, entrusted_by=None))] == ["item.entrusted"]
    assert [f.code for f in faults(replace(own, entrusted_by=Text("县局", "County")))] == ["item.entrusted"]


def test_a_quota_is_explained_and_an_intermediary_makes_a_material_of_the_item() -> None:
    own = next(i for i in read_files() if i.power_source == "1" and i.quota_note is None)
    assert [f.code for f in faults(replace(own, is_limited=True))] == ["item.quota"]
    hired = Intermediary(Text("测绘", "Survey"), own.basis[0], "nothing")
    assert [f.code for f in faults(replace(own, intermediaries=(hired,)))] == ["item.intermediary"]


def test_what_was_published_under_earlier_rules_stays_readable() -> None:
    entrusted = document_of(next(i for i in read_files() if i.power_source == "5"))
    for key in ("entrusted_by", "consult", "is_limited", "intermediaries"):
        del entrusted[key]
    assert read_kept(orjson.dumps(entrusted).decode()).entrusted_by is None


def test_of_a_permits_time_only_what_the_licensing_law_names_is_left_out() -> None:
    permit = next(
        i
        for i in read_files()
        if i.power_type == "01" and any(q.kind == Inquiry.PUBLIC_NOTICE for q in i.inquiries)
    )
    paused = tuple(replace(q, is_counted=False) for q in permit.inquiries)
    assert [(f.code, f.law) for f in faults(replace(permit, inquiries=paused))] == [
        ("item.counted", "行政许可法 第四十五条")
    ]
    assert faults(replace(permit, inquiries=paused, power_type="10")) == []
