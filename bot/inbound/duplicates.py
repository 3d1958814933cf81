"""Copies: one mail to two mailboxes of the desk comes twice, by ways that each write on it, and has its effect once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.channel.protocols import Inbound, Letter
from bot.commands import Attach, Note, Open, Proof, Reply, Request
from bot.inbound.route import Aside
from bot.inbound.routing import Placing
from bot.syntax.case_numbers import label
from store.cases import entry
from store.cases.entry import bare
from store.engine.transaction import Transaction
from store.queues import inbox

_ANCHORED = (Open, Reply, Attach, Note)
"""What leaves the message's own id on the case, if its sender is plausible."""


class Copies(Placing):
    """Placing, that sets aside what is another copy of a mail that was worked off before.

    Only a copy that was proven as well or better counts: else anybody who can write the same words first could
    keep the true mail from its effect. A person who requeues a copy has decided, and it is handled like any mail.
    """

    def place(self, tx: Transaction, letter: Letter, message: Inbound, *, now: datetime) -> Request | Aside:
        """The request a message makes, or why it makes none."""
        asked = super().place(tx, letter, message, now=now)
        if isinstance(asked, Aside) or not message.twin:
            return asked
        first = _first(tx, asked, message.twin) if _perhaps(tx, asked) else None
        if first is None or first["key"] == asked.key:
            return replace(asked, twin=_key(message.twin, asked.proof))
        if inbox.requeued(tx, letter.id):
            return asked
        where = f"is on {label(first['case'])}" if first["case"] else "was worked off already"
        return Aside(f"another copy of a mail that {where}", first["case"])


def _perhaps(tx: Transaction, asked: Request) -> bool:
    """Is it worth a look? An ordinary mail's copies would have left its id on a case, which is known already.

    Where two processes have the copies in hand at once, neither sees the other: the receipt of the second fails,
    and it is tried again.
    """
    said = asked.said.message_id
    ordinary = asked.proof >= Proof.PLAUSIBLE and all(isinstance(one, _ANCHORED) for one in asked.commands)
    return not ordinary or bare(said) in entry.follow(tx, [said])


def _first(tx: Transaction, asked: Request, twin: str) -> dict[str, Any] | None:
    """What became of the copy that was proven best, if it was proven no less than this one."""
    levels = (_key(twin, proof) for proof in reversed(Proof) if proof >= asked.proof)
    return next((found for key in levels if (found := inbox.find_receipt(tx, inbox.COPY, key))), None)


def _key(twin: str, proof: Proof) -> str:
    return f"{twin}:{proof.value}"
