"""``casebot files``: where attachments and large mails lie."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.terminal.context import json_option, quiet, read_only_config, store_name
from bot.cli.terminal.errors import Failure, working
from bot.cli.terminal.output import say, say_json, size

if TYPE_CHECKING:
    from bot.config.load import Config
    from store.backup.file_copy import FileCopies

MOST_NAMED = 5


@click.group()
def files() -> None:
    """See to attachments and large mails, which [store] files keeps."""


@files.command("copy")
@click.argument("place", metavar="FROM")
@json_option
def copied(place: str, as_json: bool) -> None:
    """Copy the files of another place into the one that [store] files names now.

    FROM is a folder, or s3://bucket/prefix: so a desk goes to an object store, or comes back from it. Stop every
    casebot run of this desk before: what comes in or is erased meanwhile would be missed. What is there already is
    passed over, so a copy that was interrupted is simply begun again. FROM itself is only read.
    """
    config = quiet(read_only_config())
    _look_at(place, config)
    with working(store_name(config)):
        copies = _with_a_bar(config, place)
    if as_json:
        say_json({"from": place, "to": config.store.files, "ok": copies.whole, "files": copies})
    else:
        done = f"{_count(copies.copied)} copied, {size(copies.octets)}"
        say(f"{config.store.files}: {done}; {copies.there:,} were there before.")
    if not copies.whole:
        raise Failure(_why(copies, place))
    if not as_json:
        say(
            f"All that the store names is there; `casebot verify` reads it once more. Nothing of {place} was deleted."
        )


def _look_at(place: str, config: Config) -> None:
    """Raise ``Failure`` for a place that files cannot be copied from."""
    remote = "://" in place
    if place == config.store.files or (
        not remote and Path(place).absolute() == Path(config.store.files).absolute()
    ):
        raise Failure(f"{place} is where [store] files are already. Name the place where they were before.")
    if remote and not place.startswith("s3://"):
        raise Failure(f"{place} is neither a folder nor s3://bucket/prefix. Nothing was copied.")
    if not remote and not Path(place).is_dir():
        raise Failure(f"there is no folder {place}. Nothing was copied.")


def _with_a_bar(config: Config, place: str) -> FileCopies:
    """Copy with a progress bar on a terminal; elsewhere it is silent."""
    from store.backup import file_copy

    url, store = config.store.url, config.store
    with click.progressbar(
        length=file_copy.count(url), label="Copying files", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        return file_copy.copy(
            url,
            store.opened_files(place),
            store.opened_files(),
            counted=lambda so_far: bar.update(so_far.all - bar.pos),
        )


def _why(copies: FileCopies, place: str) -> str:
    """What could not be copied, and what to do."""
    whys = ((copies.missing, "not there"), (copies.damaged, "damaged: the checksum is another"))
    lines = [f"  {_count(len(digests))} {why}: {_names(digests)}" for digests, why in whys if digests]
    return (
        f"not all of it could be read from {place}:\n"
        + "\n".join(lines)
        + "\nAll else was copied. A backup may have these files:"
        " restore it into a folder, and copy from its files, too."
    )


def _names(digests: list[str]) -> str:
    more = f" and {len(digests) - MOST_NAMED:,} more" if len(digests) > MOST_NAMED else ""
    return ", ".join(f"{digest[:2]}/{digest[2:]}" for digest in digests[:MOST_NAMED]) + more


def _count(number: int) -> str:
    return "1 file" if number == 1 else f"{number:,} files"
