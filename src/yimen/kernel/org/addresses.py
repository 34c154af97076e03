"""Which village an address in words names. Nothing is guessed: two that fit are told apart by whoever wrote it."""

from dataclasses import dataclass

from yimen.kernel.counties.memory import held
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.words import Refusal

_VILLAGE_WORDS = ("村民委员会", "居民委员会", "村委会", "居委会", "社区", "村")
_TOWNSHIP_WORDS = ("街道办事处", "街道", "地区", "镇", "乡")
_SHORTEST = 2
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Place:
    code: str
    name: str
    stem: str


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    townships: tuple[_Place, ...]
    villages: tuple[_Place, ...]


def village_of(address: str) -> str:
    """The 12-digit code of the one village that an address names, with or without its township.

    Refuses `address.unknown` when it names none, `address.ambiguous` (with the candidates) when several fit.
    """
    places = _gazetteer()
    text = "".join(address.split())
    towns = _named(places.townships, text)
    within = [v for v in places.villages if not towns or v.code[:9] in {t.code[:9] for t in towns}]
    for town in towns:  # 青石镇青石村: the township's own name is not the village's
        text = text.replace(town.name, "\n", 1)
    found = _named(within, text)
    if not found:
        raise Refusal.of(
            "address.unknown",
            "地址里没有认出本县的村（社区），请写明乡镇和村名，或者标出位置（地图上选点、经纬度）。",
            "No village of this county is named in the address; give township and village, or mark the place (on the map, or by coordinates).",
            field="address",
        )
    if len(found) > 1:
        names = {t.code[:9]: t.name for t in places.townships}
        candidates = "、".join(f"{names.get(v.code[:9], '')}{v.name}" for v in found[:_SHOWN])
        raise Refusal.of(
            "address.ambiguous",
            f"这个地址可能是：{candidates}。请写明是哪一个。",
            f"The address may be in: {candidates}. Please say which.",
            field="address",
        )
    return found[0].code


def _named(places: "tuple[_Place, ...] | list[_Place]", text: str) -> list[_Place]:
    """The places whose whole name the text has; else those whose name without its last word it has. A name inside a
    longer one that fits as well does not count.
    """
    found = [(p, p.name) for p in places if p.name in text] or [
        (p, p.stem) for p in places if p.stem and p.stem in text
    ]
    return [p for p, said in found if not any(said in other and said != other for _, other in found)]


@held(seconds=600)
def _gazetteer() -> _Gazetteer:
    rows = Division.objects.filter(code__startswith=current_county().code, level__in=("township", "village"))
    townships: list[_Place] = []
    villages: list[_Place] = []
    for code, name, level in rows.order_by("code").values_list("code", "name", "level"):
        is_township = level == "township"
        place = _Place(code, name, _stem(name, _TOWNSHIP_WORDS if is_township else _VILLAGE_WORDS))
        (townships if is_township else villages).append(place)
    return _Gazetteer(tuple(townships), tuple(villages))


def _stem(name: str, words: tuple[str, ...]) -> str:
    """The name without what kind of place it is; nothing when too little is left to be told from other words."""
    for word in words:
        if name.endswith(word):
            stem = name[: -len(word)]
            return stem if len(stem) >= _SHORTEST else ""
    return name
