"""What the house says about an incident: to the reporter, to the organ that holds it, to the grid's workers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

import orjson

from yimen.domains.grid.queries import joined_in
from yimen.kernel.calendar.today import today
from yimen.kernel.matters.letters import Hearer, send, to_organ, to_person
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.queries import responsible_for
from yimen.kernel.sealing import unseal


def to_grid(sentence: str) -> Hearer:
    """Tell those who answer for the grid today."""

    def tell(message_id: UUID, payload: Mapping[str, Any]) -> None:
        matter = Matter.objects.get(id=payload["matter"])
        for holder in responsible_for(matter.grid_code, today()):
            person = holder.person
            known = orjson.loads(unseal(bytes(person.private))) if person.private else {}
            key = uuid5(message_id, str(person.id))
            send(key, matter, str(known.get("phone", "")), sentence, payload.get("due_at"))

    return tell


def to_reporters(sentence: str) -> Hearer:
    """Tell who reported it, and each whose report was merged into it."""
    first = to_person(sentence)

    def tell(message_id: UUID, payload: Mapping[str, Any]) -> None:
        first(message_id, payload)
        for other in joined_in(Matter.objects.get(id=payload["matter"])):
            first(uuid5(message_id, str(other.id)), {**payload, "matter": str(other.id)})

    return tell


HEARD: Mapping[str, Hearer] = {
    "incident.reported": to_person(
        "【一门】您反映的事情已收到，编号{number}，查询码{code}，可在网站查询办理情况。"
    ),
    "incident.answered": to_reporters("【一门】您反映的事情（{number}）已有答复，请用查询码{code}查看。"),
    "incident.merged": to_person(
        "【一门】您反映的事情（{number}）与已有的一件相同，已合并办理，请用查询码{code}查看。"
    ),
    "incident.dispatched": to_organ("【一门】事件{number}已派给你单位，请于{due}前处置。"),
    "incident.escalated": to_organ("【一门】事件{number}已提级到你单位牵头，请于{due}前重新派遣或承办。"),
    "incident.rework": to_organ("【一门】事件{number}核查未通过，请返工，{due}前处置。"),
    "incident.urged": to_organ("【一门】事件{number}催办：请于{due}前处置。"),
    "incident.listed": to_organ("【一门】事件{number}已挂牌督办，请限期处置并报告。"),
    "incident.supervised": to_organ("【一门】事件{number}被督办，请尽快处置。"),
    "incident.to_verify": to_grid("【一门】事件{number}请于{due}前到现场核实是否属实。"),
    "incident.handled": to_grid("【一门】事件{number}已处置，请于{due}前到现场核查。"),
}
"""Topic → who is told what. Every event of the procedure has its hearer."""
