"""What the house says about an incident: to the reporter, to the organ that holds it, to the grid's workers.

Heard from the outbox after the act is written. Each message leaves an entry with the masked number.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson

from yimen.kernel.access.actors import Actor
from yimen.kernel.access.throttle import Allowance, use
from yimen.kernel.calendar.today import LOCAL_ZONE, now, today
from yimen.kernel.ledger.append import record
from yimen.kernel.matters.models import Matter
from yimen.kernel.notices import gateways
from yimen.kernel.org.models import Organ
from yimen.kernel.org.queries import responsible_for
from yimen.kernel.sealing import masked, unseal
from yimen.kernel.words import Refusal, Text

_PRIVACY = "个人信息保护法 第六条"
_RECEIPTS = Allowance(
    "receipts",
    10,
    timedelta(days=1),
    Text("这个号码今天收到的短信够多了。", "This number was told enough today."),
)
_HOUSE = Actor.system("短信")


def to_reporter(sentence: str) -> Callable[[UUID, Mapping[str, Any]], None]:
    """Tell the person who reported it, when a number was left."""

    def tell(message_id: UUID, payload: Mapping[str, Any]) -> None:
        matter = Matter.objects.get(id=payload["matter"])
        if matter.private is None:
            return
        phone = str(orjson.loads(unseal(bytes(matter.private))).get("phone", ""))
        try:
            use(_RECEIPTS, phone)
        except Refusal:
            return  # somebody has this number told of many reports; it is left in peace for today
        _send(message_id, matter, phone, sentence)

    return tell


def to_organ(sentence: str) -> Callable[[UUID, Mapping[str, Any]], None]:
    """Tell the organ that holds it, by its duty telephone."""

    def tell(message_id: UUID, payload: Mapping[str, Any]) -> None:
        matter = Matter.objects.get(id=payload["matter"])
        phones = Organ.objects.filter(code=payload.get("organ", ""), valid__contains=today())
        phone = phones.values_list("duty_phone", flat=True).first() or ""
        _send(message_id, matter, phone, sentence, payload.get("due_at"))

    return tell


def to_grid(sentence: str) -> Callable[[UUID, Mapping[str, Any]], None]:
    """Tell those who answer for the grid today."""

    def tell(message_id: UUID, payload: Mapping[str, Any]) -> None:
        matter = Matter.objects.get(id=payload["matter"])
        for holder in responsible_for(matter.grid_code, today()):
            person = holder.person
            known = orjson.loads(unseal(bytes(person.private))) if person.private else {}
            key = uuid5(message_id, str(person.id))
            _send(key, matter, str(known.get("phone", "")), sentence, payload.get("due_at"))

    return tell


def _send(key: UUID, matter: Matter, phone: str, sentence: str, due_at: str | None = None) -> None:
    """Send once, with the end as it was when the act was written; somebody without a number is told nothing."""
    if not phone:
        return
    due = f"{datetime.fromisoformat(due_at).astimezone(LOCAL_ZONE):%m月%d日%H:%M}" if due_at else "时限"
    text = sentence.format(number=matter.number, code=matter.tracking_code, due=due)
    gateways.sms().send(to=phone, text=text, key=str(key))
    record(
        stream=key, act="send_message", who=_HOUSE.who(), law=_PRIVACY, at=now(),
        payload={"matter": str(matter.id), "to": masked(phone), "text": text},
    )  # fmt: skip


HEARD: Mapping[str, Callable[[UUID, Mapping[str, Any]], None]] = {
    "incident.reported": to_reporter(
        "【一门】您反映的事情已收到，编号{number}，查询码{code}，可在网站查询办理情况。"
    ),
    "incident.answered": to_reporter("【一门】您反映的事情（{number}）已有答复，请用查询码{code}查看。"),
    "incident.merged": to_reporter(
        "【一门】您反映的事情（{number}）与已有的一件相同，已合并办理，请用查询码{code}查看。"
    ),
    "incident.dispatched": to_organ("【一门】事件{number}已派给你单位，请于{due}前处置。"),
    "incident.escalated": to_organ("【一门】事件{number}已提级到你单位牵头，请于{due}前重新派遣或承办。"),
    "incident.rework": to_organ("【一门】事件{number}核查未通过，请返工，{due}前处置。"),
    "incident.supervised": to_organ("【一门】事件{number}被督办，请尽快处置。"),
    "incident.to_verify": to_grid("【一门】事件{number}请于{due}前到现场核实是否属实。"),
    "incident.handled": to_grid("【一门】事件{number}已处置，请于{due}前到现场核查。"),
}
"""Topic → who is told what. Every event of the procedure has its hearer."""
