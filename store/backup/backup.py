"""Making a backup: the store's snapshot first, then the files that it names, then the manifest."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from store.backup import snapshot
from store.backup.archive import ArchiveWriter
from store.backup.manifest import BackupError, Damaged, Manifest, Member
from store.backup.scratch import scratch
from store.backup.snapshot import Snapshot
from store.files.blobs import sync_folder
from store.files.place import FileStorage


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """What is to be backed up, and where to."""

    url: str
    """The store's."""
    files: FileStorage
    target: Path
    extras: Mapping[str, Path]
    """Config and secret, by their names in the archive."""
    version: str
    """This casebot's."""
    overwrite: bool = False
    """Replace a file that is there."""
    incomplete: bool = False
    """Go on without files that the store names and that are not there."""


def make(plan: BackupPlan) -> Manifest:
    """Write a backup and return its manifest; until it is whole and durable, nothing bears its name.

    Raises ``BackupError``, FileExistsError, and OSError if the disk is full or broken.
    """
    target = plan.target
    if target.exists() and not plan.overwrite:
        raise FileExistsError(target)
    if not target.parent.is_dir():
        raise BackupError(f"there is no folder {target.parent}: make it, then try again")
    with scratch(target.parent) as folder:
        taken = snapshot.take(plan.url, folder)
        writer = ArchiveWriter(folder / "archive", compressed=target.name.endswith("gz"))
        try:
            manifest = _write(plan, taken, writer)
        finally:
            writer.drop()
        _place(folder / "archive", target, overwrite=plan.overwrite)
    return manifest


def _write(plan: BackupPlan, taken: Snapshot, writer: ArchiveWriter) -> Manifest:
    members: dict[str, Member] = {}
    for name, path in {**taken.members, **plan.extras}.items():
        members[name] = writer.add(name, path)
        if name in taken.members:
            path.unlink()  # its room may be needed
    copied = _CopiedFiles(plan.files, writer)
    copied.add_all(taken.named)
    if copied.missing and not plan.incomplete:
        raise BackupError(_lacking(copied.missing))
    manifest = Manifest(
        version=plan.version,
        revision=taken.revision,
        store=taken.store,
        made_at=taken.taken_at,
        rows=taken.rows,
        members=members,
        files=copied.count,
        file_bytes=copied.size,
        missing=tuple(copied.missing),
        counters=taken.counters,
    )
    writer.end(manifest)
    return manifest


@dataclass(slots=True)
class _CopiedFiles:
    """The files that a snapshot names, as they are written into the archive."""

    _files: FileStorage
    _writer: ArchiveWriter
    count: int = 0
    size: int = 0
    missing: list[str] = field(default_factory=list)

    def add_all(self, named: Path) -> None:
        """Write each file. They never change, so that later than the snapshot is early enough."""
        with named.open(encoding="ascii") as lines:
            for digest in map(str.strip, lines):
                try:
                    with self._files.lent(digest) as path:
                        member = self._writer.add(f"files/{digest[:2]}/{digest[2:]}", path)
                except FileNotFoundError:
                    self.missing.append(digest)
                    continue
                if member.sha256 != digest:
                    raise Damaged(f"the file {digest[:2]}/{digest[2:]} is damaged: its checksum is another")
                self.count, self.size = self.count + 1, self.size + member.size


def _lacking(missing: list[str]) -> str:
    count = (
        "1 file that the store names is"
        if len(missing) == 1
        else f"{len(missing)} files that the store names are"
    )
    return (
        f"{count} not there, so no backup was made. `casebot verify` names them; `casebot backup --incomplete` goes on"
        " without them"
    )


def _place(archive: Path, target: Path, *, overwrite: bool) -> None:
    """Give the whole archive its name; of two that would have it at once, one wins."""
    if overwrite:
        archive.replace(target)
    else:
        try:
            os.link(archive, target)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            if target.exists():
                raise FileExistsError(target) from None
            archive.rename(target)
    with suppress(OSError):
        sync_folder(target.parent)
