"""In English every word of the house is English; what people wrote, and the law, stay as they are."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

import yimen
from tests.cast import COUNTY, HERE, hired, signed_in
from tests.domains.services.applying import ALLOWANCE, applied
from tests.faces.console.test_reporting import given
from tests.faces.walking import Opened, walk
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.models import Person
from yimen.site.roles import ROLES

pytestmark = pytest.mark.usefixtures("db")

_HAN = re.compile(r"[\u4e00-\u9fff]")
_MIXED = re.compile(r"[A-Za-z)][：；、，（]|[：；、，）][A-Za-z(]")
"""An English word beside a Chinese mark: a line put together for one language only."""
_VOID = {"br", "hr", "img", "input", "link", "meta", "source", "wbr", "use", "path", "circle", "rect", "line"}
_NOT_READ = {"script", "style", "textarea", "template"}
_SAID_ALOUD = ("aria-label", "title", "alt", "placeholder")


class _Reader(HTMLParser):
    """The words of a page that are not marked as Chinese."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        outside = not self.open or self.open[-1][1]
        is_read = outside and not (said.get("lang") or "").startswith("zh") and tag not in _NOT_READ
        if is_read:
            self.words += [words for name in _SAID_ALOUD if (words := said.get(name))]
        if tag not in _VOID:
            self.open.append((tag, is_read))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1][1]:
            self.words.append(" ".join(data.split()))


def words_of(page: str) -> list[str]:
    """What a page says, text by text."""
    reader = _Reader()
    reader.feed(page)
    return [words for words in reader.words if words]


def _catalogue() -> set[str]:
    """The Chinese wording of the interface, where it is Chinese characters that must have become English."""
    file = Path(yimen.__file__).parent / "locale/en/LC_MESSAGES/django.po"
    with file.open("rb") as opened:
        ids = [m.id if isinstance(m.id, str) else m.id[0] for m in read_po(opened) if m.id]
    return {" ".join(words.split()) for words in ids if _HAN.search(words) and "%" not in words}


def _left(pages: Iterator[Opened], wording: set[str]) -> list[str]:
    return [
        f"{page.address}: {words[:60]}"
        for page in pages
        if page.text
        for words in words_of(page.text)
        if words in wording or _MIXED.search(words)
    ]


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: LazySettings) -> None:
    settings.YIMEN_FILES = tmp_path


@pytest.fixture
def _something_to_see() -> None:
    desk = signed_in(hired("desk", role="command_clerk"))
    assert (
        desk.post(reverse("console:report"), given(text="Rubbish at the bridge", kind="0101")).status_code
        == 302
    )
    applied(ALLOWANCE)


@pytest.mark.usefixtures("_something_to_see")
def test_no_page_says_in_chinese_what_the_interface_can_say_in_english() -> None:
    known: set[tuple[str, bool]] = set()
    wording, left = _catalogue() - set(Person.objects.values_list("name", flat=True)), []
    reader = Client(headers={"host": "localhost"})
    reader.cookies["django_language"] = "en"
    left += _left(walk(reader, ["/"], known), wording)
    for role in ROLES:
        area = HERE if role.code == "window_clerk" else COUNTY
        browser = signed_in(hired(role.code, role=role.code, area=area, only_for_organ=role.is_for_an_organ))
        browser.cookies["django_language"] = "en"
        left += _left(walk(browser, ["/console/", "/field/", "/wall/"], known), wording)
    assert len(known) > 80
    assert left == []


@pytest.mark.usefixtures("_something_to_see")
def test_a_title_names_its_class_or_item_in_the_readers_language() -> None:
    leader = signed_in(hired("leader", role="command_chief"))
    incident = Matter.objects.get(procedure="incident")
    page = reverse("console:matter", args=[incident.id])
    assert f"{incident.title}</h1>" in leader.get(page).content.decode()
    leader.cookies["django_language"] = "en"
    said = leader.get(page).content.decode()
    assert incident.title not in said
    assert ": Rubbish at the bridge</h1>" in said
