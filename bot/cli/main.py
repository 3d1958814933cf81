"""``casebot``: the command line; each command imports what it needs when it runs."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from bot.cli.terminal.grouped import GroupedCommands

SECTIONS = {
    "Begin": ("demo", "setup", "init", "config", "mail"),
    "Run it": ("check", "run", "inbox", "outbox", "explain"),
    "Work": ("case", "broadcast", "people", "report"),
    "Words": ("articles", "templates"),
    "Keep it": ("backup", "verify", "restore", "release", "migrate", "files", "retention"),
}
"""What the commands are for."""
MODULES = {
    "articles": ("articles",),
    "backup": ("backup", "restore", "verify", "release"),
    "broadcast": ("broadcast",),
    "case": ("case",),
    "config": ("config",),
    "demo": ("demo",),
    "explain": ("explain",),
    "files": ("files",),
    "inbox_outbox": ("inbox", "outbox"),
    "init": ("init",),
    "mail": ("mail",),
    "people": ("people",),
    "privacy.retention": ("retention",),
    "report": ("report",),
    "run": ("run", "check", "migrate"),
    "setup": ("setup",),
    "templates": ("templates",),
}
"""The modules of this package, and the commands in each: only that of the command that runs is imported."""


class CasebotGroup(GroupedCommands):
    """The commands of the house, and those that channels bring along."""

    def sections(self) -> Mapping[str, Sequence[str]]:
        """The house's own; a channel's command belongs to its beginning."""
        return {**SECTIONS, "Begin": (*SECTIONS["Begin"], *_of_channels())}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_own(), *_of_channels()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in (modules := _own()):
            command: click.Command = getattr(importlib.import_module(modules[cmd_name]), cmd_name)
            return command
        return super().get_command(ctx, cmd_name) or _of_channels().get(cmd_name)


def _own() -> dict[str, str]:
    return {name: f"bot.cli.{module}" for module, names in MODULES.items() for name in names}


def _of_channels() -> dict[str, click.Command]:
    from bot.channel.installed import Commanding, installed

    return {name: module.commands() for name, module in installed().items() if isinstance(module, Commanding)}


@click.group(
    cls=CasebotGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="casebot", prog_name="casebot")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="CASEBOT_CONFIG",
    help="The config file. Default: ./config.toml, if it is there.",
)
def casebot(config: Path | None) -> None:
    """The support bot that people on both sides of a support case are glad to meet.

    \b
    casebot demo                     see what it does, on this machine alone
    casebot setup                    set up a desk, question by question
    casebot init support@acme.com    or write config.toml yourself
    casebot run                      open the desk
    casebot case list                see what came
    """
    if os.environ.get("NO_COLOR"):  # https://no-color.org
        click.get_current_context().color = False
    os.umask(0o077)  # whatever is kept here is private: the store, files, secrets, mail on its way


@casebot.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> None:
    """Print the completion of commands and options for a shell.

    \b
    bash  eval "$(casebot completion bash)"     in ~/.bashrc
    zsh   eval "$(casebot completion zsh)"      in ~/.zshrc
    fish  casebot completion fish > ~/.config/fish/completions/casebot.fish
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind  # noqa: S101 - the choice has none but those that click knows
    click.echo(kind(casebot, {}, "casebot", "_CASEBOT_COMPLETE").source())


def main() -> None:
    """The entry point. Exit codes: 0 done, 1 refused or failed, 2 used wrongly, 78 mistakes in the config."""
    try:
        try:
            casebot.main(standalone_mode=True)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:  # `casebot case list | head`
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:  # `casebot case list > /mnt/full/cases`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python tries once more as it ends
        click.echo(f"Error: what was to be said could not be written: {error.strerror or error}.", err=True)
        sys.exit(1)
