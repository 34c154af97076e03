"""Finding Chinese text fast: every pair of neighbouring characters is a number kept under a GIN index.

A trigram index needs seconds for a two-character word in a million texts; pairs answer in milliseconds.
Hits are verified against the text, since a matter may hold both pairs of a word apart from each other.
"""

import re
import unicodedata
from struct import unpack_from

_RUN = re.compile(r"[^\W_]+")
_BETWEEN = ord(" ")
"""The blank between two runs, which no pair reaches over."""


def _runs(text: str) -> list[str]:
    """Letters, digits and ideographs, casefolded, in runs without spaces or punctuation between."""
    return _RUN.findall(unicodedata.normalize("NFKC", text).casefold())


def folded(*texts: str) -> str:
    """The texts as they are compared: full and half width, upper and lower case alike, runs apart by a blank."""
    return " ".join(_runs(" ".join(texts)))


def terms(*texts: str) -> list[int]:
    """The sorted pair codes of the texts: two UTF-16 units as one signed 32-bit number (PostgreSQL's integer)."""
    return terms_of(folded(*texts))


def terms_of(text: str) -> list[int]:
    """The pair codes of a text that is folded already."""
    units = " ".join({*text.split(" ")}).encode("utf-16-be", "surrogatepass")
    even, odd = len(units) // 4, max(len(units) - 2, 0) // 4
    pairs = {*unpack_from(f">{even}i", units), *unpack_from(f">{odd}i", units, min(2, len(units)))}
    return sorted([pair for pair in pairs if pair & 0xFFFF != _BETWEEN != pair >> 16])


def words(query: str) -> list[str]:
    """The runs of a query of two characters or more, each to be found in the folded text."""
    return [run for run in _runs(query) if len(run) > 1]
