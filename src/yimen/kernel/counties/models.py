"""The public schema: the counties served here, their host names, and the country's administrative divisions."""

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin

from yimen.kernel.words import Called


class County(Called, TenantMixin):  # type: ignore[misc]
    """A county: a tenant, a schema, and in a province's installation a shard."""

    auto_create_schema = False
    code = models.TextField(unique=True, help_text="6-digit division code")
    name = models.TextField()
    name_en = models.TextField()
    province = models.TextField(default="")
    lng = models.FloatField(help_text="centre, degrees")
    lat = models.FloatField()
    boundary = models.JSONField(null=True, help_text="GeoJSON geometry, WGS84/CGCS2000")
    local_rest_days = models.JSONField(default=list, help_text="ISO dates; 放假办法 第四条, decided locally")

    class Meta:
        db_table = "counties_county"

    def __str__(self) -> str:
        return self.name


class CountyHost(DomainMixin):  # type: ignore[misc]
    """A host name under which a county is served."""

    class Meta:
        db_table = "counties_host"


class Division(Called, models.Model):
    """One administrative division: province, city, county, township or village, as published."""

    code = models.TextField(primary_key=True, help_text="12 digits")
    name = models.TextField()
    name_en = models.TextField(
        default="", db_default="", help_text="the county's own; the publications have none"
    )
    level = models.TextField()
    kind = models.TextField(default="")
    parent_code = models.TextField(default="")
    source = models.TextField(help_text="the published edition it came from")

    class Meta:
        db_table = "counties_division"
        indexes = (models.Index(fields=["parent_code", "code"], name="division_children"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^\d{12}$"), name="division_code_12_digits"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
