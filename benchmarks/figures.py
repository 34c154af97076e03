"""What a benchmark answers, and how it is counted and shown."""

import os
import platform
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `limit` is the bare limit in the same unit; `ratio` is value/limit, or limit/value for times."""

    what: str
    value: float
    unit: str
    limit: float | None = None
    against: str = ""
    size: int = 0
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How much of its limit is reached; 1 is the limit itself."""
        if not self.limit or not self.value:
            return None
        return self.value / self.limit if self.unit.endswith("/s") else self.limit / self.value

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "ratio": self.ratio}


def rate(work: Callable[[], object], seconds: float) -> float:
    """How often a second `work` can be done, by doing it for so long."""
    work()
    count, started = 0, perf_counter()
    while (spent := perf_counter() - started) < seconds:
        work()
        count += 1
    return count / spent


def times(work: Callable[[], object], number: int) -> list[float]:
    """Sorted durations in milliseconds of `number` repetitions, after a warm-up."""
    work()
    found = []
    for _ in range(number):
        started = perf_counter()
        work()
        found.append((perf_counter() - started) * 1000)
    return sorted(found)


def p95(durations: list[float]) -> float:
    """The 95th percentile of sorted durations."""
    return durations[min(len(durations) - 1, int(len(durations) * 0.95))]


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time the processes have used so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def machine(database_version: str) -> dict[str, Any]:
    """What it was measured on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024**2
    return {
        "cpu": model, "cores": os.cpu_count(), "memory_gb": memory, "system": platform.platform(),
        "python": platform.python_version(), "postgresql": database_version,
    }  # fmt: skip


def show(say: Console, figures: Iterable[Figure]) -> None:
    """The figures as a table."""
    table = Table(show_edge=False, pad_edge=False)
    for heading, justify in (("what", "left"), ("size", "right"), ("value", "right"), ("limit", "right"), ("of limit", "right"), ("", "left")):  # fmt: skip
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for f in figures:
        table.add_row(
            f.what, f"{f.size:,}" if f.size else "", _number(f.value, f.unit),
            f"{_number(f.limit, f.unit)} {f.against}" if f.limit else f.against,
            f"{f.ratio:.0%}" if f.ratio else "", f.note,
        )  # fmt: skip
    Console(file=say.file, width=150, highlight=False).print(table)


def _number(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:,.2f} {unit}"
