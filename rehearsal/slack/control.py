"""The control API below `/rehearsal/`: another process acts as people do, and sees what they see.

All bodies are JSON, in and out. An answer is ``{"ok": true, …}``, or ``{"ok": false, "error": "…"}`` with
status 400 where the question made no sense (an unknown user, a button that is not there).

GET /rehearsal/state[?user=U1][&messages=200]
    Everything there is to see::

        {"ok": true, "seq": 41,
         "team": {"id": "T1", "name": "Acme Support", "domain": "acme-support"},
         "app": {"id", "name", "bot_user", "bot_id", "commands": ["/case"], "connected": 1, "request_url": ""},
         "users": [{"id", "team", "name", "real_name", "email", "is_bot", "is_stranger", "image"}],
         "channels": [{"id", "name", "kind": "public|private|im", "shared": false, "members": ["U1", …],
                       "messages": [MESSAGE, …]}],
         "ephemerals": {"U1": [MESSAGE, …]},
         "modals": {"U1": VIEW},      # the top of the stack of each person who has a modal open
         "homes": {"U1": VIEW}}

    ``email`` is ``""`` for people without one. With ``user``, only that person's channels, ephemerals, modal
    and home. ``messages``: at most so many of the newest in each channel (threads' replies count).

    MESSAGE: ``{"ts", "user" (author's id, or "" for a custom name), "name" (the name shown), "image" (avatar's
    URL, or ""), "bot": false, "text" (mrkdwn), "blocks": […], "thread_ts" ("" outside threads; a
    parent with replies has its own ts), "reply_count", "edited": false, "subtype": "", "files": [{"id",
    "name", "mimetype", "size", "url" (below this server, for a browser)}], "reactions": [{"name": "eyes",
    "users": ["U1"]}], "metadata": {…} or null}``. An ephemeral has ``channel`` besides, and ``ephemeral: true``.

    VIEW: Slack's own view object (``id, type, callback_id, title, submit, close, blocks, private_metadata,
    hash, state: {"values": …}, root_view_id, previous_view_id``) and ``depth`` (1–3), ``errors`` (block_id → text, as
    last refused) and ``user``.

GET /rehearsal/events[?since=SEQ]
    Server-sent events (`rehearsal/event_stream.py`): ``{"seq": 42, "what": "message", "channel": "C1", "ts": "…"}``.
    ``what``: message · edited · deleted · reaction · ephemeral (with ``user``) · modal (``user``, ``view`` = id or
    ``""`` when closed) · home (``user``) · channel · user · app (sockets came or went) · file.

POST /rehearsal/act   {"act": NAME, "user": "U1", …}
    One person does one thing. ``user`` is an id or a name; ``channel`` an id or a name.

    =========== ============================================================================================
    post        ``channel, text[, thread_ts][, files: [{"name", "mimetype"?, "base64" or "text"}]]``
                ``[, broadcast: true]`` → ``ts``. ``@name`` becomes a mention, as it does for a person who types.
    react       ``channel, ts, emoji`` (``"eyes"``); ``unreact`` takes it off again
    shortcut    ``callback_id``[, ``wait``] → SEEN; ``message_shortcut``: ``channel, ts`` besides
    slash       ``channel, text`` (``"/case new blocker"``)[, ``wait``] → SEEN
    click       where: ``channel, ts`` or ``view`` (id; ``"modal"`` and ``"home"`` work too) or ``ephemeral`` (ts);
                ``action_id[, block_id][, value]`` → SEEN. ``value``: an option's value for selects, overflow,
                radio buttons; a list for multi-selects. Not for buttons.
    type        ``view, block_id, text[, action_id]`` → SEEN: as if the field held this text now
    choose      ``view, block_id, value[, action_id]`` → SEEN: selects, radio buttons,
                people (``value``: ids); the same as click, by block
    attach      ``view, block_id, files: […]`` → SEEN: into a file_input
    suggest     ``view`` or ``channel, ts``; ``action_id, text`` → ``options: [{"text", "value"}]`` (external selects)
    submit      ``view[, wait]`` → SEEN
    close       ``view[, all: true]`` → SEEN (``all``: the ×, which closes the whole stack)
    open_home   [``wait``] → SEEN and ``home: VIEW or null`` (app_home_opened)
    open_dm     ``with`` (an id or name) → ``channel``
    archive     ``channel`` (an administrator does it, as all that follows; ``user`` may be left out)
    unarchive   ``channel``
    kick        ``channel[, member]`` (the app, if nobody is named)
    share       ``channel, team``
    unshare     ``channel, team``
    change_id   ``channel, new``
    uninstall   the app; ``revoke``: its token; ``install``: neither any more
    deactivate  ``member``
    =========== ``rename_channel`` (``channel, name``) and ``delete_channel`` (``channel``) there are, too.
    =========== ============================================================================================

    SEEN: what the person sees when the app has answered, or has not::

        {"acked": true, "ack_ms": 12.4, "error": "" | "operation_timeout" | "dispatch_failed" | …,
         "ephemerals": [MESSAGE, …],   # that came meanwhile, for this person
         "modal": VIEW or null,        # the top of the person's stack now
         "errors": {"subject": "…"}}   # on the modal's fields: the app's, or "Please complete this required field."

    An app that acks first and opens its modal then is waited for with ``wait`` (seconds): the answer comes as
    soon as the person sees something new. ``slash``, ``click`` and ``submit`` know it; 0 by default.

GET /rehearsal/files/ID
    A file's bytes, as a browser of somebody who is logged in gets them.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal import event_stream
from rehearsal.slack.people.acts import Acts, NoAct
from rehearsal.slack.people.people import People
from rehearsal.slack.people.picture import Picture
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire.wire import Json


class Control:
    """The routes."""

    def __init__(self, scene: Scene, people: People) -> None:
        self._scene, self._workspace = scene, scene.workspace
        self._picture = Picture(scene)
        self._acts = Acts(scene.workspace, people, self._picture)

    def routes(self) -> list[Route]:
        """The routes for Starlette."""
        return [
            Route("/rehearsal/state", self._sane(self._state)),
            Route("/rehearsal/events", self._events),
            Route("/rehearsal/act", self._sane(lambda request, body: self._acts.do(body)), methods=["POST"]),
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

    async def _events(self, request: Request) -> Response:
        return event_stream.answer(
            request,
            newest=lambda: self._workspace.seq,
            changes=self._changes,
            ended=lambda: self._scene.ending,
        )

    def _changes(self, since: int) -> list[Json]:
        """Those that people see."""
        return [one for one in self._workspace.changes(since) if one["what"] not in ("call", "delivery")]

    async def _file(self, request: Request) -> Response:
        file = self._workspace.files.get(request.path_params["file"])
        if file is None:
            return Response(status_code=404)
        return Response(file.data, media_type=file.mimetype)
