"""``casebot run``, ``check`` and ``migrate``: the house itself."""

from __future__ import annotations

import resource
from contextlib import closing, suppress
from dataclasses import replace
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from bot.cli.context import config_file, quiet, read_config, store_name, without_password
from bot.cli.errors import Failure, in_words
from bot.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.app import App
    from bot.channel.capabilities import SelfCheck
    from bot.config.load import Config


@click.command()
def run() -> None:
    """Open the desk, and work until SIGTERM or Ctrl-C.

    Without a config file it works on the defaults, and says where it keeps things.
    """
    from bot.app import App
    from bot.channel.memory_budget import give_back_at_once
    from bot.runtime.logs import set_up

    config = read_config()
    set_up(config.log)
    raise_limit()
    give_back_at_once()
    _say_where(config)
    with in_words(store_name(config)):
        code = App(config).run()
    click.get_current_context().exit(code)


def _say_where(config: Config) -> None:
    import structlog

    log = structlog.get_logger("house")
    if config.file is None and config_file() is None:
        log.info("no config.toml here: running on the defaults (`casebot init` writes one)")
    log.info("opening the desk", config=str(config.file or "defaults"), **_places(config))


def _places(config: Config) -> dict[str, str]:
    """Where messages come in, are kept and leave: what the channels' profiles show of their sections."""
    places = {
        "address": config.mailboxes[0].address,
        "store": store_name(config),
        "files": config.store.files,
    }
    for name, section in config.channels.items():
        values = section.model_dump(include=set(config.profiles[name].shown))
        places |= {f"{name}_{key}": str(value) for key, value in values.items() if value}
    return places


@click.command()
@click.option(
    "--live", is_flag=True, help="Also ask each service whether it would take all that is shown there."
)
def check(live: bool) -> None:
    """Try the config and every connection.

    Whatever is wrong is named at once, and so is what works.

    Exit code 0: all is well, 1: something does not answer, 78: the config has mistakes.
    """
    from bot.app import App
    from bot.replies import folder as reply_folder
    from bot.workers import hold_watch

    raise_limit()
    config = quiet(read_config(), "error")
    problems: list[str] = []
    with TemporaryDirectory(prefix="casebot-check-") as scratch:
        try:
            with in_words(store_name(config)):
                app = App(config, sync_staff=False)
        except Failure as failure:  # the doors are tried all the same, on a store of their own
            problems.append(str(failure))
            app = App(_with_store(config, scratch))
        app.open_channels()
        problems += app.own_problems()
        checks = [*app.checks(), *(_live(app) if live else ())]
        problems += [check.text for check in checks if not check.ok]
        problems += reply_folder.of(config.desk.replies_folder, config.desk.language).check()
        advice = [] if problems else list(app.advice())
        if app.hold:
            advice.append(hold_watch.in_words(app.hold))
        app.close()
    for check in checks:
        if check.ok:
            say(f"✓ {check.text}")
    for problem in problems:
        say(f"✗ {problem}")
    if problems:
        if app.hold:
            say(f"· {hold_watch.in_words(app.hold)}")
        raise Failure("the config can be read, but not everything in it works (see above)")
    say(f"✓ config: {config.file or 'none, so the defaults'}\n✓ store: {store_name(config)}")
    for name, value in _places(config).items():
        if name not in ("store",):
            say(f"✓ {name.replace('_', ' ')}: {without_password(value)}")
    for hint in (*_hints(config), *advice):
        say(f"· {hint}")


def _live(app: App) -> Iterator[SelfCheck]:
    """Every view and message of every open channel, tried where it would be shown."""
    from bot.channel.capabilities import LiveChecking
    from bot.notices.catalogue import NOTICES
    from bot.template_check.lint import TemplateLint

    for name, channel in app.channels.items():
        if isinstance(channel, LiveChecking):
            markup = app.config.profiles[name].markup
            lint = TemplateLint(app.config.templates(), markups=[markup])
            rendered = (
                (kind.name, lint.words(kind, source.language, markup=markup))
                for kind in NOTICES.values()
                for source in lint.sources(kind)
            )
            yield from channel.live_checks(rendered)


def _hints(config: Config) -> list[str]:
    """Sentences about settings that work but are perhaps not intended."""
    hints = []
    if not config.staff:
        hints.append("no [[staff]]: nobody is told of new cases")
    hints += [
        f"mailbox {box.address}: authserv_id is not set, so mail that was relayed or fetched is held as unproven,"
        " unless a DKIM signature proves it"
        for box in config.mailboxes
        if not (box.authserv_id or box.microsoft_results)
    ]
    return hints


@click.command()
def migrate() -> None:
    """Bring the store to this version's form. Back it up first."""
    from store.engine.database import Database
    from store.schema import migrate as bring_up

    config = read_config()
    with in_words(store_name(config)), closing(Database(config.store.url)) as database:
        before, now = bring_up(database)
    if before == now:
        say(f"{store_name(config)} is up to date ({now}).")
    else:
        say(f"{store_name(config)}: brought from {before or 'nothing'} to {now}.")


def _with_store(config: Config, folder: str) -> Config:
    """The config with an empty store in that folder."""
    place = {"url": f"sqlite:///{folder}/check.db", "files": f"{folder}/files"}
    return replace(config, store=config.store.model_copy(update=place))


def raise_limit() -> None:
    """Raise the soft limit to the hard one; if the system refuses, it stays as it is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
