"""How the values of an item's document are written in the cells of a table, and read back. Pure.

Words in two languages are `中文 // English`; the English may be left out, then the Chinese stands for both. A list has a
line for each part. A material, a fee or a question is a block of `栏目：内容` lines, blocks are divided by an empty line.
What a codec writes it reads back the same; what it cannot read it refuses with a `Misread`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from yimen.domains.catalogue.citing import cited
from yimen.domains.catalogue.item import Basis
from yimen.domains.catalogue.words import PART_WORDS, UNIT_WORDS
from yimen.kernel.words import Text

BETWEEN_LANGUAGES = "//"
_BEFORE_ARTICLE = "｜"
_LANGUAGES = re.compile(r"\s*(?<!:)//\s*")  # an address has the same two strokes after its colon
_BLANK_LINES = re.compile(r"\n\s*\n")
_PERIOD = re.compile(r"(\d{1,4})\s*个?\s*(\D+)")
_WHEN = re.compile(r"([a-z][a-z0-9_]*)\s*=\s*(.+)")
_YES, _NO = ("是", "1", "true", "yes", "y"), ("否", "0", "false", "no", "n", "")


class Misread(Exception):
    """A cell that says nothing a codec understands; `sentence` tells what it should say."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(sentence.zh)
        self.sentence = sentence


_NOTHING = Text("", "")


def _alike(text: str) -> Text:
    return Text(text, text)


class Codec(Protocol):
    """Writes a plain value as a cell and reads it back."""

    def write(self, value: Any) -> str:
        """The cell."""

    def read(self, cell: str) -> Any:
        """The value; raises `Misread`."""

    def say(self, value: Any) -> Text:
        """The value to be read, one language at a time."""


class Plain:
    """Text as it stands."""

    def write(self, value: Any) -> str:
        """The text itself."""
        return str(value)

    def read(self, cell: str) -> Any:
        """The text itself."""
        return cell

    def say(self, value: Any) -> Text:
        """The text itself."""
        return _alike(str(value))


class Number:
    """A whole number."""

    def write(self, value: Any) -> str:
        """In digits."""
        return str(value)

    def read(self, cell: str) -> Any:
        """From digits."""
        if not re.fullmatch(r"\d{1,6}", cell):
            raise Misread(Text("写一个整数。", "Write a whole number."))
        return int(cell)

    def say(self, value: Any) -> Text:
        """In digits."""
        return _alike(self.write(value))


class MaybeNumber(Number):
    """A whole number, or nothing."""

    def write(self, value: Any) -> str:
        """In digits, empty for nothing."""
        return "" if value is None else str(value)

    def read(self, cell: str) -> Any:
        """From digits; empty is nothing."""
        return super().read(cell) if cell else None


class Flag:
    """Yes or no."""

    def write(self, value: Any) -> str:
        """是 or 否."""
        return _YES[0] if value else _NO[0]

    def read(self, cell: str) -> Any:
        """From 是, 否 and what other systems write for them."""
        if cell.casefold() in (*_YES, *_NO):
            return cell.casefold() in _YES
        raise Misread(Text("写“是”或“否”。", "Write 是 or 否."))

    def say(self, value: Any) -> Text:
        """Yes or no."""
        return Text("是", "Yes") if value else Text("否", "No")


class Bilingual:
    """Words in both languages."""

    def write(self, value: Any) -> str:
        """`中文 // English`."""
        return f"{value['zh']} {BETWEEN_LANGUAGES} {value['en']}"

    def read(self, cell: str) -> Any:
        """Without English the Chinese stands for both."""
        zh, *others = _LANGUAGES.split(cell.strip(), 1)
        return {"zh": zh, "en": "".join(others) or zh}

    def say(self, value: Any) -> Text:
        """In one language."""
        return Text(value["zh"], value["en"]) if value else _NOTHING


class MaybeBilingual(Bilingual):
    """Words in both languages, or nothing."""

    def write(self, value: Any) -> str:
        """Empty for nothing."""
        return super().write(value) if value else ""

    def read(self, cell: str) -> Any:
        """Empty is nothing."""
        return super().read(cell) if cell else None


