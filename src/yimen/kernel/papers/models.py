"""What is known of a kept file. The bytes lie in the store under their hash; the row never changes."""

from django.db import models


class Paper(models.Model):
    """One uploaded file. The matter it belongs to is named in that matter's ledger entry."""

    id = models.UUIDField(primary_key=True)
    sha256 = models.TextField()
    media_type = models.TextField()
    size = models.BigIntegerField()
    original_name = models.TextField(default="")
    kept_at = models.DateTimeField()
    kept_by = models.UUIDField(null=True, help_text="account; empty for the public")
    captured_at = models.DateTimeField(null=True, help_text="from the photo itself")
    lng = models.FloatField(null=True, help_text="from the photo itself, WGS84 degrees")
    lat = models.FloatField(null=True)
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)

    class Meta:
        db_table = "papers_paper"
        indexes = (models.Index(fields=["sha256"], name="paper_by_hash"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="paper_hash_is_sha256"
            ),
        )

    def __str__(self) -> str:
        return self.original_name or self.sha256[:12]
