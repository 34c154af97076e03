"""The words in which rules speak: two-language texts, findings and refusals.

Everything the law or the county declares (procedures, guards, roles, classes) carries its words as a
`Text`, Chinese and English side by side, so that the sentence on a sheet is the sentence on the screen.
Screens' own wording goes through gettext instead.
"""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import get_language


class Text(NamedTuple):
    """A phrase in Chinese and in English; `str()` gives the reader's language (Chinese by default)."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.in_language(get_language() or "zh-hans")

    def in_language(self, language: str) -> str:
        """The phrase for a language tag such as `zh-hans` or `en-gb`."""
        return self.en if language.startswith("en") else self.zh

    def fill(self, **values: object) -> "Text":
        """The same phrase with `{names}` filled in, in both languages; a `Text` value is filled by language."""
        zh = {k: v.zh if isinstance(v, Text) else v for k, v in values.items()}
        en = {k: v.en if isinstance(v, Text) else v for k, v in values.items()}
        return Text(self.zh.format(**zh), self.en.format(**en))


class Called:
    """What has a `name` and perhaps a `name_en`: an organ, a post, a hall, an item. Screens show what it is `called`."""

    name: Any
    name_en: Any

    @property
    def called(self) -> Text:
        """The name in both languages; the Chinese one where it has no English name."""
        return Text(self.name, self.name_en or self.name)


def unprintable(text: str, *, lines: bool = True) -> bool:
    """Whether a text has characters that cannot or must not be kept: controls, direction overrides, lone surrogates.

    Line breaks and tabs are allowed where a text may have lines.
    """
    return bool((_UNPRINTABLE if lines else _UNPRINTABLE_IN_A_LINE).search(text))


_HIDDEN = r"\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069"
_UNPRINTABLE = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f{_HIDDEN}]")
_UNPRINTABLE_IN_A_LINE = re.compile(rf"[\x00-\x1f{_HIDDEN}]")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: an obstacle with its code, its sentence, and the article it stands on."""

    code: str
    sentence: Text
    law: str = ""
    field: str = ""


class Refusal(Exception):
    """An act was refused. Carries one or more findings; decide on `code`, show `sentence`, cite `law`."""

    def __init__(self, *findings: Finding) -> None:
        if not findings:
            raise ValueError("a refusal says why")
        self.findings = findings
        super().__init__("; ".join(f.sentence.zh for f in findings))

    @property
    def code(self) -> str:
        """The code of the first finding."""
        return self.findings[0].code

    @property
    def sentence(self) -> Text:
        """The sentence of the first finding."""
        return self.findings[0].sentence

    @property
    def law(self) -> str:
        """The article of the first finding, or an empty string."""
        return self.findings[0].law

    @classmethod
    def of(cls, code: str, zh: str, en: str, law: str = "", field: str = "") -> "Refusal":
        """A refusal with a single finding."""
        return cls(Finding(code, Text(zh, en), law, field))
