"""The page that asks whether somebody in a chat and the holder of a mail address are one person."""

from __future__ import annotations

from datetime import timedelta

from bot.config.load import Config
from bot.model.identity import Identity
from bot.model.pages import Gone, JoinPage, PageFrame
from store.directory import person_merge
from store.engine.transaction import Transaction
from store.people import person as people
from store.people.person import Person

LIFE = timedelta(days=1)


def find(
    tx: Transaction, config: Config, person: Person, *, front: PageFrame, numbers: tuple[int, ...]
) -> JoinPage | Gone:
    """The page for the holder of the mail address; ``numbers``: theirs, and whom they may be joined with."""
    other = people.by_id(tx, person_merge.now(tx, numbers[1]))
    if other is None:
        return Gone(front)
    return JoinPage(
        front=front,
        numbers=numbers,
        reader=Identity(person.channel, person.address, person.name),
        mailbox=front.desk.address,
        who=other.shown,
        channel=config.label_of(other.channel),
        over=other.id == person.id,
    )
