"""``casebot inbox import``: old mail from an mbox file or a Maildir."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.terminal.context import opened, quiet, read_config
from bot.cli.terminal.errors import Failure
from bot.cli.terminal.output import say

if TYPE_CHECKING:
    from bot.app import App
    from bot.channel.archive import Archive
    from bot.inbound.archive_import import ArchiveImportCounts, Import

KINDS = ("mbox", "maildir")
STOPPED = 130
"""The exit code after Ctrl-C."""


@click.command("import")
@click.argument("what", nargs=-1, required=True, metavar="[mbox|maildir] PATH")
@click.option("--mailbox", default="", help="The desk's address whose mail it is, if there are several.")
@click.option(
    "--answer/--quiet",
    default=False,
    help="Answer old mail and tell the staff of it, as if it came now. Default: what is older than a day is quiet.",
)
def import_inbox(what: tuple[str, ...], mailbox: str, answer: bool) -> None:
    """Take in the mail of an mbox file or a Maildir folder.

    Each message is kept as if it had come by a door, and the running casebot makes cases of them. What is in the
    inbox already is passed over, so an import that was interrupted is simply begun again. The archive itself is
    only read.
    """
    kind, path = _asked(what)
    config = quiet(read_config())
    addresses = [box.address for box in config.mailboxes]
    if mailbox and mailbox.lower() not in addresses:
        raise Failure(
            f"{mailbox} is no mailbox of this desk; it has {', '.join(addresses)}. Nothing was done."
        )
    with opened(config) as app:
        source, archive = _opened(app, path, kind, mailbox.lower())
        run = _import(app, source, archive, answer=answer)
        with _interruptible(run):
            tally = _with_a_bar(run, archive, path)
    _tell(tally, path)
    if tally.stopped:
        click.get_current_context().exit(STOPPED if run.stop.is_set() else 1)


def _asked(what: tuple[str, ...]) -> tuple[str, Path]:
    """The kind, or ``""``, and the path."""
    if len(what) == 1:
        return "", Path(what[0])
    if len(what) > 2 or what[0] not in KINDS:
        raise click.UsageError("One PATH, and before it mbox or maildir, if you like.")
    return what[0], Path(what[1])


def _opened(app: App, path: Path, kind: str, mailbox: str) -> tuple[str, Archive]:
    """The first channel that can read such archives, and the archive."""
    from bot.channel.archive import Archivist, NoArchive

    for name, channel in app.channels.items():
        if isinstance(channel, Archivist):
            try:
                return name, channel.archive(path, kind, mailbox=mailbox)
            except NoArchive as error:
                raise Failure(f"{error}. Nothing was done.") from None
    raise Failure("no channel is open that could read it. Nothing was done.")


def _import(app: App, source: str, archive: Archive, *, answer: bool) -> Import:
    from bot.inbound.archive_import import COUNTED, Import, InboxBacklog

    return Import(
        archive,
        source,
        keep=app.acceptance.keep,
        remember=app.remember,
        waiting=lambda: int(app.desk.ask(InboxBacklog(COUNTED))),
        answer=answer,
    )


@contextmanager
def _interruptible(run: Import) -> Iterator[None]:
    """Make Ctrl-C and SIGTERM end the import after what is in progress; a second one ends it at once."""

    def stop(number: int, frame: object) -> None:
        run.stop.set()
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _with_a_bar(run: Import, archive: Archive, path: Path) -> ArchiveImportCounts:
    """Import with a progress bar on a terminal; elsewhere it is silent."""
    step = max(archive.total // 500, 1)
    label = f"Importing {path.name}"
    with click.progressbar(
        length=archive.total,
        label=label,
        file=sys.stderr,
        update_min_steps=step,
        hidden=not sys.stderr.isatty(),
    ) as bar:
        return run.run(lambda done: bar.update(max(done - bar.pos, 0)))


def _tell(tally: ArchiveImportCounts, path: Path) -> None:
    if tally.before:
        say(f"{_count(tally.before)} passed over: an interrupted import had come so far.")
    quiet = f", {tally.quiet:,} of them old, so that nobody is told of them" if tally.quiet else ""
    say(f"{_count(tally.kept)} kept{quiet}.")
    if tally.duplicates:
        say(f"{_count(tally.duplicates)} in the inbox already.")
    for why, count in tally.refused.most_common():
        say(f"{_count(count)} refused: {why}.")
    for place, why in tally.places:
        say(f"  {place}: {why}")
    if tally.refused.total() > len(tally.places):
        say(f"  and {tally.refused.total() - len(tally.places):,} more")
    if tally.stopped:
        say(f"Not all of it: {tally.stopped}. Give the same command again to go on with {path}.")
    elif tally.kept:
        say("The running casebot makes cases of them; `casebot inbox list` shows how far it is.")


def _count(number: int) -> str:
    return "1 message" if number == 1 else f"{number:,} messages"
