"""Questions about people: colleagues, local teams, addresses that cannot ask for cases."""

from __future__ import annotations

from dataclasses import dataclass

from bot.config.addresses import own_address
from bot.config.load import Config
from bot.model.identity import Identity
from store.directory import contact_import
from store.engine.transaction import Transaction
from store.people import account, person
from store.people import person as people

MOST_COLLEAGUES = 100


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
        found = (
            contact_import.matching(tx, theirs, self.words, most=MOST_COLLEAGUES)
            if self.words.strip()
            else []
        )
        return tuple(self._met(one) for one in found if asker is None or one.id != asker.id)

    def _met(self, one: contact_import.ListedContact) -> Identity:
        here = [pair for pair in one.identities if pair[0] == self.channel]
        return Identity(*(here or one.identities)[0], one.name)


@dataclass(frozen=True, slots=True)
class LocalTeamOf:
    """The address of the team of whoever asks in a place: of the place's account, else of theirs, else the desk's."""

    channel: str
    address: str
    place: str
    usual: str

    def answer(self, tx: Transaction) -> str:
        known = person.find(tx, self.channel, self.address)
        bound = account.of_place(tx, self.channel, self.place) if self.place else None
        return account.local_team(tx, bound or (known.account_id if known else None)) or self.usual


@dataclass(frozen=True, slots=True)
class ReservedAddresses:
    """Which of these mail addresses can neither ask for a case nor be told of one: the desk's own, and its staff's."""

    config: Config
    addresses: tuple[str, ...]

    def answer(self, tx: Transaction) -> frozenset[str]:
        known = people.find_all(tx, "email", self.addresses)
        staff = {one for one, who in zip(self.addresses, known, strict=True) if who and who.staff}
        return frozenset(staff | {one for one in self.addresses if own_address(one, self.config)})
