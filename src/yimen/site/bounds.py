"""What holds for every request before anything looks at it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase

from yimen.kernel.access.throttle import address_of, network_of
from yimen.kernel.papers import waiting

MOST_BYTES = 64 * 1024 * 1024
"""No form needs more: six files of ten megabytes."""


class Bounds:
    """Outermost: refuses an oversized body before it is read, and keeps pages about people out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Bound the request, mark the answer."""
        length = request.headers.get("Content-Length") or "0"
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return _plain(413, "请求太大 the request is too large")
        if "Transfer-Encoding" in request.headers and not request.headers.get("Content-Length"):
            return _plain(
                411, "请写明请求的长度（Content-Length） say how long the request is (Content-Length)"
            )
        if not request.COOKIES.get(settings.SESSION_COOKIE_NAME, "a").isalnum():
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        with waiting.sent_from(network_of(address_of(request))):
            answer = self.get_response(request)
        if "Cache-Control" not in answer:
            answer["Cache-Control"] = "no-store"
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A body that broke off is the sender's to send again, and no fault of ours."""
        if isinstance(exception, UnreadablePostError):
            return _plain(400, "请求没有收完整，没有办理 the request broke off; nothing was done")
        return None


def _plain(status: int, words: str) -> HttpResponse:
    return HttpResponse(f"{status} {words}", status=status, content_type="text/plain; charset=utf-8")
