"""What most commands begin with: the config, read or refused; and the desk, without its doors."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click

from bot.cli.terminal.errors import in_words, mistaken

if TYPE_CHECKING:
    from bot.app import App
    from bot.config.load import Config
    from bot.desk.desk import Desk
    from bot.model.question import Question
    from store.engine.database import Database
    from store.hold import DeskHold

T = TypeVar("T")

NUMBER = click.IntRange(1, 2**63 - 1)
"""The number of something that is kept; a greater one no database has."""


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option ``--json`` of every listing."""
    return click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")(command)


def limit_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option ``--limit N``."""
    kind = click.IntRange(1, 100_000)
    return click.option("--limit", type=kind, default=50, show_default=True, help="At most so many.")(command)


def config_file() -> Path | None:
    """The value of ``--config`` or ``CASEBOT_CONFIG``."""
    path: Path | None = click.get_current_context().find_root().params.get("config")
    return path


def command_line() -> str:
    """The command that reads the same config file as this one."""
    named = config_file()
    usual = named in (None, Path("config.toml")) or str(named) == os.environ.get("CASEBOT_CONFIG")
    return "casebot" if usual else f"casebot --config {shlex.quote(str(named))}"


def read_config() -> Config:
    """The config, with a secret; fails with exit code 78 and lists all its mistakes."""
    from bot.config.load import load

    return _read(load)


def read_only_config() -> Config:
    """The config, perhaps without a secret: nothing is written."""
    from bot.config.load import read

    return _read(read)


def _read(how: Callable[..., Config]) -> Config:
    from bot.channel.installed import sections
    from bot.config.errors import ConfigMistakes
    from bot.languages.reader_zone import settle

    try:
        config = how(config_file(), sections())
        settle(config.zone)
        return config
    except ConfigMistakes as error:
        raise mistaken(error.mistakes) from None


def store_name(config: Config) -> str:
    """The store's URL without its password, for display."""
    return without_password(config.store.url)


def without_password(url: str) -> str:
    """A URL without its password, for display."""
    return re.sub(r"(://[^:/@]*):[^@/]*@", r"\1:***@", url)


def log_secret(config: Config) -> str:
    """What marks of people in the log are made with."""
    return next((secret.get_secret_value() for secret in config.desk.secrets), "")


def quiet(config: Config, level: str = "warning") -> Config:
    """Log nothing below this level."""
    from bot.runtime.logs import set_up

    set_up(config.log.model_copy(update={"level": level}), secret=log_secret(config))
    return config


@contextmanager
def opened(config: Config) -> Iterator[App]:
    """All of casebot on the configured store, not running; errors are shown in words."""
    from bot.app import open_app

    with in_words(store_name(config)), open_app(config) as app:
        _mind(app.hold)
        yield app


@contextmanager
def desk() -> Iterator[Desk]:
    """The desk on the configured store, quiet but for warnings."""
    with opened(quiet(read_config())) as app:
        yield app.desk


class Questions(Protocol):
    """What a command that only reads is handed."""

    @property
    def config(self) -> Config:
        """Whose store it is."""

    def ask(self, question: Question[T]) -> T:
        """The answer, from the present state."""


class _Store:
    """``Questions`` to a store that is of this version."""

    def __init__(self, config: Config, database: Database) -> None:
        self.config, self._database = config, database

    def ask(self, question: Question[T]) -> T:
        with self._database.reading() as tx:
            return question.answer(tx)


@contextmanager
def questions() -> Iterator[Questions]:
    """The configured store to be asked, without channels, templates and a writer; quiet but for warnings."""
    from store import hold, revision
    from store.engine.database import Database

    config = quiet(read_config())
    with in_words(store_name(config)):
        database = Database(config.store.url)
        try:
            ready = revision.current(database)
            if ready:
                with database.reading() as tx:
                    _mind(hold.read(tx))
                yield _Store(config, database)
        finally:
            database.close()
    if not ready:  # it is empty, and is made with its roster; or of another version, which is told
        with opened(config) as app:
            yield app.desk


def _mind(hold: DeskHold | None) -> None:
    if hold:
        from bot.workers.hold_watch import sentence

        click.echo(f"Mind: {sentence(hold)}.", err=True)
