"""Answers to a form, judged question by question: what is asked, what is wrong, and the plain values that are kept.

A value may be typed (text from a page) or plain (JSON from a machine); both come out the same.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from yimen.kernel.forms.identifiers import is_citizen_id, is_credit_code
from yimen.kernel.forms.schema import Form, Question
from yimen.kernel.words import Finding, Refusal, Text, unprintable

_MISSING = Text("请填写“{label}”。", "Please give “{label}”.")
_CHOICE = Text("“{label}”请从给出的选项中选择。", "Please choose “{label}” from the options given.")
_LENGTH = Text("“{label}”是 {least} 到 {most} 个字。", "“{label}” has {least} to {most} characters.")
_NUMBER = Text("“{label}”请填数字。", "“{label}” is a number.")
_WHOLE = Text("“{label}”请填整数。", "“{label}” is a whole number.")
_RANGE = Text(
    "“{label}”不在允许的范围内（{least} 到 {most}）。", "“{label}” is out of range ({least} to {most})."
)
_CONTROL = Text("“{label}”里有不能保存的字符。", "“{label}” contains characters that cannot be kept.")
_SHAPE = Text("“{label}”的格式不对。", "“{label}” is not in the right form.")
_ROWS = Text("“{label}”要有 {least} 到 {most} 行。", "“{label}” has {least} to {most} rows.")
_UNKNOWN = Text("这份表没有“{name}”这一项。", "The form has no question “{name}”.")
_OF_FORMAT = {
    "citizen-id": Text(
        "身份证号码不对，请逐位核对 18 位。", "This identity number is wrong: check its 18 characters."
    ),
    "credit-code": Text(
        "统一社会信用代码不对，请逐位核对 18 位。", "This credit code is wrong: check its 18 characters."
    ),
    "phone": Text("电话号码写成 13800000000 或 0570-1234567。", "Write the number as 13800000000."),
    "date": Text("日期写成 2026-11-23。", "Write the day as 2026-11-23."),
    "email": Text("邮箱地址写成 name@example.cn。", "Write the address as name@example.cn."),
    "place": Text("请从列表中选择村（社区）。", "Choose the village from the list."),
    "money": Text("金额写成 1234.50，最多两位小数。", "Write the sum as 1234.50."),
}
_PHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}[0-9]")
_EMAIL = re.compile(r"[^@\s]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,4}")
_MONEY = re.compile(r"\d{1,12}(\.\d{1,2})?")
_YES, _NO = frozenset({"true", "on", "1", "yes", True}), frozenset({"false", "off", "0", "no", False})


def asked(questions: Iterable[Question], answers: Mapping[str, Any]) -> list[Question]:
    """The questions that the answers so far ask for, typed or plain; one hidden by a condition hides those that hang on it."""
    plain: dict[str, Any] = {}
    found = []
    for question in questions:
        if question.when is None or question.when.holds(plain):
            found.append(question)
            plain[question.name], _wrong = _value(question, answers.get(question.name), question.name)
    return found


def checked(form: Form, given: Mapping[str, Any], *, page: int | None = None) -> dict[str, Any]:
    """The answers as plain values, of the whole form or of one page of it (the rest being known already).

    Answers to questions that are not asked are left out. Refuses with one finding a question, all at once; the field of
    a finding is the question's name, in a row `members.0.name`.
    """
    findings = [
        Finding("form.unknown", _UNKNOWN.fill(name=str(name)[:40]), field=str(name)[:60])
        for name in given
        if name not in form.questions
    ]
    # A condition compares plain values, so what is typed is made plain in the form's order before it is looked at.
    plain: dict[str, Any] = {}
    wanted = set(form.questions) if page is None else set(form.pages[page].questions)
    for question in form.questions.values():
        if question.when is not None and not question.when.holds(plain):
            continue
        value, wrong = _value(question, given.get(question.name), question.name)
        if question.name in wanted:
            findings += wrong
        if value is not None and not wrong:
            plain[question.name] = value
    if findings:
        raise Refusal(*findings)
    return {name: value for name, value in plain.items() if name in wanted}


def _wrong(code: str, sentence: Text, question: Question, path: str, **words: object) -> list[Finding]:
    return [Finding(f"form.{code}", sentence.fill(label=question.label, **words), field=path)]


def _value(question: Question, raw: Any, path: str) -> tuple[Any, list[Finding]]:
    """A question's plain value (None when there is none) and what is wrong with it."""
    match question.kind:
        case "array":
            return _rows(question, raw, path)
        case "boolean":
            return _yes_or_no(question, raw, path)
        case "integer" | "number":
            return _number(question, raw, path)
    return _words(question, raw, path)


