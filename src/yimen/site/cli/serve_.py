"""Serve HTTP with granian, for one machine or behind a buffering proxy (set YIMEN_PROXIES, YIMEN_HOSTS, YIMEN_HTTPS=1).

yimen serve --port 8000 --workers 2
"""

import argparse
import errno
import socket

from django.conf import settings
from django.core.management import call_command
from granian.constants import Interfaces
from granian.server import Server

from yimen.site.cli import ready


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=ready.between(1, 65535), default=8000)
    parser.add_argument("--workers", type=ready.between(1, 64), default=1, help="processes")
    parser.add_argument(
        "--threads", type=ready.between(1, 1000), default=32, help="requests a worker answers at a time"
    )


def closed(host: str, port: int) -> str:
    """Why nobody can listen there and what to do; an empty string when one can."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError:
        return f"port {port} is for the system's administrator; choose one above 1023 with --port"
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"port {port} is taken by another program; stop it, or choose another: --port {port % 65535 + 1} (make demo PORT={port % 65535 + 1})"
        return f"nobody can listen on {host}:{port}: {error.strerror or error}"
    return ""


def run(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    if options.host not in ("127.0.0.1", "::1", "localhost") and not settings.YIMEN_PROXIES:
        ready.say.print(
            "[red]yimen:[/red] serve the world through a buffering proxy (docs/operations.md), listen on 127.0.0.1, "
            "and say how many proxies there are with YIMEN_PROXIES"
        )
        return 2
    if why := closed(options.host, options.port):
        ready.say.print(f"[red]yimen:[/red] {why}")
        return 2
    with ready.database(is_kept_running=True):
        call_command("collectstatic", verbosity=0, interactive=False)
        Server(
            "yimen.site.wsgi:application",
            address=options.host,
            port=options.port,
            interface=Interfaces.WSGI,
            workers=options.workers,
            blocking_threads=options.threads,
            log_enabled=False,
            respawn_failed_workers=True,
        ).serve()
    return 0
