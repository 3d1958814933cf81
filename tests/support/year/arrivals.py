"""What people sent in a year as it came: kept by the inbox, and settled once it is handled."""

from __future__ import annotations

import json
from email.message import EmailMessage

from bot.runtime.group_commit import Writer
from store.engine.lease import LEASE
from store.engine.transaction import Transaction
from store.queues.inbox import DoorMessage, InboxOutcome, accept, settle
from tests.support.year.cast import EVERYBODY, Person
from tests.support.year.rules import Act


class Arrivals:
    """Keeps the bytes of each mail and of each message in a chat."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def keep(self, act: Act, key: str, *, case: int | None, done: bool) -> None:
        """Keep what came with an act; what was refused made nothing."""
        if act.channel not in ("email", "slack"):
            return
        person = EVERYBODY[act.who]
        words = str(getattr(act.command, "text", ""))
        raw = _mail(person, key, words) if act.channel == "email" else _event(person, words)
        envelope = {"mail_from": person.mail} if act.channel == "email" else {}
        message = DoorMessage(act.channel, key, raw, None, len(raw), envelope, act.at)
        self._writer.write(_keep, message, "done" if done else "aside", case)


def _keep(tx: Transaction, message: DoorMessage, outcome: str, case: int | None) -> None:
    ((_, row),) = accept(tx, [message], lease=LEASE)
    assert row is not None
    settle(tx, [InboxOutcome(row, outcome, case_id=case)])


def _mail(person: Person, key: str, words: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = f"{person.called} <{person.mail}>", "support@example.com"
    mail["Message-ID"] = f"<{key}.{person.mail}>"
    mail.set_content(words)
    return mail.as_bytes()


def _event(person: Person, words: str) -> bytes:
    team, _, user = person.slack.partition("/")
    return json.dumps({"team": team, "user": user, "name": person.called, "text": words}).encode()