def _nothing(question: Question, path: str) -> tuple[None, list[Finding]]:
    return None, _wrong("missing", _MISSING, question, path) if question.is_required else []


def _yes_or_no(question: Question, raw: Any, path: str) -> tuple[Any, list[Finding]]:
    if raw is None or raw == "":
        return _nothing(question, path)
    if isinstance(raw, str | bool) and raw in _YES:
        return True, []
    if isinstance(raw, str | bool) and raw in _NO:
        return False, []
    return None, _wrong("shape", _SHAPE, question, path)


def _number(question: Question, raw: Any, path: str) -> tuple[Any, list[Finding]]:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return _nothing(question, path)
    text = str(raw).strip() if isinstance(raw, str | int | float) and not isinstance(raw, bool) else "?"
    if not re.fullmatch(r"-?\d{1,13}(\.\d{1,6})?", text):
        return None, _wrong("number", _NUMBER, question, path)
    if question.kind == "integer" and not re.fullmatch(r"-?\d+", text):
        return None, _wrong("whole", _WHOLE, question, path)
    number = float(text) if "." in text else int(text)
    least, most = question.least, question.most
    if (least is not None and number < least) or (most is not None and number > most):
        shown = {
            "least": "…" if least is None else f"{least:g}",
            "most": "…" if most is None else f"{most:g}",
        }
        return None, _wrong("range", _RANGE, question, path, **shown)
    return number, []


def _words(question: Question, raw: Any, path: str) -> tuple[Any, list[Finding]]:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return _nothing(question, path)
    if not isinstance(raw, str):
        return None, _wrong("shape", _SHAPE, question, path)
    text = raw.strip().replace("\r\n", "\n")
    if question.choices:
        known = {value for value, _ in question.choices}
        return (text, []) if text in known else (None, _wrong("choice", _CHOICE, question, path))
    if not question.shortest <= len(text) <= question.longest:
        return None, _wrong("length", _LENGTH, question, path, least=question.shortest, most=question.longest)
    if unprintable(text):
        return None, _wrong("control", _CONTROL, question, path)
    if question.format in ("citizen-id", "credit-code"):
        text = text.upper()
    if question.format and not _fits(question.format, text):
        return None, [Finding("form.format", _OF_FORMAT[question.format], field=path)]
    if question.pattern and not re.fullmatch(question.pattern, text):
        return None, _wrong("shape", _SHAPE, question, path)
    return text, []


def _fits(format: str, text: str) -> bool:
    match format:
        case "citizen-id":
            return is_citizen_id(text)
        case "credit-code":
            return is_credit_code(text)
        case "date":
            return _is_day(text)
        case "phone":
            return _PHONE.fullmatch(text) is not None
        case "email":
            return len(text) <= 254 and _EMAIL.fullmatch(text) is not None
        case "money":
            return _MONEY.fullmatch(text) is not None
    return re.fullmatch(r"\d{12}", text) is not None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _rows(question: Question, raw: Any, path: str) -> tuple[Any, list[Finding]]:
    given: Sequence[Any] = raw if isinstance(raw, list | tuple) else []
    if raw is not None and not isinstance(raw, list | tuple):
        return None, _wrong("shape", _SHAPE, question, path)
    rows = [
        r for r in given if not isinstance(r, Mapping) or any(v not in (None, "", []) for v in r.values())
    ]
    fewest = max(question.fewest_rows, 1 if question.is_required else 0)
    if fewest and not rows:
        return None, _wrong("missing", _MISSING, question, path)
    if not fewest <= len(rows) <= question.most_rows:
        return None, _wrong("rows", _ROWS, question, path, least=fewest, most=question.most_rows)
    kept: list[dict[str, Any]] = []
    wrong: list[Finding] = []
    for n, row in enumerate(rows):
        if not isinstance(row, Mapping):
            wrong += _wrong("shape", _SHAPE, question, f"{path}.{n}")
            continue
        plain: dict[str, Any] = {}
        for inner in question.rows:
            if inner.when is not None and not inner.when.holds(plain):
                continue
            value, found = _value(inner, row.get(inner.name), f"{path}.{n}.{inner.name}")
            wrong += found
            if value is not None and not found:
                plain[inner.name] = value
        kept.append(plain)
    return (kept or None), wrong
