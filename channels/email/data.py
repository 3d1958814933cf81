"""The bytes between DATA and its end, read in bulk: aiosmtpd's own way awaits every line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from channels.email.seats import FULL, Seat, Seats, Unseated

END_OF_DATA = b"\r\n.\r\n"
LARGE = 1 << 20
"""Bytes from which a mail waits for one of a few seats, so that memory stays bounded."""


async def message(
    reader: Any,
    *,
    limit: int,
    seats: Seats,
    heard: Callable[[], None],
    patiently: Callable[[Awaitable[bool]], Awaitable[bool]],
) -> bytes | None:
    """One message, dots unstuffed (RFC 5321, section 4.5.2); None if it has more than ``limit`` bytes.

    Only CR LF dot CR LF ends it, and what the client sent behind that stays in the ``StreamReader`` as
    its next command. Past the limit, or without a seat, nothing is held, but all is heard: a client reads no
    reply before its last dot. ``heard`` is called as more comes in, and ``patiently`` awaits what we keep it
    waiting for. Raises ``Unseated``.
    """
    # The first line may be the lone dot already: give it the line end that DATA's own line had.
    reader._buffer[:0] = b"\r\n"
    chunks: list[bytes] = []
    size, ended, full, seat = 0, False, False, Seat(seats)
    try:
        while not ended:
            chunk, ended = await seat.hear(lambda: _chunk(reader), lambda: len(reader._buffer))
            heard()
            size += len(chunk)
            if size > LARGE and not (seat.taken or full) and size <= limit:
                full = not await patiently(seat.take())
            if full or size > limit + len(END_OF_DATA):
                chunks.clear()
                seat.leave()
                continue
            chunks.append(chunk)
    finally:
        seat.leave()
    if size > limit + len(END_OF_DATA):
        return None
    if full:
        raise Unseated(FULL)
    return b"".join(chunks)[:-3].replace(b"\r\n.", b"\r\n")[2:]


async def _chunk(reader: Any) -> tuple[bytes, bool]:
    """What has come so far, and whether it is the end."""
    try:
        return await reader.readuntil(END_OF_DATA), True
    except asyncio.LimitOverrunError as more:
        return await reader.read(more.consumed), False
