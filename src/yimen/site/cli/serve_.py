"""Serve HTTP with granian, for one machine or behind a buffering proxy (set YIMEN_PROXIES, YIMEN_HOSTS, YIMEN_HTTPS=1).

yimen serve --port 8000 --workers 2
"""

import argparse
import socket

from django.conf import settings
from django.core.management import call_command
from granian.constants import Interfaces
from granian.server import Server

from yimen.site.cli import ready


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=32, help="requests a worker answers at a time")


def port_is_free(host: str, port: int) -> bool:
    """Whether somebody already listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def run(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    if options.host not in ("127.0.0.1", "::1", "localhost") and not settings.YIMEN_PROXIES:
        ready.say.print(
            "[red]yimen:[/red] serve the world through a buffering proxy (docs/operations.md), listen on 127.0.0.1, "
            "and say how many proxies there are with YIMEN_PROXIES"
        )
        return 2
    if not port_is_free(options.host, options.port):
        ready.say.print(
            f"[red]yimen:[/red] {options.host}:{options.port} is taken; choose another with --port"
        )
        return 2
    with ready.database():
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
