"""Traces: whether somebody's words are still anywhere in a folder, however they may be written there."""

from __future__ import annotations

import base64
import quopri
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg


def spellings(text: str) -> set[bytes]:
    """A text in UTF-8, in each of the three ways that base64 may begin, and quoted-printable; JSON's escapes, too."""
    raw = text.encode()
    written = {raw, raw.lower(), quopri.encodestring(raw).replace(b"=\n", b""), ascii(text)[1:-1].encode()}
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw)
        written.add(encoded[(0, 2, 3)[before] : -4])
    return {spelling for spelling in written if len(spelling) > 5}


def of(folder: Path, needles: Sequence[bytes | str]) -> list[str]:
    """Which of the needles are in which file of a folder, archives looked into."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [
        trace for path in files for trace in _traces(str(path.relative_to(folder)), _contents(path), needles)
    ]


def of_database(url: str, needles: Sequence[bytes | str]) -> list[str]:
    """The same for the rows of a PostgreSQL database."""
    with psycopg.connect(url) as connection:
        return [trace for name, row in _rows(connection) for trace in _traces(name, [row], needles)]


def _rows(connection: Any) -> Iterator[tuple[str, bytes]]:
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    for (table,) in tables:
        for row in connection.execute(f'SELECT * FROM "{table}"').fetchall():
            yield (
                table,
                b"\n".join(
                    bytes(value) if isinstance(value, bytes) else str(value).encode() for value in row
                ),
            )


def _contents(path: Path) -> Iterator[bytes]:
    yield path.read_bytes()
    if path.suffix == ".tar":
        with tarfile.open(path) as tar:
            for member in tar:
                if file := tar.extractfile(member):
                    yield file.read()


def _traces(name: str, contents: Iterable[bytes], needles: Sequence[bytes | str]) -> Iterator[str]:
    for content in contents:
        lowered = content.lower()
        for needle in needles:
            each = {needle} if isinstance(needle, bytes) else spellings(needle)
            for spelling in each:
                if spelling in content or spelling.lower() in lowered:
                    yield f"{name}: {spelling!r} ({needle!r:.60})"
