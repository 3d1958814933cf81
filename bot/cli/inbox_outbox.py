"""``casebot inbox`` and ``casebot outbox``: what came in, what goes out, and retries."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bot.cli.inbox_import import import_inbox
from bot.cli.terminal.context import NUMBER, desk, json_option, questions
from bot.cli.terminal.errors import Failure
from bot.cli.terminal.output import cell, column, say, say_json, size, table
from bot.cli.terminal.pages import going_on_after, nothing, page, page_options, say_next

if TYPE_CHECKING:
    from bot.queries.lists import InboxLine, OutboxLine

_IDS = click.argument("ids", type=NUMBER, nargs=-1, metavar="[ID]…")


@click.group()
def inbox() -> None:
    """Messages that came in, also those that could not be read."""


inbox.add_command(import_inbox)


@inbox.command("list")
@page_options
@click.option("--state", type=click.Choice(("waiting", "done", "aside", "shunted")), help="Only these.")
@json_option
def list_inbox(limit: int, after: int | None, state: str | None, as_json: bool) -> None:
    """A line per message, newest first.

    “shunted”: could not be read, and waits for `requeue`; “aside”: asked nothing of us, or came in a flood.
    """
    from bot.queries.lists import ListInbox

    with questions() as at, going_on_after(f"message {after}"):
        read = at.ask(ListInbox(outcome=state or "", limit=limit + 1, after=after))
    lines, more = page(read, limit)
    if as_json:
        say_json(lines)
    else:
        _say_inbox(lines, nothing=nothing(_none(state, "Nothing came in yet."), after))
    if more:
        say_next(lines[-1].id, as_json=as_json)


def _none(state: str | None, at_all: str) -> str:
    return at_all if state is None else f"Nothing is {state}."


def _say_inbox(lines: Sequence[InboxLine], *, nothing: str) -> None:
    titles = ("ID", column("CAME"), "FROM", "SIZE", "STATE", "CASE", "TRIES", "WHY")
    rows = (
        (
            str(line.id),
            cell(line.received_at),
            "unknown" if line.sender is None else line.sender or "<>",
            size(line.size),
            line.outcome,
            line.case,
            str(line.attempts),
            line.reason,
        )
        for line in lines
    )
    table(titles, rows, nothing=nothing)


@inbox.command("show")
@click.argument("id", type=NUMBER)
@click.option("--raw", is_flag=True, help="Only the bytes, as they came.")
@json_option
def show_inbox(id: int, raw: bool, as_json: bool) -> None:
    """One message: what the door knew of it, and its source."""
    from bot.queries.lists import ShowInbox

    with questions() as at:
        view = at.ask(ShowInbox(id))
        if view is None:
            raise Failure(
                f"there is no message {id} in the inbox; `casebot inbox list` shows those there are"
            )
        data = view.raw if view.raw is not None else at.config.store.opened_files().read(view.file or "")
    if raw:
        sys.stdout.buffer.write(data)
    elif as_json:
        say_json({**_plain(view.line), "envelope": view.envelope, "raw": data})
    else:
        for name, value in {**_plain(view.line), **view.envelope}.items():
            if value not in ("", None, []):
                shown = ", ".join(map(str, value)) if isinstance(value, list) else value
                say(f"{name:<12} {shown}")
        source = data.decode("utf-8", "replace").replace("\r\n", "\n")
        say("\n" + (source or "Its bytes are gone: they were taken out, or kept no longer than was decided."))


def _plain(line: object) -> dict[str, object]:
    from dataclasses import asdict

    return asdict(line)  # type: ignore[call-overload, no-any-return]


@inbox.command()
@_IDS
@click.option("--all", "every", is_flag=True, help="All that are shunted.")
@click.option("--reason", help="Only those whose reason (WHY) begins so, also if they were only set aside.")
def requeue(ids: tuple[int, ...], every: bool, reason: str | None) -> None:
    """Let messages that were shunted or set aside be read again, with a clean slate.

    Mail that was set aside in a flood opens its case then: `--reason "more than 5 unproven"` takes it all.
    """
    _check_choice(ids, every, reason)
    with desk() as at:
        count = at.requeue(ids or None, reason=reason)
    _say_count(
        count,
        "message waits",
        "messages wait",
        "to be read again: at once where `casebot run` is up, else when it starts",
    )


@click.group()
def outbox() -> None:
    """Mail that goes out: waiting, sent, or given up."""


@outbox.command("list")
@page_options
@click.option(
    "--state",
    type=click.Choice(
        ("waiting", "gathering", "sent", "gathered", "dead", "delayed", "failed", "complained")
    ),
    help="Only these; gathering: waits to be told with others; gathered: was told in another's mail.",
)
@json_option
def list_outbox(limit: int, after: int | None, state: str | None, as_json: bool) -> None:
    """A line per delivery, newest first."""
    from bot.queries.lists import ListOutbox

    with questions() as at, going_on_after(f"delivery {after}"):
        read = at.ask(ListOutbox(outcome=state or "", limit=limit + 1, after=after))
    lines, more = page(read, limit)
    if as_json:
        say_json(lines)
    else:
        _say_outbox(lines, nothing=nothing(_none(state, "Nothing was written yet."), after))
    if more:
        say_next(lines[-1].id, as_json=as_json)


def _say_outbox(lines: Sequence[OutboxLine], *, nothing: str) -> None:
    titles = ("ID", column("WRITTEN"), "NOTICE", "TO", "CASE", "STATE", "TRIES", "NEXT", "WHY")
    rows = (
        (
            str(line.id),
            cell(line.created_at),
            line.notice,
            line.recipient,
            line.case,
            line.outcome,
            str(line.attempts),
            cell(line.due_at) if line.outcome in ("waiting", "gathering") else "",
            line.reason,
        )
        for line in lines
    )
    table(titles, rows, nothing=nothing)


@outbox.command()
@_IDS
@click.option("--all", "every", is_flag=True, help="All that were not sent.")
def retry(ids: tuple[int, ...], every: bool) -> None:
    """Try deliveries again now: those that wait, and those that were given up."""
    _check_choice(ids, every, None)
    with desk() as at:
        count = at.retry(ids or None)
    _say_count(
        count,
        "delivery is",
        "deliveries are",
        "tried again: at once where `casebot run` is up, else when it starts",
    )


def _check_choice(ids: tuple[int, ...], every: bool, reason: str | None) -> None:
    if not ids and not every and reason is None:
        raise click.UsageError("Which? Give their IDs, or --all.")
    if ids and every:
        raise click.UsageError("IDs or --all, not both.")


def _say_count(count: int, singular: str, plural: str, what: str) -> None:
    if count == 0:
        raise Failure("none of these can be tried again: they do not exist, or are done already")
    say(f"{count} {singular if count == 1 else plural} {what}.")
