"""``casebot backup``, ``restore``, ``verify`` and ``release``: the desk put away, and brought back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.terminal.context import (
    json_option,
    quiet,
    read_config,
    read_only_config,
    store_name,
    without_password,
)
from bot.cli.terminal.errors import Failure, working
from bot.cli.terminal.output import say, say_json, size, when
from bot.languages.reader_zone import zone

if TYPE_CHECKING:
    from bot.config.load import Config
    from bot.desk.handlers.deadlines.restored_timers import ReleasedTimers
    from store.backup.manifest import Manifest
    from store.engine.database import Database
    from store.hold_release import PendingDeliveries

_ARCHIVE = click.Path(path_type=Path)


@click.command()
@click.argument("target", type=_ARCHIVE, metavar="FILE_OR_FOLDER")
@click.option("--overwrite", is_flag=True, help="Replace FILE if it is there.")
@click.option(
    "--incomplete", is_flag=True, help="Go on without attachments that are missing; the backup names them."
)
@json_option
def backup(target: Path, overwrite: bool, incomplete: bool, as_json: bool) -> None:
    """Put the whole desk into one file, while it runs: store, attachments, config and secret.

    In a folder that is there, the file is named by the time: casebot-20261128T031500Z.tar. A name that ends in gz
    is compressed. Keep it safe: it holds all that customers wrote, and your secrets.
    """
    from store.backup.backup import BackupPlan, make

    config = quiet(read_only_config())
    if target.is_dir():
        target /= f"casebot-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar"
    extras = _extras(config)
    with working(store_name(config)):
        try:
            manifest = make(
                BackupPlan(
                    config.store.url,
                    config.store.opened_files(),
                    target,
                    extras,
                    _version(),
                    overwrite=overwrite,
                    incomplete=incomplete,
                )
            )
        except FileExistsError:
            raise Failure(
                f"{target} is there already. Nothing was changed; --overwrite replaces it."
            ) from None
    outside = _outside(config)
    if as_json:
        say_json({"file": target, **_summary(manifest), "size": target.stat().st_size, "outside": outside})
        return
    say(
        f"{target}: {_holds(manifest)}, {size(target.stat().st_size)}; the desk as it"
        f" was at {when(manifest.made_at)}."
    )
    if manifest.missing:
        say(f"Without {len(manifest.missing)} files that were not there: `casebot verify` names them.")
    if "config.toml" not in extras:
        say("There is no config file to put in: keep what you set in its place (CASEBOT_…).")
    if "casebot.secret" not in extras and not _written_secrets(config):
        say("The secret comes from the environment: keep it, or no link and no reply address works any more.")
    for path in outside:
        say(f"Not in it, although the config names it: {path}")


def _extras(config: Config) -> Mapping[str, Path]:
    """Config and secret, where they are files."""
    from bot.config.secret_file import SECRET_FILE
    from bot.config.state_files import state_file

    files = {"config.toml": config.file, SECRET_FILE: state_file(config, SECRET_FILE)}
    return {name: file for name, file in files.items() if file is not None and file.is_file()}


def _outside(config: Config) -> list[str]:
    """Files and folders that the config names (templates, keys), which are no part of a backup."""
    from bot.config.paths import paths

    sections = (config.desk, *config.mailboxes, *config.channels.values())
    return sorted({str(path) for path in paths(sections) if path.is_dir() or path.is_file()})


def _written_secrets(config: Config) -> bool:
    """Does the config file itself name the secrets?"""
    import tomllib

    written = tomllib.loads(config.file.read_text(encoding="utf-8")) if config.file else {}
    return bool(written.get("desk", {}).get("secrets"))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--to", "folder", type=_ARCHIVE, required=True, metavar="FOLDER", help="An empty folder, or a new one."
)
@click.option(
    "--store",
    "url",
    default="",
    metavar="URL",
    help="For a backup of PostgreSQL: an empty database to restore into.",
)
@click.option(
    "--erased",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="The old desk's casebot.erased, if it is neither beside the backup nor in FOLDER.",
)
@json_option
def restore(file: Path, folder: Path, url: str, erased: Path | None, as_json: bool) -> None:
    """Bring a backup back into an empty FOLDER: config, secret, attachments and the store.

    Every checksum is looked at first. The desk is held then: it sends nothing and takes nothing in until
    `casebot release`, so that nobody hears twice what was sent since the backup. Whoever was erased since is erased
    again.
    """
    from bot.cli.privacy.restored import erase_again
    from bot.config.relocate import relocated
    from store.backup.restore import restore as bring_back
    from store.tombstone import FILE

    folder = folder.absolute()
    if url and not url.startswith("postgresql"):
        raise click.UsageError(
            "--store is the URL of an empty PostgreSQL: postgresql://user:password@host/name"
        )
    with working(without_password(url) if url else str(folder)):
        manifest = bring_back(
            file, folder, url=url, amend=lambda text: relocated(text, url=url or "sqlite:///casebot.db")
        )
        again = erase_again(folder, url or f"sqlite:///{folder}/casebot.db", backup=file, given=erased)
    config = folder / "config.toml"
    if as_json:
        facts = {"folder": folder, "config": config.is_file(), "held": True, "erased_again": again}
        say_json({**facts, **_summary(manifest)})
        return
    _read_by_clock_of(config)
    command = f"casebot --config {config}" if config.is_file() else "casebot"
    say(f"{folder}: {_holds(manifest)}; the desk as it was at {when(manifest.made_at)}.")
    if manifest.missing:
        say(f"{len(manifest.missing)} files were missing already when the backup was made.")
    if not config.is_file():
        say(
            f"There was no config in it. Set CASEBOT_STORE__URL and CASEBOT_STORE__FILES to what is in {folder}."
        )
    if _signs_in(config):
        say(
            "Sign-ins to mail (casebot.tokens) are in no backup. Where somebody signed in by `casebot mail login`, do"
            f" so anew: `{command} mail login`."
        )
    for line in again.lines(folder / FILE, command):
        say(line)
    say(
        "The desk is held: nothing is sent, fetched or taken in.\n"
        f"Next: `{command} verify`, `{command} check`; `{command} run` waits until `{command} release`."
    )


def _read_by_clock_of(config: Path) -> None:
    """Say times by the clock of the desk that was restored, if its config can be read."""
    from bot.channel.installed import sections
    from bot.config.errors import ConfigMistakes
    from bot.config.load import read
    from bot.languages import reader_zone

    with suppress(ConfigMistakes):
        if config.is_file():
            reader_zone.settle(read(config, sections()).zone)


def _signs_in(config: Path) -> bool:
    """Does a channel's section of this config sign in somewhere?"""
    import tomllib

    written = tomllib.loads(config.read_text(encoding="utf-8")) if config.is_file() else {}
    return any("sign_in" in section for section in written.values() if isinstance(section, dict))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@json_option
