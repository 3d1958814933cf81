"""``casebot case redact``: words, a file or an entry of a case, taken out of every place they went."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from bot.cli.terminal.context import opened, quiet, read_config
from bot.cli.terminal.errors import FAILED, Failure
from bot.cli.terminal.output import say

if TYPE_CHECKING:
    from bot.app import App

TRIES = 20
"""How often the disk is looked after, while somebody else still reads the state of before."""


@click.command("redact")
@click.argument("number", metavar="N")
@click.argument("entry", metavar="[ENTRY]", default="")
@click.option(
    "--words", "only_words", is_flag=True, help="Only some words: asked for, or read from the standard input."
)
@click.option("--file", metavar="NAME", default="", help="Only the file of this name.")
@click.option("--reason", default="", help="Why; it stands in the case's history.")
@click.option("--as", "acting_as", metavar="MAIL", help="Act as this person, instead of the operator.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def redact(
    number: str, entry: str, *, only_words: bool, file: str, reason: str, acting_as: str | None, yes: bool
) -> None:
    """Take what was said there, and its files, out of the case for good.

    Out of entries, search, the mails that are kept, drafts and what waits to be sent; our own messages in Slack are
    written anew. ENTRY: e-k4q7x2; without it the messages of the case are listed, and nothing is done. With --words
    only these go, a line each; they are never taken from the command line, which shells keep. What was delivered is
    out of reach: it is said whom it has reached.
    """
    from bot.cli.terminal.request import case_number, identity_of, met, request_of
    from bot.commands.redaction import Redact

    if only_words and file:
        raise click.UsageError("--words or --file, not both. Nothing was done.")
    if not entry:
        _list(case_number(number))
        return
    words = _words() if only_words else ()
    wanted = Redact(case_number(number), entry.lower(), reason, words, file)
    if not yes and sys.stdin.isatty():
        what = (
            "these words"
            if only_words
            else f"the file {file}"
            if file
            else "all of this entry, with its files,"
        )
        click.confirm(f"Take {what} out of the case for good?", abort=True)
    asker = identity_of(acting_as)
    with opened(quiet(read_config())) as app:
        if acting_as is not None:
            met(app.desk, asker)
        (line,) = app.desk.handle(request_of(app.config, asker, wanted)).answered
        if line.outcome != "done":
            click.echo(f"Not done: {line.text}", err=True)
            click.get_current_context().exit(FAILED)
        say(line.text)
        _look_after_disk(app)


def _list(number: int) -> None:
    """The messages of a case, and how each is called."""
    from bot.cli.terminal.context import questions
    from bot.queries.case_detail import ShowCase
    from bot.syntax.case_numbers import label

    with questions() as at:
        view = at.ask(ShowCase(number))
    if view is None or not view.entries:
        raise Failure(f"there is nothing on {label(number)}, or no such case. Nothing was done.")
    for entry in view.entries:
        files = f"  ({', '.join(file.name for file in entry.files)})" if entry.files else ""
        say(f"{entry.name}  {entry.author}: {' '.join(entry.text.split())[:60]}{files}")
    say(f"\nNothing was done. Choose one, as: casebot case redact {number} {view.entries[-1].name}")


def _words() -> tuple[str, ...]:
    """The words, a phrase in each line."""
    if sys.stdin.isatty():
        typed = click.prompt("The words (they are not shown)", hide_input=True, err=True)
    else:
        typed = sys.stdin.read()
    words = tuple(line.strip() for line in typed.splitlines() if line.strip())
    if not words:
        raise click.UsageError(
            "There are no words: type them, or give them on the standard input, a line each."
        )
    return words


def _look_after_disk(app: App) -> None:
    """Overwrite what was freed, and delete the files; what cannot be done now, `casebot run` does."""
    import time

    for _ in range(TRIES):
        if app.disk.once():
            return
        time.sleep(0.25)
    say("Some of its bytes are still in use; `casebot run` deletes them within the hour.")
