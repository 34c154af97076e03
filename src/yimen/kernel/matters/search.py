"""Finding Chinese text fast: every pair of neighbouring characters is a number kept under a GIN index.

A trigram index needs seconds for a two-character word in a million texts; pairs answer in milliseconds.
Hits are verified against the text, since a matter may hold both pairs of a word apart from each other.
"""

import re
import unicodedata
from itertools import pairwise

_RUN = re.compile(r"[^\W_]+")
_BETWEEN = -1
"""Stands for the blank between two runs, which no pair reaches over."""


def _runs(text: str) -> list[str]:
    """Letters, digits and ideographs, casefolded, in runs without spaces or punctuation between."""
    return _RUN.findall(unicodedata.normalize("NFKC", text).casefold())


def folded(*texts: str) -> str:
    """The texts as they are compared: full and half width, upper and lower case alike, runs apart by a blank."""
    return " ".join(_runs(" ".join(texts)))


def terms(*texts: str) -> list[int]:
    """The sorted pair codes of the texts: two characters as one signed 32-bit number (PostgreSQL's integer)."""
    return terms_of(folded(*texts))


def terms_of(text: str) -> list[int]:
    """The pair codes of a text that is folded already."""
    numbers = [_BETWEEN if c == " " else ord(c) & 0xFFFF for c in text]
    codes = {a << 16 | b for a, b in pairwise(numbers) if a != _BETWEEN and b != _BETWEEN}
    return sorted(code - (1 << 32) if code >= 1 << 31 else code for code in codes)


def words(query: str) -> list[str]:
    """The runs of a query of two characters or more, each to be found in the folded text."""
    return [run for run in _runs(query) if len(run) > 1]
