"""Files of cases survive a backup and its restore."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.main import casebot
from bot.commands.case import Open
from bot.model.message import Attachment, Said
from tests.support.houses.desk import TestDesk

CONTENTS = (b"", b"a short log\n", os.urandom(1 << 20))


def run_command(folder: Path, *words: str) -> str:
    result = CliRunner().invoke(casebot, ["--config", str(folder / "config.toml"), *words])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("name", ["desk.tar", "desk.tar.gz"])
def test_restored_files_have_their_bytes(url: str, empty: str, name: str, tmp_path: Path) -> None:
    old, new, archive = tmp_path / "old", tmp_path / "new", str(tmp_path / name)
    with TestDesk(url, old) as desk:
        kept = [desk.app.files.put([content]) for content in CONTENTS]
        files = tuple(
            Attachment(f"{n}.log", "text/plain", size, digest) for n, (digest, size) in enumerate(kept)
        )
        desk.ask("ana@acme.example", Open("No delivery", "See the logs."), said=Said(attachments=files))
    run_command(old, "backup", archive)
    assert f"files: {len(CONTENTS)} " in run_command(old, "verify", archive)
    run_command(old, "restore", archive, "--to", str(new), *(("--store", empty) if empty else ()))
    run_command(new, "verify")
    with TestDesk(empty or f"sqlite:///{new}/casebot.db", new) as desk:
        (entry,) = desk.case().entries
        assert [file.name for file in entry.files] == ["0.log", "1.log", "2.log"]
        assert [desk.app.files.read(file.sha256) for file in entry.files] == list(CONTENTS)
