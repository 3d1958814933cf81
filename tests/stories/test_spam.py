"""The story of a sender whom the desk has blocked: kept, read by nobody, and let in again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from bot.commands.triage import Accept, Spam
from bot.model.identity import OPERATOR, Proof
from bot.model.request import Command, Request
from tests.inbound.test_floods import DESK, NOBODY
from tests.support.houses.house import House, until

EVE = "eve@evil.example"


def judged(house: House, *commands: Command) -> None:
    """The operator decides."""
    asked = Request("cli", uuid4().hex, OPERATOR, Proof.LINKED, commands, at=datetime.now(UTC))
    assert [line.outcome for line in house.app.desk.handle(asked).answered] == ["done"]


def test_a_blocked_sender_writes_to_nobody_until_the_desk_takes_it_back(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, **NOBODY) as house:
        house.send(EVE, DESK, "BUY", "Buy now!")
        until(house.cases)
        judged(house, Spam(1))
        house.send(EVE, DESK, "BUY MORE", "Buy twice!")
        (kept,) = until(lambda: house.inbox("aside"))
        assert kept.reason == f"{EVE} is blocked: spam on CS-000001"
        assert len(house.cases()) == 1
        house.app.desk.requeue([kept.id])  # a person who wants to read it can
        until(lambda: len(house.cases()) == 2)
        judged(house, Accept(1))
        house.send(EVE, DESK, "A question", "How much is it?")
        assert until(lambda: len(house.cases()) == 3)


def test_a_customer_in_whose_name_spam_was_sent_is_not_blocked(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, trusted_networks=[], verify=False) as house:
        house.send("ana@acme.example", DESK, "BUY", "Buy now!")
        until(house.cases)
        judged(house, Spam(1))
    with House(url, tmp_path) as house:  # her own mail is proven
        house.send("ana@acme.example", DESK, "No delivery", "It stopped.")
        assert until(lambda: len(house.cases()) == 2)
        assert not house.case(2).line.held
        assert house.mails("ana@acme.example")


def test_a_sender_of_proven_spam_is_blocked_altogether(house: House) -> None:
    house.send("tom@bulk.example", DESK, "Our newsletter", "We have news for you.")
    until(house.cases)
    judged(house, Spam(1))
    house.send("tom@bulk.example", DESK, "Our newsletter", "We have more news for you.")
    assert until(lambda: house.inbox("aside"))
    assert len(house.cases()) == 1
