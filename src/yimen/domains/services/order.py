"""In which order applications are decided where only so many are granted (行政许可法 第五十七条): that of their acceptance."""

from yimen.domains.catalogue.api import item_version
from yimen.domains.services.deciders import stands_with
from yimen.domains.services.procedures import SERVICE
from yimen.kernel.matters.models import Clock, Matter


def earlier_in_order(matter: Matter) -> Matter | None:
    """The first application for the same thing that was accepted before this one and is not decided yet; None where there is none
    or the item knows no limit. What renews or changes a result takes nothing from anybody.
    """
    if not item_version(matter.kind, int(matter.facts["item_version"])).is_limited or _is_upon(matter):
        return None
    accepted = Clock.objects.filter(
        limit_code="promise", stopped_at__isnull=True
    )  # runs from acceptance to the decision
    own = accepted.filter(matter_id=matter.id).values_list("started_at", flat=True).first()
    before = accepted.filter(matter__procedure=SERVICE.code, matter__kind=matter.kind).exclude(
        matter_id=matter.id
    )
    if stands_with(matter).level == "township":
        before = before.filter(matter__township_code=matter.township_code)
    if own is not None:
        before = before.filter(started_at__lt=own)
    first_come = before.order_by("started_at").select_related("matter")
    return next((clock.matter for clock in first_come if not _is_upon(clock.matter)), None)


def _is_upon(matter: Matter) -> bool:
    return bool(matter.facts.get("renews") or matter.facts.get("changes"))
