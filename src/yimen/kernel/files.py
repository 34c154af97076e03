"""Writing a file so that all of it is there or none, whoever else writes it at the same moment."""

import errno
import os
import tempfile
from pathlib import Path

import psycopg


def is_disk_full(error: BaseException | None) -> bool:
    """Whether an error comes of a disk without room, ours or the database's."""
    while error is not None:
        if isinstance(error, psycopg.errors.DiskFull):
            return True
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        error = error.__cause__ or error.__context__
    return False


def write_whole(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write and flush to disk under another name, then give it its own; an existing file is replaced at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).chmod(mode)
        Path(unfinished).rename(path)
    finally:
        Path(unfinished).unlink(missing_ok=True)
