"""Measure, each figure beside its own limit in the same run, on a database of its own that is dropped afterwards.

yimen bench                       everything small: about three minutes
yimen bench --sizes 10000 100000 1000000 --only pages
"""

import argparse
import importlib
import json
import logging
import sys
from pathlib import Path
from time import perf_counter

from yimen.site import postgres
from yimen.site.cli import ready

_ROOT = Path(__file__).resolve().parents[4]
PARTS = (
    "intake",
    "importing",
    "reckoning",
    "live",
    "indicators",
    "guides",
    "documents",
    "pages",
    "applications",
)


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--only", choices=PARTS, action="append", help="a part; may be given again")
    parser.add_argument(
        "--sizes",
        type=ready.between(1, 100_000_000),
        nargs="+",
        default=[10_000, 100_000],
        help="matters in the county",
    )
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each rate is measured")
    parser.add_argument(
        "--rows", type=ready.between(1, 1_000_000), default=10_000, help="rows of the table that is imported"
    )
    parser.add_argument(
        "--repeat", type=ready.between(1, 100_000), default=40, help="how often each page is asked for"
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    if not (_ROOT / "benchmarks").is_dir():
        ready.say.print("[red]yimen:[/red] the benchmarks are in the source tree; run this from a checkout")
        return 2
    sys.path.insert(0, str(_ROOT))
    logging.disable(logging.WARNING)
    bench = {name: importlib.import_module(f"benchmarks.{name}") for name in ("figures", "ground", *PARTS)}
    data = ready.data_folder()
    was_running = postgres.runs_for(data)
    started, figures = perf_counter(), []
    try:
        with bench["ground"].ground(data) as here, bench["ground"].in_county(bench["ground"].SCHEMA):
            for part in PARTS:
                if options.only and part not in options.only:
                    continue
                sized, timed = (sorted(options.sizes), options.repeat), (options.seconds,)
                given = {
                    "indicators": sized,
                    "pages": sized,
                    "applications": (*sized, options.seconds),
                    "importing": (options.rows,),
                    "guides": (options.repeat,),
                }.get(part, timed)
                for figure in bench[part].measure(here, *given):
                    figures.append(figure)
                    ready.say.print(
                        f"  {figure.what}{f' at {figure.size:,}' if figure.size else ''}: {figure.value:,.2f} {figure.unit}"
                    )
            machine = bench["figures"].machine(here.version)
    except (postgres.PostgresTrouble, OSError) as trouble:
        ready.say.print(f"[red]yimen:[/red] {trouble}")
        return 2
    finally:
        if not was_running:
            postgres.stop(data)
    ready.say.print(f"\n{machine}\n{perf_counter() - started:.0f} s\n")
    bench["figures"].show(ready.say, figures)
    if options.json:
        written = {"machine": machine, "figures": [f.plain() for f in figures]}
        options.json.write_text(json.dumps(written, ensure_ascii=False, indent=1))
    return 0
