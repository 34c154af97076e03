"""The door of this domain: what faces and other domains may use."""

from yimen.domains.grid.board import Board, Latest, TownshipRow, Trend, board, trend
from yimen.domains.grid.commands import LONGEST_TEXT, Report, act, report_incident
from yimen.domains.grid.permissions import GridPermission
from yimen.domains.grid.procedures import INCIDENT
from yimen.domains.grid.queries import (
    Similar,
    class_name,
    incidents_by_grid,
    is_grid_worker,
    joined_in,
    joined_to,
    likely_duplicates,
    my_work,
    public_answer,
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
    "Board",
    "ClassRef",
    "Duty",
    "GridPermission",
    "Latest",
    "Report",
    "Similar",
    "TownshipRow",
    "Trend",
    "act",
    "board",
    "class_name",
    "classes_on",
    "duties_on",
    "end_class",
    "grouped",
    "in_force",
    "incidents_by_grid",
    "is_grid_worker",
    "joined_in",
    "joined_to",
    "likely_duplicates",
    "my_work",
    "public_answer",
    "public_stage",
    "report_incident",
    "set_class",
    "set_duty",
    "similar_incidents",
    "suggested_duty",
    "trend",
    "versions_of",
    "visible_incidents",
]
