"""Stories in Slack: a specialist asks for information, decides a priority and takes a concern, all by buttons."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal.slack.people.seen import Seen
from tests.stories.test_undo import ANA, opened
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.houses.slack_house import words_of
from tests.support.setup import databases


def step(office: Office, user: str, name: str) -> None:
    """Choose a step in the card's menu, which opens its form."""
    office.click(user, "case_status", value=f"1:{name}", wait=5)


def sent(office: Office, user: str, **fields: str) -> str:
    for block, text in fields.items():
        office.slack.people.type_into(user, "modal", block, text)
    seen: Seen = office.slack.people.submit(user, "modal", wait=5)
    assert not seen.errors, seen.errors
    return words_of(seen.modal.body["blocks"]) if seen.modal else ""


def test_information_is_asked_for_by_a_button_and_comes_by_mail(office: Office) -> None:
    opened(office)
    step(office, "sam", "ask")
    assert "waits for the answer" in sent(office, "sam", text="Please send both reports.")
    (mail,) = office.mails("ana@")
    assert "Please send both reports." in words(mail)
    assert until(lambda: "Waiting" in said(office.card()))
    office.answer(mail, ANA, "Here they are.", files={"a.csv": b"1", "b.csv": b"2"})
    office.in_thread("Here they are.")
    assert until(lambda: office.case().line.state == "open")


def test_a_customer_asks_for_a_priority_by_mail_and_a_button_grants_it(office: Office) -> None:
    mail = opened(office)
    office.answer(mail, ANA, "#priority Critical: a live deal has stopped")
    assert "asks for the priority" in said(office.in_thread("a live deal has stopped"))
    assert until(lambda: "asks for Critical" in said(office.card()))
    office.mails("ana@")
    office.click("sam", "case_grant", wait=5)
    assert "is Critical now" in sent(office, "sam", text="A live deal is hit.")
    (told,) = office.mails("ana@")
    assert "A live deal is hit." in words(told)
    assert until(lambda: "🟠" in said(office.card()))
    assert "asks for" not in said(office.card())


def test_a_concern_is_taken_by_a_button_on_the_card(office: Office) -> None:
    mail = opened(office)
    office.answer(mail, ANA, "#concern no reply, +33 1 23 45 67 89: nobody tells us anything")
    assert until(lambda: "A concern was raised" in said(office.card()))
    office.mails("ana@")
    office.click("mia", "case_acknowledge", wait=5)
    assert "is yours" in sent(office, "mia", text="I look at it myself.")
    (told,) = office.mails("ana@")
    assert "has taken your concern" in words(told)
    assert until(lambda: "A concern was raised" not in said(office.card()))


def test_a_technical_contact_must_have_a_number(office: Office) -> None:
    opened(office)
    step(office, "sam", "contact")
    people = office.slack.people
    people.type_into("sam", "modal", "name", "Tom Silva")
    people.type_into("sam", "modal", "phone", "call me")
    assert "must be a phone number" in people.submit("sam", "modal", wait=5).errors["phone"]
    assert "Tom Silva is the technical contact" in sent(office, "sam", phone="+33 1 23 45 67 89")
    assert until(lambda: "+33 1 23 45 67 89" in said(office.card()))


@pytest.mark.parametrize("called", ["<@U0MIA>", "@Max", "max@desk.example"])
def test_a_case_is_handed_over_in_its_thread_by_calling_a_colleague(tmp_path: Path, called: str) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path) as office:
        opened(office)
        office.slack.people.post("sam", "triage", f"!assign {called}", thread_ts=office.card().ts)
        assert until(lambda: office.case().line.owner == "Max Manager"), office.history()


def test_who_is_relieved_of_a_case_reads_that_a_colleague_took_it_over(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path) as office:
        opened(office)
        people, card = office.slack.people, office.card()
        people.post("mia", "triage", "!take", thread_ts=card.ts)
        assert until(lambda: office.case().line.owner == "Max Manager")
        people.react("sam", "triage", card.ts, "eyes")
        word = office.in_thread("Sam Specialist took it over from Max Manager")
        assert "<@U0MIA>" in said(word)
        assert "to you" not in said(word)
