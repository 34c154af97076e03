"""A class is suggested from the words of a report: how often rightly, on sentences nothing was tuned on."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from yimen.domains.grid.reference import ClassRef, Reference, in_force
from yimen.kernel.words import Text

pytestmark = pytest.mark.usefixtures("db")
REPORTS = Path(__file__).parent / "data" / "reports.tsv"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence with the class a duty clerk would choose."""

    part: str
    code: str
    text: str


def labelled(part: str) -> list[Labelled]:
    """The sentences of a part."""
    lines = REPORTS.read_text("utf-8").splitlines()
    found = [Labelled(*line.split("\t")) for line in lines if not line.startswith("#")]
    return [each for each in found if each.part == part]


def hits(part: str, among: int) -> float:
    """The share of sentences whose class is among the first so many suggestions."""
    known = in_force()
    cases = labelled(part)
    right = [s for s in cases if s.code in [c.code for c in known.suggest(s.text)[:among]]]
    return len(right) / len(cases)


def test_the_sentences_are_of_all_classes_and_each_class_exists() -> None:
    known = in_force()
    assert {s.code for s in labelled("learned")} == set(known.classes)
    assert len(labelled("learned")) == 192
    assert len(labelled("fresh")) == 50
    assert not {s.text for s in labelled("fresh")} & {s.text for s in labelled("learned")}


def test_of_ordinary_sentences_never_tuned_on_four_in_five_are_right_at_once_and_nine_in_ten_among_three() -> (
    None
):
    assert hits("fresh", 1) >= 0.82
    assert hits("fresh", 3) >= 0.92


def test_what_was_learned_is_known() -> None:
    assert hits("learned", 1) >= 0.98
    assert hits("learned", 3) == 1


def ref(code: str, name: str, *keywords: str) -> ClassRef:
    """A class with keywords."""
    return ClassRef(code, Text(name, name), Text("组", "group"), (1, "hours"), keywords, "", "")


def test_parts_joined_by_a_plus_must_all_occur() -> None:
    known = Reference({"1": ref("1", "甲", "烧+树叶")}, ())
    assert [c.code for c in known.suggest("有人在烧一堆树叶")] == ["1"]
    assert known.suggest("有人在烧饭") == []


def test_a_word_that_many_classes_share_says_little() -> None:
    classes = {c: ref(c, c, "道路") for c in "甲乙丙"} | {"丁": ref("丁", "丁", "井盖")}
    assert Reference(classes, ()).suggest("道路上的井盖")[0].code == "丁"


def test_nothing_is_suggested_for_words_that_say_nothing() -> None:
    assert in_force().suggest("") == []
    assert in_force().suggest("asdf") == []
