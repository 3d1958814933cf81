"""Somebody at a terminal who answers ``casebot setup``."""

from __future__ import annotations

import os
import re
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Self

import pexpect  # type: ignore[import-untyped]

PATIENCE = 200
"""Seconds for one answer of the program's; it takes one, but for a machine that has much else to do."""
_STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class SetupTerminal:
    """``with SetupTerminal(folder) as terminal:`` questions are waited for by their words."""

    def __init__(self, folder: Path, *words: str, **environment: str) -> None:
        """``words``: after ``casebot setup``. ``environment``: variables besides this machine's own."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("CASEBOT_")}
        self._child = pexpect.spawn(
            sys.executable,
            ["-m", "bot.cli", "setup", *words],
            cwd=str(folder),
            env={**plain, "NO_COLOR": "1", "COLUMNS": "200", **environment},
            encoding="utf-8",
            timeout=PATIENCE,
            dimensions=(60, 200),
            # A shell that runs the tests in the background ignores SIGINT, and its children would, too.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )
        self._shown: list[str] = []

    @property
    def shown(self) -> str:
        """All that stood on the screen, without colours."""
        return _STYLE.sub("", "".join(self._shown)).replace("\r", "")

    def answer(self, question: str, answer: str = "") -> None:
        """Wait for a question that has these words, and type; empty: what is proposed."""
        self.see(question)
        self._wait(r": $|\? $")
        self._child.sendline(answer)

    def see(self, words: str) -> None:
        """Wait until these words are shown."""
        self._wait(re.escape(words))

    def _wait(self, pattern: str) -> None:
        try:
            self._child.expect(pattern)
        except (pexpect.TIMEOUT, pexpect.EOF):
            self._shown.append(self._child.before or "")
            raise AssertionError(f"{pattern} is not shown, but:\n{self.shown[-3000:]}") from None
        self._shown += [self._child.before, self._child.after]

    def leave(self) -> None:
        """Press Ctrl-C until it ends: readline misses one that comes while it draws its prompt."""
        for _ in range(PATIENCE):
            self._child.sendintr()
            if self._child.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=2) == 0:
                break
        self._shown.append(self._child.before)

    def ended(self) -> int:
        """Wait until the program has ended; its exit code."""
        if not self._child.flag_eof:
            self._child.expect(pexpect.EOF)
            self._shown.append(self._child.before)
        self._child.close()
        return int(self._child.exitstatus or 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._child.close(force=True)
