"""Where compiled templates are kept, for tests of that."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.render import renderer


@pytest.fixture
def python_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where Python keeps what it compiles, in this process and its children: at first nothing is there."""
    folder = tmp_path / "kept by python"
    monkeypatch.setattr(sys, "pycache_prefix", str(folder))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(folder))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    renderer._shipped.cache_clear()
    yield folder
    renderer._shipped.cache_clear()


@pytest.fixture
def python_keeps_nothing(python_keeps: Path) -> None:
    python_keeps.touch()
