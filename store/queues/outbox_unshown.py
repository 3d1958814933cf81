"""Deliveries that still wait for a chat channel."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select

from store.cases.case import case
from store.engine.transaction import Transaction
from store.queues.outbox import outgoing


@dataclass(frozen=True, slots=True)
class UnshownNotice:
    """A notice that waits for a board, by the id of its delivery, and its case."""

    id: int
    case_id: int
    since: datetime


def waiting(
    tx: Transaction,
    boards: Sequence[str],
    *,
    before: datetime,
    urgent: str,
    urgent_before: datetime,
    at_once: Collection[str] = (),
) -> list[UnshownNotice]:
    """Notices for these channels written ``before`` (``urgent_before`` for urgent ones), oldest first.

    ``urgent`` is the priority of urgent cases, ``at_once`` are notices that are urgent in every case. Cards
    are not among the notices: they say nothing that a notice does not.
    """
    statement = (
        select(outgoing.c.id, outgoing.c.case_id, outgoing.c.created_at)
        .join(case, case.c.id == outgoing.c.case_id)
        .where(outgoing.c.due_at.is_not(None), outgoing.c.outcome == "waiting")
        .where(outgoing.c.channel.in_(boards), outgoing.c.person_id.is_(None), outgoing.c.key == "")
        .where(
            or_(
                outgoing.c.created_at < before,
                or_(case.c.priority == urgent, outgoing.c.notice.in_(at_once))
                & (outgoing.c.created_at < urgent_before),
            )
        )
        .order_by(outgoing.c.id)
    )
    return [UnshownNotice(*row) for row in tx.rows(statement)]


@dataclass(frozen=True, slots=True)
class ChannelBacklog:
    """How many deliveries wait for a channel, and since when the oldest does."""

    waiting: int
    oldest: datetime | None


_BACKLOGS = (
    select(outgoing.c.channel, func.count(), func.min(outgoing.c.created_at))
    .where(outgoing.c.due_at.is_not(None), outgoing.c.outcome == "waiting")
    .group_by(outgoing.c.channel)
)


def backlogs(tx: Transaction) -> dict[str, ChannelBacklog]:
    """What waits for each channel; those without anything are left out."""
    return {channel: ChannelBacklog(count, oldest) for channel, count, oldest in tx.rows(_BACKLOGS)}


_FOR_CUSTOMERS = (
    select(outgoing.c.case_id)
    .where(outgoing.c.due_at.is_not(None), outgoing.c.outcome == "waiting")
    .where(outgoing.c.channel == bindparam("of_channel"), outgoing.c.case_id.is_not(None))
    .where(outgoing.c.key == "", outgoing.c.notice.not_in(bindparam("behind", expanding=True)))
    .group_by(outgoing.c.case_id)
    .order_by(func.min(outgoing.c.id))
    .limit(bindparam("most"))
)


def cases_waiting(tx: Transaction, channel: str, *, behind: Sequence[str], most: int) -> list[int]:
    """The cases in which customers wait for words of ours, the longest wait first.

    ``behind``: notices that no customer waits for.
    """
    return [
        row[0]
        for row in tx.rows(_FOR_CUSTOMERS, {"of_channel": channel, "behind": list(behind), "most": most})
    ]
