"""The control API below `/rehearsal/`: another process acts as people do, and sees what they see.

All bodies are JSON, in and out. An answer is ``{"ok": true, …}``, or ``{"ok": false, "error": "…"}`` with
status 400 where the question made no sense (an unknown user, a button that is not there).

GET /rehearsal/state[?user=U1][&messages=200]
    Everything there is to see::

        {"ok": true, "seq": 41,
         "team": {"id": "T1", "name": "Acme Support", "domain": "acme-support"},
         "app": {"id", "name", "bot_user", "bot_id", "commands": ["/case"], "connected": 1, "request_url": ""},
         "users": [{"id", "team", "name", "real_name", "email", "is_bot", "is_stranger", "image"}],
         "channels": [{"id", "name", "kind": "public|private|im|mpim", "shared": false, "members": ["U1", …],
                       "messages": [MESSAGE, …]}],
         "ephemerals": {"U1": [MESSAGE, …]},
         "modals": {"U1": VIEW},      # the top of the stack of each person who has a modal open
         "homes": {"U1": VIEW}}

    ``email`` is ``""`` for people without one. With ``user``, only that person's channels, ephemerals, modal
    and home. ``messages``: at most so many of the newest in each channel (threads' replies count).

    MESSAGE: ``{"ts", "user" (author's id, or "" for a custom name), "name" (the name shown), "image" (avatar's
    URL or emoji, or ""), "bot": false, "text" (mrkdwn), "blocks": […], "thread_ts" ("" outside threads; a
    parent with replies has its own ts), "reply_count", "edited": false, "subtype": "", "files": [{"id",
    "name", "mimetype", "size", "url" (below this server, for a browser)}], "reactions": [{"name": "eyes",
    "users": ["U1"]}], "metadata": {…} or null}``. An ephemeral has ``channel`` besides, and ``ephemeral: true``.

    VIEW: Slack's own view object (``id, type, callback_id, title, submit, close, blocks, private_metadata,
    hash, state: {"values": …}, root_view_id, previous_view_id``) and ``depth`` (1–3), ``errors`` (block_id → text, as
    last refused) and ``user``.

GET /rehearsal/events?since=SEQ[&wait=25]
    Long poll: ``{"ok": true, "seq": 44, "changes": [{"seq": 42, "what": "message", "channel": "C1", "ts": "…"}, …]}``
    as soon as something changed after SEQ, or with no changes after ``wait`` seconds (0–60). ``what``: message ·
    edited · deleted · reaction · ephemeral (with ``user``) · modal (``user``, ``view`` = id or ``""`` when closed) ·
    home (``user``) · channel · user · app (sockets came or went) · file · call and delivery (transcript grew).
    With ``Accept: text/event-stream`` the same as server-sent events, one ``data:`` line a change, for EventSource
    (``since`` or ``Last-Event-ID``). ``call`` and ``delivery`` come only with ``&transcript=1``.

POST /rehearsal/act   {"act": NAME, "user": "U1", …}
    One person does one thing. ``user`` is an id or a name; ``channel`` an id or a name.

    =========== ============================================================================================
    post        ``channel, text[, thread_ts][, files: [{"name", "mimetype"?, "base64" or "text"}]]``
                ``[, broadcast: true]`` → ``ts``. ``@name`` becomes a mention, as it does for a person who types.
    edit        ``channel, ts, text`` → ``ts``
    delete      ``channel, ts``
    react       ``channel, ts, emoji`` (``"eyes"``) · unreact likewise
    slash       ``channel, text`` (``"/case new blocker"``)[, ``wait``] → SEEN
    click       where: ``channel, ts`` or ``view`` (id; ``"modal"`` and ``"home"`` work too) or ``ephemeral`` (ts);
                ``action_id[, block_id][, value]`` → SEEN. ``value``: an option's value for selects, overflow,
                radio buttons; a list for checkboxes and multi-selects; ``YYYY-MM-DD`` for dates. Not for buttons.
    type        ``view, block_id, text[, action_id]`` → SEEN: as if the field held this text now (rich text too)
    choose      ``view, block_id, value[, action_id]`` → SEEN: selects, radio buttons, checkboxes, dates,
                people (``value``: ids); the same as click, by block
    attach      ``view, block_id, files: […]`` → SEEN: into a file_input
    suggest     ``view`` or ``channel, ts``; ``action_id, text`` → ``options: [{"text", "value"}]`` (external selects)
    submit      ``view[, wait]`` → SEEN
    close       ``view[, all: true]`` → SEEN (``all``: the ×, which closes the whole stack)
    shortcut    ``callback_id[, channel, ts]`` → SEEN: a message's shortcut, or a global one
    open_home   [``wait``] → SEEN and ``home: VIEW or null`` (app_home_opened)
    archive     ``channel`` · unarchive likewise
    join, leave ``channel`` · invite ``channel, who``
    open_dm     ``with`` (an id or name) → ``channel``
    =========== ============================================================================================

    SEEN: what the person sees when the app has answered, or has not::

        {"acked": true, "ack_ms": 12.4, "error": "" | "operation_timeout" | "dispatch_failed" | …,
         "ephemerals": [MESSAGE, …],   # that came meanwhile, for this person
         "modal": VIEW or null,        # the top of the person's stack now
         "errors": {"subject": "…"}}   # on the modal's fields: the app's, or "Please complete this required field."

    An app that acks first and opens its modal then is waited for with ``wait`` (seconds): the answer comes as
    soon as the person sees something new. ``slash``, ``click``, ``submit`` and ``shortcut`` know it; 0 by default.

POST /rehearsal/cast   {"teams": […], "users": […], "channels": […]}
    More people and channels; what exists by that id is changed. Users: ``{"id"?, "name", "real_name"?, "email"?,
    "team"?, "is_bot"?, "is_stranger"?, "phone"?, "image"?, "locale"?}``. Channels: ``{"id"?, "name",
    "kind"?: "public", "members"?: [ids or names; the bot is "@app"], "shared"?: [team ids]}``.
    → ``{"ok": true, "users": [ids], "channels": [ids]}``

POST /rehearsal/app    {"request_url"?, "scopes"?, "events"?, "commands"?, "retry_scale"?, "limits"?}
    Change the app's installation. ``request_url``: deliver by signed HTTP instead of Socket Mode; ``""``: back.
    ``retry_scale``: the factor on the waits between retries (1 min, 5 min). ``limits``: enforce Slack's rate tiers.
    GET: ``{"ok": true, "bot_token", "app_token", "signing_secret", "api_url", "request_url", "scopes", …}``

POST /rehearsal/faults {"fault": NAME, "times"?: n, …} → ``{"ok": true, "faults": […]}``; GET lists, DELETE clears.
    See `rehearsal/slack/workspace/faults.py` for the names. ``times`` is left out: until cleared.

POST /rehearsal/sockets {"do": "cut" | "refresh" | "warn"}
    End every socket without a close frame, or ask the clients to come again (``disconnect``).

GET /rehearsal/transcript[?since=SEQ][&kind=call|delivery|act]
    ``{"ok": true, "seq": 90, "entries": [ENTRY, …]}``; `workspace/transcript.py` says what is in them.

GET /rehearsal/files/ID
    A file's bytes, as a browser of somebody who is logged in gets them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from rehearsal.slack.people.acts import Acts, NoAct
from rehearsal.slack.people.people import People
from rehearsal.slack.people.picture import Picture
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire.wire import Json
from rehearsal.slack.workspace import cast

LONGEST = 60.0
"""Seconds that a long poll may last."""
PAUSE = 0.02
"""Seconds between two looks for changes."""


class Control:
    """The routes of the control API; ``refuse`` makes the server listen to nobody for so many seconds."""

    def __init__(self, scene: Scene, people: People, *, refuse: Callable[[float], None]) -> None:
        self._scene, self._workspace = scene, scene.workspace
        self._picture = Picture(scene)
        self._acts = Acts(scene.workspace, people, self._picture)
        self._refuse = refuse

    def routes(self) -> list[Route]:
        """The routes for Starlette."""
        return [
            Route("/rehearsal/state", self._sane(self._state)),
            Route("/rehearsal/events", self._events),
            Route("/rehearsal/act", self._sane(self._act), methods=["POST"]),
            Route("/rehearsal/cast", self._sane(self._cast), methods=["POST"]),
            Route("/rehearsal/app", self._sane(self._app), methods=["GET", "POST"]),
            Route("/rehearsal/faults", self._sane(self._faults), methods=["GET", "POST", "DELETE"]),
            Route("/rehearsal/sockets", self._sane(self._sockets), methods=["POST"]),
            Route("/rehearsal/transcript", self._sane(self._transcript)),
            Route("/rehearsal/files/{file}", self._file),
        ]

    def _sane(self, do: Callable[[Request, Json], Json]) -> Callable[[Request], object]:
        """Answer in the thread pool, because people's acts wait for the app; nonsense gets a 400."""

        async def answer(request: Request) -> Response:
            try:
                body = json.loads(await request.body() or b"{}") if request.method == "POST" else {}
                return JSONResponse({"ok": True, **await run_in_threadpool(do, request, body)})
            except (LookupError, ValueError, TypeError, NoAct) as error:
                return JSONResponse({"ok": False, "error": str(error)}, 400)

        return answer

    def _state(self, request: Request, body: Json) -> Json:
        query = request.query_params
        return self._picture.state(user=query.get("user", ""), messages=int(query.get("messages", 200)))

    def _act(self, request: Request, body: Json) -> Json:
        return self._acts.do(body)

    def _cast(self, request: Request, body: Json) -> Json:
        return cast.add(self._workspace, body)

    def _app(self, request: Request, body: Json) -> Json:
        app = self._workspace.app
        for name, value in body.items():
            if name not in ("request_url", "scopes", "events", "commands", "retry_scale", "limits"):
                raise ValueError(f"{name} cannot be changed")
            setattr(app, name, set(value) if isinstance(value, list) else value)
        if body:
            self._workspace.changed("app")
        return app.wire() | {"api_url": f"{self._workspace.site}/api/"}

    def _faults(self, request: Request, body: Json) -> Json:
        faults = self._workspace.faults
        if request.method == "DELETE":
            faults.clear()
        elif body.get("fault") == "refused":
            self._refuse(float(body["seconds"]))
        elif body:
            faults.add(body.pop("fault"), **body)
        return {"faults": faults.wire()}

    def _sockets(self, request: Request, body: Json) -> Json:
        do = body.get("do")
        if do == "cut":
            self._scene.cut(reset=bool(body.get("reset")))
        elif do in ("refresh", "warn"):
            self._scene.refresh("refresh_requested" if do == "refresh" else "warning")
        else:
            raise ValueError("cut, refresh or warn")
        return {}

    def _transcript(self, request: Request, body: Json) -> Json:
        query = request.query_params
        entries = self._workspace.transcript.entries(query.get("kind", ""), since=int(query.get("since", 0)))
        return {"seq": entries[-1]["seq"] if entries else int(query.get("since", 0)), "entries": entries}

    async def _events(self, request: Request) -> Response:
        query = request.query_params
        since = int(request.headers.get("last-event-id") or query.get("since") or self._workspace.seq)
        transcript = query.get("transcript") == "1"
        if "text/event-stream" in request.headers.get("accept", ""):
            return StreamingResponse(self._stream(request, since, transcript), media_type="text/event-stream")
        wait = min(float(query.get("wait", 25)), LONGEST)
        changes, seq = await self._changes(request, since, transcript=transcript, wait=wait)
        return JSONResponse({"ok": True, "seq": seq, "changes": changes})

    async def _stream(self, request: Request, since: int, transcript: bool) -> AsyncIterator[str]:
        yield ": here\n\n"
        while not (self._scene.ending or await request.is_disconnected()):
            changes, since = await self._changes(request, since, transcript=transcript, wait=15.0)
            for change in changes:
                yield f"id: {change['seq']}\ndata: {json.dumps(change)}\n\n"
            if not changes:
                yield ": still here\n\n"

    async def _changes(
        self, request: Request, since: int, *, transcript: bool, wait: float
    ) -> tuple[list[Json], int]:
        """The changes after ``since`` and the newest one's number; waits until there is one."""
        loop = asyncio.get_running_loop()
        end = loop.time() + wait
        while True:
            seq = self._workspace.seq
            changes = [
                c
                for c in self._workspace.changes(since)
                if transcript or c["what"] not in ("call", "delivery")
            ]
            if changes or loop.time() > end or self._scene.ending:
                return changes, max(seq, since)
            await asyncio.sleep(PAUSE)

    async def _file(self, request: Request) -> Response:
        file = self._workspace.files.get(request.path_params["file"])
        if file is None:
            return Response(status_code=404)
        return Response(file.data, media_type=file.mimetype)