@dataclass(frozen=True, slots=True)
class Coded:
    """One of the known codes, written in Chinese words; read from the words or the code, with or without its zeros."""

    words: Mapping[Any, Text]

    def write(self, value: Any) -> str:
        """The words of the code."""
        found = self.words.get(value)
        return found.zh if found else str(value)

    def read(self, cell: str) -> Any:
        """The code of the words; one that is not known is refused with those that are."""
        for code, words in self.words.items():
            if cell in (words.zh, words.en, str(code), str(code).lstrip("0")):
                return str(code)
        known = [w.zh for w in self.words.values()]
        raise Misread(Text(f"写其中之一：{'、'.join(known)}。", f"Write one of {', '.join(known)}."))

    def say(self, value: Any) -> Text:
        """The words of the code."""
        return self.words.get(value) or _alike(str(value))


@dataclass(frozen=True, slots=True)
class Several:
    """Values in a row, divided by 、, a comma or a semicolon."""

    each: Codec

    def write(self, value: Any) -> str:
        """In a row."""
        return "、".join(self.each.write(v) for v in value)

    def read(self, cell: str) -> Any:
        """From a row."""
        return [self.each.read(part.strip()) for part in re.split(r"[、,，;；]", cell) if part.strip()]

    def say(self, value: Any) -> Text:
        """In a row."""
        said = [self.each.say(v) for v in value]
        return Text("、".join(s.zh for s in said), ", ".join(s.en for s in said))


class Words(Several):
    """Words by which something is found, of both languages in one row."""

    def say(self, value: Any) -> Text:
        """Those of the language; all where it has none."""
        latin = [word for word in value if word.isascii()]
        other = [word for word in value if not word.isascii()]
        return Text("、".join(other or latin), ", ".join(latin or other))


class Organ(Plain):
    """The code of an organ."""


class Organs(Several):
    """Codes of organs."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Values one a line."""

    each: Codec

    def write(self, value: Any) -> str:
        """One a line."""
        return "\n".join(self.each.write(v) for v in value)

    def read(self, cell: str) -> Any:
        """From lines."""
        return [self.each.read(line.strip()) for line in cell.splitlines() if line.strip()]

    def say(self, value: Any) -> Text:
        """One a line."""
        said = [self.each.say(v) for v in value]
        return Text("\n".join(s.zh for s in said), "\n".join(s.en for s in said))


class Cited:
    """A statute and its article: `中文 // English｜第三十二条`."""

    def write(self, value: Any) -> str:
        """The statute, then its article where it has one."""
        law = Bilingual().write(value["law"])
        return f"{law}{_BEFORE_ARTICLE}{value['article']}" if value["article"] else law

    def read(self, cell: str) -> Any:
        """What follows the bar is the article."""
        law, _, article = cell.replace("|", _BEFORE_ARTICLE).partition(_BEFORE_ARTICLE)
        return {"law": Bilingual().read(law.strip()), "article": article.strip()}

    def say(self, value: Any) -> Text:
        """As the language cites it."""
        return cited([Basis(Bilingual().say(value["law"]), value["article"])])


class Lasting:
    """A length of time: `20 工作日`."""

    def write(self, value: Any) -> str:
        """The number and its unit in words."""
        return f"{value[0]} {Coded(UNIT_WORDS).write(value[1])}"

    def read(self, cell: str) -> Any:
        """A number and a unit."""
        found = _PERIOD.fullmatch(cell)
        if found is None:
            raise Misread(Text("写成“20 工作日”。", "Write it as “20 工作日”."))
        return [int(found[1]), Coded(UNIT_WORDS).read(found[2].strip())]

    def say(self, value: Any) -> Text:
        """The number and its unit in words."""
        unit = Coded(UNIT_WORDS).say(value[1])
        return Text(f"{value[0]} {unit.zh}", f"{value[0]} {unit.en}")


