"""Real cases to be copied: mails through ``casebot run``, answered and closed by a specialist as he would do it."""

from __future__ import annotations

import random
import re
import smtplib
import time
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

from bench.support import mails
from bench.support.client import Client
from bench.support.databases import Look
from bench.support.house import STAFF_ADDRESS, House
from bench.support.mails import Mail
from tests.support.mail.sink import Sink
from tests.support.mail.talk import Taken

SIZE = 2000
"""Bytes of a mail."""
OPEN = 0.03
"""The share of cases that somebody still has to do."""
PEOPLE = 0.5
"""Customers for each case."""
MARK = "grow"
"""What the markers of the mails begin with; a copy has its own number behind it."""
ANSWER = "We have found it, and it runs again since this morning.\n\n#close as_designed\n"


@dataclass(frozen=True, slots=True)
class Template:
    """A store at rest, whose house has stopped."""

    folder: Path
    """With ``casebot.db`` and the files."""
    cases: int

    @property
    def store(self) -> Path:
        return self.folder / "casebot.db"


def made(folder: Path, count: int) -> Template:
    """So many cases, a quarter of them with a reply of the customer, most of them answered and closed."""
    dice = random.Random(5)
    with Sink() as relay:
        house = House(folder, relay=relay.port, staff=1, web=True)
        look = Look(house.url)
        house.start()
        try:
            house.wait()
            opened = tuple(
                mails.new(f"{MARK}-{number:06d}", dice, sender=_sender(number, count), size=SIZE)
                for number in range(count)
            )
            _sent(house, look, opened)
            again = [
                mails.reply(f"{MARK}-{count + number:06d}", dice, to=mail)
                for number, mail in enumerate(opened)
                if number % 4 == 0
            ]
            _sent(house, look, again)
            asked = _asked(look, relay.taken)
            for notice in asked[: round(count * (1 - OPEN))]:
                _answered(house.port, notice)
            _settled(look)
            house.stop()
        finally:
            house.kill()
    return Template(folder, count)


def _sender(number: int, count: int) -> str:
    return f"customer{number % max(int(count * PEOPLE), 1)}@acme.example"


def _sent(house: House, look: Look, batch: tuple[Mail, ...] | list[Mail]) -> None:
    with Client(house.port) as client:
        for mail in batch:
            while client.send(mail) != 250:
                time.sleep(0.05)
    _settled(look)


def _settled(look: Look) -> None:
    while look.waiting():
        time.sleep(0.05)


def _asked(look: Look, taken: list[Taken]) -> list[EmailMessage]:
    """What told the specialist of each new case, in a random but repeatable order."""
    rows = look.rows("SELECT message_id FROM outgoing WHERE notice = 'case opened' ORDER BY id")[0]
    notices = {message.message_id: message.raw for message in taken}
    order = [str(row[0]) for row in rows]
    random.Random(6).shuffle(order)
    return [message_from_bytes(notices[one]) for one in order]  # type: ignore[misc]


def _answered(port: int, notice: EmailMessage) -> None:
    """The specialist writes to where the notice wants its answer."""
    address = re.findall(r"[\w.+-]+@[\w.-]+", str(notice["Reply-To"]))[-1]
    answer = EmailMessage()
    answer["From"], answer["To"] = f"Sam Specialist <{STAFF_ADDRESS}>", address
    answer["Subject"] = "Re: " + " ".join(str(notice["Subject"]).split())
    answer["In-Reply-To"] = str(notice["Message-ID"]).strip()
    answer["Message-ID"] = f"<answer-{str(notice['Message-ID']).strip('<> ')}>"
    answer.set_content(ANSWER)
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail(STAFF_ADDRESS, [address], answer.as_bytes())
