"""What processes cost, from ``/proc``, their children included; and percentiles."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]

_TICK = os.sysconf("SC_CLK_TCK")
_UTIME, _STIME, _CUTIME, _CSTIME = 11, 12, 13, 14
"""Fields of ``/proc/PID/stat`` behind the name (proc(5))."""


def cpu(pid: int) -> float:
    """Seconds, user and system, of one process; 0 once it has gone."""
    fields = _stat(pid)
    return (int(fields[_UTIME]) + int(fields[_STIME])) / _TICK if fields else 0.0


def cpu_of_tree(pid: int) -> float:
    """Seconds of a process and all below it, whoever of them has ended since included. It never falls."""
    ticks = 0
    for each in tree(pid):
        if fields := _stat(each):
            ticks += sum(int(fields[number]) for number in (_UTIME, _STIME, _CUTIME, _CSTIME))
    return ticks / _TICK


def threads(pid: int) -> dict[int, float]:
    """Seconds that each thread has worked, to the nanosecond."""
    spent = {}
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                spent[int(task.name)] = int((task / "schedstat").read_text().split()[0]) / 1e9
    return spent


def pss(pid: int) -> int:
    """Bytes: what it has for itself, and its share of what it has with others; 0 once it has gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def resident_from_here() -> int:
    """Bytes resident of this process; the most it has is looked for from now on."""
    Path("/proc/self/clear_refs").write_text("5")  # proc(5): resets VmHWM
    return _status("VmRSS")


def most_resident() -> int:
    """Bytes that this process had resident at most since ``resident_from_here``."""
    return _status("VmHWM")


def written(pid: int) -> int:
    """Bytes that one process has handed to the disk so far (its page cache)."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/io").read_text().splitlines():
            if line.startswith("write_bytes:"):
                return int(line.split()[1])
    return 0


def tree(pid: int) -> list[int]:
    """A process and all that it has begun, and these."""
    with suppress(psutil.NoSuchProcess):
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    return []


def percentile(values: Sequence[float], percent: int) -> float:
    """Return a percentile of an ascending list; 0 of an empty one."""
    return values[min(len(values) * percent // 100, len(values) - 1)] if values else 0.0


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def _stat(pid: int) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return []
