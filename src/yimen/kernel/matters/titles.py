"""Titles in the reader's language.

A title is kept in Chinese: the name of a class, item or task, then what somebody wrote. The names are known in both
languages; each field says which of them its titles begin with.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from django.utils.translation import get_language

from yimen.kernel.words import Text


class Titled(Protocol):
    """What a title's words are found by."""

    procedure: str
    kind: str
    title: str
    facts: dict[str, Any]


Namer = Callable[[Titled], Iterable[Text | None]]
"""The names that a matter's title holds, in both languages."""

_NAMERS: dict[str, Namer] = {}


def name_titles(procedure: str, names: Namer) -> None:
    """Say which names stand in a procedure's titles; for an app's `ready`."""
    _NAMERS[procedure] = names


def titled(matter: Titled) -> str:
    """The title in the reader's language: in English the names in English, the rest as it was written."""
    names = _NAMERS.get(matter.procedure)
    if names is None or not (get_language() or "").startswith("en"):
        return matter.title
    said = matter.title
    for name in names(matter):
        if name is not None:
            said = said.replace(name.zh, name.en, 1)
    return said
