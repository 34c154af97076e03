"""Questions about incidents."""

from django.db.models import QuerySet

from yimen.domains.grid.permissions import GridPermission
from yimen.domains.grid.procedures import INCIDENT
from yimen.domains.grid.reference import Duty, in_force
from yimen.kernel.access.actors import Actor
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import visible_to
from yimen.kernel.procedure.registry import get
from yimen.kernel.words import Text


def visible_incidents(actor: Actor) -> QuerySet[Matter]:
    """The incidents the actor may see."""
    return visible_to(actor, GridPermission.READ, procedure=INCIDENT.code)


def public_stage(matter: Matter) -> Text:
    """The state in public words."""
    return get(matter.procedure, matter.version).state(matter.state).public


def class_name(code: str) -> Text:
    """A class's name, or that it is still to be settled."""
    found = in_force().classes.get(code)
    return found.name if found else Text("待定分类", "Class to be settled")


def suggested_duty(matter: Matter) -> Duty | None:
    """Which organ the duty table names for an incident."""
    return in_force().duty(matter.kind, matter.place_code)
