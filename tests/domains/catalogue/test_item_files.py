"""The item files keep the catalogue's promises: whole, lawful, bilingual, and answerable on a form.

Pure: the files are read as they lie in the package; nothing is imported into a database.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from yimen.domains import catalogue
from yimen.domains.catalogue.item import (
    Basis,
    Channel,
    Delivery,
    Fee,
    Field,
    Inquiry,
    InquiryStep,
    Intermediary,
    Item,
    Kind,
    Material,
    Question,
    Result,
)
from yimen.kernel.forms.answers import checked
from yimen.kernel.forms.schema import Form, read_form
from yimen.kernel.forms.schema import Question as Asked
from yimen.kernel.procedure.language import UNITS
from yimen.site.seeds import DEPARTMENTS

DATA = Path(catalogue.__file__).parent / "data"
ITEMS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((DATA / "items").glob("*.json"))
}
BUNDLES = json.loads((DATA / "bundles.json").read_text(encoding="utf-8"))
SYNONYMS = json.loads((DATA / "synonyms.json").read_text(encoding="utf-8"))
CODES = {item["code"] for item in ITEMS.values()}
DEPARTMENT_CODES = {*DEPARTMENTS, "medical"}
POLICY_FIELDS = list(Field)[:9]
ARTICLE = re.compile(r"^第[一二三四五六七八九十百]+条$")
VILLAGE_PROOF = re.compile(r"(?<!不用)村(（居）委会|委会|（社区）)[^；。]*?(出具|盖章|证明|说明)")
CATCH_ALL = re.compile(r"其他(相关|有关|必要|所需)?(材料|资料|证明)|规定的其他|等材料")
FORMATS = {"citizen-id", "credit-code", "phone", "date", "email", "place", "money"}
TYPES = {"string", "integer", "number", "boolean", "array"}
QUESTION_WORDS = {
    "type", "title", "x-title-en", "description", "x-description-en", "enum", "x-labels", "format", "minLength",
    "maxLength", "minimum", "maximum", "pattern", "minItems", "maxItems", "items", "x-when", "x-profile",
}  # fmt: skip
# About how many calendar days a unit holds: enough to see that a promise is not longer than the law.
DAYS = {"hours": 1 / 24, "working_hours": 1 / 8, "working_days": 1.4, "calendar_days": 1, "months": 30}

Promise = Callable[[dict[str, Any]], None]
PROMISES: list[Promise] = []


def each_item(promise: Promise) -> Promise:
    """Marks what every item file promises; `test_every_item_keeps` asks all of them."""
    PROMISES.append(promise)
    return promise


def _nodes(value: Any) -> Iterator[Any]:
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _nodes(each)


def _is_text(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"zh", "en"}


def _questions(item: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, question in item["form"]["properties"].items():
        yield name, question
        yield from question.get("items", {}).get("properties", {}).items()


def _periods(item: dict[str, Any]) -> list[list[Any]]:
    return [item["statutory"], item["promised"], *(inquiry["period"] for inquiry in item["inquiries"])]


def _length(period: list[Any]) -> float:
    return float(period[0] * DAYS[period[1]])


def test_there_are_enough_items_in_every_field() -> None:
    counts = Counter(field for item in ITEMS.values() for field in item["fields"])
    assert len(ITEMS) >= 42
    assert {f: counts[f] for f in POLICY_FIELDS if counts[f] < 3} == {}
    assert sum(1 for item in ITEMS.values() if not set(item["fields"]) & set(POLICY_FIELDS)) >= 9
    assert {f for f in Field if not counts[f]} == set()


def test_every_way_of_handling_a_matter_is_there() -> None:
    items = ITEMS.values()
    materials = [material for item in items for material in item["materials"]]
    assert {item["kind"] for item in items} == set(Kind)
    # A hearing is held when somebody asks for one, so no item prescribes it.
    kinds = {inquiry["kind"] for item in items for inquiry in item["inquiries"]}
    assert kinds == set(Inquiry) - {Inquiry.HEARING}
    assert {item["decided_by"] for item in items} == {"township", "county"}
    assert any(item["is_by_commitment"] for item in items)
    assert any(item["is_safety"] for item in items)
    assert any(item["joint_organs"] for item in items)
    assert any(item["supervised_as"] and item["reviewers"] == 2 for item in items)
    assert any(material["may_follow"] for material in materials)
    assert any(material["by_commitment"] for material in materials)
    assert any(result["is_renewable"] for item in items for result in item["results"])


def test_codes_are_national_in_form_and_unique() -> None:
    assert len(CODES) == len(ITEMS)
    for name, item in ITEMS.items():
        assert re.fullmatch(r"33(01|05|07|10|20)\d{8}", item["code"]), name
        assert item["code"][2:4] == item["power_type"], name


@each_item
def a_file_has_every_key_of_an_item(item: dict[str, Any]) -> None:
    assert set(item) == {f.name for f in fields(Item)}
    date.fromisoformat(item["valid_from"])
    shapes = [
        ("basis", Basis),
        ("materials", Material),
        ("results", Result),
        ("inquiries", InquiryStep),
        ("fees", Fee),
        ("questions", Question),
        ("intermediaries", Intermediary),
    ]
    for key, shape in shapes:
        for part in item[key]:
            assert set(part) == {f.name for f in fields(shape)}, key


@each_item
def coded_values_are_known(item: dict[str, Any]) -> None:
    assert item["fields"]
    assert set(item["fields"]) <= set(Field)
    assert item["kind"] in set(Kind)
    assert item["channels"]
    assert set(item["channels"]) <= set(Channel)
    assert item["deliveries"]
    assert set(item["deliveries"]) <= set(Delivery)
    assert item["decided_by"] in ("township", "county")
    assert item["power_level"] == {"township": "5", "county": "4"}[item["decided_by"]]
    assert {item["organ"], *item["joint_organs"]} <= DEPARTMENT_CODES
    assert item["served"]
    assert set(item["served"]) <= {"person", "enterprise", "organisation"}
    assert item["online_depth"] in ("consult", "accept", "complete")
    assert all(number > 0 and unit in UNITS for number, unit in _periods(item))
    assert {m["form"] for m in item["materials"]} <= {"original", "copy", "shown", "electronic"}
    assert {m["source"] for m in item["materials"]} <= {"applicant", "organ", "intermediary"}
    assert {r["kind"] for r in item["results"]} <= {
        "certificate",
        "approval",
        "registration",
        "benefit",
        "reply",
    }


@each_item
def every_sentence_is_there_in_both_languages(item: dict[str, Any]) -> None:
    for text in filter(_is_text, _nodes(item)):
        assert re.search(r"[\u4e00-\u9fff]", text["zh"]) or text["zh"].isdigit(), text
        assert text["en"].strip(), text
        assert not re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", text["en"]), text
    for name, question in _questions(item):
        assert question["title"], name
        assert re.search(r"[A-Za-z]", question["x-title-en"]), name
        assert ("description" in question) == ("x-description-en" in question), name


@each_item
def nothing_is_asked_for_without_a_basis(item: dict[str, Any]) -> None:
    assert item["basis"]
    for material in item["materials"]:
        assert material["basis"]["law"]["zh"], material["code"]
        assert material["standard"]["zh"], material["code"]
        assert material["copies"] >= 1, material["code"]
    codes = [material["code"] for material in item["materials"]]
    assert len(codes) == len(set(codes))


@each_item
def what_an_organ_can_look_up_is_not_demanded(item: dict[str, Any]) -> None:
    for material in item["materials"]:
        if material["shared_from"] is not None:
            assert not material["required"], material["code"]
            assert material["source"] == "organ", material["code"]
            assert not material["may_follow"], material["code"]


@each_item
def a_commitment_replaces_a_proof_and_not_itself(item: dict[str, Any]) -> None:
    for material in item["materials"]:
        if material["by_commitment"]:
            assert "承诺" not in material["name"]["zh"], material["code"]
            assert material["required"], material["code"]


@each_item
def no_application_is_asked_for_on_paper_besides_the_form(item: dict[str, Any]) -> None:
    for material in item["materials"]:
        assert not re.search("申请(书|表)?$", material["name"]["zh"]), material["code"]


@each_item
def a_party_matter_does_not_speak_of_courts(item: dict[str, Any]) -> None:
    if "party" in item["fields"]:
        assert "行政诉讼法" not in item["statutory_note"]["zh"]


@each_item
def no_line_says_other_materials(item: dict[str, Any]) -> None:
    for text in [part for m in item["materials"] for part in (m["name"]["zh"], m["standard"]["zh"])]:
        assert not CATCH_ALL.search(text), text
    for condition in item["conditions"]:
        assert "规定的其他" not in condition["zh"]


@each_item
def no_village_committee_is_asked_to_prove_what_it_may_not(item: dict[str, Any]) -> None:
    """民发〔2020〕20号: deaths, marriages and births, work, property and sixteen more are not for it to prove."""
    for material in item["materials"]:
        if re.search("证明|说明", material["name"]["zh"]):
            note = material["fill_note"] or {"zh": ""}
            for words in (material["name"]["zh"], material["standard"]["zh"], note["zh"]):
                assert not VILLAGE_PROOF.search(words), words


@each_item
def a_cited_article_is_written_as_the_statute_writes_it(item: dict[str, Any]) -> None:
    for node in _nodes(item):
        if isinstance(node, dict) and "article" in node:
            assert node["article"] == "" or ARTICLE.match(node["article"]), node


@each_item
def the_promise_is_not_longer_than_the_law(item: dict[str, Any]) -> None:
    assert _length(item["promised"]) <= _length(item["statutory"])
    counted = sum(_length(inquiry["period"]) for inquiry in item["inquiries"] if inquiry["is_counted"])
    assert counted <= _length(item["promised"]), "what is counted must fit into the promise"


@each_item
def what_several_organs_handle_together_has_their_limit(item: dict[str, Any]) -> None:
    """行政许可法 第四十二条第二款."""
    if item["joint_organs"]:
        assert item["statutory"] == [45, "working_days"]


@each_item
def who_is_asked_and_who_entrusts_is_named(item: dict[str, Any]) -> None:
    assert item["consult"]
    assert "12388" in item["complain"]["zh"]
    assert (item["entrusted_by"] is not None) == (item["power_source"] in ("5", "6"))
    assert item["organ_nature"] == ("3" if item["entrusted_by"] else "1")
    assert not item["pays_online"] or item["fees"]
    assert item["by_appointment"] == ("window" in item["channels"])


@each_item
def a_limit_that_is_no_month_of_ones_own_says_where_it_comes_from(item: dict[str, Any]) -> None:
    if item["statutory"] == [2, "months"] or item["joint_organs"]:
        assert item["statutory_note"]
    if any(not inquiry["is_counted"] for inquiry in item["inquiries"]):
        assert item["promised_note"]


@each_item
def what_an_intermediary_makes_is_a_material_on_its_own_basis(item: dict[str, Any]) -> None:
    made = {m["code"]: m for m in item["materials"] if m["source"] == "intermediary"}
    for each in item["intermediaries"]:
        assert each["basis"] == made[each["material"]]["basis"]


@each_item
def a_decision_at_the_counter_needs_no_other_house(item: dict[str, Any]) -> None:
    if item["kind"] == Kind.INSTANT:
        assert item["decided_by"] == "township"
        assert item["reviewers"] == 1
        assert item["inquiries"] == []


@each_item
def visits_are_explained_and_permits_are_supervised(item: dict[str, Any]) -> None:
    assert (item["visits_note"] is not None) == (item["visits"] > 0)
    if item["power_type"] == "01":
        assert item["reviewers"] == 2
        assert item["supervised_as"] is not None


@each_item
def the_form_is_a_schema_of_the_agreed_subset(item: dict[str, Any]) -> None:
    form = item["form"]
    assert set(form) == {"$schema", "type", "properties", "required", "x-pages"}
    assert form["type"] == "object"
    assert set(form["required"]) <= set(form["properties"])
    for name, question in _questions(item):
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
        assert set(question) <= QUESTION_WORDS, name
        assert question["type"] in TYPES, name
        assert question.get("format", "date") in FORMATS, name
        if "enum" in question:
            assert list(question["x-labels"]) == question["enum"], name
        if "pattern" in question:
            re.compile(question["pattern"])
        if question["type"] == "array":
            assert question["items"]["type"] == "object", name
            assert 0 <= question["minItems"] <= question["maxItems"], name
            assert set(question["items"]["required"]) <= set(question["items"]["properties"]), name
        if question["type"] in ("integer", "number"):
            assert question["minimum"] <= question["maximum"], name


@each_item
def every_question_is_on_one_page(item: dict[str, Any]) -> None:
    on_pages = [name for page in item["form"]["x-pages"] for name in page["questions"]]
    assert on_pages == list(item["form"]["properties"])
    assert all(page["questions"] for page in item["form"]["x-pages"])


@each_item
def a_condition_names_an_earlier_question_and_answers_it_can_have(item: dict[str, Any]) -> None:
    questions = item["form"]["properties"]
    order = list(questions)
    conditions = [(name, q["x-when"]) for name, q in questions.items() if "x-when" in q]
    conditions += [("", m["when"]) for m in item["materials"] if m["when"]]
    for name, when in conditions:
        asked = questions[when["answer"]]
        possible = asked.get("enum", [True, False] if asked["type"] == "boolean" else None)
        assert when["is"], when
        assert possible is not None, when
        assert set(when["is"]) <= set(possible), when
        assert not name or order.index(when["answer"]) < order.index(name), when
    inside = [q for name, q in _questions(item) if name not in questions or q is not questions[name]]
    assert all("x-when" not in question for question in inside)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_every_item_keeps(promise: Promise) -> None:
    broken = []
    for name, item in ITEMS.items():
        try:
            promise(item)
        except AssertionError as found:
            broken.append(f"{name}: {found}")
    assert broken == []


_TYPED = {
    "citizen-id": "11010519491231002X",
    "credit-code": "91350100M000100Y43",
    "phone": "13800000000",
    "date": "2026-11-24",
    "place": "339901100201",
    "money": "1234.50",
}


def _typed(question: Asked) -> Any:
    """What somebody could type as an answer to a question."""
    if question.kind == "array":
        return [{each.name: _typed(each) for each in question.rows}] * max(question.fewest_rows, 1)
    if question.kind == "boolean":
        return "true"
    if question.choices:
        return question.choices[0][0]
    if question.kind in ("integer", "number"):
        return str(int(question.least or 0))
    return _TYPED.get(question.format) or ("62220000000000" if question.pattern else "一二三")


def _turns(form: Form) -> Iterator[tuple[str, Any]]:
    """Each answer that a condition may turn on, one after the other."""
    for name, question in form.questions.items():
        yield from ((name, value) for value, _ in question.choices)
        yield from ((name, value) for value in ("true", "false") if question.kind == "boolean")


def test_every_form_can_be_answered_down_every_turn() -> None:
    for slug, item in ITEMS.items():
        form = read_form(item["form"])
        plain = {name: _typed(question) for name, question in form.questions.items()}
        reached = set(checked(form, plain))
        for name, value in _turns(form):
            reached |= set(checked(form, plain | {name: value}))
        assert reached == set(form.questions), slug


def test_forms_show_conditions_and_groups() -> None:
    questions = [question for item in ITEMS.values() for _, question in _questions(item)]
    assert sum("x-when" in question for question in questions) > 50
    assert sum(question["type"] == "array" for question in questions) > 15
    assert {question["format"] for question in questions if "format" in question} >= FORMATS - {"email"}


def test_one_answer_kept_for_other_forms_has_one_shape() -> None:
    shapes: dict[str, set[str]] = {}
    for item in ITEMS.values():
        for _, question in _questions(item):
            if "x-profile" in question:
                keys = ("type", "format", "enum", "pattern", "items")
                shape = json.dumps([question.get(key) for key in keys], sort_keys=True)
                shapes.setdefault(question["x-profile"], set()).add(shape)
    assert len(shapes) > 20
    assert {name for name, found in shapes.items() if len(found) > 1} == set()


def test_bundles_open_items_that_exist() -> None:
    assert len(BUNDLES) >= 8
    assert len({bundle["code"] for bundle in BUNDLES}) == len(BUNDLES)
    for bundle in BUNDLES:
        assert set(bundle) == {"code", "name", "summary", "keywords", "items"}
        assert _is_text(bundle["name"])
        assert _is_text(bundle["summary"])
        assert len(set(bundle["items"])) == len(bundle["items"]) >= 2
        assert set(bundle["items"]) <= CODES, bundle["code"]


def test_everyday_words_lead_to_items_that_exist() -> None:
    assert len(SYNONYMS) >= 150
    for entry in SYNONYMS:
        assert set(entry) == {"says", "means"}
        assert entry["says"]
        assert entry["means"]
        assert set(entry["means"]) <= CODES, entry
    words = [word for entry in SYNONYMS for word in entry["says"]]
    assert len(words) == len(set(words)), "a word is listed once"


def test_every_item_is_found_by_everyday_words() -> None:
    assert {code for entry in SYNONYMS for code in entry["means"]} == CODES
    assert all(len(item["keywords"]) >= 4 for item in ITEMS.values())


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("盖房子", "rural-house-permit"),
        ("茅坑", "toilet-conversion-subsidy"),
        ("吃低保", "minimum-living-allowance"),
        ("铁牛", "tractor-registration"),
        ("毛毛头", "birth-registration"),
    ],
)
def test_the_words_of_elders_are_understood(word: str, slug: str) -> None:
    found = {code for entry in SYNONYMS if word in entry["says"] for code in entry["means"]}
    assert ITEMS[slug]["code"] in found


def test_what_several_organs_decide_is_not_granted_on_a_commitment_to_one() -> None:
    both = [i["name"]["zh"] for i in ITEMS.values() if i.get("is_by_commitment") and i.get("joint_organs")]
    assert both == []


def test_works_on_historic_buildings_and_in_protected_cores_ask_the_relics_bureau() -> None:
    """历史文化名城名镇名村保护条例 第二十八条、第三十五条: approved together with the county's relics department."""
    for item in ITEMS.values():
        cited = {b["article"] for b in item["basis"] if b["law"]["zh"] == "历史文化名城名镇名村保护条例"}
        if item["power_type"] == "01" and cited & {"第二十八条", "第三十五条"}:
            assert "culture" in item["joint_organs"], item["name"]["zh"]
