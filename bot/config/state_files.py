"""State files: the secret, erased persons and sign-ins."""

from __future__ import annotations

import os
import secrets
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config.errors import ConfigMistakes
from bot.config.settings import SHORTEST_SECRET

if TYPE_CHECKING:
    from bot.config.load import Config

SECRET_FILE = "casebot.secret"  # noqa: S105 - a file's name


def state_folder(config: Config) -> Path:
    """Return ``[store] state_folder``, or the folder that it stands for when empty."""
    return _folders(config)[0]


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
    if files := _unmoved(config):
        command = shlex.join(["mv", *map(str, files), f"{state_folder(config)}/"])
        yield f"state files are still in a former folder; stop casebot, then move them: {command}"


def _unmoved(config: Config) -> list[Path]:
    files = [state_file(config, name) for name in (SECRET_FILE, "casebot.erased", "casebot.tokens")]
    return [file for file in files if file.parent != state_folder(config)]


def _folders(config: Config) -> list[Path]:
    """Return the state folder, then those where another setting or an earlier version kept state files."""
    _, _, place = config.store.url.partition(":///")
    chosen = [Path(config.store.state_folder)] if config.store.state_folder else []
    if config.store.url.startswith("sqlite") and place and not place.startswith(":memory:"):
        return [*chosen, Path(place).parent]
    return [*chosen, config.store.folder.parent, config.folder]


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
