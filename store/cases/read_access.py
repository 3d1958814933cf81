"""Read access: since when somebody may read a case and those merged into it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import bindparam, or_, select

from store.cases.case import case, event, whole
from store.cases.participant import addresses, participant
from store.cases.role import TAKING_PART
from store.engine.transaction import Transaction
from store.people.person import person

FROM_THE_START = datetime(1970, 1, 1, tzinfo=UTC)
_SINCE = select(participant.c.case_id, participant.c.since, participant.c.via_id).where(
    participant.c.case_id.in_(whole()),
    participant.c.person_id == bindparam("person_id"),
    participant.c.role.in_(TAKING_PART),
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


_ASKERS = (
    select(participant.c.case_id)
    .where(participant.c.person_id == bindparam("asker_id"))
    .where(participant.c.role.in_(TAKING_PART))
)
_LET_IN = (
    select(participant.c.case_id, participant.c.role, event.c.detail)
    .join_from(participant, case, participant.c.case_id == case.c.id)
    .join(event, event.c.case_id == case.c.id)
    .join(person, person.c.id == event.c.person_id)
    .where(participant.c.person_id == bindparam("person_id"), participant.c.role != "proposed")
    .where(event.c.name.in_(("participant added", "requester set")), person.c.role != "contact")
    .where(or_(case.c.account_id == bindparam("account_id"), case.c.id.in_(_ASKERS)))
)


def let_in(tx: Transaction, person_id: int, *, asker_id: int, account_id: int | None) -> dict[int, str]:
    """The cases that staff added a person to, each with the person's role now.

    Only cases of the asker's account, and those that the asker takes part in.
    """
    values = {"person_id": person_id, "asker_id": asker_id, "account_id": account_id}
    rows = tx.rows(_LET_IN, values)
    own = addresses(tx, person_id) if rows else frozenset()
    return {row[0]: row[1] for row in rows if json.loads(row[2]).get("who") in own}
