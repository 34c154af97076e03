"""A stream of server-sent events for one browser: what it may see of what happens, as long as its session lasts.

A stream holds a thread of the server. So a process serves a bounded number, says 503 beyond it, and ends each stream
after a few minutes; the browser comes again by itself and names the last event it had.
"""

from collections.abc import Iterator, Sequence
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from yimen.kernel.access.middleware import actor_of, renew, standing_of
from yimen.kernel.access.standing import Standing
from yimen.kernel.counties.tenancy import current_county, in_county
from yimen.kernel.notices.live import RELOAD, Happening, Hub, Watcher, hub

HEARTBEAT_SECONDS = 15.0
"""So often a stream says that it is alive, and asks whether its session still is and what its reader may see."""
LIFE_SECONDS = 300.0
_AGAIN_MILLISECONDS = 2000
_RETRY_SECONDS = 30
_SHARE = 4


def live(request: HttpRequest, permissions: Sequence[str]) -> HttpResponseBase:
    """The stream of what the reader may see by one of the permissions.

    503 when the process has no room, or none for the account: one takes at most a quarter, however many screens it opens.

    Events are `matter` (data: its id and state) and `reload` (read everything afresh).
    """
    watched, schema = hub(), current_county().schema_name
    most = int(settings.YIMEN_STREAMS)
    watcher = watched.watch(
        schema, request.headers.get("Last-Event-ID", ""), most=most, who=actor_of(request).account_id,
        most_each=max(most // _SHARE, 1),
    )  # fmt: skip
    if watcher is None:
        full = HttpResponse(status=503, content_type="text/plain; charset=utf-8")
        full["Retry-After"] = str(_RETRY_SECONDS)
        return full
    stream = _Stream(request, permissions, watched, schema, watcher)
    answer = StreamingHttpResponse(stream, content_type="text/event-stream; charset=utf-8")
    answer["X-Accel-Buffering"] = "no"
    return answer


class _Stream:
    """One stream. The server asks it for the next piece and closes it when the browser is gone."""

    def __init__(
        self, request: HttpRequest, permissions: Sequence[str], watched: Hub, schema: str, watcher: Watcher
    ) -> None:
        self.request, self.permissions, self.actor = request, permissions, actor_of(request)
        self.hub, self.schema, self.watcher = watched, schema, watcher
        self.ends_at = monotonic() + LIFE_SECONDS
        self.pieces = self._pieces()

    def __iter__(self) -> Iterator[bytes]:
        return self.pieces

    def close(self) -> None:
        """Leave the hub, which makes room; Django calls it at the end, whatever ended it."""
        self.hub.leave(self.schema, self.watcher)

    def _pieces(self) -> Iterator[bytes]:
        yield f"retry: {_AGAIN_MILLISECONDS}\n\n".encode()
        asked_at = monotonic()
        while (at := monotonic()) < self.ends_at:
            happening = self.watcher.next(max(asked_at + HEARTBEAT_SECONDS - at, 0))
            if monotonic() - asked_at >= HEARTBEAT_SECONDS:
                standing = _standing_now(self.request, self.schema)
                if standing is None:
                    return
                self.actor = standing.actor
                asked_at = monotonic()
                yield b": still here\n\n"
            if happening is not None and (
                happening is RELOAD or happening.seen_by(self.actor, self.permissions)
            ):
                yield _written(happening)


def _standing_now(request: HttpRequest, schema: str) -> Standing | None:
    """Where the session's account stands now, which may have gained or lost a role; None when the session has ended.

    Asking is no use of the session: it goes idle as before.
    """
    with in_county(schema):
        request.session = type(request.session)(request.session.session_key)
        renew(request)
        return standing_of(request)


def _written(happening: Happening) -> bytes:
    if happening is RELOAD:
        return b"event: reload\ndata: \n\n"
    return f"id: {happening.key}\nevent: matter\ndata: {happening.matter} {happening.state}\n\n".encode()
