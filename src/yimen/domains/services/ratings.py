"""好差评: five levels, online once a matter and at the counter once a visit; a bad rating opens a matter that answers it.

国办发〔2019〕51号. Staff never see who rated without a name: what answers such a rating names the item's field and the
township, and begins on the first working day of the week after, so that its day points at nobody who came.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson

from yimen.domains.catalogue.api import item_version
from yimen.domains.services.models import LEVELS, Rating
from yimen.domains.services.procedures import RECTIFICATION, SERVICE
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import midnight, now, today
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.calendars import county_calendar
from yimen.kernel.ids import uuid7
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import Moved, Opening, move, open_matter
from yimen.kernel.matters.queries import history
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
_HOUSE = Actor.system("好差评")
_TOWNSHIP = "000"
"""What makes a township's nine digits a place of twelve."""


def rate(matter: Matter, *, level: int, words: str = "", is_anonymous: bool = False) -> Rating:
    """Rate a matter that has ended, once; a bad rating is answered. Refuses a second one and one that comes too early."""
    if matter.procedure != SERVICE.code or matter.closed_at is None:
        raise Refusal.of("rating.early", "办结以后再评价。", "Rate it once it is done.", LAW)
    return _keep(_judged(matter, "online", level, words, now(), is_anonymous=is_anonymous), matter)


def rate_at_counter(
    matter: Matter,
    *,
    visit_id: UUID,
    window_id: UUID | None,
    level: int,
    words: str = "",
    is_anonymous: bool = False,
) -> Rating:
    """Rate a visit made for a matter, once, whether or not the matter has ended; a bad rating is answered."""
    row = _judged(matter, "counter", level, words, now(), is_anonymous=is_anonymous)
    row.visit_id, row.window_id = visit_id, window_id
    return _keep(row, matter)


def _judged(
    matter: Matter, channel: str, level: int, words: str, at: datetime, *, is_anonymous: bool
) -> Rating:
    """A rating in memory; refuses a level that is none."""
    if level not in LEVELS:
        raise Refusal.of("rating.level", "请选一档。", "Choose a level.", LAW, field="level")
    return Rating(
        id=uuid7(at), matter_id=matter.id, item_code=matter.kind, township_code=matter.township_code, channel=channel,
        level=level, words=named(words, "words", 500) if words.strip() else "", is_anonymous=is_anonymous, given_at=at,
    )  # fmt: skip


def _keep(row: Rating, matter: Matter) -> Rating:
    with one_act():
        if row.level <= BAD and not row.is_anonymous:
            row.rectification_id = _opened(
                row, about=matter.number, kind=matter.kind, place=matter.place_code, matter_id=matter.id
            )
        row.save(force_insert=True)
        note(Actor.resident(), stream_of("rating", str(row.id)), "rate", row.given_at, LAW, level=row.level)
    return row


def _opened(row: Rating, *, about: str, kind: str, place: str, matter_id: UUID | None) -> UUID:
    """The id of the matter that answers a bad rating."""
    opening = Opening(
        title=f"差评整改 · {about}", kind=kind, channel="rating", place_code=place, organ_code=row.township_code,
        facts={"text": row.words or LEVEL_NAMES[row.level].zh, "level": row.level}, related_id=matter_id,
    )  # fmt: skip
    return open_matter(_HOUSE, RECTIFICATION, "open", opening).matter_id


def answer_anonymous() -> int:
    """Open what answers the bad ratings without a name of the weeks past; returns how many. Done on working days only.

    They come together and in an order that tells nothing of when each was given.
    """
    on = today()
    if not county_calendar().is_working_day(on):
        return 0
    monday = midnight(on - timedelta(days=on.weekday()))
    waiting = Rating.objects.filter(
        is_anonymous=True, level__lte=BAD, rectification_id__isnull=True, given_at__lt=monday
    )
    opened = 0
    with one_act():
        for row in waiting.select_for_update(skip_locked=True).order_by("level", "words"):
            place = row.township_code + _TOWNSHIP
            opens = _opened(row, about="匿名", kind=_field_of(row), place=place, matter_id=None)
            Rating.objects.filter(id=row.id).update(rectification_id=opens)
            opened += 1
    return opened


def _field_of(row: Rating) -> str:
    """The field of work that a rated item belongs to first."""
    version = Matter.objects.values_list("facts__item_version", flat=True).get(id=row.matter_id)
    return item_version(row.item_code, int(version)).fields[0].value


def ratings_of(matter: Matter) -> list[Rating]:
    """Every rating of a matter and of the visits made for it, the newest first."""
    return list(Rating.objects.filter(matter_id=matter.id).order_by("-given_at"))


@dataclass(frozen=True, slots=True)
class Answered:
    """What who rated is told of a bad rating: how its answer stands, what was said, and whether they may rate it again."""

    state: Text
    said: tuple[str, ...]
    may_rate_again: bool


def answer_to(row: Rating) -> Answered | None:
    """How a bad rating is being answered; None for a good one and while nobody has been asked yet."""
    found = Matter.objects.filter(id=row.rectification_id).first() if row.rectification_id else None
    if found is None:
        return None
    given = [orjson.loads(e.payload).get("given", {}) for e in history(found.id)]
    said = tuple(str(g[key]) for g in given for key in ("words", "result") if g.get(key))
    return Answered(RECTIFICATION.state(found.state).public, said, found.state in ("answered", "unfounded"))


def rate_again(row: Rating, *, level: int) -> Moved:
    """Rate how a bad rating was answered. Content closes it; not content sends it back, once, and then closes it too."""
    if level not in LEVELS:
        raise Refusal.of("rating.level", "请选一档。", "Choose a level.", LAW, field="level")
    if row.rectification_id is None:
        raise Refusal.of("rating.unanswered", "还没有答复。", "It has not been answered yet.", LAW)
    resident, at = Actor.resident(), now()
    with one_act():
        answered = Matter.objects.get(id=row.rectification_id)
        insists = level <= BAD and "insist" not in answered.performers
        moved = move(resident, answered.id, "insist" if insists else "close_rated", given={"number": level})
        Rating.objects.filter(id=row.id).update(again_level=level, again_at=at)
        note(resident, stream_of("rating", str(row.id)), "rate_again", at, LAW, level=level)
    return moved
