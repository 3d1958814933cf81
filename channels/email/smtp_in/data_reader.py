"""The bytes between DATA and its end, read in bulk: aiosmtpd's own way awaits every line."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any

from channels.email.smtp_in.large_message_slots import FULL, NoSlot, Slot

END_OF_DATA = b"\r\n.\r\n"
LARGE = 1 << 20
"""Bytes from which a mail waits for one of a few slots, so that memory stays bounded."""
STEP = 8 << 20
"""Bytes of memory for a mail whose client did not say how large it is. Beyond them it reserves all that it may need."""


async def message(
    reader: Any,
    *,
    limit: int,
    declared: int,
    slot: Slot,
    on_progress: Callable[[], None],
    while_we_work: Callable[[Awaitable[bool]], Awaitable[bool]],
) -> bytes | None:
    """One message, dots unstuffed (RFC 5321, section 4.5.2); None if it has more than ``limit`` bytes.

    Only CR LF dot CR LF ends it, and what the client sent after that stays in the ``StreamReader`` as its
    next command. Past the limit, or without a slot, nothing is kept, but everything is read: a client reads
    no reply before its last dot. ``on_progress`` is called as more comes in, and ``while_we_work`` awaits what
    we keep the client waiting for. ``declared``: the size that the client named, or 0. The caller frees the slot
    once the message is kept. Raises ``NoSlot``.
    """
    # The first line may be the lone dot already: give it the line end that DATA's own line had.
    reader._buffer[:0] = b"\r\n"
    buffer = io.BytesIO()
    size, ended, full = 0, False, False
    while not ended:
        chunk, ended = await slot.hear(lambda: _chunk(reader), lambda: len(reader._buffer))
        on_progress()
        size += len(chunk)
        if size > max(LARGE, slot.room) and not full and not slot.has_all and size <= limit:
            full = not await while_we_work(slot.take(limit if slot.room else max(declared, STEP)))
        if full or size > limit + len(END_OF_DATA):
            buffer = io.BytesIO()
            slot.leave()
            continue
        buffer.write(chunk[2:] if size == len(chunk) else chunk)
    if size > limit + len(END_OF_DATA):
        return None
    if full:
        raise NoSlot(FULL)
    return _whole(buffer)


def _whole(buffer: io.BytesIO) -> bytes:
    """Return the message without its last dot, dots unstuffed; it is copied only if it has such dots."""
    buffer.truncate(max(buffer.tell() - 3, 0))
    raw = buffer.getvalue()
    return (raw[1:] if raw.startswith(b".") else raw).replace(b"\r\n.", b"\r\n")


async def _chunk(reader: Any) -> tuple[bytes, bool]:
    """The bytes that have arrived so far, and whether the message ends with them."""
    try:
        return await reader.readuntil(END_OF_DATA), True
    except asyncio.LimitOverrunError as more:
        return await reader.read(more.consumed), False
