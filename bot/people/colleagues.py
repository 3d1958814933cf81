"""Colleagues: the contacts of somebody's own account, whom they may let into their case."""

from __future__ import annotations

from dataclasses import dataclass

from bot.commands import Identity
from store.directory import contact_import
from store.engine.transaction import Transaction
from store.people import account, person

MOST = 100


@dataclass(frozen=True, slots=True)
class ColleaguesOf:
    """Contacts of the account of whoever asks, whose name or mail address holds ``words``; None: they have no account.

    Whoever asks in a place of an account (``place``) belongs to it, if they belong to none yet. Each contact is told
    by the address in the asker's own channel where they have one there.
    """

    channel: str
    address: str
    place: str = ""
    words: str = ""

    def answer(self, tx: Transaction) -> tuple[Identity, ...] | None:
        asker = person.find(tx, self.channel, self.address)
        if asker is not None and asker.staff:
            return None
        theirs = asker.account_id if asker else None
        if theirs is None and self.place:
            theirs = account.of_place(tx, self.channel, self.place)
        if theirs is None:
            return None
        found = contact_import.matching(tx, theirs, self.words, most=MOST) if self.words.strip() else []
        return tuple(self._met(one) for one in found if asker is None or one.id != asker.id)

    def _met(self, one: contact_import.Listed) -> Identity:
        here = [pair for pair in one.identities if pair[0] == self.channel]
        return Identity(*(here or one.identities)[0], one.name)
