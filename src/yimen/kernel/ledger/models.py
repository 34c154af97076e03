"""The ledger's two tables: entries, and the seals of days. The app may read and add; nobody may change.

No foreign keys: an entry keeps the words of its day and must outlive whatever it speaks of.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One act, once and for all. A stream (a matter, an account, a register) has its own chain."""

    pk = models.CompositePrimaryKey("stream", "seq")
    stream = models.UUIDField(help_text="whose chain it is")
    seq = models.IntegerField(help_text="1, 2, 3, … without a gap")
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    who_name = models.TextField()
    post = models.TextField()
    organ = models.TextField()
    act = models.TextField()
    law = models.TextField(help_text="the article it stands on")
    from_state = models.TextField()
    to_state = models.TextField()
    payload = models.TextField(help_text="canonical JSON, the exact text that was hashed")
    prev = models.BinaryField(help_text="hash of the entry before; 32 zero bytes for the first")
    body = models.BinaryField(help_text="hash of the entry's canonical text")
    hash = models.BinaryField(help_text="hash of prev and body")
    algo = models.TextField(help_text="sha256 or sm3")

    class Meta:
        db_table = "ledger_entry"
        constraints = (
            models.CheckConstraint(
                condition=Q(seq__gte=1),
                name="ledger_entry_counts_from_one",
                violation_error_message=_("台账序号从 1 开始。"),
            ),
        )
        indexes = (
            models.Index(fields=["at"], name="ledger_entry_at"),
            models.Index(fields=["person_id", "at"], name="ledger_entry_person"),
        )

    def __str__(self) -> str:
        return f"{self.stream}/{self.seq} {self.act}"


class Seal(models.Model):
    """A day's Merkle root over the last hash each stream had that day, chained to the seal before."""

    day = models.DateField(primary_key=True, help_text="day in Asia/Shanghai")
    root = models.BinaryField(help_text="32 zero bytes for a day without entries")
    entries = models.IntegerField(help_text="how many entries the day has")
    heads = models.IntegerField(help_text="how many streams they belong to: the tree's leaves")
    previous_seal = models.BinaryField(help_text="hash of the seal before; 32 zero bytes for the first")
    hash = models.BinaryField(help_text="hash of the seal's canonical text")
    algo = models.TextField(help_text="sha256 or sm3")
    made_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_seal"
        constraints = (
            models.CheckConstraint(
                condition=Q(entries__gte=0, heads__gte=0),
                name="ledger_seal_counts_not_negative",
                violation_error_message=_("封存计数不能为负。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
