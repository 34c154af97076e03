"""Sealing personal data: AES-256-GCM under the installation's key; the key's id travels with the sealed bytes.

To rotate, put the new key first in `settings.FIELD_KEY` (comma-separated hexadecimal); old seals still open.
"""

import hashlib
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = b"\x01"


class CannotUnseal(Exception):
    """The bytes were changed, or sealed under a key this installation does not have."""


@cache
def _keys(configured: str) -> tuple[tuple[bytes, AESGCM], ...]:
    raw = [bytes.fromhex(each.strip()) for each in configured.split(",")]
    return tuple((hashlib.sha256(key).digest()[:4], AESGCM(key)) for key in raw)


def seal(plain: bytes) -> bytes:
    """Encrypt; the result is different each time."""
    name, cipher = _keys(settings.FIELD_KEY)[0]
    nonce = os.urandom(12)
    return _VERSION + name + nonce + cipher.encrypt(nonce, plain, _VERSION + name)


def unseal(sealed: bytes) -> bytes:
    """Decrypt what `seal` made; raises `CannotUnseal`."""
    sealed = bytes(sealed)
    name, nonce, body = sealed[1:5], sealed[5:17], sealed[17:]
    for known, cipher in _keys(settings.FIELD_KEY):
        if known == name:
            try:
                return cipher.decrypt(nonce, body, sealed[:5])
            except InvalidTag as error:
                raise CannotUnseal("the sealed bytes were changed") from error
    raise CannotUnseal("sealed under an unknown key")


def masked(text: str) -> str:
    """A name or number with its middle hidden: 王*、王*明、欧**花、138****5678. Of a name only its ends are shown, however long."""
    if len(text) <= 1:
        return text
    if len(text) <= 3:
        return text[0] + "*" * (len(text) - 1 if len(text) == 2 else 1) + text[2:]
    if not any(c.isdigit() for c in text):
        return text[0] + "*" * min(len(text) - 2, 6) + text[-1]
    keep = 3 if len(text) >= 8 else 1
    return text[:keep] + "*" * (len(text) - keep - min(4, keep + 1)) + text[-min(4, keep + 1) :]
