"""Questions about people: colleagues, local teams, addresses that cannot ask for cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.config.addresses import own_address
from bot.config.load import Config
from bot.model.identity import Identity
from bot.model.mail_address import MAIL
from bot.policy import quotas
from bot.policy.identity_join import obstacle
from store.directory import contact_import
from store.engine.transaction import Transaction
from store.people import account, person, rate_limit
from store.people import person as people

MOST_COLLEAGUES = 100


@dataclass(frozen=True, slots=True)
class ColleaguesOf:
    """Contacts of the asker's account that match ``words``; None if the asker has no account.

    An asker in a place of an account (``place``) belongs to it, if they belong to none yet. Each contact is
    shown by the address in the asker's own channel if they have one there.
    """

    channel: str
    address: str
    place: str = ""
    words: str = ""

    def answer(self, tx: Transaction) -> tuple[Identity, ...] | None:
        asker = person.find(tx, self.channel, self.address)
        if asker is not None and asker.staff:
            return None
        account_id = asker.account_id if asker else None
        if account_id is None and self.place:
            account_id = account.of_place(tx, self.channel, self.place)
        if account_id is None:
            return None
        matches = (
            contact_import.matching(tx, account_id, self.words, most=MOST_COLLEAGUES)
            if self.words.strip()
            else []
        )
        return tuple(self._met(contact) for contact in matches if asker is None or contact.id != asker.id)

    def _met(self, contact: contact_import.ListedContact) -> Identity:
        here = [pair for pair in contact.identities if pair[0] == self.channel]
        return Identity(*(here or contact.identities)[0], contact.name)


@dataclass(frozen=True, slots=True)
class LocalTeamOf:
    """The address of the local team of an asker in a place.

    That of the place's account, else of theirs, else the desk's.
    """

    channel: str
    address: str
    place: str
    usual: str

    def answer(self, tx: Transaction) -> str:
        asker = person.find(tx, self.channel, self.address)
        bound = account.of_place(tx, self.channel, self.place) if self.place else None
        return account.local_team(tx, bound or (asker.account_id if asker else None)) or self.usual


@dataclass(frozen=True, slots=True)
class AccountNames:
    """Names of accounts that have these words in them, by the alphabet, ``most`` at most."""

    words: str
    most: int

    def answer(self, tx: Transaction) -> tuple[str, ...]:
        return tuple(account.containing(tx, self.words)[: self.most])


@dataclass(frozen=True, slots=True)
class ReservedAddresses:
    """Which of these addresses can neither ask for a case nor be told of one: the desk's and its staff's."""

    config: Config
    addresses: tuple[str, ...]

    def answer(self, tx: Transaction) -> frozenset[str]:
        persons = people.find_all(tx, MAIL, self.addresses)
        staff = {address for address, who in zip(self.addresses, persons, strict=True) if who and who.staff}
        return frozenset(staff | {address for address in self.addresses if own_address(address, self.config)})


@dataclass(frozen=True, slots=True)
class LinkRequestsSpent:
    """Has this network asked for so many links that another request need not even be counted?"""

    network: str
    now: datetime

    def answer(self, tx: Transaction) -> bool:
        return (
            quotas.spent(tx, [quotas.link_requests(self.network)], now=rate_limit.millis(self.now))
            is not None
        )


@dataclass(frozen=True, slots=True)
class MayJoin:
    """May whoever is met at ``address`` be joined with the contact who has this mail address?"""

    channel: str
    address: str
    mail: str

    def answer(self, tx: Transaction) -> bool:
        chatter, holder = (
            person.find(tx, self.channel, self.address),
            person.find(tx, MAIL, self.mail.lower()),
        )
        return bool(chatter and holder and not obstacle(tx, chatter, holder))


@dataclass(frozen=True, slots=True)
class LanguageOf:
    """The language that somebody reads: the desk's people its own, a customer that which they write."""

    config: Config
    channel: str
    address: str

    def answer(self, tx: Transaction) -> str:
        reader = person.find(tx, self.channel, self.address)
        if reader is not None and reader.staff:
            return self.config.staff_language(self.channel, self.address)
        return reader.language if reader else ""


@dataclass(frozen=True, slots=True)
class AccountOf:
    """The name of the account that a place is bound to, or ``""``."""

    channel: str
    address: str

    def answer(self, tx: Transaction) -> str:
        return account.name_of(tx, account.of_place(tx, self.channel, self.address))
