"""Questions about applications."""

from django.db.models import QuerySet

from yimen.domains.services.permissions import ServicePermission
from yimen.domains.services.procedures import JOINT_OPINION, SERVICE
from yimen.kernel.access.actors import Actor
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import visible_to, waiting_for


def visible_applications(actor: Actor, procedure: str = SERVICE.code) -> QuerySet[Matter]:
    """The applications (or opinions in joint handling) that the actor may see."""
    return visible_to(actor, ServicePermission.READ, procedure=procedure)


def applications_waiting(actor: Actor, size: int) -> list[Matter]:
    """The applications and opinions that wait for the actor, the most urgent first."""
    return [*waiting_for(actor, SERVICE, size), *waiting_for(actor, JOINT_OPINION, size)]
