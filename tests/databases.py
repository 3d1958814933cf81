"""Fresh databases for tests: the schema is made once, and copied for each."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from store import schema
from store.database import Database


def sqlite(folder: Path, name: str = "casebot.db") -> str:
    """The URL of a new SQLite file in a folder, with the schema of today and nothing else in it."""
    file = folder / name
    if not file.exists():
        shutil.copy(_template(), file)
    return f"sqlite:///{file}"


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made(f"sqlite:///{folder}/template.db")
    return folder / "template.db"


def made(url: str) -> None:
    """Make the schema in an empty database."""
    database = Database(url)
    schema.ensure(database)
    database.close()
