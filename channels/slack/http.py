"""HTTP: signed requests from Slack, as routes of the web door ("Verifying requests from Slack")."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from slack_bolt import App, BoltRequest
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

LARGEST = 2_000_000
"""Bytes of a request; Slack's own stay far below."""
_STAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


def routes(app: App) -> list[Route]:
    """``POST /slack/events``: events, commands and interactions alike. Bolt checks the signatures."""

    async def receive(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return PlainTextResponse("too large\n", 413)
        if _is_ssl_check(body):
            return PlainTextResponse("")
        asked = _bolt_request(request, body)
        if asked is None:
            return PlainTextResponse("not signed by Slack\n", 401)
        return to_starlette_response(await run_in_threadpool(app.dispatch, asked))

    return [Route("/slack/events", receive, methods=["POST"])]


async def _body(request: Request) -> bytes | None:
    """All of it; None for one that is too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return body


def _is_ssl_check(body: bytes) -> bool:
    """Slack's look at our certificate, which it does not sign ("Slash commands", ``ssl_check``)."""
    return len(body) < 1000 and parse_qs(body.decode("ascii", "replace")).get("ssl_check") == ["1"]


def _bolt_request(request: Request, body: bytes) -> BoltRequest | None:
    """For bolt; None where already its look at the headers or the body would stumble: Slack sends no such thing."""
    stamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not _STAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(signature):
        return None
    try:
        return to_bolt_request(request, body)
    except (ValueError, AttributeError, TypeError, RecursionError):
        return None
