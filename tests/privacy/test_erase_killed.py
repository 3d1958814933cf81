"""Whoever erases is killed on the way, again and again: the next run goes on, and in the end nothing is left."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from store import tombstone
from store.engine.database import Database
from tests.privacy.test_erase import ANA, forget_outside, left, played
from tests.support.houses.desk_process import DeskProcess, patient

KILLED = """
import os, signal, sys
from bot.cli.main import casebot
from bot.runtime.group_commit import Writer

left, write = {count}, Writer.write

def killed(self, work, *about, **named):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return write(self, work, *about, **named)

Writer.write = killed
casebot(["--config", {config!r}, "people", "erase", {address!r}, "--yes"])
"""


def erase_until_killed(desk: DeskProcess, count: int) -> bool:
    """Have it killed before its so-many-th transaction; False if it was done before."""
    script = KILLED.format(count=count, config=str(desk.config), address=ANA)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=300, check=False)
    assert done.returncode in (0, -9), done.stderr.decode()
    return done.returncode == -9


def test_an_erasure_that_is_killed_before_each_of_its_steps_is_finished(url: str, tmp_path: Path) -> None:
    with DeskProcess(tmp_path / "desk", url) as desk:
        played(desk)
        forget_outside(desk)
        kills = 0
        for count in (2, 3, 5, 7, 9, 12, 15):
            if not erase_until_killed(desk, count):
                break
            kills += 1
        assert kills >= 4
        desk._run(("people", "erase", ANA, "--yes"))
        assert patient(lambda: not left(desk, url)), left(desk, url)
        assert "nobody has the address" in desk.casebot("people", "erase", ANA, "--yes", code=1)
    database = Database(url)
    with database.reading() as tx:
        stones = tombstone.every(tx)
    database.close()
    assert [stone.done_at is not None for stone in stones] == [True]
