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


def next_number(prefix: str, at: datetime) -> str:
    """The next number under a procedure's prefix in the current county."""
    with _lock:
        ready = _ready[place_key()]
        if not ready:
            _take(ready, 1)
        number = ready.popleft()
    return f"{prefix}-{at.astimezone(LOCAL_ZONE).year}-{number:06d}"


def have_ready(count: int) -> None:
    """Take blocks for so many matters by one question, before they are opened together."""
    with _lock:
        ready = _ready[place_key()]
        if (lacking := count - len(ready)) > 0:
            _take(ready, -(-lacking // BLOCK))


def _take(ready: deque[int], blocks: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('matters_number') FROM generate_series(1, %s)", [blocks])
        for (end,) in cursor.fetchall():
            ready.extend(range(int(end) - BLOCK + 1, int(end) + 1))
