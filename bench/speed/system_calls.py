"""How many system calls processes make: counted by ``perf``, and by name by ``strace``, which slows them down."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Sequence

ATTACHED_IN = 1.0
"""Seconds in which a tool has attached itself."""


def counted(pids: Sequence[int], work: Callable[[], None]) -> int | None:
    """All of them while ``work`` runs; None where ``perf`` is not there, or may not."""
    command = ["perf", "stat", "-x,", "-e", "raw_syscalls:sys_enter", "-p", ",".join(map(str, pids))]
    for line in _watched(command, work):
        fields = line.split(",")
        if len(fields) > 2 and fields[2] == "raw_syscalls:sys_enter" and fields[0].isdigit():
            return int(fields[0])
    return None


def by_name(pids: Sequence[int], work: Callable[[], None]) -> Counter[str]:
    """How often each was made while ``work`` runs; empty where ``strace`` is not there, or may not."""
    calls: Counter[str] = Counter()
    options = [option for pid in pids for option in ("-p", str(pid))]
    for line in _watched(["strace", "-f", "-c", "-U", "name,calls", *options], work):
        fields = line.split()
        if len(fields) == 2 and fields[1].isdigit() and fields[0] != "total":
            calls[fields[0]] = int(fields[1])
    return calls


def _watched(command: Sequence[str], work: Callable[[], None]) -> list[str]:
    """What a tool that is attached meanwhile says in the end."""
    if not shutil.which(command[0]):
        work()
        return []
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as tool:
        time.sleep(ATTACHED_IN)
        try:
            work()
        finally:
            tool.send_signal(signal.SIGINT)
        return tool.communicate(timeout=60)[1].splitlines()
