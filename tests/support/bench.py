"""Runs a bench as its reader does, in a process of its own."""

from __future__ import annotations

import subprocess
import sys


def printed(module: str, *options: str) -> str:
    """What it prints; an error if its exit code is not 0."""
    command = [sys.executable, "-m", module, *options]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout


def lines(module: str, *options: str) -> list[str]:
    """What it prints, however fast the machine is: a bench that is too slow says so in its exit code."""
    command = [sys.executable, "-m", module, *options]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=300
    ).stdout.splitlines()
