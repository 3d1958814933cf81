"""``casebot people export``: all contacts as CSV, or one person's archive."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.terminal.context import json_option, opened, questions, quiet, read_config
from bot.cli.terminal.errors import Failure
from bot.cli.terminal.output import say, say_json, size

if TYPE_CHECKING:
    from store.directory.contact_import import ListedContact


@click.command("export")
@click.argument("address", default="")
@click.option(
    "--output",
    "target",
    type=click.Path(path_type=Path),
    metavar="FILE.zip",
    help="Where a person's archive goes.",
)
@click.option("--without-notes", is_flag=True, help="Leave out what the desk noted among itself about them.")
@json_option
def export(address: str, target: Path | None, *, without_notes: bool, as_json: bool) -> None:
    """Write all contacts as CSV, as import reads it; with an ADDRESS, all that is held of one person.

    Whoever was only seen, in a Cc or in a mail that nothing proves, is no contact yet. A person's archive (zip) has a
    page to read, JSON, files and mails: docs/data-protection.md. ADDRESS: as `people list` has it.
    """
    if address:
        _export_person(address.strip(), target, notes=not without_notes, as_json=as_json)
    elif target or without_notes:
        raise click.UsageError("--output and --without-notes are for one person: name an ADDRESS.")
    else:
        _export_contacts(as_json=as_json)


def _export_person(address: str, target: Path | None, *, notes: bool, as_json: bool) -> None:
    from bot.model.mail_address import channel_and_address
    from bot.privacy.export import PersonExport
    from store.erasure import data_subject

    with opened(quiet(read_config())) as app:
        with app.database.reading() as tx:
            who = data_subject.at(tx, *channel_and_address(address))
        if who is None or who.erased:
            raise Failure(f"nobody has the address {address}; `casebot people list` shows who is known.")
        place = target or Path(f"casebot-person-{who.ids[0]}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip")
        exporting = PersonExport(
            app.database, app.files, desk=app.config.desk.name or app.config.mailboxes[0].address, now=app.now,
            zone=app.config.office.zone, notes=notes,
        )  # fmt: skip
        try:
            tally = exporting.write(who, place.absolute())
        except FileExistsError:
            raise Failure(f"{place} is there already. Nothing was changed: name another one.") from None
    if as_json:
        say_json({"file": place, **{name: getattr(tally, name) for name in tally.__slots__}})
        return
    say(
        f"{place}: cases: {len(tally.cases)}, files: {tally.files}, messages from them: {tally.received}, to them:"
        f" {tally.sent}; {size(place.stat().st_size)}."
    )
    say("Look at index.html in it before you hand it over: it says what is in it, and what was left out.")
    for path in tally.missing:
        say(f"Missing in the file store: {path}. `casebot verify` says more.")


def _export_contacts(*, as_json: bool) -> None:
    from bot.people.csv_file import header, write
    from bot.people.queries import ExportContacts

    every = []
    with questions() as at:
        if not as_json:
            click.echo(",".join(header(at.config.profiles)))
        after = 0
        while contacts := at.ask(ExportContacts(after)):
            after = contacts[-1].id
            listed = [contact for contact in contacts if _is_contact(contact)]
            if as_json:
                every += listed
            else:
                click.echo(write(listed, at.config.profiles), nl=False)
    if as_json:
        say_json(every)


def _is_contact(contact: ListedContact) -> bool:
    """Not whoever was only seen, nor whoever was erased."""
    from store.erasure.data_subject import is_placeholder

    return not is_placeholder(contact.identities) and (contact.known or not contact.active)
