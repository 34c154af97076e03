"""What a command says on the terminal: sentences, refusals in both languages, and how far long work has come."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from yimen.kernel.words import Refusal

say = Console(stderr=True, highlight=False, soft_wrap=True)


def refuse(trouble: Refusal | OSError) -> None:
    """Say why something was refused, in both languages, since whoever types here may read either."""
    if isinstance(trouble, OSError):
        say.print(f"yimen: {trouble}", markup=False)
        return
    for finding in trouble.findings:
        say.print(f"yimen: {finding.sentence.zh} {finding.sentence.en}", markup=False)


@contextmanager
def bar(words: str, total: int | None = None) -> Iterator[Callable[[int, str], None]]:
    """A progress bar on the terminal; call what it gives with how much is done, and with other words if they change."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=say, transient=True, disable=not say.is_terminal) as progress:
        task = progress.add_task(words, total=total)

        def show(done: int, now_doing: str = "") -> None:
            progress.update(task, completed=done, description=now_doing or words)

        yield show


def day(typed: str) -> date:
    """For argparse: a date such as 2026-09-28."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{typed!r} is no date such as 2026-09-28") from None


def between(least: int, most: int) -> Callable[[str], int]:
    """For argparse: a whole number within bounds."""

    def number(typed: str) -> int:
        if not typed.isascii() or not typed.isdigit() or not least <= int(typed) <= most:
            raise argparse.ArgumentTypeError(f"{typed!r} is no number from {least} to {most}")
        return int(typed)

    return number