class Condition:
    """When a material is needed: `has_old_house=true`, several answers divided by commas; empty is always."""

    def write(self, value: Any) -> str:
        """The question and the answers as JSON writes them."""
        return f"{value['answer']}={json.dumps(value['is'], ensure_ascii=False)[1:-1]}" if value else ""

    def read(self, cell: str) -> Any:
        """A question's name, and answers as JSON."""
        if not cell:
            return None
        found = _WHEN.fullmatch(cell)
        try:
            return {"answer": found[1], "is": json.loads(f"[{found[2]}]")} if found else _refuse_condition()
        except ValueError:
            return _refuse_condition()

    def say(self, value: Any) -> Text:
        """As it is written."""
        return _alike(self.write(value))


def _refuse_condition() -> Any:
    raise Misread(Text("条件写成 land_now=\"farmland\" 或 has_old_house=true。", "Write a condition as land_now=\"farmland\"."))  # fmt: skip


class Json:
    """Anything, as JSON."""

    def write(self, value: Any) -> str:
        """Without needless blanks."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def read(self, cell: str) -> Any:
        """From JSON."""
        try:
            return json.loads(cell)
        except (ValueError, RecursionError):
            raise Misread(Text("这一格应当是 JSON。", "This cell should be JSON.")) from None

    def say(self, value: Any) -> Text:
        """As it is written."""
        return _alike(self.write(value))


_NEEDED = object()


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a block: its label, the key it fills, and what the key is when the line is not there."""

    label: str
    key: str
    codec: Codec = field(default_factory=Plain)
    otherwise: Any = _NEEDED


@dataclass(frozen=True, slots=True)
class Blocks:
    """Records, each a block of `栏目：内容` lines."""

    parts: Sequence[Part]

    def write(self, value: Any) -> str:
        """A block for each record; lines that say what is so anyway are left out."""
        return "\n\n".join("\n".join(self._lines(record)) for record in value)

    def say(self, value: Any) -> Text:
        """A block for each record, in one language."""
        blocks = [[(PART_WORDS[p.label], p.codec.say(r[p.key])) for p in self._told(r)] for r in value]
        return Text(
            "\n\n".join("\n".join(f"{label.zh}：{said.zh}" for label, said in block) for block in blocks),
            "\n\n".join("\n".join(f"{label.en}: {said.en}" for label, said in block) for block in blocks),
        )

    def _told(self, record: Mapping[str, Any]) -> list[Part]:
        return [p for p in self.parts if record[p.key] != p.otherwise]

    def _lines(self, record: Mapping[str, Any]) -> list[str]:
        return [f"{p.label}：{' '.join(p.codec.write(record[p.key]).split())}" for p in self._told(record)]

    def read(self, cell: str) -> Any:
        """The records; a line that is none, or one that is missing, is refused by its name."""
        return [
            self._record(n, block) for n, block in enumerate(_BLANK_LINES.split(cell.strip()), 1) if block
        ]

    def _record(self, n: int, block: str) -> dict[str, Any]:
        by_label = {p.label: p for p in self.parts}
        record = {p.key: p.otherwise for p in self.parts if p.otherwise is not _NEEDED}
        for line in block.splitlines():
            label, _, said = (
                line.replace(":", "：", 1).partition("：") if "：" not in line else line.partition("：")
            )
            part = by_label.get(label.strip())
            if part is None:
                raise Misread(
                    Text(
                        f"第 {n} 段不认识“{label.strip()[:20]}”，可以写：{'、'.join(by_label)}。",
                        f"Block {n}: “{label.strip()[:20]}” is none of {', '.join(by_label)}.",
                    )
                )
            record[part.key] = self._value(n, part, said.strip())
        missing = [p.label for p in self.parts if p.key not in record]
        if missing:
            raise Misread(
                Text(f"第 {n} 段缺少：{'、'.join(missing)}。", f"Block {n} lacks {', '.join(missing)}.")
            )
        return record

    def _value(self, n: int, part: Part, said: str) -> Any:
        try:
            return part.codec.read(said)
        except Misread as found:
            why = found.sentence
            raise Misread(
                Text(f"第 {n} 段“{part.label}”：{why.zh}", f"Block {n}, “{part.label}”: {why.en}")
            ) from None
