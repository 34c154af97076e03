"""The only place that knows what time it is. Tests set it; the lint bans the standard clocks elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")
_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """This instant, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)  # noqa: TID251 - here and nowhere else


def today() -> date:
    """Today's date where the county is."""
    return now().astimezone(LOCAL_ZONE).date()


def midnight(on: date) -> datetime:
    """The instant at which a day begins where the county is."""
    return datetime.combine(on, time.min, LOCAL_ZONE)


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Make it `at` (an aware datetime) inside the block, in this thread or task."""
    if at.tzinfo is None:
        raise ValueError("an instant has a time zone")
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
