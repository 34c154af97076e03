"""Set up a county, or list those there are.

yimen county add --code 331124 --schema songyang --name-en "Songyang County" --host yimen.songyang.gov.cn \\
    --boundary songyang.geojson --system-admin 张三 --security-admin 李四 --audit-admin 王五
    sets a county up whole or not at all: its schema, hosts, organs, incident classes, duty table, grid tasks, service
    items and three administrators, whose one-time passwords are printed once. Needs `yimen import divisions` first.
    Without --boundary give the centre of the maps with --lng and --lat. On a terminal, what is missing is asked.
yimen county list [--json]
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.http.request import validate_host
from rich.table import Table

from yimen.kernel.access.roles import AUDIT_ADMIN, SECURITY_ADMIN, SYSTEM_ADMIN, roles
from yimen.kernel.org.coordinates import SYSTEMS
from yimen.kernel.words import Refusal
from yimen.site import founding
from yimen.site.cli import ready

_ASKED = {
    "code": "区划代码（6 位） division code (6 digits)",
    "schema": "数据库模式名 schema, such as songyang",
    "name_en": "英文名 English name, such as Songyang County",
    "host": "网址的主机名 host name, such as yimen.songyang.gov.cn",
    "lng": "中心经度 longitude of the centre",
    "lat": "中心纬度 latitude of the centre",
    "system_admin": "系统管理员姓名 name of the system administrator",
    "security_admin": "安全管理员姓名 name of the security administrator",
    "audit_admin": "审计管理员姓名 name of the audit administrator",
}


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("what", choices=["add", "list"])
    parser.add_argument("--code", help="6-digit division code")
    parser.add_argument("--schema", help="name of its schema in the database; cannot be changed later")
    parser.add_argument("--name", default="", help="without it, as the imported divisions have it")
    parser.add_argument("--name-en", help="English name")
    parser.add_argument("--province", default="", help="without it, as the imported divisions have it")
    parser.add_argument(
        "--host", action="append", help="host name; may be given again, the first is the main one"
    )
    parser.add_argument("--boundary", type=Path, help="GeoJSON with the county's outline")
    parser.add_argument("--crs", choices=SYSTEMS, default="wgs84", help="the system of all coordinates given")
    parser.add_argument("--lng", type=float, help="longitude of the centre, degrees")
    parser.add_argument("--lat", type=float, help="latitude of the centre, degrees")
    for role in ("system", "security", "audit"):
        parser.add_argument(f"--{role}-admin", metavar="NAME", help=f"who is {role} administrator")
    parser.add_argument("--source", default=founding.SOURCE, help="the document on which the first data rest")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(options: argparse.Namespace) -> int:
    """One or the other."""
    return _list(options) if options.what == "list" else _add(options)


def _list(options: argparse.Namespace) -> int:
    with ready.database():
        found = founding.counties()
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
    elif not found:
        ready.say.print("There is no county yet. Set one up: yimen county add")
    else:
        table = Table("code", "schema", "name", "province", "hosts")
        for c in found:
            table.add_row(
                c["code"], c["schema"], f"{c['name']} {c['name_en']}", c["province"], ", ".join(c["hosts"])
            )
        ready.say.print(table)
    return 0


def _add(options: argparse.Namespace) -> int:
    try:
        if missing := _ask_for_missing(options):
            ready.say.print(f"[red]yimen:[/red] county add wants {', '.join(missing)}")
            return 2
        given = _given(options)
        with ready.database(), ready.bar("", founding.STEPS) as tick:
            founded = founding.found_county(given, tick)
    except (Refusal, OSError) as trouble:
        ready.refuse(trouble)
        ready.say.print("No county was set up.")
        return 1
    if options.json:
        print(json.dumps(asdict(founded), ensure_ascii=False))
    else:
        _tell(founded)
    for host in given.hosts:
        if not validate_host(host, settings.ALLOWED_HOSTS):
            ready.say.print(
                f"{host} is not among the host names served here: add it to YIMEN_HOSTS before `yimen serve`."
            )
    return 0


def _ask_for_missing(options: argparse.Namespace) -> list[str]:
    """Ask on a terminal for what was not given; elsewhere name the options that are missing."""
    wanted = [w for w in _ASKED if getattr(options, w) in (None, [])]
    if options.boundary:
        wanted = [w for w in wanted if w not in ("lng", "lat")]
    if not (sys.stdin.isatty() and ready.say.is_terminal):
        return [
            "--" + w.replace("_", "-") + (" (or --boundary)" if w in ("lng", "lat") else "") for w in wanted
        ]
    for each in wanted:
        typed = ready.say.input(f"{_ASKED[each]}: ").strip()
        setattr(
            options, each, _number(typed) if each in ("lng", "lat") else [typed] if each == "host" else typed
        )
    return []


def _number(typed: str) -> float:
    try:
        return float(typed)
    except ValueError:
        raise Refusal.of("county.centre", f"{typed} 不是数。", f"{typed} is no number.") from None


def _given(options: argparse.Namespace) -> founding.NewCounty:
    return founding.new_county(
        schema=options.schema, code=options.code, name=options.name, name_en=options.name_en, province=options.province,
        hosts=tuple(h.strip().lower() for h in options.host), lng=options.lng, lat=options.lat,
        boundary=options.boundary, crs=options.crs, source=options.source,
        administrators={
            SYSTEM_ADMIN: options.system_admin, SECURITY_ADMIN: options.security_admin, AUDIT_ADMIN: options.audit_admin,
        },
    )  # fmt: skip


def _tell(founded: founding.Founded) -> None:
    """What was set up, the passwords that are shown this once, and what comes next."""
    counts = ", ".join(f"{number:,} {what}" for what, number in founded.counts.items())
    ready.say.print(f"{founded.name} ({founded.schema}) is set up: {counts}.", markup=False)
    table = Table(title="一次性密码，只显示这一次 One-time passwords, shown this once", title_justify="left")
    for heading in ("角色 role", "姓名 name", "登录名 login", "密码 password"):
        table.add_column(heading)
    for each in founded.administrators:
        table.add_row(roles()[each.role].name.zh, each.name, each.login, each.password)
    ready.say.print(table)
    ready.say.print(
        "At the first sign-in (/console/) each chooses a password and binds a telephone.\n"
        "Next: yimen serve and yimen worker; the system administrator registers people, posts and grids, the security "
        "administrator gives them accounts and roles (docs/operations.md)."
    )
