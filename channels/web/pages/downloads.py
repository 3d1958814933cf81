"""Files of the store for a browser: downloads, and pictures that it may show."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Literal

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import FileResponse, Response

from bot.channel.context import ChannelContext
from bot.channel.memory_budget import NoMemory
from bot.model.pages import StoredFile
from channels.web.http.security_headers import PICTURE, POLICY, SEALED
from channels.web.http.settings import Settings
from channels.web.pictures import picture_header
from channels.web.pictures.thumbnailer import DECODED
from channels.web.pictures.thumbnails import Thumbnail, Thumbnails
from channels.web.templating.templating import Templating

DIGITS, LARGEST = 19, (1 << 63) - 1
"""Of a number in an address: no id of ours has more, or is greater."""
PATIENCE, BETWEEN = 20.0, 0.1
"""Seconds that a request for a thumbnail waits for free memory, and between two attempts."""
NONE = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><path fill="#8793a0" fill-opacity=".2" \
d="M0 0h4v3H0z"/><path fill="#8793a0" d="M.6 2.5 1.6 1.1l.7 1 .4-.4.7.8z"/></svg>"""
"""What is shown instead of a thumbnail that could not be made."""
UNKNOWN = "application/octet-stream"


class FileDownloads:
    """The files of a case, for whom a link of theirs names."""

    def __init__(self, context: ChannelContext[Settings], templating: Templating) -> None:
        self._desk = context.desk
        self._path_of = context.path_of
        self._templating = templating
        self._thumbnails = Thumbnails()
        self._memory, self._making = context.memory, asyncio.Lock()

    def file(self, request: HttpRequest, purpose: Literal["files", "case"]) -> Response:
        """A file as a download."""
        file = self._found(request, purpose)
        if isinstance(file, Response):
            return file
        return self.stored(request, file.sha256, name=file.name or "file", kind=UNKNOWN)

    def picture(self, request: HttpRequest) -> Response:
        """A picture of a case, large; a file that is none, as a download."""
        file = self._found(request, "case")
        if isinstance(file, Response):
            return file
        picture = picture_header.read(self._path_of(file.sha256))
        kind = picture.type if picture else UNKNOWN
        return self.stored(request, file.sha256, name=file.name or "file", kind=kind, shown=bool(picture))

    async def thumbnail(self, request: HttpRequest) -> Response:
        """A picture of a case, small."""
        file = await run_in_threadpool(self._found, request, "case")
        if isinstance(file, Response):
            return file
        path = await run_in_threadpool(self._path_of, file.sha256)
        small = await run_in_threadpool(self._thumbnails.ready, path)
        if small is None:
            small = await self._made(path)
        if not small.type:
            return await run_in_threadpool(self._templating.refusal, request, 404)
        kind = small.type if small.data else "image/svg+xml"
        return Response(small.data or NONE, media_type=kind, headers={POLICY: SEALED})

    async def _made(self, path: Path) -> Thumbnail:
        """Make thumbnails one at a time, while no mail or form waits for memory. Raises ``NoMemory``."""
        give_up = time.monotonic() + PATIENCE
        async with self._making:
            while True:
                if reserved := self._memory.try_reserve(DECODED):
                    with reserved:
                        return await run_in_threadpool(self._thumbnails.of, path)
                if time.monotonic() >= give_up:
                    raise NoMemory
                await asyncio.sleep(BETWEEN)

    def stored(
        self, request: HttpRequest, sha256: str, *, name: str, kind: str, shown: bool = False
    ) -> Response:
        """A file as it lies on the disk; ``shown``: a browser may show it, for its bytes are of this kind."""
        path = self._path_of(sha256)
        if not path.is_file():
            return self._templating.refusal(request, 500)
        how = "inline" if shown else "attachment"
        headers = {POLICY: PICTURE if shown else SEALED}
        return FileResponse(
            path, filename=name, media_type=kind, headers=headers, content_disposition_type=how
        )

    def _found(self, request: HttpRequest, purpose: Literal["files", "case"]) -> StoredFile | Response:
        number = file_id(request.path_params["file"])
        file = self._desk.file(purpose, request.path_params["token"], number)
        return file if isinstance(file, StoredFile) else self._templating.no_page(request, file)


def file_id(text: str) -> int:
    """An id as we write it; 0 for anything else."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else 0
    return number if number <= LARGEST else 0
