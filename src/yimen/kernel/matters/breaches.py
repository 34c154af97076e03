"""What the house does when a limit has run out: the first allowed of the steps that the limit's `then` names.

The worker asks again and again; an act that is refused (somebody was quicker, or a guard objects) waits for the next turn.
A limit whose end is provisional counts to its safe end.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.moving import move
from yimen.kernel.procedure import registry
from yimen.kernel.procedure.language import LimitSpec, Procedure
from yimen.kernel.words import Refusal

HOUSE = Actor.system("时限届满")

log = logging.getLogger("yimen.breaches")


def act_on_breaches() -> int:
    """Take the step of every limit that has run out and has one; returns how many were taken."""
    return sum(_breached(procedure, limit) for procedure, limit in _with_a_step())


def _with_a_step() -> Iterator[tuple[Procedure, LimitSpec]]:
    return ((p, x) for p in registry.all_versions() for x in p.limits if x.then)


def _breached(procedure: Procedure, limit: LimitSpec) -> int:
    """Act on the matters of one limit that has run out, the longest overdue first."""
    at = now()
    of_procedure = Matter.objects.filter(procedure=procedure.code, version=procedure.version)
    over = Clock.objects.filter(
        limit_code=limit.code, stopped_at__isnull=True, due_at__lt=at, safe_at__lt=at, matter__in=of_procedure
    ).order_by("due_at")
    taken = 0
    for matter_id, pauses in over.values_list("matter_id", "pauses"):
        if pauses and pauses[-1][1] is None:
            continue
        taken += _took_one(matter_id, limit.then, at)
    return taken


def _took_one(matter_id: UUID, steps: Iterable[str], at: datetime) -> bool:
    """Take the first of the steps that is allowed; False when none is."""
    for step in steps:
        try:
            move(HOUSE, matter_id, step, at=at)
        except Refusal as refused:
            log.info("%s of %s waits: %s", step, matter_id, refused.code)
        else:
            return True
    return False
