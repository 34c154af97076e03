"""Questions about applications."""

from django.db.models import QuerySet

from yimen.domains.services.permissions import ServicePermission
from yimen.domains.services.procedures import JOINT_OPINION, RECTIFICATION, SERVICE
from yimen.kernel.access.actors import Actor
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import visible_to, waiting_for


def visible_applications(actor: Actor, procedure: str = SERVICE.code) -> QuerySet[Matter]:
    """The applications (or opinions in joint handling) that the actor may see."""
    return visible_to(actor, ServicePermission.READ, procedure=procedure)


def applications_waiting(actor: Actor, size: int) -> list[Matter]:
    """The applications, opinions and bad ratings that wait for the actor, the most urgent first."""
    return [m for each in (SERVICE, JOINT_OPINION, RECTIFICATION) for m in waiting_for(actor, each, size)]
