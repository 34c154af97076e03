"""The door of this domain: what faces and other domains may use."""

from yimen.domains.command.assessments import (
    act_on_appeal,
    appeal,
    awaits_correction,
    correct,
    editions,
    left_out_of,
    month_of,
    publish,
    set_scheme,
    visible_appeals,
)
from yimen.domains.command.indicators import (
    FORMULA_VERSION,
    MEASURES,
    MINUTES,
    OF_A_LIMIT,
    RATES,
    SOURCE,
    Measure,
    Rate,
)
from yimen.domains.command.models import Assessment
from yimen.domains.command.permissions import CommandPermission
from yimen.domains.command.procedures import APPEAL
from yimen.domains.command.queries import (
    Number,
    Period,
    by_class,
    by_day,
    counts,
    facts_behind,
    matters_behind,
    scope_of,
    table,
)
from yimen.domains.command.recount import Difference, differences
from yimen.domains.command.rollups import catch_up, follow, rebuild

__all__ = [
    "APPEAL",
    "FORMULA_VERSION",
    "MEASURES",
    "MINUTES",
    "OF_A_LIMIT",
    "RATES",
    "SOURCE",
    "Assessment",
    "CommandPermission",
    "Difference",
    "Measure",
    "Number",
    "Period",
    "Rate",
    "act_on_appeal",
    "appeal",
    "awaits_correction",
    "by_class",
    "by_day",
    "catch_up",
    "correct",
    "counts",
    "differences",
    "editions",
    "facts_behind",
    "follow",
    "left_out_of",
    "matters_behind",
    "month_of",
    "publish",
    "rebuild",
    "scope_of",
    "set_scheme",
    "table",
    "visible_appeals",
]
