"""The files of old schema versions: which there are, and how a database is made from one."""

from __future__ import annotations

import gzip
from pathlib import Path

from sqlalchemy import create_engine

from store.engine.database import sqlite_path

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """All versions that there are files of: ``0001``, ``0002-67ec272`` …"""
    return sorted(path.name.removesuffix(".sqlite.gz") for path in FOLDER.glob("*.sqlite.gz"))


def revision(name: str) -> str:
    """The revision that a version's database says it has."""
    return name.partition("-")[0]


def restore(name: str, url: str) -> None:
    """Fill an empty database with what a version's desk had kept."""
    if file := sqlite_path(url):
        file.write_bytes(_content(name, "sqlite"))
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.connection.cursor().execute(_content(name, "postgresql"))
    engine.dispose()


def _content(name: str, kind: str) -> bytes:
    return gzip.decompress((FOLDER / f"{name}.{kind}.gz").read_bytes())
