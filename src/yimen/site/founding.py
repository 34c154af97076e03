"""Setting up a real county: its schema, then everything it begins with in one transaction, and three administrators.

A county is there whole or not at all. The schema is made first, by the owning role, and marked as unfinished; the
county's own row comes with the rest. What fails takes the schema away again; what was cut off leaves a marked schema
that nobody is served from, and the next try makes it anew.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
import shapely
from django.db import connection, transaction
from psycopg import sql
from shapely.geometry import MultiPolygon, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry

from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.commands import create_account, grant_role, one_time_password
from yimen.kernel.access.permissions import KernelPermission as P
from yimen.kernel.access.roles import AUDIT_ADMIN, SECURITY_ADMIN, SYSTEM_ADMIN, roles
from yimen.kernel.calendar.today import now, today
from yimen.kernel.counties import memory
from yimen.kernel.counties.models import County, CountyHost, Division
from yimen.kernel.counties.tenancy import in_county, stand_in_public
from yimen.kernel.ids import uuid7
from yimen.kernel.org.coordinates import to_wgs84
from yimen.kernel.registers.people import appoint, open_post, register_person
from yimen.kernel.words import Finding, Refusal, Text, unprintable
from yimen.site import database, seeds

HOUSE = "建县"
LOGINS = {SYSTEM_ADMIN: "system-admin", SECURITY_ADMIN: "security-admin", AUDIT_ADMIN: "audit-admin"}
"""The administrators every county begins with, and the logins they are given."""
SOURCE = "随系统提供的初始数据，待本县发文确认"
STEPS = 6
_UNFINISHED = "yimen: a county that was not finished"
_LONGEST = 60
_CHINA = (73.0, 3.0, 136.0, 54.0)
"""West, south, east, north, in degrees: whoever swaps longitude and latitude stands outside."""
_DECIMALS = 6

Tick = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class NewCounty:
    """What is told of a county that shall be set up. `lng` and `lat` may be left out where there is a boundary."""

    schema: str
    code: str
    name_en: str
    hosts: tuple[str, ...]
    administrators: dict[str, str]
    """Role → the person's name."""
    name: str = ""
    province: str = ""
    lng: float | None = None
    lat: float | None = None
    boundary: BaseGeometry | None = None
    source: str = SOURCE


def new_county(
    *, boundary: Path | None, crs: str, lng: float | None, lat: float | None, **told: Any
) -> NewCounty:
    """What is told of a county, its places read and turned into WGS84; refuses a boundary that does not hold."""
    if lng is not None and lat is not None:
        lng, lat = to_wgs84(lng, lat, crs)
    area = read_boundary(boundary, crs) if boundary else None
    return NewCounty(boundary=area, lng=lng, lat=lat, **told)


@dataclass(frozen=True, slots=True)
class Administrator:
    """An administrator's account with the password that is told once."""

    role: str
    name: str
    login: str
    password: str


@dataclass(frozen=True, slots=True)
class Founded:
    """A county that stands, and what it begins with."""

    schema: str
    name: str
    counts: dict[str, int] = field(default_factory=dict)
    administrators: tuple[Administrator, ...] = ()


def found_county(given: NewCounty, tick: Tick = lambda done, words: None) -> Founded:
    """Set a county up. Refuses, with everything that is wrong at once, before anything is written."""
    stand_in_public()
    owner_url = database.owner_url()
    with psycopg.connect(owner_url, autocommit=True) as owner:
        if not owner.execute("SELECT pg_try_advisory_lock(816)").fetchone() == (True,):
            raise Refusal.of(
                "county.busy",
                "另一个县正在建立，请稍后再试。",
                "Another county is being set up; try again later.",
            )
        row = _checked(given)
        _free(owner, given.schema)
        _make(owner, given.schema)
        try:
            tick(0, "数据结构 the schema")
            database.make_schema(owner_url, given.schema)
            founded = _filled(given, row, tick)
            owner.execute(sql.SQL("COMMENT ON SCHEMA {} IS NULL").format(sql.Identifier(given.schema)))
        except BaseException:
            connection.close()
            stand_in_public()
            if not County.objects.filter(schema_name=given.schema).exists():
                _drop(owner, given.schema)
            raise
    return founded


