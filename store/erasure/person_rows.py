"""The rows about a person alone: name, addresses, telephone, drafts; last of all, by these it goes on."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select, update

from store.articles.deflection import deflection
from store.cases.participant import participant
from store.cases.thread import thread
from store.cases.watcher import watcher
from store.channel_state import door
from store.directory.rota import rota
from store.engine.transaction import Transaction
from store.erasure.case_words import elsewhere
from store.erasure.data_subject import NAME, DataSubject, placeholder
from store.people.absence import absence
from store.people.blocked_sender import blocked
from store.people.person import identity, person
from store.people.snippet import snippet


def erase(tx: Transaction, who: DataSubject, marks: Mapping[tuple[str, str], str]) -> None:
    """Make a person one of whom only the id is left. ``marks``: the keyed hash of each of their addresses."""
    person_id = who.ids[0]
    elsewhere(tx, who)
    for table in (absence, snippet, watcher):
        tx.run(delete(table).where(table.c.person_id == person_id))
    tx.run(delete(thread).where(thread.c.person_id == person_id))
    for table in (rota, deflection):
        tx.run(update(table).where(table.c.person_id == person_id).values(person_id=None))
    tx.run(update(participant).where(participant.c.person_id == person_id).values(address="", place=""))
    _blocks(tx, marks)
    _channel_states(tx, who)
    tx.run(delete(identity).where(identity.c.person_id == person_id))
    tx.add(identity, channel="email", address=placeholder(person_id), person_id=person_id)
    gone = {
        "name": NAME,
        "phone": "",
        "language": "",
        "time_zone": "",
        "account_id": None,
        "manager_id": None,
    }
    tx.run(update(person).where(person.c.id == person_id).values(**gone, role="contact", active=False))


def _blocks(tx: Transaction, marks: Mapping[tuple[str, str], str]) -> None:
    """Whoever is blocked stays so, by a hash that nobody can read without the desk's secret."""
    for (channel, address), mark in marks.items():
        here = (blocked.c.channel == channel, blocked.c.address == address)
        tx.run(update(blocked).where(*here).values(address=mark))


def _channel_states(tx: Transaction, who: DataSubject) -> None:
    """Drop what channels remember under their address, or about it: drafts of forms, offers."""
    for name, state in tx.rows(select(door.c.name, door.c.state)):
        lowered = f"{name} {state}".lower()
        if any(address.lower() in lowered for _, address in who.addresses):
            tx.run(delete(door).where(door.c.name == name))
