"""The door of services: what other rings may ask of them."""

from yimen.domains.services import courses, drafts
from yimen.domains.services.bundles import combined, submit_together, together
from yimen.domains.services.commands import (
    AUTHORITIES,
    ID_KINDS,
    Applicant,
    Application,
    act,
    address_question,
    digest_of,
    may_build_on,
    may_take_in,
    needed,
    opened_form,
    renewed,
    submit,
)
from yimen.domains.services.deciders import stands_with
from yimen.domains.services.documents import WRITTEN, preview
from yimen.domains.services.expiring import cancel_expired
from yimen.domains.services.holders import called
from yimen.domains.services.models import LEVELS, Course, Draft, PublicPermit, Rating, SupervisedObject
from yimen.domains.services.order import earlier_in_order
from yimen.domains.services.permissions import ServicePermission
from yimen.domains.services.procedures import BEFORE_DECISION, JOINT_OPINION, RECTIFICATION, SERVICE
from yimen.domains.services.publishing import (
    PublicHearing,
    PublicNotice,
    public_hearings,
    public_notices,
    public_permits,
)
from yimen.domains.services.queries import applications_waiting, joint_answers, visible_applications
from yimen.domains.services.ratings import (
    BAD,
    LEVEL_NAMES,
    Answered,
    answer_anonymous,
    answer_to,
    rate,
    rate_again,
    rate_at_counter,
    ratings_of,
)
from yimen.domains.services.rules import inquiries_left
from yimen.domains.services.supervision import findings_of, last_found, report_finding, supervised
from yimen.domains.services.transfers import follow_transfers, in_hand

__all__ = [
    "AUTHORITIES",
    "BAD",
    "BEFORE_DECISION",
    "ID_KINDS",
    "JOINT_OPINION",
    "LEVELS",
    "LEVEL_NAMES",
    "RECTIFICATION",
    "SERVICE",
    "WRITTEN",
    "Answered",
    "Applicant",
    "Application",
    "Course",
    "Draft",
    "PublicHearing",
    "PublicNotice",
    "PublicPermit",
    "Rating",
    "ServicePermission",
    "SupervisedObject",
    "act",
    "address_question",
    "answer_anonymous",
    "answer_to",
    "applications_waiting",
    "called",
    "cancel_expired",
    "combined",
    "courses",
    "digest_of",
    "drafts",
    "earlier_in_order",
    "findings_of",
    "follow_transfers",
    "in_hand",
    "inquiries_left",
    "joint_answers",
    "last_found",
    "may_build_on",
    "may_take_in",
    "needed",
    "opened_form",
    "preview",
    "public_hearings",
    "public_notices",
    "public_permits",
    "rate",
    "rate_again",
    "rate_at_counter",
    "ratings_of",
    "renewed",
    "report_finding",
    "stands_with",
    "submit",
    "submit_together",
    "supervised",
    "together",
    "visible_applications",
]
