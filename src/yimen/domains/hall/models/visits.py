"""How often somebody had to come for a matter, and papers passed between front and back office."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yimen.domains.hall.models.halls import Window
from yimen.kernel.matters.models import Matter


class Visit(models.Model):
    """Somebody came to a hall or a site for a matter; one person at one counter counts once a day."""

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    purpose = models.TextField(help_text="apply, complete, collect or other")
    place = models.TextField(help_text="code of the hall or site")
    place_code = models.TextField(help_text="the division it serves")
    ticket_id = models.UUIDField(null=True)
    window = models.ForeignKey(
        Window, null=True, on_delete=models.PROTECT, related_name="+", help_text="where they were served"
    )
    noted_at = models.DateTimeField()

    class Meta:
        db_table = "hall_visit"
        constraints = (models.UniqueConstraint(fields=["matter", "on"], name="one_visit_a_day"),)
        indexes = (models.Index(fields=["place_code", "-id"], name="visit_by_place"),)

    def __str__(self) -> str:
        return f"{self.matter_id} {self.on}"


class Handover(models.Model):
    """The paper file of a matter passes from front to back office or back; whoever receives it says so."""

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    to_back = models.BooleanField(help_text="from front to back office; otherwise the other way")
    papers = models.TextField(help_text="what is in the file")
    place_code = models.TextField()
    sent_by = models.UUIDField()
    sender = models.TextField()
    sent_at = models.DateTimeField()
    received_by = models.UUIDField(null=True)
    receiver = models.TextField(default="", blank=True)
    received_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hall_handover"
        constraints = (
            models.UniqueConstraint(
                fields=["matter"],
                condition=models.Q(received_at__isnull=True),
                name="one_handover_under_way",
                violation_error_message=_("这件的材料已经交出，还没有签收。"),
            ),
        )
        indexes = (models.Index(fields=["place_code", "-id"], name="handover_by_place"),)

    def __str__(self) -> str:
        return f"{self.matter_id} → {'back' if self.to_back else 'front'}"
