"""How long a backup, its check and its restore take, and how much memory, on a store of a given size."""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.support.databases import KINDS, fresh
from bench.support.year_store import Year
from bot.channel.installed import sections
from bot.config.load import read
from store import schema
from store.backup import verify
from store.backup.backup import BackupPlan, make
from store.backup.restore import restore
from store.engine.columns import new_id
from store.engine.database import Database
from store.files.blobs import FileStore
from store.queues.inbox import inbox


def main() -> None:
    """``python -m bench.speed.backup --cases 5000 --files 1000 [--store sqlite]``"""
    parser = argparse.ArgumentParser(prog="bench.speed.backup", description=__doc__)
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--files", type=int, default=1000, help="of 100 kB each")
    parser.add_argument("--store", choices=KINDS, default="sqlite")
    asked = parser.parse_args()
    with TemporaryDirectory() as name, fresh(asked.store, Path(name)) as url:
        folder = Path(name)
        fill(url, folder, asked.cases, asked.files)
        plan = BackupPlan(url, folder / "files", folder / "desk.tar", {}, "bench")
        _measured("backup", partial(make, plan))
        _measured("verify", lambda: all(verdict.ok for verdict in verify.of_backup(plan.target)))
        if asked.store == "sqlite":
            _measured("restore", partial(restore, plan.target, folder / "new"))
        sys.stdout.write(f"{plan.target.stat().st_size / 1e6:.0f} MB\n")


def fill(url: str, folder: Path, cases: int, files: int) -> None:
    """Write a year of cases into a store, and files of 100 kB that it names."""
    database, store, now = Database(url), FileStore(folder / "files"), datetime.now(UTC)
    schema.ensure(database)
    Year(read(None, sections()), now).write(database, cases)
    with database.writing() as tx:
        for number in range(files):
            digest, size = store.put([os.urandom(100_000)])
            tx.add(
                inbox, id=new_id(), source="email", key=f"bench {number}", envelope="{}", raw=None, file=digest,
                size=size, received_at=now, attempts=0, strikes=0, due_at=None, fence=0, outcome="done", reason="",
                case_id=None,
            )  # fmt: skip
    database.close()


def _measured(what: str, work: Callable[[], Any]) -> None:
    begun = time.perf_counter()
    work()
    seconds, memory = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    sys.stdout.write(f"{what}: {seconds:.1f} s; memory {memory:.0f} MB at most\n")


if __name__ == "__main__":
    main()
