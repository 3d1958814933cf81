"""The digest of a form with files, kept in its receipt to know it again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bot.model.message import Attachment
from channels.web.uploads.incoming import IncomingFile, UploadSpace


def gist(head: str, files: Sequence[Attachment]) -> str:
    """Words that are another form's only if it says the same; ``head``: one for all but the files."""
    marks = (f"{_mark(file.name, file.sha256)}/{_mark(file.name, file.size)}" for file in files)
    return " ".join((head, *marks))


def same(said: str, head: str, files: Sequence[IncomingFile], room: UploadSpace) -> bool:
    """Does a form that has come say what the one with this gist said?

    Of a file that is here no more, because that form was handled, name and size tell.
    """
    first, *marks = said.split()
    return (first, len(marks)) == (head, len(files)) and all(
        _is(mark, file, room) for mark, file in zip(marks, files, strict=True)
    )


def others(said: str, files: Sequence[IncomingFile]) -> list[IncomingFile]:
    """Files of whose name and size the form with this gist had none."""
    known = {mark.partition("/")[2] for mark in said.split()[1:]}
    return [file for file in files if _mark(file.name, file.size) not in known]


def _is(mark: str, file: IncomingFile, room: UploadSpace) -> bool:
    whole, _, outside = mark.partition("/")
    digest = room.digest(file)
    return _mark(file.name, digest) == whole if digest else _mark(file.name, file.size) == outside


def _mark(name: str, what: str | int) -> str:
    return hashlib.sha256(f"{what}/{name}".encode()).hexdigest()[:16]
