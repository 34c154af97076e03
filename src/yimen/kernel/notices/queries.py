"""What waits in the outbox and what failed for good, and trying that again; how the worker's routines go."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from yimen.kernel.calendar.today import now
from yimen.kernel.ledger.append import record
from yimen.kernel.ledger.entries import Who
from yimen.kernel.notices.models import OutboxMessage, RoutineRun


def waiting() -> int:
    """How many messages wait to be delivered."""
    return OutboxMessage.objects.filter(state="waiting").count()


def failed_messages(size: int = 50) -> list[OutboxMessage]:
    """The messages given up, the newest first."""
    return list(OutboxMessage.objects.filter(state="failed").order_by("-id")[:size])


def routine_runs() -> list[RoutineRun]:
    """The routines of the worker, the failing ones first. One that no worker names any longer is left out."""
    runs = list(RoutineRun.objects.order_by("-failures", "name"))
    newest = max((run.ran_at for run in runs), default=None)
    grace = timedelta(hours=1)
    return [r for r in runs if newest and r.ran_at + 2 * timedelta(seconds=r.every_seconds) + grace > newest]


def retry(message_id: UUID, who: Who) -> bool:
    """Put a failed message back in the queue, with a ledger entry; False when there is none such."""
    at = now()
    with transaction.atomic():
        changed = OutboxMessage.objects.filter(id=message_id, state="failed").update(
            state="waiting", tries=0, due_at=at
        )
        if changed:
            record(stream=message_id, act="retry_message", who=who, payload={}, at=at)
    return bool(changed)
