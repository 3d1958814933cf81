"""What it takes to start: one-line commands, ``casebot run`` until both doors are open, and what an idle desk holds."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psutil  # type: ignore[import-untyped]

from bench.support.cost import pss
from bench.support.house import wait_for_port
from rehearsal.ports import free_port

CONFIG = """
[desk]
name = "Acme Support"
secrets = ["a secret for benches that is long enough to pass"]
[report]
digest = ""
[[mailbox]]
address = "support@desk.example"
[[staff]]
name = "Sam Specialist"
mail = "sam@desk.example"
[email]
listen = "127.0.0.1:{mail}"
[web]
listen = "127.0.0.1:{web}"
[log]
level = "warning"
"""
COMMANDS = ("--help", "case list", "case queue", "inbox list", "people staff")
CASES = 3
SECONDS = 5.0
"""How long after its listeners have opened a start is watched."""
PATIENCE = 300.0
Measured = Mapping[str, tuple[float, str]]
"""A figure and its unit, by what it is of."""


class Desk:
    """A small store and its config, run by the code of one clone."""

    def __init__(self, folder: Path, code: Path) -> None:
        folder.mkdir()
        self.folder, self.ports = folder, (free_port(), free_port())
        self.config = folder / "config.toml"
        self.config.write_text(CONFIG.format(mail=self.ports[0], web=self.ports[1]))
        plain = {name: value for name, value in os.environ.items() if not name.startswith("CASEBOT_")}
        plain.pop("PYTHONDONTWRITEBYTECODE", None)
        self._environment = {**plain, "PYTHONPATH": str(code), "CASEBOT_CONFIG": str(self.config)}
        for number in range(CASES):
            self.command(f"case new --as ana@x.example Question-{number}")

    def command(self, words: str) -> tuple[float, float]:
        """Seconds of a command: by the clock, and of processors (user and system)."""
        before, began = os.times(), time.perf_counter()
        with self._process(*words.split()) as process:
            if process.wait():
                raise RuntimeError(f"casebot {words} failed")
        after = os.times()
        spent = sum(after[2:4]) - sum(before[2:4])
        return time.perf_counter() - began, spent

    @contextmanager
    def run(self) -> Iterator[tuple[psutil.Process, float]]:
        """``casebot run`` once both doors are open, and the seconds until then."""
        began = time.perf_counter()
        with self._process("run") as process:
            try:
                for port in self.ports:
                    if not wait_for_port(port, process, seconds=PATIENCE):
                        raise RuntimeError("the desk did not open its doors")
                yield psutil.Process(process.pid), time.perf_counter() - began
            finally:
                process.terminate()
                process.wait(60)

    @contextmanager
    def _process(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        with subprocess.Popen(
            [sys.executable, "-m", "bot.cli", *words],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        ) as process:
            yield process


def _cpu(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system)


def measured(desk: Desk) -> Iterator[Measured]:
    """Return the figures of one round."""
    for words in COMMANDS:
        clock, spent = desk.command(words)
        yield {f"{words}": (clock, "s"), f"{words}, CPU": (spent, "s")}
    with desk.run() as (process, clock):
        yield _started(process, clock)


def _started(process: psutil.Process, clock: float) -> Measured:
    opened = _cpu(process)
    time.sleep(SECONDS)
    spent, memory = _cpu(process) - opened, pss(process.pid) / 1e6
    return {
        "run to both doors": (clock, "s"),
        "run to both doors, CPU": (opened, "s"),
        "CPU of a second after that": (spent / SECONDS * 1000, "ms"),
        "idle PSS": (memory, "MB"),
    }


def table(rounds: Mapping[str, list[Measured]], write: Callable[[str], object]) -> None:
    """A row for each figure: the median (and the least) of its rounds, in each clone."""
    names = {
        name: unit for made in rounds.values() for figures in made for name, (_, unit) in figures.items()
    }
    write(f"{'median (least)':44}" + "".join(f"{clone:>20}" for clone in rounds) + "\n")
    for name, unit in names.items():
        row = f"{name + ', ' + unit:44}"
        for made in rounds.values():
            values = [figures[name][0] for figures in made if name in figures]
            row += f"{median(values):12.3f} ({min(values):.3f})"
        write(row + "\n")


def main() -> None:
    """``python -m bench.speed.startup --rounds 5 [--beside CLONE]``: the clones take turns."""
    parser = argparse.ArgumentParser(prog="bench.speed.startup", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--beside", type=Path, help="another clone to measure in the same rounds")
    asked = parser.parse_args()
    here = Path(__file__).resolve().parents[2]
    clones = {"this": here, **({"beside": asked.beside.resolve()} if asked.beside else {})}
    with TemporaryDirectory() as name:
        desks = {clone: Desk(Path(name) / clone, code) for clone, code in clones.items()}
        rounds: dict[str, list[Measured]] = {clone: [] for clone in desks}
        for _ in range(asked.rounds):
            for clone, desk in desks.items():
                rounds[clone] += measured(desk)
    table(rounds, sys.stdout.write)


if __name__ == "__main__":
    main()
