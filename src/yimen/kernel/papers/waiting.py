"""Files of a form that came back, kept for a while under names nobody can guess, so that none has to be chosen twice.

They belong to nobody's matter yet: who knows the name has the file, a backup leaves them out, and they are deleted
after two hours.
"""

import os
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from yimen.kernel.calendar.today import now
from yimen.kernel.counties.tenancy import place_key
from yimen.kernel.files import write_whole
from yimen.kernel.papers.store import judged
from yimen.kernel.words import Refusal

FOLDER = "waiting"
KEPT = timedelta(hours=2)
MOST_BYTES = 1 << 30
MOST_FILES = 2000
"""What a county keeps waiting in all; beyond it the files of a form are chosen again."""
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits for its form: the name that gives it back, and what its sender called it."""

    token: str
    name: str


class _Returned(SimpleUploadedFile):
    """An upload that has waited."""

    token = ""


def _folder() -> Path:
    return Path(str(settings.YIMEN_FILES)) / place_key()[1] / FOLDER


def keep(uploads: "Iterable[UploadedFile[Any]]") -> list[Waiting]:
    """Have uploads wait; those that would be refused anyway, or for which there is no room, do not."""
    forget_old()
    folder, found = _folder(), []
    there = _sizes(folder)
    taken, room = sum(there), MOST_FILES - len(there)
    for upload in uploads:
        name = (upload.name or "")[:200]
        if isinstance(upload, _Returned):
            found.append(Waiting(upload.token, name))
            continue
        try:
            content, _ = judged(upload)
        except Refusal:
            continue
        taken += len(content)
        room -= 1
        if taken > MOST_BYTES or room < 0:
            break
        token = secrets.token_hex(16)
        write_whole(folder / token, orjson.dumps(name) + b"\n" + content, mode=0o600)
        at = now().timestamp()
        os.utime(folder / token, (at, at))
        found.append(Waiting(token, name))
    return found


def given_back(tokens: Iterable[str]) -> "list[UploadedFile[Any]]":
    """The uploads that wait under these names, as if they had just been sent; one that is gone is left out."""
    found: list[UploadedFile[Any]] = []
    for token in dict.fromkeys(tokens):
        path = _folder() / token
        if not _TOKEN.fullmatch(token) or not path.exists() or _is_old(path):
            continue
        name, _, content = path.read_bytes().partition(b"\n")
        returned = _Returned(orjson.loads(name), content)
        returned.token = token
        found.append(returned)
    return found


def _is_old(path: Path) -> bool:
    """Whether its time is over; one that somebody else has just deleted is."""
    try:
        return path.stat().st_mtime < (now() - KEPT).timestamp()
    except FileNotFoundError:
        return True


def _sizes(folder: Path) -> list[int]:
    found = []
    for path in folder.glob("*") if folder.exists() else ():
        with suppress(FileNotFoundError):
            found.append(path.stat().st_size)
    return found


def forget_old() -> None:
    """Delete what nobody came back for."""
    folder = _folder()
    for path in folder.glob("*") if folder.exists() else ():
        if _is_old(path):
            path.unlink(missing_ok=True)
