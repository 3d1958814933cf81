"""``casebot broadcast``: the customers of many cases are told the same, after one confirmation."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from bot.cli.terminal.context import NUMBER, desk, json_option, questions
from bot.cli.terminal.errors import Failure
from bot.cli.terminal.output import cell, column, say, say_json, table, when
from bot.cli.terminal.pages import nothing, page, page_options, say_next
from bot.cli.terminal.request import identity_of, request_of

if TYPE_CHECKING:
    from bot.desk.desk import Desk
    from bot.model.identity import Identity
    from bot.model.request import Command
    from bot.queries.broadcasts import BroadcastPreview, BroadcastView

STATES = ("new", "open", "waiting")


@click.group()
def broadcast() -> None:
    """Tell the customers of many cases the same, as in an incident: send, list, show."""


@broadcast.command("send")
@click.argument("text")
@click.option(
    "--type", "types", multiple=True, help="Cases of this type; may be said again, as all of these."
)
@click.option("--account", "accounts", multiple=True, help="Cases of this account.")
@click.option("--id", "ids", multiple=True, help="Cases that name this number or ID.")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Cases in this state.")
@click.option("--case", "numbers", multiple=True, metavar="N", help="This case, besides all those.")
@click.option("--as", "acting_as", metavar="MAIL", help="In the name of this person, instead of the desk's.")
@click.option("--yes", is_flag=True, help="Send without asking.")
def send(
    text: str, *, numbers: tuple[str, ...], acting_as: str | None, yes: bool, **filters: tuple[str, ...]
) -> None:
    """Show who would read TEXT on the open cases that fit all that is asked for, and send it.

    TEXT (- for the standard input) may have the {{ placeholders }} of saved replies. Each case gets it in its own
    thread, from its own address, while `casebot run` is up. Whoever sent it is told when all have it.
    """
    from bot.commands.broadcast import PlanBroadcast, SendBroadcast
    from bot.queries.broadcasts import PlannedBy
    from bot.syntax.case_numbers import number

    parsed = tuple(n for written in numbers if (n := number(written)) is not None)
    if len(parsed) != len(numbers):
        raise click.BadParameter("that is no case number, as CS-000123 is", param_hint="--case")
    text = sys.stdin.read() if text == "-" else text
    asker = identity_of(acting_as)
    with desk() as at:
        _do(at, asker, PlanBroadcast(text, numbers=parsed, **filters))
        planned = at.ask(PlannedBy(at.config, asker.channel, asker.address))
        if planned is None:
            raise Failure("it was not kept; nothing was sent")
        _preview(planned)
        if yes or click.confirm("Send it?"):
            say(_do(at, asker, SendBroadcast(planned.id)))
        else:
            say("Nothing was sent.")


def _do(at: Desk, asker: Identity, command: Command) -> str:
    """What the desk answers; fails with its words if it refuses."""
    outcome = at.handle(replace(request_of(at.config, asker, command), words=("casebot broadcast",)))
    (answered,) = outcome.answered
    if answered.outcome != "done":
        raise Failure(answered.text)
    return answered.text


def _preview(planned: BroadcastPreview) -> None:
    few = ", ".join(planned.numbers[:20])
    more = f" and {len(planned.numbers) - 20:,} more" if len(planned.numbers) > 20 else ""
    say(f"Cases: {len(planned.numbers):,} ({few}{more})")
    say(f"People: {planned.people:,}")
    say(f"On {planned.numbers[0]} they read:\n")
    say("\n".join(f"  {line}" for line in planned.example.splitlines()))
    say()


@broadcast.command("list")
@page_options
@json_option
def list_broadcasts(limit: int, after: int | None, as_json: bool) -> None:
    """Those that were sent, newest first."""
    from bot.queries.broadcasts import ListBroadcasts

    with questions() as at:
        read = at.ask(ListBroadcasts(limit + 1, after))
    views, more = page(read, limit)
    if as_json:
        say_json(views)
    else:
        _say_broadcasts(views, none=nothing("No broadcasts yet.", after))
    if more:
        say_next(views[-1].id, as_json=as_json)


def _say_broadcasts(views: Sequence[BroadcastView], *, none: str) -> None:
    rows = (
        (str(view.id), cell(view.sent_at), view.author, str(len(view.lines)), _standing(view), view.text[:60])
        for view in views
    )
    table(("ID", column("SENT"), "BY", "CASES", "OUTCOME", "WORDS"), rows, nothing=none)


def _standing(view: BroadcastView) -> str:
    outcomes = [line.outcome for line in view.lines]
    return ", ".join(
        f"{outcomes.count(name):,} {name}" for name in ("waiting", "told", "failed") if name in outcomes
    )


@broadcast.command("show")
@click.argument("number", type=NUMBER, metavar="ID")
@json_option
def show(number: int, as_json: bool) -> None:
    """One broadcast: its words, and what became of it on each case."""
    from bot.queries.broadcasts import ShowBroadcast

    with questions() as at:
        view = at.ask(ShowBroadcast(number))
    if view is None:
        raise Failure(
            f"there is no broadcast {number} that was sent; `casebot broadcast list` has those there are"
        )
    if as_json:
        say_json(view)
        return
    say(f"{view.author}, {when(view.sent_at)}: {_standing(view)}\n")
    say("\n".join(f"  {line}" for line in view.text.splitlines()) + "\n")
    rows = ((line.case, line.outcome, str(line.people), line.why) for line in view.lines)
    table(("CASE", "OUTCOME", "PEOPLE", "WHY"), rows, nothing="")
