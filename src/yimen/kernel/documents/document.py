"""An official document as data, in both languages: what is kept, what is set as a page, and what a test compares."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yimen.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    words: Text


@dataclass(frozen=True, slots=True)
class Listing:
    """Numbered paragraphs, such as defects or materials."""

    words: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of two columns: what, and its value."""

    rows: tuple[tuple[Text, Text], ...]


Block = Paragraph | Listing | Rows


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says. `word` is the kind's part of its number (受理, 准许 …); `to` is whom it addresses, may be empty.

    `holder` is whom a check names, as anybody may read it. `on` is the day it bears.
    """

    title: Text
    word: str
    to: str
    body: tuple[Block, ...]
    on: date
    holder: str = ""


def said(words: str) -> Text:
    """Words that somebody typed: the same in both languages."""
    return Text(words, words)


def data_of(document: Document) -> dict[str, Any]:
    """The document as it is kept: plain data for JSON."""
    return {
        "title": document.title._asdict(),
        "word": document.word,
        "to": document.to,
        "on": document.on.isoformat(),
        "holder": document.holder,
        "body": [_block_data(block) for block in document.body],
    }


def _block_data(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": "paragraph", "words": block.words._asdict()}
        case Listing():
            return {"kind": "list", "words": [w._asdict() for w in block.words]}
        case Rows():
            return {"kind": "rows", "rows": [[a._asdict(), b._asdict()] for a, b in block.rows]}


def document_from(data: Mapping[str, Any]) -> Document:
    """The document that `data_of` kept."""
    return Document(
        title=Text(**data["title"]),
        word=data["word"],
        to=data["to"],
        on=date.fromisoformat(data["on"]),
        holder=data["holder"],
        body=tuple(_block_from(block) for block in data["body"]),
    )


def _block_from(data: Mapping[str, Any]) -> Block:
    match data["kind"]:
        case "paragraph":
            return Paragraph(Text(**data["words"]))
        case "list":
            return Listing(tuple(Text(**w) for w in data["words"]))
    return Rows(tuple((Text(**a), Text(**b)) for a, b in data["rows"]))
