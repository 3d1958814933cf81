"""Sole holding: what a door does in one process only, as reading a mailbox, however many there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class SoleHolding(Protocol):
    """Names that one process at a time holds."""

    def take(self, name: str, lost: Callable[[], None]) -> bool:
        """Take a name, kept until ``release``; False while another process has it. Never raises.

        ``lost`` is called, from another thread, if it turns out to be another process's after all.
        """

    def holds(self, name: str) -> bool:
        """Is it surely this process's at this moment? Asks nobody."""

    def release(self, name: str) -> None:
        """Let others have it at once. Never raises."""


class Alone:
    """Where there are no others."""

    def take(self, name: str, lost: Callable[[], None]) -> bool:
        """Yes."""
        return True

    def holds(self, name: str) -> bool:
        """Yes."""
        return True

    def release(self, name: str) -> None:
        """Nobody waits for it."""
