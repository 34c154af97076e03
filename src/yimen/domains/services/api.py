"""The door of services: what other rings may ask of them."""

from yimen.domains.services import drafts
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
from yimen.domains.services.documents import WRITTEN, preview
from yimen.domains.services.models import Draft, SupervisedObject
from yimen.domains.services.permissions import ServicePermission
from yimen.domains.services.procedures import JOINT_OPINION, RECTIFICATION, SERVICE
from yimen.domains.services.queries import applications_waiting, visible_applications
from yimen.domains.services.ratings import LEVEL_NAMES, levels_of, rate, rated
from yimen.domains.services.supervision import findings_of, report_finding, supervised

__all__ = [
    "ID_KINDS",
    "JOINT_OPINION",
    "LEVEL_NAMES",
    "RECTIFICATION",
    "SERVICE",
    "WRITTEN",
    "Applicant",
    "Application",
    "Draft",
    "ServicePermission",
    "SupervisedObject",
    "act",
    "applications_waiting",
    "digest_of",
    "drafts",
    "findings_of",
    "levels_of",
    "may_take_in",
    "needed",
    "opened_form",
    "preview",
    "rate",
    "rated",
    "report_finding",
    "submit",
    "supervised",
    "visible_applications",
]
