"""Ports of loopback that nobody else takes between being chosen and being listened on."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
import threading
from pathlib import Path

_FIRST, _COUNT = 20_000, 12_000
"""Below those that clients' own connections are given (32,768 and up on Linux): such a one cannot get in between."""
_SHARE = 100
"""Ports that are one process's alone, for as long as it holds their lock."""
_lock = threading.Lock()


class _Share:
    """The ports of one process; a child that was forked gets some of its own."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self._first, self._held = self._claim()
        self._turn = 0

    def next(self) -> int:
        """A port that nobody listens on and that was not returned lately; raises ``OSError`` if there is none."""
        for _ in range(_SHARE):
            port = self._first + self._turn % _SHARE
            self._turn += 1
            if _free(port):
                return port
        raise OSError("no port is free")

    def _claim(self) -> tuple[int, int]:
        """The first port of a share that nobody has, and its lock, which ends with the process."""
        shares = _COUNT // _SHARE
        for number in (number % shares for number in range(self.process, self.process + shares)):
            name = Path(tempfile.gettempdir(), f"casebot-ports-{os.getuid()}-{number}")
            held = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(held)
            else:
                return _FIRST + number * _SHARE, held
        raise OSError("no share of ports is free")


_shares: list[_Share] = []


def free_port() -> int:
    """A port that nobody listens on and that no process that asks here has returned lately."""
    with _lock:
        if not _shares or _shares[-1].process != os.getpid():
            _shares.append(_Share())
        return _shares[-1].next()


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
