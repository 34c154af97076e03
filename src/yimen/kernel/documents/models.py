"""What is kept of seals and of the documents they stand under. Keys are never in the database."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OfficialSeal(models.Model):
    """The seal under which an organ's documents stand in a period: one at a time (一枚印章管审批)."""

    id = models.UUIDField(primary_key=True)
    organ_code = models.TextField(help_text="whose documents stand under it")
    words = models.TextField(help_text="the name along its ring")
    purpose = models.TextField(help_text="what stands below the star, such as 审批服务专用章", blank=True)
    number_word = models.TextField(help_text="the organ's part of document numbers (发文代字)")
    basis = models.TextField(help_text="the document that ordered it")
    certificate = models.TextField(help_text="PEM; its key lies in the key folder")
    fingerprint = models.TextField(unique=True, help_text="SHA-256 of the certificate, hexadecimal")
    valid = DateRangeField()
    ended_because = models.TextField(default="", blank=True)

    class Meta:
        db_table = "documents_seal"
        constraints = (
            ExclusionConstraint(
                name="one_seal_at_a_time",
                expressions=[("organ_code", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("这个机关在这段时间已经有一枚印章：一枚印章管审批。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.words} {self.purpose}"


class Custody(models.Model):
    """Who keeps a seal in a period; what is sealed then is answered for by this person."""

    id = models.UUIDField(primary_key=True)
    seal = models.ForeignKey(OfficialSeal, on_delete=models.PROTECT, related_name="custodies")
    person_id = models.UUIDField()
    valid = DateRangeField()

    class Meta:
        db_table = "documents_custody"
        constraints = (
            ExclusionConstraint(
                name="one_custodian_at_a_time",
                expressions=[("seal", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("这枚印章在这段时间已经有保管人。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.valid}"


class DocumentNumber(models.Model):
    """The last number given in a series: an organ's documents of one kind in one year, without a gap."""

    pk = models.CompositePrimaryKey("organ_code", "word", "year")
    organ_code = models.TextField()
    word = models.TextField()
    year = models.IntegerField()
    last = models.IntegerField()

    class Meta:
        db_table = "documents_number"

    def __str__(self) -> str:
        return f"{self.organ_code} {self.word} {self.year} {self.last}"


class IssuedDocument(models.Model):
    """One document of a matter: composed when the act was heard of, sealed when the organ's seal is there."""

    id = models.UUIDField(primary_key=True)
    matter_id = models.UUIDField()
    kind = models.TextField()
    organ_code = models.TextField(help_text="in whose name")
    title = models.TextField()
    title_en = models.TextField()
    holder = models.TextField(help_text="whom it addresses, with the middle hidden")
    private = models.BinaryField(help_text="sealed JSON of the document")
    asked_by = models.TextField(help_text="whose act made it: name and post")
    law = models.TextField()
    composed_at = models.DateTimeField()
    check_code = models.TextField(unique=True, help_text="printed on it; who has it can check it")
    number = models.TextField(default="", help_text="given when it is sealed")
    seal = models.ForeignKey(OfficialSeal, null=True, on_delete=models.PROTECT)
    sealed_at = models.DateTimeField(null=True)
    paper_id = models.UUIDField(null=True)
    sha256 = models.TextField(default="")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.TextField(default="", blank=True)

    class Meta:
        db_table = "documents_issued"
        constraints = (
            models.UniqueConstraint(
                fields=["number"], name="document_number_once", condition=~Q(number=""),
                violation_error_message=_("这个文号已经用过。"),
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=["matter_id", "id"], name="document_by_matter"),
            models.Index(fields=["organ_code", "id"], name="document_waiting", condition=Q(paper_id=None)),
            models.Index(fields=["seal", "-id"], name="document_by_seal"),
            models.Index(fields=["sha256"], name="document_by_hash"),
        )

    def __str__(self) -> str:
        return f"{self.title} {self.number}"
