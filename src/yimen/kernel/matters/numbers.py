"""Matter numbers such as SJ-2026-000123: readable, never reused, handed out without waiting.

Each process takes a block of numbers from the county's own sequence and spends it; a number lost with a
crashed process is a gap, which these numbers may have (documents with legal effect are numbered elsewhere).
"""

from datetime import datetime
from threading import Lock

from django.db import connection

from yimen.kernel.calendar.today import LOCAL_ZONE
from yimen.kernel.counties.tenancy import place_key

BLOCK = 64
_lock = Lock()
_blocks: dict[tuple[str, str], tuple[int, int]] = {}


def next_number(prefix: str, at: datetime) -> str:
    """The next number under a procedure's prefix in the current county."""
    with _lock:
        schema = place_key()
        current, end = _blocks.get(schema, (0, 0))
        if current >= end:
            with connection.cursor() as cursor:
                cursor.execute("SELECT nextval('matters_number')")
                end = int(cursor.fetchone()[0])
            current = end - BLOCK
        _blocks[schema] = (current + 1, end)
    return f"{prefix}-{at.astimezone(LOCAL_ZONE).year}-{current + 1:06d}"
