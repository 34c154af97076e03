"""Holiday notices entered after this release was made: proposed by one person, confirmed by another."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CalendarNotice(models.Model):
    """A notice of the State Council for a year; it counts once a second person has confirmed it.

    A later notice for the same year replaces the one before, as the Spring Festival of 2020 was prolonged.
    """

    id = models.UUIDField(primary_key=True)
    year = models.IntegerField()
    documents = models.JSONField()
    rest_weekdays = models.JSONField()
    working_weekends = models.JSONField()
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    confirmed_by = models.TextField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "calendar_notice"
        constraints = (
            models.UniqueConstraint(
                fields=["year"],
                condition=Q(confirmed_at__isnull=True),
                name="calendar_notice_one_waiting_per_year",
                violation_error_message=_("这一年已经有一份待确认的安排。"),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="calendar_notice_two_people",
                violation_error_message=_("录入和确认须由两个人办理。"),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="calendar_notice_who_and_when",
            ),
        )

    def __str__(self) -> str:
        return f"{self.year} {'、'.join(self.documents)}"
