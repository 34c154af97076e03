"""What is kept of services beside their matters: ratings, and what a granted permit puts under supervision."""

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yimen.kernel.words import Called

LEVELS = (1, 2, 3, 4, 5)
"""1 非常不满意 to 5 非常满意; 1 and 2 are bad (国办发〔2019〕51号)."""


class Rating(models.Model):
    """How somebody rated a matter online, once, or a visit to the counter, once. Who rated is the applicant.

    An anonymous one is shown to staff without matter, visit and exact day, before and after it is answered.
    """

    id = models.UUIDField(primary_key=True)
    matter_id = models.UUIDField()
    item_code = models.TextField()
    township_code = models.TextField()
    channel = models.TextField(help_text="counter (一次一评) or online (一事一评)")
    visit_id = models.UUIDField(null=True, help_text="the visit rated at the counter; none online")
    window_id = models.UUIDField(null=True, help_text="the window that served the visit")
    level = models.SmallIntegerField()
    words = models.TextField(default="", blank=True)
    is_anonymous = models.BooleanField(default=False)
    given_at = models.DateTimeField()
    rectification_id = models.UUIDField(null=True, help_text="the matter that answers a bad rating")
    again_level = models.SmallIntegerField(
        null=True, help_text="how its answer was rated; the first level counts"
    )
    again_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "services_rating"
        constraints = (
            models.UniqueConstraint(
                fields=["matter_id"],
                condition=Q(visit_id__isnull=True),
                name="rating_once",
                violation_error_message=_("这件事已经评价过了，每件事评价一次。"),
            ),
            models.UniqueConstraint(
                fields=["visit_id"],
                name="rating_once_a_visit",
                violation_error_message=_("这次来办事已经评价过了，每次评价一次。"),
            ),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="rating_level_known"),
            models.CheckConstraint(
                condition=Q(channel="counter", visit_id__isnull=False)
                | Q(channel="online", visit_id__isnull=True),
                name="rating_channel_shown",
            ),
        )
        indexes = (
            models.Index(fields=["township_code", "-given_at"], name="rating_by_township"),
            models.Index(
                fields=["given_at"],
                condition=Q(is_anonymous=True, level__lte=2, rectification_id__isnull=True),
                name="rating_to_be_answered",
            ),
        )

    def __str__(self) -> str:
        return f"{self.level} {self.item_code}"


class Course(models.Model):
    """How one application went, as figures count it. It follows from the matter, its ledger and its clocks, and can be made again.

    What may still turn out either way is null: whether in time, before it was answered or decided.
    """

    matter_id = models.UUIDField(primary_key=True)
    seq = models.IntegerField(help_text="sequence of the last entry that is in here")
    item_code = models.TextField()
    organ_code = models.TextField(help_text="the department in charge of the item")
    township_code = models.TextField()
    place_code = models.TextField()
    channel = models.TextField()
    day = models.DateField(help_text="day of the application in Asia/Shanghai")
    was_accepted = models.BooleanField()
    was_deemed = models.BooleanField(
        help_text="accepted by the law's fiction, five working days without an answer"
    )
    was_deficient = models.BooleanField(help_text="defects were named")
    was_settled = models.BooleanField(help_text="decided and handed over on the spot")
    was_handed_up = models.BooleanField()
    answered_in_time = models.BooleanField(null=True)
    is_decided = models.BooleanField()
    decided_in_law = models.BooleanField(null=True, help_text="within the statutory limit")
    decided_in_promise = models.BooleanField(null=True, help_text="within the promised limit")
    decide_by = models.DateTimeField(null=True, help_text="end of the statutory limit while it runs")
    statutory_days = models.IntegerField(null=True, help_text="working days; null for limits in another unit")
    promised_days = models.IntegerField(null=True, help_text="working days; null for limits in another unit")
    used_days = models.IntegerField(
        null=True, help_text="working days from acceptance to decision, pauses left out"
    )
    is_ended = models.BooleanField(help_text="result or refusal delivered")
    way = models.TextField(default="", blank=True, help_text="how the result was delivered")
    promised_visits = models.IntegerField()

    class Meta:
        db_table = "services_course"
        indexes = (
            models.Index(fields=["day"], name="course_by_day"),
            models.Index(fields=["township_code", "day"], name="course_by_township"),
        )

    def __str__(self) -> str:
        return f"{self.item_code} {self.day}"


class PublicPermit(Called, models.Model):
    """A granted permit as anybody may read of it (行政许可法 第四十条). It follows from the matter and can be made again."""

    id = models.UUIDField(primary_key=True)
    matter_id = models.UUIDField(unique=True)
    item_code = models.TextField()
    name = models.TextField()
    name_en = models.TextField()
    number = models.TextField(help_text="of the certificate")
    holder = models.TextField(help_text="an organisation's name; a person's with its middle hidden")
    township_code = models.TextField()
    organ_code = models.TextField(help_text="who decided")
    granted_on = models.DateField()
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True, help_text="null where it does not end")
    ended = models.TextField(default="", blank=True, help_text="revoked, cancelled or replaced; else empty")
    ended_on = models.DateField(null=True)
    folded = models.TextField(help_text="number, item and an organisation's name as searches compare them")
    terms = ArrayField(models.IntegerField(), help_text="two-character search codes")

    class Meta:
        db_table = "services_public_permit"
        indexes = (
            GinIndex(fields=["terms"], name="public_permit_terms"),
            models.Index(fields=["valid_until"], condition=Q(ended=""), name="public_permit_by_end"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class SupervisedObject(Called, models.Model):
    """What a granted permit puts under supervision: an object that enforcement and the grid can look for (审管衔接)."""

    id = models.UUIDField(primary_key=True)
    matter_id = models.UUIDField(unique=True)
    item_code = models.TextField()
    name = models.TextField()
    name_en = models.TextField()
    number = models.TextField(help_text="of the certificate")
    holder = models.TextField(help_text="the holder's name with its middle hidden")
    place_code = models.TextField()
    organ_code = models.TextField(help_text="the department in charge")
    valid = DateRangeField()

    class Meta:
        db_table = "services_supervised_object"
        indexes = (models.Index(fields=["place_code", "-id"], name="supervised_by_place"),)

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Draft(models.Model):
    """An application that is being filled in. `private` is sealed, and empty once handed in or forgotten."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField(unique=True)
    item_code = models.TextField()
    item_version = models.IntegerField()
    bundle_code = models.TextField(
        default="", blank=True, help_text="the life event it is for; none for one item"
    )
    parts = models.JSONField(default=list, help_text="of a life event: [[item's code, version], …]")
    private = models.BinaryField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "services_draft"

    def __str__(self) -> str:
        return f"{self.item_code} {self.changed_at:%Y-%m-%d}"
