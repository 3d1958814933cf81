"""Files that no row names any more are deleted, unless somebody is just about to name them again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select

from store.cases.entry import is_attached
from store.engine.transaction import Transaction
from store.files.blobs import FileStore, sync_folder
from store.queues.inbox import inbox

FRESH = 10.0
"""Seconds for which a file that was put once more may wait for the row that names it."""


def is_named(tx: Transaction, digest: str) -> bool:
    """Does any row name the file of this hash?"""
    held = select(inbox.c.id).where(inbox.c.file == digest).limit(1)
    return is_attached(tx, digest) or tx.row(held) is not None


def delete(files: FileStore, digests: Iterable[str], named: Callable[[str], bool]) -> int:
    """Delete those files that nothing names; returns how many. Durable on return."""
    count = 0
    for digest in digests:
        path = files.path(digest)
        if path.exists() and not named(digest):
            _let_settle(path)
            count += _delete(files, path, digest, named)
    return count


def _let_settle(path: Path) -> None:
    """Wait until whoever has just put the same bytes has written the row that names them."""
    with suppress(FileNotFoundError):
        age = time.time() - path.stat().st_mtime
        time.sleep(max(FRESH - age, 0.0) if age >= 0 else 0.0)


def _delete(files: FileStore, path: Path, digest: str, named: Callable[[str], bool]) -> bool:
    """Put the file aside, look once more, and only then delete it."""
    aside = files.scratch / f"erased-{digest}"
    try:
        path.rename(aside)
    except FileNotFoundError:
        return False
    if named(digest):
        aside.rename(path)
        return False
    _drop_drafts(files, aside)
    aside.unlink()
    sync_folder(path.parent)
    return True


def _drop_drafts(files: FileStore, aside: Path) -> None:
    """Delete uploads that are the same file under another name."""
    inode = aside.stat().st_ino
    for draft in files.scratch.glob("up-*"):
        with suppress(FileNotFoundError):
            if draft.stat().st_ino == inode:
                draft.unlink()
