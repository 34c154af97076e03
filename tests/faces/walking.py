"""Following the links of pages as a reader does: each kind of page once, wherever it was offered."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape

from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

_LINK = re.compile(r'href="(/[^"#]*|\?[^"#]*)')


@dataclass(frozen=True, slots=True)
class Opened:
    """A page that was opened, and the page that led there."""

    address: str
    offered_on: str
    answer: HttpResponse

    @property
    def text(self) -> str:
        """The page; empty for a file."""
        is_page = "text/html" in self.answer.get("Content-Type", "") and not self.answer.streaming
        return self.answer.content.decode() if is_page else ""


def walk(
    browser: Client, starts: Iterable[str], known: set[tuple[str, bool]] | None = None
) -> Iterator[Opened]:
    """Every kind of page that the starts lead to; a kind is a view with or without a question. `known` are left out, but not
    the starts.
    """
    seen = set() if known is None else known
    waiting = [(start, "") for start in starts]
    while waiting:
        address, offered_on = waiting.pop(0)
        kind = _kind(address)
        if kind is None or (kind in seen and offered_on):
            continue
        seen.add(kind)
        opened = Opened(address, offered_on, browser.get(address, follow=True))
        yield opened
        here = address.partition("?")[0]
        for link in _LINK.findall(opened.text):
            found = unescape(link)
            waiting.append((here + found if found.startswith("?") else found, address))


def _kind(address: str) -> tuple[str, bool] | None:
    path, _, asked = address.partition("?")
    try:
        return resolve(path).view_name, bool(asked)
    except Resolver404:
        return None
