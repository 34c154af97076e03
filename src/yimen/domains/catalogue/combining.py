"""One set of questions and materials for several items that are applied for together (一件事).

Two questions are one when they mean the same: the same `x-profile`, or the same name and words, and take the same answers under
the same condition. Two materials are one when they have the same name and are needed under the same condition. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from orjson import OPT_SORT_KEYS, dumps

from yimen.domains.catalogue.item import Item, Kind, Material
from yimen.kernel.words import Text

_TAKES = (
    "type",
    "format",
    "enum",
    "items",
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "minItems",
    "maxItems",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the items, and under which name of the whole each of its own questions and materials stands."""

    item: Item
    questions: Mapping[str, str]
    materials: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Combined:
    """Several items as one: `whole` is what guide, form and counter take for an item; it is never published."""

    whole: Item
    parts: tuple[Part, ...]


def combine(name: Text, items: Sequence[Item]) -> Combined:
    """The items as one, in their order; at least one item."""
    building = _Building()
    parts = tuple(building.add(n, each) for n, each in enumerate(items))
    first = items[0]
    channels = tuple(c for c in first.channels if all(c in each.channels for each in items))
    whole = replace(
        first, name=name, kind=Kind.PROMISED, channels=channels, form=building.form(), materials=tuple(building.materials.values()),
        is_by_commitment=any(each.is_by_commitment for each in items), inquiries=(), resolutions=(), joint_organs=(),
    )  # fmt: skip
    return Combined(whole, parts)


@dataclass(slots=True)
class _Building:
    """The form and the materials as they grow item by item; what is known already is found by its meaning."""

    questions: dict[str, dict[str, Any]] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    pages: list[dict[str, Any]] = field(default_factory=list)
    materials: dict[str, Material] = field(default_factory=dict)
    known: dict[bytes, str] = field(default_factory=dict)

    def add(self, number: int, item: Item) -> Part:
        """Take an item in; `number` sets its names apart from another item's."""
        names: dict[str, str] = {}
        for own, question in item.form["properties"].items():
            names[own] = self._question(number, own, question, names)
        self.required += [
            names[own] for own in item.form.get("required", ()) if names[own] not in self.required
        ]
        self._pages(item, names)
        return Part(item, names, {m.code: self._material(number, m, names) for m in item.materials})

    def _question(self, number: int, own: str, question: Mapping[str, Any], names: Mapping[str, str]) -> str:
        asked = {**question, "x-when": _renamed(question.get("x-when"), names)}
        meaning = question.get("x-profile") or [own, question["title"]]
        key = _key([meaning, [asked.get(k) for k in _TAKES], asked["x-when"]])
        if key in self.known:
            known = self.questions[self.known[key]]
            if "maxLength" in asked:
                known["maxLength"] = min(known.get("maxLength", asked["maxLength"]), asked["maxLength"])
            return self.known[key]
        name = own if own not in self.questions else f"i{number}_{own}"[:60]
        self.known[key] = name
        self.questions[name] = {k: v for k, v in asked.items() if v is not None}
        return name

    def _pages(self, item: Item, names: Mapping[str, str]) -> None:
        """The item's pages with what was not asked before, each under the item's name."""
        whole: list[dict[str, Any]] = [{"title": {"zh": "填写", "en": "Fill in"}, "questions": list(names)}]
        before = {q for page in self.pages for q in page["questions"]}
        for page in item.form.get("x-pages") or whole:
            new = [names[own] for own in page["questions"] if names[own] not in before]
            title = page["title"]
            if new:
                words = {"zh": f"{item.name.zh}：{title['zh']}", "en": f"{item.name.en}: {title['en']}"}
                self.pages.append({"title": words, "questions": new})

    def _material(self, number: int, material: Material, names: Mapping[str, str]) -> str:
        when = _renamed(material.when, names)
        key = _key([material.name.zh, when])
        if key in self.known:
            code = self.known[key]
            self.materials[code] = replace(
                self.materials[code], required=self.materials[code].required or material.required,
                may_follow=self.materials[code].may_follow and material.may_follow,
            )  # fmt: skip
            return code
        code = material.code if material.code not in self.materials else f"i{number}_{material.code}"
        self.known[key] = code
        self.materials[code] = replace(material, code=code, when=when)
        return code

    def form(self) -> dict[str, Any]:
        """The form of the whole."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": self.questions,
            "required": self.required, "x-pages": self.pages,
        }  # fmt: skip


def _renamed(when: Mapping[str, Any] | None, names: Mapping[str, str]) -> dict[str, Any] | None:
    """A condition on the name under which its question stands in the whole."""
    return None if when is None else {**when, "answer": names.get(when["answer"], when["answer"])}


def _key(meaning: Any) -> bytes:
    return dumps(meaning, option=OPT_SORT_KEYS)
