"""Floods of mail that anybody could have written: so many cases and no more, nothing lost, and the desk hears of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from bot.queries.lists import ListOutbox
from tests.support.houses.console import said as told_by
from tests.support.houses.house import House, until
from tests.support.houses.office import Office, said
from tests.support.mail.archives import letter, mbox

DESK = "support@example.com"
FEW = "\n[limits]\nheld_per_sender = [2, 3]\nheld_per_domain = [4, 100]\nheld_in_all = [6, 100]\n"
NOBODY: dict[str, Any] = {"trusted_networks": [], "verify": False}
"""Whoever writes, nothing proves it."""


def writes(house: House, *senders: str) -> None:
    """A new question from each, worked off before the next one comes."""
    for sender in senders:
        house.send(sender, DESK, "A question", f"What is it, asks {sender}?")
        house.settled()


def aside(house: House) -> Counter[str]:
    """How many lie aside, by their reason."""
    house.settled()
    return Counter(line.reason for line in house.inbox("aside"))


def test_one_sender_opens_so_many_cases_and_the_rest_waits_in_the_inbox(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, more=FEW, **NOBODY) as house:
        writes(house, *["eve@evil.example"] * 4, "tom@acme.example")
        assert len(house.cases()) == 3
        assert aside(house) == {"more than 2 unproven mails an hour from eve@evil.example": 2}
        assert all(house.case(number).line.held for number in (1, 2, 3))


def test_a_domain_that_invents_senders_is_bounded_too_and_so_is_the_world(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, more=FEW, **NOBODY) as house:
        writes(house, *[f"eve{n}@evil.example" for n in range(6)])
        assert aside(house) == {"more than 4 unproven mails an hour from evil.example": 2}
        writes(house, *[f"eve@evil{n}.example" for n in range(5)])
        assert aside(house)["more than 6 unproven mails an hour from everybody together"] == 3
        assert len(house.cases()) == 6


def test_mail_without_a_sender_is_one_senders(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, more=FEW, **NOBODY) as house:
        for n in range(3):
            house.submit(f"From: a@x.example, b@x.example\r\nSubject: {n}\r\n\r\nHello {n}\r\n".encode())
        assert aside(house) == {"more than 2 unproven mails an hour from unknown sender": 1}


def test_the_budget_fills_again_and_the_day_has_one_of_its_own(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, more=FEW, **NOBODY) as house:
        writes(house, *["eve@evil.example"] * 3)
        house.pass_time(minutes=31)  # half of two
        writes(house, *["eve@evil.example"] * 2)
        assert len(house.cases()) == 3
        house.pass_time(hours=2)
        writes(house, "eve@evil.example")
        assert "more than 3 unproven mails a day from eve@evil.example" in aside(house)
        house.pass_time(hours=9)
        writes(house, "eve@evil.example")
        assert len(house.cases()) == 4


def test_whoever_is_proven_opens_as_many_as_they_like(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, more=FEW) as house:  # from a trusted network
        writes(house, *["ana@acme.example"] * 8)
        assert len(house.cases()) == 8
        assert not aside(house)


def test_a_person_who_requeues_lets_it_through_one_or_all(url: str, tmp_path: Path) -> None:
    config = str(tmp_path / "config.toml")
    with House(url, tmp_path, more=FEW, **NOBODY) as house:
        writes(house, *["eve@evil.example"] * 5)
        first = house.inbox("aside")[-1]
        shown = told_by("--config", config, "inbox", "list", "--state", "aside")
        assert "more than 2 unproven mails an hour from eve@evil.example" in shown
        assert "1 message waits" in told_by("--config", config, "inbox", "requeue", str(first.id))
        until(lambda: len(house.cases()) == 3)
        assert house.case(3).line.held
        assert house.app.desk.requeue() == 0  # all that are shunted: none is
        assert house.app.desk.requeue(reason="more than 2 unproven") == 2
        until(lambda: len(house.cases()) == 5)
        assert not aside(house)
        writes(house, "eve@evil.example")
        assert sum(aside(house).values()) == 1


def test_what_a_person_imports_is_no_flood(url: str, tmp_path: Path) -> None:
    path = mbox(tmp_path / "old.mbox", [letter(n) for n in range(8)])
    with House(url, tmp_path, more=FEW, **NOBODY) as house:
        told_by("--config", str(tmp_path / "config.toml"), "inbox", "import", str(path))
        until(lambda: len(house.inbox("done")) == 8)
        assert len(house.cases()) == 8


def test_the_triage_channel_hears_of_each_kind_of_flood_once_a_day(url: str, tmp_path: Path) -> None:
    with Office(url, tmp_path, more=FEW, **NOBODY) as office:
        writes(office, *["eve@evil.example"] * 4, *["joe@joke.example"] * 4)
        assert until(lambda: heard(office))
        office.drained()
        (told,) = heard(office)
        assert "more than 2 unproven mails an hour from eve@evil.example" in told
        assert "casebot inbox list --state aside" in told
        office.pass_time(hours=25)
        for n in range(4):
            office.send("eve@evil.example", DESK, "A question", f"What is {n}?")
        assert until(lambda: told_of(office) == 2)


def told_of(office: Office) -> int:
    return sum(line.notice == "mail set aside" for line in office.ask(ListOutbox(limit=1000)))


def heard(office: Office) -> list[str]:
    return [text for text in map(said, office.messages("triage")) if "Mail is set aside" in text]
