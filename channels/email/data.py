"""The bytes between DATA and its end, read in bulk: aiosmtpd's own way awaits every line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

END_OF_DATA = b"\r\n.\r\n"
LARGE = 1 << 20
"""Bytes from which a mail waits for one of a few seats, so that memory stays bounded."""


async def message(
    reader: Any, *, limit: int, large: asyncio.Semaphore, heard: Callable[[], None]
) -> bytes | None:
    """One message, dots unstuffed (RFC 5321, section 4.5.2); None if it has more than ``limit`` bytes.

    Only CR LF dot CR LF ends it, and what the client sent behind that stays in the ``StreamReader`` as
    its next command. Past the limit nothing is held. ``heard`` is called as more comes in.
    """
    # The first line may be the lone dot already: give it the line end that DATA's own line had.
    reader._buffer[:0] = b"\r\n"
    chunks: list[bytes] = []
    size, seated, ended = 0, False, False
    try:
        while not ended:
            chunk, ended = await _chunk(reader)
            heard()
            size += len(chunk)
            if size > limit + len(END_OF_DATA):
                chunks.clear()
                continue
            if size > LARGE and not seated:
                seated = await large.acquire()
            chunks.append(chunk)
    finally:
        if seated:
            large.release()
    if size > limit + len(END_OF_DATA):
        return None
    return b"".join(chunks)[:-3].replace(b"\r\n.", b"\r\n")[2:]


async def _chunk(reader: Any) -> tuple[bytes, bool]:
    """What has come so far, and whether it is the end."""
    try:
        return await reader.readuntil(END_OF_DATA), True
    except asyncio.LimitOverrunError as more:
        return await reader.read(more.consumed), False
