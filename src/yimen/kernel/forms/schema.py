"""What a form may say: a closed part of JSON Schema 2020-12, with labels in two languages and conditions.

A form comes from a file or a table that somebody sends in, so it is read as hostile: only known words, bounded sizes,
patterns that cannot hang. `read_form` makes it a `Form`; `problems` says everything that is wrong with it.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yimen.kernel.words import Refusal, Text, unprintable

MOST_QUESTIONS = 5000
MOST_ROWS = 100
LONGEST = 4000
FORMATS = ("citizen-id", "credit-code", "phone", "date", "email", "place", "money")
TYPES = ("string", "integer", "number", "boolean", "array")
_MOST_CHOICES = 500
_LONGEST_PATTERN = 100
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_SAFE_PATTERN = re.compile(
    r"(?:[^\\()|*+?{}\[\].^$]|\\[dswDSW.\-/]|\[(?:[^\]\\\[]|\\[dsw\-])+\]|\{\d{1,3}(?:,\d{1,3})?\}|\?|\.|\^|\$)*"
)
"""No groups, no alternation, no unbounded repetition."""
_MOST_WAYS = 1000
_REPEAT = re.compile(r"\\.|\[(?:[^\]\\]|\\.)+\]|(?P<maybe>\?)|\{(?P<least>\d+),(?P<most>\d+)\}")
"""Escapes and classes are passed over; what is left is something that may come more or less often."""
_OF_FORM = frozenset(
    {"$schema", "type", "properties", "required", "x-pages", "title", "additionalProperties"}
)
_OF_QUESTION = frozenset({
    "type", "title", "x-title-en", "description", "x-description-en", "enum", "x-labels", "format", "minLength", "maxLength",
    "minimum", "maximum", "pattern", "x-when", "x-profile", "items", "minItems", "maxItems", "default",
})  # fmt: skip
_OF_ROW = frozenset({"type", "properties", "required", "additionalProperties", "title"})


@dataclass(frozen=True, slots=True)
class When:
    """Asked only if the answer to a question is one of these."""

    answer: str
    values: tuple[Any, ...]

    def holds(self, answers: Mapping[str, Any]) -> bool:
        """Whether the answers given ask for it."""
        return answers.get(self.answer) in self.values


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `rows` are the questions of each row of a repeating group."""

    name: str
    kind: str
    label: Text
    hint: Text
    is_required: bool
    choices: tuple[tuple[str, Text], ...] = ()
    format: str = ""
    shortest: int = 0
    longest: int = LONGEST
    least: float | None = None
    most: float | None = None
    pattern: str = ""
    when: When | None = None
    profile: str = ""
    rows: tuple["Question", ...] = ()
    fewest_rows: int = 0
    most_rows: int = MOST_ROWS


