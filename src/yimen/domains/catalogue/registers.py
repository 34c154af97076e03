"""Publishing and withdrawing service items: a version begins on a day, what was before stays readable.

A matter keeps the version it was opened under; a new one changes only what is applied for from its day on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from orjson import dumps

from yimen.domains.catalogue import reference
from yimen.domains.catalogue.item import Item
from yimen.domains.catalogue.models import ServiceItem
from yimen.domains.catalogue.permissions import CataloguePermission
from yimen.domains.catalogue.reading import document_of, read_kept
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.ids import uuid7
from yimen.kernel.org.models import Organ
from yimen.kernel.registers.acts import begin_version, named, note, period, permit, stream_of, until
from yimen.kernel.words import Refusal

LAW = "国务院关于在线政务服务的若干规定 第六条"


@dataclass(frozen=True, slots=True)
class Published:
    """Codes of the items that began in a new version, and of those that stayed as they were."""

    began: tuple[str, ...]
    stayed: tuple[str, ...]


def publish_items(actor: Actor, items: Sequence[Item], *, source: str) -> Published:
    """Publish items, each from its own day on: all of them, or none. One that says what already holds stays.

    Refuses `catalogue.organ` for an organ that the county does not have on that day.
    """
    permit(actor, CataloguePermission.MANAGE, current_county().code)
    why = named(source, "source", 120)
    began: list[str] = []
    stayed: list[str] = []
    with one_act():
        _refuse_unknown_organs(items)
        for item in items:
            (began if _publish(actor, item, why) else stayed).append(item.code)
    reference.in_force.forget()
    return Published(tuple(began), tuple(stayed))


def unknown_organs(items: Sequence[Item]) -> set[str]:
    """Codes of organs that the items name and the county does not have."""
    named_ones = {code for item in items for code in (item.organ, *item.joint_organs)}
    return named_ones - set(Organ.objects.filter(code__in=named_ones).values_list("code", flat=True))


def _refuse_unknown_organs(items: Sequence[Item]) -> None:
    if unknown := sorted(unknown_organs(items)):
        raise Refusal.of(
            "catalogue.organ", f"本县没有这些单位：{'、'.join(unknown)}。",
            f"The county has no organ {', '.join(unknown)}.", field="organ",
        )  # fmt: skip


def _publish(actor: Actor, item: Item, source: str) -> bool:
    """Write one version; False when it says nothing new."""
    every = ServiceItem.objects.filter(code=item.code)
    latest = every.order_by("-version").first()
    if latest is not None and latest.valid.upper is None:
        standing = read_kept(latest.document)
        if standing == replace(item, version=standing.version, valid_from=standing.valid_from):
            return False
    at, version = now(), latest.version + 1 if latest else 1
    valid = period(item.valid_from, None)
    begin_version(every, item.valid_from)
    document = document_of(replace(item, version=version))
    ServiceItem(
        id=uuid7(at), code=item.code, version=version, name=item.name.zh, name_en=item.name.en, organ_code=item.organ,
        document=dumps(document).decode(), source=source, valid=valid,
    ).save(force_insert=True)  # fmt: skip
    note(
        actor, stream_of("item", item.code), "publish_item", at, LAW,
        version=version, since=str(item.valid_from), source=source, document=document,
    )  # fmt: skip
    return True


def withdraw_item(actor: Actor, *, code: str, on: date, source: str) -> None:
    """An item is no longer offered from a day on; what was applied for before is carried to its end."""
    permit(actor, CataloguePermission.MANAGE, current_county().code)
    why = named(source, "source", 120)
    with one_act():
        row = ServiceItem.objects.select_for_update().filter(code=code, valid__endswith=None).first()
        if row is None:
            raise Refusal.of(
                "catalogue.unknown", "没有这个在用的事项。", "There is no such item in use.", field="code"
            )
        period(row.valid.lower, on)
        ServiceItem.objects.filter(id=row.id).update(valid=until(on))
        note(actor, stream_of("item", code), "withdraw_item", now(), LAW, on=str(on), source=why)
    reference.in_force.forget()


def versions(code: str) -> list[ServiceItem]:
    """Every version of an item, the newest first."""
    return list(ServiceItem.objects.filter(code=code).order_by("-version"))


def newest_versions() -> list[ServiceItem]:
    """The newest version of every item there ever was, by code; those withdrawn or not yet in force too."""
    return list(ServiceItem.objects.order_by("code", "-version").distinct("code").defer("document"))
