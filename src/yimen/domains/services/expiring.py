"""A permit that has run out and was not renewed is cancelled by the house (行政许可法 第七十条第一项).

One whose renewal is in hand waits until that is decided or counts as granted (第五十条).
"""

import logging
from uuid import UUID

from django.db.models import Exists, OuterRef

from yimen.domains.services.commands import act, renewals_of
from yimen.domains.services.models import PublicPermit
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import today
from yimen.kernel.words import Refusal

log = logging.getLogger("yimen.expiring")
HOUSE = Actor.system("有效期届满")


def cancel_expired() -> int:
    """Cancel every permit whose last day is past and that nothing renews; returns how many were."""
    over = PublicPermit.objects.filter(ended="", valid_until__lt=today())
    due = over.exclude(Exists(renewals_of(OuterRef("matter_id"), OuterRef("item_code"))))
    return sum(_cancelled(each) for each in due.order_by("valid_until").values_list("matter_id", flat=True))


def _cancelled(matter_id: UUID) -> bool:
    """False where somebody was quicker."""
    try:
        act(HOUSE, matter_id, "expire")
    except Refusal as refused:
        log.info("expire of %s waits: %s", matter_id, refused.code)
        return False
    return True
