"""Those from whom services are bought, and the contracts that bound what they are paid. Amounts are in fen."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

KINDS = ("enterprise", "institution", "social", "individual")


class Provider(models.Model):
    """An enterprise, institution or social organisation that serves residents on the township's behalf."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    credit_code = models.TextField(
        unique=True, error_messages={"unique": _("这个统一社会信用代码已经登记。")}
    )
    kind = models.TextField()
    services = models.TextField(help_text="what it offers")
    telephone = models.TextField(default="", blank=True)
    valid = DateRangeField()

    class Meta:
        db_table = "hall_provider"
        constraints = (models.CheckConstraint(condition=Q(kind__in=KINDS), name="provider_kind_known"),)

    def __str__(self) -> str:
        return self.name


class Contract(models.Model):
    """A purchase: a provider, a service, a price for each time, and a ceiling. `paid` and `bound` never pass it.

    `bound` is what orders that are not called off will cost.
    """

    id = models.UUIDField(primary_key=True)
    number = models.TextField(unique=True)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="contracts")
    place_code = models.TextField(help_text="12-digit code of the division it serves")
    organ_code = models.TextField(help_text="the organ that buys")
    service = models.TextField()
    price = models.BigIntegerField(help_text="fen for one order")
    ceiling = models.BigIntegerField(help_text="fen in all")
    bound = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    source = models.TextField(help_text="how it was bought: the document")
    valid = DateRangeField()

    class Meta:
        db_table = "hall_contract"
        constraints = (
            models.CheckConstraint(
                condition=Q(price__gt=0) & Q(ceiling__gte=F("price")),
                name="contract_has_a_price",
                violation_error_message=_("单价要大于零，且不超过合同总额。"),
            ),
            models.CheckConstraint(
                condition=Q(bound__gte=0) & Q(bound__lte=F("ceiling")),
                name="orders_within_the_contract",
                violation_error_message=_("订单总额会超过合同总额，不能再下单。"),
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0) & Q(paid__lte=F("bound")),
                name="payment_within_the_contract",
                violation_error_message=_("付款会超过合同约定，不能支付。"),
            ),
        )

    def __str__(self) -> str:
        return self.number
