"""Compiled templates that processes started by tests have in common: each would compile them for two seconds."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from bot.render.compiled_templates import FOLDER

SHARED = "COMPILED_TEMPLATES"
"""The environment variable that says in which folder they are, where tests run."""


def share(folder: Path, secret: str) -> None:
    """Have a process whose desk is in this folder start as it would a second time.

    What is compiled is signed with the desk's secret, so those of one secret share it.
    """
    if not (there := os.environ.get(SHARED)):
        return
    kept = Path(there) / hashlib.sha256(secret.encode()).hexdigest()[:16]
    kept.mkdir(exist_ok=True)
    with suppress(FileExistsError):
        (folder / FOLDER).symlink_to(kept, target_is_directory=True)
