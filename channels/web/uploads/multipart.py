"""multipart/form-data (RFC 7578): fields in memory, files straight into drafts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException

from bot.channel.upload_drafts import UploadDraft
from channels.text import file_name
from channels.web.http.body_stream import LARGEST
from channels.web.uploads.incoming import (
    IncomingFile,
    Unwelcome,
    UploadSpace,
    is_full,
    read_word,
)

MOST_PARTS = 300
PATIENCE = 64_000_000
"""Bytes of files that are not taken which are listened to: whoever is cut off does not hear why."""
MOST_AROUND = LARGEST
"""Bytes that are no part's: heads of parts, and what stands before the first and after the last."""


class Multipart:
    """Parses a body piece by piece. ``HTTPException`` for no form, too many words or too many parts."""

    def __init__(self, content_type: str, space: UploadSpace) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise HTTPException(400)
        self.fields: dict[str, list[str]] = {}
        self.files: list[IncomingFile] = []
        self._space = space
        self._parts = self.words = self._unheard = self._outside = 0
        self._part: _Field | _File | None = None
        self._header = (b"", b"")
        self._headers: dict[bytes, bytes] = {}
        try:
            self._parser = _parser(options[b"boundary"], self)
        except FormParserError:
            raise HTTPException(400) from None

    def feed(self, data: bytes) -> None:
        """Parse the next piece."""
        self._outside += len(data)
        try:
            self._parser.write(data)
        except FormParserError:
            raise HTTPException(400) from None
        if self._outside > MOST_AROUND:
            raise HTTPException(413)
        named = [file.draft for word in self.fields.get("sent", ()) if (file := read_word(word))]
        self._space.keep([*named, *(file.draft for file in self.files)])

    def end(self) -> None:
        """Finish. A body that breaks off is no form."""
        try:
            self._parser.finalize()
        except FormParserError:
            raise HTTPException(400) from None
        if self._part is not None:
            raise HTTPException(400)

    @contextmanager
    def arriving(self) -> Iterator[None]:
        """While it lasts, the body arrives. One that breaks off leaves nothing: no page has named its files."""
        try:
            yield
        except BaseException:
            self.drop()
            raise
        finally:
            self.close()

    def drop(self) -> None:
        """Delete the files that came with it."""
        self._space.settle(self.files)

    def close(self) -> None:
        """Close what is open; an incomplete file is dropped."""
        if isinstance(self._part, _File):
            self._part.close()
            self._space.drop(self._part.draft)
        self._part = None

    # what the parser says

    def on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise HTTPException(413)
        self._headers = {}

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], b"")

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def on_header_end(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = (b"", b"")

    def on_headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" not in options:
            self._part = _Field(name)
        else:
            self._part = _File(options[b"filename"].decode("utf-8", "replace"), self._space)

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._outside -= end - start
        if isinstance(self._part, _Field):
            self.words += end - start
            if self.words > LARGEST:
                raise HTTPException(413)
            self._part.data.append(data[start:end])
        elif self._part is not None and not self._part.write(data[start:end]):
            self._unheard += end - start
            if self._unheard > PATIENCE:
                raise HTTPException(413)

    def on_part_end(self) -> None:
        part, self._part = self._part, None
        if isinstance(part, _Field):
            self.fields.setdefault(part.name, []).append(b"".join(part.data).decode("utf-8", "replace"))
        elif part is not None:
            part.close()
            if part.name or part.size:
                self.files.append(part.coming())
            else:
                self._space.drop(part.draft)  # a field that was left empty


class _Field:
    def __init__(self, name: str) -> None:
        self.name = name
        self.data: list[bytes] = []


class _File:
    """One file; what is refused is not kept."""

    def __init__(self, name: str, space: UploadSpace) -> None:
        self.name = file_name(name)
        self.draft = space.fresh_draft()
        self.size = 0
        self._space = space
        self._why_not = ""
        self._open = ExitStack()
        self._draft: UploadDraft | None = None
        try:
            space.begin(self.draft)
            self._draft = self._open.enter_context(space.scratch.draft(space.name(self.draft)))
        except (Unwelcome, OSError) as error:
            self._turn_away(error)

    def write(self, data: bytes) -> bool:
        """Write bytes; False if the file is refused."""
        self.size += len(data)
        if self._why_not or self._draft is None:
            return False
        try:
            self._space.take(self.draft, len(data), size=self.size)
            self._draft.write(data)
        except (Unwelcome, OSError) as error:
            self._turn_away(error)
        return not self._why_not

    def _turn_away(self, error: Unwelcome | OSError) -> None:
        if isinstance(error, OSError) and not is_full(error):
            raise error
        self._why_not = str(error) if isinstance(error, Unwelcome) else "full"
        if self._draft is not None:
            self._draft.undo()
        self._space.give_back(self.draft, self.size)

    def close(self) -> None:
        self._open.close()
        self._space.stay(self.draft)

    def coming(self) -> IncomingFile:
        if self._why_not:
            self._space.drop(self.draft)
        return IncomingFile(self.draft, self.name or "file", self.size, self._why_not)


def _parser(boundary: bytes, form: Multipart) -> MultipartParser:
    names = ("on_part_begin", "on_part_data", "on_part_end", "on_header_field", "on_header_value",
             "on_header_end", "on_headers_finished")  # fmt: skip
    calls: Mapping[str, Any] = {name: getattr(form, name) for name in names}
    return MultipartParser(boundary, calls)  # type: ignore[arg-type]
