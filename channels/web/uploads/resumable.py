"""Resumable uploads: a file in pieces.

A piece is a partial PUT with ``Content-Range: bytes 0-8388607/314572800`` (RFC 9110, section 14.5), which goes on
where the last one ended. ``Content-Digest`` of a piece and ``Repr-Digest`` of the whole, with the last piece,
are checked where they are sent (``sha-256``, RFC 9530).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from contextlib import ExitStack
from typing import Literal, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channel.context import ChannelContext
from bot.channel.upload_drafts import InUse, UploadDraft, UploadDrafts
from bot.model.pages import CasePage, UploadPage
from channels.web.http.body_stream import LARGEST
from channels.web.http.settings import Settings
from channels.web.templating.templating import Templating
from channels.web.uploads.file_form import STATUS
from channels.web.uploads.incoming import Unwelcome, UploadSpace, UploadSpaces, is_full
from channels.web.uploads.page import space_of

FilesTaken = UploadPage | CasePage
"""Pages whose forms take files in pieces."""
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")
_SHA256 = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]{44}):")
_DRAFT = re.compile(r"[a-z0-9]{8,40}")


class ByteRange(NamedTuple):
    """The position of a piece in its file."""

    start: int
    end: int
    total: int


class Resumed:
    """Resumable uploads; each answer has ``have``, the bytes received, and ``words`` for a problem."""

    def __init__(
        self, context: ChannelContext[Settings], templating: Templating, spaces: UploadSpaces
    ) -> None:
        self._context = context
        self._templating = templating
        self._spaces = spaces

    async def draft(self, request: Request) -> Response:
        """GET asks how much of a file is there, PUT sends a piece."""
        return await self._draft(request, "upload")

    async def case_draft(self, request: Request) -> Response:
        """The same for a file that goes with an answer on the page of the case."""
        return await self._draft(request, "case")

    async def _draft(self, request: Request, purpose: Literal["upload", "case"]) -> Response:
        page = await run_in_threadpool(self._context.desk.page, purpose, request.path_params["token"])
        if not isinstance(page, FilesTaken) or not _DRAFT.fullmatch(request.path_params["draft"]):
            raise HTTPException(410 if page else 404)
        space = await run_in_threadpool(space_of, self._spaces, page)
        draft = request.path_params["draft"]
        name = space.name(draft)
        if request.method != "PUT":
            return _have(space.scratch, name)
        return await self._put(request, page, space=space, draft=draft)

    async def _put(self, request: Request, page: FilesTaken, *, space: UploadSpace, draft: str) -> Response:
        name = space.name(draft)
        span, have = _span(request), space.scratch.size(name) or 0
        if span.start != have:
            return _have(space.scratch, name, 409)
        digest, whole = _digest(request, "content-digest"), _digest(request, "repr-digest")
        piece = _Piece(space, draft, span, digest)
        try:
            await run_in_threadpool(piece.begin)
            await self._spaces.arrivals.arrive(request, piece.write)
            why = await run_in_threadpool(piece.end, whole)
        except InUse:
            return _have(space.scratch, name, 409)
        except (Unwelcome, OSError) as error:
            piece.undo()
            why = _kind(error)
        finally:
            piece.close()
        if not why:
            return _have(space.scratch, name)
        words = self._templating.words(request, page.front, why)
        return _have(space.scratch, name, STATUS.get(why, 422), why=why, words=words)


class _Piece:
    """A piece that is being written into its draft."""

    def __init__(self, space: UploadSpace, name: str, span: ByteRange, digest: bytes | None) -> None:
        self._space, self._name, self._span, self._digest = space, name, span, digest
        self._sum = hashlib.sha256()
        self._missing, self._surplus = span.end + 1 - span.start, 0
        self._open = ExitStack()
        self._draft: UploadDraft | None = None

    def begin(self) -> None:
        """Open the draft. Raises ``InUse``, and ``Unwelcome`` for a refused file."""
        self._draft = self._open.enter_context(self._space.scratch.draft(self._space.name(self._name)))
        if self._draft.size != self._span.start:
            raise InUse(self._name)
        self._space.begin(self._name)
        self._space.take(self._name, self._span.total - self._span.start, size=self._span.total)
        self._space.keep_all()

    @property
    def _begun(self) -> UploadDraft:
        if self._draft is None:
            raise InUse(self._name)
        return self._draft

    def write(self, data: bytes) -> None:
        """Write bytes; those beyond the piece are dropped.

        Raises ``HTTPException`` if there is no end of them.
        """
        own_data = data[: self._missing]
        self._missing -= len(own_data)
        self._surplus += len(data) - len(own_data)
        if self._digest:
            self._sum.update(own_data)
        self._begun.write(own_data)
        if self._surplus > LARGEST:
            raise HTTPException(413)
        self._space.keep_all()

    def end(self, whole: bytes | None) -> str:
        """The key of what is wrong, or ``""``. A wrong piece is not kept."""
        draft = self._begun
        if self._digest and draft.size > self._span.start and self._digest != self._sum.digest():
            draft.undo()
            return "bent"
        if draft.size < self._span.total:
            return ""
        if whole and whole != draft.sum.digest():
            draft.drop()
            return "bent"
        return ""

    def undo(self) -> None:
        """Drop everything of this piece."""
        if self._draft:
            self._draft.undo()

    def close(self) -> None:
        """Close what is open, and drop an empty draft."""
        self._open.close()
        if self._draft and not self._space.scratch.size(self._space.name(self._name)):
            self._space.drop(self._name)
        elif self._draft:
            self._space.stay(self._name)


def _have(scratch: UploadDrafts, name: str, status: int = 200, **more: str) -> JSONResponse:
    return JSONResponse({"have": scratch.size(name) or 0, **more}, status)


def _span(request: Request) -> ByteRange:
    match = _RANGE.fullmatch(request.headers.get("content-range", ""))
    span = ByteRange(*map(int, match.groups())) if match else ByteRange(0, -1, 0)
    if not span.start <= span.end < span.total:
        raise HTTPException(400)
    return span


def _digest(request: Request, name: str) -> bytes | None:
    """The SHA-256 in a digest field; None if it has none."""
    match = _SHA256.search(request.headers.get(name, ""))
    try:
        return base64.b64decode(match[1], validate=True) if match else None
    except binascii.Error:
        return None


def _kind(error: Unwelcome | OSError) -> str:
    if isinstance(error, Unwelcome):
        return str(error)
    if is_full(error):
        return "full"
    raise error
