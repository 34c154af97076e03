"""Getting ready to work: the database's address, the embedded server where none is given, Django."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from django.db import connections
from rich.console import Console

from yimen.site import postgres, settings

say = Console(stderr=True, highlight=False, soft_wrap=True)


def data_folder() -> Path:
    """The folder that holds everything of this installation."""
    return Path(os.environ.get("YIMEN_DATA", "var")).resolve()


@contextmanager
def database() -> Iterator[None]:
    """Inside, the database runs and Django talks to it; the last one that uses an embedded server stops it."""
    if os.environ.get("DATABASE_URL", postgres.NO_DATABASE) != postgres.NO_DATABASE:
        yield
        return
    data = data_folder()
    data.mkdir(parents=True, exist_ok=True)
    users = (data / "users.lock").open("a")
    fcntl.flock(users, fcntl.LOCK_SH)
    try:
        server = postgres.start(data)
        postgres.prepare_database(server)
    except (postgres.PostgresTrouble, OSError) as trouble:
        say.print(f"[red]yimen:[/red] {trouble}")
        sys.exit(2)
    os.environ["DATABASE_URL"] = server.url(postgres.APP)
    os.environ["DATABASE_OWNER_URL"] = server.url(postgres.OWNER)
    address = settings.database(os.environ["DATABASE_URL"])
    connections.databases["default"].update(address)
    connections["default"].settings_dict.update(address)
    try:
        yield
    finally:
        connections.close_all()
        with users:
            if _is_last(users):
                postgres.stop(data)


def _is_last(users: TextIO) -> bool:
    """Whether no other process uses the embedded server; the last one to leave stops it."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
