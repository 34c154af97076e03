"""Deliver messages from the outbox and do the day's routine work (day seals, calendar checks) until stopped."""

import argparse
import signal
import threading

from yimen.kernel.notices import worker
from yimen.site import wiring
from yimen.site.cli import ready


def describe(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--once", action="store_true", help="one round, then stop")


def run(options: argparse.Namespace) -> int:
    """Work until SIGTERM or Ctrl-C."""
    stopping = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopping.set())
    wiring.connect()
    with ready.database(is_kept_running=not options.once):
        return 0 if worker.run(stopping, once=options.once) else 2
