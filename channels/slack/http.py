"""HTTP requests from Slack, verified ("Verifying requests from Slack")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

import structlog
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_sdk.signature import SignatureVerifier
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from channels.form_memory import FormMemories, FormMemory

log = structlog.get_logger("slack")
LARGEST = 2_000_000
"""Bytes of a request; Slack's own stay far below."""
_STAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


def routes(app: App, forms: FormMemories, *, secret: str) -> list[Route]:
    """The route ``POST /slack/events``: events, commands and interactions, signed with ``secret``."""
    signatures = SignatureVerifier(secret)

    async def receive(request: Request) -> Response:
        with forms.one() as holding:
            body = await _body(request, holding)
            if body is None:
                return PlainTextResponse("too large\n", 413)
            if _is_ssl_check(body):
                return PlainTextResponse("")
            if not _signed(request, body, signatures):
                return PlainTextResponse("not signed by Slack\n", 401)
            bolt_request, why = _bolt_request(request, body)
            if bolt_request is None:
                log.warning("a request signed by Slack cannot be read", why=why)
                return PlainTextResponse("not as Slack sends it\n", 400)
            return to_starlette_response(await run_in_threadpool(app.dispatch, bolt_request))

    return [Route("/slack/events", receive, methods=["POST"])]


async def _body(request: Request, holding: FormMemory) -> bytes | None:
    """The whole body; None if it is too large. The web door enforces the time limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
        await holding.hold(len(body))
    return bytes(body)


def _is_ssl_check(body: bytes) -> bool:
    """Is it Slack's check of our certificate, which is not signed ("Slash commands", ``ssl_check``)?"""
    return len(body) < 1000 and parse_qs(body.decode("ascii", "replace")).get("ssl_check") == ["1"]


def _signed(request: Request, body: bytes, signatures: SignatureVerifier) -> bool:
    """Has Slack signed the request within the last five minutes?

    A timestamp that is no number, or a missing signature, is not even tried.
    """
    stamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not _STAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(signature):
        return False
    try:
        return signatures.is_valid(body, stamp, signature)
    except ValueError:  # a body that is no UTF-8
        return False


def _bolt_request(request: Request, body: bytes) -> tuple[BoltRequest | None, str]:
    """The request for bolt; None, and why, if bolt or we could not handle its body."""
    try:
        bolt_request = to_bolt_request(request, body)
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        return None, type(error).__name__
    why = problem(bolt_request.body)
    return (None if why else bolt_request), why


_SHAPES: Mapping[str, type] = {
    "event": dict, "event.message": dict, "event.previous_message": dict, "event.view": dict, "event.files": list,
    "authorizations": list, "user": dict, "team": dict, "channel": dict, "message": dict, "container": dict,
    "actions": list, "state": dict, "state.values": dict, "view": dict, "view.state": dict, "view.state.values": dict,
    "view.blocks": list,
}  # fmt: skip
"""By its path, what a part is, where it is there and not null."""
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "event_callback": ("event",),
    "block_actions": ("user", "actions"),
    "view_submission": ("user", "view", "view.state", "view.state.values", "view.blocks"),
    "shortcut": ("user",),
}
"""By the request's type, what has to be there."""
_FILLED = ("actions", "view.state.values")
"""Whose parts are objects, too."""


def problem(body: Any) -> str:
    """What is wrong with a request's body, for a log; ``""`` if it may be read."""
    if not isinstance(body, dict):
        return "it is no object"
    needed = _NEEDED.get(str(body.get("type")), ())
    bad = [path for path in _SHAPES if not _fits(body, path, needed=path in needed)]
    return f"{bad[0]} is not as Slack sends it" if bad else ""


def _fits(body: Mapping[str, Any], path: str, *, needed: bool) -> bool:
    part: Any = body
    for name in path.split("."):
        part = part.get(name) if isinstance(part, dict) else None
    if part is None:
        return not needed
    if not isinstance(part, _SHAPES[path]):
        return False
    return path not in _FILLED or all(isinstance(item, dict) for item in _parts(part))


def _parts(part: Any) -> Iterable[Any]:
    return part.values() if isinstance(part, dict) else part
