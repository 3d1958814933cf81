"""The shield: headers that keep a page from being framed, cached, indexed, or told to others."""

from __future__ import annotations

import base64
import hashlib

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "Content-Security-Policy"
SEALED = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""The policy of somebody's file: wherever a browser may show it, it can do nothing."""


class Shield:
    """Puts the headers on every answer. ``style``: the one stylesheet that pages carry within them."""

    def __init__(self, app: ASGIApp, style: str) -> None:
        self._app = app
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self._headers = {
            POLICY: f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'self'; "
            "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex, nofollow",
            "X-Content-Type-Options": "nosniff",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                own = headers.get(POLICY)
                headers.update(self._headers)
                if own == SEALED:
                    headers[POLICY] = SEALED
            await send(message)

        await self._app(scope, receive, shielded if scope["type"] == "http" else send)
