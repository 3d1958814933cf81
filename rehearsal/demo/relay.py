"""The relay of the demo: what casebot sends is taken, and lies in its readers' mailboxes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

from aiosmtpd.controller import Controller

from rehearsal.ports import free_port


class Relay:
    """``with Relay(took) as relay:`` listens on loopback; ``took`` hears of each mail's recipients and bytes."""

    def __init__(self, took: Callable[[Sequence[str], bytes], object]) -> None:
        self._took = took
        self.port = free_port()
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, data_size_limit=None, enable_SMTPUTF8=True
        )

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's hook
        """Before the answer: whoever hears it may count on the mail."""
        self._took(envelope.rcpt_tos, envelope.content)
        return "250 2.0.0 Taken"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._controller.stop()