def _filled(given: NewCounty, county: County, tick: Tick) -> Founded:
    """Everything a county begins with, in one transaction."""
    since, counts = today(), {}
    with transaction.atomic():
        county.save(force_insert=True)
        CountyHost.objects.bulk_create(
            [CountyHost(domain=h, tenant=county, is_primary=n == 0) for n, h in enumerate(given.hosts)]
        )
        Division.objects.filter(code=f"{county.code}000000", name_en="").update(name_en=county.name_en)
        with in_county(given.schema):
            tick(1, "单位 organs")
            counts["organs"] = seeds.lay_organs(since)
            tick(2, "事件分类和派遣规则 incident classes and the duty table")
            counts["classes"] = seeds.lay_classes(_fresh, since, given.source)
            tick(3, "网格事项清单 the list of grid tasks")
            counts["tasks"] = seeds.lay_tasks(
                _fresh, since, source=given.source, title="网格事项清单（初始）", standards=given.source
            )
            tick(4, "政务服务事项 service items")
            counts["items"] = seeds.lay_items(HOUSE, given.source)
            tick(5, "管理员 administrators")
            administrators = tuple(
                _administrator(county.code, role, given.administrators[role], since) for role in LOGINS
            )
    memory.forget_all()
    tick(STEPS, "")
    return Founded(given.schema, county.name, counts, administrators)


def _fresh(*_: object) -> UUID:
    return uuid7(now())


def _administrator(county: str, role: str, name: str, since: date) -> Administrator:
    """A registered person in a post of the command centre, with an account that holds this role alone."""
    house = Actor.system(HOUSE, Grant(frozenset({P.PEOPLE_MANAGE, P.ORGANS_MANAGE, P.ACCESS_MANAGE}), county))
    login, called = LOGINS[role], roles()[role].name
    person = register_person(house, name=name)
    open_post(
        house, code=login, organ_code=seeds.COMMAND, name=called.zh, name_en=called.en, kind="staff", since=since
    )  # fmt: skip
    appoint(house, person_id=person.id, post_code=login, since=since)
    password = one_time_password(login)
    account = create_account(house, login=login, kind="staff", person_id=person.id, password=password)
    grant_role(house, account_id=account.id, role=role, area=county)
    return Administrator(role, person.name, login, password)


def _free(owner: "psycopg.Connection[Any]", schema: str) -> None:
    """Refuse a schema that is there already, unless it is what a try that was cut off has left."""
    found = owner.execute(
        "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s", [schema]
    ).fetchone()
    if found is None:
        return
    if found[0] != _UNFINISHED:
        raise Refusal(
            _finding("schema", f"数据库里已有 {schema}。", f"The database has a schema {schema} already.")
        )
    _drop(owner, schema)


def _make(owner: "psycopg.Connection[Any]", schema: str) -> None:
    """An empty schema, marked as unfinished."""
    name = sql.Identifier(schema)
    try:
        owner.execute(sql.SQL("CREATE SCHEMA {}").format(name))
    except psycopg.errors.InsufficientPrivilege as error:
        raise Refusal.of(
            "county.owner", f"DATABASE_OWNER_URL 的角色不能建立模式：{error}",
            f"The role of DATABASE_OWNER_URL may not create schemas: {error}",
        ) from error  # fmt: skip
    owner.execute(sql.SQL("COMMENT ON SCHEMA {} IS {}").format(name, sql.Literal(_UNFINISHED)))


def _drop(owner: "psycopg.Connection[Any]", schema: str) -> None:
    owner.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))


