"""The doorkeeper: at a closed desk only people who are known, or whose account is, may open cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog

from bot import localteam
from bot.brakes import DAY, Brakes
from bot.channel import Inbound, Letter
from bot.commands import Open, Proof, Request
from bot.config import Config
from bot.floods import Floods
from bot.notices import NOTICES
from bot.place import Aside
from bot.sayings import saying, together
from bot.telling import Telling
from store import account, budget, inbox, lease, outbox, people
from store.people import Person
from store.transaction import Transaction

log = structlog.get_logger("doorkeeper")
WEEK = 7 * DAY
"""Milliseconds: nobody is told more often that the desk is closed to them."""


class Doorkeeper(Floods):
    """Placing, for a desk that may be closed. Whoever is turned away is answered once a week, and what they wrote lies
    aside; requeued by a person, it opens its case. What nothing proves is held as ever, and imports go through."""

    def place(self, tx: Transaction, letter: Letter, message: Inbound, *, now: datetime) -> Request | Aside:
        """The request a message makes, or why it makes none."""
        asked = super().place(tx, letter, message, now=now)
        if isinstance(asked, Aside) or letter.envelope.get("door") == "import":
            return asked
        why = turned_away(tx, self._config, asked)
        if not why or inbox.requeued(tx, letter.id):
            return asked
        log.info("somebody was turned away (`casebot inbox list --state aside`)", inbox=letter.id)
        return Aside(f"{why}; {self._answer(tx, asked, now=now)}")

    def _answer(self, tx: Transaction, asked: Request, *, now: datetime) -> str:
        """Say so, politely, unless a machine asked or they heard it this week; what was done, in words."""
        to = Person(0, "", "contact", asked.asker.address, asked.asker.channel)
        if not asked.may_answer or any(getattr(command, "automatic", False) for command in asked.commands):
            return "a machine wrote, and was told nothing"
        if why := self._braked(tx, to, now=now):
            return why
        how: dict[str, Any] = {"answers": asked.said, "mailbox": asked.mailbox, "place": asked.place}
        facts = {"team": team(tx, self._config, asked)}
        rows = self._posts.post(tx, Telling(NOTICES["turned away"], to, None, facts, now, **how))
        lease.renew(tx, outbox.outgoing, [(row.id, row.fence) for row in rows], until=now)  # any courier's
        return "they were told so"

    def _braked(self, tx: Transaction, to: Person, *, now: datetime) -> str:
        """Why they are told nothing now, or ``""``: then they were told this week."""
        at, key = int(now.timestamp() * 1000), budget.key("turned away", to.channel, to.address.lower())
        (known,) = budget.read(tx, [key])
        if known.day > at:
            return "they were told so this week"
        letters = not self._posts.boards.traits(to.channel).threads
        if letters and (why := Brakes(tx, self._limits, now=now).stop(to, None, narrow=True)):
            return f"not told: {why}"
        budget.write(tx, key, known, now=at, day=WEEK)
        return ""


def turned_away(tx: Transaction, config: Config, asked: Request) -> str:
    """Why somebody may not have the case that they ask for, as the inbox shows it; ``""``: they may.

    Who has left asks for nothing at all.
    """
    if asked.proof < Proof.PLAUSIBLE:
        return ""
    who = people.find(tx, asked.asker.channel, asked.asker.address)
    if who is not None and who.left:
        return f"inactive: {asked.asker.address} is no contact any more"
    if config.desk.open or not any(isinstance(command, Open) for command in asked.commands):
        return ""
    known = (who and (who.known or who.role != "contact")) or _account(tx, asked) is not None
    return "" if known else f"closed desk: we do not know {asked.asker.address}"


def team(tx: Transaction, config: Config, asked: Request) -> str:
    """Who can help them instead."""
    who = people.find(tx, asked.asker.channel, asked.asker.address)
    return localteam.of(tx, config, who.account_id if who else _account(tx, asked))


def words(team: str) -> str:
    """What they are told where they are answered in the same breath."""
    ask = saying("Your local service team can help: {team}.", team=team) if team else saying(ASK)
    return together(saying(CLOSED), ask)


CLOSED = (
    "We could not open a case for you, because this desk works for people whom it knows, "
    "and we do not know you yet."
)
ASK = "Please ask whoever looks after your account with us to have you added."


def _account(tx: Transaction, asked: Request) -> int | None:
    who = asked.asker
    by_place = account.of_place(tx, who.channel, asked.place) if asked.place else None
    return by_place or account.of_address(tx, who.channel, who.address)
