"""Questions about applications."""

from dataclasses import dataclass
from uuid import UUID

import orjson
from django.db.models import QuerySet

from yimen.domains.services.permissions import ServicePermission
from yimen.domains.services.procedures import JOINT_OPINION, RECTIFICATION, SERVICE
from yimen.kernel.access.actors import Actor
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import visible_to, waiting_for


def visible_applications(actor: Actor, procedure: str = SERVICE.code) -> QuerySet[Matter]:
    """The applications (or opinions in joint handling) that the actor may see."""
    return visible_to(actor, ServicePermission.READ, procedure=procedure)


def applications_waiting(actor: Actor, size: int) -> list[Matter]:
    """The applications, opinions and bad ratings that wait for the actor, the most urgent first."""
    return [m for each in (SERVICE, JOINT_OPINION, RECTIFICATION) for m in waiting_for(actor, each, size)]


@dataclass(frozen=True, slots=True)
class JointAnswer:
    """What an organ asked to join in said: the state of its opinion and its words, "" while it has not answered."""

    id: UUID
    organ_code: str
    state: str
    words: str


def joint_answers(matter: Matter) -> list[JointAnswer]:
    """Of the organs asked about an application, in the order they were asked; none, and no question, where it is not joint."""
    if not matter.facts.get("joint_organs"):
        return []
    asked = list(Matter.objects.filter(procedure=JOINT_OPINION.code, related_id=matter.id).order_by("id"))
    answers = Entry.objects.filter(stream__in=[m.id for m in asked], act__in=("agree", "object"))
    said = {e.stream: orjson.loads(e.payload)["given"] for e in answers}
    return [
        JointAnswer(m.id, m.organ_code, m.state, str(told.get("opinion") or told.get("reason") or ""))
        for m in asked
        for told in (said.get(m.id, {}),)
    ]
