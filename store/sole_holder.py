"""Sole holders: what only one process at a time does, by a lease under a name."""

from __future__ import annotations

from datetime import datetime

from store import channel_state
from store.engine.lease import LEASE
from store.engine.transaction import Transaction


def take(tx: Transaction, name: str, holder: str, *, now: datetime) -> bool:
    """Take a lease, or renew one's own; False while another process holds it."""
    state = channel_state.read(tx, _of(name), to_change=True) or {}
    theirs = state.get("holder", holder) != holder
    if theirs and datetime.fromisoformat(state["until"]) > tx.due(now):
        return False
    until = tx.due(now + LEASE).isoformat()
    channel_state.write(tx, _of(name), {"holder": holder, "until": until})
    return True


def release(tx: Transaction, name: str, holder: str) -> None:
    """Give a lease back, if it is one's own: the next who asks has it at once."""
    state = channel_state.read(tx, _of(name), to_change=True) or {}
    if state.get("holder") == holder:
        channel_state.write(tx, _of(name), {})


def _of(name: str) -> str:
    return f"holder of {name}"
