"""Queries about contacts: a list, a file, one person."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.facts import CaseLine
from bot.queries.case_detail import case_line
from store.cases import case_list, participant
from store.directory import contact_import
from store.engine.transaction import Transaction
from store.people import account, person


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One contact in a list."""

    id: int
    name: str
    account: str
    addresses: tuple[str, ...]
    """A mail address as it is; in other channels ``slack:T1/U2``."""
    language: str
    phone: str
    role: str
    """``contact``, ``inactive``, or ``seen``: met in a Cc or in a mail that nothing proves."""


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

    def answer(self, tx: Transaction) -> tuple[ContactLine, ...] | NoSuchAccount:
        account_id = account.named(tx, self.account) if self.account else None
        if self.account and account_id is None:
            return NoSuchAccount(self.account)
        contacts = contact_import.listing(tx, after=self.after, most=self.limit, account_id=account_id)
        return tuple(map(_line, contacts))


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
    cases: tuple[CaseLine, ...]
    """Those they take part in, last changed first."""


@dataclass(frozen=True, slots=True)
class ShowContact:
    """The person behind an address (``ana@acme.com``, ``slack:T1/U2``); None if unknown."""

    address: str

    def answer(self, tx: Transaction) -> ContactView | None:
        channel, colon, chat_address = self.address.partition(":")
        contact = person.find(tx, channel, chat_address) if colon else person.find(tx, "email", self.address)
        if contact is None or contact.role != "contact":
            return None
        numbers = participant.cases_of(tx, contact.id)
        return ContactView(
            _line(contact_import.show(tx, contact.id)),
            account.service_level(tx, contact.account_id),
            account.local_team(tx, contact.account_id),
            tuple(map(case_line, case_list.cases(tx, numbers=numbers))) if numbers else (),
        )


def _line(contact: contact_import.ListedContact) -> ContactLine:
    addresses = (
        address if at == "email" else f"{at}:{address.upper()}" for at, address in contact.identities
    )
    role = "contact" if contact.known else "seen" if contact.active else "inactive"
    return ContactLine(
        contact.id, contact.name, contact.account, tuple(addresses), contact.language, contact.phone, role
    )
