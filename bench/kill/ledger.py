"""The senders' book: what was promised to them (250), what is under way, and what came back to them."""

from __future__ import annotations

import itertools
import random
import re
import threading
import time
from collections import defaultdict
from email import message_from_bytes
from html import unescape

from bench.support import mails
from bench.support.client import Client
from bench.support.house import STAFF_ADDRESS
from bench.support.mails import Mail
from bench.support.speech import greeted
from tests.support.mail.talk import Taken

_PARENT = re.compile(rb"^in-reply-to:\s*(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)
_MARKER = r"k\d+-\d+"
SMALL = 2000
"""Bytes of a new mail here: the promises do not depend on it, and more of them fit into a life."""
REPLIES = 0.3
PATIENCE = 0.02
"""Seconds before the same message is tried again."""
PACE = 0.03
"""Seconds between two messages of one sender: most of what a life accepts, it should also get to work on."""


class Ledger:
    """Shared by all senders and the sink."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._answered: list[Mail] = []
        self.sent: dict[str, Mail] = {}
        """By Message-ID, everything that was ever tried."""
        self.acknowledged: dict[str, float] = {}
        """Message-ID → when its sender heard 250."""
        self.under_way: dict[int, str] = {}
        """Sender → the Message-ID it has begun to send and has no answer to."""
        self.resent = 0
        """Messages that were begun more than once."""
        self.delivered: set[str] = set()
        """Message-IDs at the sink."""
        self.told: defaultdict[str, set[str]] = defaultdict(set)
        """Marker → the Message-IDs of the mails that told staff what was said there."""
        self.copies = 0
        """Deliveries at the sink."""
        self.news = threading.Event()
        """Set with each delivery; whoever aims at one clears it first."""

    def took(self, message: Taken) -> None:
        """The sink's hook: called before the relay's 250 is on its way."""
        self.news.set()
        parent = _PARENT.search(message.raw)
        with self._lock:
            self.copies += 1
            self.delivered.add(message.message_id)
            if STAFF_ADDRESS in message.recipients:
                for marker in greeted(_text(message.raw), _MARKER):
                    self.told[marker].add(message.message_id)
            mail = self.sent.get(parent[1].decode("ascii", "replace")) if parent else None
            if mail and mail.kind == "new" and mail.sender in message.recipients:
                self._answered.append(mail)

    def next(self, dice: random.Random) -> Mail:
        """A new mail, or a reply to one that was confirmed to its sender."""
        marker = f"k{self._seed}-{next(self._numbers):06d}"
        with self._lock:
            parent = dice.choice(self._answered) if self._answered else None
        if parent and dice.random() < REPLIES:
            mail = mails.reply(marker, dice, to=parent)
        else:
            sender = f"customer{dice.randrange(200)}@acme.example"
            mail = mails.new(marker, dice, sender=sender, size=SMALL)
        with self._lock:
            self.sent[mail.message_id] = mail
        return mail


def _text(raw: bytes) -> str:
    """What stands in a mail's text and HTML parts, decoded; tags left out."""
    parts = [part for part in message_from_bytes(raw).walk() if part.get_content_maintype() == "text"]
    texts = [
        bytes(part.get_payload(decode=True)).decode(part.get_content_charset("ascii"), "replace")
        for part in parts
    ]
    return unescape(re.sub(r"<[^>]*>", " ", "\n".join(texts)))


class Sender(threading.Thread):
    """Sends one message after the other, each until it gets its 250, as real servers do."""

    def __init__(self, number: int, ledger: Ledger, port: int, *, seed: int) -> None:
        super().__init__(name=f"sender {number}", daemon=True)
        self._number, self._ledger, self._port = number, ledger, port
        self._dice = random.Random(seed * 1000 + number)
        self._client: Client | None = None
        self.pace = PACE
        self.leaving = threading.Event()

    def run(self) -> None:
        """Until ``leaving``; the message in hand is sent first."""
        while not self.leaving.is_set():
            mail = self._ledger.next(self._dice)
            tries = 1
            while not self._sent(mail):
                tries += 1
                time.sleep(PATIENCE)
            self._ledger.resent += tries > 1
            self._ledger.acknowledged[mail.message_id] = time.time()
            self._ledger.under_way.pop(self._number, None)
            time.sleep(self.pace)
        self._hang_up()

    def _sent(self, mail: Mail) -> bool:
        try:
            self._client = self._client or Client(self._port)
            self._ledger.under_way[self._number] = mail.message_id
            return self._client.send(mail) == 250
        except (OSError, ValueError):
            self._hang_up()
            return False

    def _hang_up(self) -> None:
        if self._client:
            self._client.close()
        self._client = None
