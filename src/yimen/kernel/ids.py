"""Identifiers made by the app, so that a row's name is known before it is written.

UUID version 7 (RFC 9562): sorted by the instant they carry, unique without asking the database, and free
of sequences that counties would have to share.
"""

import os
from datetime import datetime
from uuid import UUID

# Look-alike letters (I, L, O, U) are left out: a code is read aloud on the telephone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LONGEST_CODE = 16


def uuid7(at: datetime) -> UUID:
    """A version-7 UUID for the instant `at` (aware datetime), millisecond order, 74 random bits."""
    millis = int(at.timestamp() * 1000)
    rand = int.from_bytes(os.urandom(10), "big")
    value = (
        (millis & (1 << 48) - 1) << 80
        | 0x7 << 76
        | (rand >> 68 & 0xFFF) << 64
        | 0b10 << 62
        | rand & (1 << 62) - 1
    )
    return UUID(int=value)


def first_uuid7(at: datetime) -> UUID:
    """The smallest version-7 UUID of the instant: what came since `at` has this id or a greater one."""
    return UUID(int=(int(at.timestamp() * 1000) & (1 << 48) - 1) << 80)


def public_code(length: int = 12) -> str:
    """An unguessable code a resident can read aloud: 5 bits a character, Crockford's base 32.

    Twelve are 60 bits: among ten million matters, 1,000 tries a second find one in three and a half years. Nothing is opened by
    less than ten alone (50 bits: among a thousand bookings, some 35 years), so that no door a code opens needs a lock (ADR 21).
    """
    return "".join(_ALPHABET[byte & 31] for byte in os.urandom(length))


def read_public_code(typed: str) -> str:
    """What the resident typed, as the code it means: case, spaces, hyphens and look-alikes forgiven.

    Empty when it can be no code at all.
    """
    tidy = typed.upper().replace("-", "").replace(" ", "")
    meant = tidy.translate(str.maketrans("ILOU", "110V"))
    return meant if len(meant) <= _LONGEST_CODE and set(meant) <= set(_ALPHABET) else ""
