"""JSON in, JSON out, under a client key (`Authorization: Bearer …`). A refusal says what is wrong and where."""

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from yimen.domains.grid.api import GridPermission, Report, public_stage, report_incident, visible_incidents
from yimen.kernel.access.decide import holds
from yimen.kernel.access.middleware import machine_of
from yimen.kernel.ids import read_public_code
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import REPEATED
from yimen.kernel.org.coordinates import to_wgs84
from yimen.kernel.words import Finding, Refusal, Text

MOST_BYTES = 64 * 1024
_TEXTS = (
    "text",
    "class_code",
    "address",
    "reporter",
    "phone",
    "source",
    "external_number",
    "request_key",
    "crs",
)
_ENCODING = Text(
    "这不是 UTF-8 编码的 JSON：读到第 {line} 行第 {column} 列读不下去。",
    "This is no JSON in UTF-8: it cannot be read beyond line {line}, column {column}.",
)
_SHAPE = Text("“{field}”缺失或类型不对。", "“{field}” is missing or of the wrong type.")


def _answer(body: object, status: int = 200) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json; charset=utf-8")


def _refused(status: int, *findings: Finding) -> HttpResponse:
    errors = [
        {"code": f.code, "zh": f.sentence.zh, "en": f.sentence.en, "law": f.law, "field": f.field}
        for f in findings
    ]
    return _answer({"errors": errors}, status)


def _report(given: Any) -> Report:
    """The request's body as a report; refuses what is not of the shape. An address may stand for the point."""
    if not isinstance(given, dict):
        raise Refusal.of("json.shape", "请提交一个 JSON 对象。", "Send one JSON object.")
    has_address = bool(given.get("address")) and "lng" not in given and "lat" not in given
    findings = [
        Finding("json.shape", _SHAPE.fill(field=name), field=name)
        for name in _TEXTS
        if not isinstance(given.get(name, ""), str)
    ]
    findings += [
        Finding("json.shape", _SHAPE.fill(field=name), field=name)
        for name in ("lng", "lat")
        if not _is_degree(given.get(name)) and (name in given or not has_address)
    ]
    findings += [
        Finding(
            "json.unknown",
            Text("没有“{field}”这一栏。", "There is no field “{field}”.").fill(field=name[:40]),
            field=name[:40],
        )
        for name in given
        if name not in {*_TEXTS, "lng", "lat"}
    ]
    if findings:
        raise Refusal(*findings)
    words = {name: given[name] for name in _TEXTS if given.get(name)}
    crs = words.pop("crs", "")
    lng, lat = (None, None) if has_address else to_wgs84(float(given["lng"]), float(given["lat"]), crs)
    return Report(lng=lng, lat=lat, channel="api", **{"text": "", **words})


def _is_degree(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@csrf_exempt
@require_POST
def report_incident_json(request: HttpRequest) -> HttpResponse:
    """Take one incident: 201 with its number and code, 4xx with findings; nothing is half taken."""
    if (finding := holds(actor := machine_of(request), GridPermission.REPORT)) is not None:
        return _refused(401 if finding.code == "access.sign_in" else 403, finding)
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return _refused(
            413, Finding("json.too_large", Text("请求超过 64 KB。", "The request is over 64 KB."))
        )
    try:
        given = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        where = _ENCODING.fill(line=error.lineno, column=error.colno)
        return _refused(400, Finding("json.encoding", where))
    try:
        moved = report_incident(actor, _report(given))
    except Refusal as refusal:
        return _refused(409 if refusal.code in REPEATED else 422, *refusal.findings)
    return _answer(
        {
            "number": moved.number,
            "tracking_code": moved.tracking_code,
            "state": moved.state,
            "due_at": moved.due_at,
            "entry": moved.entry_hash.hex(),
        },
        # A client whose answer was lost sends the same key again and learns what it was told the first time.
        200 if moved.is_repeat else 201,
    )


@require_GET
def incident_json(request: HttpRequest, tracking_code: str) -> HttpResponse:
    """Where an incident stands, for a client that may see it."""
    matter: Matter | None = (
        visible_incidents(machine_of(request)).filter(tracking_code=read_public_code(tracking_code)).first()
    )
    if matter is None:
        return _refused(
            404, Finding("matter.not_found", Text("没有找到这件事。", "This matter was not found."))
        )
    return _answer(
        {
            "number": matter.number,
            "state": matter.state,
            "public_state": public_stage(matter)._asdict(),
            "opened_at": matter.opened_at,
            "due_at": matter.due_at,
            "closed_at": matter.closed_at,
        }
    )
