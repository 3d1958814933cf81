"""A house to try: ``casebot run`` as its operator would start it, in a folder and a process group of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from bench.support import cost
from bench.support.mails import DESK
from rehearsal.ports import free_port

SECRET = "a secret for benches that is long enough to pass"
CONFIG = """
[desk]
name = "Acme Support"
gather = {gather}
undo = "0s"
secrets = ["{secret}"]
[report]
digest = ""
[store]
url = "{url}"
min_free = 0
[[mailbox]]
address = "{desk}"
[email]
listen = "127.0.0.1:{port}"
relay = "smtp://127.0.0.1:{relay}?starttls=off"
[web]
listen = "{web}"
[limits]
backlog = {backlog}
mails_per_case = [1000000, 1000000]
mails_per_person = [1000000, 1000000]
mails_per_domain = [1000000, 1000000]
mails_within = [1000000, 1000000]
[log]
format = "text"
level = "warning"
[[account]]
name = "Acme"
domains = ["acme.example"]
"""
STAFF = """
[[staff]]
name = "{name} Specialist"
mail = "{address}"
"""
NAMES = ("Sam", "Kim", "Lea", "Ben", "Noor", "Tom", "Mia", "Jan", "Ida", "Leo")
STAFF_ADDRESS = "sam@desk.example"
"""Of the first of them."""
WINDOW, QUIET, AT_REST = 1.0, 3, 0.006
"""Seconds; so many of these windows; and seconds of CPU that one thread may use in each."""


class House:
    """One config and the processes that run on it, one after the other."""

    def __init__(
        self,
        folder: Path,
        *,
        url: str = "",
        relay: int,
        staff: int = 0,
        backlog: int = 2000,
        gather: int = 0,
        web: bool = False,
        more: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """``gather``: seconds; more than none is no measure of what each notice costs.

        ``staff``: so many specialists are told of everything by mail, ten at most; ``web``: the door of the pages
        is open, and mails have links to them; ``more``: TOML below the config; ``environment``: what overrides it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.url = folder, url or f"sqlite:///{folder}/casebot.db"
        self.port, self.page = free_port(), free_port() if web else 0
        self.config = folder / "config.toml"
        text = CONFIG.format(
            url=self.url,
            secret=SECRET,
            desk=DESK,
            port=self.port,
            relay=relay,
            backlog=backlog,
            gather=gather,
            web=f"127.0.0.1:{self.page}" if web else "",
        )
        people = (STAFF.format(name=name, address=f"{name.lower()}@desk.example") for name in NAMES[:staff])
        self.config.write_text("".join((text, *people, more)))
        self.log = folder / "log"
        self._environment = {**os.environ, **(environment or {}), "CASEBOT_CONFIG": str(self.config)}
        self.command = [sys.executable, "-m", "bot.cli"]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, program: Sequence[str] = (), *, environment: Mapping[str, str] | None = None) -> None:
        """Start it, in a session of its own; returns at once.

        ``program``: arguments of Python, instead of ``casebot run``; ``environment``: what is different this once.
        """
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *program] if program else [*self.command, "run"],
                cwd=self.folder,
                env={**self._environment, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def open(self, *, seconds: float = 60) -> None:
        """Start it, and wait until clients are answered."""
        self.start()
        self.wait(seconds=seconds)

    def wait(self, *, seconds: float = 60) -> None:
        """Until clients are answered at each door; ``RuntimeError`` with its last words if it does not open."""
        for port in (self.port, self.page):
            if port and not (self.process and wait_for_port(port, self.process, seconds=seconds)):
                raise RuntimeError(f"the house did not open:\n{self.log.read_text()[-4000:]}")

    def processes(self) -> list[psutil.Process]:
        """It and its children."""
        if self.process is None:
            return []
        main = psutil.Process(self.process.pid)
        return [main, *main.children(recursive=True)]

    def cpu(self) -> list[float]:
        """Seconds (user and system) of it, then of its children together, those that have died included."""
        if self.process is None:
            return [0.0, 0.0]
        main = cost.cpu(self.process.pid)
        return [main, cost.cpu_of_tree(self.process.pid) - main]

    def rest(self, *, seconds: float = 240) -> None:
        """Return once all that its start left to do (templates) is done: that is no mail's cost.

        The thread that compiles templates rests nine times as long as each took by the clock, so what all use
        together says little on a busy machine. Idle is a house in which no single thread has worked for more than
        ``AT_REST`` in any of some windows, one after the other. ``TimeoutError`` if that does not come.
        """
        deadline = time.monotonic() + seconds
        quiet = 0
        while quiet < QUIET:
            before = self._threads()
            time.sleep(WINDOW)
            after = self._threads()
            busiest = max((after[thread] - before.get(thread, 0.0) for thread in after), default=0.0)
            quiet = quiet + 1 if busiest < AT_REST else 0
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"the house does not rest: a thread used {busiest * 1000:.0f} ms in {WINDOW} s"
                )

    def memory(self) -> int:
        """Bytes of it and its children, what they share counted once (PSS)."""
        return sum(self.memory_of_each())

    def memory_of_each(self) -> list[int]:
        """Return the bytes of its main process, then of each of its children (PSS)."""
        return [cost.pss(process.pid) for process in self.processes()]

    def _threads(self) -> dict[int, float]:
        return {
            thread: seconds
            for process in self.processes()
            for thread, seconds in cost.threads(process.pid).items()
        }

    def kill(self) -> None:
        """SIGKILL to the whole group and to whoever left it; returns once all are dead."""
        if self.process is None:
            return
        children = self.processes()[1:] if self.process.poll() is None else []
        with suppress(ProcessLookupError):  # it fell by itself
            os.killpg(self.process.pid, signal.SIGKILL)
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        self.process.wait()
        while any(map(_alive, children)):
            time.sleep(0.002)
        self.process = None

    def stop(self) -> int:
        """SIGTERM, as an operator would; its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self.process = None
        return code


def wait_for_port(port: int, process: subprocess.Popen[bytes], *, seconds: float = 60) -> bool:
    """Until somebody answers there; False if the process ends or nobody does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.01)
        else:
            return True
    return False


def _alive(child: psutil.Process) -> bool:
    """Not so a zombie: whoever inherited it may take his time to bury it."""
    try:
        return bool(child.is_running() and child.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
