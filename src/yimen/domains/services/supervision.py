"""审管衔接: what is granted becomes an object that enforcement and the grid look for, and what they find comes back.

An object is registered when the result has been delivered, and ends when it is revoked or cancelled. What renews or changes a
result carries its object on under the new certificate, with everything that was found at it. A finding is an entry of the
object's chain; the office that granted reads it on the object's page.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from psycopg.types.range import DateRange

from yimen.domains.catalogue.api import item_version
from yimen.domains.services.holders import holder_of
from yimen.domains.services.models import SupervisedObject
from yimen.domains.services.permissions import ServicePermission
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act
from yimen.kernel.ids import uuid7
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter
from yimen.kernel.registers.acts import named, note, permit, stream_of, until

LAW = "关于推进基层整合审批服务执法力量的实施意见 一"
_VILLAGE = 12
_HOUSE = Actor.system("审管衔接")


def begin_supervision(message_id: UUID, payload: Mapping[str, Any]) -> None:
    """Hear of a delivered result: register what it puts under supervision, once; nothing for items that put nothing. What it
    renews or changes is carried on."""
    matter = Matter.objects.get(id=payload["matter"])
    item = item_version(matter.kind, int(matter.facts["item_version"]))
    if item.supervised_as is None or SupervisedObject.objects.filter(matter_id=matter.id).exists():
        return
    at = now()
    told = {
        "matter_id": matter.id, "name": item.supervised_as.zh, "name_en": item.supervised_as.en,
        "number": str(matter.facts.get("result_number", "")), "holder": holder_of(matter)[0],
        "place_code": matter.place_code, "organ_code": item.organ,
    }  # fmt: skip
    with one_act():
        earlier = _carried_on(matter)
        if earlier is None:
            row = SupervisedObject(id=uuid7(at), item_code=item.code, valid=DateRange(today(), None), **told)
            row.save(force_insert=True)
            note(_HOUSE, _stream(row), "begin_supervision", at, LAW, matter=matter.number, name=row.name)
        else:
            SupervisedObject.objects.filter(id=earlier.id).update(**told)
            numbers = {"before": earlier.number, "number": told["number"]}
            note(_HOUSE, _stream(earlier), "carry_on_supervision", at, LAW, matter=matter.number, **numbers)


def _carried_on(matter: Matter) -> SupervisedObject | None:
    """The object under supervision of the result that this one renews or changes, if there is one."""
    before = matter.facts.get("changes") or matter.facts.get("renews")
    found = SupervisedObject.objects.select_for_update().filter(matter_id=before, valid__endswith=None)
    return found.first() if before else None


def end_supervision(message_id: UUID, payload: Mapping[str, Any]) -> None:
    """Hear of a result taken back: its object is supervised no longer. One that a change replaces is carried on instead."""
    if payload["step"] == "replace":
        return
    row = SupervisedObject.objects.filter(matter_id=payload["matter"], valid__endswith=None).first()
    if row is None:
        return
    with one_act():
        SupervisedObject.objects.filter(id=row.id).update(valid=until(today()))
        note(_HOUSE, _stream(row), "end_supervision", now(), LAW)


def supervised(actor: Actor) -> QuerySet[SupervisedObject]:
    """The objects in the places where the actor may see them, the newest first."""
    seen = Q(pk__in=[])
    for area, _organ in areas(actor, ServicePermission.SUPERVISED):
        seen |= Q(place_code__startswith=area[:_VILLAGE])
    return SupervisedObject.objects.filter(seen).order_by("-id")


def report_finding(actor: Actor, found: SupervisedObject, words: str) -> None:
    """Leave what was found at an object; it comes back to the office that granted."""
    if not supervised(actor).filter(id=found.id).exists():  # a grid worker's area is narrower than a village
        permit(actor, ServicePermission.SUPERVISED, found.place_code)
    note(actor, _stream(found), "finding", now(), LAW, words=named(words, "words", 500))


def findings_of(found: SupervisedObject) -> list[Entry]:
    """The object's chain, the newest first."""
    return list(Entry.objects.filter(stream=_stream(found)).order_by("-seq"))


def last_found(objects: Collection[SupervisedObject]) -> dict[UUID, datetime]:
    """When something was last found at each of these objects; those where nothing was are left out."""
    streams = {_stream(each): each.id for each in objects}
    found = Entry.objects.filter(stream__in=streams, act="finding").values_list("stream").annotate(Max("at"))
    return {streams[stream]: at for stream, at in found.order_by("stream")}


def _stream(found: SupervisedObject) -> UUID:
    return stream_of("supervised", str(found.id))
