"""What is in hand when an item is transferred: it follows to the new organ on the day, and the old one decides no more.

An application in a special procedure or a hearing follows when that is over; meanwhile nobody decides it.
"""

import logging
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Count

from yimen.domains.catalogue.api import transfers
from yimen.domains.services.commands import act
from yimen.domains.services.deciders import transferred
from yimen.domains.services.procedures import BEFORE_DECISION, SERVICE, TRANSFERS
from yimen.kernel.access.actors import Actor
from yimen.kernel.matters.models import Matter
from yimen.kernel.words import Refusal

log = logging.getLogger("yimen.transfers")
HOUSE = Actor.system("事项划转")
_FOLLOWING = tuple({state for step in TRANSFERS for state in SERVICE.step(step).sources})


def follow_transfers() -> int:
    """Carry what is in hand to the organs that decide it from today on; how many went."""
    went = 0
    for code, township in transfers().order_by().values_list("item_code", "township_code").distinct():
        in_hand = Matter.objects.filter(
            procedure=SERVICE.code, kind=code, township_code=township, state__in=_FOLLOWING, closed_at=None
        )
        went += sum(_follow(matter.id) for matter in in_hand.iterator(chunk_size=200) if transferred(matter))
    return went


def _follow(matter_id: UUID) -> bool:
    """Take the first of the steps that is allowed; False when none is: somebody was quicker, and the next turn asks again."""
    for step in TRANSFERS:
        try:
            act(HOUSE, matter_id, step)
        except Refusal as refused:
            log.info("%s of %s waits: %s", step, matter_id, refused.code)
        else:
            return True
    return False


def in_hand(items: Sequence[str]) -> Mapping[tuple[str, str], int]:
    """How many applications for each item are not decided yet, by item and township (9 digits)."""
    rows = Matter.objects.filter(
        procedure=SERVICE.code, kind__in=items, state__in=BEFORE_DECISION, closed_at=None
    )
    counted = rows.values_list("kind", "township_code").annotate(n=Count("id")).order_by()
    return {(item, township): n for item, township, n in counted}
