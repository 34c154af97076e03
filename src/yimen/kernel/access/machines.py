"""How another system proves who it is: `Authorization: Bearer <key>`.

A key is `ym_<prefix>_<secret>`: the prefix finds the row, the SHA-256 of the whole proves it. A proven key
is remembered in this process for half a minute, so a busy client costs one query in thirty seconds; a
revoked key therefore dies within that time.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from threading import Lock
from time import monotonic

from django.db import connection

from yimen.kernel.access.actors import Actor
from yimen.kernel.access.standing import load_machine
from yimen.kernel.calendar.today import now

REMEMBERED_SECONDS = 30.0
_MOST_REMEMBERED = 1024
_MARK = "ym"


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A fresh key. `key` is shown once and kept nowhere."""

    prefix: str
    key: str
    digest: bytes


def new_key() -> IssuedKey:
    """A key of 256 random bits with a prefix of 48."""
    prefix = f"{_MARK}_{secrets.token_hex(6)}"
    key = f"{prefix}_{secrets.token_hex(32)}"
    return IssuedKey(prefix, key, sha256(key.encode()).digest())


@dataclass(frozen=True, slots=True)
class _Remembered:
    actor: Actor
    forget_at: float
    until: datetime | None


_remembered: dict[tuple[str, bytes], _Remembered] = {}
_lock = Lock()


def machine_actor(key: str) -> Actor | None:
    """The machine that holds this key in the current county; None when the key proves nothing."""
    mark, _, rest = key.partition("_")
    name, _, secret = rest.partition("_")
    if mark != _MARK or not name or not secret or len(key) > 200 or not (key.isascii() and key.isprintable()):
        return None
    digest = sha256(key.encode()).digest()
    slot = (_county(), digest)
    known = _remembered.get(slot)
    if known and known.forget_at > monotonic() and (known.until is None or known.until > now()):
        return known.actor
    found = load_machine(f"{mark}_{name}")
    if found is None:
        return None
    actor, expected, key_until = found
    if not hmac.compare_digest(digest, expected):
        return None
    ends = [end for end in (key_until, *(g.until for g in actor.grants)) if end is not None]
    with _lock:
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        _remembered[slot] = _Remembered(actor, monotonic() + REMEMBERED_SECONDS, min(ends, default=None))
    return actor


def forget_machines() -> None:
    """Ask the database again at the next call; for this process only."""
    with _lock:
        _remembered.clear()


def _county() -> str:
    """The schema in force; the same key in another county is another question."""
    return str(getattr(connection, "schema_name", ""))
