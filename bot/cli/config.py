"""``casebot config``: what is in force and where it comes from, and the reference of every key."""

from __future__ import annotations

import click

from bot.cli.init import example
from bot.cli.terminal.context import config_file, json_option, read_only_config
from bot.cli.terminal.output import clean, say, say_json


@click.group()
def config() -> None:
    """See the config: what is in force, and what could be set."""


@config.command("show")
@click.argument("beginning", default="", metavar="[KEY]")
@click.option("--changed", is_flag=True, help="Only what is not the default.")
@json_option
def show_config(beginning: str, changed: bool, as_json: bool) -> None:
    """Every key with its value, and where that comes from.

    KEY: only those that begin so, as desk or email.relay. Secrets are hidden; nothing is written.
    """
    from bot.channel.installed import sections
    from bot.config.origins import DEFAULT, settings, shown

    read_only_config()  # fails with all its mistakes
    rows = [
        setting
        for setting in settings(config_file(), sections())
        if setting.key.startswith(beginning) and not (changed and setting.origin == DEFAULT)
    ]
    if as_json:
        say_json(rows)
    elif not rows:
        say(f"No key begins with {beginning}." if beginning else "Everything has its default.")
    for row in () if as_json else rows:
        line = f"{row.key} = {shown(row.value)}"
        where = click.style(f"# {row.origin}", dim=True)
        click.echo(f"{clean(line)}  {where}")


@config.command("example")
def example_config() -> None:
    """Print the reference: every key, its default, and why one would change it."""
    click.echo(example(), nl=False)
