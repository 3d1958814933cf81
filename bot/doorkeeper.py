"""The doorkeeper: at a closed desk only people who are known, or whose account is, may open cases."""

from __future__ import annotations

from datetime import datetime

import structlog

from bot import localteam
from bot.brakes import DAY, Brakes
from bot.channel import Inbound, Letter
from bot.commands import Open, Proof, Request
from bot.config import Config
from bot.floods import Floods
from bot.notices import NOTICES
from bot.place import Aside
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
        if not turns_away(tx, self._config, asked) or inbox.requeued(tx, letter.id):
            return asked
        log.info("somebody unknown was turned away (`casebot inbox list --state aside`)", inbox=letter.id)
        told = self._answer(tx, asked, now=now)
        return Aside(f"{reason(asked)}; {told}")

    def _answer(self, tx: Transaction, asked: Request, *, now: datetime) -> str:
        """Say so, politely, unless a machine asked or they heard it this week; what was done, in words."""
        at, to = (
            int(now.timestamp() * 1000),
            Person(0, "", "contact", asked.asker.address, asked.asker.channel),
        )
        key = budget.key("turned away", to.channel, to.address.lower())
        (known,) = budget.read(tx, [key])
        if not asked.may_answer or any(getattr(command, "automatic", False) for command in asked.commands):
            return "a machine wrote, and was told nothing"
        if known.day > at:
            return "they were told so this week"
        if why := self._braked(tx, to, now=now):
            return f"not told: {why}"
        budget.write(tx, key, known, now=at, day=WEEK)
        telling = Telling(
            NOTICES["turned away"],
            to,
            None,
            {"team": team(tx, self._config, asked)},
            now,
            answers=asked.said,
            mailbox=asked.mailbox,
            place=asked.place,
        )
        rows = self._posts.post(tx, telling)
        lease.renew(tx, outbox.outgoing, [(row.id, row.fence) for row in rows], until=now)  # any courier's
        return "they were told so"

    def _braked(self, tx: Transaction, to: Person, *, now: datetime) -> str:
        if self._posts.boards.has(to.channel):
            return ""
        return Brakes(tx, self._limits, now=now).stop(to, None, narrow=True)


def turns_away(tx: Transaction, config: Config, asked: Request) -> bool:
    """Does this ask for a case in the name of somebody who may have none? Who has left asks for nothing at all."""
    if asked.proof < Proof.PLAUSIBLE:
        return False
    who = people.find(tx, asked.asker.channel, asked.asker.address)
    if who is not None and who.left:
        return True
    if config.desk.open or not any(isinstance(command, Open) for command in asked.commands):
        return False
    return not (who and (who.known or who.role != "contact")) and _account(tx, asked) is None


def reason(asked: Request) -> str:
    """Why it lies aside, as the inbox shows it."""
    return f"closed desk: we do not know {asked.asker.address}"


def team(tx: Transaction, config: Config, asked: Request) -> str:
    """Who can help them instead."""
    who = people.find(tx, asked.asker.channel, asked.asker.address)
    return localteam.of(tx, config, who.account_id if who else _account(tx, asked))


def words(team: str) -> str:
    """What they are told where they are answered in the same breath."""
    return f"{CLOSED} {f'Your local service team can help: {team}.' if team else ASK}"


CLOSED = (
    "We could not open a case for you, because this desk works for people whom it knows, "
    "and we do not know you yet."
)
ASK = "Please ask whoever looks after your account with us to have you added."


def _account(tx: Transaction, asked: Request) -> int | None:
    who = asked.asker
    by_place = account.of_place(tx, who.channel, asked.place) if asked.place else None
    return by_place or account.of_address(tx, who.channel, who.address)
