"""Bodies that may be large: they arrive in pieces, are worked off in threads, and whoever goes silent is let go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

PIECE = 1 << 20
"""Bytes that are worked off together, and all that is held of a body at any time."""
SILENCE = 60.0
"""Seconds without a byte after which a sender is let go."""


async def arrive(request: Request, take: Callable[[bytes], None]) -> None:
    """Hand the body to ``take``, a piece after the other. Raises ``HTTPException``: 408 for silence."""
    held = bytearray()
    async for chunk in _heard(request):
        held += chunk
        if len(held) >= PIECE:
            await run_in_threadpool(take, bytes(held))
            held.clear()
    if held:
        await run_in_threadpool(take, bytes(held))


async def _heard(request: Request) -> AsyncIterator[bytes]:
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(SILENCE):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise HTTPException(408) from None
        yield chunk
