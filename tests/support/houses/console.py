"""The command line in a fresh folder: type, and read what it says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import casebot


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("CASEBOT_")]:
        monkeypatch.delenv(name)
    mask = os.umask(0o022)
    yield
    os.umask(mask)


def run(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(casebot, list(words), input=given, prog_name="casebot")


def said(*words: str, given: str | None = None) -> str:
    result = run(*words, given=given)
    assert result.exit_code == 0, result.output
    return result.stdout


def told(*words: str, code: int) -> str:
    """What it says on the error stream when it does not do it."""
    result = run(*words)
    assert result.exit_code == code, result.output
    return result.stderr


def staffed() -> None:
    said("init", "support@acme.com")
    with Path("config.toml").open("a") as file:
        file.write(
            '[[staff]]\nname = "Bob Miller"\nmail = "bob@acme.com"\nmanager = "eve@acme.com"\n'
            '[[staff]]\nname = "Eve"\nmail = "eve@acme.com"\nrole = "manager"\n'
        )
