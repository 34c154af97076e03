"""Matter numbers such as SJ-2026-000123: readable, never reused, handed out without waiting.

Each process takes a block of numbers from the county's own sequence and spends it; a number lost with a
crashed process is a gap, which these numbers may have (documents with legal effect are numbered elsewhere).
"""

from collections import defaultdict, deque
from datetime import datetime
from threading import Lock

from django.db import connection

from yimen.kernel.calendar.today import LOCAL_ZONE
from yimen.kernel.counties.tenancy import place_key

BLOCK = 64
_lock = Lock()
_ready: defaultdict[tuple[str, str], deque[int]] = defaultdict(deque)


def next_numbers(count: int) -> list[int]:
    """The next numbers of the current county, by one question at most."""
    with _lock:
        ready = _ready[place_key()]
        if (lacking := count - len(ready)) > 0:
            with connection.cursor() as cursor:
                blocks = -(-lacking // BLOCK)
                cursor.execute("SELECT nextval('matters_number') FROM generate_series(1, %s)", [blocks])
                for (end,) in cursor.fetchall():
                    ready.extend(range(int(end) - BLOCK + 1, int(end) + 1))
        return [ready.popleft() for _ in range(count)]


def written(prefix: str, opened_at: datetime, number: int) -> str:
    """A number as people read it, under its procedure's prefix and the year in which the matter began."""
    return f"{prefix}-{opened_at.astimezone(LOCAL_ZONE).year}-{number:06d}"
