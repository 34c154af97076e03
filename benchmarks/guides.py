"""Finding a guide by everyday words: every word people are known to say, in a catalogue of full size, and the page that answers."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from urllib.parse import quote

from django.test import Client

from benchmarks.figures import Figure, p95, times
from benchmarks.ground import Ground
from yimen.domains.catalogue.api import in_force
from yimen.domains.catalogue.search import Search, read_synonyms

_AIM = 30.0
_FULL = 300
"""About as many items as a township offers."""


def measure(here: Ground, repeat: int) -> Iterator[Figure]:
    """p95 of the search alone among 300 items, and of the whole page in this process."""
    held = list(in_force().items.values())
    many = [replace(held[n % len(held)], code=f"3399{n:08d}") for n in range(_FULL)]
    words = [said for synonym in read_synonyms() for said in synonym.says]
    asked, search = cycle(words), Search(many, read_synonyms())
    alone = times(lambda: search.find(next(asked)), max(len(words), repeat))
    yield Figure("guide search", p95(alone), "ms p95", _AIM, "the aim", _FULL, f"{len(words)} everyday words")
    browser = Client(headers={"host": "localhost"})
    paths = cycle([f"/services/?q={quote(word)}" for word in words[:: max(1, len(words) // repeat)]])
    whole = times(lambda: _answered(browser, next(paths)), repeat)
    yield Figure("guide search, the page", p95(whole), "ms p95", _AIM, "the aim", len(held))
    guides = cycle([f"/services/{item.code}/" for item in held])
    page = times(lambda: _answered(browser, next(guides)), repeat)
    yield Figure("guide", p95(page), "ms p95", _AIM, "the aim", len(held))


def _answered(browser: Client, path: str) -> None:
    answer = browser.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
