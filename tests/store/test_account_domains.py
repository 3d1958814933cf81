"""Whose account a person is, once a domain is an account's."""

from __future__ import annotations

from bot.commands.case import Open
from store.people import account, person
from store.people.account import account_domain
from tests.support.houses.desk import TestDesk


def test_contacts_of_no_account_belong_to_the_one_that_gets_their_domain_and_staff_does_not(
    desk: TestDesk,
) -> None:
    addresses = ("eve@home.example", "bob@other.example", "sam@desk.example")
    for address in addresses[:2]:
        desk.ask(address, Open("Hello", "It is me."))
    with desk.app.database.writing() as tx:
        home = person.set_account(
            tx, "Home", ["HOME.example", "desk.example"], service_level="", local_team=""
        )
        people = [person.find(tx, "email", address) for address in addresses]
        assert [someone.account_id for someone in people if someone] == [home, None, None]


def test_a_free_mail_domain_is_nobodys_even_if_it_was_an_accounts_before(desk: TestDesk) -> None:
    with desk.app.database.writing() as tx:
        acme = account.named(tx, "Acme")
        assert acme
        tx.add(account_domain, domain="gmail.com", account_id=acme)
        assert account.of_address(tx, "email", "ana@acme.example") == acme
        assert account.of_address(tx, "email", "ana@gmail.com") is None
        assert account.of_address(tx, "slack", "acme.example") is None
