"""The classes and the duty table in force, held in memory: looked at for every report, changed rarely."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from yimen.domains.grid.models import DutyRule, IncidentClass
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.memory import held
from yimen.kernel.words import Text

TOGETHER = "+"
"""Joins the parts of a keyword that must all occur."""
_LENGTH_COUNTS, _TOGETHER_COUNTS, _NAME_COUNTS = 1.2, 1.3, 0.8


@dataclass(frozen=True, slots=True)
class ClassRef:
    """An incident class as an act needs it."""

    code: str
    name: Text
    group: Text
    limit: tuple[int, str]
    keywords: tuple[str, ...]
    filing_condition: str
    closing_condition: str


@dataclass(frozen=True, slots=True)
class Duty:
    """The organ that answers, and the rule that says so."""

    organ_code: str
    rule: Text
    is_automatic: bool


@dataclass(frozen=True)
class Reference:
    """Everything in force today in one county."""

    classes: dict[str, ClassRef]
    rules: tuple[tuple[str, str, str, bool], ...]

    def duty(self, class_code: str, place_code: str) -> Duty | None:
        """The most specific rule for a class in a place: the longest class prefix, then the longest area."""
        fitting = [r for r in self.rules if class_code.startswith(r[0]) and place_code.startswith(r[1])]
        if not fitting:
            return None
        prefix, area, organ, is_automatic = max(fitting, key=lambda r: (len(r[0]), len(r[1])))
        return Duty(
            organ.replace("{township}", place_code[:9]),
            Text("分类 {c} · 区域 {a}", "class {c} · area {a}").fill(c=prefix or "*", a=area),
            is_automatic,
        )

    def suggest(self, text: str) -> list[ClassRef]:
        """The classes that the text speaks of, the likeliest first; at most five.

        A keyword counts by its length and by how few classes share it; one written `烧+树叶` counts when all its parts
        occur, and a little more. Pairs of characters shared with a class's name decide between equals.
        """
        scored = [(self._likeness(text, c), c) for c in self.classes.values()]
        return [c for score, c in sorted(scored, key=lambda s: (-s[0], s[1].code)) if score][:5]

    def _likeness(self, text: str, found: ClassRef) -> float:
        score = 0.0
        for keyword in found.keywords:
            parts = keyword.split(TOGETHER)
            if all(part in text for part in parts):
                weight = float(sum(map(len, parts)) ** _LENGTH_COUNTS) / self.shared[keyword]
                score += weight * _TOGETHER_COUNTS if len(parts) > 1 else weight
        return score + sum(_NAME_COUNTS / self.shared[pair] for pair in _pairs(found.name.zh) if pair in text)

    @cached_property
    def shared(self) -> Counter[str]:
        """How many classes have a keyword, or a pair of characters in their name."""
        every = [w for c in self.classes.values() for w in {*c.keywords, *_pairs(c.name.zh)}]
        return Counter(every)


def _pairs(words: str) -> set[str]:
    return {words[n : n + 2] for n in range(len(words) - 1)}


@held()
def in_force() -> Reference:
    """The current county's classes and rules."""
    classes = IncidentClass.objects.filter(valid__contains=today()).order_by("code")
    rules = DutyRule.objects.filter(valid__contains=today())
    return Reference(
        {c.code: _ref(c) for c in classes},
        tuple(rules.values_list("class_prefix", "area_prefix", "organ_code", "is_automatic")),
    )


def _ref(row: IncidentClass) -> ClassRef:
    return ClassRef(
        row.code,
        row.called,
        Text(row.group, row.group_en),
        (row.limit_number, row.limit_unit),
        tuple(row.keywords),
        row.filing_condition,
        row.closing_condition,
    )


def grouped(classes: Sequence[ClassRef]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Classes as choices under their groups, in the reader's language."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in classes:
        groups.setdefault(str(each.group), []).append((each.code, str(each.name)))
    return list(groups.items())
