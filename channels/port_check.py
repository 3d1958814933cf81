"""Port check: can a door be opened where the config says?"""

from __future__ import annotations

import socket
from errno import EADDRINUSE
from typing import Any


def standing(key: str, host: str, port: int) -> str:
    """A sentence if nobody could listen there; empty if somebody can, or does (perhaps that is us)."""
    if port > 65535:
        return f"{key}: there is no port {port}; the last one is 65535."
    try:
        places = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        whys = [_why(place) for place in places]
    except (OSError, UnicodeError) as error:
        return f"{key}: nobody knows the name {host} ({getattr(error, 'strerror', None) or error})."
    return f"{key}: cannot listen on {host} port {port} ({whys[0]})." if all(whys) else ""


def _why(place: Any) -> str:
    family, kind, _, _, address = place
    try:
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return "" if error.errno == EADDRINUSE else str(error.strerror)
    return ""
