"""Held cases: what the desk is told of what their senders were sent, and what would be held."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.houses.console import in_an_empty_folder, said
from tests.support.houses.house import House, words
from tests.support.houses.senders import mail, publish, signed
from tests.support.mail.name_server import NameServer
from tests.support.setup import databases

__all__ = ["in_an_empty_folder"]

MAIL = b"From: %s\nTo: support@example.com\nSubject: No delivery\nMessage-ID: <1@acme.example>\n\nHelp.\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Nobody's network is trusted: everybody has to prove who they are."""
    with NameServer() as dns:
        publish(dns, "acme.example")
        with House(
            databases.sqlite(tmp_path), tmp_path, trusted_networks=[], nameservers=[dns.address]
        ) as standing:
            yield standing


def test_the_desk_hears_that_a_contact_was_sent_the_number_alone(house: House) -> None:
    house.submit(signed(mail()))
    house.mails("sam@desk.example")
    house.submit(mail().replace(b"Message-ID: <", b"Message-ID: <again."))
    (told,) = house.mails("sam@desk.example")
    assert "this address was sent only the number" in " ".join(words(told).split())
    assert "told anything" not in words(told)
    _, second = house.mails("ana@acme.example", count=2)
    assert "CS-000002" in second["Subject"]


def test_the_desk_hears_that_a_stranger_was_sent_nothing(house: House) -> None:
    house.submit(mail())
    (told,) = house.mails("sam@desk.example")
    assert "this address was sent nothing" in " ".join(words(told).split())
    assert house.nothing("ana@acme.example")


def test_explain_says_that_a_mail_would_be_held_and_what_its_sender_would_hear() -> None:
    said("init", "support@example.com")
    Path("m.eml").write_bytes(MAIL % b"ana@acme.example")
    shown = said("explain", "m.eml", "--peer", "192.0.2.1")
    assert "held       yes: nothing proves who wrote it" in shown
    assert "told nothing until then" in shown
    assert "held " not in said("explain", "m.eml"), "this machine's own mail is believed"


def test_explain_knows_a_contact() -> None:
    said("init", "support@example.com")
    with Path("config.toml").open("a") as file:
        file.write('[[account]]\nname = "Acme"\ndomains = ["acme.example"]\n')
    said("case", "new", "--as", "ana@acme.example", "one")
    Path("m.eml").write_bytes(MAIL % b"ana@acme.example")
    assert "told only the number until then" in said("explain", "m.eml", "--peer", "192.0.2.1")
