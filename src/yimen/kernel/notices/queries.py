"""What waits in the outbox and what failed for good, and trying that again."""

from uuid import UUID

from django.db import transaction

from yimen.kernel.calendar.today import now
from yimen.kernel.ledger.append import record
from yimen.kernel.ledger.entries import Who
from yimen.kernel.notices.models import OutboxMessage


def waiting() -> int:
    """How many messages wait to be delivered."""
    return OutboxMessage.objects.filter(state="waiting").count()


def failed_messages(size: int = 50) -> list[OutboxMessage]:
    """The messages given up, the newest first."""
    return list(OutboxMessage.objects.filter(state="failed").order_by("-id")[:size])


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
