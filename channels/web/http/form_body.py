"""The body of a form (``application/x-www-form-urlencoded``), as much of it as we are willing to read."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from channels.form_memory import FormMemory

LARGEST = 1_000_000
"""Bytes of a form."""
PATIENCE = 10 * LARGEST
"""Bytes that are still listened to: whoever is cut off in the middle of a sentence does not hear why."""
MOST_FIELDS = 20


async def form(request: Request, holding: FormMemory) -> dict[str, str]:
    """The form's fields. Raises ``HTTPException``: 413 for too much, 400 for no form; and ``NoMemory``."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await _body(request, holding)
    try:
        if kind != "application/x-www-form-urlencoded":
            raise ValueError(kind)
        return dict(parse_qsl(body.decode("utf-8", "replace"), True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise HTTPException(400) from None


async def _body(request: Request, holding: FormMemory) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= LARGEST:
            await holding.hold(size)
            chunks.append(chunk)
        elif size > PATIENCE:
            break
    if size > LARGEST:
        raise HTTPException(413)
    return b"".join(chunks)
