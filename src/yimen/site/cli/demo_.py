"""云溪县 in your browser: database, demo county, worker and web server in one; Ctrl-C stops all of it.

The second start is quick and keeps the data; --reset starts over from nothing.
"""

import argparse
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

from rich.table import Table

from yimen.site import database, postgres
from yimen.site.cli import ready
from yimen.site.cli.serve_ import closed
from yimen.site.demo import build

MADE = "demo.made"
"""Left in a data folder by a demo built to the end."""


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away first")
    parser.add_argument("--port", type=ready.between(1, 65535), default=8000)
    parser.add_argument("--small", action="store_true", help="fewer incidents, for a quick look")
    parser.add_argument("--no-serve", action="store_true", help="build the demo, then stop")


def run(options: argparse.Namespace) -> int:
    """Build what is missing, serve, and wait."""
    os.environ["YIMEN_DEMO"] = "1"
    os.environ.setdefault("YIMEN_ADDRESS", f"http://{{host}}:{options.port}")
    data = ready.data_folder()
    lock = _only_one(data / "running.lock")
    if lock is None:
        ready.say.print(f"[red]yimen:[/red] {data} is in use by another running yimen; stop it first")
        return 2
    if not options.no_serve and (why := closed("127.0.0.1", options.port)):
        ready.say.print(f"[red]yimen:[/red] {why}")
        return 2
    unfinished = data / "demo.unfinished"
    if unfinished.exists() and not options.reset:
        ready.say.print("The demo was not finished last time; it is built anew.")
    if options.reset or unfinished.exists():
        if ready.is_outside():
            ready.say.print(
                "[red]yimen:[/red] only the embedded database is thrown away, not the one that DATABASE_URL names; "
                "empty that yourself, or unset DATABASE_URL"
            )
            return 2
        if ready.is_used(data):
            ready.say.print(f"[red]yimen:[/red] another yimen uses the database of {data}; stop it first")
            return 2
        if why := _not_the_demos(data):
            ready.say.print(f"[red]yimen:[/red] {why}")
            return 2
        _start_over(data)
    with ready.database(is_kept_running=True):
        if why := _says_real(build.real_county()):
            ready.say.print(f"[red]yimen:[/red] {why}")
            return 2
        if not build.has_counties():
            unfinished.touch()
        database.migrate(database.owner_url())
        build.build_demo(ready.say, incidents=40 if options.small else 600)
        unfinished.unlink(missing_ok=True)
        (data / MADE).touch()
        _introduce(options.port)
        if options.no_serve:
            return 0
        return _serve(options.port)


def _says_real(county: str) -> str:
    """Why the demo keeps away from a database with somebody's real county; an empty string when there is none."""
    if not county:
        return ""
    return (
        f"this database holds {county}, which is not the demo's; nothing was done. Unset DATABASE_URL and set YIMEN_DATA "
        "to a folder of the demo's own"
    )


def _not_the_demos(data: Path) -> str:
    """Why a folder may not be thrown away; one whose server does not start is judged by what the demo left in it."""
    if not ready.has_database():
        return ""
    try:
        with ready.database():
            return _says_real(build.real_county())
    except postgres.PostgresTrouble as trouble:
        if (data / MADE).exists() or (data / "demo.unfinished").exists():
            return ""
        return f"{data} was not made by the demo, and cannot be looked into; nothing was done. ({trouble})"


def _start_over(data: Path) -> None:
    """Throw away what the demo has made; downloads, backups and the installation's keys stay."""
    postgres.remove(data)
    (data / MADE).unlink(missing_ok=True)
    for made in ("files", "keys", "outgoing"):
        shutil.rmtree(data / made, ignore_errors=True)


def _only_one(path: "os.PathLike[str]") -> TextIOWrapper | None:
    """A lock that ends with the process, however it ends; None when another process holds it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    file = open(path, "w", encoding="ascii")  # noqa: SIM115 - held open as long as the process lives
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def _introduce(port: int) -> None:
    """The demo's people, and where to go."""
    table = Table(title="云溪县 · the demo's people", title_justify="left")
    for heading in ("岗位 role", "姓名 name", "登录名 login", "密码 password"):
        table.add_column(heading)
    for person in build.cast():
        table.add_row(person.role, person.name, person.login, build.PASSWORD)
    ready.say.print(table)
    ready.say.print("The second factor's code is shown on the sign-in page of the demo.")
    ready.say.print(f"\n  Residents  http://127.0.0.1:{port}/\n  Staff      http://127.0.0.1:{port}/console/")
    ready.say.print(f"  石桥县     http://shiqiao.localhost:{port}/\n\nCtrl-C stops everything.")


def _serve(port: int) -> int:
    """Run the worker and the web server as children; when one ends or we are told to stop, stop both."""
    command = [sys.executable, "-m", "yimen"]
    children = [
        subprocess.Popen([*command, "serve", "--port", str(port), "--workers", "1"], start_new_session=True),
        subprocess.Popen([*command, "worker"], start_new_session=True),
    ]
    told: list[int] = []
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, lambda number, _: told.append(number))
    while not told and all(child.poll() is None for child in children):
        time.sleep(0.2)
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
    with suppress(OSError):  # the terminal may be gone
        ready.say.print("\nStopped. The data stays; make demo continues where you left.")
    return 0 if told else 1