@dataclass(frozen=True, slots=True)
class Page:
    """Questions asked together."""

    title: Text
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its questions by name, in order, and its pages."""

    questions: Mapping[str, Question]
    pages: tuple[Page, ...]

    def on_page(self, number: int) -> list[Question]:
        """The questions of a page, counted from 0."""
        return [self.questions[name] for name in self.pages[number].questions]


def read_form(schema: object) -> Form:
    """The form that a schema declares; refuses `form.schema` with everything that is wrong."""
    if found := problems(schema):
        zh, en = "；".join(found[:20]), "; ".join(found[:20])
        raise Refusal.of("form.schema", f"表单有误：{zh}", f"The form is wrong: {en}", field="form")
    given: Mapping[str, Any] = schema  # type: ignore[assignment]
    required = set(given.get("required", ()))
    questions = {
        name: _question(name, each, is_required=name in required)
        for name, each in given["properties"].items()
    }
    pages = tuple(Page(Text(**p["title"]), tuple(p["questions"])) for p in given.get("x-pages", ())) or (
        Page(Text("填写", "Fill in"), tuple(questions)),
    )
    return Form(questions, pages)


def _question(name: str, given: Mapping[str, Any], *, is_required: bool) -> Question:
    items = given.get("items", {})
    inner = set(items.get("required", ()))
    return Question(
        name=name,
        kind=given["type"],
        label=Text(given["title"], given["x-title-en"]),
        hint=Text(given.get("description", ""), given.get("x-description-en", "")),
        is_required=is_required,
        choices=tuple((value, Text(**given["x-labels"][value])) for value in given.get("enum", ())),
        format=given.get("format", ""),
        shortest=given.get("minLength", 0),
        longest=given.get("maxLength", LONGEST),
        least=given.get("minimum"),
        most=given.get("maximum"),
        pattern=given.get("pattern", ""),
        when=when_of(given.get("x-when")),
        profile=given.get("x-profile", ""),
        rows=tuple(_question(n, q, is_required=n in inner) for n, q in items.get("properties", {}).items()),
        fewest_rows=given.get("minItems", 0),
        most_rows=given.get("maxItems", MOST_ROWS),
    )


def when_of(given: Mapping[str, Any] | None) -> When | None:
    """A condition as a form or a material writes it: `{"answer": "marital", "is": ["married"]}`."""
    return When(given["answer"], tuple(given["is"])) if given else None


def problems(schema: object) -> list[str]:
    """Everything that keeps a schema from being a form; empty when it is one. Never raises."""
    if not isinstance(schema, Mapping):
        return ["{ … }?"]
    properties = schema.get("properties")
    if schema.get("type") != "object" or not isinstance(properties, Mapping) or not properties:
        return ['type: "object", properties: { … }?']
    if len(properties) > MOST_QUESTIONS:
        return [f"properties: > {MOST_QUESTIONS}"]
    return [
        *(f"{key}?" for key in schema if key not in _OF_FORM),
        *_required(schema, properties, ""),
        *(p for name, each in properties.items() for p in _of_question(str(name), each, properties)),
        *_of_pages(schema.get("x-pages"), properties),
    ]


def _required(schema: Mapping[str, Any], properties: Mapping[str, Any], path: str) -> Iterator[str]:
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(n, str) and n in properties for n in required):
        yield f"{path}required?"


def _of_question(name: str, given: object, all_of_them: Mapping[str, Any], path: str = "") -> Iterator[str]:
    here = f"{path}{name[:60]}"
    if not _NAME.fullmatch(name) or not isinstance(given, Mapping):
        yield f"{here}?"
        return
    yield from (f"{here}.{key}?" for key in given if key not in _OF_QUESTION)
    if given.get("type") not in TYPES:
        yield f"{here}.type?"
    yield from (f"{here}.{k}?" for k in ("title", "x-title-en") if not _is_words(given.get(k), 200))
    yield from (
        f"{here}.{k}?"
        for k in ("description", "x-description-en")
        if k in given and not _is_words(given[k], 600)
    )
    yield from _of_bounds(here, given)
    yield from _of_choices(here, given)
    if "x-when" in given and not _is_condition(given["x-when"], all_of_them, name):
        yield f"{here}.x-when?"
    if "x-profile" in given and not _is_words(given["x-profile"], 60):
        yield f"{here}.x-profile?"
    if given.get("type") == "array":
        yield from _of_rows(here, given.get("items"), is_inside=bool(path))
    elif "items" in given:
        yield f"{here}.items?"


def _of_bounds(here: str, given: Mapping[str, Any]) -> Iterator[str]:
    for key, most in (
        ("minLength", LONGEST),
        ("maxLength", LONGEST),
        ("minItems", MOST_ROWS),
        ("maxItems", MOST_ROWS),
    ):
        if key in given and not (type(given[key]) is int and 0 <= given[key] <= most):
            yield f"{here}.{key}?"
    for key in ("minimum", "maximum"):
        if key in given and not (type(given[key]) in (int, float) and abs(given[key]) <= 1e12):
            yield f"{here}.{key}?"
    for low, high in (("minLength", "maxLength"), ("minItems", "maxItems"), ("minimum", "maximum")):
        if _is_crossed(given.get(low), given.get(high)):
            yield f"{here}.{low} > {high}"
    if isinstance(given.get("default"), Mapping | list):
        yield f"{here}.default?"
    if "format" in given and given["format"] not in FORMATS:
        yield f"{here}.format?"
    pattern = given.get("pattern", "")
    if (
        not isinstance(pattern, str)
        or len(pattern) > _LONGEST_PATTERN
        or not _SAFE_PATTERN.fullmatch(pattern)
        or not _compiles(pattern)
        or _ways(pattern) > _MOST_WAYS
    ):
        yield f"{here}.pattern?"


def _is_crossed(least: object, most: object) -> bool:
    return isinstance(least, int | float) and isinstance(most, int | float) and least > most


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def _ways(pattern: str) -> int:
    """In how many ways a pattern can be laid on a text: what a text that does not fit costs at most."""
    return math.prod(
        2 if found["maybe"] else max(1, int(found["most"]) - int(found["least"]) + 1)
        for found in _REPEAT.finditer(pattern)
        if found["maybe"] or found["most"]
    )


def _of_choices(here: str, given: Mapping[str, Any]) -> Iterator[str]:
    if "enum" not in given:
        return
    values, labels = given["enum"], given.get("x-labels")
    if (
        not isinstance(values, list)
        or not 0 < len(values) <= _MOST_CHOICES
        or not all(_is_words(v, 60) for v in values)
        or len(set(values)) < len(values)
        or given.get("type") != "string"
    ):
        yield f"{here}.enum?"
        return
    if not isinstance(labels, Mapping) or any(not _is_text(labels.get(v)) for v in values):
        yield f"{here}.x-labels?"


def _of_rows(here: str, items: object, *, is_inside: bool) -> Iterator[str]:
    properties = items.get("properties") if isinstance(items, Mapping) else None
    if (
        is_inside
        or not isinstance(items, Mapping)
        or not isinstance(properties, Mapping)
        or not 0 < len(properties) <= 60
    ):
        yield f"{here}.items?"
        return
    yield from (f"{here}.items.{key}?" for key in items if key not in _OF_ROW)
    yield from _required(items, properties, f"{here}.items.")
    for name, each in properties.items():
        yield from _of_question(str(name), each, properties, f"{here}.")


def _of_pages(pages: object, properties: Mapping[str, Any]) -> Iterator[str]:
    if pages is None:
        return
    if not isinstance(pages, list) or not pages:
        yield "x-pages?"
        return
    asked: list[str] = []
    for n, page in enumerate(pages):
        questions = page.get("questions") if isinstance(page, Mapping) else None
        if (
            not isinstance(questions, list)
            or not questions
            or not isinstance(page, Mapping)
            or not _is_text(page.get("title"))
        ):
            yield f"x-pages[{n}]?"
            continue
        asked += [q if isinstance(q, str) else "" for q in questions]
    if sorted(asked) != sorted(map(str, properties)):
        yield "x-pages: each question once"


def _is_words(value: object, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest and not unprintable(value)


def _is_text(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and set(value) == {"zh", "en"}
        and all(_is_words(v, 200) for v in value.values())
    )


def _is_condition(value: object, questions: Mapping[str, Any], asking: str) -> bool:
    """A condition names another question that stands before the one that asks, and values that may be answered to it."""
    if not isinstance(value, Mapping) or set(value) != {"answer", "is"}:
        return False
    names: Sequence[str] = list(questions)
    answer, values = value["answer"], value["is"]
    if not isinstance(answer, str) or answer not in questions or names.index(answer) >= names.index(asking):
        return False
    return isinstance(values, list) and 0 < len(values) <= _MOST_CHOICES and can_be(questions[answer], values)


def can_be(question: object, values: Sequence[object]) -> bool:
    """Whether a question may be answered with each of these values, so that what hangs on them is not hung on nothing."""
    if not isinstance(question, Mapping):
        return False
    match question.get("type"):
        case "boolean":
            return all(type(v) is bool for v in values)
        case "integer" | "number":
            return all(type(v) in (int, float) for v in values)
        case "string":
            choices = question.get("enum", values)
            return isinstance(choices, Sequence) and all(isinstance(v, str) and v in choices for v in values)
    return False
