"""Stories of words: what is typed in Slack with marks and emoji, as others read it in mail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.houses.house import until, words
from tests.support.houses.office import Office
from tests.support.setup.fixtures import open_on_sqlite_in_each_mode

TYPED = "It is *fixed* 🎉 :jack_o_lantern: 🦕, see `*log* :tada:`."

office = open_on_sqlite_in_each_mode(Office)


def by_message(office: Office) -> None:
    office.slack.people.post("sam", "triage", f"!reply {TYPED}", thread_ts=office.card().ts)


def by_command(office: Office) -> None:
    office.slack.people.slash("sam", "general", f"/case reply CS-000001 {TYPED}", wait=5)


def by_form(office: Office) -> None:
    people = office.slack.people
    assert office.click("sam", "case_reply", wait=5).modal
    people.type_into("sam", "modal", "text", TYPED)
    assert "It is fixed 🎉 🎃 🦕, see" in str(people.submit("sam", "modal", wait=5).modal)
    people.submit("sam", "modal", wait=5)


@pytest.mark.parametrize("answer", [by_message, by_command, by_form])
def test_an_answer_from_slack_is_read_in_mail_as_it_was_meant(
    office: Office, answer: Callable[[Office], None]
) -> None:
    office.send("Ana <ana@acme.example>", "support@example.com", "Deal 4711", "It is down.")
    office.mails("ana@")
    office.card()
    office.settled()
    answer(office)
    (mail,) = office.mails("ana@")
    assert "It is fixed 🎉 🎃 🦕, see `*log* :tada:`." in words(mail)
    html = mail.get_body(("html",)).get_content()
    assert "It is <b>fixed</b> 🎉 🎃 🦕, see <code>*log* :tada:</code>." in html


def test_a_case_from_the_form_has_its_words_and_its_subject_as_they_were_meant(office: Office) -> None:
    people = office.slack.people
    assert people.slash("ana", "general", "/case new 🚨 Deal 4711", wait=5).modal
    people.type_into("ana", "modal", "subject", "🚨 Deal 4711 is down 😢")
    people.type_into("ana", "modal", "text", "It is *still* down 😢")
    assert not people.submit("ana", "modal").errors
    office.card()
    assert office.case().line.subject == "🚨 Deal 4711 is down 😢"
    assert office.case().entries[0].text == "It is still down 😢"


def test_a_draft_stands_in_its_form_as_it_was_typed(office: Office) -> None:
    people = office.slack.people
    people.slash("ana", "general", "/case new", wait=5)
    people.type_into("ana", "modal", "text", "It is *still* down :cry:", wait=5)
    people.close_view("ana", "modal", all=True)

    def begins() -> object:
        modal = people.slash("ana", "general", "/case new", wait=5).modal
        return modal.values()["text"]["typed"]["value"] if modal else None

    assert until(lambda: begins() == "It is *still* down :cry:")
