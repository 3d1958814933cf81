"""What happens once a guide is followed: a mail comes in and is answered; what waits arrives, once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

from tests.support.guides.follower import Follower
from tests.support.guides.page import Block
from tests.support.guides.stand_in import SUPPORT
from tests.support.houses.house import until, words

ANA, BEA, BOB = "ana@customer.example", "bea@customer.example", "bob@acme.com"
SECONDS = 90.0


class Server(Protocol):
    """A provider's mail, as its customers and people see it."""

    def arrives(self, sender: str, to: str, subject: str, *lines: str) -> None:
        """A mail from outside."""

    def sent(self, to: str, subject: str = "") -> list[Any]:
        """What was sent to somebody."""


def text(mail: Any) -> str:
    """The words of a mail, as one line."""
    return " ".join(words(mail).split())


class Correspondence:
    """Ana and Bea write to the desk, Bob answers them."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def opens(self, customer: str, subject: str) -> None:
        """A mail becomes a case, and its confirmation comes back."""
        self._server.arrives(customer, SUPPORT, subject, "It does not work.")
        assert "CS-00000" in text(self.one(customer, subject))

    def goes_both_ways(self, reader: Follower, steps: Sequence[Block]) -> None:
        """A guide is followed, and Ana's mail is answered; its last two blocks look at the case."""
        reader.follow(steps[:-2])
        self.opens(ANA, "Printer on fire")
        reader.follow(steps[-2:])
        self.answered_by_mail(BOB, ANA, "Printer on fire", "Please try water.")

    def was_told(self, why: str, *, what_to_do: str) -> None:
        """The specialist has read that mail waits, and that it works again."""
        told = self.one(BOB, f"Mail to {SUPPORT} waits: {why}")
        assert what_to_do in text(told)
        self.one(BOB, f"Mail to {SUPPORT} works again")

    def answered_by_mail(self, specialist: str, customer: str, subject: str, answer: str) -> None:
        """The specialist answers the mail about the case; the customer has it, once."""
        told = self.one(specialist, subject)
        self._server.arrives(specialist, _reply_address(told), f"Re: {told['Subject']}", answer)
        self.has_answer(customer, answer)

    def has_answer(self, customer: str, answer: str) -> None:
        """It has arrived, once."""
        assert until(lambda: self.mails(customer, answer), SECONDS), f"{customer} has no answer"
        assert len(self.mails(customer, answer)) == 1

    def comes_meanwhile(self, customer: str, subject: str) -> None:
        """A mail lies in the mailbox that nobody fetches."""
        self._server.arrives(customer, SUPPORT, subject, "It does not work either.")

    def everybody_waits(self, reader: Follower, why: str = "a sign-in does not work") -> None:
        """The desk has noticed that it is not let in."""
        assert until(lambda: why in reader.log(), SECONDS), reader.log()

    def all_came_once(self, customer: str, subject: str) -> None:
        """What came meanwhile became a case and was confirmed, and nothing left twice."""
        self.one(customer, subject)
        ids = [str(mail["Message-ID"]) for to in (ANA, BEA, BOB) for mail in self._server.sent(to)]
        assert len(ids) == len(set(ids)), "a mail left twice"

    def one(self, to: str, subject: str) -> Any:
        """The one mail to somebody with this subject, once it is there."""
        assert until(lambda: self._server.sent(to, subject), SECONDS), f"{to} has no mail “{subject}”"
        mails = self._server.sent(to, subject)
        assert len(mails) == 1, [str(mail["Subject"]) for mail in mails]
        return mails[0]

    def mails(self, to: str, said: str) -> list[Any]:
        """Those to somebody in which this is said anew, outside quotations."""
        return [mail for mail in self._server.sent(to) if said in text(mail)]


def _reply_address(mail: Any) -> str:
    match = re.search(r"[\w.+-]+@[\w.-]+", str(mail["Reply-To"]))
    assert match
    return match[0]
