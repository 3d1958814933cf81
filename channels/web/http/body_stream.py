"""Bodies of requests: pieces handled in threads; slow senders are closed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Protocol
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from channels.form_memory import FormMemory

TOGETHER = 4 << 20
"""Bytes of all bodies that are held at any time, but for what uvicorn read ahead: each has its share."""
LEAST_SHARE, MOST_SHARE = 8 << 10, 256 << 10
"""Bytes of one body that are worked off together: many at a time are quicker."""
WRITERS = 8
"""Threads that work bodies off: the others make pages meanwhile."""
SILENCE = 60.0
"""Seconds without a byte after which a sender is let go."""
LEAST = 1000
"""Bytes a second that a sender must come to in all, counted from when ``SILENCE`` is over."""


class FormSink(Protocol):
    """Takes a form with files."""

    words: int
    """Bytes of it that are kept in memory."""

    def feed(self, data: bytes) -> None: ...

    def end(self) -> None: ...


class BodyPace:
    """Measures how long the sender of a body has kept us waiting; our own slowness does not count."""

    def __init__(self) -> None:
        self._came, self._waited = 0, 0.0
        self._since: float | None = None
        self._limit: asyncio.Timeout | None = None

    async def hear(self, receive: Callable[[], Awaitable[Message]]) -> Message:
        """The next message. Raises ``HTTPException``: 408 if the sender is silent or slower than any line."""
        self._since = time.monotonic()
        seconds = SILENCE + self._came / LEAST - self._waited
        try:
            async with asyncio.timeout(min(SILENCE, seconds)) as self._limit:
                message = await receive()
        except TimeoutError:
            raise HTTPException(408) from None
        finally:
            self._waited = self._until_now()
            self._since = self._limit = None
        self._came += len(message.get("body", b""))
        return message

    def behind(self) -> float:
        """Seconds that the sender has kept us waiting beyond what so many bytes may take."""
        return self._until_now() - self._came / LEAST if self._since is not None else 0.0

    def stop(self) -> None:
        """End the wait, if it is the sender who is waited for."""
        if self._limit is not None:
            with suppress(RuntimeError):  # it has just run out by itself
                self._limit.reschedule(0.0)

    def _until_now(self) -> float:
        return self._waited + (time.monotonic() - self._since if self._since is not None else 0.0)


class Arrivals:
    """All bodies that are arriving at this moment."""

    def __init__(self) -> None:
        self._count = 0
        self._writers = asyncio.Semaphore(WRITERS)

    async def arrive(self, request: Request, take: Callable[[bytes], None]) -> None:
        """Pass the body to ``take``, piece by piece."""
        async for piece in self._pieces(request):
            async with self._writers:
                await run_in_threadpool(take, piece)
            del piece  # what is next may be long in coming

    async def arrive_in(self, form: FormSink, request: Request, holding: FormMemory) -> None:
        """Pass the body to a form; its memory is held in ``holding``. Raises ``NoMemory``."""
        async for piece in self._pieces(request):
            async with self._writers:
                await run_in_threadpool(form.feed, piece)
            del piece
            await holding.hold(form.words)
        form.end()

    async def _pieces(self, request: Request) -> AsyncIterator[bytes]:
        buffer = bytearray()
        self._count += 1
        try:
            async for chunk in request.stream():
                buffer += chunk
                del chunk
                if len(buffer) >= self._share():
                    whole, buffer = bytes(buffer), bytearray()
                    yield whole
                    del whole
            if buffer:
                yield bytes(buffer)
        finally:
            self._count -= 1

    def _share(self) -> int:
        return min(MOST_SHARE, max(LEAST_SHARE, TOGETHER // self._count))


LARGEST = 1_000_000
"""Bytes of a form."""
FORM_PATIENCE = 10 * LARGEST
"""Bytes of a form that are read at most, if too large: a client that is still sending reads no answer."""
MOST_FIELDS = 20


async def read_form(request: Request, holding: FormMemory) -> dict[str, str]:
    """The form's fields. Raises ``HTTPException``: 413 for too much, 400 for no form; and ``NoMemory``."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await _whole_form(request, holding)
    try:
        if kind != "application/x-www-form-urlencoded":
            raise ValueError(kind)
        return dict(parse_qsl(body.decode("utf-8", "replace"), True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise HTTPException(400) from None


async def _whole_form(request: Request, holding: FormMemory) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= LARGEST:
            await holding.hold(size)
            chunks.append(chunk)
        elif size > FORM_PATIENCE:
            break
    if size > LARGEST:
        raise HTTPException(413)
    return b"".join(chunks)
