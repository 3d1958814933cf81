"""Mail as it lies about in old mailboxes, for tests: letters, an mbox of them, a Maildir of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

FROM_LINE = b"From ana@acme.example Mon Mar  2 09:00:00 2020\n"
LONG_AGO = datetime(2020, 3, 2, 9, 0, tzinfo=UTC)


def letter(
    number: int,
    *,
    subject: str = "",
    text: str = "It stopped yesterday.",
    at: datetime | None = None,
    above: Iterable[str] = (),
    **headers: str,
) -> bytes:
    """One mail of Ana's, with line ends as an mbox has them; ``headers`` by name, ``_`` for ``-``."""
    at = at or LONG_AGO + timedelta(minutes=number)
    lines = [
        *above,
        "From: Ana <ana@acme.example>",
        "To: support@example.com",
        f"Subject: {subject or f'Question {number}'}",
        f"Message-ID: <old-{number}@acme.example>",
        f"Date: {format_datetime(at)}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        "",
        text,
    ]
    return "\n".join(lines).encode() + b"\n"


def mbox(path: Path, letters: Iterable[bytes]) -> Path:
    """As most programs write it: what looks like a beginning is quoted."""
    with path.open("wb") as file:
        for raw in letters:
            file.write(FROM_LINE + raw.replace(b"\nFrom ", b"\n>From ") + b"\n")
    return path


def maildir(path: Path, letters: Iterable[bytes]) -> Path:
    """The newest file has the oldest name, so that only dates tell the order."""
    for name in ("cur", "new", "tmp"):
        (path / name).mkdir(parents=True)
    for number, raw in enumerate(letters):
        folder, flags = ("cur", ":2,S") if number % 2 else ("new", "")
        (path / folder / f"{9000 - number}.M1.host{flags}").write_bytes(raw)
    return path
