"""The pager as a package that an operator has installed, and the people who have one."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.houses.house import until


def install(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """As ``pip install`` would: an entry point says which module is the channel of this name."""
    about = folder / "casebot_pager-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: casebot-pager\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[casebot.channels]\npager = tests.support.pager\n")
    patch.syspath_prepend(folder)


class Pagers:
    """What people write and read on theirs."""

    def __init__(self, folder: Path) -> None:
        self._in, self._out = folder / "in", folder / "out"
        self._numbers = itertools.count(1)
        self._seen: set[str] = set()

    def page(self, who: str, text: str, *, group: str = "", thread: str = "") -> None:
        """Somebody writes: alone, in a group, or below what was said there."""
        page = {"from": f"town/{who}", "name": who.title(), "group": group, "thread": thread, "text": text}
        draft = self._in / "draft.part"
        draft.write_text(json.dumps(page), encoding="utf-8")
        draft.rename(self._in / f"{next(self._numbers):06}.json")

    def next(self, to: str) -> Any:
        """The next page to an address, or in a group, that was not looked at yet."""
        found = until(lambda: self._new(to))
        assert found, f"nothing came to {to}: {[page['to'] for _, page in self._new('')]}"
        name, page = found[0]
        self._seen.add(name)
        return page

    def silent(self, to: str = "") -> bool:
        """Does nothing wait to be looked at?"""
        return not self._new(to)

    def _new(self, to: str) -> list[tuple[str, Any]]:
        files = [file for file in sorted(self._out.glob("*.json")) if file.name not in self._seen]
        pages = [(file.name, json.loads(file.read_text(encoding="utf-8"))) for file in files]
        return [(name, page) for name, page in pages if f"{page['to']}/".startswith(f"{to}/" if to else "")]
