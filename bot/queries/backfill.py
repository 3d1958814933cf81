"""Queries of a backfill: since when, and in which places, messages may have been missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from store.cases import thread
from store.engine.transaction import Transaction
from store.people import account
from store.queues import inbox


@dataclass(frozen=True, slots=True)
class LastHeard:
    """When a channel's newest message before this moment came; None if there is none."""

    channel: str
    before: datetime

    def answer(self, tx: Transaction) -> datetime | None:
        return inbox.last_received(tx, self.channel, before=self.before)


@dataclass(frozen=True, slots=True)
class Talks:
    """Where people may have continued talking: threads, and places of personal threads.

    The threads are those of cases that are open, or were touched ``since``, or closed ``closed_since``; the
    places those of all cases. ``most`` of each, those of the newest cases first.
    """

    channel: str
    since: datetime
    closed_since: datetime
    most: int

    def answer(self, tx: Transaction) -> tuple[list[str], list[str]]:
        threads = thread.alive(
            tx, self.channel, since=self.since, closed_since=self.closed_since, most=self.most
        )
        return threads, thread.own_places(tx, self.channel, most=self.most)


@dataclass(frozen=True, slots=True)
class BoundPlaces:
    """Places of a channel that are bound to accounts."""

    channel: str

    def answer(self, tx: Transaction) -> list[str]:
        return account.places(tx, self.channel)


@dataclass(frozen=True, slots=True)
class CasesWithoutCard:
    """Cases that were opened since a moment, are not closed and have no card in a channel."""

    channel: str
    since: datetime

    def answer(self, tx: Transaction) -> list[int]:
        return thread.cases_without_card(tx, self.channel, since=self.since)
