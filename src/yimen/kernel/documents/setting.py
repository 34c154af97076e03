"""Documents set as A4 pages: after GB/T 9704, with embedded Chinese type, tagged, as PDF/A-2a for long keeping.

The type is Noto Serif SC, full; a county that is licensed for 仿宋, or whose people have rarer characters in their names, puts the
files into `YIMEN_FONTS` and names the family in `YIMEN_DOCUMENT_FONT`. A character that no type has is set as 〓, as printers
do: one letter that cannot be printed must not keep somebody's paper from being made.
"""

import io
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import pylopdf_fonts_zh_cn
import segno
import typst
from django.conf import settings

from yimen.kernel.documents.document import Block, Document, Listing, Paragraph, Rows
from yimen.kernel.words import Text

_PAGE = Path(__file__).with_name("document.typ")
_SEAL = Path(__file__).with_name("seal_picture.typ")
_LETTER = Path(__file__).with_name("letter.typ")
_NO_TYPE = "〓"
_DRAFT = Text("预览", "DRAFT")
_TRANSLATION = Text("", "TRANSLATION")
_kept = threading.local()


@dataclass(frozen=True, slots=True)
class Face:
    """What stands beside the text: whose document, its number, the seal and where it is checked; empty in a draft."""

    organ: Text
    number: str = ""
    seal_words: str = ""
    seal_purpose: str = ""
    check_code: str = ""
    check_address: str = ""


def set_pages(document: Document, face: Face, language: str = "zh-hans") -> bytes:
    """The PDF of a document. Without a check code it is marked as a draft; in English as a translation, without the seal."""
    is_english = language.startswith("en")
    words = {
        "title": document.title.in_language(language),
        "organ": face.organ.in_language(language),
        "number": face.number,
        "to": document.to,
        "colon": ": " if is_english else "：",
        "body": [_words(block, language) for block in document.body],
        "day": f"{document.on:%-d %B %Y}" if is_english else f"{document.on:%Y年%-m月%-d日}",
        "seal": None if is_english or not face.check_code else {"name": face.seal_words, "purpose": face.seal_purpose},
        "mark": str((_TRANSLATION if face.check_code else _DRAFT).in_language(language)),
        "qr": _square(face.check_address) if face.check_code else "",
        "check-at": face.check_address,
        "check": _check(face, language),
        "language": "en" if is_english else "zh",
        "font": settings.YIMEN_DOCUMENT_FONT,
    }  # fmt: skip
    try:
        return _pdf(_PAGE, "document", words)
    except typst.TypstError:
        return _pdf(_PAGE, "document", _settable(words))


def _pdf(template: Path, name: str, given: Any) -> bytes:
    made: bytes = _compiler(template).compile(
        format="pdf", sys_inputs={name: orjson.dumps(given).decode()}, pdf_standards=["a-2a"]
    )
    return made


def _settable(words: Any) -> Any:
    """The same words, 〓 for each character that cannot be set."""
    match words:
        case str():
            return "".join(
                c if c.isspace() or _has_type(c, settings.YIMEN_DOCUMENT_FONT) else _NO_TYPE for c in words
            )
        case list():
            return [_settable(each) for each in words]
        case dict():
            return {name: _settable(each) for name, each in words.items()}
    return words


@lru_cache(maxsize=4096)
def _has_type(character: str, font: str) -> bool:
    """Whether a character can be set in the font or in one that stands in for it: only setting it tells."""
    try:
        _pdf(_LETTER, "letter", {"letters": f"1{character}1", "font": font})
    except typst.TypstError:
        return False
    return True


def seal_picture(words: str, purpose: str) -> bytes:
    """A seal as SVG."""
    seal = {"name": words, "purpose": purpose, "font": settings.YIMEN_DOCUMENT_FONT}
    made: bytes = _compiler(_SEAL).compile(format="svg", sys_inputs={"seal": orjson.dumps(seal).decode()})
    return made


def _compiler(template: Path) -> Any:
    """One compiler a thread and template: it holds the type in memory, and is not shared."""
    compilers: dict[Path, Any] = _kept.__dict__.setdefault("compilers", {})
    if template not in compilers:
        fonts = [str(pylopdf_fonts_zh_cn.serif_path().parent)]
        if settings.YIMEN_FONTS:
            fonts.append(str(settings.YIMEN_FONTS))
        compilers[template] = typst.Compiler(str(template), font_paths=fonts, ignore_system_fonts=True)
    return compilers[template]


def _words(block: Block, language: str) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": "paragraph", "words": block.words.in_language(language)}
        case Listing():
            return {"kind": "list", "words": [w.in_language(language) for w in block.words]}
        case Rows():
            return {"kind": "rows", "rows": [[t.in_language(language) for t in row] for row in block.rows]}


def _square(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", border=1, xmldecl=False)
    return out.getvalue().decode()


def _check(face: Face, language: str) -> str:
    if not face.check_code:
        return ""
    return (
        Text("扫码查验真伪\n查验码\n{code}", "Scan to verify\nCheck code\n{code}")
        .fill(code=face.check_code)
        .in_language(language)
    )
