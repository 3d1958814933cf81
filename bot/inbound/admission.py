"""The doorkeeper: at a closed desk only people who are known, or whose account is, may open cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog

from bot.channel.protocols import Inbound, Letter
from bot.commands import Request
from bot.inbound.held_quota import Floods
from bot.inbound.route import Aside
from bot.model.notices import NOTICES
from bot.notify.notification import Notification
from bot.policy import admission
from bot.policy.auto_mail_limits import Brakes
from store.engine import lease
from store.engine.transaction import Transaction
from store.people import rate_limit
from store.people.person import Person
from store.queues import inbox, outbox

log = structlog.get_logger("doorkeeper")
WEEK = 7 * rate_limit.DAY
"""Milliseconds: nobody is told more often that the desk is closed to them."""


class Doorkeeper(Floods):
    """Placing, for a desk that may be closed. Whoever is turned away is answered once a week, and what they wrote lies
    aside; requeued by a person, it opens its case. What nothing proves is held as ever, and imports go through."""

    def place(self, tx: Transaction, letter: Letter, message: Inbound, *, now: datetime) -> Request | Aside:
        """The request a message makes, or why it makes none."""
        asked = super().place(tx, letter, message, now=now)
        if isinstance(asked, Aside) or letter.envelope.get("door") == "import":
            return asked
        why = admission.turned_away(tx, self._config, asked)
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
        facts = {"team": admission.team(tx, self._config, asked)}
        rows = self._posts.post(tx, Notification(NOTICES["turned away"], to, None, facts, now, **how))
        lease.renew(tx, outbox.outgoing, [(row.id, row.fence) for row in rows], until=now)  # any courier's
        return "they were told so"

    def _braked(self, tx: Transaction, to: Person, *, now: datetime) -> str:
        """Why they are told nothing now, or ``""``: then they were told this week."""
        at, key = rate_limit.millis(now), rate_limit.key("turned away", to.channel, to.address.lower())
        (known,) = rate_limit.read(tx, [key])
        if known.day > at:
            return "they were told so this week"
        letters = not self._posts.boards.traits(to.channel).threads
        if letters and (why := Brakes(tx, self._limits, now=now).stop(to, None, narrow=True)):
            return f"not told: {why}"
        rate_limit.write(tx, key, known, now=at, day=WEEK)
        return ""
