"""Bodies: they arrive in pieces, large ones are worked off in threads, and whoever goes silent or dawdles is let go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

PIECE = 1 << 20
"""Bytes that are worked off together, and all that is held of a body at any time."""
SILENCE = 60.0
"""Seconds without a byte after which a sender is let go."""
LEAST = 1000
"""Bytes a second that a sender must come to in all, counted from when ``SILENCE`` is over."""


async def arrive(request: Request, take: Callable[[bytes], None]) -> None:
    """Hand the body to ``take``, a piece after the other. Raises ``HTTPException``: 408 for silence."""
    held = bytearray()
    async for chunk in heard(request):
        held += chunk
        if len(held) >= PIECE:
            await run_in_threadpool(take, bytes(held))
            held.clear()
    if held:
        await run_in_threadpool(take, bytes(held))


async def heard(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes. Raises ``HTTPException``: 408 for who is silent, or slower than anybody's line."""
    stream, came, waited = request.stream(), 0, 0.0
    while True:
        began = time.monotonic()
        try:
            async with asyncio.timeout(min(SILENCE, SILENCE + came / LEAST - waited)):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise HTTPException(408) from None
        waited += time.monotonic() - began  # for them only: how slow we are is not their fault
        came += len(chunk)
        yield chunk
