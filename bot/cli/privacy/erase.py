"""``casebot people erase``: what is held of one person is taken out, for good."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from bot.cli.terminal.context import json_option, opened, quiet, read_config
from bot.cli.terminal.errors import Failure
from bot.cli.terminal.output import say, say_json
from bot.cli.terminal.request import request_of

if TYPE_CHECKING:
    from bot.app import App
    from bot.privacy.erase import Eraser
    from bot.privacy.plan import PlannedErasure
    from store.tombstone import Tombstone

_LARGE = (
    "What was deleted is overwritten. The database's file is large and was not written anew: what an older casebot"
    " deleted may stand in it. The same command with --rewrite does that, at a quiet hour: writes wait meanwhile."
)
_WROTE_AGAIN = (
    "This person wrote again{}. Earlier data is erased; the new message is kept. Read it, then run the command"
    " again."
)
FEW = 12
"""Numbers of cases that are named in a row."""


@click.command("erase")
@click.argument("address")
@click.option("--dry-run", is_flag=True, help="Say what would go and what stays, and change nothing.")
@click.option("--close", is_flag=True, help="Close their open cases first; nobody is told.")
@click.option(
    "--reason", default="", metavar="WORDS", help="Kept in the history of their cases: “asked for on 3 May”."
)
@click.option(
    "--rewrite", is_flag=True, help="Write a large SQLite file anew, too; writes of others wait meanwhile."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def erase(
    address: str, *, dry_run: bool, close: bool, reason: str, rewrite: bool, yes: bool, as_json: bool
) -> None:
    """Erase a person: name, addresses, words, files, mails. ADDRESS: as `people list` has it.

    Numbers, states and dates of cases stay, for the report, and what others wrote. The desk may be running. If it is
    stopped on the way, give the same command again: it goes on. A tombstone, which names nobody, is kept in
    [store] state_folder, so that a backup brought back is without them, too.
    """
    from bot.privacy.plan import PlanErasure

    with opened(quiet(read_config())) as app:
        plan = app.desk.ask(PlanErasure(address.strip()))
        if plan is None:
            _finish(app, address.strip(), dry_run=dry_run, rewrite=rewrite)
            return
        _refuse_staff(plan)
        if as_json and dry_run:
            say_json({**_facts(plan), "dry_run": True})
            return
        if not as_json:
            for line in _lines(plan):
                say(line)
        if dry_run:
            say("\nNothing was changed.")
            return
        _refuse_open(plan, close=close)
        _confirm(plan, yes=yes)
        whole = _do(app, plan, reason, rewrite=rewrite)
        if as_json:
            say_json({**_facts(plan), "erased": True})
        else:
            _say_done(app, whole=whole)


def _refuse_staff(plan: PlannedErasure) -> None:
    if plan.of_the_desk:
        raise Failure(
            f"{plan.name} works at the desk. Nothing was changed. Take them out of [[staff]] and start `casebot run`"
            " anew (their cases go back into the queue); then they can be erased."
        )


def _refuse_open(plan: PlannedErasure, *, close: bool) -> None:
    if plan.open and not close:
        raise Failure(
            f"{_named(plan.open)} {'is' if len(plan.open) == 1 else 'are'} not closed, and whoever is erased can be"
            " neither asked nor answered. Nothing was changed. Close first, or give --close, which tells nobody."
        )
    if plan.busy:
        raise Failure(
            f"something is still on its way on {_named(plan.busy)}. Nothing was changed. Try again in a minute;"
            " `casebot outbox list --state waiting` shows what waits."
        )


def _confirm(plan: PlannedErasure, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Failure("nothing was changed: give --yes to erase without being asked.")
    click.confirm("\nErase this for good?", abort=True)


def _close(app: App, plan: PlannedErasure) -> None:
    from bot.commands.case import Close
    from bot.model.identity import OPERATOR

    for number in plan.open_cases:
        app.desk.handle(replace(request_of(app.config, OPERATOR, Close(number, "no_longer")), quiet=True))


def _do(app: App, plan: PlannedErasure, reason: str, *, rewrite: bool) -> bool:
    from bot.privacy.erase import WroteAgain
    from bot.syntax.case_numbers import label

    eraser = _eraser(app, len(plan.cases) + len(plan.named_on))
    stone = _begun(eraser, plan)
    _close(app, plan)
    eraser.erase_words(plan.who, reason=reason)
    _show_anew(app, plan)
    try:
        eraser.erase_person(plan.who)
    except WroteAgain as again:
        raise Failure(_WROTE_AGAIN.format(f": {label(again.number)}")) from None
    _show_anew(app, plan)  # a card that was shown in between had their name still
    return _finished(app, eraser, stone, plan.who.addresses, rewrite=rewrite)


def _begun(eraser: Eraser, plan: PlannedErasure) -> Tombstone:
    from bot.privacy.tombstone_file import BadTombstones

    try:
        return eraser.begin(plan.who)
    except BadTombstones as error:
        raise Failure(
            f"{error}. Nothing was changed. Put the right file in its place, or move this one away if it is none of"
            " this desk's; then try again."
        ) from None


def _finished(
    app: App, eraser: Eraser, stone: Tombstone, addresses: tuple[tuple[str, str], ...], *, rewrite: bool
) -> bool:
    """End the erasure, and return whether the database's own file was rewritten, too.

    Raise ``Failure`` if the person wrote again. ``addresses``: known addresses of the person.
    """
    from store.erasure.disk import BytesLeft, is_large

    whole = rewrite or not is_large(app.database)
    try:
        eraser.finish(stone.id, rewrite=whole)
    except BytesLeft:
        raise Failure(
            "they are erased; but others used the database all the while, so that its file still has old bytes. Give"
            " the same command again when there is less to do: it does only that."
        ) from None
    if eraser.wrote_again(stone, addresses):
        raise Failure(_WROTE_AGAIN.format(""))
    return whole


def _eraser(app: App, cases: int) -> Eraser:
    from bot.policy.address_marks import marks_of
    from bot.privacy.erase import Eraser
    from bot.privacy.tombstone_file import file_of

    def report(done: int) -> None:
        if sys.stderr.isatty() and cases > FEW:
            click.echo(f"\r{done} of {cases} cases", err=True, nl=done == cases)

    return Eraser(
        app.database, app.files, app.writer, marks=marks_of(app.config), file=file_of(app.config), now=app.now,
        report=report,
    )  # fmt: skip


def _show_anew(app: App, plan: PlannedErasure) -> None:
    """Have cards and messages in chats written anew, without what is gone."""
    from bot.commands.house import ShowAnew
    from bot.model.identity import CLOCK
    from bot.syntax.case_numbers import number

    for named in (*(case.number for case in plan.cases), *plan.named_on):
        asked = request_of(app.config, CLOCK, ShowAnew(number(named) or 0))
        app.desk.handle(replace(asked, source="clock", mailbox=""))


def _finish(app: App, address: str, *, dry_run: bool, rewrite: bool) -> None:
    """Nobody has this address: end the erasure that was begun for it, if there is one."""
    from bot.model.mail_address import channel_and_address
    from bot.policy.address_marks import marks_of
    from store import tombstone

    identity = channel_and_address(address.lower())
    marks = marks_of(app.config).of(*identity)
    with app.database.reading() as tx:
        stone = tombstone.unfinished(tx, marks)
    if stone is None:
        raise Failure(
            f"nobody has the address {address}; `casebot people list` shows who is known. Nothing was changed."
        )
    if dry_run:
        say(
            "They are erased already; what is left are files and old bytes of the database. Nothing was changed."
        )
        return
    if _finished(app, _eraser(app, 0), stone, (identity,), rewrite=rewrite):
        say("They were erased before; now the files and the old bytes of the database are gone, too.")
    else:
        say(f"They were erased before. {_LARGE}")


def _lines(plan: PlannedErasure) -> Iterator[str]:
    yield f"{plan.name or plan.addresses[0]} ({', '.join(plan.addresses)})"
    yield "\nThis goes:"
    yield "  name, addresses, language, account" + (", telephone numbers" if plan.held.phones else "")
    for case in plan.cases:
        what = f"{_counted(case.entries, 'message')}, {_counted(case.files, 'file')}"
        if case.alone:
            yield f"  {case.number}  all that was said on it by both sides ({what}), subject, ids, history's details"
        else:
            yield f"  {case.number}  what they said ({what}); their name, addresses and numbers in what others wrote"
    if plan.named_on:
        yield f"  where they are named: {_named(plan.named_on)}"
    yield "  mails as they came, mails as they were sent, drafts, the search index, comments, reasons"
    if plan.held.snippets:
        yield f"  {_counted(plan.held.snippets, 'saved reply', 'saved replies')} of their own"
    yield "\nThis stays:"
    yield "  numbers, states, dates, priorities and ratings of cases, under no name: the report counts them"
    if any(not case.alone for case in plan.cases):
        yield "  what others wrote, and their files: that is theirs"
    if plan.held.blocked:
        yield "  that the address is blocked, as a hash: else erasing would open the desk to it again"
    yield "  a tombstone: numbers and hashes, so that a restored backup is erased again"
    yield "\nOut of casebot's reach:"
    yield "  mail that was delivered, messages in chats, backups as long as you keep them, logs of other programs"
    if plan.open:
        yield f"\nNot closed yet: {_named(plan.open)}"


def _say_done(app: App, *, whole: bool) -> None:
    from bot.privacy.tombstone_file import file_of

    say(f"\nErased. Keep {file_of(app.config)} with your backups: `casebot restore` erases again by it.")
    if not whole:
        say(_LARGE)
    if not app.database.sqlite:
        say(
            "PostgreSQL: all tables were vacuumed. What its write-ahead log, its archives and replicas keep goes when"
            " they do."
        )


def _facts(plan: PlannedErasure) -> dict[str, object]:
    return {
        "name": plan.name, "addresses": plan.addresses, "cases": plan.cases, "named_on": plan.named_on,
        "open": plan.open, "busy": plan.busy, "held": plan.held,
    }  # fmt: skip


def _named(numbers: tuple[str, ...]) -> str:
    more = f" and {len(numbers) - FEW} more" if len(numbers) > FEW else ""
    return ", ".join(numbers[:FEW]) + more


def _counted(count: int, what: str, plural: str = "") -> str:
    return f"{count} {what if count == 1 else plural or f'{what}s'}"
