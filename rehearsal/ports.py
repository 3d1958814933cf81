"""Ports of loopback that nobody else takes between being chosen and being listened on."""

from __future__ import annotations

import itertools
import os
import socket
import threading

_FIRST, _COUNT = 20_000, 12_000
"""Below those that clients' own connections are given (32,768 and up on Linux): such a one cannot get in between."""
_SHARE = 500
"""Ports that are one process's to begin with: processes that run at the same time begin at different places."""
_numbers = itertools.count(os.getpid() * _SHARE)
_lock = threading.Lock()


def free_port() -> int:
    """A port that nobody listens on and that this process has not returned lately."""
    with _lock:
        for number in itertools.islice(_numbers, _COUNT):
            port = _FIRST + number % _COUNT
            if _free(port):
                return port
    raise OSError("no port is free")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
