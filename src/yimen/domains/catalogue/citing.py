"""How what an item rests on is cited: each law once, with its articles, in both languages."""

import re
from collections.abc import Iterable

from yimen.domains.catalogue.item import Basis
from yimen.kernel.words import Text

_NUMBERED = re.compile(r"(.+?)(（[^（）]*号）)")
_ARTICLE = re.compile(r"第([一二三四五六七八九十百零〇\d]+)(条|款|项)")
_PARTS = {"条": "Article", "款": "paragraph", "项": "item"}
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0}


def titled(law: str) -> str:
    """A law's title in its brackets; the number of a document stands after them: 《某办法》（某发〔2021〕57号）."""
    numbered = _NUMBERED.fullmatch(law)
    return f"《{numbered[1]}》{numbered[2]}" if numbered else f"《{law}》"


def article_in_english(article: str) -> str:
    """第三十二条第一款 as Article 32 paragraph 1; what is written otherwise stays."""
    said = _ARTICLE.sub(lambda part: f"{_PARTS[part[2]]} {_number(part[1])} ", article)
    return said.replace(" 、", ", ").replace("、", ", ").strip()


def _number(words: str) -> int:
    if words.isdecimal():
        return int(words)
    total = unit = 0
    for c in words:
        if c in ("十", "百"):
            total += (unit or 1) * (10 if c == "十" else 100)
            unit = 0
        else:
            unit = _DIGITS[c]
    return total + unit


def cited(bases: Iterable[Basis]) -> Text:
    """All that something rests on."""
    articles: dict[Text, list[str]] = {}
    for basis in bases:
        articles.setdefault(basis.law, []).extend([basis.article] if basis.article else [])
    zh = "；".join(titled(law.zh) + "、".join(of_law) for law, of_law in articles.items())
    en = "; ".join(", ".join([law.en, *map(article_in_english, of_law)]) for law, of_law in articles.items())
    return Text(zh, en)
