"""Senders at a steady rate; how long a 250 took counts from the moment when its mail was due."""

from __future__ import annotations

import itertools
import random
import statistics
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from bench.support.client import Client
from bench.support.mails import new

THREADS = 4
SMALL = 3000
"""Bytes of a mail."""
WITH_A_FILE = 10
"""Every tenth mail."""


@dataclass(frozen=True, slots=True)
class AnsweredMail:
    """A mail that heard 250."""

    marker: str
    message_id: str
    due: float
    answered: float

    @property
    def wait(self) -> float:
        """Seconds, from when it was to be sent."""
        return self.answered - self.due


class SteadySenders:
    """``with SteadySenders(port, rate=20) as senders:`` mail arrives; what was acknowledged is kept."""

    def __init__(self, port: int, *, rate: float) -> None:
        self.answered: list[AnsweredMail] = []
        self.refused: list[str] = []
        """Mails with an answer other than 250."""
        self._port, self._rate = port, rate
        self._numbers = itertools.count()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._send, name=f"sender {n}") for n in range(THREADS)]
        self._began = 0.0

    def noticed(self, began: float, ended: float) -> str:
        """How long mails waited that were due between two moments, and the others."""
        during = [mail.wait for mail in self.answered if began <= mail.due <= ended]
        others = [mail.wait for mail in self.answered if not began <= mail.due <= ended]
        return f"while it ran {_waits(during)}; else {_waits(others)}"

    def broken(self) -> list[str]:
        """Whoever was sent away."""
        return [f"refused: {marker}" for marker in self.refused]

    def __enter__(self) -> Self:
        self._began = time.time()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        dice = random.Random(threading.current_thread().name)
        with Client(self._port) as client:
            for number in self._numbers:
                due = self._began + number / self._rate
                if self._over.wait(max(0.0, due - time.time())):
                    return
                kind = "attachment" if number % WITH_A_FILE == 0 else "new"
                sender = f"customer{number % 200}@acme.example"
                mail = new(f"b-{number:06d}", dice, sender=sender, kind=kind, size=SMALL)
                if client.send(mail) == 250:
                    self.answered.append(AnsweredMail(mail.marker, mail.message_id, due, time.time()))
                else:
                    self.refused.append(mail.marker)


def _waits(waits: list[float]) -> str:
    if not waits:
        return "no mail was due"
    return f"{len(waits)} mails, median {statistics.median(waits) * 1000:.0f} ms, longest {max(waits) * 1000:.0f} ms"
