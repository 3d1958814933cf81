"""The data subject: one person as all the rows know them, and the cases that they have to do with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Table, and_, func, or_, select

from store.cases.case import case
from store.cases.concern import concern
from store.cases.entry import entry
from store.cases.participant import participant
from store.cases.role import TAKING_PART
from store.directory.person_merge import joined
from store.engine.columns import metadata
from store.engine.transaction import Transaction
from store.people.person import identity, person

NAME = "████ ████"
"""How whoever was erased is called from then on: no word of any language."""
WORDS = "████████"
"""What stands where their words stood."""
_DOMAIN = "erased.invalid"
"""RFC 2606: no mail ever goes there."""
LETTER = r"[^\W\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]"
"""A letter or digit that makes one word of what stands beside it: in Chinese, Japanese and Korean none does."""
_CHUNK = 400


@dataclass(frozen=True, slots=True)
class DataSubject:
    """Who is to be erased, or is given what is held of them."""

    ids: tuple[int, ...]
    """Of the person; the first is the one that is there, the others were merged into it."""
    role: str
    active: bool
    name: str
    addresses: tuple[tuple[str, str], ...]
    """Channel and address."""
    phones: tuple[str, ...]

    @property
    def erased(self) -> bool:
        """Is nothing left of them but the id?"""
        return self.addresses == (("email", placeholder(self.ids[0])),)


@dataclass(frozen=True, slots=True)
class SubjectCase:
    """A case that somebody has to do with."""

    number: int
    state: str
    merged: bool
    sole: bool
    """Is nobody else its customer?"""
    requester: bool
    part: str
    """Their role in it, or ``""``."""

    @property
    def over(self) -> bool:
        """Is it closed, or resolved?"""
        return self.state in ("resolved", "closed")

    @property
    def in_the_way(self) -> bool:
        """Is it their case, and not over? Nobody could be asked or answered on it any more."""
        return not self.over and (self.sole or self.requester)


def placeholder(person_id: int) -> str:
    """The address of a person who was erased."""
    return f"erased-{person_id}@{_DOMAIN}"


def is_placeholder(addresses: Sequence[tuple[str, str]]) -> bool:
    """Are these all the addresses of somebody who was erased?"""
    return len(addresses) == 1 and addresses[0][1].endswith(f"@{_DOMAIN}")


def at(tx: Transaction, channel: str, address: str) -> DataSubject | None:
    """The person with this address, or None."""
    here = (identity.c.channel == channel, identity.c.address == address.lower())
    person_id = tx.value(select(identity.c.person_id).where(*here))
    return of(tx, person_id) if person_id is not None else None


def of(tx: Transaction, person_id: int) -> DataSubject | None:
    """The person with this id (that of one who was merged into another: the other), or None."""
    person_id = tx.value(select(joined.c.person_id).where(joined.c.id == person_id)) or person_id
    row = tx.row(
        select(person.c.name, person.c.role, person.c.active, person.c.phone).where(person.c.id == person_id)
    )
    if row is None:
        return None
    others = [line[0] for line in tx.rows(select(joined.c.id).where(joined.c.person_id == person_id))]
    addresses = tx.rows(
        select(identity.c.channel, identity.c.address)
        .where(identity.c.person_id == person_id)
        .order_by(identity.c.channel, identity.c.address)
    )
    phones = {row.phone, *_phones(tx, person_id, row.name)} - {""}
    return DataSubject(
        (person_id, *others), row.role, row.active, row.name,
        tuple((line[0], line[1]) for line in addresses), tuple(sorted(phones)),
    )  # fmt: skip


def _phones(tx: Transaction, person_id: int, name: str) -> set[str]:
    """Numbers that they gave with a concern, or that stand beside their name on a case of theirs.

    On others' cases a name may be a namesake's, or one that somebody calls himself.
    """
    given = tx.rows(select(concern.c.phone).where(concern.c.person_id == person_id))
    taking = select(participant.c.case_id).where(participant.c.person_id == person_id)
    theirs = or_(case.c.requester_id == person_id, case.c.id.in_(taking))
    named = tx.rows(select(case.c.contact_phone).where(case.c.contact_name == name, theirs)) if name else ()
    return {row[0] for row in (*given, *named)}


def among(tx: Transaction, addresses: Iterable[tuple[str, str]]) -> list[int]:
    """The ids of the persons with these addresses."""
    return sorted(
        {
            person_id
            for channel, address in addresses
            if (
                person_id := tx.value(
                    select(identity.c.person_id).where(
                        identity.c.channel == channel, identity.c.address == address
                    )
                )
            )
        }
    )


def cases(tx: Transaction, who: DataSubject) -> list[SubjectCase]:
    """All cases that they have to do with in any way, by number."""
    numbers = sorted(_numbers(tx, who.ids[0]))
    parts = (numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK))
    return [on for part in parts for on in _subject_cases(tx, who.ids[0], part)]


def _numbers(tx: Transaction, person_id: int) -> set[int]:
    numbers = {row[0] for row in tx.rows(select(case.c.id).where(case.c.requester_id == person_id))}
    for table in _tables_of_both():
        there = select(table.c.case_id).where(table.c.person_id == person_id, table.c.case_id.is_not(None))
        numbers |= {row[0] for row in tx.rows(there.distinct())}
    return numbers


def _tables_of_both() -> Sequence[Table]:
    """Every table whose rows are about a person on a case."""
    return [table for table in metadata.sorted_tables if {"case_id", "person_id"} <= set(table.c.keys())]


def _subject_cases(tx: Transaction, person_id: int, numbers: Sequence[int]) -> list[SubjectCase]:
    parts = {
        row.case_id: row.role
        for row in tx.rows(
            select(participant.c.case_id, participant.c.role).where(
                participant.c.person_id == person_id, participant.c.case_id.in_(numbers)
            )
        )
    }
    shared = _with_others(tx, person_id, numbers)
    columns = (case.c.id, case.c.state, case.c.merged_id, case.c.requester_id)
    rows = tx.rows(select(*columns).where(case.c.id.in_(numbers)).order_by(case.c.id))
    own = {row.id for row in rows if row.requester_id == person_id}
    return [
        SubjectCase(
            row.id,
            row.state,
            merged=row.merged_id is not None,
            sole=row.id not in shared and (row.id in own or parts.get(row.id) in TAKING_PART),
            requester=row.id in own,
            part=parts.get(row.id, ""),
        )
        for row in rows
    ]


def _with_others(tx: Transaction, person_id: int, numbers: Sequence[int]) -> set[int]:
    """Those of the cases on which another customer takes or took part, or has said something."""
    gone = select(identity.c.person_id).where(identity.c.address.endswith(f"@{_DOMAIN}", autoescape=True))
    other = and_(person.c.role == "contact", person.c.id != person_id, person.c.id.not_in(gone))
    taking = (
        select(participant.c.case_id)
        .join_from(participant, person, participant.c.person_id == person.c.id)
        .where(participant.c.case_id.in_(numbers), participant.c.role != "proposed", other)
    )
    saying = (
        select(entry.c.case_id)
        .join_from(entry, person, entry.c.person_id == person.c.id)
        .where(entry.c.case_id.in_(numbers), other)
    )
    asking = (
        select(case.c.id)
        .join_from(case, person, case.c.requester_id == person.c.id)
        .where(case.c.id.in_(numbers), other)
    )
    return {row[0] for statement in (taking, saying, asking) for row in tx.rows(statement)}


def entry_count(tx: Transaction, person_id: int, number: int) -> int:
    """How many entries of a case are theirs."""
    mine = (entry.c.case_id == number, entry.c.person_id == person_id)
    return int(tx.value(select(func.count()).select_from(entry).where(*mine)))


def unerased(tx: Transaction, who: DataSubject) -> int | None:
    """A case on which words of theirs stand, or None; who is saying something just now is waited for."""
    if who.role != "contact":
        return None
    tx.row(select(person.c.id).where(person.c.id == who.ids[0]).with_for_update())
    theirs = (entry.c.person_id == who.ids[0], entry.c.text != WORDS)
    number: int | None = tx.value(select(entry.c.case_id).where(*theirs).limit(1))
    return number


def is_named(who: DataSubject, text: str) -> bool:
    """Has a text one of their addresses in it? Not within a longer one, which is somebody else's."""
    return any(re.search(alone(address), text, re.IGNORECASE) for _, address in who.addresses)


def alone(address: str) -> str:
    """An address that is not a part of another; of a chat's, its last part."""
    written = address if "@" in address else address.rpartition("/")[2] or address
    return rf"(?<!{LETTER})(?<![.+-]){re.escape(written)}(?!{LETTER}|-|\.\w)"
