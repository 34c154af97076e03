"""The outbox: written in the same statement as the act it tells of, delivered afterwards by the worker."""

from django.db import models
from django.db.models import Q


class OutboxMessage(models.Model):
    """One message to one topic's handler. A failed one is visible work, not a log line."""

    id = models.UUIDField(primary_key=True)
    topic = models.TextField()
    payload = models.JSONField()
    stream = models.UUIDField(null=True, help_text="the matter it tells of")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    state = models.TextField(default="waiting")
    last_error = models.TextField(default="")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notices_outbox"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=["waiting", "sent", "failed"]), name="outbox_state"),
        )
        indexes = (
            models.Index(fields=["due_at"], name="outbox_waiting", condition=Q(state="waiting")),
            models.Index(fields=["-id"], name="outbox_failed", condition=Q(state="failed")),
        )

    def __str__(self) -> str:
        return f"{self.topic} {self.state}"
