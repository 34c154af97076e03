"""Life events (一件事): several items that people need together, applied for with one set of answers."""

from collections.abc import Container
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import orjson

from yimen.kernel.words import Text

_FILE = Path(__file__).parent / "data" / "bundles.json"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A life event: its name, what it is about, the words people use for it, and the codes of its items in order."""

    code: str
    name: Text
    summary: Text
    keywords: tuple[str, ...]
    items: tuple[str, ...]

    def among(self, offered: Container[str]) -> "Bundle":
        """The same life event with the items that are offered."""
        return replace(self, items=tuple(code for code in self.items if code in offered))


@cache
def read_bundles() -> tuple[Bundle, ...]:
    """The life events of the data file, in its order."""
    return tuple(
        Bundle(r["code"], Text(**r["name"]), Text(**r["summary"]), tuple(r["keywords"]), tuple(r["items"]))
        for r in orjson.loads(_FILE.read_bytes())
    )
