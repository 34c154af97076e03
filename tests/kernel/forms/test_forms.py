"""Forms as data: what is asked, what is judged, and that nothing hostile gets through or hangs."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yimen.kernel.forms.answers import asked, checked
from yimen.kernel.forms.identifiers import is_citizen_id, is_credit_code
from yimen.kernel.forms.schema import FORMATS, MOST_QUESTIONS, problems, read_form
from yimen.kernel.words import Finding, Refusal

MARRIED = {"answer": "marital", "is": ["married"]}


def question(**more: Any) -> dict[str, Any]:
    """A question with labels."""
    return {"type": "string", "title": "问", "x-title-en": "Q", **more}


def form(**properties: dict[str, Any]) -> dict[str, Any]:
    """A schema of these questions, all required."""
    return {"type": "object", "properties": properties, "required": list(properties)}


MARITAL = question(
    enum=["single", "married"], **{"x-labels": {v: {"zh": v, "en": v} for v in ("single", "married")}}
)
FAMILY = form(
    marital=MARITAL,
    spouse=question(**{"x-when": MARRIED}),
    spouse_id=question(format="citizen-id", **{"x-when": {"answer": "spouse", "is": ["王五"]}}),
    members={
        **question(type="array", minItems=1, maxItems=3),
        "items": form(name=question(maxLength=5), age=question(type="integer", minimum=0, maximum=130)),
    },
)


def refused(schema: dict[str, Any], answers: dict[str, Any], page: int | None = None) -> dict[str, str]:
    """Field → code of what is refused."""
    with pytest.raises(Refusal) as found:
        checked(read_form(schema), answers, page=page)
    return {f.field: f.code for f in found.value.findings}


def test_a_question_is_asked_only_under_its_condition_and_hides_those_that_hang_on_it() -> None:
    declared = read_form(FAMILY)
    names = lambda answers: [q.name for q in asked(declared.questions.values(), answers)]  # noqa: E731
    assert names({}) == ["marital", "members"]
    assert names({"marital": "married", "spouse": "王五"}) == ["marital", "spouse", "spouse_id", "members"]
    assert names({"marital": "single", "spouse": "王五"}) == ["marital", "members"]


def test_a_condition_compares_what_is_meant_however_it_was_typed() -> None:
    said = {"type": "boolean", "title": "有旧宅", "x-title-en": "Old house"}
    area = {
        "type": "integer",
        "title": "面积",
        "x-title-en": "Area",
        "x-when": {"answer": "old", "is": [True]},
    }
    old = {
        "type": "integer",
        "title": "几层",
        "x-title-en": "Storeys",
        "x-when": {"answer": "area", "is": [80]},
    }
    schema = {"type": "object", "properties": {"old": said, "area": area, "storeys": old}}
    declared = read_form(schema)
    names = lambda answers: [q.name for q in asked(declared.questions.values(), answers)]  # noqa: E731
    assert names({"old": "yes"}) == names({"old": True}) == ["old", "area"]
    assert names({"old": "yes", "area": " 80 "}) == ["old", "area", "storeys"]
    assert names({"old": "no", "area": "80"}) == ["old"]


def test_a_whole_number_is_not_said_with_a_point() -> None:
    area = {"type": "number", "title": "面积", "x-title-en": "Area"}
    declared = read_form({"type": "object", "properties": {"area": area}})
    assert [str(checked(declared, {"area": t})["area"]) for t in ("80", "80.5", "80.0")] == [
        "80",
        "80.5",
        "80.0",
    ]


def test_answers_to_what_is_not_asked_are_left_out() -> None:
    given = {"marital": "single", "spouse": "王五", "members": [{"name": "张三", "age": "30"}]}
    assert checked(read_form(FAMILY), given) == {
        "marital": "single",
        "members": [{"name": "张三", "age": 30}],
    }


def test_what_is_wrong_is_named_with_its_question_and_row() -> None:
    found = refused(
        FAMILY,
        {
            "marital": "married",
            "spouse": "王五",
            "spouse_id": "11010519491231002Y",
            "members": [{"name": "张三张三张三", "age": "x"}, {"age": "131"}],
            "extra": 1,
        },
    )
    assert found == {
        "extra": "form.unknown", "spouse_id": "form.format", "members.0.name": "form.length", "members.0.age": "form.number",
        "members.1.name": "form.missing", "members.1.age": "form.range",
    }  # fmt: skip


def test_rows_are_counted_and_empty_ones_left_out() -> None:
    assert refused(FAMILY, {"marital": "single", "members": [{"name": "", "age": ""}]}) == {
        "members": "form.missing"
    }
    assert refused(FAMILY, {"marital": "single", "members": [{"name": "甲", "age": 1}] * 4}) == {
        "members": "form.rows"
    }
    assert refused(FAMILY, {"marital": "single", "members": "张三"}) == {"members": "form.shape"}


def test_a_page_is_judged_by_itself() -> None:
    words = {"zh": "页", "en": "Page"}
    paged = {
        **FAMILY,
        "x-pages": [
            {"title": words, "questions": ["marital", "spouse", "spouse_id"]},
            {"title": words, "questions": ["members"]},
        ],
    }
    assert checked(read_form(paged), {"marital": "single"}, page=0) == {"marital": "single"}
    assert refused(paged, {"marital": "single"}, page=1) == {"members": "form.missing"}


@pytest.mark.parametrize(
    ("format", "good", "bad"),
    [
        ("citizen-id", "11010519491231002x", "110105194912310020"), ("credit-code", "91350100M000100Y43", "91350100M000100Y44"),
        ("phone", "13800000000", "电话"), ("date", "2026-02-28", "2026-02-30"), ("email", "a@b.cn", "a@b"),
        ("money", "12.50", "12.505"), ("place", "339901100201", "339901100"),
    ],
)  # fmt: skip
def test_each_format_takes_what_is_right_and_refuses_what_is_not(format: str, good: str, bad: str) -> None:
    schema = form(x=question(format=format))
    assert checked(read_form(schema), {"x": good})["x"].lower() == good.lower()
    assert refused(schema, {"x": bad}) == {"x": "form.format"}
    assert format in FORMATS


@given(st.integers(0, 16), st.sampled_from("0123456789X"))
def test_one_changed_character_makes_an_identity_number_wrong(place: int, other: str) -> None:
    right = "11010519491231002X"
    changed = right[:place] + other + right[place + 1 :]
    assert is_citizen_id(changed) == (changed == right)


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXYIO"))
def test_one_changed_character_makes_a_credit_code_wrong(place: int, other: str) -> None:
    right = "91350100M000100Y43"
    changed = right[:place] + other + right[place + 1 :]
    assert is_credit_code(changed) == (changed == right)


@pytest.mark.parametrize(
    "schema",
    [
        None, [], "x", {}, {"type": "object"}, {"type": "object", "properties": []}, form(), {**form(a=question()), "x": 1},
        {**form(a=question()), "required": ["b"]}, form(**{"A b": question()}), form(a=7), form(a=question(type="object")),
        form(a=question(title="")), form(a=question(title="\0")), form(a={"type": "string", "title": "问"}),
        form(a=question(enum=[])), form(a=question(enum=["x"])), form(a=question(enum=["x", "x"])), form(a=question(format="uri")),
        form(a=question(pattern="(a+)+$")), form(a=question(pattern="a*")), form(a=question(pattern="[")), form(a=question(pattern="x" * 101)),
        form(a=question(pattern="a?" * 30 + "a" * 30)), form(a=question(pattern=".{0,99}.{0,99}x")), form(a=question(default={"a": {}})),
        form(a=question(minLength=9, maxLength=2)), form(a=question(type="integer", minimum=9, maximum=2)),
        form(a=question(type="integer", enum=["1"], **{"x-labels": {"1": {"zh": "一", "en": "One"}}})),
        form(a=question(type="boolean"), b=question(**{"x-when": {"answer": "a", "is": ["true"]}})),
        form(a=question(enum=["x"], **{"x-labels": {"x": {"zh": "甲", "en": "A"}}}), b=question(**{"x-when": {"answer": "a", "is": ["y"]}})),
        form(a=question(maxLength=10**9)), form(a=question(minimum="0")), form(a=question(type="array")),
        form(a=question(type="array", items=form(b=question(type="array", items=form(c=question()))))),
        form(a=question(**{"x-when": {"answer": "a", "is": ["x"]}})), form(a=question(**{"x-when": {"answer": "b", "is": ["x"]}}), b=question()),
        form(a=question(**{"$ref": "#"})), {**form(a=question()), "x-pages": []}, {**form(a=question()), "x-pages": [{"title": {"zh": "页", "en": "P"}, "questions": ["a", "a"]}]},
        form(**{f"q{n}": question() for n in range(MOST_QUESTIONS + 1)}),
    ],
)  # fmt: skip
def test_a_hostile_schema_is_refused_in_words(schema: Any) -> None:
    assert problems(schema)
    with pytest.raises(Refusal) as found:
        read_form(schema)
    assert found.value.code == "form.schema"


@pytest.mark.parametrize("pattern", ["^[0-9]{8,30}$", "[A-Z]{1,3}-?\\d{4,8}", "[?{1,9}]{3}\\.x", "a{0,999}"])
def test_a_pattern_that_an_office_would_write_is_taken(pattern: str) -> None:
    assert not problems(form(a=question(pattern=pattern)))


@settings(max_examples=60, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6), lambda x: st.lists(x, max_size=4) | st.dictionaries(st.sampled_from(["type", "properties", "items", "enum", "x-when", "x-pages", "required", "title", "a", "b"]), x, max_size=6), max_leaves=20))  # fmt: skip
def test_whatever_is_called_a_form_gets_an_answer(schema: Any) -> None:
    if problems(schema):
        with pytest.raises(Refusal):
            read_form(schema)
    else:
        read_form(schema)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["marital", "spouse", "spouse_id", "members", "?"]), st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.lists(st.none() | st.dictionaries(st.sampled_from(["name", "age"]), st.text(max_size=9) | st.integers() | st.none()), max_size=5)))  # fmt: skip
def test_whatever_is_answered_is_taken_or_refused_in_words(answers: dict[str, Any]) -> None:
    kept: dict[str, Any] = {}
    findings: tuple[Finding, ...] = ()
    try:
        kept = checked(read_form(FAMILY), answers)
    except Refusal as refusal:
        findings = refusal.findings
    assert findings or checked(read_form(FAMILY), kept) == kept
    assert all(f.sentence.zh and f.sentence.en for f in findings)


def test_a_form_of_five_thousand_questions_is_judged_whole() -> None:
    hangs_on = {
        n: {"x-when": {"answer": f"q{n - 1}", "is": ["是"]}} if n % 2 else {} for n in range(MOST_QUESTIONS)
    }
    declared = read_form(form(**{f"q{n}": question(**hangs_on[n]) for n in range(MOST_QUESTIONS)}))
    assert len(checked(declared, {f"q{n}": "是" for n in range(MOST_QUESTIONS)})) == MOST_QUESTIONS
    with pytest.raises(Refusal) as found:
        checked(declared, {})
    assert len(found.value.findings) == MOST_QUESTIONS // 2
