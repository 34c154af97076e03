"""Reading the installation's settings from the environment. What cannot be is said at the start, by its name, in a sentence.

`docs/operations.md` lists every setting. Everything here raises `ImproperlyConfigured`.
"""

import os
import re
from collections.abc import Collection
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_LEAST_SECRET = 32


def wrong(name: str, why: str) -> ImproperlyConfigured:
    """The error that says which setting cannot be, and why. The value is not repeated: it may be a secret."""
    return ImproperlyConfigured(f"the setting {name} {why} (docs/operations.md)")


def number(name: str, usual: int, least: int, most: int) -> int:
    """A whole number within bounds."""
    given = os.environ.get(name, "").strip() or str(usual)
    if not re.fullmatch(r"[0-9]{1,9}", given) or not least <= int(given) <= most:
        raise wrong(name, f"must be a whole number from {least} to {most}")
    return int(given)


def one_of(name: str, usual: str, allowed: Collection[str]) -> str:
    """One of a few words."""
    given = os.environ.get(name, "").strip() or usual
    if given not in allowed:
        raise wrong(name, f"must be one of: {', '.join(allowed)}")
    return given


def is_on(name: str) -> bool:
    """Whether it is switched on. Anything but 1 and 0 is refused: a “yes” that counted for no would go unnoticed."""
    return one_of(name, "0", ("0", "1")) == "1"


def web_address(name: str, usual: str = "") -> str:
    """The address of a web server, or nothing where nothing is usual. `{host}` may stand in it."""
    given = os.environ.get(name, "").strip() or usual
    parts = urlsplit(given.replace("{host}", "host"))
    if given and (
        parts.scheme not in ("http", "https") or not parts.hostname or set("{}") & set(parts.geturl())
    ):
        raise wrong(name, "must be an address that begins with http:// or https://")
    return given


def words(name: str, usual: str) -> list[str]:
    """One or more words with commas between."""
    given = [each.strip() for each in (os.environ.get(name) or usual).split(",")]
    return [each for each in given if each] or usual.split(",")


def all_or_none(names: Collection[str]) -> dict[str, str]:
    """Settings that only hold together: all of them, or an empty mapping when none is given."""
    given = {name: os.environ.get(name, "").strip() for name in names}
    missing = [name for name, value in given.items() if not value]
    if len(missing) == len(given):
        return {}
    if missing:
        raise wrong(missing[0], f"must be given too, since {next(n for n in given if n not in missing)} is")
    return given


def keys(secret_key: str, field_key: str, where: str) -> tuple[str, str]:
    """The key of signatures and the keys that seal personal data, as they came from `where`."""
    if len(secret_key) < _LEAST_SECRET:
        raise ImproperlyConfigured(f"the secret key in {where} must have at least {_LEAST_SECRET} characters")
    if not all(re.fullmatch(r"[0-9a-fA-F]{64}", each.strip()) for each in field_key.split(",")):
        raise ImproperlyConfigured(
            f"the field key in {where} must be 64 hexadecimal digits (older keys after it, with commas between)"
        )
    return secret_key, field_key
