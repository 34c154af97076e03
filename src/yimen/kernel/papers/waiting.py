"""Files of a form that came back, kept for a while under names nobody can guess, so that none has to be chosen twice.

They belong to nobody's matter yet: who knows the name has the file, a backup leaves them out, and they are deleted
after two hours. When there is no more room, the oldest file of the sender who keeps most makes some: who floods crowds out
themselves.
"""

import os
import re
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.crypto import salted_hmac

from yimen.kernel.calendar.today import now
from yimen.kernel.counties.tenancy import place_key
from yimen.kernel.files import write_whole
from yimen.kernel.papers.store import judged
from yimen.kernel.words import Refusal

FOLDER = "waiting"
KEPT = timedelta(hours=2)
MOST_BYTES = 1 << 30
MOST_FILES = 2000
"""What a county keeps waiting in all."""
_SENDER = 16
_TOKEN = re.compile(r"[0-9a-f]{48}")
_sender: ContextVar[str] = ContextVar("sender", default="")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits for its form: the name that gives it back, and what its sender called it.

    The name begins with whom it counts for, and goes on with what nobody can guess.
    """

    token: str
    name: str


class _Returned(SimpleUploadedFile):
    """An upload that has waited."""

    token = ""


def _folder() -> Path:
    return Path(str(settings.YIMEN_FILES)) / place_key()[1] / FOLDER


@contextmanager
def sent_from(network: str) -> Iterator[None]:
    """Inside, what is kept counts for this network."""
    before = _sender.set(network)
    try:
        yield
    finally:
        _sender.reset(before)


def keep(uploads: "Iterable[UploadedFile[Any]]") -> list[Waiting]:
    """Have uploads wait; those that would be refused anyway do not."""
    forget_old()
    folder = _folder()
    found: list[Waiting] = []
    sender = salted_hmac("papers/waiting", _sender.get()).hexdigest()[:_SENDER]
    for upload in uploads:
        name = (upload.name or "")[:200]
        if isinstance(upload, _Returned):
            found.append(Waiting(upload.token, name))
            continue
        try:
            content, _ = judged(upload)
        except Refusal:
            continue
        if not _make_room(folder, sender, len(content), {w.token for w in found}):
            break
        token = sender + secrets.token_hex(16)
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


def _make_room(folder: Path, sender: str, size: int, spared: Collection[str]) -> bool:
    """Delete the oldest files of whoever keeps most until one more of `size` bytes fits; False when none is left to delete."""
    files: list[tuple[float, int, str]] = []
    for path in folder.glob("*") if folder.exists() else ():
        with suppress(FileNotFoundError):
            files.append((path.stat().st_mtime, path.stat().st_size, path.name))
    files.sort(reverse=True)
    while len(files) >= MOST_FILES or sum(f[1] for f in files) + size > MOST_BYTES:
        shares = defaultdict(float, {sender: 1 / MOST_FILES + size / MOST_BYTES})
        for _, taken, name in files:
            shares[name[:_SENDER]] += 1 / MOST_FILES + taken / MOST_BYTES
        most = max(shares, key=lambda each: (shares[each], each == sender))
        gone = next((f for f in reversed(files) if f[2].startswith(most) and f[2] not in spared), None)
        if gone is None:
            return False
        (folder / gone[2]).unlink(missing_ok=True)
        files.remove(gone)
    return True


def forget_old() -> None:
    """Delete what nobody came back for."""
    folder = _folder()
    for path in folder.glob("*") if folder.exists() else ():
        if _is_old(path):
            path.unlink(missing_ok=True)
