"""State files: the secret, erased persons, sign-ins and compiled templates."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config.secret_file import SECRET_FILE

if TYPE_CHECKING:
    from bot.config.load import Config

_MOVED = (SECRET_FILE, "casebot.erased", "casebot.tokens")
"""Files that earlier versions kept in another folder; the template cache is rebuilt instead."""


def state_folder(config: Config) -> Path:
    """Return the folder of state files.

    If ``[store] state_folder`` is empty, it is the folder of the SQLite file, or that which ``files`` is in.
    """
    return _folders(config)[0]


def cache_folder(config: Config) -> Path:
    """Return the folder of compiled templates, which may be removed at any time."""
    return state_folder(config) / "casebot.cache"


def state_file(config: Config, name: str) -> Path:
    """Return the path of a state file, which is in a former folder until it is moved."""
    files = [folder / name for folder in _folders(config)]
    return next(filter(os.path.isfile, files), files[0])


def problems(config: Config) -> Iterator[str]:
    """Yield a sentence for each reason why casebot cannot write its state files."""
    folder = state_folder(config)
    if not folder.is_dir():
        yield f"store.state_folder: there is no folder {folder}; create it for the account that casebot runs as"
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield f"store.state_folder: this account cannot write to {folder}; change its owner, or set another folder"
    elif any(file.name != SECRET_FILE and not os.access(file.parent, os.W_OK) for file in _unmoved(config)):
        yield from hints(config)


def hints(config: Config) -> Iterator[str]:
    """Yield how to move state files that are still in a former folder."""
    if files := [str(file) for file in _unmoved(config)]:
        command = shlex.join(["mv", *files, f"{state_folder(config)}/"])
        yield f"state files are still in a former folder; stop casebot, then move them: {command}"


def _unmoved(config: Config) -> list[Path]:
    files = [state_file(config, name) for name in _MOVED]
    return [file for file in files if file.parent != state_folder(config)]


def _folders(config: Config) -> list[Path]:
    """Return the state folder, then those where another setting or an earlier version kept state files."""
    _, _, place = config.store.url.partition(":///")
    chosen = [Path(config.store.state_folder)] if config.store.state_folder else []
    if config.store.url.startswith("sqlite") and place and not place.startswith(":memory:"):
        return [*chosen, Path(place).parent]
    return [*chosen, config.store.folder.parent, config.folder]
