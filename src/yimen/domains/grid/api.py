"""The door of this domain: what faces and other domains may use."""

from yimen.domains.grid.commands import LONGEST_TEXT, Report, act, report_incident
from yimen.domains.grid.permissions import GridPermission
from yimen.domains.grid.procedures import INCIDENT
from yimen.domains.grid.queries import (
    Similar,
    class_name,
    public_stage,
    similar_incidents,
    suggested_duty,
    visible_incidents,
)
from yimen.domains.grid.reference import ClassRef, Duty, grouped, in_force

__all__ = [
    "INCIDENT",
    "LONGEST_TEXT",
    "ClassRef",
    "Duty",
    "GridPermission",
    "Report",
    "Similar",
    "act",
    "class_name",
    "grouped",
    "in_force",
    "public_stage",
    "report_incident",
    "similar_incidents",
    "suggested_duty",
    "visible_incidents",
]
