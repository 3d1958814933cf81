"""Whoever was erased since a backup is erased again: as it is restored, and before it is released."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.terminal.context import config_file
from bot.cli.terminal.errors import Failure

if TYPE_CHECKING:
    from bot.config.load import Config
    from bot.privacy.replay import RestoredPlace

STALE = "the desk is restored and held, and persons who were erased are still in it"


@dataclass(frozen=True, slots=True)
class ErasedAgain:
    """What was done about tombstones on a restored desk."""

    listed: int
    """Tombstones that there are."""
    persons: int
    """Who was erased again now."""
    later: bool
    """The store is an older version's: it is done at the release."""

    def lines(self, place: Path, command: str) -> Iterator[str]:
        """What an operator reads of it."""
        if self.later:
            yield (
                f"Persons who were erased since are still in it, because it is an older version's: `{command} migrate`,"
                f" then `{command} release` erases them again before the desk opens."
            )
        elif self.persons:
            yield f"Erased since the backup, and now erased again: {self.persons}."
        if not self.listed:
            yield (
                "No list of erased persons was found. If anybody was erased since this backup, bring the old desk's"
                f" file of them: copy it to {place}; `{command} release` erases them again before the desk opens."
            )


def erase_again(folder: Path, url: str, *, backup: Path, given: Path | None) -> ErasedAgain:
    """Take the union of all tombstones there are, and erase by it; ``given``: a file that was named."""
    from bot.privacy.replay import RestoredPlace
    from store.files.blobs import FileStore
    from store.tombstone import FILE

    place = RestoredPlace(url, FileStore(folder / "files"), folder / FILE, _secrets(folder))
    near = [backup.absolute().parent / FILE, *_of_present_desk()]
    listed = _collected(place, given, near)
    from store.engine.database import Database
    from store.revision import standing

    database = Database(url)
    try:
        with database.engine.connect() as connection:
            revision = str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())
    finally:
        database.close()
    if standing(revision):
        return ErasedAgain(listed, 0, later=listed > 0)
    persons = _replayed(place)
    return ErasedAgain(listed, persons, later=False)


def before_release(config: Config) -> int:
    """Erase by the tombstones of a desk that is about to be released; returns how many persons there were."""
    from bot.privacy.replay import RestoredPlace
    from bot.privacy.tombstone_file import file_of

    secrets = [secret.get_secret_value() for secret in config.desk.secrets]
    return _replayed(RestoredPlace(config.store.url, config.store.opened_files(), file_of(config), secrets))


def _collected(place: RestoredPlace, given: Path | None, near: Iterable[Path]) -> int:
    from bot.privacy.replay import gather
    from bot.privacy.tombstone_file import BadTombstones

    try:
        count = gather(place, [given] if given else [])
        for file in near:
            count = _of_this_desk(place, file, count)
    except BadTombstones as error:
        raise Failure(
            f"{STALE}: {error}. Put the right file to {place.tombstones}; `casebot release` erases by it."
        ) from None
    return count


def _of_this_desk(place: RestoredPlace, file: Path, count: int) -> int:
    """Take a file that lies near, unless it is another desk's."""
    from bot.privacy.replay import gather
    from bot.privacy.tombstone_file import BadTombstones

    try:
        return gather(place, [file])
    except BadTombstones as error:
        click.echo(f"Not used: {error}.", err=True)
        return count


def _replayed(place: RestoredPlace) -> int:
    from bot.privacy.replay import replay
    from bot.privacy.tombstone_file import BadTombstones
    from store.erasure.disk import BytesLeft

    try:
        return replay(place)
    except BadTombstones as error:
        raise Failure(f"{STALE}: {error}. Put the right file in its place, then try again.") from None
    except BytesLeft:
        raise Failure(
            f"{STALE}, as old bytes of its database: somebody else has it open. Stop that, then try again."
        ) from None


def _secrets(folder: Path) -> list[str]:
    """The secrets of the desk that was restored; of one without a config, the file's own."""
    from bot.channel.installed import sections
    from bot.config.errors import ConfigMistakes
    from bot.config.load import read
    from bot.config.state_files import SECRET_FILE

    config = folder / "config.toml"
    try:
        if config.is_file() and (secrets := read(config, sections()).desk.secrets):
            return [secret.get_secret_value() for secret in secrets]
    except ConfigMistakes:
        pass
    file = folder / SECRET_FILE
    return [file.read_text(encoding="utf-8").strip()] if file.is_file() else []


def _of_present_desk() -> list[Path]:
    """The file of the desk that this machine's own config names, if there is one."""
    from bot.channel.installed import sections
    from bot.config.errors import ConfigMistakes
    from bot.config.load import read
    from bot.privacy.tombstone_file import file_of

    try:
        return [file_of(read(config_file(), sections()))]
    except (ConfigMistakes, OSError):
        return []
