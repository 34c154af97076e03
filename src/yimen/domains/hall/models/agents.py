"""The money that agents hold for residents. Amounts are in fen."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yimen.kernel.matters.models import Matter

WAYS = ("received", "paid", "returned", "settled")


class CashEntry(models.Model):
    """Money received from, paid for, or returned to a resident; or a difference settled. Never altered.

    `fen` is positive where the agent's cash grows and negative where it shrinks.
    """

    id = models.UUIDField(primary_key=True)
    agent_id = models.UUIDField(help_text="the person who holds the cash")
    on = models.DateField()
    matter = models.ForeignKey(Matter, null=True, on_delete=models.PROTECT, related_name="+")
    way = models.TextField()
    fen = models.BigIntegerField()
    receipt = models.TextField(unique=True, help_text="number of the receipt")
    words = models.TextField(help_text="for what")
    at = models.DateTimeField()

    class Meta:
        db_table = "hall_cash_entry"
        constraints = (
            models.CheckConstraint(condition=Q(way__in=WAYS), name="cash_way_known"),
            models.CheckConstraint(
                condition=Q(way="settled") | (Q(way="received") & Q(fen__gt=0)) | (Q(way__in=("paid", "returned")) & Q(fen__lt=0)),
                name="cash_sign_fits",
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=["agent_id", "on"], name="cash_by_agent"),)

    def __str__(self) -> str:
        return f"{self.receipt} {self.fen}"


class CashDay(models.Model):
    """An agent's closed day: what was there, came, went, and was counted. It closes only when it reconciles."""

    id = models.UUIDField(primary_key=True)
    agent_id = models.UUIDField()
    agent = models.TextField(help_text="the agent's name")
    place_code = models.TextField()
    on = models.DateField()
    opening = models.BigIntegerField(help_text="fen")
    came = models.BigIntegerField()
    went = models.BigIntegerField()
    counted = models.BigIntegerField()
    closed_at = models.DateTimeField()

    class Meta:
        db_table = "hall_cash_day"
        constraints = (
            models.UniqueConstraint(
                fields=["agent_id", "on"], name="cash_day_once", violation_error_message=_("这一天已经结账。")
            ),
            models.CheckConstraint(
                condition=Q(counted=F("opening") + F("came") - F("went")),
                name="cash_day_reconciles",
                violation_error_message=_("清点的现金和账面不符。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.agent} {self.on}"
