"""A desk to talk to in tests: real store, real writer, real words; mail is read back from its Maildir."""

from __future__ import annotations

import itertools
import threading
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any, Self

from bot.app import App
from bot.config.load import Config
from bot.model.identity import Identity, Proof
from bot.model.message import Said
from bot.model.outcome import Outcome
from bot.model.request import Command, Request
from bot.queries.case_detail import CaseView, ShowCase
from store.queues.outbox import Outgoing
from tests.support.setup.config import ACME, PROMPT, loaded

CONFIG = f"""{PROMPT}
name = "Acme Support"
[email]
listen = ""
relay = "maildir:./outgoing"
[web]
listen = ""
[[staff]]
name = "Sam Specialist"
mail = "sam@desk.example"
manager = "max@desk.example"
[[staff]]
name = "Max Manager"
mail = "max@desk.example"
role = "manager"
{ACME}"""


def config_for(url: str, folder: Path, more: str = "", *, config: str = CONFIG) -> Config:
    return loaded(config.format(url=url) + more, folder)


class TestDesk:
    """Ask it as a customer or as staff, and see what was said."""

    __test__ = False

    def __init__(self, url: str, folder: Path, *, more: str = "", config: str = CONFIG) -> None:
        """``more``: TOML below ``config``."""
        self.app = App(config_for(url, folder, more, config=config))
        self.app.open_channels()
        self.desk = self.app.desk
        self.desk.hand_over = self._posted
        self.rows: list[Outgoing] = []
        self._keys = itertools.count(1)
        self._thread = threading.Thread(target=self.app.writer.run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.app.writer.leave()
        self._thread.join()
        self.app.close()

    def ask(
        self, who: str, *commands: Command, proof: Proof = Proof.PROVEN, key: str = "", **more: Any
    ) -> Outcome:
        """One request of somebody's, answered in words; ``proven_on`` follows the first command about a case."""
        on = next((command.case for command in commands if hasattr(command, "case")), None)
        outcome = self.desk.handle(
            Request(
                source="email",
                key=key or f"k{next(self._keys)}",
                asker=Identity("email", who, who.partition("@")[0].title() if "@" in who else ""),
                proof=proof,
                commands=commands,
                mailbox="support@example.com",
                **{
                    "at": self.desk.now(),
                    "proven_on": on,
                    "said": Said(message_id=f"<{next(self._keys)}@{who}>"),
                    **more,
                },
            )
        )
        assert all(isinstance(line.text, str) for line in outcome.answered), outcome
        return outcome

    def at(self, moment: datetime) -> None:
        """It is that time at the desk, and whatever is due by then happens."""
        self.desk.clock.read = lambda: moment
        while self.app.clock.tick():
            pass

    def case(self, number: int = 1) -> CaseView:
        view = self.desk.ask(ShowCase(number))
        assert view is not None
        return view

    def history(self, number: int = 1) -> list[str]:
        return [event.name for event in self.case(number).history]

    def mails(self, to: str = "") -> list[Message]:
        """What was put into the outbox since the last look, as its readers would get it."""
        rows = [row for row in self.rows if not to or row.recipient == to]
        self.rows = [row for row in self.rows if row not in rows]
        return [message_from_bytes(row.payload, policy=default) for row in rows]

    def told(self) -> list[str]:
        """Who was told something since the last look."""
        return sorted(str(mail["To"]) for mail in self.mails())

    def _posted(self, rows: Any) -> None:
        self.rows += rows


def text_of(mail: Any) -> str:
    """The plain words of a mail."""
    return str(mail.get_body(("plain",)).get_content())


def done(outcome: Any) -> str:
    """The words of its one line, which was done."""
    (line,) = outcome.answered
    assert line.outcome == "done", line
    return str(line.text)


def refused(outcome: Any) -> str:
    """The words of its one line, which was not done."""
    (line,) = outcome.answered
    assert line.outcome != "done", line
    return str(line.text)
