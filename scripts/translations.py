"""The English catalogue: `check` that nothing is missing or left over, `compile` it, `missing` lists what lacks,
`add` takes lines of Chinese, a tab and English (singular, a tab and plural for `ngettext`), and drops what is
no longer used.

Message ids are Chinese. Templates are turned into Python by Django's own templatize and read by Babel, so no
gettext programs are needed.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[1] / "src" / "yimen"
CATALOGUE = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "pgettext": ((1, "c"), 2),
    "ngettext": (1, 2),
}


def used() -> Iterator[tuple[str, str]]:
    """(message id, where) for every string the code and the templates translate."""
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html")]):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            # What templatize leaves has no indentation that Python would accept; only the calls matter.
            text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
        for line, name, messages, _ in extract_python(
            BytesIO(text.encode()), list(_KEYWORDS), [], {"encoding": "utf-8"}
        ):
            plural = name == "ngettext" and isinstance(messages, tuple)
            found = messages[0] if plural else messages[-1] if isinstance(messages, tuple) else messages
            if found and name in _KEYWORDS:
                yield found, f"{path.relative_to(SOURCE)}:{line}"


def _singular(message_id: str | tuple[str, ...] | list[str]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def main(word: str) -> int:
    """Run one word; exit code 1 when something lacks."""
    settings.configure(USE_I18N=True)
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    if word == "compile":
        with CATALOGUE.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
        return 0
    wanted = dict(used())
    if word == "add":
        for line in filter(None, sys.stdin.read().split("\n")):
            said, *english = line.replace("\\n", "\n").split("\t")
            if len(english) == 1:
                catalogue.add(said, english[0])
            else:
                catalogue.add((said, said), tuple(english))
        for gone in [m.id for m in catalogue if m.id and _singular(m.id) not in wanted]:
            catalogue.delete(gone)
        with CATALOGUE.open("wb") as file:
            write_po(file, catalogue, sort_output=True, width=110)
        return 0
    kept = {_singular(m.id): m for m in catalogue if m.id}
    problems = [
        f"no English for {i!r} ({where})"
        for i, where in wanted.items()
        if i not in kept or not any(kept[i].string)
    ]
    if word == "missing":
        print("\n".join(i for i in wanted if i not in kept or not any(kept[i].string)))
        return 0
    problems += [f"fuzzy: {i!r}" for i, m in kept.items() if m.fuzzy]
    problems += [f"no longer used: {i!r}" for i in kept if i not in wanted]
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
