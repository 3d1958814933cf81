"""Errors of the command line: exit codes, and what happened, what was kept, what to do."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click

FAILED, CONFIG = 1, 78  # the last as in sysexits.h


class Failure(click.ClickException):
    """Something that did not work, in words for the operator."""

    exit_code = FAILED


class Mistaken(Failure):
    """A failure that the config, or the lack of it, caused."""

    exit_code = CONFIG

    def __init__(self, message: str, mistakes: tuple[str, ...] = ()) -> None:
        """``mistakes``: each by itself, where there are several."""
        super().__init__(message)
        self.mistakes = mistakes or (message,)


def mistaken(mistakes: tuple[str, ...]) -> Mistaken:
    """All mistakes of the config, one a line."""
    many = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    lines = "\n".join(f"  {mistake}" for mistake in mistakes)
    return Mistaken(f"the config has {many}, and nothing was done:\n{lines}", mistakes)


def content_of(file: Path, most: int) -> bytes:
    """Return the bytes of a file, ``-`` for standard input. Raise ``Failure`` for more than ``most`` MiB."""
    with nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb") as reading:
        content = reading.read(most * 2**20 + 1)
    if len(content) > most * 2**20:
        raise Failure(f"{file} has more than {most} MiB, which is too large. Nothing was done.")
    return content


@contextmanager
def in_words(store: str) -> Iterator[None]:
    """Turn errors of database, disk and socket into a sentence; ``store`` has no password in it."""
    from store.engine.database import refused
    from store.revision import SchemaMismatch

    try:
        yield
    except SchemaMismatch as error:
        raise Failure(str(error)) from None
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise
        raise Failure(
            f"the store {store} needs a driver that is not installed. Nothing was done.\n"
            "Add it with: pip install 'casebot[postgres]'"
        ) from None
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        raise Failure(f"{error.strerror or error}{place}. Nothing more was done.") from None
    except Exception as error:
        if not refused(error):
            raise
        raise Failure(_why(error, store)) from None


@contextmanager
def working(store: str) -> Iterator[None]:
    """Errors in words; SIGTERM ends it as Ctrl-C does, with nothing half done left behind."""
    from store.backup.manifest import BackupError

    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with in_words(store):
            yield
    except BackupError as error:
        raise Failure(f"{error}.") from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _why(error: Exception, store: str) -> str:
    """What a database that refused says, and what can be done about it."""
    from store.engine.database import trouble

    lines = str(getattr(error, "orig", error)).strip().splitlines()
    message = lines[0] if lines else type(error).__name__
    if (kind := trouble(error)) == "barred":
        return (
            f"the store {store} cannot be opened or written: {message}.\nNothing was changed. {_whose(store)}"
        )
    return {
        "busy": f"another process is writing to the store {store} just now. Nothing was changed: try again.",
        "full": f"there is no room left for {store}. Nothing was changed; make room and try again.",
        "damaged": f"the store {store} is no database, or a damaged one: {message}.\n"
        "Nothing was changed. Is store.url right? If it is, put your last backup in its place.",
        "away": f"the store {store} does not answer: {message}.\n"
        "Nothing was changed. Is it running, and is store.url right? `casebot check` tries everything.",
    }[kind]


def _whose(store: str) -> str:
    """Who may do what the store refused."""
    from getpass import getuser

    from store.engine.database import sqlite_path

    file = sqlite_path(store)
    if file is None:
        return "Ask whoever runs the database for the right to write."
    if not file.parent.is_dir():
        return f"There is no folder {file.parent}: make it, or is store.url right?"
    try:
        place = file if file.exists() else file.parent
        owner, me = place.owner(), getuser()
    except (KeyError, OSError):  # an id without a name, or a folder that may not be looked into
        return "Both the file and its folder must be yours to write."
    if owner != me:
        return f"{place} belongs to {owner}, and you are {me}: run casebot as {owner}."
    return f"You ({me}) must be able to write {file} and its folder."
