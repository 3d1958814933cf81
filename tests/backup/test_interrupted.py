"""A backup that does not come to its end leaves nothing under its name, and the one of before as it was."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.houses.desk_process import DeskProcess, patient


@pytest.fixture
def desk(url: str, tmp_path: Path) -> DeskProcess:
    """A desk with a case that has a file."""
    with DeskProcess(tmp_path / "desk", url) as desk:
        desk.send("With a file", file=os.urandom(1 << 20))
        assert patient(desk.sent)
    return desk


def attachment(desk: DeskProcess) -> Path:
    [file] = [path for path in (desk.folder / "files").rglob("*") if path.stat().st_size == 1 << 20]
    return file


def backup(desk: DeskProcess, target: Path) -> subprocess.Popen[str]:
    words = [
        sys.executable,
        "-m",
        "bot.cli",
        "--config",
        str(desk.config),
        "backup",
        "--overwrite",
        str(target),
    ]
    return subprocess.Popen(words, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_backup_that_is_killed_leaves_the_last_one_as_it_was(
    desk: DeskProcess, number: signal.Signals, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    desk.casebot("backup", str(folder / "desk.tar"))
    before, file = (folder / "desk.tar").read_bytes(), attachment(desk)
    content = file.read_bytes()
    file.unlink()
    os.mkfifo(file)  # nobody writes into it: the backup stops where it would read this attachment
    with backup(desk, folder / "desk.tar") as process:
        assert patient(lambda: list(folder.glob(".casebot-unfinished-*/archive")))
        process.send_signal(number)
        assert process.wait(60) != 0
    assert (folder / "desk.tar").read_bytes() == before
    file.unlink()
    file.write_bytes(content)
    desk.casebot("backup", str(folder / "next.tar"))
    assert sorted(path.name for path in folder.iterdir()) == ["desk.tar", "next.tar"]


def test_where_there_is_no_room_nothing_is_left_and_it_is_told(desk: DeskProcess, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()

    with backup(desk, folder / "desk.tar") as process:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1_200_000, 1_200_000))
        said = process.communicate(timeout=240)[1]
    assert process.returncode == 1
    assert "Nothing more was done" in said
    assert list(folder.iterdir()) == []
