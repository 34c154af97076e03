"""A backup: the database and the kept files in one tar, with a manifest that says what must come back.

The keys (`secrets.json`) are not in it, because sealed personal data would then be readable by whoever finds
the file. Keep them apart; the manifest knows which key it needs.
"""

import hashlib
import hmac
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from yimen import __version__
from yimen.kernel.calendar.today import now
from yimen.kernel.counties.models import County
from yimen.kernel.counties.tenancy import in_county, stand_in_public
from yimen.kernel.ledger.models import Entry, Seal
from yimen.kernel.matters.models import Matter
from yimen.kernel.papers import waiting
from yimen.kernel.papers.models import Paper
from yimen.site import postgres

Tick = Callable[[int, str], None]
"""Told how far the work has come, in `STEPS`, and what is being done."""
STEPS = 100
MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "files"


class BackupTrouble(Exception):
    """The backup cannot be made or brought back; the message says why and what to do."""


def key_marks() -> list[str]:
    """Names the installation's field keys, the newest first, without telling them."""
    keys = [bytes.fromhex(each.strip()) for each in settings.FIELD_KEY.split(",")]
    return [hmac.new(key, b"yimen backup", hashlib.sha256).hexdigest()[:16] for key in keys]


def counted() -> dict[str, dict[str, Any]]:
    """What each county holds: matters, entries, papers, and the last day seal's hash."""
    found = {}
    stand_in_public()
    for schema in County.objects.order_by("schema_name").values_list("schema_name", flat=True):
        with in_county(schema):
            seal = Seal.objects.order_by("-day").first()
            found[schema] = {
                "matters": Matter.objects.count(),
                "entries": Entry.objects.count(),
                "papers": Paper.objects.count(),
                "last_seal": bytes(seal.hash).hex() if seal else "",
            }
    return found


def make(owner_url: str, to: Path, tick: Tick = lambda _done, _words: None) -> dict[str, Any]:
    """Write a backup file; returns its manifest. An unfinished one never bears the name.

    The database is dumped first, in one snapshot; a file it names is already kept by then.
    """
    unfinished = to.with_name(f"{to.name}.unfinished")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=to.parent) as folder:
            dump = Path(folder) / DUMP
            tick(0, DUMP)
            counts = counted()
            _postgres_program(
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                "--no-comments",
                "-f",
                str(dump),
                owner_url=owner_url,
            )
            files = (p for p in settings.YIMEN_FILES.rglob("*") if p.is_file())
            kept = sorted(p for p in files if p.parent.name != waiting.FOLDER)
            manifest = {
                "yimen": __version__, "made_at": now().isoformat(), "key": ",".join(key_marks()), "counties": counts,
                "sha256": _sha256(dump), "files": len(kept),
            }  # fmt: skip
            (Path(folder) / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
            with tarfile.open(unfinished, "w") as archive:
                archive.add(Path(folder) / MANIFEST, MANIFEST)
                archive.add(dump, DUMP)
                for number, path in enumerate(kept):
                    if number % 500 == 0:
                        tick(50 + 50 * number // len(kept), FILES)
                    archive.add(path, f"{FILES}/{path.relative_to(settings.YIMEN_FILES)}")
        unfinished.chmod(0o600)
        unfinished.rename(to)
    except OSError as error:
        raise BackupTrouble(f"the backup could not be written: {error}") from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return manifest


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a backup file; raises `BackupTrouble` when it is none."""
    try:
        with tarfile.open(path) as archive:
            member = archive.extractfile(MANIFEST)
            if member is None:
                raise KeyError(MANIFEST)
            manifest: dict[str, Any] = json.load(member)
        datetime.fromisoformat(manifest["made_at"])
    except (OSError, tarfile.TarError, KeyError, ValueError) as error:
        raise BackupTrouble(f"{path} is not a backup of Yimen ({error})") from error
    return manifest


def bring_back(path: Path, owner_url: str, tick: Tick = lambda _done, _words: None) -> dict[str, Any]:
    """Restore a backup into an empty database and an empty files folder, all or nothing.

    Raises `BackupTrouble` when the target is not empty, the bytes are damaged, or the key is another.
    """
    manifest = read_manifest(path)
    if not set(manifest["key"].split(",")) <= set(key_marks()):
        raise BackupTrouble(
            f"this backup's personal data are sealed with another key. Put the secrets.json of that installation "
            f"into {settings.DATA}, then restore again"
        )
    with psycopg.connect(owner_url) as owner:
        if owner.execute("SELECT to_regclass('public.counties_county')").fetchone() != (None,):
            raise BackupTrouble("the database is not empty; restore into a new data folder (YIMEN_DATA)")
    if settings.YIMEN_FILES.exists() and any(settings.YIMEN_FILES.iterdir()):
        raise BackupTrouble(
            f"{settings.YIMEN_FILES} is not empty; restore into a new data folder (YIMEN_DATA)"
        )
    try:
        _lay_out(path, manifest, owner_url, tick)
    except (OSError, tarfile.TarError) as error:
        raise BackupTrouble(f"{path} could not be brought back: {error}") from error
    return manifest


def _lay_out(path: Path, manifest: Mapping[str, Any], owner_url: str, tick: Tick) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, tarfile.open(path) as archive:
        tick(0, DUMP)
        archive.extract(DUMP, folder, filter="data")
        dump = Path(folder) / DUMP
        if _sha256(dump) != manifest["sha256"]:
            raise BackupTrouble(f"{path} is damaged: the database in it is not the one that was written")
        tick(10, FILES)
        # The files first, under another name: the database, all or nothing, decides whether it is brought back.
        unfinished = settings.YIMEN_FILES.with_name(f"{settings.YIMEN_FILES.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        for member in archive:
            if member.name.startswith(f"{FILES}/"):
                member.name = member.name.removeprefix(f"{FILES}/")
                archive.extract(member, unfinished, filter="data")
        tick(50, DUMP)
        _postgres_program(
            "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges",
            "--no-comments", str(dump), owner_url=owner_url,
        )  # fmt: skip
        settings.YIMEN_FILES.mkdir(parents=True, exist_ok=True)
        for kept in unfinished.iterdir():
            shutil.move(kept, settings.YIMEN_FILES / kept.name)
        unfinished.rmdir()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _postgres_program(name: str, *arguments: str, owner_url: str) -> None:
    """Run one of the wheel's PostgreSQL programs on the database; the password travels where no other user sees it."""
    address = conninfo_to_dict(owner_url)
    password = str(address.pop("password", None) or "")
    target = make_conninfo(**{name: str(value) for name, value in address.items()})
    done = subprocess.run(
        [str(postgres.BINARIES / name), "-d", target, *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        env={**os.environ, **({"PGPASSWORD": password} if password else {})},
    )
    if done.returncode:
        raise BackupTrouble(f"{name}: {done.stderr.strip()[-1500:]}")
