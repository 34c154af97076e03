"""The items in force, held in memory with their search: looked at for every guide, changed rarely."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from yimen.domains.catalogue.bundles import Bundle, read_bundles
from yimen.domains.catalogue.item import Item
from yimen.domains.catalogue.models import ServiceItem
from yimen.domains.catalogue.reading import read_kept
from yimen.domains.catalogue.search import Search, read_synonyms
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.memory import held
from yimen.kernel.words import Refusal


@dataclass(frozen=True)
class Reference:
    """The catalogue of one county as it holds today."""

    items: dict[str, Item]
    search: Search

    @cached_property
    def bundles(self) -> tuple[Bundle, ...]:
        """The life events whose items the county offers, each with those it does."""
        return tuple(b for each in read_bundles() if (b := each.among(self.items)).items)


@held()
def in_force() -> Reference:
    """The current county's catalogue; what finds items is made anew only when they changed."""
    rows = ServiceItem.objects.filter(valid__contains=today()).order_by("code")
    read = {r.code: read_kept(r.document) for r in rows}
    before = in_force.before()
    is_same = before is not None and before.items == read
    return Reference(read, before.search if before and is_same else Search([*read.values()], read_synonyms()))


def item(code: str, on: date | None = None) -> Item:
    """An item as it stands on a day (today); refuses `catalogue.unknown` when there is none."""
    if on is None or on == today():
        found = in_force().items.get(code)
    else:
        row = ServiceItem.objects.filter(code=code, valid__contains=on).first()
        found = read_kept(row.document) if row else None
    if found is None:
        raise Refusal.of("catalogue.unknown", "没有这个事项。", "There is no such item.", field="item")
    return found


def item_version(code: str, version: int) -> Item:
    """An item in the version a matter was opened under."""
    row = ServiceItem.objects.filter(code=code, version=version).first()
    if row is None:
        raise Refusal.of("catalogue.unknown", "没有这个事项。", "There is no such item.", field="item")
    return read_kept(row.document)


def items(*, field: str = "") -> Sequence[Item]:
    """The items in force today, all or those of one field, by code."""
    return [i for i in in_force().items.values() if not field or field in i.fields]
