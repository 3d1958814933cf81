"""Duplicates: a second copy of a mail, by another way, has no second effect."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.commands.case import Attach, Note, Open, Reply
from bot.inbound.arrival import Arrival
from bot.inbound.route import Aside
from bot.model.identity import Proof
from bot.model.request import Request
from bot.syntax.case_numbers import label
from store.cases import entry
from store.cases.entry import bare
from store.engine.transaction import Transaction
from store.queues import inbox

_ANCHORED = (Open, Reply, Attach, Note)
"""What leaves the message's own id on the case, if its sender is plausible."""


def check(arrival: Arrival, request: Request) -> Request | Aside:
    """Set a message aside that is another copy of a mail that was handled before.

    Only a copy that was proven as well or better counts: else anybody who can write the same words first
    could keep the true mail from its effect. A person who requeues a copy has decided, and it is handled like
    any mail.
    """
    twin = arrival.message.twin
    if not twin:
        return request
    first = _first(arrival.tx, request, twin) if _perhaps(arrival.tx, request) else None
    if first is None or first["key"] == request.key:
        return replace(request, twin=_key(twin, request.proof))
    if arrival.requeued():
        return request
    where = f"is on {label(first['case'])}" if first["case"] else "was worked off already"
    return Aside(f"another copy of a mail that {where}", first["case"])


def _perhaps(tx: Transaction, request: Request) -> bool:
    """Can this message be a copy of an earlier one?

    The copies of an ordinary mail have left its id on a case, which is known already. If two processes have
    the copies in hand at once, neither sees the other: the receipt of the second fails, and it is tried
    again.
    """
    message_id = request.said.message_id
    ordinary = request.proof >= Proof.PLAUSIBLE and all(
        isinstance(command, _ANCHORED) for command in request.commands
    )
    return not ordinary or bare(message_id) in entry.follow(tx, [message_id])


def _first(tx: Transaction, request: Request, twin: str) -> dict[str, Any] | None:
    """The result of the copy with the best proof, if it had no less proof than this one."""
    levels = (_key(twin, proof) for proof in reversed(Proof) if proof >= request.proof)
    return next((result for key in levels if (result := inbox.find_receipt(tx, inbox.COPY, key))), None)


def _key(twin: str, proof: Proof) -> str:
    return f"{twin}:{proof.value}"
