"""The office hours in which an organ's working hours are counted, held in memory."""

from collections.abc import Callable
from time import monotonic

from yimen.kernel.calendar.clocks import OfficeHours
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.tenancy import place_key
from yimen.kernel.org.models import WorkingHours

USUAL = OfficeHours()
_SECONDS = 60.0
_kept: dict[tuple[str, str], tuple[float, dict[str, OfficeHours]]] = {}


def office_hours(organ_code: str) -> OfficeHours:
    """The organ's own hours today, else the county's, else 9:00-12:00 and 14:00-17:30."""
    return hours_today()(organ_code)


def hours_today() -> Callable[[str], OfficeHours]:
    """What gives the hours of each organ today without asking further."""
    key = place_key()
    found = _kept.get(key)
    if found is None or monotonic() - found[0] > _SECONDS:
        rows = WorkingHours.objects.filter(valid__contains=today())
        found = _kept[key] = monotonic(), {r.organ_code: OfficeHours.read(r.spans) for r in rows}
    own = found[1]
    return lambda organ_code: own.get(organ_code) or own.get("") or USUAL


def forget() -> None:
    """Read afresh next time."""
    _kept.clear()
