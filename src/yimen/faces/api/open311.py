"""Open311 GeoReport v2: services, requests and tokens in JSON and XML, so that existing 311 clients work unchanged.

A service is an incident class, a request an incident. Reading is public and says where, what class and how far it
has come; what people wrote is told to a client key that may see the incident. Posting needs a client key
(`api_key`, as the standard says, or `Authorization: Bearer`). Specification: wiki.open311.org/GeoReport_v2.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from yimen.domains.grid.api import (
    INCIDENT,
    ClassRef,
    GridPermission,
    Report,
    in_force,
    public_stage,
    report_incident,
)
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import decide, holds
from yimen.kernel.access.machines import machine_actor
from yimen.kernel.access.middleware import machine_of
from yimen.kernel.access.throttle import WRONG_CODES, address_of, refuse_spent, wrong_code
from yimen.kernel.calendar.today import LOCAL_ZONE, now, today
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.ids import read_public_code
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import REPEATED
from yimen.kernel.org.coordinates import to_wgs84
from yimen.kernel.org.models import Grid
from yimen.kernel.org.queries import organ_names
from yimen.kernel.papers.store import keep_upload
from yimen.kernel.words import Finding, Refusal, Text

Record = dict[str, Any]

PAGE, MOST_A_PAGE = 50, 200
SPAN = timedelta(days=90)
_MOST_BYTES = 256 * 1024
_MOST_BYTES_WITH_FILES = 12 * 1024 * 1024
_MOST_FILES = 3
_MOST_REPORTER = 50
_CHANGESET = "2026-11-25T00:00:00+08:00"
"""When what this door says of itself last changed."""
_FORMATS = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
_SINGULAR = {"services": "service", "service_requests": "request", "errors": "error"}
_NOT_FOUND = Finding("open311.not_found", Text("没有找到。", "Not found."))

_NO_KEY = Finding(
    "open311.key",
    Text("api_key 没有给出或无效。", "api_key was not provided or is not valid."),
    field="api_key",
)
_UNREADABLE = Finding(
    "open311.unreadable",
    Text("表单读不懂，请核对格式和大小。", "The form cannot be read; check its format and size."),
)


class _Wrong(Exception):
    """An answer that is an error: its status and what is wrong."""

    def __init__(self, status: int, *findings: Finding) -> None:
        self.status, self.findings = status, findings


def _door(view: Any) -> Any:
    """Answer in the format asked for; errors too, as the standard wants them."""

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, extension: str, **given: str) -> HttpResponse:
        if extension not in _FORMATS:
            return _answer("json", "errors", _errors(404, (_NOT_FOUND,)), 404)
        try:
            _jurisdiction(request)
            root, records, status = view(request, **given)
        except _Wrong as wrong:
            root, records, status = "errors", _errors(wrong.status, wrong.findings), wrong.status
        except (MultiPartParserError, SuspiciousOperation):
            root, records, status = "errors", _errors(400, (_UNREADABLE,)), 400
        except Refusal as refusal:
            status = 429 if refusal.code == "access.too_often" else 409 if refusal.code in REPEATED else 400
            root, records = "errors", _errors(status, refusal.findings)
        return _answer(extension, root, records, status)

    return answered


def _errors(status: int, findings: Sequence[Finding]) -> list[Record]:
    return [{"code": status, "description": f"{f.sentence.zh} {f.sentence.en}"} for f in findings]


def _jurisdiction(request: HttpRequest) -> None:
    asked = request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id")
    if asked and asked not in (current_county().code, current_county().schema_name):
        raise _Wrong(
            404, Finding("open311.jurisdiction", Text("没有这个辖区。", "There is no such jurisdiction."))
        )


def _answer(extension: str, root: str, records: Sequence[Record] | Record, status: int = 200) -> HttpResponse:
    body = orjson.dumps(records) if extension == "json" else _xml(root, records)
    return HttpResponse(body, status=status, content_type=_FORMATS[extension])


def _xml(root: str, records: Sequence[Record] | Record) -> bytes:
    """The records under a root element; what XML cannot carry is left out."""
    top = Element(root)
    if isinstance(records, dict):
        _fill(top, records)
    else:
        for record in records:
            _fill(SubElement(top, _SINGULAR[root]), record)
    body: bytes = tostring(top, encoding="utf-8", xml_declaration=True)
    return body


def _fill(element: Element, record: Mapping[str, Any]) -> None:
    for name, value in record.items():
        child = SubElement(element, name)
        if isinstance(value, list):
            for each in value:
                part = SubElement(child, name.removesuffix("s"))
                if isinstance(each, str):
                    part.text = each
                else:
                    _fill(part, each)
        elif isinstance(value, bool):
            child.text = str(value).lower()
        elif value is not None:
            child.text = "".join(
                c for c in str(value) if c in "\t\n\r" or (ord(c) >= 32 and c not in "\ufffe\uffff")
            )


def _service(each: ClassRef) -> Record:
    return {
        "service_code": each.code,
        "service_name": each.name.zh,
        "description": each.filing_condition,
        "metadata": False,
        "type": "realtime",
        "keywords": ",".join(each.keywords),
        "group": each.group.zh,
    }


@require_safe
@_door
def discovery(request: HttpRequest) -> tuple[str, Record, int]:
    """Where the door is, which formats it speaks, and how one gets a key."""
    county = current_county()
    base = request.build_absolute_uri(reverse("open311:services", args=["json"]))
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": base.removesuffix("/services.json"),
        "changeset": _CHANGESET,
        "type": "production",
        "formats": ["application/json", "text/xml"],
    }
    told = {
        "changeset": _CHANGESET,
        "contact": f"{county.name} 12345",
        "key_service": "由本县安全管理员发放。 Keys are issued by the county's security administrator.",
        "endpoints": [endpoint],
    }
    return "discovery", told, 200


@require_safe
@_door
def services(request: HttpRequest) -> tuple[str, list[Record], int]:
    """The classes in force."""
    return "services", [_service(c) for c in in_force().classes.values()], 200


@require_safe
@_door
def service(request: HttpRequest, service_code: str) -> tuple[str, Record, int]:
    """A class's definition: nothing further is asked, the conditions are told."""
    found = in_force().classes.get(service_code)
    if found is None:
        raise _Wrong(404, _NOT_FOUND)
    told = {
        "variable": False, "code": "closing", "datatype": "string", "required": False, "order": 1,
        "datatype_description": found.closing_condition, "description": "结案条件",
    }  # fmt: skip
    return "service_definition", {"service_code": found.code, "attributes": [told]}, 200


