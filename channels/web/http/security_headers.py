"""Security headers of pages, and limits of bodies."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Iterable
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from channels.web.http.body_stream import BodyPace
from channels.web.http.connection import HttpConnection

POLICY = "Content-Security-Policy"
SEALED = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""The policy of somebody's file: wherever a browser may show it, it can do nothing."""
PICTURE = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
"""The policy of a picture that a browser shows by itself: the style is the browser's own, or an SVG's."""

REST = 1.0
"""Seconds for what is left of a body that nobody wants to hear: cut off at once, its sender would not hear why."""
MOST_REST = 2_000_000
"""Bytes of it."""


class SecurityHeaders:
    """Adds security headers to every answer, limits the time of bodies, and ends endless ones.

    ``styles``: the stylesheets that pages carry within them. ``busy`` answers clients with too many
    requests in progress.
    """

    def __init__(self, app: ASGIApp, styles: Iterable[str], *, busy: ASGIApp) -> None:
        self._app, self._busy = app, busy
        hashes = " ".join(f"'sha256-{_digest(style)}'" for style in styles)
        self._headers = {
            POLICY: f"default-src 'none'; style-src {hashes}; script-src 'self'; "
            "img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex, nofollow",
            "X-Content-Type-Options": "nosniff",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        connection: HttpConnection | None = scope.get("state", {}).get("connection")
        body = _Body(scope, receive)
        app = self._app
        if connection is not None:
            connection.pace = body.pace
            if not connection.asked_for(Headers(scope=scope).get("x-forwarded-for", "")):
                app = self._busy

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if not await body.ended(patient=message["status"] != 408):
                    headers["Connection"] = "close"
                own, cached = headers.get(POLICY), headers.get("Cache-Control", "")
                headers.update(self._headers)
                if own in (SEALED, PICTURE):
                    headers[POLICY] = own
                    headers["Cache-Control"] = cached or self._headers["Cache-Control"]
            await send(message)

        await app(scope, body.receive, shielded)


def _digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


class _Body:
    """The body of a request. Raises ``HTTPException``: 408, whatever route reads it."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.pace = BodyPace()
        headers = dict(scope.get("headers", ()))
        self._receive = receive
        self._open = b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"

    async def receive(self) -> Message:
        message = await (self.pace.hear(self._receive) if self._open else self._receive())
        self._open = bool(message.get("more_body"))
        return message

    async def ended(self, *, patient: bool) -> bool:
        """Is there no more of it? If ``patient``, reads what is still on its way first."""
        size = 0
        with suppress(TimeoutError, HTTPException):
            async with asyncio.timeout(REST if patient else 0):
                while self._open and size < MOST_REST:
                    size += len((await self.receive()).get("body", b""))
        return not self._open
