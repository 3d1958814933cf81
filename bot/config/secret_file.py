"""The secret that nobody configured: made once, and kept in a file."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from bot.config.errors import ConfigMistakes
from bot.config.settings import SHORTEST_SECRET

SECRET_FILE = "casebot.secret"  # noqa: S105 - a file's name


def kept_secret(file: Path) -> str:
    """The secret in a file, which is made if there is none. Raises ``ConfigMistakes``."""
    try:
        if not file.is_file():
            _write_once(file, secrets.token_urlsafe(48))
        text = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigMistakes([f"desk.secrets: none is set, and {file} cannot be kept: {error}"]) from None
    if len(text) < SHORTEST_SECRET:
        raise ConfigMistakes(
            [f"{file}: holds fewer than {SHORTEST_SECRET} characters; remove it for a fresh one"]
        )
    return text


def _write_once(file: Path, text: str) -> None:
    """Write a file entirely or not at all, for its owner only; of two that start at once, one wins."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as writing:
        writing.write(text + "\n")
        os.fsync(writing.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
