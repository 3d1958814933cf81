"""``casebot run``, ``check`` and ``migrate``: the house itself."""

from __future__ import annotations

import resource
import sys
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from bot.cli.terminal.context import (
    command_line,
    config_file,
    json_option,
    log_secret,
    quiet,
    read_config,
    store_name,
    without_password,
)
from bot.cli.terminal.errors import FAILED, Failure, Mistaken, in_words
from bot.cli.terminal.output import clean, say, say_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.app import App
    from bot.channel.capabilities import SelfCheck
    from bot.channel.roles import Roles
    from bot.config.load import Config


def _roles(_context: click.Context, _option: click.Parameter, only: str) -> Roles:
    """The roles that ``--only`` names, separated by commas; all if it is not given."""
    from bot.channel.installed import all_roles
    from bot.channel.roles import Roles

    if not only:
        return Roles()
    names = [name.strip() for name in only.split(",") if name.strip()]
    roles = all_roles()
    if wrong := [name for name in names if name not in roles]:
        raise click.BadParameter(f"{', '.join(wrong)}: there are {', '.join(roles)}.")
    return Roles(names)


@click.command()
@click.option(
    "--only",
    metavar="ROLES",
    default="",
    callback=_roles,
    help="Take on a part of the work alone, while other processes on the same store do the rest: one or more of"
    " smtp, imap, slack, web, desk, couriers, separated by commas.",
)
def run(only: Roles) -> None:
    """Open the desk, and work until SIGTERM or Ctrl-C.

    Without a config file it works on the defaults. A terminal is told where things are and what to do next; where its
    output goes elsewhere, that is in the log.
    """
    from bot.app import App
    from bot.channel.memory_budget import give_back_at_once
    from bot.runtime.logs import set_up
    from store import schema

    config = read_config()
    set_up(config.log, secret=log_secret(config))
    raise_limit()
    give_back_at_once()
    terminal = sys.stdout.isatty()
    if not terminal:
        _say_where(config, only)
    with in_words(store_name(config)):
        schema.create(config.store.url)
        app = App(config, roles=only)
        code = app.run(opened=partial(_greet, app, click.get_current_context()) if terminal else None)
    click.get_current_context().exit(code)


def _say_where(config: Config, roles: Roles) -> None:
    import structlog

    log = structlog.get_logger("house")
    if config.file is None and config_file() is None:
        log.info("no config.toml here: running on the defaults (`casebot setup` writes one)")
    log.info("opening the desk", config=str(config.file or "defaults"), roles=str(roles), **_places(config))


def _greet(app: App, context: click.Context) -> None:
    """Say on a terminal where everything is, and what to do next; in a thread of its own."""
    with context.scope(cleanup=False):
        _say_welcome(app)


def _say_welcome(app: App) -> None:
    from bot.channel.capabilities import Greeting

    config, command = app.config, command_line()
    address = config.mailboxes[0].address
    click.echo(f"\n{click.style('The desk is open', bold=True)}: {clean(config.desk.name)}, {address}\n")
    welcomes = [
        door.greeting()
        for name, door in app.doors.items()
        if app.attends(name) and isinstance(door, Greeting)
    ]
    rows = [(name, place) for welcome in welcomes for name, place in welcome.places]
    rows.append(("Cases are kept in", store_name(config)))
    room = max(len(name) for name, _ in rows)
    for name, place in rows:
        click.echo(f"  {name:<{room}}  {clean(place)}")
    customer = f"you@{address.rpartition('@')[2]}"
    first = [
        f'{command} case new "Hello" --as {customer}',
        *(line for welcome in welcomes for line in welcome.tries),
    ]
    click.echo("\nTry it from another terminal:")
    for line in first:
        click.echo(f"  {click.style(line, bold=True)}")
    click.echo(f"  {click.style(f'{command} case list', bold=True)}\n")
    if config.file is None:
        click.echo(
            "There is no config.toml, so everything has its default: `casebot setup` asks for yours, and writes one."
        )
    elif not config.staff:
        click.echo("Nobody is told of new cases yet: name your people in [[staff]] of the config.")
    click.echo("Ctrl-C closes the desk; everything is kept.\n")


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
@json_option
def check(live: bool, as_json: bool) -> None:
    """Try the config and every connection.

    Whatever is wrong is named at once, and so is what works.

    Exit code 0: all is well, 1: something does not answer, 78: the config has mistakes.
    """
    raise_limit()
    try:
        findings = _findings(quiet(read_config(), "error"), live=live)
    except Mistaken as error:
        if not as_json:
            raise
        say_json(Findings((), error.mistakes, ()))
        click.get_current_context().exit(error.exit_code)
    if as_json:
        say_json(findings)
        click.get_current_context().exit(FAILED if findings.problems else 0)
    for sign, color, lines in (
        ("✓", "green", findings.works),
        ("✗", "red", findings.problems),
        ("·", "yellow", findings.hints),
    ):
        for line in lines:
            click.echo(f"{click.style(sign, fg=color)} {clean(line)}")
    if findings.problems:
        raise Failure("the config can be read, but not everything in it works (see above)")


@dataclass(frozen=True, slots=True)
class Findings:
    """What ``check`` has found, in sentences."""

    works: tuple[str, ...]
    problems: tuple[str, ...]
    hints: tuple[str, ...]


def _findings(config: Config, *, live: bool) -> Findings:
    from bot.app import App
    from bot.config import state_files
    from bot.replies import folder as reply_folder
    from bot.workers.hold_watch import sentence

    problems: list[str] = []
    with TemporaryDirectory(prefix="casebot-check-") as scratch:
        try:
            with in_words(store_name(config)):
                app = App(config, sync_staff=False)
        except Failure as failure:  # the doors are tried all the same, on a store of their own
            problems.append(str(failure))
            app = App(_with_store(config, scratch))
        app.open_channels()
        problems += [*app.own_problems(), *state_files.problems(config)]
        checks = [*app.checks(), *(_live(app) if live else ())]
        problems += [check.text for check in checks if not check.ok]
        problems += reply_folder.of(config.desk.replies_folder, config.desk.language).check()
        advice = [] if problems else list(app.advice())
        if app.hold:
            advice.append(sentence(app.hold))
        app.close()
    works = [check.text for check in checks if check.ok]
    if problems:
        return Findings(tuple(works), tuple(problems), tuple(advice))
    works += [f"config: {config.file or 'none, so the defaults'}", f"store: {store_name(config)}"]
    works += [f"state files: {state_files.state_folder(config)}", f"kept for a while: {_kept(config)}"]
    places = ((name, value) for name, value in _places(config).items() if name != "store")
    works += [f"{name.replace('_', ' ')}: {without_password(value)}" for name, value in places]
    return Findings(tuple(works), (), (*_hints(config), *state_files.hints(config), *advice))


def _kept(config: Config) -> str:
    """How long what is kept is kept."""
    lives = [f"{name.replace('_', ' ')} {life}" for name, life in config.retention if life]
    if not lives:
        return "nothing is set in [retention]: all of it for ever"
    return f"{', '.join(lives)}; the rest for ever"


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
                (kind.name, lint.words(kind, language, markup=markup))
                for kind in NOTICES.values()
                for language in lint.languages()
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
