"""config.toml as it is edited: what people wrote by hand stays; saved whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import ParseError
from tomlkit.items import AoT, InlineTable, Table

from bot.cli.terminal.errors import Failure, mistaken
from bot.config.errors import PREFIX, ConfigMistakes
from bot.config.lines import key_path
from bot.config.load import Config, read


class ConfigEditor:
    """A ``bot.channel.setup.EditedConfig`` of one file, which need not be there yet."""

    def __init__(self, file: Path) -> None:
        """Raises ``Mistaken`` if the file is no TOML, ``Failure`` if it cannot be read."""
        self.file = file
        self.about = ""
        """A comment above sections that are new."""
        try:
            self._saved = file.read_text(encoding="utf-8") if file.exists() else ""
            self._document = tomlkit.parse(self._saved)
        except OSError as error:
            raise Failure(f"{file} cannot be read: {error.strerror}. Nothing was changed.") from None
        except (ParseError, UnicodeDecodeError) as error:
            raise mistaken((f"{file}: not TOML: {error}",)) from None

    def begin(self, text: str) -> None:
        """As in ``EditedConfig``."""
        if not self._document:  # empty, or comments alone
            self._document = tomlkit.parse("\n".join(filter(None, (self._saved, text))))
            return
        for key, value in tomlkit.parse(text).items():
            if key not in self._document:
                self._document[key] = value

    def get(self, key: str, default: Any = None) -> Any:
        """As in ``EditedConfig``."""
        place: Any = self._document
        for part in key_path(key):
            if not _has(place, part):
                return default
            place = place[part]
        return place.unwrap() if hasattr(place, "unwrap") else place

    def put(self, key: str, value: Any) -> None:
        """As in ``EditedConfig``."""
        *path, last = key_path(key)
        place: Any = self._document
        for part, after in zip(path, [*path[1:], last], strict=True):
            place = self._entered(place, part, after)
        _add(place, last, value)

    def drop(self, key: str) -> None:
        """As in ``EditedConfig``."""
        *path, last = key_path(key)
        place: Any = self._document
        for part in path:
            if not _has(place, part):
                return
            place = place[part]
        if _has(place, last):
            del place[last]

    def _entered(self, place: Any, part: str | int, after: str | int) -> Any:
        """The table or the list of tables at this place, made if it is not there."""
        if isinstance(part, int):
            if part == len(place):
                place.append(tomlkit.table() if isinstance(place, AoT) else tomlkit.inline_table())
            return place[part]
        if part not in place:
            titled = place is self._document and self.about
            if titled:
                self._document.add(tomlkit.nl())
                self._document.add(tomlkit.comment(self.about))
            fresh = _table(place, several=isinstance(after, int))
            _add(place, part, fresh)
            if titled and isinstance(fresh, Table):
                fresh.trivia.indent = ""  # the title stands right above it
        return place[part]

    def check(self) -> None:
        """Raises ``ConfigMistakes`` if the file has some, ``Failure`` if it cannot be written as it should be."""
        _check_folder(self.file.resolve().parent)
        if self._saved and not os.access(self.file, os.W_OK):
            raise Failure(f"{self.file} is not yours to write. Nothing was asked, and it stays as it is.")
        if self._saved:
            self._config_of(self.file)

    def revert(self) -> None:
        """Forget what was put since it was saved last."""
        self._document = tomlkit.parse(self._saved)

    def save(self) -> Config | None:
        """Write the file, if it is right as a whole; raises ``ConfigMistakes`` or ``Failure``.

        None: the environment has begun what no answer has completed yet (``CASEBOT_…__PASSWORD``).
        """
        text, file = tomlkit.dumps(self._document), self.file.resolve()
        fresh = file.with_name(f"{file.name}.new")
        self._refuse_if_changed()
        try:
            with fresh.open("w", encoding="utf-8") as writing:
                writing.write(text)
                writing.flush()
                os.fsync(writing.fileno())
            self._config_of(fresh)
            _as_before(file, fresh)
            fresh.replace(file)
        except OSError as error:
            raise Failure(
                f"{self.file} cannot be written: {error.strerror}. What it said before stays as it was."
            ) from None
        finally:
            with suppress(OSError):
                fresh.unlink()
        self._saved = text
        return self._config_of(self.file)

    def _config_of(self, file: Path) -> Config | None:
        """What a file says, mistakes as those of ours; None as in ``save``."""
        from bot.channel.installed import sections

        try:
            return read(file, sections())
        except ConfigMistakes as error:
            mistakes = [each for each in error.mistakes if not each.startswith(PREFIX)]
            if mistakes:
                raise ConfigMistakes(each.replace(str(file), str(self.file)) for each in mistakes) from None
            return None

    def _refuse_if_changed(self) -> None:
        """Raises ``Failure`` if somebody else has written the file since it was read."""
        with suppress(FileNotFoundError, UnicodeDecodeError):
            if self.file.read_text(encoding="utf-8") == self._saved:
                return
        if self.file.exists() or self._saved:
            raise Failure(
                f"somebody else has changed {self.file} meanwhile, and it stays as they left it."
                "\nCall setup again: it goes on from there."
            )


def _table(place: Any, *, several: bool) -> Any:
    """A fresh table for this place, or a list of them; within braces it has braces, too."""
    if isinstance(place, InlineTable):
        return tomlkit.array() if several else tomlkit.inline_table()
    return tomlkit.aot() if several else tomlkit.table()


def _add(place: Any, key: str | int, value: Any) -> None:
    """Set a key; a new one stands before the comments at a table's end, which belong to what comes next."""
    ending: list[Any] = []
    if isinstance(place, Table) and key not in place:
        body = place.value.body
        while body and body[-1][0] is None:
            ending.insert(0, body.pop())
    place[key] = value
    if ending:
        place.value.body.extend(ending)


def _check_folder(folder: Path) -> None:
    """Raises ``Failure`` if whoever runs the desk from this folder could not use what is written there."""
    if not folder.is_dir():
        raise Failure(f"there is no folder {folder}: make it first. Nothing was asked.")
    if not os.access(folder, os.W_OK):
        raise Failure(f"the folder {folder} is not yours to write. Nothing was asked.")
    if not os.getuid() and folder.stat().st_uid:
        raise Failure(
            f"the folder {folder} is {folder.owner()}'s, who could not read what root writes there. Nothing was asked."
            f"\nCall it as {folder.owner()}: sudo -u {folder.owner()} casebot setup"
        )


def _as_before(file: Path, fresh: Path) -> None:
    """Give the fresh file the mode and the owners that the old one has, if there is one."""
    if file.exists():
        old = file.stat()
        fresh.chmod(old.st_mode & 0o7777)
        if (old.st_uid, old.st_gid) != (os.getuid(), os.getgid()):
            os.chown(fresh, old.st_uid, old.st_gid)


def _has(place: Any, part: str | int) -> bool:
    """Is there something at this place of a table, or of a list of them?"""
    if isinstance(part, int):
        return isinstance(place, list) and part < len(place)
    return isinstance(place, dict) and part in place
