"""A request that only looks cannot write: its database transaction is read-only."""

from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from yimen.kernel.afterwards import do_afterwards

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class WorkPutOff(Exception):
    """A look put work off until after its transaction (`on_commit`), where nothing would refuse a write."""


class ReadsAreReadOnly:
    """Innermost middleware: wraps GET views in `SET TRANSACTION READ ONLY`, which PostgreSQL enforces.

    What a view puts off until the commit would run outside of it: a look may put nothing off (`WorkPutOff`) but traces of the
    looking itself (`kernel.afterwards`). Sessions are saved outside of it (their middleware is further out), so a sliding
    time-out still works.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, refusing writes when it is a safe method."""
        is_look = request.method in _SAFE and getattr(request, "county", None) is not None
        response = self._looked(request) if is_look else self.get_response(request)
        do_afterwards(request)
        return response

    def _looked(self, request: HttpRequest) -> HttpResponseBase:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            before = len(connection.run_on_commit)
            response = self.get_response(request)
            if put_off := connection.run_on_commit[before:]:
                raise WorkPutOff(f"{request.resolver_match or request.method}: {put_off[0][1]!r}")
            return response
