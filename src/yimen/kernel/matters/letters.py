"""What the house says about a matter: to the person who opened it, and to the organ that holds it.

Heard from the outbox after the act is written. Each message leaves an entry with the masked number. A sentence may name the
`{number}`, the tracking `{code}` and what is `{due}`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from yimen.kernel.access.actors import Actor
from yimen.kernel.access.throttle import Allowance, use
from yimen.kernel.calendar.today import LOCAL_ZONE, now, today
from yimen.kernel.ledger.append import record
from yimen.kernel.matters.models import Matter
from yimen.kernel.notices import gateways
from yimen.kernel.org.models import Organ
from yimen.kernel.sealing import masked
from yimen.kernel.words import Refusal, Text

Hearer = Callable[[UUID, Mapping[str, Any]], None]

_PRIVACY = "个人信息保护法 第六条"
_RECEIPTS = Allowance(
    "receipts",
    10,
    timedelta(days=1),
    Text("这个号码今天收到的短信够多了。", "This number was told enough today."),
)
_HOUSE = Actor.system("短信")


def to_person(sentence: str) -> Hearer:
    """Tell the person who opened it, when a number was left."""

    def tell(message_id: UUID, payload: Mapping[str, Any]) -> None:
        matter = Matter.objects.get(id=payload["matter"])
        phone = str(matter.unsealed().get("phone", ""))
        if not phone:
            return
        try:
            use(_RECEIPTS, phone)
        except Refusal:
            return  # somebody has this number told of many matters; it is left in peace for today
        send(message_id, matter, phone, sentence, payload.get("due_at"))

    return tell


def to_organ(sentence: str) -> Hearer:
    """Tell the organ that holds it, by its duty telephone."""

    def tell(message_id: UUID, payload: Mapping[str, Any]) -> None:
        matter = Matter.objects.get(id=payload["matter"])
        phones = Organ.objects.filter(code=payload.get("organ", ""), valid__contains=today())
        phone = phones.values_list("duty_phone", flat=True).first() or ""
        send(message_id, matter, phone, sentence, payload.get("due_at"))

    return tell


def send(key: UUID, matter: Matter, phone: str, sentence: str, due_at: str | None = None) -> None:
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
