"""Senders whose mail the desk has called spam: what they write is kept, and waits."""

from __future__ import annotations

from bot.inbound.arrival import Arrival
from bot.inbound.route import Aside
from bot.model.request import Request
from bot.syntax.case_numbers import label
from store.people import blocked_sender


def check(arrival: Arrival, request: Request) -> Request | Aside:
    """Set a message from a blocked sender aside, unless a person imports or requeues it."""
    if arrival.imported:
        return request
    block = blocked_sender.find(arrival.tx, request.asker.channel, request.asker.address)
    if block is None or request.proof > block[0] or arrival.requeued():
        return request
    return Aside(f"{request.asker.address} is blocked: spam on {label(block[1])}")