@require_http_methods(["GET", "HEAD", "POST"])
@_door
def requests(request: HttpRequest) -> tuple[str, list[Record], int]:
    """The incidents asked for, newest first; or, by POST, a new one."""
    if request.method == "POST":
        return "service_requests", [_take(request)], 201
    found = _narrowed(request, Matter.objects.filter(procedure=INCIDENT.code))
    page = _whole(request, "page", 1, 10_000)
    size = _whole(request, "page_size", PAGE, MOST_A_PAGE)
    rows = list(found.order_by("-id")[(page - 1) * size : page * size])
    return "service_requests", _records(request, rows), 200


@require_safe
@_door
def one_request(request: HttpRequest, number: str) -> tuple[str, list[Record], int]:
    """One incident by its number."""
    rows = list(Matter.objects.filter(procedure=INCIDENT.code, number__in=_listed(number)))
    if not rows:
        raise _Wrong(404, _NOT_FOUND)
    return "service_requests", _records(request, rows), 200


@require_safe
@_door
def token(request: HttpRequest, token: str) -> tuple[str, list[Record], int]:
    """The number behind a tracking code; numbers are given at once, so this is never waited for."""
    found = (
        Matter.objects.filter(tracking_code=read_public_code(token)).values_list("number", flat=True).first()
    )
    if found is None:
        refuse_spent(WRONG_CODES, address_of(request))
        wrong_code(request)
        raise _Wrong(404, _NOT_FOUND)
    return "service_requests", [{"service_request_id": found, "token": token}], 200


def _whole(request: HttpRequest, name: str, default: int, most: int) -> int:
    given = request.GET.get(name, "")
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 9 and 0 < int(given) <= most):
        raise _Wrong(
            400,
            Finding(
                "open311.number",
                Text("{name} 是 1 到 {most} 的整数。", "{name} is a whole number from 1 to {most}.").fill(
                    name=name, most=most
                ),
                field=name,
            ),
        )
    return int(given)


def _listed(given: str) -> list[str]:
    return [part.strip() for part in given.replace("\0", "").split(",") if part.strip()][:100]


def _instant(request: HttpRequest, name: str) -> datetime | None:
    given = request.GET.get(name, "")
    if not given:
        return None
    try:
        found = datetime.fromisoformat(given.replace(" ", "+"))
        found = found if found.tzinfo else found.replace(tzinfo=LOCAL_ZONE)
        # The ends of the calendar have no days around them to reckon with.
        _ = found.astimezone(LOCAL_ZONE), found - SPAN, found + SPAN
    except (ValueError, OverflowError) as error:
        sentence = Text(
            "{name} 写成 2026-11-23T08:00:00+08:00。", "Write {name} like 2026-11-23T08:00:00+08:00."
        )
        raise _Wrong(400, Finding("open311.instant", sentence.fill(name=name), field=name)) from error
    return found


def _narrowed(request: HttpRequest, found: QuerySet[Matter]) -> QuerySet[Matter]:
    """The standard's filters; without a number, the last 90 days or the 90 days that are asked for."""
    if numbers := _listed(request.GET.get("service_request_id", "")):
        return found.filter(number__in=numbers)
    start, end = _instant(request, "start_date"), _instant(request, "end_date")
    end = end or (start + SPAN if start else now())
    start = max(start, end - SPAN) if start else end - SPAN
    found = found.filter(opened_at__gte=start, opened_at__lte=end)
    if codes := _listed(request.GET.get("service_code", "")):
        found = found.filter(kind__in=codes)
    states = set(_listed(request.GET.get("status", "")))
    if states and not states <= {"open", "closed"}:
        raise _Wrong(
            400, Finding("open311.status", Text("status 是 open 或 closed。", "status is open or closed."))
        )
    if len(states) == 1:
        found = found.filter(closed_at__isnull=states == {"open"})
    return found


