"""Participants: who takes part in a case, as what, and by which channel they are told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    String,
    Table,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    update,
)

from store.cases.case import Case, case, event
from store.cases.role import TAKING_PART
from store.engine.columns import Moment, metadata
from store.engine.transaction import Transaction
from store.people.person import Person, identity, person

participant = Table(
    "participant",
    metadata,
    Column("case_id", ForeignKey("support_case.id"), primary_key=True),
    Column("person_id", ForeignKey("person.id"), primary_key=True, index=True),
    Column("role", String(20), nullable=False),  # requester, collaborator, proposed, removed
    Column("since", Moment, nullable=False),
    Column("channel", String(20), nullable=False, default=""),  # the one they last used on this case
    Column("address", String(320), nullable=False, default=""),  # in that channel, the one they last used
    Column(
        "place", String(200), nullable=False, default=""
    ),  # where in it they last spoke: a thread of the case, else a place
    # the case through whose merging they joined: of this one they read what was said since
    Column("via_id", ForeignKey("support_case.id")),
    CheckConstraint("role IN ('requester','collaborator','proposed','removed')", name="role"),
)


@dataclass(frozen=True, slots=True)
class Participant:
    """A person's part in a case."""

    person: Person
    role: str
    since: datetime


class OwnCase(NamedTuple):
    """A case as the list of one who takes part in it has it."""

    id: int
    subject: str
    state: str
    priority: str
    mailbox: str
    updated_at: datetime
    owner: str | None
    closed_at: datetime | None

    @property
    def over(self) -> bool:
        """Is it resolved or closed?"""
        return self.state in ("resolved", "closed")


_PARTICIPANTS = (
    select(
        person.c.id, person.c.name, person.c.role, identity.c.address, identity.c.channel,
        person.c.account_id, person.c.manager_id, person.c.active, person.c.known, person.c.language,
        person.c.time_zone, participant.c.role.label("part"), participant.c.since, participant.c.channel.label("used"),
        participant.c.address.label("used_address"),
    )
    .join_from(participant, person, participant.c.person_id == person.c.id)
    .join(identity, identity.c.person_id == person.c.id)
    .where(participant.c.case_id == bindparam("case_id"))
    .order_by(participant.c.since, person.c.id, identity.c.channel, identity.c.address)
)  # fmt: skip
_PART = select(participant.c.role, participant.c.channel, participant.c.address).where(
    participant.c.case_id == bindparam("case_id"), participant.c.person_id == bindparam("person_id")
)


def everybody(tx: Transaction, number: int) -> list[Participant]:
    """All people who take or took part, oldest first, one row a person.

    Each by the channel and the address they last used here, else by mail.
    """
    best: dict[int, tuple[int, Participant]] = {}
    for row in tx.rows(_PARTICIPANTS, {"case_id": number}):
        same = row.channel == (row.used or "email")
        fits = same + (same and row.address == row.used_address)
        if row[0] not in best or fits > best[row[0]][0]:
            best[row[0]] = fits, Participant(Person(*row[:11]), row.part, row.since)
    return [chosen for _, chosen in best.values()]


def part(tx: Transaction, number: int, person_id: int) -> tuple[str, tuple[str, str]]:
    """A person's role in a case, and the channel and address in it that they last used there.

    The role is ``requester``, ``collaborator``, ``proposed`` or ``""``.
    """
    row = tx.row(_PART, {"case_id": number, "person_id": person_id})
    return ("", ("", "")) if row is None or row[0] == "removed" else (row[0], (row[1], row[2]))


def role(tx: Transaction, number: int, person_id: int) -> str:
    """A person's role in a case, as ``part`` has it."""
    return part(tx, number, person_id)[0]


def removed(tx: Transaction, number: int, person_id: int) -> bool:
    """Was this person removed from a case by name, and not added again?"""
    row = tx.row(_PART, {"case_id": number, "person_id": person_id})
    return row is not None and row[0] == "removed"


