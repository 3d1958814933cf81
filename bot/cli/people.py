"""``casebot people``: the contacts of customers, imported, listed, shown and exported."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.privacy.erase import erase
from bot.cli.privacy.export import export
from bot.cli.terminal.context import (
    json_option,
    log_secret,
    opened,
    questions,
    quiet,
    read_config,
)
from bot.cli.terminal.errors import Failure, content_of
from bot.cli.terminal.output import cell, column, say, say_json, table, when
from bot.cli.terminal.pages import nothing, page, page_options, say_next

if TYPE_CHECKING:
    from bot.app import App
    from bot.config.load import Config
    from bot.people.csv_file import PeopleFile
    from bot.people.importer import PeopleImportCounts
    from bot.people.queries import ContactLine, ContactView
    from bot.queries.staff import StaffLine
    from store.engine.transaction import Transaction

FEW = 10
"""New accounts that are named; more are counted."""


@click.group()
def people() -> None:
    """The people of your customers: see them, take them in from a file, hand over or erase their data."""


people.add_command(erase)
people.add_command(export)


@people.command("import")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE.csv")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--account", "name", default="", help="The account of everybody whose row names none.")
@click.option("--domains", default="", metavar="A.COM,B.COM", help="Mail domains of that account.")
@click.option("--service-level", default="", help="Its [[service_level]].")
@click.option("--local-team", default="", metavar="ADDRESS", help="Its local service team.")
@click.option("--time-zone", default="", metavar="ZONE", help="In which its people read times: Europe/Paris.")
@json_option
def import_people(path: Path, *, dry_run: bool, as_json: bool, **options: str) -> None:
    """Take in the people of a CSV file; the same file a second time changes nothing.

    The first line names the columns, in any order: mail, name, account, language, phone, role (contact or inactive),
    time zone (Europe/Paris), and each channel that people have addresses in, by its name. Several addresses in one row
    are one person. An empty cell leaves what is known as it is. A row that is wrong is named and skipped, the others
    go in.
    """
    config = quiet(read_config())
    file = _opened(path, config)
    account = _AccountOptions(**options)
    account.check(config)
    with opened(config) as app:
        if account.name and not dry_run:
            account.write(app)
        tally = _enrolled(app, file, path, usual=account.name, dry_run=dry_run)
    if as_json:
        say_json({**tally.kinds, "joined": tally.joined, "accounts": tally.accounts, "skipped": tally.bad,
                  "wrong": [{"line": line, "why": why} for line, why in tally.wrong]})  # fmt: skip
    else:
        _tell(tally, file, path, config, dry_run=dry_run)
    if tally.bad:
        click.get_current_context().exit(1)


def _opened(path: Path, config: Config) -> PeopleFile:
    from bot.people.csv_file import NoPeople, open_file

    try:
        return open_file(content_of(path, 16), config.profiles)
    except NoPeople as error:
        raise Failure(f"{path}: {error}. Nothing was done.") from None


class _AccountOptions:
    """The options about an account."""

    def __init__(
        self, *, name: str, domains: str, service_level: str, local_team: str, time_zone: str
    ) -> None:
        self.name = name.strip()
        self.domains = [domain.strip().lower() for domain in domains.split(",") if domain.strip()]
        self.service_level = service_level
        self.local_team = local_team.strip().lower()
        self.time_zone = time_zone.strip()

    def check(self, config: Config) -> None:
        """Fail, before anything is done, if they are wrong."""
        from pydantic import ValidationError

        from bot.config.settings import AccountSection

        given = self.domains or self.service_level or self.local_team or self.time_zone
        if given and not self.name:
            raise click.UsageError(
                "--domains, --service-level, --local-team and --time-zone need --account NAME."
            )
        if given and self.name in {account.name for account in config.accounts}:
            raise Failure(f"{self.name} is an [[account]] of the config: change it there. Nothing was done.")
        if self.service_level and self.service_level not in config.levels:
            names = ", ".join(config.levels)
            raise Failure(f"there is no service level {self.service_level}, only {names}. Nothing was done.")
        try:
            if given:
                AccountSection(
                    name=self.name,
                    domains=tuple(self.domains),
                    local_team=self.local_team,
                    time_zone=self.time_zone,
                )
        except ValidationError as error:
            why = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
            where = "--" + str(error.errors()[0]["loc"][0]).replace("_", "-")
            raise Failure(f"{where} {why}. Nothing was done.") from None

    def write(self, app: App) -> None:
        """Write the account as the options say."""
        from store.people.person import amend_account

        about = {
            "service_level": self.service_level,
            "local_team": self.local_team,
            "time_zone": self.time_zone,
        }
        app.writer.write(amend_account, self.name, self.domains, **about)


def _enrolled(app: App, file: PeopleFile, path: Path, *, usual: str, dry_run: bool) -> PeopleImportCounts:
    """Import with a progress bar on a terminal; elsewhere it is silent."""
    from bot.people.importer import PeopleImport

    enrolling = PeopleImport(app.config, app.database, app.writer, usual=usual, now=app.desk.now)
    how = enrolling.rehearse if dry_run else enrolling.run
    length = sum(1 for _ in file.rows())
    label = f"{'Looking through' if dry_run else 'Importing'} {path.name}"
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=length, label=label, file=sys.stderr, hidden=hidden) as bar:
        return how(file, bar.update)


def _tell(tally: PeopleImportCounts, file: PeopleFile, path: Path, config: Config, *, dry_run: bool) -> None:
    from bot.people.csv_file import header

    would = "would be " if dry_run else ""
    say(f"{path.name}: {file.encoding}, columns apart by {_SEPARATORS[file.separator]}.")
    if file.ignored:
        say(f"Passed over: {', '.join(file.ignored)}. (Known are {', '.join(header(config.profiles))}.)")
    if tally.accounts:
        named = ", ".join(tally.accounts[:FEW])
        more = f" and {len(tally.accounts) - FEW:,} more" if len(tally.accounts) > FEW else ""
        say(f"{'Accounts that would be new' if dry_run else 'New accounts'}: {named}{more}.")
    say(f"{_people(tally.kinds['new'])} {would}new, {tally.kinds['changed']:,} {would}changed, "
        f"{tally.kinds['same']:,} as before.")  # fmt: skip
    if tally.joined:
        say(f"{_people(tally.joined)} whom we met apart turned out to be one of these.")
    for line, why in tally.wrong:
        say(f"  line {line}: {why}")
    if tally.bad > len(tally.wrong):
        say(f"  and {tally.bad - len(tally.wrong):,} more")
    if tally.bad:
        say(
            f"{tally.bad:,} skipped. Mend {'it' if tally.bad == 1 else 'them'} and give the same command again."
        )


_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"


@people.command("list")
@page_options
@click.option("--account", default="", help="Only this account's.")
@json_option
def list_people(limit: int, after: int | None, account: str, as_json: bool) -> None:
    """A line per contact, in the order they were met."""
    from bot.people.queries import ListContacts, NoSuchAccount

    with questions() as at:
        forms = at.config.address_forms
        read = at.ask(ListContacts(account, after=after or 0, limit=limit + 1, forms=forms))
    if isinstance(read, NoSuchAccount):
        raise Failure(f"there is no account {account}; `casebot people list` names those of your people")
    lines, more = page(read, limit)
    if as_json:
        say_json(lines)
    else:
        rows = ((line.name, line.account, line.role, " ".join(line.addresses)) for line in lines)
        table(
            ("NAME", "ACCOUNT", "ROLE", "ADDRESSES"),
            rows,
            nothing=nothing("Nobody yet. See `casebot people import`.", after),
        )
    if more:
        say_next(lines[-1].id, as_json=as_json)


@people.command("staff")
@json_option
def list_staff(as_json: bool) -> None:
    """The people of the desk: who is away and until when, and how many cases each has to do."""
    from bot.queries.staff import ListStaff

    with questions() as at:
        lines = at.ask(ListStaff(datetime.now(UTC)))
    if as_json:
        say_json(lines)
    else:
        rows = ((line.name, line.mail, line.role, str(line.to_do), _away(line)) for line in lines)
        table(("NAME", "MAIL", "ROLE", "TO DO", "AWAY"), rows, nothing="Nobody. See [[staff]] in the config.")


def _away(line: StaffLine) -> str:
    until = f"until {when(line.away_until)}" if line.away_until else "until they are back"
    return until if line.away else ""


@people.command("show")
@click.argument("address")
@json_option
def show_people(address: str, as_json: bool) -> None:
    """One person: addresses, account, cases. ADDRESS: a mail address, or CHANNEL:ADDRESS, as list has it."""
    from bot.people.queries import ShowContact

    with questions() as at:
        view = at.ask(ShowContact(address.strip(), at.config.address_forms))
        secret = log_secret(at.config)
    if view is None:
        raise Failure(f"nobody was met at {address}; `casebot people list` shows who is known")
    if as_json:
        say_json(view)
    else:
        _say_contact(view, secret)


def _say_contact(view: ContactView, secret: str) -> None:
    from bot.runtime.logs import mark

    line: ContactLine = view.line
    marks = [mark(address, secret) for address in line.addresses if "@" in address]
    say(line.name or line.addresses[0])
    facts = (
        ("addresses", ", ".join(line.addresses)),
        ("role", line.role),
        ("account", line.account),
        ("level", view.service_level),
        ("team", view.local_team),
        ("language", line.language),
        ("time zone", line.time_zone or (view.time_zone and f"{view.time_zone}, their account's")),
        ("phone", line.phone),
        ("in the log", ", ".join(marks)),
    )
    for name, value in facts:
        if value:
            say(f"  {name:<10} {value}")
    if view.cases:
        say()
        rows = ((case.number, case.state, cell(case.updated_at), case.subject) for case in view.cases)
        table(("CASE", "STATE", column("CHANGED"), "SUBJECT"), rows, nothing="")


@people.command("set")
@click.argument("address")
@click.option("--time-zone", "zone", required=True, metavar="ZONE", help="Europe/Paris; '': their account's.")
def set_people(address: str, zone: str) -> None:
    """Set in which time zone a person reads times. ADDRESS: as for show."""
    from bot.config.time_zones import checked
    from bot.model.mail_address import channel_and_address
    from store.people.person import find, set_time_zone

    config = quiet(read_config())
    try:
        checked(zone or "UTC")
    except ValueError as error:
        raise Failure(f"Nothing was changed: “{zone}” is no time zone, it {error}") from None

    def write(tx: Transaction) -> str | None:
        someone = find(tx, *channel_and_address(address.strip()))
        if someone is None or someone.role != "contact":
            return None
        set_time_zone(tx, someone, zone)
        return someone.shown

    with opened(config) as app:
        name = app.writer.write(write)
    if name is None:
        raise Failure(f"no customer was met at {address}; `casebot people list` shows who is known")
    say(f"{name} reads times in {zone}." if zone else f"{name} reads times in their account's zone.")
