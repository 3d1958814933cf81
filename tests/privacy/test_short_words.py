"""Somebody says *e*: to redact that, or to delete it in a chat, changes nothing that others said."""

from __future__ import annotations

import pytest

from bot.syntax.case_numbers import entry_name
from store.cases import entry as entries
from tests.privacy.remains import gone
from tests.privacy.test_redact import ANA, DESK, name_of, redact
from tests.support.houses.house import House, until
from tests.support.houses.office import Office, said

CURSOR = {"uidvalidity": 1700000001, "server": "imap.example.com", "text": "section"}


def answered(house: House, *texts: str) -> None:
    """A case of Ana's, on which she writes these one after another."""
    house.send(ANA, DESK, "The section is waiting", "Please see to the section that is waiting, here.")
    (confirmation,) = house.mails("ana@")
    for count, text in enumerate(texts, 2):
        house.answer(confirmation, ANA, text)
        assert until(lambda count=count: len(house.case().entries) == count)
    house.settled()


@pytest.mark.parametrize("text", ["e", "section", "waiting", "Ok"])
def test_a_short_entry_is_redacted_and_all_else_stays(office: Office, text: str) -> None:
    office.app.remember("a-door", CURSOR)
    answered(office, text, "It is still waiting. Ok, everything else is well.")
    office.in_thread("everything else")
    posted = [said(message) for message in office.thread()]
    redact(office, name_of_all(office, text))
    case = office.case()
    assert [entry.text for entry in case.entries] == [
        "Please see to the section that is waiting, here.",
        "████",
        "It is still waiting. Ok, everything else is well.",
    ]
    assert case.line.subject == "The section is waiting"
    assert office.app.remember("a-door", None) == CURSOR
    office.settled()
    after = [said(message) for message in office.thread()]
    assert len(after) >= len(posted)
    assert any("It is still waiting. Ok, everything else is well." in line for line in after)
    office.send(ANA, DESK, "Another", "Are you still there?")
    assert until(lambda: len(office.cases()) == 2)


def name_of_all(house: House, text: str) -> str:
    """The name of the entry that says exactly this."""
    with house.app.database.reading() as tx:
        (row,) = [row for row in entries.entries(tx, 1) if row.text == text]
    return entry_name(row.id)


def test_an_entry_that_is_a_password_alone_is_gone_from_every_copy(office: Office) -> None:
    answered(office, "hunter2-k9")
    office.in_thread("hunter2-k9")
    redact(office, name_of(office, "hunter2-k9"))
    gone(office.app, "hunter2-k9")
    assert until(lambda: not [m for m in office.thread() if "hunter2" in said(m)])


def test_the_short_lines_of_an_entry_are_gone_from_every_copy_and_every_quote(office: Office) -> None:
    answered(office, "Login: ana\nPW: hunter2\n\nAna", "It works.\n\n> Login: ana\n> PW: hunter2\n\nAna")
    office.in_thread("It works")
    redact(office, name_of(office, "Login: ana\nPW"))
    gone(office.app, "PW: hunter2")
    assert until(lambda: not [m for m in office.thread() if "hunter2" in said(m)])
    assert "It works." in office.case().entries[-1].text


def test_what_everybody_says_stays_in_the_words_of_others(office: Office) -> None:
    first = "Yes.\nPW: hunter2\nswordfish\nThat is all of it, I think."
    theirs = "Yes.\nIt works for me as it is."
    answered(office, first, theirs)
    redact(office, name_of(office, "PW: hunter2"))
    gone(office.app, "PW: hunter2", "swordfish")
    texts = [entry.text for entry in office.case().entries]
    assert texts[1:] == ["████", theirs]


def test_what_a_customer_deletes_in_a_chat_takes_nothing_of_others_away(office: Office) -> None:
    people = office.slack.people
    people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    home = until(lambda: [m for m in office.messages("acme") if "CS-000001" in said(m)])[0]
    word = people.post("ana", "acme", "e", thread_ts=home.ts)
    people.post("sam", "triage", "!reply We have seen everything.", thread_ts=office.card().ts)
    assert until(lambda: [m for m in office.replies(home) if "everything" in said(m)])
    people.delete("ana", "acme", word.ts)
    assert office.in_thread("deleted")
    office.settled()
    assert [m for m in office.replies(home) if "We have seen everything." in said(m)]
    assert not [m for m in office.replies(home) if "████" in said(m)]