_REMOVALS = (
    select(event.c.person_id, event.c.detail)
    .where(event.c.case_id == bindparam("case_id"), event.c.name == "participant removed")
    .order_by(event.c.at.desc(), event.c.id.desc())
)
_ADDRESSES = select(identity.c.address).where(identity.c.person_id == bindparam("person_id"))


def removed_by(tx: Transaction, number: int, person_id: int) -> int | None:
    """The id of the person who last removed this one from a case, by its history; None if unknown."""
    own_addresses = addresses(tx, person_id)
    rows = tx.rows(_REMOVALS, {"case_id": number})
    return next((row[0] for row in rows if json.loads(row[1]).get("who") in own_addresses), None)


def addresses(tx: Transaction, person_id: int) -> frozenset[str]:
    """All addresses of a person, which identify them in histories."""
    return frozenset(row[0] for row in tx.rows(_ADDRESSES, {"person_id": person_id}))


_READING = select(participant.c.role, participant.c.place).where(
    participant.c.case_id == bindparam("case_id"), participant.c.person_id == bindparam("person_id")
)


def reading(tx: Transaction, number: int, person_id: int) -> tuple[str, str]:
    """A person's role in a case, and where they last spoke on it; ``""`` if nowhere.

    That is a thread of the case, or another place.
    """
    row = tx.row(_READING, {"case_id": number, "person_id": person_id})
    return (row[0], row[1]) if row else ("", "")


_REQUESTER = select(participant.c.person_id).where(
    participant.c.case_id == bindparam("case_id"), participant.c.role == "requester"
)


def requester(tx: Transaction, number: int) -> int | None:
    """The id of the person whose case it is: whoever opened it, or was made its requester since."""
    person_id: int | None = tx.value(_REQUESTER, {"case_id": number})
    return person_id


def first(tx: Transaction, opened: Case, *, channel: str, address: str = "", place: str = "") -> None:
    """Write the requester's part in a new case, through ``channel``, an address and a place there."""
    tx.add(
        participant,
        case_id=opened.id,
        person_id=opened.requester_id,
        role="requester",
        since=opened.opened_at,
        channel=channel,
        address=address,
        place=place,
        via_id=None,
    )


_USED = (
    update(participant)
    .where(participant.c.case_id == bindparam("the_case"), participant.c.person_id == bindparam("the_person"))
    .values(channel=bindparam("used"), address=bindparam("there"))
)


def used(tx: Transaction, number: int, who: Person) -> None:
    """Note that a participant used this address on the case: they are told there from now on."""
    values = {"the_case": number, "the_person": who.id, "used": who.channel, "there": who.address}
    tx.run(_USED, values)


_SPOKE = (
    update(participant)
    .where(participant.c.case_id == bindparam("the_case"), participant.c.person_id == bindparam("the_person"))
    .where(participant.c.place != bindparam("there"))
    .values(place=bindparam("there"))
)


def spoke(tx: Transaction, number: int, person_id: int, place: str) -> None:
    """Note that a participant spoke in this thread of the case: they read it there from now on.

    Elsewhere (``place`` is no thread of the case), what reaches them nowhere is shown to them there.
    """
    tx.run(_SPOKE, {"the_case": number, "the_person": person_id, "there": place})


def set_role(
    tx: Transaction, number: int, who: Person, *, role: str, now: datetime, via: int | None = None
) -> None:
    """Set a person's role in a case.

    Somebody new is told at the address by which they are met here. ``via``: the part of the case that they
    come through, if they do.
    """
    key = {"case_id": number, "person_id": who.id}
    if tx.row(_PART, key) is None:
        met = {"channel": who.channel, "address": who.address}
        tx.add(participant, **key, role=role, since=now, **met, place="", via_id=via)
    else:
        where = (participant.c.case_id == number, participant.c.person_id == who.id)
        begins = {} if via is None else {"since": now}  # of this case they read what is said from now on
        tx.run(update(participant).where(*where).values(role=role, via_id=via, **begins))


_OF_PERSON = (
    select(case.c.id)
    .join_from(participant, case, participant.c.case_id == case.c.id)
    .where(participant.c.person_id == bindparam("person_id"))
    .where(participant.c.role.in_(TAKING_PART))
    .order_by(case.c.updated_at.desc())
    .limit(100)
)


