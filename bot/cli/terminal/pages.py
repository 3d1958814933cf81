"""Lists page by page: how many lines are shown, after which one, and the command that shows the next."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from bot.cli.terminal.context import NUMBER, command_line, limit_option
from bot.cli.terminal.errors import Failure
from bot.cli.terminal.language import _

T = TypeVar("T")


def page_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options ``--limit N`` and ``--after ID``."""
    return limit_option(after_option(NUMBER, "ID")(command))


def after_option(kind: Any, named: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option ``--after``, by what a line is named."""
    return click.option(
        "--after", type=kind, metavar=named, help="Only what comes after this line: the next page."
    )


@contextmanager
def going_on_after(name: object) -> Iterator[None]:
    """Say in words that there is no line ``name`` after which a list could go on."""
    from store.engine.keyset import UnknownRow

    try:
        yield
    except UnknownRow:
        raise Failure(f"there is no {name} after which the list could go on") from None


def page(lines: Sequence[T], limit: int) -> tuple[Sequence[T], bool]:
    """The lines that are shown of those read, which are one more if there are more; and whether there are."""
    return lines[:limit], len(lines) > limit


def nothing(at_all: str, after: object) -> str:
    """What is said of an empty list: ``at_all``, or that nothing comes after a line."""
    return at_all if after is None else _("Nothing comes after it.")


def say_next(last: object, *, as_json: bool) -> None:
    """Say which command shows what comes after the line ``last``; beside JSON on the error stream."""
    click.echo(_("More: {command}", command=_again(str(last))), err=as_json)


def _again(after: str) -> str:
    """This command as it was typed, for what comes after a line."""
    context = click.get_current_context()
    words = [command_line(), *context.command_path.split()[1:]]
    for option in context.command.params:
        name = option.name or ""
        if name == "after" or context.get_parameter_source(name) != ParameterSource.COMMANDLINE:
            continue
        value = context.params[name]
        words += [option.opts[-1]] if value is True else [option.opts[-1], shlex.quote(str(value))]
    return " ".join([*words, "--after", after])
