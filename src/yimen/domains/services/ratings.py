"""好差评: five levels, once a matter; a bad rating opens a matter that answers it, with limits of its own.

国办发〔2019〕51号. Who rated anonymously is not shown to those who answer until they have answered.
"""

from collections.abc import Mapping

from django.db.models import Count

from yimen.domains.services.models import LEVELS, Rating
from yimen.domains.services.procedures import RECTIFICATION, SERVICE
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now
from yimen.kernel.constraints import one_act
from yimen.kernel.ids import uuid7
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import Opening, open_matter
from yimen.kernel.registers.acts import named, note, stream_of
from yimen.kernel.words import Refusal, Text

LEVEL_NAMES: Mapping[int, Text] = {
    5: Text("非常满意", "Very satisfied"),
    4: Text("满意", "Satisfied"),
    3: Text("基本满意", "Fairly satisfied"),
    2: Text("不满意", "Dissatisfied"),
    1: Text("非常不满意", "Very dissatisfied"),
}
BAD = 2
"""This and below is a bad rating."""
LAW = "国办发〔2019〕51号"


def rate(matter: Matter, *, level: int, words: str = "", is_anonymous: bool = False) -> Rating:
    """Rate a matter that has ended, once; a bad rating is answered. Refuses a second one and one that comes too early."""
    if matter.procedure != SERVICE.code or matter.closed_at is None:
        raise Refusal.of("rating.early", "办结以后再评价。", "Rate it once it is done.", LAW)
    if level not in LEVELS:
        raise Refusal.of("rating.level", "请选一档。", "Choose a level.", LAW, field="level")
    said = named(words, "words", 500) if words.strip() else ""
    at = now()
    row = Rating(
        id=uuid7(at), matter_id=matter.id, item_code=matter.kind, township_code=matter.township_code,
        channel="online" if matter.channel == "online" else "counter", level=level, words=said,
        is_anonymous=is_anonymous, given_at=at,
    )  # fmt: skip
    with one_act():
        if level <= BAD:
            about = "匿名" if is_anonymous else matter.number
            opened = open_matter(
                Actor.system("好差评"), RECTIFICATION, "open",
                Opening(
                    title=f"差评整改 · {about}", kind=matter.kind, channel="rating", place_code=matter.place_code,
                    organ_code=matter.township_code, facts={"text": said or LEVEL_NAMES[level].zh, "level": level},
                    related_id=None if is_anonymous else matter.id,
                ),
            )  # fmt: skip
            row.rectification_id = opened.matter_id
        row.save(force_insert=True)
        note(Actor.resident(), stream_of("rating", str(row.id)), "rate", at, LAW, level=level)
    return row


def rated(matter: Matter) -> Rating | None:
    """How a matter was rated."""
    return Rating.objects.filter(matter_id=matter.id).first()


def levels_of(township: str) -> dict[int, int]:
    """How many ratings of each level a township (nine digits) has."""
    rows = (
        Rating.objects.filter(township_code=township)
        .values("level")
        .order_by("level")
        .annotate(n=Count("id"))
    )
    return dict.fromkeys(LEVELS, 0) | {r["level"]: r["n"] for r in rows}
