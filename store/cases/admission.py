"""Admission: whom the desk has let into cases of a customer's, as these cases' histories say."""

from __future__ import annotations

import json

from sqlalchemy import bindparam, or_, select

from store.cases.case import case, event
from store.cases.participant import addresses, participant
from store.engine.transaction import Transaction
from store.people.person import person

_ASKERS = (
    select(participant.c.case_id)
    .where(participant.c.person_id == bindparam("asker_id"))
    .where(participant.c.role.in_(("requester", "collaborator")))
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
