"""The manifest: what an archive holds, its last member, so that one that was cut off has none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import msgspec

FORMAT = 1
"""Of the archive. A reader refuses a higher one."""
MANIFEST, DATABASE, CONFIG, SECRET = "manifest.json", "casebot.db", "config.toml", "casebot.secret"


class BackupError(Exception):
    """A backup that cannot be made, read or restored: the message says why, and what to do."""


class Damaged(BackupError):
    """An archive that is not whole."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member's size in bytes and its SHA-256 in hex."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    version: str
    """The casebot that made it."""
    revision: str
    """The schema's."""
    store: str
    """``sqlite`` or ``postgresql``."""
    made_at: datetime
    """The moment of the store's copy."""
    rows: Mapping[str, int]
    """By table."""
    members: Mapping[str, Member]
    """All but the attachments, whose names are their hashes."""
    files: int
    """Attachments, and mails that are too large for the database."""
    file_bytes: int
    missing: tuple[str, ...] = ()
    """Hashes that the store names and that were not there, or not whole, when the backup was made."""
    counters: Mapping[str, int] = field(default_factory=dict)
    """PostgreSQL's sequences: no number is given out twice."""

    @property
    def cases(self) -> int:
        """How many cases it holds."""
        return self.rows.get("support_case", 0)


def dumped(manifest: Manifest) -> bytes:
    """The manifest as JSON."""
    values = {"format": FORMAT, **asdict(manifest), "made_at": manifest.made_at.isoformat()}
    return json.dumps(values, indent=1, sort_keys=True).encode()


def loaded(text: bytes) -> Manifest:
    """Return the manifest of an archive. Raises ``BackupError``."""
    try:
        values: dict[str, Any] = json.loads(text)
        if values["format"] <= FORMAT:
            return msgspec.convert(values, Manifest)
    except (ValueError, KeyError, TypeError, RecursionError, msgspec.ValidationError) as error:
        raise Damaged(f"its manifest cannot be read ({type(error).__name__})") from None
    raise BackupError("it was made by a newer casebot: update this one, then try again")