def _client(request: HttpRequest) -> Actor:
    key = request.POST.get("api_key") or request.GET.get("api_key")
    return (machine_actor(key) if key else None) or machine_of(request)


def _records(request: HttpRequest, rows: Sequence[Matter]) -> list[Record]:
    reader, classes, organs = _client(request), in_force().classes, organ_names(today())
    return [_record(m, classes.get(m.kind), organs.get(m.organ_code, ""), _may_read(reader, m)) for m in rows]


def _may_read(reader: Actor, matter: Matter) -> bool:
    return decide(reader, GridPermission.READ, area=matter.place_code, organ=matter.organ_code) is None


def _record(matter: Matter, kind: ClassRef | None, organ: str, may_read: bool) -> Record:
    return {
        "service_request_id": matter.number,
        "status": "open" if matter.closed_at is None else "closed",
        "status_notes": public_stage(matter).zh,
        "service_name": kind.name.zh if kind else "",
        "service_code": matter.kind,
        "description": str(matter.facts.get("text", "")) if may_read else "",
        "agency_responsible": organ,
        "service_notice": "",
        "requested_datetime": _w3c(matter.opened_at),
        "updated_datetime": _w3c(matter.changed_at),
        "expected_datetime": _w3c(matter.due_at),
        "address": str(matter.facts.get("address", "")) if may_read else "",
        "address_id": matter.grid_code,
        "zipcode": "",
        "lat": matter.lat,
        "long": matter.lng,
        "media_url": "",
    }


def _w3c(at: datetime | None) -> str:
    return at.astimezone(LOCAL_ZONE).isoformat(timespec="seconds") if at else ""


def _point(given: QueryDict) -> tuple[float, float] | tuple[None, None]:
    """The point in WGS84: `lat` and `long`, or the grid that `address_id` names; none when `address_string` stands for it."""
    if given.get("address_id") and not given.get("lat") and not given.get("long"):
        grid = Grid.objects.filter(
            code=given.get("address_id", "").replace("\0", ""), valid__contains=today()
        ).first()
        if grid is None:
            said = Text("没有这个网格（address_id）。", "There is no such grid (address_id).")
            raise _Wrong(400, Finding("open311.place", said, field="address_id"))
        return grid.lng, grid.lat
    if given.get("address_string") and not given.get("lat") and not given.get("long"):
        return None, None
    try:
        lng, lat = float(given.get("long", "")), float(given.get("lat", ""))
    except ValueError as error:
        said = Text("请给出 lat 和 long，或 address_string。", "Give lat and long, or address_string.")
        raise _Wrong(400, Finding("open311.place", said, field="lat")) from error
    return to_wgs84(lng, lat, given.get("crs", ""))


def _take(request: HttpRequest) -> Record:
    """A new incident from the standard's form fields."""
    most = _MOST_BYTES_WITH_FILES if request.content_type == "multipart/form-data" else _MOST_BYTES
    if int(request.headers.get("Content-Length") or 0) > most:
        raise _Wrong(413, Finding("open311.too_large", Text("请求太大。", "The request is too large.")))
    client = _client(request)
    if finding := holds(client, GridPermission.REPORT):
        raise _Wrong(403, _NO_KEY if client.is_anonymous else finding)
    given = request.POST
    if not given.get("service_code"):
        said = Text("请给出 service_code。", "service_code was not provided.")
        raise _Wrong(400, Finding("open311.service_code", said, field="service_code"))
    lng, lat = _point(given)
    moved = report_incident(
        client,
        Report(
            text=_words(given), lng=lng, lat=lat, channel="api", class_code=given["service_code"],
            address=given.get("address_string", ""), reporter=_reporter(given), phone=given.get("phone", ""), source="open311",
        ),
        keep=lambda: _kept(request, client),
    )  # fmt: skip
    return {
        "service_request_id": moved.number,
        "token": moved.tracking_code,
        "service_notice": f"查询码 {moved.tracking_code}",
        "account_id": given.get("account_id", ""),
    }


def _words(given: QueryDict) -> str:
    """The description, and the address of a picture that was given beside it."""
    link = given.get("media_url", "").strip()
    return f"{given.get('description', '')}\n{link}".strip() if link else given.get("description", "")


def _reporter(given: QueryDict) -> str:
    """Who reports, and the e-mail address where there is room for it."""
    name = f"{given.get('last_name', '')}{given.get('first_name', '')}"
    whole = f"{name} {given.get('email', '')}".strip()
    return whole if len(whole) <= _MOST_REPORTER else name


def _kept(request: HttpRequest, client: Actor) -> list[UUID]:
    """Pictures sent with the form, whatever the client calls the field."""
    files = [each for _, several in request.FILES.lists() for each in several]
    if len(files) > _MOST_FILES:
        said = Text("一次最多三个文件。", "At most three files at once.")
        raise _Wrong(400, Finding("open311.files", said, field="media"))
    return [keep_upload(each, by=client.account_id).id for each in files]
