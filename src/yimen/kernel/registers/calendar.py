"""Bringing a year's holiday notice in force: one person enters it, another confirms it, both leave an entry."""

from datetime import datetime

from django.db import transaction

from yimen.kernel.access.actors import Actor
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.models import CalendarNotice
from yimen.kernel.calendar.notices import confirm_notice, propose_notice, proposed_notices, questions_of
from yimen.kernel.calendar.today import now
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.registers.acts import note, permit, stream_of

HOLIDAYS = "全国年节及纪念日放假办法 第七条"


def enter_notice(actor: Actor, content: bytes, *, checked: bool = False) -> CalendarNotice:
    """Enter the published text (or JSON) of a notice; it counts once somebody else confirms it.

    `checked` says that each question it raises was looked up in the published notice.
    """
    permit(actor, KernelPermission.CALENDAR_PROPOSE, current_county().code)
    with transaction.atomic():
        notice = propose_notice(_name(actor), content, checked=checked)
        note(
            actor, stream_of("calendar", str(notice.year)), "enter_notice", now(), HOLIDAYS,
            documents=notice.documents, rest=notice.rest_weekdays, worked=notice.working_weekends,
            asked=_asked(notice),
        )  # fmt: skip
    return notice


def put_in_force(actor: Actor, year: int, seen: datetime | None = None, *, checked: bool = False) -> str:
    """Confirm another person's notice; returns the new calendar edition. The worker then moves running clocks."""
    permit(actor, KernelPermission.CALENDAR_CONFIRM, current_county().code)
    with transaction.atomic():
        waiting = next((n for n in proposed_notices() if n.year == year), None)
        edition = confirm_notice(_name(actor), year, seen, checked=checked)
        note(
            actor, stream_of("calendar", str(year)), "confirm_notice", now(), HOLIDAYS,
            edition=edition, asked=_asked(waiting) if waiting else None,
        )  # fmt: skip
    return edition


def _asked(notice: CalendarNotice) -> list[str] | None:
    """The codes of the questions that were answered with “checked”."""
    return [finding.code for finding in questions_of(notice)] or None


def _name(actor: Actor) -> str:
    """A person across counties, since the calendar is everybody's: county, then person or account."""
    return f"{current_county().schema_name}/{actor.person_id or actor.account_id}/{actor.name}"
