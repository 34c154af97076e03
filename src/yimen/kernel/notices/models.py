"""The outbox: written in the same statement as the act it tells of, delivered afterwards by the worker."""

from django.db import models
from django.db.models import Q


class RoutineRun(models.Model):
    """When a routine of the worker last ran in this county, and how that went."""

    name = models.TextField(primary_key=True, help_text="in English, as the program names it")
    name_zh = models.TextField()
    every_seconds = models.IntegerField()
    ran_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0, help_text="in a row; 0 when the last run went well")
    last_error = models.TextField(default="", help_text="of the last failure, kept after it is mended")

    class Meta:
        db_table = "notices_routine"

    def __str__(self) -> str:
        return f"{self.name} {self.ran_at}"


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
