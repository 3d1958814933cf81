"""Deflections: what articles have solved, so that nobody had to answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ForeignKey, String, Table, Text, bindparam, delete, exists, func, select

from store.cases.case import event
from store.engine.columns import Id, Moment, metadata, new_id
from store.engine.transaction import Transaction

deflection = Table(
    "deflection",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("article_id", ForeignKey("article.id", ondelete="SET NULL"), index=True),
    Column("title", Text, nullable=False),  # the article's, for when it is gone
    Column("at", Moment, nullable=False, index=True),
    Column("person_id", ForeignKey("person.id")),  # NULL: nobody we know
    Column("channel", String(20), nullable=False),  # email, slack, web: where they found it
    Column("case_id", ForeignKey("support_case.id"), unique=True),  # NULL: no case was opened
    info={"first stays": True},  # a case is deflected once
)


@dataclass(frozen=True, slots=True)
class Deflections:
    """How often an article solved a problem, by the channel in which it was found."""

    title: str
    channel: str
    count: int


_REOPENED = exists().where(
    event.c.case_id == deflection.c.case_id, event.c.name == "reopened", event.c.id > deflection.c.id
)
_TALLY = (
    select(deflection.c.title, deflection.c.channel, func.count())
    .where(deflection.c.at >= bindparam("since"), deflection.c.at < bindparam("until"), ~_REOPENED)
    .group_by(deflection.c.title, deflection.c.channel)
    .order_by(func.count().desc(), deflection.c.title, deflection.c.channel)
)


_FORGET = delete(deflection).where(deflection.c.case_id == bindparam("case_id"))


def write(
    tx: Transaction,
    article_id: int,
    title: str,
    *,
    person_id: int | None,
    channel: str,
    case_id: int | None,
    now: datetime,
) -> None:
    """Count one deflection.

    An earlier one on the same case is deleted: the case was opened again, so that article did not solve it.
    """
    if case_id is not None:
        tx.run(_FORGET, {"case_id": case_id})
    tx.add(
        deflection, id=new_id(), article_id=article_id, title=title, at=now, person_id=person_id, channel=channel,
        case_id=case_id,
    )  # fmt: skip


def counts(tx: Transaction, since: datetime, until: datetime) -> Sequence[Deflections]:
    """The deflections of a period, the most helpful article first.

    Those whose case was opened again do not count.
    """
    rows = tx.rows(_TALLY, {"since": since, "until": until})
    return tuple(Deflections(*row) for row in rows)
