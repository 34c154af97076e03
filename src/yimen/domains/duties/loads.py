"""How much work a grid is, and how many people that suggests; a suggestion that shows its own arithmetic. Pure.

The standards are the county's own dated settings: no national rule fixes them. 300 to 500 households for an urban
grid is a common local figure, not law.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from yimen.kernel.words import Text

STANDARDS: Mapping[str, Text] = {
    "households": Text("一名专职网格员负责的户数", "Households for one full-time worker"),
    "area_km2": Text("一名专职网格员负责的面积（平方公里）", "Square kilometres for one full-time worker"),
    "incidents": Text("一名专职网格员一年的事件数", "Incidents a year for one full-time worker"),
    "weight_households": Text("户数的权重", "Weight of households"),
    "weight_area_km2": Text("面积的权重", "Weight of area"),
    "weight_incidents": Text("事件数的权重", "Weight of incidents"),
    "part_time_share": Text("一名兼职网格员折合专职", "A part-time worker in full-time workers"),
}
_MEASURES = {
    "households": Text("户数", "Households"),
    "area_km2": Text("面积（平方公里）", "Area (km²)"),
    "incidents": Text("近 12 个月事件", "Incidents in 12 months"),
}
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Part:
    """One term of a load: amount ÷ standard × weight."""

    name: Text
    amount: float
    standard: float
    weight: float

    @property
    def load(self) -> float:
        """The term in full-time workers."""
        return self.amount / self.standard * self.weight


@dataclass(frozen=True, slots=True)
class Load:
    """A grid's load, and the staff it has, both in full-time workers."""

    parts: tuple[Part, ...]
    staff: float

    @property
    def total(self) -> float:
        """The load: the sum of its parts."""
        return sum(p.load for p in self.parts)

    @property
    def suggested(self) -> int:
        """Whole workers suggested: the load rounded up, and never nobody."""
        return max(1, ceil(self.total - _ROUNDING))

    @property
    def is_over(self) -> bool:
        """Whether the load exceeds the staff there is."""
        return self.total > self.staff + _ROUNDING

    @property
    def explained(self) -> Text:
        """The arithmetic in one line."""
        terms = [
            Text(f"{{name}} {p.amount:g} ÷ {p.standard:g} × {p.weight:g} = {p.load:.2f}", f"{{name}} {p.amount:g} ÷ {p.standard:g} × {p.weight:g} = {p.load:.2f}").fill(name=p.name)
            for p in self.parts
        ]  # fmt: skip
        return Text("；".join(t.zh for t in terms), "; ".join(t.en for t in terms))


def missing_standards(standards: Mapping[str, float]) -> list[str]:
    """The standards without which no load can be reckoned."""
    return [name for name in STANDARDS if name not in standards]


def load_of(amounts: Mapping[str, float], staff: float, standards: Mapping[str, float]) -> Load:
    """The load of a grid from its amounts under the county's standards (all of which are there)."""
    parts = (
        Part(name, amounts[code], standards[code], standards[f"weight_{code}"])
        for code, name in _MEASURES.items()
    )
    return Load(tuple(parts), staff)
