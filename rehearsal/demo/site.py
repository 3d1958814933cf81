"""The demo's site: its page, and what that page asks about mail and about the demo itself.

It is served beside the workspace's control API (`rehearsal/slack/control.py`, below `/rehearsal/`), on one port.
All bodies are JSON, in and out.

GET /mail/state
    ``{"ok": true, "seq": 7, "mailboxes": {"ana@acme.example": [MAIL, …], …}}``, newest last.

    MAIL: ``{"id", "at" (seconds since 1970), "sent" (by the mailbox's owner), "from", "to", "subject", "text", "html",
    "attachments": [{"name", "size", "url"}], "message_id", "in_reply_to", "references": […], "reply_to",
    "links": [every URL in its text]}``

GET /mail/events[?since=SEQ]
    Server-sent events (`rehearsal/event_stream.py`): ``{"seq", "what": "mail", "mailbox", "id"}``.

POST /mail/send   {"from", "to", "subject", "text"[, "in_reply_to": message_id][, "files": [{"name", "base64"}]]}
    Submits it to casebot by SMTP: ``{"ok": true, "code": 250, "reply": "…", "mail": MAIL}``, ``"ok": false``
    where casebot refused. Status 400 with ``error`` where it makes no mail, 503 where nobody listens.

GET /mail/files/MAIL_ID/N      the bytes of a mail's file

GET /demo/state
    ``{"ok": true, "desk": "support@example.com", "running": true, "cases": 2, "folder", "log": [the last lines],
    "ports": {"page", "smtp", "relay", "web"}, "web": "http://127.0.0.1:…", "team", "channels": {"triage", "account"},
    "people": {"customer": PERSON, "colleague", "specialist", "second", "manager"}}``;
    PERSON: ``{"name", "mail", "slack" (user's id or "")}``.

GET /demo/emoji                ``{"tada": "🎉", …}``: all emoji by Slack's names
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from channels.slack.text.emoji import characters
from rehearsal import event_stream
from rehearsal.demo.mail import Letter, submit
from rehearsal.demo.mailboxes import Mailboxes

PAGE = Path(__file__).parent / "page"
SAFE = ("image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "application/pdf")
"""Files that a browser may show by themselves; others are only saved."""
GUARD = (
    (
        b"content-security-policy",
        b"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-cache"),
)
"""A mail that is shown in the page inherits this: nothing of it runs, nothing is fetched from elsewhere."""


class Site:
    """The routes of the demo's page.

    ``about``: what ``/demo/state`` returns; ``smtp``: casebot's listener.
    """

    def __init__(self, mailboxes: Mailboxes, *, smtp: int, about: Callable[[], dict[str, Any]]) -> None:
        self._mailboxes = mailboxes
        self._smtp = smtp
        self._about = about
        self._ending = False

    def routes(self) -> list[BaseRoute]:
        """The routes for Starlette; the page is last, because it takes every path."""
        return [
            Route("/mail/state", self._state),
            Route("/mail/events", self._events),
            Route("/mail/send", self._send, methods=["POST"]),
            Route("/mail/files/{mail}/{number:int}", self._file),
            Route("/demo/state", self._demo),
            Route("/demo/emoji", self._emoji),
            Mount("/", Guarded(StaticFiles(directory=PAGE, html=True, check_dir=False))),
        ]

    def end(self) -> None:
        """Release the requests that wait for mail."""
        self._ending = True

    async def _state(self, request: Request) -> Response:
        return JSONResponse({"ok": True, **await run_in_threadpool(self._mailboxes.state)})

    async def _demo(self, request: Request) -> Response:
        return JSONResponse({"ok": True, **await run_in_threadpool(self._about)})

    async def _emoji(self, request: Request) -> Response:
        return JSONResponse(characters())

    async def _send(self, request: Request) -> Response:
        try:
            fields = json.loads(await request.body())
            letter = self._letter(fields)
            raw = letter.mail().as_bytes()
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            return JSONResponse({"ok": False, "error": f"this makes no mail: {error}"}, 400)
        try:
            return JSONResponse(await run_in_threadpool(self._submit, letter, raw))
        except OSError as error:
            return JSONResponse({"ok": False, "error": f"casebot does not listen: {error}"}, 503)

    def _letter(self, fields: dict[str, Any]) -> Letter:
        files = [(str(f["name"]), base64.b64decode(f["base64"])) for f in fields.get("files") or ()]
        letter = Letter(
            sender=str(fields["from"]),
            to=str(fields["to"]),
            subject=str(fields.get("subject", "")),
            text=str(fields.get("text", "")),
            files=files,
        )
        if not letter.recipients:
            raise ValueError("it goes to nobody")
        wanted = str(fields.get("in_reply_to") or "")
        before = [m for m in self._mailboxes.of(letter.address) if m.wire()["message_id"] == wanted]
        return letter if not before else letter.answering(before[-1])

    def _submit(self, letter: Letter, raw: bytes) -> dict[str, Any]:
        code, reply = submit(raw, letter.address, letter.recipients, port=self._smtp)
        if code != 250:
            return {"ok": False, "code": code, "reply": reply}
        sent = self._mailboxes.add(letter.address, raw, sent=True)
        return {"ok": True, "code": code, "reply": reply, "mail": sent.wire()}

    async def _file(self, request: Request) -> Response:
        mail = self._mailboxes.by_id(request.path_params["mail"])
        files = list(mail.files()) if mail else []
        if request.path_params["number"] >= len(files):
            return Response(status_code=404)
        _, kind, data = files[request.path_params["number"]]
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        if kind not in SAFE:
            kind, headers["Content-Disposition"] = "application/octet-stream", "attachment"
        return Response(data, media_type=kind, headers=headers)

    async def _events(self, request: Request) -> Response:
        boxes = self._mailboxes
        return event_stream.answer(
            request, newest=lambda: boxes.seq, changes=boxes.changes, ended=lambda: self._ending
        )


class Guarded:
    """The page with security headers, so that foreign words cannot act in it."""

    def __init__(self, app: StaticFiles) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *GUARD]
            await send(message)

        await self._app(scope, receive, guarded)