def _finding(what: str, zh: str, en: str) -> Finding:
    return Finding(f"county.{what}", Text(zh, en), field=what)


def _checked(given: NewCounty) -> County:
    """The county as it will be written; refuses with every fault found."""
    faults = [*_names(given), *_hosts(given.hosts), *_taken(given)]
    place, trouble = _division(given.code)
    faults += trouble
    lng, lat, wrong = _centre(given)
    faults += wrong
    if faults:
        raise Refusal(*faults)
    assert place is not None
    province = Division.objects.filter(code=given.code[:2] + "0" * 10).values_list("name", flat=True).first()
    boundary = _written(given.boundary) if given.boundary is not None else None
    return County(
        schema_name=given.schema, code=given.code, name=given.name or place.name, name_en=given.name_en,
        province=given.province or province or "", lng=lng, lat=lat, boundary=boundary,
    )  # fmt: skip


def _names(given: NewCounty) -> list[Finding]:
    faults = []
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,30}", given.schema) or given.schema.startswith("pg_") or given.schema in (
        "public", "information_schema",
    ):  # fmt: skip
        faults.append(_finding(
            "schema", "数据库模式名用 2 至 31 个小写字母、数字和下划线，字母开头。",
            "The schema is 2 to 31 small letters, digits and underscores, beginning with a letter.",
        ))  # fmt: skip
    texts = {
        "name": given.name or "县",
        "name_en": given.name_en,
        "province": given.province or "省",
        "source": given.source,
    }
    texts |= {role: given.administrators.get(role, "") for role in LOGINS}
    for what, text in texts.items():
        if not text.strip() or len(text) > _LONGEST or unprintable(text, lines=False):
            faults.append(_finding(
                what, f"{what} 请填写，最多 {_LONGEST} 个字。", f"{what} is required, at most {_LONGEST} characters."
            ))  # fmt: skip
    return faults


def _hosts(hosts: tuple[str, ...]) -> list[Finding]:
    """Each a plain host name, named once."""
    label = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    faults = [
        _finding("host", f"“{h}”不是主机名，例如 yimen.example.gov.cn。", f"“{h}” is no host name such as yimen.example.gov.cn.")
        for h in hosts
        if len(h) > 253 or not re.fullmatch(rf"{label}(\.{label})*", h)
    ]  # fmt: skip
    if not hosts or len(set(hosts)) < len(hosts):
        faults.append(
            _finding("host", "主机名要有，且不重复。", "There is at least one host, and none twice.")
        )
    return faults


def _taken(given: NewCounty) -> list[Finding]:
    """What another county has already."""
    faults = []
    for what, condition in (("code", {"code": given.code}), ("schema", {"schema_name": given.schema})):
        if other := County.objects.filter(**condition).first():
            value = next(iter(condition.values()))
            faults.append(
                _finding(what, f"{value} 已是{other.name}的。", f"{value} is {other.called.en}’s already.")
            )
    hosts = CountyHost.objects.filter(domain__in=given.hosts).select_related("tenant")
    return faults + [
        _finding(
            "host", f"{h.domain} 已用于{h.tenant.name}。", f"{h.domain} serves {h.tenant.called.en} already."
        )
        for h in hosts
    ]  # fmt: skip


def _division(code: str) -> tuple[Division | None, list[Finding]]:
    """The county among the imported divisions, with townships below it."""
    if not re.fullmatch(r"[0-9]{6}", code):
        return None, [_finding("code", "区划代码是 6 位数字。", "The division code has 6 digits.")]
    place = Division.objects.filter(code=code + "000000").first()
    if place is not None and Division.objects.filter(code__startswith=code, level="township").exists():
        return place, []
    if not Division.objects.filter(code__endswith="0" * 10, level="province").exists():
        return None, [_finding(
            "divisions", "还没有导入行政区划。请先运行：yimen import divisions",
            "The country's divisions have not been imported. First run: yimen import divisions",
        )]  # fmt: skip
    return None, [_finding(
        "code", f"行政区划里没有代码为 {code}、下辖乡镇的县。", f"Among the divisions no county with townships has the code {code}."
    )]  # fmt: skip


