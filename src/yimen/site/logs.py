"""What the log says of a request: never whose. An address may hold a code that opens something, and a row may hold a person."""

import logging
import re
from typing import Any

_DETAIL = re.compile(r"^(DETAIL|CONTEXT|LINE \d+): .*$", re.MULTILINE)


class Line(logging.Formatter):
    """One line a happening, with its traceback if there is one.

    The database tells in DETAIL which values it refused, and a statement's own values in CONTEXT and LINE: they are left out.
    """

    def formatException(self, ei: Any) -> str:
        """The traceback without values from rows."""
        return _DETAIL.sub(r"\1: left out, since it may hold personal data", super().formatException(ei))


def without_address(record: logging.LogRecord) -> bool:
    """Put the route (`/track/<str:tracking_code>/`) in the place of a request's address; never drops a record."""
    request = getattr(record, "request", None)
    if request is not None and record.args:
        match = getattr(request, "resolver_match", None)
        record.args = tuple(
            (f"/{match.route}" if match else "an unknown address")
            if each == getattr(request, "path", None)
            else each
            for each in record.args
        )
    return True
