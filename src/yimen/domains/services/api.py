"""The door of services: what other rings may ask of them."""

from yimen.domains.services.commands import (
    ID_KINDS,
    Applicant,
    Application,
    act,
    digest_of,
    may_take_in,
    needed,
    opened_form,
    submit,
)
from yimen.domains.services.permissions import ServicePermission
from yimen.domains.services.procedures import JOINT_OPINION, SERVICE
from yimen.domains.services.queries import applications_waiting, visible_applications

__all__ = [
    "ID_KINDS",
    "JOINT_OPINION",
    "SERVICE",
    "Applicant",
    "Application",
    "ServicePermission",
    "act",
    "applications_waiting",
    "digest_of",
    "may_take_in",
    "needed",
    "opened_form",
    "submit",
    "visible_applications",
]
