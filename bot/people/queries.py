"""Queries about contacts: a list, a file, one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.model.channel_profile import AddressForm
from bot.model.facts import CaseLine
from bot.model.mail_address import channel_and_address, with_channel
from bot.queries.case_detail import case_line
from store.cases import case_list, participant
from store.directory import contact_import
from store.engine.transaction import Transaction
from store.people import account, person

Forms = Mapping[str, AddressForm]
"""How each channel writes people's addresses, by the channel's name."""


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One contact in a list."""

    id: int
    name: str
    account: str
    addresses: tuple[str, ...]
    """A mail address as it is; in other channels ``pager:T1/U2``."""
    language: str
    phone: str
    role: str
    """``contact``, ``inactive``, or ``seen``: met in a Cc or in a mail that nothing proves."""
    time_zone: str = ""
    """Their own; empty: their account's, else the desk's."""


@dataclass(frozen=True, slots=True)
class NoSuchAccount:
    """There is no account of the given name."""

    name: str


@dataclass(frozen=True, slots=True)
class ListContacts:
    """Contacts in the order they were met, after the id ``after``; of one account, or of all."""

    account: str = ""
    after: int = 0
    limit: int = 50
    forms: Forms = field(default_factory=dict)

    def answer(self, tx: Transaction) -> tuple[ContactLine, ...] | NoSuchAccount:
        account_id = account.named(tx, self.account) if self.account else None
        if self.account and account_id is None:
            return NoSuchAccount(self.account)
        contacts = contact_import.listing(tx, after=self.after, most=self.limit, account_id=account_id)
        return tuple(_line(contact, self.forms) for contact in contacts)


@dataclass(frozen=True, slots=True)
class ExportContacts:
    """All contacts in full, for a file."""

    after: int = 0
    limit: int = 500

    def answer(self, tx: Transaction) -> list[contact_import.ListedContact]:
        return contact_import.listing(tx, after=self.after, most=self.limit)


@dataclass(frozen=True, slots=True)
class ContactView:
    """One customer in full."""

    line: ContactLine
    service_level: str
    local_team: str
    time_zone: str
    """The account's own, or empty."""
    cases: tuple[CaseLine, ...]
    """Those they take part in, last changed first."""


@dataclass(frozen=True, slots=True)
class ShowContact:
    """The person behind an address (``ana@acme.com``, ``slack:T1/U2``); None if unknown."""

    address: str
    forms: Forms = field(default_factory=dict)

    def answer(self, tx: Transaction) -> ContactView | None:
        contact = person.find(tx, *channel_and_address(self.address))
        if contact is None or contact.role != "contact":
            return None
        numbers = participant.cases_of(tx, contact.id)
        return ContactView(
            _line(contact_import.show(tx, contact.id), self.forms),
            account.service_level(tx, contact.account_id),
            account.local_team(tx, contact.account_id),
            account.time_zone(tx, contact.account_id),
            tuple(map(case_line, case_list.cases(tx, numbers=numbers))) if numbers else (),
        )


def _line(contact: contact_import.ListedContact, forms: Forms) -> ContactLine:
    addresses = (
        with_channel(at, forms[at].write(address) if at in forms else address)
        for at, address in contact.identities
    )
    role = "contact" if contact.known else "seen" if contact.active else "inactive"
    return ContactLine(
        contact.id,
        contact.name,
        contact.account,
        tuple(addresses),
        contact.language,
        contact.phone,
        role,
        contact.time_zone,
    )
