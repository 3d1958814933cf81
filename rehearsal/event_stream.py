"""Server-sent events: what changed after a number, a line for each change, for EventSource."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

PAUSE, SILENCE = 0.05, 15.0
"""Seconds: between two looks for changes, and for which nothing is said at most."""
Changes = Callable[[int], Iterable[dict[str, Any]]]
"""The changes after a number, oldest first; each has its own as ``seq``."""


def answer(
    request: Request, *, newest: Callable[[], int], changes: Changes, ended: Callable[[], bool]
) -> Response:
    """Changes after ``?since=`` or ``Last-Event-ID``, else from now on, until the client goes or it is ``ended``."""
    try:
        since = int(request.headers.get("last-event-id") or request.query_params.get("since") or newest())
    except ValueError as error:
        return JSONResponse({"ok": False, "error": str(error)}, 400)
    return StreamingResponse(
        _lines(request, since, newest=newest, changes=changes, ended=ended), media_type="text/event-stream"
    )


async def _lines(
    request: Request, since: int, *, newest: Callable[[], int], changes: Changes, ended: Callable[[], bool]
) -> AsyncIterator[str]:
    yield ": here\n\n"
    said = time.monotonic()
    while not (ended() or await request.is_disconnected()):
        since, after = max(since, newest()), since
        for change in changes(after):
            since, said = max(since, change["seq"]), time.monotonic()
            yield f"id: {change['seq']}\ndata: {json.dumps(change)}\n\n"
        if time.monotonic() - said > SILENCE:
            said = time.monotonic()
            yield ": still here\n\n"
        await asyncio.sleep(PAUSE)
