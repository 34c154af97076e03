"""The door for WSGI servers. A request whose body breaks off is refused whole: its beginning may well read like another."""

import os
from collections.abc import Callable, Iterable
from io import RawIOBase
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimen.site.settings")
_django = get_wsgi_application()


class _Whole(RawIOBase):
    """A body that raises OSError where it ends before its announced length; Django then tells the view that it is unreadable."""

    def __init__(self, source: Any, length: int) -> None:
        self._source, self._left = source, length

    def read(self, size: int = -1, /) -> bytes:
        """As much as is asked for, up to the announced length."""
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        parts = []
        while wanted:
            part = self._source.read(wanted)
            if not part:
                raise OSError("the request's body breaks off")
            parts.append(part)
            wanted -= len(part)
            self._left -= len(part)
        return b"".join(parts)

    def readline(self, size: int | None = -1, /) -> bytes:
        """One line, up to the announced length."""
        most = self._left if size is None or size < 0 else min(size, self._left)
        line: bytes = self._source.readline(most) if most else b""
        self._left -= len(line)
        if not line and most:
            raise OSError("the request's body breaks off")
        return line


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request whose body is whole or not at all."""
    announced = str(environ.get("CONTENT_LENGTH") or "0")
    if announced.isdecimal() and int(announced):
        environ["wsgi.input"] = _Whole(environ["wsgi.input"], int(announced))
    return _django(environ, start_response)
