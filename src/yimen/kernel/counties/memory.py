"""What every request looks at and few change, held in memory: read anew once a while, each day, and after a change."""

from collections.abc import Callable
from datetime import date
from functools import update_wrapper
from threading import RLock
from time import monotonic
from typing import Any, Generic, TypeVar, TypeVarTuple

from yimen.kernel.calendar.today import today
from yimen.kernel.counties.tenancy import place_key

Ts = TypeVarTuple("Ts")
T = TypeVar("T")
_Key = tuple[tuple[str, str], date, tuple[Any, ...]]
_every: list["Held[*tuple[Any, ...], Any]"] = []


class Held(Generic[*Ts, T]):
    """A reading of the database whose answer is held: one for each county, day and arguments.

    Another process sees a change `seconds` later at most; the one that changed something calls `forget`. Of more than
    `most` answers the one read longest ago goes.
    """

    def __init__(self, read: Callable[[*Ts], T], seconds: float, most: int) -> None:
        self._read, self._seconds, self._most = read, seconds, most
        self._held: dict[_Key, tuple[float, T]] = {}
        self._lock = RLock()
        update_wrapper(self, read)
        _every.append(self)

    def __call__(self, *args: *Ts) -> T:
        """The answer, from memory while it is fresh; of many threads that find it stale one asks."""
        key = place_key(), today(), args
        if (found := self._fresh(key)) is None:
            with self._lock:
                if (found := self._fresh(key)) is None:
                    found = monotonic(), self._read(*args)
                    self._held.pop(key, None)
                    while len(self._held) >= self._most:
                        del self._held[next(iter(self._held))]
                    self._held[key] = found
        return found[1]

    def _fresh(self, key: _Key) -> tuple[float, T] | None:
        found = self._held.get(key)
        return found if found and monotonic() - found[0] <= self._seconds else None

    def before(self, *args: *Ts) -> T | None:
        """What was answered last, however long ago, for a reading that can use parts of it again."""
        found = self._held.get((place_key(), today(), args))
        return found[1] if found else None

    def forget(self) -> None:
        """Ask afresh next time."""
        with self._lock:
            self._held.clear()


def held(seconds: float = 60.0, most: int = 64) -> Callable[[Callable[[*Ts], T]], Held[*Ts, T]]:
    """Hold the answers of a function in memory. It is called by position: one answer has one key."""
    return lambda read: Held(read, seconds, most)


def forget_all() -> None:
    """Ask everything afresh next time."""
    for each in _every:
        each.forget()
