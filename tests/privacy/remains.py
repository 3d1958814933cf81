"""What is left of a secret: in rows, and in the bytes of files."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path

from bot.app import App
from store.engine.columns import metadata
from store.engine.database import sqlite_path
from store.engine.packed import unpacked
from tests.support.houses.house import until


def spellings(secret: bytes) -> list[bytes]:
    """A secret as bytes may have it: plain, quoted-printable, in HTML, and base64 at each offset."""
    shifted = [base64.b64encode(b"x" * offset + secret)[4 if offset else 0 : -4] for offset in range(3)]
    assert len(secret) >= 9, "a short one has no base64 of its own"
    return [secret, quopri.encodestring(secret), secret.replace(b"&", b"&amp;"), *shifted]


def in_rows(app: App, secret: bytes) -> list[str]:
    """The columns in which it stands."""
    with app.database.reading() as tx:
        values = [
            (f"{table.name}.{column}", _read(column, value))
            for table in metadata.sorted_tables
            for row in tx.rows(table.select())
            for column, value in row._mapping.items()
        ]
    return [place for place, value in values if any(each in value for each in spellings(secret))]


def _read(column: str, value: object) -> bytes:
    """What a column says, as somebody would read it who knows how it is packed."""
    if not isinstance(value, bytes):
        return str(value).encode()
    return unpacked(value) if column == "content" else value


def gone(app: App, *secrets: str | bytes) -> None:
    """Nothing of these is left in any row, or any byte of any file, by and by."""
    for secret in (each.encode() if isinstance(each, str) else each for each in secrets):
        assert until(lambda s=secret: not in_rows(app, s)), in_rows(app, secret)
        assert until(lambda s=secret: not in_store(app, s)), in_store(app, secret)


def in_store(app: App, secret: bytes) -> list[str]:
    """The files of file store and database in which it stands."""
    database = sqlite_path(app.config.store.url)
    files = [file for file in Path(app.config.store.files).rglob("*") if file.is_file()]
    files += database.parent.glob(f"{database.name}*") if database else []
    return [file.name for file in files if any(each in file.read_bytes() for each in spellings(secret))]
