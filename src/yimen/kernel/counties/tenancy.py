"""Which county a request or a job is for. A county is found by host name, from memory after the first time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, cast

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db import connection as django_connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from yimen.kernel.counties.models import County, CountyHost
from yimen.kernel.words import Refusal

# django-tenants adds the county to Django's connection without telling the type checker.
connection = cast(Any, django_connection)

_SECONDS = 60.0
_hosts: dict[tuple[str, str], tuple[float, County | None]] = {}

_UNKNOWN = (
    '<!doctype html><html lang="zh"><meta charset="utf-8"><title>404</title>'
    "<h1>这个网址没有对应的县</h1><p>请检查网址。</p>"
    '<h1 lang="en">No county is served at this address</h1><p lang="en">Please check the address.</p></html>'
)


@contextmanager
def in_county(schema: str) -> Iterator[County]:
    """Inside, every query is the county's; afterwards, what it was before. Refuses a county there is not."""
    before = connection.tenant
    connection.set_schema_to_public()
    county = County.objects.filter(schema_name=schema).first()
    if county is None:
        connection.set_tenant(before)
        raise Refusal.of("county.unknown", f"没有县 {schema}。", f"There is no county {schema}.")
    connection.set_tenant(county)
    try:
        yield county
    finally:
        connection.set_tenant(before)


def stand_in_public() -> None:
    """Leave every county: only the shared tables are seen."""
    connection.set_schema_to_public()


def place_key() -> tuple[str, str]:
    """(database, schema) of where we stand: the key of what is kept in memory for a county."""
    line = connections[DEFAULT_DB_ALIAS]
    return line.settings_dict["NAME"], line.schema_name  # type: ignore[attr-defined]


def current_county() -> County:
    """The county in whose schema we stand; LookupError outside of any."""
    tenant = connection.tenant
    if not isinstance(tenant, County):
        raise LookupError("not inside a county")
    return tenant


def address() -> str:
    """Where the county is served, without a slash at the end: for what leaves the house, such as printed codes."""
    host = CountyHost.objects.filter(tenant=current_county()).order_by("-is_primary", "domain").first()
    return str(settings.YIMEN_ADDRESS).format(host=host.domain if host else "localhost")


def county_for_host(host: str) -> County | None:
    """The county served under a host name (without port), or None."""
    key = (connection.settings_dict["NAME"], host)
    kept = _hosts.get(key)
    if kept and monotonic() - kept[0] < _SECONDS:
        return kept[1]
    connection.set_schema_to_public()
    found = CountyHost.objects.filter(domain=host).select_related("tenant").first()
    county = found.tenant if found else None
    if len(_hosts) > 1000:
        _hosts.clear()
    _hosts[key] = (monotonic(), county)
    return county


class CountyMiddleware:
    """Stands each request in its county (`request.county`), or answers that there is none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Find the county by the host name."""
        county = county_for_host(request.get_host().partition(":")[0].lower())
        if county is None:
            return HttpResponse(_UNKNOWN, status=404)
        connection.set_tenant(county)
        request.county = county  # type: ignore[attr-defined]
        return self.get_response(request)
