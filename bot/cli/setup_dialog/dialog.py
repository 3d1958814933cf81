"""Questions at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from shutil import get_terminal_size
from textwrap import fill

import click
from pydantic import BaseModel, ValidationError

from bot.cli.terminal.output import clean, say

NONE = "none"
"""What is typed for nothing."""


class TerminalDialog:
    """A ``bot.channel.setup.Dialog`` on the terminal, or on a pipe that answers line by line."""

    def say(self, text: str = "") -> None:
        """As in ``Dialog``; long lines are wrapped, links are not."""
        width = min(get_terminal_size().columns, 100)
        for line in text.splitlines() or [""]:
            say(fill(line, width, break_long_words=False, break_on_hyphens=False))

    def ask(
        self,
        question: str,
        default: str = "",
        *,
        check: Callable[[str], str] = str,
        optional: bool = False,
        secret: bool = False,
    ) -> str:
        """As in ``Dialog``."""
        proposed = default or (NONE if optional else "")
        while True:
            answer = str(
                click.prompt(
                    clean(question),
                    default=proposed,
                    show_default=bool(proposed) and not secret,
                    hide_input=secret,
                    prompt_suffix=" " if question.endswith("?") and not proposed else ": ",
                )
            ).strip()
            if optional and answer.lower() == NONE:
                return ""
            try:
                if not answer:
                    raise ValueError("an answer is needed here (Ctrl-C leaves; what was decided is kept)")
                return check(answer)
            except ValueError as error:
                click.secho(f"  {clean(str(error))}", fg="red")

    def choose(self, question: str, choices: Mapping[str, str], default: str) -> str:
        """As in ``Dialog``: by number or by key."""
        keys = list(choices)
        click.echo(clean(question))
        for number, words in enumerate(choices.values(), 1):
            click.echo(f"  {number}  {clean(words)}")

        def chosen(answer: str) -> str:
            if answer.isdigit() and 1 <= int(answer) <= len(keys):
                return keys[int(answer) - 1]
            key = _nearest(answer, choices)
            if key is None:
                raise ValueError(f"a number from 1 to {len(keys)}, please")
            return key

        return self.ask("Which one", str(keys.index(default) + 1), check=chosen)

    def confirm(self, question: str, *, default: bool = True) -> bool:
        """As in ``Dialog``."""
        return click.confirm(clean(question), default=default)


def _nearest(answer: str, choices: Mapping[str, str]) -> str | None:
    """The choice whose key, or whose words, are like the answer or are the only ones to begin with it."""
    names = {name.casefold(): key for key, words in choices.items() for name in (words, key)}
    typed = answer.casefold()
    near = get_close_matches(typed, names, 1, 0.7)
    keys = {names[near[0]]} if near else {key for name, key in names.items() if name.startswith(typed)}
    return keys.pop() if len(keys) == 1 else None


def valid(section: type[BaseModel], key: str, *, several: bool = False) -> Callable[[str], str]:
    """A check for ``Dialog.ask``: what a key of a section takes; ``several``: a list, with
    commas."""

    def check(answer: str) -> str:
        try:
            section.model_validate({key: answer.split(",") if several else answer})
        except ValidationError as error:
            mine = [each["msg"] for each in error.errors() if each["loc"][:1] == (key,)]
            if mine:
                raise ValueError(f"it {mine[0].removeprefix('Value error, ')}") from None
        return answer

    return check
