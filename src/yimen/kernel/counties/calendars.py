"""The working calendar of the county we stand in: the country's, less the county's own rest days."""

from datetime import date

from yimen.kernel.calendar.notices import current_calendar
from yimen.kernel.calendar.official import WorkingCalendar
from yimen.kernel.counties.tenancy import current_county

_kept: dict[tuple[str, tuple[str, ...]], WorkingCalendar] = {}


def county_calendar() -> WorkingCalendar:
    """The calendar in force here; a county's own rest days stand on 放假办法 第四条 (ethnic festivals)."""
    country, own = current_calendar(), tuple(current_county().local_rest_days)
    if not own:
        return country
    key = (country.edition, own)
    if key not in _kept:
        _kept[key] = country.with_local_rest_days(map(date.fromisoformat, own))
    return _kept[key]
