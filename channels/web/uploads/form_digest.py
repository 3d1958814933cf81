"""The digest of a form with files, kept in its receipt to know it again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bot.model.message import Attachment
from channels.web.uploads.incoming import IncomingFile, UploadSpace


def gist(head: str, files: Sequence[Attachment]) -> str:
    """A digest of a form with its files: equal only if both say the same.

    ``head``: the digest of everything but the files.
    """
    marks = (f"{_mark(file.name, file.sha256)}/{_mark(file.name, file.size)}" for file in files)
    return " ".join((head, *marks))


def same(gist_before: str, head: str, files: Sequence[IncomingFile], space: UploadSpace) -> bool:
    """Does a form say the same as the one with this digest?

    A file that is gone, because that form was handled, is compared by name and size.
    """
    first, *marks = gist_before.split()
    return (first, len(marks)) == (head, len(files)) and all(
        _is(mark, file, space) for mark, file in zip(marks, files, strict=True)
    )


def others(gist_before: str, files: Sequence[IncomingFile]) -> list[IncomingFile]:
    """Files whose name and size are not in the form with this digest."""
    marks = {mark.partition("/")[2] for mark in gist_before.split()[1:]}
    return [file for file in files if _mark(file.name, file.size) not in marks]


def _is(mark: str, file: IncomingFile, space: UploadSpace) -> bool:
    whole, _, outside = mark.partition("/")
    digest = space.digest(file)
    return _mark(file.name, digest) == whole if digest else _mark(file.name, file.size) == outside


def _mark(name: str, what: str | int) -> str:
    return hashlib.sha256(f"{what}/{name}".encode()).hexdigest()[:16]
