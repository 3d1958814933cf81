"""How the command line fails: exit codes, and words that say what happened, what was kept, what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

OK, FAILED, USAGE, CONFIG = 0, 1, 2, 78  # the last as in sysexits.h


class Failure(click.ClickException):
    """Something that did not work, in words for whoever runs the desk."""

    exit_code = FAILED


class Mistaken(Failure):
    """Something that the config, or the lack of it, is to blame for."""

    exit_code = CONFIG


def mistaken(mistakes: tuple[str, ...]) -> Mistaken:
    """All mistakes of the config, one a line."""
    many = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    lines = "\n".join(f"  {mistake}" for mistake in mistakes)
    return Mistaken(f"the config has {many}, and nothing was done:\n{lines}")


@contextmanager
def in_words(store: str) -> Iterator[None]:
    """Turn what a database, a disk or a socket says into a sentence; ``store`` is shown without its password."""
    from store.database import DatabaseFull, refused
    from store.schema import SchemaMismatch

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
    except DatabaseFull:
        raise Failure(
            f"there is no room left for {store}. Nothing was changed; make room and try again."
        ) from None
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        raise Failure(f"{error.strerror or error}{place}. Nothing more was done.") from None
    except Exception as error:
        if not refused(error):
            raise
        said = str(getattr(error, "orig", error)).strip().splitlines()
        raise Failure(
            f"the store {store} does not answer: {said[0] if said else type(error).__name__}.\n"
            "Nothing was changed. Is it running, and is store.url right? `casebot check` tries everything."
        ) from None
