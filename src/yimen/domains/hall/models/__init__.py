"""What is kept of halls, sites, agents' money and providers."""

from yimen.domains.hall.models.agents import CashDay, CashEntry
from yimen.domains.hall.models.halls import Appointment, Hall, SlotRule, Ticket, Window
from yimen.domains.hall.models.providers import Contract, Provider
from yimen.domains.hall.models.sites import Site
from yimen.domains.hall.models.visits import Handover, Visit

__all__ = [
    "Appointment",
    "CashDay",
    "CashEntry",
    "Contract",
    "Hall",
    "Handover",
    "Provider",
    "Site",
    "SlotRule",
    "Ticket",
    "Visit",
    "Window",
]
