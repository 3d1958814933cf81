"""The inner side of mail's doors, for tests: a shelf that keeps, and clients at both kinds of door."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from bot.channel.context import ChannelContext, for_reading
from bot.channel.protocols import Kept, Mailbox
from bot.model.errors import NoRoom
from bot.model.message import Attachment
from channels.email import Settings
from channels.email.imap_in.client import ImapFolder
from channels.email.imap_in.worker import ImapWorker
from channels.email.sign_in.accounts import SignInAccounts
from channels.email.smtp_in.server import Listener
from tests.support.houses.dovecot import PASSWORD, USER
from tests.support.setup.pace import PATIENCE

ANA, DESK = "ana@acme.com", "support@example.com"
MAIL = b"From: ana@acme.com\r\nTo: support@example.com\r\nSubject: Hello\r\n\r\nThe deal is late.\r\n"


class Shelf:
    """The other end of the wire: what was handed in, what is answered, and a door's small memory."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, bytes, dict[str, Any]]] = []
        self.trouble: Exception | None = None
        self.room = 1 << 40
        """Bytes of the largest letter that there is room for."""
        self.tries = 0
        self.memory: dict[str, Any] = {}
        self.open = threading.Event()
        """Cleared: nothing becomes durable for now."""
        self.open.set()

    def keep(self, source: str, key: str, raw: bytes, envelope: Any) -> Future[Kept]:
        future: Future[Kept] = Future()
        self.tries += 1
        threading.Thread(target=self._answer, args=(future, key, raw, envelope)).start()
        return future

    def _answer(self, future: Future[Kept], key: str, raw: bytes, envelope: Any) -> None:
        self.open.wait(120)
        if not future.set_running_or_notify_cancel():
            return
        if trouble := self.trouble or (NoRoom("full") if len(raw) > self.room else None):
            future.set_exception(trouble)
            return
        known = any(letter[0] == key for letter in self.letters)
        if not known:
            self.letters.append((key, raw, json.loads(json.dumps(dict(envelope)))))
        future.set_result(Kept(len(self.letters), duplicate=known))

    def remember(self, name: str, value: Any) -> Any:
        if value is not None:
            self.memory[name] = json.loads(json.dumps(value))
        return self.memory.get(name)

    def bodies(self) -> list[bytes]:
        return [raw.rpartition(b"\r\n\r\n")[2] for _, raw, _ in self.letters]


def house(shelf: Shelf, **settings: Any) -> ChannelContext[Settings]:
    boxes = (Mailbox(DESK, "Support"), Mailbox("billing+eu@example.org", "Billing"))
    reading = for_reading(Settings(**settings), boxes, receive=lambda chunks: Attachment("", "", 0, ""))
    return replace(reading, keep=shelf.keep, remember=shelf.remember)


@contextmanager
def opened(shelf: Shelf, protocol: str = "smtp", **settings: Any) -> Iterator[Listener]:
    here = {"listen": "127.0.0.1:0"} if protocol == "smtp" else {"listen": "", "lmtp": "127.0.0.1:0"}
    door = Listener(house(shelf, **here | settings), protocol)
    thread = threading.Thread(target=door.run)
    thread.start()
    assert door.opened.wait(60)
    try:
        yield door
    finally:
        door.leave()
        thread.join(60)
        assert not thread.is_alive()


class Wire:
    """A client that says exactly the bytes it is told."""

    def __init__(self, port: int, *, host: str = "127.0.0.1") -> None:
        """``host``: where it comes from."""
        self._socket = socket.create_connection(
            ("127.0.0.1", port), timeout=PATIENCE, source_address=(host, 0)
        )
        self._file = self._socket.makefile("rb")

    def say(self, *data: bytes) -> None:
        self._socket.sendall(b"".join(data))

    def hear(self) -> str:
        while True:
            line = self._file.readline().decode()
            if line[3:4] != "-":
                return line.rstrip()

    def ask(self, data: bytes) -> str:
        self.say(data + b"\r\n")
        return self.hear()

    def begin(self) -> Wire:
        """Up to and with 354."""
        for command in (b"EHLO x", b"MAIL FROM:<ana@acme.com>", b"RCPT TO:<support@example.com>", b"DATA"):
            self.ask(command)
        return self

    def __enter__(self) -> Wire:
        self.greeting = self.hear()
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()
        self._socket.close()


def room(shelf: Shelf, port: int, *, accounts: SignInAccounts | None = None, **imap: Any) -> ImapWorker:
    account = {"host": "localhost", "port": port, "tls": "off", "user": USER, "password": PASSWORD}
    mailbox = Mailbox(USER, "Support", settings={"imap": account | imap})
    return ImapWorker(house(shelf, max_size=20_000), mailbox, accounts=accounts or SignInAccounts((), "."))


@contextmanager
def attended(shelf: Shelf, port: int, **imap: Any) -> Iterator[ImapWorker]:
    attendant = room(shelf, port, **imap)
    thread = threading.Thread(target=attendant.run)
    thread.start()
    try:
        yield attendant
    finally:
        attendant.leave()
        thread.join(60)
        assert not thread.is_alive()


@contextmanager
def looks_counted() -> Iterator[list[None]]:
    """One entry for each look at a whole folder that is over, of whichever mailbox."""
    over: list[None] = []
    look = ImapWorker._look

    def counted(room: ImapWorker, folder: ImapFolder) -> bool:
        again = look(room, folder)
        over.append(None)
        return again

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ImapWorker, "_look", counted)
        yield over


def wait_until(holds: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
