"""The mailboxes: all mail that people were sent and have sent, newest last; each is a Maildir too."""

from __future__ import annotations

import mailbox
import threading
import time
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any

from rehearsal.demo.mail import Mail


class Mailboxes:
    """The mailboxes of the demo's people; thread-safe.

    ``addresses`` have a mailbox from the start, others from their first mail on.
    """

    def __init__(self, folder: Path, addresses: Iterable[str] = ()) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._mails: dict[str, list[Mail]] = {address: [] for address in addresses}
        self._changes: list[dict[str, Any]] = []
        self._numbers = count(1)

    def take(self, recipients: Iterable[str], raw: bytes) -> None:
        """What the relay took, for each of its recipients."""
        for address in recipients:
            self.add(address, raw)

    def add(self, owner: str, raw: bytes, *, sent: bool = False) -> Mail:
        """A mail into somebody's mailbox."""
        owner = owner.lower()
        with self._lock:
            mail = Mail(str(next(self._numbers)), owner, raw, time.time(), sent)
            self._mails.setdefault(owner, []).append(mail)
            self._keep(mail)
            change = {"seq": self.seq + 1, "what": "mail", "mailbox": owner, "id": mail.id}
            self._changes.append(change)
        return mail

    @property
    def seq(self) -> int:
        """The number of the newest change."""
        return len(self._changes)

    def changes(self, since: int) -> list[dict[str, Any]]:
        """What changed after ``since``, oldest first."""
        return self._changes[max(since, 0) :]

    def of(self, owner: str) -> list[Mail]:
        """Somebody's mails, newest last."""
        with self._lock:
            return list(self._mails.get(owner.lower(), ()))

    def by_id(self, number: str) -> Mail | None:
        """One mail, or nothing."""
        with self._lock:
            return next((m for mails in self._mails.values() for m in mails if m.id == number), None)

    def state(self) -> dict[str, Any]:
        """``GET /mail/state``."""
        with self._lock:
            boxes = {owner: list(mails) for owner, mails in self._mails.items()}
            seq = self.seq
        return {"seq": seq, "mailboxes": {owner: [m.wire() for m in mails] for owner, mails in boxes.items()}}

    def _keep(self, mail: Mail) -> None:
        """Write the mail into the owner's Maildir, or its folder ``.Sent``, for reading with a mail program."""
        box = mailbox.Maildir(self._folder / mail.owner.replace("/", "_"))
        place = box.add_folder("Sent") if mail.sent else box
        place.add(mail.raw)
