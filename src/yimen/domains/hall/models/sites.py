"""Village service sites: where, when, by whom and for what."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yimen.kernel.words import Called

KINDS = ("counter", "online")


class Site(Called, models.Model):
    """A service point of a village (村级便民服务点), or its online point, as it stands in a period.

    `village_codes` are the villages it serves; `items` the codes of what it may take.
    """

    id = models.UUIDField(primary_key=True)
    code = models.TextField()
    kind = models.TextField(help_text="counter or online")
    name = models.TextField()
    name_en = models.TextField()
    place_code = models.TextField(help_text="12-digit code of the village it stands in")
    village_codes = ArrayField(models.TextField())
    items = ArrayField(models.TextField(), default=list)
    address = models.TextField(default="", blank=True)
    telephone = models.TextField(default="", blank=True)
    staff = models.TextField(default="", blank=True, help_text="the names posted at the door")
    hours = models.TextField(help_text="as posted at the door")
    lng = models.FloatField(null=True, help_text="degrees, WGS84/CGCS2000")
    lat = models.FloatField(null=True)
    source = models.TextField()
    valid = DateRangeField()

    class Meta:
        db_table = "hall_site"
        constraints = (
            ExclusionConstraint(
                name="site_once_at_a_time",
                expressions=[("code", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("这个站点在这段时间已经有一个版本。"),
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="site_kind_known"),
        )

    def __str__(self) -> str:
        return self.name
