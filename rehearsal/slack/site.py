"""The site: everything that the app reaches by HTTP or WebSocket, as one Starlette application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute

from rehearsal.slack.api import Api
from rehearsal.slack.methods.files import readable
from rehearsal.slack.platform.scene import Scene
from rehearsal.slack.wire import arguments
from rehearsal.slack.wire.wire import SlackError

LOGIN = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in to your workspace</body></html>"
"""What a file's URL answers without a token, or without ``files:read``: 200, and no file (bolt-js #2585)."""


def build(scene: Scene, api: Api, more: Sequence[BaseRoute]) -> Starlette:
    """The application; ``more``: the control API and pages."""
    site = Site(scene)
    both = ["GET", "POST"]
    return Starlette(
        routes=[
            Route("/api/{method}", api.answer, methods=both),
            WebSocketRoute("/link/", scene.sockets.serve),
            Route("/upload/v1/{file}", site.upload, methods=["POST"]),
            Route("/files-pri/{file}/download/{name:path}", site.download),
            Route("/files-pri/{file}/{name:path}", site.download),
            Route("/commands/{team}/{right}", site.respond, methods=["POST"]),
            Route("/actions/{team}/{right}", site.respond, methods=["POST"]),
            *more,
        ]
    )


class Site:
    """The routes beside the Web API."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    async def upload(self, request: Request) -> Response:
        """The bytes of a file, as the body or in a multipart form ("files.getUploadURLExternal")."""
        file = self._scene.workspace.files.get(request.path_params["file"])
        if file is None or file.complete:
            return PlainTextResponse("not found", 404)
        if request.headers.get("content-type", "").startswith("multipart/"):
            given = (await arguments.read(request)).given
            data = next((each for each in given.values() if isinstance(each, bytes)), b"")
        else:
            data = await request.body()
        if len(data) != file.length:
            return PlainTextResponse("length does not match", 400)
        file.data = data
        return PlainTextResponse(f"OK - {len(data)}")

    async def download(self, request: Request) -> Response:
        """A file's bytes for the bot's token, 404 for what it may not see."""
        app = self._scene.workspace.app
        if (
            request.headers.get("authorization") != f"Bearer {app.bot_token}"
            or "files:read" not in app.scopes
        ):
            return HTMLResponse(LOGIN)
        file = self._scene.workspace.files.get(request.path_params["file"])
        if file is None or not readable(self._scene, file):
            return PlainTextResponse("not found", 404)
        if self._scene.workspace.faults.take("cut"):
            return _half(file.data, file.mimetype)
        return Response(file.data, media_type=file.mimetype)

    async def respond(self, request: Request) -> Response:
        """A response URL: JSON, ``ok``, or 404 with why."""
        try:
            body = await request.json()
            self._scene.response_urls.respond(request.path_params["right"], body)
        except SlackError as error:
            return JSONResponse(
                error.wire(), 404 if "url" in error.code or error.code == "no_service" else 400
            )
        except ValueError:
            return PlainTextResponse("invalid_payload", 400)
        return PlainTextResponse("ok")


def _half(data: bytes, mimetype: str) -> Response:
    """A response that breaks off on the way."""

    async def half() -> AsyncIterator[bytes]:
        yield data[: len(data) // 2]
        raise ConnectionAbortedError("as was asked for")

    return StreamingResponse(half(), media_type=mimetype, headers={"Content-Length": str(len(data))})
