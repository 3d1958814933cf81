"""The service manager: systemd is told once the desk is open (sd_notify(3), ``Type=notify``)."""

from __future__ import annotations

import os
import socket

import structlog

log = structlog.get_logger("house")
SOCKET = "NOTIFY_SOCKET"
"""The variable that names the manager's socket; ``@`` stands for the abstract namespace's NUL."""


def tell_ready() -> None:
    """Say that all doors are open; to nobody where no manager started us."""
    place = os.environ.pop(SOCKET, "")
    if not place:
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
            manager.connect(f"\0{place[1:]}" if place.startswith("@") else place)
            manager.sendall(b"READY=1")
    except OSError as error:
        log.warning("the service manager was not told that the desk is open", error=str(error))
