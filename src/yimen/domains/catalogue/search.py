"""Finding an item by the words people use: "盖房子" finds the homestead. Pure, held in memory.

A word counts by its length and by how few items share it. Synonyms are data (`data/synonyms.json`): what people say,
and the words of the catalogue, or the codes of the items, that are meant.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson

from yimen.domains.catalogue.item import Item
from yimen.kernel.matters.search import folded

_FILE = Path(__file__).parent / "data" / "synonyms.json"
_WHOLE, _EXACT, _KEYWORD, _MEANT, _PAIR, _SUMMARY = 1000.0, 12.0, 4.0, 5.0, 1.0, 0.25
_LENGTH_COUNTS = 1.2
_ENOUGH = 0.2
"""What scores less than this part of the best is not shown."""


@dataclass(frozen=True, slots=True)
class Synonym:
    """What people say, and the catalogue's words or codes that are meant."""

    says: tuple[str, ...]
    means: tuple[str, ...]


@cache
def read_synonyms() -> tuple[Synonym, ...]:
    """The synonyms of the data file, folded."""
    rows = orjson.loads(_FILE.read_bytes())
    return tuple(Synonym(tuple(map(folded, r["says"])), tuple(map(folded, r["means"]))) for r in rows)


class Search:
    """An index over items; `find` gives the likeliest first."""

    def __init__(self, items: Sequence[Item], synonyms: Sequence[Synonym]) -> None:
        self._items = {i.code: i for i in items}
        self._names = {i.code: (folded(i.name.zh), folded(i.name.en)) for i in items}
        self._keywords: dict[str, set[str]] = defaultdict(set)
        self._pairs: dict[str, Counter[str]] = defaultdict(Counter)
        for each in items:
            for word in (folded(k) for k in each.keywords):
                self._keywords[word].add(each.code)
            for text, weight in (
                (each.name.zh, 4),
                (each.name.en, 4),
                (each.summary.zh, 1),
                (each.summary.en, 1),
            ):
                for piece in _pieces(folded(text)):
                    self._pairs[piece][each.code] = max(self._pairs[piece][each.code], weight)
        self._said = [(said, self._meant(s.means)) for s in synonyms for said in s.says]

    def _meant(self, means: Sequence[str]) -> set[str]:
        codes = {m for m in means if m in self._items}
        for word in means:
            codes |= self._keywords.get(word, set())
            codes |= {code for code, names in self._names.items() if any(word in n for n in names)}
        return codes

    def find(self, text: str, most: int = 10) -> list[Item]:
        """The items that the words speak of, the likeliest first; none for words that mean nothing here."""
        query = folded(text).strip()
        if not query:
            return []
        score: dict[str, float] = defaultdict(float)
        for code, names in self._names.items():
            if query in names:
                score[code] += _WHOLE
            elif any(query in name for name in names):
                score[code] += _EXACT
        for word, codes in self._keywords.items():
            if word in query or (len(query) > 1 and query in word):
                self._add(score, codes, _KEYWORD * min(len(word), len(query)) ** _LENGTH_COUNTS)
        for said, codes in self._said:
            if codes and said in query:
                self._add(score, codes, _MEANT * len(said) ** _LENGTH_COUNTS)
        for piece in _pieces(query):
            found = self._pairs.get(piece)
            for code, weight in (found or {}).items():
                score[code] += weight * (_PAIR if weight > 1 else _SUMMARY) / len(found or {})
        if not score:
            return []
        floor = min(max(score.values()), _WHOLE / 50) * _ENOUGH
        ranked = sorted(score.items(), key=lambda each: (-each[1], each[0]))
        return [self._items[code] for code, points in ranked if points >= floor and points >= 1][:most]

    def _add(self, score: dict[str, float], codes: set[str], points: float) -> None:
        for code in codes:
            score[code] += points / len(codes) ** 0.5


def _pieces(text: str) -> set[str]:
    """Pairs of Chinese characters, whole words of letters."""
    found = set()
    for run in text.split():
        if run.isascii():
            if len(run) > 2:
                found.add(run)
        else:
            found |= {run[n : n + 2] for n in range(len(run) - 1)}
    return found
