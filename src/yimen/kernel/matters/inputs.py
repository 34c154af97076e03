"""What a person typed into a step, checked for shape against the step's declared fields. Pure.

Only shape is judged here (is it there, is it a date, is it too long); whether it is lawful is for guards.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from yimen.kernel.procedure.language import MOST_NUMBER, Field, Step
from yimen.kernel.words import Finding, Refusal, Text, unprintable

_MISSING = Text("请填写“{label}”。", "Please give “{label}”.")
_TOO_LONG = Text("“{label}”最多 {most} 个字。", "“{label}” may have at most {most} characters.")
_CONTROL = Text("“{label}”里有不能保存的字符。", "“{label}” contains characters that cannot be kept.")
_CHOICE = Text("“{label}”请从给出的选项中选择。", "Please choose “{label}” from the options given.")
_SHAPE = Text("“{label}”的格式不对。", "“{label}” is not in the right form.")
_UNKNOWN = Text("这一步没有“{name}”这一栏。", "This step has no field “{name}”.")


def checked(step: Step, given: Mapping[str, object]) -> dict[str, Any]:
    """The input as plain JSON values; refuses with one finding a field, all of them at once."""
    declared = {f.code: f for f in step.fields}
    findings = [
        Finding("input.unknown", _UNKNOWN.fill(name=name[:40]), field=name)
        for name in given
        if name not in declared
    ]
    values: dict[str, Any] = {}
    for field in step.fields:
        raw = given.get(field.code)
        if raw is None or (isinstance(raw, str) and not raw.strip()) or raw in ([], ()):
            if field.required:
                findings.append(_finding("input.missing", _MISSING, field))
            continue
        try:
            values[field.code] = _value(field, raw)
        except _BadShape as bad:
            findings.append(_finding(bad.code, bad.text, field))
        except (ValueError, TypeError, AttributeError, OverflowError):
            findings.append(_finding("input.shape", _SHAPE, field))
    if findings:
        raise Refusal(*findings)
    return values


class _BadShape(Exception):
    def __init__(self, code: str, text: Text) -> None:
        self.code, self.text = code, text


def _finding(code: str, text: Text, field: Field) -> Finding:
    return Finding(code, text.fill(label=field.label, most=field.max_length), field=field.code)


def _text(field: Field, raw: object) -> str:
    if not isinstance(raw, str):
        raise TypeError
    text = raw.strip().replace("\r\n", "\n")
    if len(text) > field.max_length:
        raise _BadShape("input.too_long", _TOO_LONG)
    if unprintable(text):
        raise _BadShape("input.control", _CONTROL)
    return text


def _value(field: Field, raw: object) -> Any:
    match field.kind:
        case "choice":
            text = _text(field, raw)
            if text not in {code for code, _ in field.choices}:
                raise _BadShape("input.choice", _CHOICE)
            return text
        case "person" | "matter":
            return str(UUID(str(raw)))
        case "files":
            if not isinstance(raw, list | tuple):
                raise TypeError
            return [str(UUID(str(each))) for each in raw]
        case "date":
            return date.fromisoformat(str(raw)).isoformat()
        case "number":
            number = int(str(raw))
            if not 0 < number <= MOST_NUMBER:
                raise ValueError
            return number
        case "bool":
            return raw in (True, "true", "on", "1", "yes")
        case "point":
            if not isinstance(raw, Mapping):
                raise TypeError
            lng, lat = float(raw["lng"]), float(raw["lat"])
            if not (-180 <= lng <= 180 and -90 <= lat <= 90):
                raise ValueError
            return {"lng": lng, "lat": lat}
        case _:
            return _text(field, raw)
