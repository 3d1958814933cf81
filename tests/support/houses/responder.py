"""Somebody else's machine: it takes the desk's mail by SMTP and answers every one of it, as such machines do."""

from __future__ import annotations

import itertools
import threading
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Self

from tests.support.houses.house import House, until
from tests.support.mail.sink import Sink
from tests.support.mail.talk import Taken

ANA, DESK = "Ana <ana@acme.example>", "support@example.com"


class Responder:
    """The house, and behind its relay a machine that answers for Ana.

    ``honest``: its mails say that they are automatic. ``threads``: it answers to Reply-To, else it begins anew.
    ``varies``: it never says the same twice.
    """

    def __init__(
        self,
        url: str,
        folder: Path,
        *,
        honest: bool = False,
        threads: bool = False,
        varies: bool = False,
        more: str = "",
    ) -> None:
        self._headers = {"Auto-Submitted": "auto-replied"} if honest else {}
        self._threads, self._varies = threads, varies
        self._handled = 0
        self._numbers = itertools.count(1)
        self._todo: SimpleQueue[Taken | None] = SimpleQueue()
        self._sink = Sink(took=self._todo.put)
        self._sink.__enter__()
        self.house = House(url, folder, relay=self._sink.url, more=more)
        self._thread = threading.Thread(target=self._answer_all)

    def __enter__(self) -> Self:
        self.house.__enter__()
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._todo.put(None)
        self._thread.join()
        self.house.__exit__()
        self._sink.__exit__()

    def got(self, to: str = "ana@acme.example") -> list[Any]:
        """What the desk sent to somebody, once both machines have nothing more to say."""
        before = -1
        while before != (before := len(self._sink.taken)):
            until(lambda: self._handled == len(self._sink.taken))
            self.house.settled()
        taken = [one for one in self._sink.taken if to in one.recipients]
        return [message_from_bytes(one.raw, policy=default) for one in taken]

    def _answer_all(self) -> None:
        while (taken := self._todo.get()) is not None:
            if "ana@acme.example" in taken.recipients:
                self._answer(message_from_bytes(taken.raw, policy=default))
            self._handled += 1

    def _answer(self, mail: Message) -> None:
        number = next(self._numbers)
        text = f"I am away until Monday. {f'This is answer {number}.' if self._varies else ''}"
        if self._threads:
            headers = {"In-Reply-To": mail["Message-ID"], **self._headers}
            self.house.send(ANA, str(mail["Reply-To"]), f"Re: {mail['Subject']}", text, headers=headers)
        else:
            self.house.send(ANA, DESK, "I am away", text, headers=self._headers)
