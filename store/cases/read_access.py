"""Read access: since when somebody may read a case and those merged into it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import bindparam, select

from store.cases.case import whole
from store.cases.participant import participant
from store.engine.transaction import Transaction

FROM_THE_START = datetime(1970, 1, 1, tzinfo=UTC)
_SINCE = select(participant.c.case_id, participant.c.since, participant.c.via_id).where(
    participant.c.case_id.in_(whole()),
    participant.c.person_id == bindparam("person_id"),
    participant.c.role.in_(("requester", "collaborator")),
)


def since(tx: Transaction, number: int, person_id: int) -> dict[int, datetime]:
    """``{case: moment}``: the cases that a customer may read, and from when on.

    A participant reads the case from the start. Somebody whose own case was merged into it reads what was
    said since then, and all of their own.
    """
    rows = tx.rows(_SINCE, {"case_id": number, "person_id": person_id})
    return {row[0]: FROM_THE_START if row[2] is None else row[1] for row in rows}


def reads(sinces: Mapping[int, datetime], number: int, at: datetime) -> bool:
    """May they read what was said on this case at that moment?"""
    return number in sinces and at >= sinces[number]
