"""Compiled templates: Jinja's bytecode cache in a folder that only this account can write to."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import structlog
from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket

log = structlog.get_logger(__name__)


class TemplateCache(FileSystemBytecodeCache):
    """Compiled templates of one kind of environment.

    An error only means that a template is compiled again.
    """

    def __init__(self, folder: Path, kind: type[Environment], *, escapes: bool) -> None:
        """Name the files by all that the compiled code depends on, except a template's path and source.

        Jinja adds the path to the name. It compares a checksum of the source with the one in the file.
        """
        super().__init__(str(folder), f"{kind.__name__}-{escapes}-{_version()}-%s")

    def load_bytecode(self, bucket: Bucket) -> None:
        if is_private(Path(self.directory)):
            with suppress(Exception):  # a damaged file raises errors of many types
                super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if is_private(Path(self.directory)):
            with suppress(OSError):
                super().dump_bytecode(bucket)


def prepare(folder: Path) -> None:
    """Create the cache folder, and remove old and unfinished files from it.

    Log a warning if the folder cannot be used.
    """
    with suppress(OSError):
        folder.mkdir(mode=0o700)
    if not is_private(folder) or not os.access(folder, os.W_OK):
        why = "the folder must exist, belong to this account, and be writable by no other account"
        log.warning("compiled templates are not cached", folder=str(folder), why=why)
        return
    with suppress(OSError):
        for file in folder.iterdir():
            if _version() not in file.name or file.suffix == ".tmp":  # a killed process leaves such a file
                file.unlink()


def is_private(folder: Path) -> bool:
    """Return whether only this account can write to the folder, whose files are executed."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    writable = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not writable


@cache
def _version() -> str:
    """Return a digest of Jinja's version and of this package.

    Jinja applies our filters to constants while it compiles.
    """
    own = (file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
    return sha256(b"\0".join((version("jinja2").encode(), *own))).hexdigest()[:16]