def verify(file: Path | None, as_json: bool) -> None:
    """Look whether all is whole: the store that the config names, or a backup FILE.

    The database, its numbers, and every attachment by its checksum. Exit code 0: all is well, 1: something is not.
    """
    from store.backup import verify as checking

    if file is not None:
        name, findings = str(file), checking.of_backup(file)
    else:
        config = quiet(read_only_config())
        name, findings = store_name(config), checking.of_store(config.store.url, config.store.opened_files())
    looked_at = []
    with working(name):
        for finding in findings:
            looked_at.append(finding)
            if not as_json:
                say(f"{'✓' if finding.ok else '✗'} {finding.text}")
    well = all(finding.ok for finding in looked_at)
    if as_json:
        say_json({"of": name, "ok": well, "findings": looked_at})
    if not well:
        raise Failure(f"{name} is not whole (see above). Nothing was changed.")


@click.command()
@click.option("--all", "everything", is_flag=True, help="Send all that waits.")
@click.option(
    "--since", metavar="MOMENT", help="Send what was written since, drop the rest: 2026-11-28T14:00."
)
@click.option("--drop", is_flag=True, help="Drop all that waits.")
@json_option
def release(everything: bool, since: str | None, drop: bool, as_json: bool) -> None:
    """Open a restored desk, which is held until then.

    What waited to be sent when the backup was made, the old machine may have sent since: say what becomes of it.
    Customers' reminders, closings and surveys are put off by the time since the backup; what is due at the desk
    itself comes at once.
    """
    from bot.cli.privacy.restored import before_release
    from bot.desk.handlers.deadlines import restored_timers
    from store import hold, hold_release, schema

    if sum((everything, since is not None, drop)) > 1:
        raise click.UsageError("one of --all, --since and --drop, not several.")
    config = quiet(read_config())
    now = datetime.now(UTC)
    before = now if drop else _moment(since) if since else None
    with working(store_name(config)), closing(_there(config.store.url)) as database:
        if not schema.same(database):
            raise Failure(f"there is no store at {store_name(config)} yet.")
        with database.reading() as tx:
            held, pending = hold.read(tx), hold_release.pending(tx)
        if held is None:
            raise Failure("the desk is not held: there is nothing to release.")
        if pending.count and not (everything or drop or since):
            raise click.UsageError(_choice(pending))
        erased = before_release(config)
        with database.writing() as tx:
            dropped = hold_release.release(tx, before=before, now=now)
            timers = restored_timers.release(tx, config.office, since=held.backed_up_at, now=now)
    if as_json:
        say_json(
            {
                "released": True,
                "dropped": dropped,
                "erased_again": erased,
                "to_be_sent": pending.count - dropped,
                "timers_due": timers.due,
                "timers_postponed": timers.postponed,
                "postponed_by_seconds": timers.by.total_seconds(),
            }
        )
        return
    say(
        f"The desk is released. To be sent: {pending.count - dropped}, dropped: {dropped}."
        " `casebot run` begins at once where it is up."
    )
    if erased:
        say(f"Before that, whoever was erased since the backup was erased again: {erased}.")
    for line in _of_timers(timers):
        say(line)
    if dropped:
        say("`casebot outbox list --state withdrawn` shows what was dropped.")