_LISTED = (
    participant.c.person_id == bindparam("person_id"),
    participant.c.role.in_(TAKING_PART),
    case.c.held.is_(False),
    case.c.merged_id.is_(None),  # it is read in another, which they take part in, too
)
_LIST = (
    select(
        case.c.id, case.c.subject, case.c.state, case.c.priority, case.c.mailbox, case.c.updated_at,
        person.c.name.label("owner"), case.c.closed_at,
    )
    .join_from(participant, case, participant.c.case_id == case.c.id)
    .join(person, case.c.owner_id == person.c.id, isouter=True)
    .where(*_LISTED)
    .order_by(case.c.state.in_(("resolved", "closed")), case.c.updated_at.desc(), case.c.id.desc())
    .limit(bindparam("most"))
    .offset(bindparam("after"))
)  # fmt: skip
_COUNT = (
    select(func.count())
    .select_from(participant)
    .join(case, participant.c.case_id == case.c.id)
    .where(*_LISTED)
)


def listed(tx: Transaction, person_id: int, *, most: int, after: int) -> list[OwnCase]:
    """Cases that a person may see on a page: active ones first, each group last changed first.

    Held cases are not among them.
    """
    values = {"person_id": person_id, "most": most, "after": after}
    return [OwnCase(*row) for row in tx.rows(_LIST, values)]


def latest_mailbox(tx: Transaction, person_id: int) -> str:
    """The mailbox of the case that ``listed`` has first; ``""`` without any."""
    cases = listed(tx, person_id, most=1, after=0)
    return cases[0].mailbox if cases else ""


def count_of(tx: Transaction, person_id: int) -> int:
    """How many cases ``listed`` has in all."""
    return int(tx.value(_COUNT, {"person_id": person_id}))


def own(
    tx: Transaction,
    person_id: int,
    *,
    states: Sequence[str],
    most: int,
    after: int = 0,
    seen: Mapping[int, str] | None = None,
) -> tuple[list[int], int]:
    """Numbers of the cases in these states that a person may see, a page of them, last changed first.

    And how many there are in all. ``seen``: the states of those that they see in another one than they are in.
    """
    wanted: ColumnElement[bool] = case.c.state.in_(states)
    if seen:
        also = [number for number, state in seen.items() if state in states] or [0]
        wanted = or_(and_(wanted, case.c.id.not_in(list(seen))), case.c.id.in_(also))
    chosen = (*_LISTED, wanted)
    joined = participant.join(case, participant.c.case_id == case.c.id)
    ordered = select(case.c.id).select_from(joined).where(*chosen)
    ordered = ordered.order_by(case.c.updated_at.desc(), case.c.id.desc())
    rows = tx.rows(ordered.limit(most).offset(after), {"person_id": person_id})
    counted = select(func.count()).select_from(joined).where(*chosen)
    return [row[0] for row in rows], int(tx.value(counted, {"person_id": person_id}))


def count_on(tx: Transaction, numbers: Sequence[int]) -> int:
    """How many different customers take part in these cases."""
    people: set[int] = set()
    for start in range(0, len(numbers), 500):
        here = (participant.c.case_id.in_(numbers[start : start + 500]), participant.c.role.in_(TAKING_PART))
        active = select(participant.c.person_id).join_from(
            participant, person, participant.c.person_id == person.c.id
        )
        people |= {row[0] for row in tx.rows(active.where(*here, person.c.active))}
    return len(people)


def cases_of(tx: Transaction, person_id: int) -> list[int]:
    """Numbers of the cases a person takes part in, last changed first; 100 at most."""
    return [row[0] for row in tx.rows(_OF_PERSON, {"person_id": person_id})]


def move(tx: Transaction, old: str, new: str) -> None:
    """Write the new address of a place (``T1/C1``) over its old one, where people last spoke in it."""
    tx.run(
        update(participant)
        .where(participant.c.place.startswith(f"{old}/", autoescape=True))
        .values(place=literal(new) + func.substr(participant.c.place, len(old) + 1))
    )
