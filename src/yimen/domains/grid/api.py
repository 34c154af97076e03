"""The door of this domain: what faces and other domains may use."""

from yimen.domains.grid.commands import LONGEST_TEXT, Report, act, judged, report_incident
from yimen.domains.grid.permissions import GridPermission
from yimen.domains.grid.procedures import INCIDENT
from yimen.domains.grid.queries import (
    Similar,
    class_name,
    incidents_by_grid,
    public_stage,
    similar_incidents,
    suggested_duty,
    visible_incidents,
)
from yimen.domains.grid.reference import ClassRef, Duty, grouped, in_force
from yimen.domains.grid.registers import (
    TOWNSHIP,
    classes_on,
    duties_on,
    end_class,
    set_class,
    set_duty,
    versions_of,
)

__all__ = [
    "INCIDENT",
    "LONGEST_TEXT",
    "TOWNSHIP",
    "ClassRef",
    "Duty",
    "GridPermission",
    "Report",
    "Similar",
    "act",
    "class_name",
    "classes_on",
    "duties_on",
    "end_class",
    "grouped",
    "in_force",
    "incidents_by_grid",
    "judged",
    "public_stage",
    "report_incident",
    "set_class",
    "set_duty",
    "similar_incidents",
    "suggested_duty",
    "versions_of",
    "visible_incidents",
]