def _there(url: str) -> Database:
    """The store of this URL, which must be there: to open one in SQLite that is not would make it."""
    from store.backup.snapshot import sqlite_file
    from store.engine.database import Database

    sqlite_file(url)
    return Database(url)


def _of_timers(timers: ReleasedTimers) -> Iterator[str]:
    if timers.postponed:
        yield (
            f"Customers' reminders, closings and surveys: {timers.postponed}, put off by the {_span(timers.by)} since"
            " the backup, so that nobody is reminded twice or closed unheard."
        )
    if timers.due:
        yield (
            f"Targets, concerns and snoozed cases that came due meanwhile: {timers.due}. Your people hear of them now."
        )


def _span(by: timedelta) -> str:
    hours = round(by.total_seconds() / 3600)
    if hours >= 48:
        return f"{round(hours / 24)} days"
    return f"{hours} hours" if hours > 1 else f"{max(round(by.total_seconds() / 60), 1)} minutes"


def _choice(pending: PendingDeliveries) -> str:
    waiting = _counted(pending.count, "delivery", plural="deliveries")
    return (
        f"{waiting} waiting, written {when(pending.first)} to {when(pending.last)}; the old machine may have sent them"
        " since.\n"
        "  --all             send them all: nothing is lost, some may come twice\n"
        "  --since MOMENT    send what was written since then, drop the rest\n"
        "  --drop            send none of them\n"
        "`casebot outbox list --state waiting` shows them."
    )


def _moment(written: str) -> datetime:
    """A moment by the desk's clock, or with its own zone."""
    try:
        moment = datetime.fromisoformat(written)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone())).astimezone(UTC)
    except ValueError:
        raise click.UsageError(f"--since: “{written}” is no moment; write 2026-11-28T14:00.") from None


def _holds(manifest: Manifest) -> str:
    return f"{_counted(manifest.cases, 'case')}, {_counted(manifest.files, 'file')}"


def _counted(number: int, what: str, *, plural: str = "") -> str:
    return f"{number} {what if number == 1 else plural or f'{what}s'}"


def _summary(manifest: Manifest) -> dict[str, Any]:
    """The manifest without checksums, for programs."""
    return {name: value for name, value in asdict(manifest).items() if name not in ("members", "counters")}


def _version() -> str:
    from importlib.metadata import version

    return version("casebot")
