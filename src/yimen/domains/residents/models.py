"""What is kept of residents' accounts. They are no staff accounts: no grant, no role, no way into the console."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Resident(models.Model):
    """One person's account, found by the keyed digest of a telephone number or e-mail address."""

    id = models.UUIDField(primary_key=True)
    contact_digest = models.TextField()
    contact_masked = models.TextField()
    private = models.BinaryField(help_text="sealed JSON: contact, name, id_kind, id_number, phone, address")
    password = models.TextField(default="", help_text="hash; empty until one is set")
    subject = models.TextField(default="", help_text="issuer and subject of the single sign-on, if linked")
    person_digest = models.TextField(default="", help_text="of the identity number, once it is confirmed")
    confirmed_at = models.DateTimeField(null=True)
    keeps_answers = models.BooleanField(default=False, help_text="consent to keep answers for the next time")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "residents_resident"
        constraints = (
            models.UniqueConstraint(
                fields=["contact_digest"], condition=Q(closed_at=None), name="resident_contact_once",
                violation_error_message=_("这个手机号或邮箱已经有账号。"),
            ),
            models.UniqueConstraint(
                fields=["subject"], condition=Q(closed_at=None) & ~Q(subject=""), name="resident_subject_once",
                violation_error_message=_("这个单点登录账号已经关联了别的账号。"),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.contact_masked


class OneTimeCode(models.Model):
    """The last code a browser asked for a contact; a new one takes its place."""

    asked_digest = models.TextField(
        primary_key=True, help_text="of the contact and the word only the browser knows"
    )
    code_digest = models.TextField()
    sent_at = models.DateTimeField()
    tries = models.IntegerField(default=0)

    class Meta:
        db_table = "residents_code"

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d %H:%M}"


class Representation(models.Model):
    """For whom a resident acts, in a period; it opens the other's matters once a clerk has seen the evidence."""

    id = models.UUIDField(primary_key=True)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="representations")
    relation = models.TextField()
    name_masked = models.TextField()
    private = models.BinaryField(help_text="sealed JSON: name, id_kind, id_number")
    person_digest = models.TextField()
    evidence = models.UUIDField(null=True, help_text="the paper that shows it")
    valid = DateRangeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "residents_representation"

    def __str__(self) -> str:
        return f"{self.relation} {self.name_masked}"


class Followed(models.Model):
    """A matter that a resident added by its tracking code."""

    pk = models.CompositePrimaryKey("resident_id", "matter_id")
    resident_id = models.UUIDField()
    matter_id = models.UUIDField()
    since = models.DateTimeField()

    class Meta:
        db_table = "residents_followed"

    def __str__(self) -> str:
        return str(self.matter_id)


class SavedAnswers(models.Model):
    """What a resident let the house keep for the next time: answers by question, papers by material."""

    resident = models.OneToOneField(Resident, primary_key=True, on_delete=models.PROTECT)
    private = models.BinaryField(null=True, help_text="sealed JSON: answers, papers")
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "residents_saved_answers"

    def __str__(self) -> str:
        return f"{self.changed_at:%Y-%m-%d}"
