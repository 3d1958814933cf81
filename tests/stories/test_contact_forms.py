"""Contact forms and groups: their mail names the customer in Reply-To or X-Original-From, and From takes no replies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.houses.console import said as printed
from tests.support.houses.house import House, flat, until, words
from tests.support.houses.office import Office, said
from tests.support.setup import databases

DESK, SAM, ANA = "support@example.com", "Sam <sam@desk.example>", "ana@acme.example"
FORM = "Shop form <noreply@shop.example>"
GROUP = "'Ana Lima' via Support <support@example.com>"
TEXT = "The mill does not grind.\n#close"
REPLY_TO = {"Reply-To": f"Ana Lima <{ANA}>"}
ORIGINAL = {"X-Original-From": f"Ana Lima <{ANA}>", "Reply-To": "support@example.com"}
BOX = '\n[[mailbox]]\naddress = "support@example.com"\n'
LISTED = BOX + 'form_senders = ["noreply@shop.example"]\n'
MAILS = pytest.mark.parametrize(
    ("sender", "headers"), [(FORM, REPLY_TO), (GROUP, REPLY_TO), (GROUP, ORIGINAL)]
)


def participants(house: House) -> list[tuple[str, str]]:
    return [(part.address, part.role) for part in house.case().participants if part.role != "removed"]


@MAILS
def test_the_customer_whom_the_mail_names_is_accepted_with_one_command(
    house: House, sender: str, headers: dict[str, str]
) -> None:
    house.send(sender, DESK, "A grinding question", TEXT, headers=headers)
    (told,) = house.mails("sam@")
    assert house.case().line.held
    assert ANA not in [address for address, _ in participants(house)]
    assert f"#accept {ANA}" in flat(told)
    assert "The mill does not grind." in words(told)
    house.answer(told, SAM, f"#accept {ANA}")
    (notified,) = house.mails(f"{ANA}")
    assert "CS-000001" in notified["Subject"]
    assert "grind" not in notified.as_string(), "text of the form was sent to an unverified address"
    view = house.case()
    assert (view.line.held, view.line.state) == (False, "new")
    assert participants(house) == [(ANA, "requester")]
    house.mails("sam@")
    house.answer(told, SAM, "Please clean it first.")
    (answer,) = house.mails(ANA)
    assert "Please clean it first." in words(answer)
    house.answer(answer, f"Ana <{ANA}>", "That helped, but it is still slow.")
    assert until(lambda: house.case().entries[-1].text.startswith("That helped"))
    assert house.case().entries[-1].kind == "said"
    assert house.nothing("noreply@")
    assert house.nothing(DESK)


@MAILS
def test_nobody_is_told_that_an_answer_is_on_its_way_where_none_can_arrive(
    house: House, sender: str, headers: dict[str, str]
) -> None:
    house.send(sender, DESK, "A grinding question", TEXT, headers=headers)
    (told,) = house.mails("sam@")
    house.answer(told, SAM, "Please clean it first.")
    (transcript,) = house.mails("sam@")
    assert "sent to nobody: no customer can be reached" in flat(transcript)
    assert f"accept {ANA}" in flat(transcript)
    for address in ("noreply@", ANA, DESK):
        assert house.nothing(address)


def test_a_noreply_address_without_a_reply_to_is_sent_nothing(house: House) -> None:
    house.send(FORM, DESK, "Your invoice", "It is attached.")
    (told,) = house.mails("sam@")
    assert not house.case().line.held
    house.answer(told, SAM, "Which invoice?")
    (transcript,) = house.mails("sam@")
    assert "sent to nobody: no customer can be reached" in flat(transcript)
    assert "set requester:" in flat(transcript)
    house.answer(told, SAM, f"#set requester: {ANA}")
    house.mails(ANA)
    house.answer(told, SAM, "Which invoice?")
    (answer,) = house.mails(ANA)
    assert "Which invoice?" in words(answer)
    assert house.nothing("noreply@")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Reply-To": "support+x@example.com"},
        {"Reply-To": "a@x.example, b@y.example"},
        {"Reply-To": "nobody"},
    ],
)
def test_an_address_of_ours_is_never_a_requester(house: House, headers: dict[str, str]) -> None:
    house.send(GROUP, DESK, "A grinding question", TEXT, headers=headers)
    (told,) = house.mails("sam@")
    assert "#set requester:" in flat(told)
    assert participants(house) == [("unknown sender", "requester")]
    assert house.case().line.held
    house.answer(told, SAM, "#accept support@example.com")
    (transcript,) = house.mails("sam@")
    assert "our own address" in flat(transcript)
    assert house.case().line.held
    assert house.nothing(DESK)


def test_the_reply_to_of_whoever_can_be_answered_counts_for_nothing(house: House) -> None:
    house.send("Zoe <zoe@acme.example>", DESK, "No delivery", "It stopped.", headers=REPLY_TO)
    (confirmation,) = house.mails("zoe@")
    assert "It stopped." in words(confirmation)
    assert participants(house) == [("zoe@acme.example", "requester")]
    assert f"accept {ANA}" not in flat(house.mails("sam@")[0])
    assert house.nothing(ANA)


def test_in_slack_the_customer_is_accepted_with_one_click(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path) as office:
        office.send(FORM, DESK, "A grinding question", TEXT, headers=REPLY_TO)
        assert f"Accept {ANA}" in said(office.card())
        office.click("sam", "case_accept", wait=5)
        (notified,) = office.mails(ANA)
        assert "grind" not in notified.as_string()
        assert until(lambda: "Held:" not in said(office.card()))
        assert participants(office) == [(ANA, "requester")]


def test_the_customer_is_accepted_on_the_command_line(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.send(FORM, DESK, "A grinding question", TEXT, headers=REPLY_TO)
    house.mails("sam@")
    monkeypatch.chdir(tmp_path)
    assert ANA in printed("case", "show", "1")
    assert "goes on" in printed("case", "accept", "1", ANA)
    house.mails(ANA)
    assert participants(house) == [(ANA, "requester")]


@pytest.mark.parametrize(
    ("config", "sender", "headers"),
    [
        (LISTED, FORM, REPLY_TO),
        (BOX + 'form_senders = ["support@example.com"]\n', GROUP, REPLY_TO),
        (
            BOX + 'own_list_ids = ["support.example.com"]\n',
            GROUP,
            ORIGINAL | {"List-ID": "<support.example.com>"},
        ),
    ],
)
def test_a_listed_senders_customer_is_the_requester_and_stays_unverified(
    url: str, tmp_path: Path, config: str, sender: str, headers: dict[str, str]
) -> None:
    with House(url, tmp_path, more=config) as house:
        house.send(sender, DESK, "A grinding question", TEXT, headers=headers)
        (told,) = house.mails("sam@")
        assert participants(house) == [(ANA, "requester")]
        view = house.case()
        assert (view.line.held, view.line.state, view.entries[0].kind) == (True, "new", "said")
        assert house.nothing(ANA)
        house.answer(told, SAM, "#accept")
        (notified,) = house.mails(ANA)
        assert "grind" not in notified.as_string(), "text of the form was sent to an unverified address"
        house.answer(notified, f"Ana <{ANA}>", "It was me.")
        assert until(lambda: house.case().entries[-1].text.startswith("It was me."))
        assert house.case().entries[-1].kind == "said"


def test_the_notice_says_what_the_writer_of_a_form_was_sent(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, more=LISTED) as house:
        house.send(f"Ana <{ANA}>", DESK, "Another question", TEXT)
        house.mails(ANA)
        house.settled()
        house.mails("sam@", count=0)
        house.send(FORM, DESK, "A grinding question", TEXT, headers=REPLY_TO)
        (told,) = house.mails("sam@")
        assert house.case(2).line.held
        house.mails(ANA)
        assert "only the number was sent to the writer" in flat(told)
        assert "nobody was notified" not in flat(told)


def test_a_listed_sender_without_a_reply_to_is_an_ordinary_sender(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, more=LISTED) as house:
        house.send(FORM, DESK, "Your invoice", "It is attached.")
        house.mails("sam@")
        assert participants(house) == [("noreply@shop.example", "requester")]
        assert house.nothing("noreply@")


def test_a_form_speaks_on_no_case_of_the_customer_it_names(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, more=LISTED) as house:
        house.send(f"Ana <{ANA}>", DESK, "No delivery", "It stopped.")
        (confirmation,) = house.mails(ANA)
        reply = {"In-Reply-To": confirmation["Message-ID"]}
        house.send(
            FORM,
            str(confirmation["Reply-To"]),
            f"Re: {confirmation['Subject']}",
            TEXT,
            headers=REPLY_TO | reply,
        )
        house.settled()
        last = house.case().entries[-1]
        assert (last.kind, last.visibility) == ("unverified", "internal")
        assert house.case().line.state == "new"
        assert house.nothing(ANA)


def test_spam_through_a_form_blocks_no_other_customer_of_the_form(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.send(FORM, DESK, "BUY", "Watches!", headers={"Reply-To": "eve@evil.example", "Received": "from x"})
    house.mails("sam@")
    monkeypatch.chdir(tmp_path)
    printed("case", "spam", "1")
    house.send(FORM, DESK, "A grinding question", TEXT, headers=REPLY_TO | {"Received": "from x"})
    (told,) = house.mails("sam@")
    assert f"#accept {ANA}" in flat(told)


def test_a_group_is_not_slowed_down_as_one_sender(house: House) -> None:
    for number in range(7):
        customer = {"Reply-To": f"ana{number}@acme.example"}
        house.send(GROUP, DESK, f"Question {number}", "It stopped.", headers=customer)
    assert len(house.cases()) == 7
