"""Laying the columns of somebody's table on the fields of what is imported. Pure."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yimen.kernel.calendar.today import LOCAL_ZONE
from yimen.kernel.words import Finding, Text

_ALIKE = 0.75
_MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]*(\d{1,2})[:时](\d{1,2})分?(?::?(\d{1,2})(?:\.\d+)?秒?)?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Target:
    """A field to be filled: `aliases` are headings other systems use for it; `is_coded` when its values are codes
    of ours, so that another system's words need a translation; `needed_with` is a field that cannot be understood
    without this one.
    """

    code: str
    label: Text
    is_required: bool = False
    aliases: tuple[str, ...] = ()
    is_coded: bool = False
    example: str = ""
    needed_with: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which heading fills which field, what another system's values mean, and what holds for the whole file."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "columns": dict(self.columns),
            "values": {k: dict(v) for k, v in self.values.items()},
            "settings": dict(self.settings),
        }

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> "Plan":
        """From JSON; what is not there is empty."""
        return cls(plain.get("columns", {}), plain.get("values", {}), plain.get("settings", {}))

    def laid(self, cells: Mapping[str, str]) -> dict[str, str]:
        """A row's cells as field → text, translated where a translation is known."""
        given = {code: cells.get(heading, "") for code, heading in self.columns.items()}
        for code, meanings in self.values.items():
            if (text := given.get(code, "")) in meanings:
                given[code] = meanings[text]
        return given


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row: in which field, in words, and the value when it wants a translation."""

    row: int
    field: str
    finding: Finding
    unknown: str = ""


def suggested(targets: Sequence[Target], headings: Sequence[str]) -> dict[str, str]:
    """The likeliest heading for each field; none is used twice."""
    free = list(headings)
    found: dict[str, str] = {}
    for target in targets:
        names = [_bare(n) for n in (target.label.zh, target.label.en, target.code, *target.aliases)]
        exact = next((h for h in free if _bare(h) in names), None)
        near = exact or next(
            (
                h
                for h in free
                if max(difflib.SequenceMatcher(None, _bare(h), n).ratio() for n in names) >= _ALIKE
            ),
            None,
        )
        if near:
            found[target.code] = near
            free.remove(near)
    return found


def _bare(heading: str) -> str:
    return "".join(c for c in heading.casefold() if c.isalnum())


def moment(text: str) -> datetime | None:
    """A date or instant as offices write it, in local time; None when it is neither."""
    found = _MOMENT.fullmatch(text.strip()) or _COMPACT.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=LOCAL_ZONE)
    except ValueError:
        return None
