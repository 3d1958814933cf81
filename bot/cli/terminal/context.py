"""What most commands begin with: the config, read or refused; and the desk, without its doors."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.terminal.errors import in_words, mistaken

if TYPE_CHECKING:
    from bot.app import App
    from bot.config.load import Config
    from bot.desk.desk import Desk


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
    from bot.app import sections
    from bot.config.errors import ConfigMistakes

    try:
        return how(config_file(), sections())
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
        if app.hold:
            from bot.workers.hold_watch import sentence

            click.echo(f"Mind: {sentence(app.hold)}.", err=True)
        yield app


@contextmanager
def desk() -> Iterator[Desk]:
    """The desk on the configured store, quiet but for warnings."""
    with opened(quiet(read_config())) as app:
        yield app.desk