def _centre(given: NewCounty) -> tuple[float, float, list[Finding]]:
    """Where maps open: the place told, or a point within the boundary."""
    west, south, east, north = _CHINA
    if given.lng is None or given.lat is None:
        if given.boundary is None or given.lng is not given.lat:
            return 0, 0, [_finding(
                "centre", "请给出边界文件，或者中心点的经度和纬度。", "Give a boundary, or a centre's longitude and latitude."
            )]  # fmt: skip
        point = given.boundary.centroid
        if not given.boundary.covers(point):
            point = given.boundary.representative_point()
        return point.x, point.y, []
    if not (west <= given.lng <= east and south <= given.lat <= north):
        return 0, 0, [_finding(
            "centre", f"{given.lng}, {given.lat} 不在中国；先经度后纬度。",
            f"{given.lng}, {given.lat} is not in China; longitude comes first.",
        )]  # fmt: skip
    if given.boundary is not None and not given.boundary.covers(shapely.Point(given.lng, given.lat)):
        return 0, 0, [_finding("centre", "中心点不在边界以内。", "The centre lies outside of the boundary.")]
    return given.lng, given.lat, []


def read_boundary(path: Path, crs: str = "wgs84") -> BaseGeometry:
    """The one area of a GeoJSON file (a geometry, a feature or a collection of one) in WGS84; refuses what does not hold."""
    try:
        raw = json.loads(path.read_bytes().decode("utf-8-sig"))
        if raw.get("type") == "FeatureCollection":
            (raw,) = raw["features"]
        geometry = shape(raw["geometry"] if raw.get("type") == "Feature" else raw)
    except (
        UnicodeDecodeError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        shapely.errors.ShapelyError,
    ) as error:
        raise _boundary(
            f"{path.name} 不是只有一个区域的 GeoJSON", f"{path.name} is no GeoJSON of one area"
        ) from error
    if not isinstance(geometry, Polygon | MultiPolygon) or geometry.is_empty:
        raise _boundary(f"{path.name} 里不是面", f"{path.name} has no polygon")
    if not geometry.is_valid:
        why = shapely.is_valid_reason(geometry)
        raise _boundary(f"边界不成立：{why}", f"the boundary does not hold: {why}")
    if not geometry.within(shapely.box(*_CHINA)):
        raise _boundary(
            "边界不在中国；坐标先经度后纬度", "the boundary is not in China; longitude comes first"
        )
    return shapely.transform(
        geometry, lambda points: np.array([to_wgs84(x, y, crs) for x, y in points]).reshape(-1, 2)
    )


def _boundary(zh: str, en: str) -> Refusal:
    return Refusal(_finding("boundary", f"{zh}。", f"{en[:1].upper()}{en[1:]}."))


def _written(boundary: BaseGeometry) -> dict[str, Any]:
    """GeoJSON of at most a decimetre's detail, with plain lists."""
    return dict(json.loads(json.dumps(mapping(shapely.set_precision(boundary, 10**-_DECIMALS)))))


def counties() -> list[dict[str, Any]]:
    """Every county of this installation, by code."""
    stand_in_public()
    hosts: dict[int, list[str]] = {}
    for host in CountyHost.objects.order_by("-is_primary", "domain"):
        hosts.setdefault(host.tenant_id, []).append(host.domain)
    return [
        {
            "schema": c.schema_name, "code": c.code, "name": c.name, "name_en": c.name_en, "province": c.province,
            "lng": c.lng, "lat": c.lat, "has_boundary": c.boundary is not None, "hosts": hosts.get(c.pk, []),
        }
        for c in County.objects.order_by("code")
    ]  # fmt: skip
