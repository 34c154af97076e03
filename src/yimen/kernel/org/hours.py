"""The office hours in which an organ's working hours are counted, held in memory."""

from collections.abc import Callable

from yimen.kernel.calendar.clocks import OfficeHours
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.memory import held
from yimen.kernel.org.models import WorkingHours

USUAL = OfficeHours()


@held()
def hours_today() -> Callable[[str], OfficeHours]:
    """What gives an organ's own hours today, else the county's, else 9:00-12:00 and 14:00-17:30; it asks nothing further."""
    own = {
        r.organ_code: OfficeHours.read(r.spans) for r in WorkingHours.objects.filter(valid__contains=today())
    }
    return lambda organ_code: own.get(organ_code) or own.get("") or USUAL


def office_hours(organ_code: str) -> OfficeHours:
    """The hours of an organ today."""
    return hours_today()(organ_code)
