"""The ways out of the house: short messages and e-mail. The default ones write each message to a folder.

A province plugs in its own by naming a class with the same method in `YIMEN_SMS_GATEWAY` or
`YIMEN_EMAIL_GATEWAY`. The key is the outbox message's id: a gateway that has seen it sends nothing twice.
"""

import json
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from yimen.kernel.calendar.today import now
from yimen.kernel.counties.tenancy import place_key
from yimen.kernel.files import write_whole


class SmsGateway(Protocol):
    """Sends short messages."""

    def send(self, *, to: str, text: str, key: str) -> None:
        """Hand over one message to a telephone number; raises when it was not taken."""


class EmailGateway(Protocol):
    """Sends e-mail."""

    def send(self, *, to: str, subject: str, text: str, key: str) -> None:
        """Hand over one letter; raises when it was not taken."""


class FolderSmsGateway:
    """Writes each message to `outgoing/<county>/sms/<key>.json` in the data folder, readable by its owner alone."""

    def send(self, *, to: str, text: str, key: str) -> None:
        """Write it; the same key again changes nothing."""
        _lay("sms", key, {"to": to, "text": text})


class FolderEmailGateway:
    """Writes each letter to `outgoing/<county>/email/<key>.json` in the data folder, readable by its owner alone."""

    def send(self, *, to: str, subject: str, text: str, key: str) -> None:
        """Write it; the same key again changes nothing."""
        _lay("email", key, {"to": to, "subject": subject, "text": text})


def _lay(kind: str, key: str, message: dict[str, str]) -> None:
    path = Path(settings.DATA) / "outgoing" / place_key()[1] / kind / f"{key}.json"
    if not path.exists():
        said = json.dumps({**message, "at": now().isoformat()}, ensure_ascii=False)
        write_whole(path, said.encode(), mode=0o600)


@cache
def sms() -> SmsGateway:
    """The gateway for short messages that the settings name."""
    gateway: SmsGateway = import_string(settings.YIMEN_SMS_GATEWAY)()
    return gateway


@cache
def email() -> EmailGateway:
    """The gateway for e-mail that the settings name."""
    gateway: EmailGateway = import_string(settings.YIMEN_EMAIL_GATEWAY)()
    return gateway
