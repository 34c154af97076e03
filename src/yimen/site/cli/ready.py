"""Getting ready to work: the database's address, the embedded server where none is given, Django."""

import fcntl
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TextIO

from django.db import connections

from yimen.site import postgres, settings
from yimen.site.cli import telling

log = logging.getLogger("yimen.database")
LOOK_SECONDS = 5.0
say, refuse, bar = telling.say, telling.refuse, telling.bar
between, day = telling.between, telling.day


def data_folder() -> Path:
    """The folder that holds everything of this installation."""
    return Path(os.environ.get("YIMEN_DATA", "var")).resolve()


def is_outside() -> bool:
    """Whether the database is one that DATABASE_URL names, not the embedded one."""
    return os.environ.get("DATABASE_URL", postgres.NO_DATABASE) != postgres.NO_DATABASE


def has_database() -> bool:
    """Whether this installation has a database made ready, or an address of one, without starting anything."""
    if is_outside():
        return True
    data = data_folder()
    return data.exists() and (postgres.cluster_of(data) / "PG_VERSION").exists()


def is_used(data: Path) -> bool:
    """Whether another process uses the folder's embedded server now."""
    if not (data / "users.lock").exists():
        return False
    with (data / "users.lock").open("a") as users:
        return not _is_last(users)


@contextmanager
def database(*, is_kept_running: bool = False) -> Iterator[None]:
    """Inside, the database runs and Django talks to it; the last one that uses an embedded server stops it.

    `is_kept_running`: an embedded server that ends is started again, for commands that run until they are stopped.
    """
    if is_outside():
        yield
        return
    data = data_folder()
    data.mkdir(parents=True, exist_ok=True)
    users = (data / "users.lock").open("a")
    fcntl.flock(users, fcntl.LOCK_SH)
    try:
        server = postgres.start(data)
        postgres.prepare_database(server)
        os.environ["DATABASE_URL"] = server.url(postgres.APP)
        os.environ["DATABASE_OWNER_URL"] = server.url(postgres.OWNER)
        address = settings.database(os.environ["DATABASE_URL"])
        connections.databases["default"].update(address)
        connections["default"].settings_dict.update(address)
        with _kept_running(data) if is_kept_running else nullcontext():
            yield
    finally:
        connections.close_all()
        os.environ["DATABASE_URL"] = postgres.NO_DATABASE
        os.environ.pop("DATABASE_OWNER_URL", None)
        with users:
            if _is_last(users):
                postgres.stop(data)


@contextmanager
def _kept_running(data: Path) -> Iterator[None]:
    """Inside, a server that ends is started again: one whose disk is full ends itself, and nobody else would bring it back."""
    over = threading.Event()
    watch = threading.Thread(target=_watch, args=(data, over), name="database", daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()


def _watch(data: Path, over: threading.Event) -> None:
    """Look after the server until `over`; what keeps it from starting is said once."""
    said = ""
    while not over.wait(LOOK_SECONDS):
        try:
            if postgres.runs_for(data):
                continue
            postgres.start(data)
            log.warning("the embedded database had ended and was started again")
            said = ""
        except (postgres.PostgresTrouble, OSError) as trouble:
            if str(trouble) != said:
                said = str(trouble)
                log.error("the embedded database has ended and cannot be started: %s", said)


def _is_last(users: TextIO) -> bool:
    """Whether no other process uses the embedded server; the last one to leave stops it."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
