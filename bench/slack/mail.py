"""The other side of the cases: a customer who opens a few by mail and goes on writing, and her mailbox."""

from __future__ import annotations

import random
import re
import threading
import time

from bench.support import mails
from bench.support.client import Client
from bench.support.mails import Mail
from tests.support.mail.talk import Taken

OPENED = 6
PACE = 1.5
"""Seconds between two mails."""
AGAIN = 0.02
_PARENT = re.compile(rb"^in-reply-to:\s*(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)
SENDER = "bea@acme.example"


class Mailbox:
    """What the relay took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.ids: set[str] = set()
        self.parents: set[str] = set()
        """Message-IDs of the mails that were answered."""

    def took(self, message: Taken) -> None:
        """The sink's hook."""
        with self._lock:
            self.ids.add(message.message_id)
            if parent := _PARENT.search(message.raw):
                self.parents.add(parent[1].decode("ascii", "replace"))


class Mailer(threading.Thread):
    """Sends one mail after the other, each until it gets its 250."""

    def __init__(self, port: int, mailbox: Mailbox, *, seed: int) -> None:
        super().__init__(name="mailer", daemon=True)
        self._port, self._mailbox = port, mailbox
        self._dice = random.Random(seed)
        self._opened: list[Mail] = []
        self.acknowledged: dict[str, Mail] = {}
        self.leaving = threading.Event()

    def run(self) -> None:
        """Until ``leaving``; the mail in hand is sent first."""
        number = 0
        while not self.leaving.is_set():
            number += 1
            mail = self._next(f"m{number:05d}")
            while not self._sent(mail):
                time.sleep(AGAIN)
            self.acknowledged[mail.message_id] = mail
            self.leaving.wait(PACE if len(self._opened) >= OPENED else 0.1)

    def _next(self, marker: str) -> Mail:
        confirmed = [mail for mail in self._opened if mail.message_id in self._mailbox.parents]
        if len(self._opened) >= OPENED and confirmed:
            # Nobody answers what was not confirmed: it may lie with a dead house, and its answer come first.
            return mails.reply(marker, self._dice, to=self._dice.choice(confirmed))
        mail = mails.new(marker, self._dice, sender=SENDER, size=1500)
        self._opened.append(mail)
        return mail

    def _sent(self, mail: Mail) -> bool:
        try:
            with Client(self._port, seconds=10) as client:
                return client.send(mail) == 250
        except (OSError, ValueError):
            return False
