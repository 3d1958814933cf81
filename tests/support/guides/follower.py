"""Somebody who follows a guide: types its commands, writes its config, and reads what comes of it."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Self

from tests.support.guides.page import Block, seen
from tests.support.houses.house import until

RUN = "casebot run"
PATIENCE = 120.0
"""Seconds that a command and the desk's opening may take on a machine that has much else to do."""


class Follower:
    """``with Follower(…) as reader:`` in a folder; a desk that was opened is closed at the end."""

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        *,
        called: Mapping[str, str],
        visit: Callable[[str], None] = lambda line: None,
    ) -> None:
        """``called``: what something of the stand-in's is called in the guide, by a pattern of its name here.

        ``visit``: what a person does in a browser, told each line that a command says.
        """
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.output = ""
        """What the commands of the last block said."""
        self._called, self._visit = called, visit
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CASEBOT_")}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        self._environment = {**clean, "PATH": path, "PYTHONUNBUFFERED": "1", **environment}
        self.names: dict[str, str] = {}
        """What stands in the guide's commands and config, and what stands there here."""
        self.mail_server: Callable[[str, Mapping[str, str]], None] = lambda text, names: None
        """What takes the lines of a mail server's file, with the names here."""
        self._desk: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def follow(self, blocks: Iterable[Block]) -> None:
        """Do as the blocks say; what they promise must be seen."""
        for block in blocks:
            match block.kind:
                case "sh":
                    self.output = ""
                    for line in block.text.splitlines():
                        self.type(line)
                case "toml":
                    self.configure(block.text)
                case "ini":
                    self.mail_server(block.text, self.names)
                case "text":
                    seen(block.text, self.output)

    def type(self, line: str) -> None:
        """A command, and what it says."""
        if line == RUN:
            self.open()
            return
        command = subprocess.Popen(
            ["bash", "-c", self._as_here(line)],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert command.stdout
        with command.stdout:
            for said in command.stdout:
                self.output += self._as_called(said)
                self._visit(said)
        command.wait(PATIENCE)

    def configure(self, text: str) -> None:
        """Put it in place of all from ``[[mailbox]]`` on."""
        config = self.folder / "config.toml"
        head, _, _ = config.read_text("utf-8").partition("[[mailbox]]")
        config.write_text(head + self._as_here(text), "utf-8")

    def open(self) -> None:
        """``casebot run`` in another terminal; one that runs is closed before."""
        self.close()
        inner, terminal = pty.openpty()
        with (self.folder / "log").open("ab") as log:
            self._desk = subprocess.Popen(
                ["casebot", "run"], cwd=self.folder, env=self._environment, stdout=terminal, stderr=log
            )
        os.close(terminal)
        greeting: list[bytes] = []
        threading.Thread(target=_read, args=(inner, greeting), daemon=True).start()
        assert until(lambda: b"Ctrl-C" in b"".join(greeting), PATIENCE), self.log()
        self.output += self._as_called(re.sub(rb"\x1b\[\d*m|\r", b"", b"".join(greeting)).decode())

    def close(self) -> None:
        """Ctrl-C, if the desk is open."""
        if self._desk is not None:
            self._desk.send_signal(signal.SIGINT)
            self._desk.wait(PATIENCE)
            self._desk = None

    def log(self) -> str:
        """What the desk logged."""
        path = self.folder / "log"
        return self._as_called(path.read_text("utf-8")) if path.exists() else ""

    def _as_here(self, text: str) -> str:
        for name, here in self.names.items():
            text = text.replace(name, here)
        return text

    def _as_called(self, text: str) -> str:
        for pattern, name in self._called.items():
            text = re.sub(pattern, name, text)
        return text


def _read(terminal: int, into: list[bytes]) -> None:
    """All that is written to a terminal, until its other end is closed."""
    while True:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:  # Linux's way to say that nobody writes any more
            break
        into.append(chunk)
    os.close(terminal)
