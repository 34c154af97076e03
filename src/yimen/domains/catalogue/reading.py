"""Item documents: JSON as an official edits it, read into an `Item` and written back; what is wrong is named, all of it.

The keys are the names of `Item`. Words are `{"zh": …, "en": …}`, a period is `[20, "working_days"]`, days are ISO.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from orjson import loads

from yimen.domains.catalogue.item import Item, Period
from yimen.domains.catalogue.rules import faults
from yimen.kernel.words import Finding, Refusal, Text, unprintable

_LONGEST = 2000
_MISSING = Text("缺少“{path}”。", "“{path}” is missing.")
_UNKNOWN = Text("不认识“{path}”这一项。", "“{path}” is not a field of an item.")
_SHAPE = Text("“{path}”应当是{kind}。", "“{path}” should be {kind}.")
_CONTROL = Text(
    "“{path}”含有不能保存的字符，或超过 {most} 字。", "“{path}” has characters that cannot be kept, or over {most} of them."
)  # fmt: skip
_WORDS = Text("{“zh”: 中文, “en”: 英文}", "{“zh”: Chinese, “en”: English}")
_PERIOD = Text("[数字, 单位]", "[number, unit]")
_KINDS: Mapping[type, Text] = {
    str: Text("文字", "text"),
    int: Text("整数", "a whole number"),
    bool: Text("是或否（true、false）", "true or false"),
    date: Text("日期（2026-01-01）", "a day (2026-01-01)"),
}


class _Wrong(Exception):
    """What is wrong with one place of a document."""

    def __init__(self, sentence: Text, path: str, **words: object) -> None:
        self.finding = Finding("item.shape", sentence.fill(path=path or "item", **words), field=path)


def read_item(document: object) -> Item:
    """The item that a document describes. Refuses what is missing, misshapen or unlawful, every fault at once."""
    found = _shaped(document)
    if unlawful := faults(found):
        raise Refusal(*unlawful)
    return found


def _shaped(document: object) -> Item:
    """The item, whatever it says; refuses what is missing or misshapen."""
    wrong: list[Finding] = []
    found: Item | None = _dataclass(Item, document, "", wrong)
    if found is None or wrong:
        raise Refusal(*wrong)
    return found


@lru_cache(maxsize=2048)
def read_kept(text: str) -> Item:
    """An item from the text that the register keeps; read once, since what was published never changes. It was judged by the
    rules of its day and is not judged again."""
    return _shaped(loads(text))


def document_of(item: Item) -> dict[str, Any]:
    """The document of an item, as `read_item` reads it."""
    return {name: _plain(getattr(item, name)) for name in (f.name for f in fields(Item))}


def _plain(value: Any) -> Any:
    match value:
        case Text():
            return value._asdict()
        case Period():
            return [value.number, value.unit]
        case StrEnum():
            return value.value
        case date():
            return value.isoformat()
        case tuple() | list():
            return [_plain(each) for each in value]
        case Mapping():
            return {key: _plain(each) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _dataclass(kind: type, document: object, path: str, wrong: list[Finding]) -> Any:
    """A dataclass read field by field; None, with the faults noted, when it cannot be made."""
    if not isinstance(document, Mapping):
        wrong.append(_Wrong(_SHAPE, path, kind=Text("{ … }", "{ … }")).finding)
        return None
    declared = {f.name: f for f in fields(kind)}
    before = len(wrong)
    wrong += [
        _Wrong(_UNKNOWN, _under(path, str(key)[:40])).finding for key in document if key not in declared
    ]
    values: dict[str, Any] = {}
    for name, field in declared.items():
        if name not in document:
            if _is_required(field):
                wrong.append(_Wrong(_MISSING, _under(path, name)).finding)
            continue
        try:
            values[name] = _value(_hints(kind)[name], document[name], _under(path, name), wrong)
        except _Wrong as found:
            wrong.append(found.finding)
    return kind(**values) if len(wrong) == before else None


def _is_required(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _value(hint: Any, raw: object, path: str, wrong: list[Finding]) -> Any:
    """One value of the declared type; raises `_Wrong`, or notes the faults of what lies inside it."""
    if isinstance(hint, UnionType):
        inner = next(a for a in get_args(hint) if a is not NoneType)
        return None if raw is None else _value(inner, raw, path, wrong)
    if get_origin(hint) is tuple:
        if not isinstance(raw, Sequence) or isinstance(raw, str):
            raise _Wrong(_SHAPE, path, kind=Text("列表 [ … ]", "a list [ … ]"))
        (inner, _) = get_args(hint)
        return tuple(_value(inner, each, f"{path}[{n}]", wrong) for n, each in enumerate(raw))
    if get_origin(hint) is not None:
        if not isinstance(raw, Mapping):
            raise _Wrong(_SHAPE, path, kind=Text("{ … }", "{ … }"))
        return raw
    return _single(hint, raw, path, wrong)


def _single(hint: Any, raw: object, path: str, wrong: list[Finding]) -> Any:
    if hint is Text:
        if not isinstance(raw, Mapping) or set(raw) != {"zh", "en"}:
            raise _Wrong(_SHAPE, path, kind=_WORDS)
        return Text(_words(raw["zh"], f"{path}.zh"), _words(raw["en"], f"{path}.en"))
    if hint is Period:
        if (
            not isinstance(raw, Sequence)
            or len(raw) != 2
            or type(raw[0]) is not int
            or not isinstance(raw[1], str)
        ):
            raise _Wrong(_SHAPE, path, kind=_PERIOD)
        return Period(raw[0], raw[1])
    if isinstance(hint, type) and is_dataclass(hint):
        return _dataclass(hint, raw, path, wrong)
    if issubclass(hint, StrEnum):
        if not isinstance(raw, str) or raw not in set(hint):
            choices = "、".join(hint)
            raise _Wrong(_SHAPE, path, kind=Text(f"以下之一：{choices}", "one of: " + ", ".join(hint)))
        return hint(raw)
    if hint is date:
        return _day(raw, path)
    if hint is str:
        return _words(raw, path, may_be_empty=True)
    if type(raw) is not hint:
        raise _Wrong(_SHAPE, path, kind=_KINDS[hint])
    return raw


def _words(raw: object, path: str, *, may_be_empty: bool = False) -> str:
    if not isinstance(raw, str):
        raise _Wrong(_SHAPE, path, kind=_KINDS[str])
    if not raw.strip() and not may_be_empty:
        raise _Wrong(_MISSING, path)
    if len(raw) > _LONGEST or unprintable(raw):
        raise _Wrong(_CONTROL, path, most=_LONGEST)
    return raw.strip()


def _day(raw: object, path: str) -> date:
    try:
        return date.fromisoformat(raw) if isinstance(raw, str) else _refuse_day(path)
    except ValueError:
        return _refuse_day(path)


def _refuse_day(path: str) -> date:
    raise _Wrong(_SHAPE, path, kind=_KINDS[date])
