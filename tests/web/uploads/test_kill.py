"""Uploads and the power: whenever it goes, no case names a file that is not there, and nothing is left lying around."""

from __future__ import annotations

import hashlib
import http.client
import random
import sqlite3
import threading
import time
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.speed.upload import Served, measured
from bot.channel.upload_drafts import UploadDrafts
from store.files.blobs import FileStore

pytestmark = pytest.mark.slow
KILLS = 5


def attached(served: Served) -> dict[str, int]:
    """What cases name: hash → size."""
    with closing(sqlite3.connect(served.house.folder / "casebot.db")) as store:
        return dict(store.execute("SELECT sha256, size FROM attachment").fetchall())


def sending(served: Served, number: int) -> threading.Thread:
    """Somebody who sends one file after the other until the power goes."""
    seeds = random.Random(number)

    def work() -> None:
        with suppress(OSError, http.client.HTTPException):
            while True:
                way = seeds.choice((served.form, served.pieces))
                way(seeds.randrange(1, 6_000_000), seeds.randbytes(8))

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_no_row_without_its_file_and_no_file_without_a_row_for_long(tmp_path: Path) -> None:
    moments = random.Random(7)
    with Served(tmp_path) as served:
        for n in range(KILLS):
            if n:
                served.start()
            threads = [sending(served, 2 * n + one) for one in range(2)]
            time.sleep(moments.uniform(0.1, 2.0))
            served.house.kill()
            for thread in threads:
                thread.join()
        rows = attached(served)
    store = FileStore(served.house.folder / "files")
    assert len(rows) > KILLS
    for digest, size in rows.items():
        assert hashlib.sha256(store.read(digest)).hexdigest() == digest
        assert store.path(digest).stat().st_size == size
    UploadDrafts(store).sweep(datetime.now(UTC) + timedelta(hours=2), named=lambda one: one in rows)
    assert list(store.scratch.iterdir()) == []
    assert {path.parent.name + path.name for path in store.folder.glob("??/*")} == set(rows)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    for row in measured(tmp_path, 60_000_000):
        assert row.memory < 40_000_000, row
