"""Files of the store for a browser: downloads, and pictures that it may show."""

from __future__ import annotations

import asyncio
from typing import Literal

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import FileResponse, Response

from bot.channel.context import ChannelContext
from bot.model.pages import StoredFile
from channels.web.http.security_headers import PICTURE, POLICY, SEALED
from channels.web.http.settings import Settings
from channels.web.pictures import picture_header
from channels.web.pictures.thumbnails import Thumbnails
from channels.web.templating.templating import Templating

DIGITS, LARGEST = 19, (1 << 63) - 1
"""Of a number in an address: no id of ours has more, or is greater."""
TOGETHER = 2
"""Thumbnails that are made at the same time."""
UNKNOWN = "application/octet-stream"


class FileDownloads:
    """The files of a case, for whom a link of theirs names."""

    def __init__(self, context: ChannelContext[Settings], templating: Templating) -> None:
        self._desk = context.desk
        self._path_of = context.path_of
        self._templating = templating
        self._thumbnails = Thumbnails()
        self._places = asyncio.Semaphore(TOGETHER)

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
            async with self._places:
                small = await run_in_threadpool(self._thumbnails.of, path)
        if not small.data:
            return await run_in_threadpool(self._templating.refusal, request, 404)
        return Response(small.data, media_type=small.type, headers={POLICY: SEALED})

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
