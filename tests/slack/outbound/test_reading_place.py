"""A case that lives in an account's own channel is read there, wherever its customers write from."""

from __future__ import annotations

from pathlib import Path

from tests.notify.test_one_person import FILE, enrolled
from tests.slack.outbound.test_places import asked_for
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said


def below(office: Office, holding: str) -> list[str]:
    """What stands in the account's thread and has these words."""
    (home,) = [m for m in office.messages("acme") if "Thank you for writing" in said(m)]
    return [said(m) for m in office.replies(home) if holding in said(m)]


def test_the_channel_of_an_account_reads_on_when_its_customer_goes_on_by_mail(tmp_path: Path) -> None:
    with Office(f"sqlite:///{tmp_path}/casebot.db", tmp_path) as office:
        people = office.slack.people
        enrolled(office, FILE)
        asked_for(office, "ana", "acme", "Deal ID 12345: no delivery")
        people.post("sam", "triage", "!reply We look into it.", thread_ts=office.card().ts)
        assert until(lambda: below(office, "We look into it."))
        assert office.nothing("ana@"), "she reads it there"

        office.send(
            "Ana <ana@acme.example>", "support@example.com", "Re: [CS-000001] Deal", "It is worse by mail."
        )
        office.in_thread("It is worse by mail.")
        assert until(lambda: below(office, "It is worse by mail."))
        people.post("sam", "triage", "!reply Try it again.", thread_ts=office.card().ts)
        (mail,) = office.mails("ana@")
        assert "Try it again." in words(mail)
        assert until(lambda: below(office, "Try it again."))
        people.post("sam", "triage", "!ask Please send the log.", thread_ts=office.card().ts)
        assert until(lambda: below(office, "Please send the log."))

        people.slash("sam", "triage", "/case note CS-000001 a secret", wait=3)
        people.slash("sam", "triage", "/case close CS-000001 resolved, it was the filter", wait=3)
        assert until(lambda: below(office, "it was the filter"))
        office.settled()
        parts = (
            "We look into it.",
            "It is worse by mail.",
            "Try it again.",
            "send the log.",
            "it was the filter",
        )
        for once in parts:
            assert len(below(office, once)) == 1, once
        assert not below(office, "a secret")
        talk = office.slack.workspace.channel(people.open_dm("ana").id)
        assert not talk.messages, "nobody is told twice in Slack"


def test_words_that_stand_in_the_channel_already_are_not_said_there_again(tmp_path: Path) -> None:
    with Office(f"sqlite:///{tmp_path}/casebot.db", tmp_path) as office:
        people = office.slack.people
        asked_for(office, "ana", "acme", "Deal ID 12345: no delivery")
        (home,) = [m for m in office.messages("acme") if "Thank you for writing" in said(m)]
        people.post("ana", "acme", "One more thing.", thread_ts=home.ts)
        office.in_thread("One more thing.")
        people.post("sam", "acme", "!reply I see.", thread_ts=home.ts)
        office.in_thread("I see.")
        office.settled()
        assert len(below(office, "One more thing.")) == 1
        assert len(below(office, "I see.")) == 1
