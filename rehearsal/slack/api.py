"""The Web API: caller, scopes, faults in force, then the method (docs.slack.dev: "Web API")."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rehearsal.slack.methods import auth, blocks, chat, conversations, files, reactions, users, views
from rehearsal.slack.methods.method import Caller, Method
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire import arguments
from rehearsal.slack.wire.arguments import Arguments
from rehearsal.slack.wire.capture import capture
from rehearsal.slack.wire.lines import Lines
from rehearsal.slack.wire.wire import Json, SlackError, secret
from rehearsal.slack.workspace.buckets import Buckets
from rehearsal.slack.workspace.faults import Fault

METHODS: dict[str, Method] = {
    **auth.METHODS,
    **blocks.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **reactions.METHODS,
    **users.METHODS,
    **views.METHODS,
}


@dataclass(slots=True)
class Call:
    """A Web API call that is being answered."""

    method: str
    args: Arguments
    status: int = 200
    lost: bool = False


class Api:
    """The Web API, ``/api/<method>``."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._buckets = Buckets()
        self._lines: Lines | None = None

    def begin(self, lines: Lines) -> None:
        """Bind to the connections of the running server."""
        self._lines = lines

    async def answer(self, request: Request) -> Response:
        """Answer one call and write it into the transcript."""
        start = time.perf_counter()
        call = Call(request.path_params["method"], Arguments({}))
        headers = {"X-Slack-Req-Id": secret(24)}
        try:
            call.args = await arguments.read(request)
            await self._stumble(call)
            body = self._do(call)
        except SlackError as error:
            body = error.wire()
            if error.code == "ratelimited":
                call.status = 429
                headers["Retry-After"] = str(body.pop("retry_after"))
        self._note(call, body, ms=(time.perf_counter() - start) * 1000)
        if call.lost and request.client and self._lines:
            self._lines.drop((request.client.host, request.client.port))
        headers["X-OAuth-Scopes"] = ",".join(sorted(self._scene.workspace.app.scopes))
        return JSONResponse(body, call.status, headers)

    def _do(self, call: Call) -> Json:
        method = METHODS.get(call.method)
        if method is None:
            raise SlackError("unknown_method", req_method=call.method)
        caller = self._caller(method, call.args.token)
        self._limit(call)
        with self._scene.workspace.lock:
            body = method.do(self._scene, caller, call.args)
        call.lost = bool(self._scene.workspace.faults.take("lost", call.method))
        return {"ok": True, **body}

    async def _stumble(self, call: Call) -> None:
        """Apply the fault that strikes before the method is reached, if any."""
        faults = self._scene.workspace.faults
        if slow := faults.take("slow", call.method, call.args.given):
            answer_at = time.monotonic() + slow.seconds
            while not slow.cleared and time.monotonic() < answer_at:
                await asyncio.sleep(0.02)
        if faults.take("down", call.method):
            call.status = 503
            raise SlackError("service_unavailable")
        if limited := faults.take("ratelimited", call.method):
            raise SlackError("ratelimited", retry_after=limited.retry_after)
        if fault := faults.take("error", call.method, call.args.given):
            self._fail(call, fault)

    def _fail(self, call: Call, fault: Fault) -> None:
        call.status = fault.status
        raise SlackError(fault.error)

    def _limit(self, call: Call) -> None:
        if self._scene.workspace.app.limits:
            seconds = self._buckets.wait(call.method, call.args.text("channel"))
            if seconds:
                raise SlackError("ratelimited", retry_after=seconds)

    def _caller(self, method: Method, token: str) -> Caller:
        """Who calls; ``not_authed``, ``invalid_auth``, ``account_inactive``,
        ``not_allowed_token_type`` or ``missing_scope``.
        """
        app = self._scene.workspace.app
        if not token:
            raise SlackError("not_authed")
        tokens = {app.bot_token: ("bot", app.scopes), app.app_token: ("app", app.app_scopes)}
        if token not in tokens:
            raise SlackError("invalid_auth")
        kind, scopes = tokens[token]
        if kind == "bot" and not app.installed:
            raise SlackError("account_inactive")
        if kind == "bot" and app.revoked:
            raise SlackError("token_revoked")
        if kind not in method.tokens:
            raise SlackError("not_allowed_token_type")
        caller = Caller(app, scopes)
        for scope in method.scopes:
            caller.need(scope)
        return caller

    def _note(self, call: Call, body: Json, *, ms: float) -> None:
        given = call.args.given
        if body["ok"]:
            capture(call.method, given)
        self._scene.workspace.transcript.add(
            "call",
            method=call.method,
            ok=body["ok"],
            error=body.get("error", ""),
            status=call.status,
            ms=round(ms, 3),
            channel=str(given.get("channel") or given.get("channel_id") or ""),
            user=str(given.get("user") or given.get("user_id") or given.get("users") or ""),
            ts=str(body.get("ts") or given.get("ts") or given.get("timestamp") or ""),
            text=str(given.get("text") or ""),
            lost=call.lost,
            args={key: value for key, value in given.items() if not isinstance(value, bytes)},
        )
